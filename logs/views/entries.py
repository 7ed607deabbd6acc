"""The log as staff see it: one entry, its files. Every look is recorded in the transaction of the page."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import AuthenticatedRequest
from audit.actions import record
from audit.models import Action
from cases.access import visible_case
from cases.models import Case, CasePerpetrator
from logs.actions import (
    DraftUsed,
    NothingSaid,
    OtherContent,
    add_evidence,
    amend,
    mark_read,
    record_incident,
    save_draft,
    withdraw,
)
from logs.actions.arriving import add_arrivals
from logs.arriving_http import arrivals_in, stays_while_sending
from logs.drafting import INPUTS, as_initial, brought_forward, content_of, is_blank, merged
from logs.models import Draft, Evidence, Incident, WrittenOffline
from logs.models.incidents import Source
from logs.staff_forms import AmendForm, OnBehalfForm, WithdrawForm
from logs.templatetags.translations import by_piece
from nsvcs.access import CASEWORK, allow, own_transactions
from nsvcs.forms import form_status
from nsvcs.identity import acting_as
from nsvcs.storage import StorageError
from nsvcs.widgets import clock

# Boxes of the form on behalf that the portal has not, or fills otherwise.
OWN_BOXES = ("who", "language")
USED = gettext_lazy("This form was sent before with other words. Open the entry again to add these.")


@allow(*CASEWORK)
@require_http_methods(["GET", "POST"])
@own_transactions
@stays_while_sending
def entry_new(request: AuthenticatedRequest, case_id: UUID) -> HttpResponse:
    """Write an entry on her behalf, marked as such; files are moved with no transaction open.

    An entry of one's own that was begun for this case and not finished is offered first; `?new` starts another.
    """
    with acting_as(request.user.pk):
        case = visible_case(request, case_id)
        found = Draft.objects.open_for(request.user, case.pk)
        draft = None if request.method == "POST" or "new" in request.GET else found.first()
        form = _on_behalf_form(request, case, draft)
    status = form_status(form)
    if form.is_valid():
        try:
            kept = record_incident(
                draft_id=form.cleaned_data["key"], case=case, fields=form.content(), files=form.cleaned_data["uploads"],
                arrivals=arrivals_in(request.POST), by=request.user, source=Source.ON_BEHALF,
            )  # fmt: skip
        except NothingSaid:  # the files it named are not this worker's, or were taken away meanwhile
            form.add_error("what_happened", _("Write what happened, or add a photo or recording"))
            status = 422
        except OtherContent:
            form.add_error("what_happened", _("This page was sent before with other words. Open a new one for these."))
            status = 409
        except StorageError:
            form.add_error("uploads", _("There is no room to keep files just now. Nothing was kept. Try again later."))
            status = 507
        else:
            messages.success(request, _("Entry %(number)s is kept.") % {"number": kept.incident.number})
            return redirect("logs:entry", case_id, kept.incident.pk)
    with acting_as(request.user.pk):
        if form.is_bound:
            _save_draft(request, case)
        return render(request, "logs/new.html", {"form": form, "case": case, "draft": draft}, status=status)


def _on_behalf_form(request: AuthenticatedRequest, case: Case, draft: Draft | None) -> OnBehalfForm:
    links = CasePerpetrator.objects.visible_to(request.user).filter(case=case).select_related("perpetrator", "facts")
    if request.method == "POST":
        return OnBehalfForm(request.POST, request.FILES, for_staff=True, links=list(links))
    content = brought_forward(content_of(draft), timezone.localdate()) if draft else {}
    begun = as_initial(content) | {name: content[name] for name in OWN_BOXES if name in content}
    return OnBehalfForm(initial=begun | ({"key": draft.pk} if draft else {}), for_staff=True, links=list(links))


def _save_draft(request: AuthenticatedRequest, case: Case) -> Draft | None:
    """Save what was sent as the writer's own draft; none when its key has been used or is spoilt."""
    try:
        key = UUID(request.POST.get("key", ""))
    except ValueError:
        return None
    content = merged({}, request.POST, (*INPUTS, *OWN_BOXES))
    if is_blank(content):
        return Draft(pk=key)
    if Incident.objects.visible_to(request.user).filter(pk=key).exists():
        return None
    try:
        return save_draft(draft_id=key, content=content, by=request.user, case_id=case.pk)
    except DraftUsed:
        return None


@allow(*CASEWORK)
@require_POST
def entry_autosave(request: AuthenticatedRequest, case_id: UUID) -> JsonResponse:
    """Keep what a worker has typed so far of an entry on her behalf; nobody else can open it."""
    saved = _save_draft(request, visible_case(request, case_id, is_recorded=False))
    if saved is None:
        return JsonResponse({}, status=409)
    at = timezone.localtime().time().replace(second=0, microsecond=0)
    return JsonResponse({"saved_at": clock(at), "revision": saved.revision})


def _entry(
    request: AuthenticatedRequest, case_id: UUID, pk: UUID, *, is_recorded: bool = False
) -> tuple[Case, Incident]:
    case = visible_case(request, case_id, is_recorded=is_recorded)
    entries = Incident.objects.visible_to(request.user).filter(case=case).with_counts()
    entries = entries.select_related("recorded_by", "case_perpetrator__perpetrator")
    return case, get_object_or_404(entries, pk=pk)


def _entry_context(case: Case, entry: Incident, user: Any) -> dict[str, Any]:
    evidence = Evidence.objects.visible_to(user).filter(incident=entry).with_copies().with_beside()
    return {
        "case": case,
        "entry": entry,
        "evidence": evidence.order_by("exhibit_number"),
        "amendments": entry.amendments.select_related("recorded_by").order_by("recorded_at"),
        "translations": by_piece(entry.translations.all()),
        "offline": WrittenOffline.objects.visible_to(user).filter(incident=entry).first(),
        "seen": entry.seen.select_related("by").order_by("at"),
    }


@allow(*CASEWORK)
@require_GET
def entry_detail(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """One entry in full: what was written, what was added later, its files, and who has read it."""
    case, entry = _entry(request, case_id, pk)
    record(Action.ENTRY_OPENED, target=entry, case_ids=[case.pk])
    context = _entry_context(case, entry, request.user)
    context["is_read_by_me"] = any(each.by_id == request.user.pk for each in context["seen"])
    return render(request, "logs/entry.html", context)


@allow(*CASEWORK)
@require_POST
def entry_read(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """Mark an entry as read by oneself."""
    _case, entry = _entry(request, case_id, pk)
    mark_read(incident=entry, by=request.user)
    messages.success(request, _("Entry %(number)s is marked as read.") % {"number": entry.number})
    return redirect("cases:work") if request.POST.get("back") == "work" else redirect("logs:entry", case_id, pk)


@allow(*CASEWORK)
@require_http_methods(["GET", "POST"])
@own_transactions
@stays_while_sending
def entry_amend(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """Add words or files to an entry on her behalf; marked as such. Files are moved with no transaction open."""
    with acting_as(request.user.pk):
        case, entry = _entry(request, case_id, pk, is_recorded=True)
    form = AmendForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        status = _amend(request, entry, form)
        if not form.errors:
            return redirect("logs:entry", case_id, pk)
    else:
        status = form_status(form)
    with acting_as(request.user.pk):
        return render(request, "logs/add.html", {"case": case, "entry": entry, "form": form}, status=status)


def _amend(request: AuthenticatedRequest, entry: Incident, form: AmendForm) -> int:
    """Files first: if they cannot be kept nothing is, and the words stay in the box. Returns the status of the page."""
    said = form.cleaned_data
    try:
        if said["uploads"]:
            add_evidence(incident=entry, files=said["uploads"], by=request.user)
        if letters := form.arrivals():
            add_arrivals(incident=entry, letters=letters, by=request.user)
        if said["text"].strip():
            with acting_as(request.user.pk):
                amend(key=said["key"], incident=entry, text=said["text"], by=request.user)
    except StorageError:
        form.add_error("uploads", _("There is no room to keep files just now. Nothing was kept. Try again later."))
        return 507
    except OtherContent:
        form.add_error("text", USED)
        return 409
    return 302


@allow(*CASEWORK)
@require_http_methods(["GET", "POST"])
def entry_withdraw(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """Withdraw an entry on her behalf, with a reason; it stays in the log."""
    case, entry = _entry(request, case_id, pk, is_recorded=True)
    if request.method == "GET" and entry.is_withdrawn:  # type: ignore[attr-defined]
        return redirect("logs:entry", case_id, pk)
    form = WithdrawForm(request.POST or None)
    status = form_status(form)
    if form.is_valid():
        said = form.cleaned_data
        try:
            withdraw(key=said["key"], incident=entry, reason=said["text"], by=request.user)
        except OtherContent:
            form.add_error("text", USED)
            status = 409
        else:
            return redirect("logs:entry", case_id, pk)
    context = {"case": case, "entry": entry, "is_withdrawal": True, "form": form}
    return render(request, "logs/add.html", context, status=status)
