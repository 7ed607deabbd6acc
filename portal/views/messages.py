"""Her messages and ours, in one thread."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import AuthenticatedRequest
from audit.actions import record
from audit.models import Action
from cases.actions import mark_messages_read, send_message
from cases.models import Message
from cases.views.trying import attempt, status_of
from logs.arriving_http import stays_while_sending
from logs.danger import Danger, dangers_in
from nsvcs.access import Role, allow
from portal.forms import MessageForm
from portal.keeping import done_with
from portal.queries import cases_to_write_in, her_language
from portal.showing import to_talk_to

PAGE_SIZE = 20


@allow(Role.VICTIM)
@require_http_methods(["GET", "POST"])
@stays_while_sending
def thread(request: AuthenticatedRequest) -> HttpResponse:
    """The thread, oldest first, and a box to write in."""
    cases = cases_to_write_in(request.user)
    form = MessageForm(request.POST or None, cases=cases)
    if cases and form.is_valid():
        said = {"key": form.cleaned_data["key"], "text": form.cleaned_data["text"]}
        said |= {"language": her_language(request.user), "by": request.user}
        if attempt(form, lambda: send_message(case=form.chosen_case, **said)):
            done_with(sent=request.POST, by=request.user)
            messages.success(request, _("Your message is sent."))
            return redirect(f"{request.path}#{'now' if dangers_in(said['text']) else 'newest'}")
    sent = Message.objects.visible_to(request.user)
    page = Paginator(sent.select_related("by").order_by("-at", "-pk"), PAGE_SIZE).get_page(request.GET.get("page"))
    shown = list(page)[::-1]
    context = {"form": form, "page": page, "shown": shown, "may_write": bool(cases), "new": _seen_now(request, shown)}
    is_shut = request.method == "POST" and not cases
    context["words"] = str(form["text"].value() or "").strip() if is_shut else ""
    status = HTTPStatus.CONFLICT if is_shut else status_of(form)
    return render(request, "portal/messages.html", context | _dangers(shown), status=status)


def _seen_now(request: AuthenticatedRequest, shown: list[Message]) -> set[Any]:
    """Those that stand on her page for the first time; from now on they count as seen."""
    if shown:
        case_ids = sorted({message.case_id for message in shown})
        record(Action.THREAD_OPENED, case_ids=case_ids, detail={"messages": len(shown)})
    keys = [message.pk for message in shown]
    new = list(Message.objects.visible_to(request.user).unread_by_victim().filter(pk__in=keys))
    mark_messages_read(messages=new, by=request.user)
    return {message.pk for message in new}


def _dangers(shown: list[Message]) -> dict[str, Any]:
    """Numbers to call, if what she wrote today says that somebody may be in danger."""
    today = timezone.localdate()
    hers = [each.text for each in shown if each.is_from_victim and timezone.localdate(each.at) == today]
    found = dangers_in(*hers)
    is_low = Danger.SELF_HARM in found
    return {"is_danger": Danger.NOW in found, "is_low": is_low, "to_talk_to": to_talk_to() if is_low else ()}
