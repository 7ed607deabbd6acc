"""The thread with the victim, as the workers on the case see it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import AuthenticatedRequest
from audit.actions import record
from audit.models import Action
from cases.access import visible_case
from cases.actions import mark_messages_read, send_message
from cases.forms.work import MessageForm
from cases.models import Case, Message
from cases.noticing import notice_offer
from cases.views.noticing import notify
from cases.views.trying import attempt, status_of
from nsvcs.access import Role, allow

PAGE_SIZE = 25


def _thread(request: AuthenticatedRequest, case: Case) -> Any:
    return Message.objects.visible_to(request.user).filter(case=case)


def _mark_read(request: AuthenticatedRequest, case: Case) -> int:
    """What stood on the page counts as read; what came while the answer was written does not."""
    try:
        newest = UUID(request.POST.get("newest", ""))
    except ValueError:
        return 0
    thread = _thread(request, case)
    last = thread.filter(pk=newest).values_list("at", flat=True).first()
    return mark_messages_read(messages=thread.unread_by_staff().filter(at__lte=last), by=request.user) if last else 0


@allow(Role.CASEWORKER, Role.MANAGER)
@require_http_methods(["GET", "POST"])
def case_messages(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """The thread, oldest first, and a box to write in. An answer says that what she wrote was read."""
    case = visible_case(request, pk, is_recorded=False)
    form = MessageForm(request.POST or None, offer=notice_offer(case, timezone.now()))
    if form.is_valid():
        said = {"key": form.cleaned_data["key"], "text": form.cleaned_data["text"]}
        if sent := attempt(form, lambda: send_message(case=case, by=request.user, **said)):
            _mark_read(request, case)
            messages.success(request, _("The message is in the portal."))
            notify(request, case, form, sent.pk)
            return redirect(f"{request.path}#newest")
    thread = _thread(request, case)
    page = Paginator(thread.select_related("by").order_by("-at", "-pk"), PAGE_SIZE).get_page(request.GET.get("page"))
    record(Action.THREAD_OPENED, target=case, case_ids=[case.pk], detail={"messages": len(page)})
    unread = set(thread.unread_by_staff().values_list("pk", flat=True))
    unseen = set(thread.unread_by_victim().values_list("pk", flat=True))
    shown = list(page)[::-1]
    context = {"case": case, "form": form, "page": page, "shown": shown, "unread": unread, "unseen": unseen}
    context["newest"] = shown[-1].pk if shown and not page.has_previous() else ""
    return render(request, "cases/messages.html", context, status=status_of(form))


@allow(Role.CASEWORKER, Role.MANAGER)
@require_POST
def case_messages_read(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """Say that what she wrote was read, without an answer."""
    case = visible_case(request, pk, is_recorded=False)
    count = _mark_read(request, case)
    if count:
        words = ngettext("%(n)s message is marked as read.", "%(n)s messages are marked as read.", count)
        messages.success(request, words % {"n": count})
    return redirect("cases:messages", case.pk)
