"""Locking a file, on a page of its own; and the data protection lead's list of what is locked."""

from collections.abc import Sequence
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import AuthenticatedRequest
from audit.actions import record
from audit.models import Action
from cases.access import visible_case
from logs.actions import LockedFile, lock_evidence, locked_files, unlock_evidence
from logs.actions.second_looks import InfectedFile, ask_to_look_again, infected_files
from logs.models import Evidence, EvidenceLock
from logs.staff_forms import LockForm, UnlockForm
from logs.views.files import file_of
from nsvcs.access import CASEWORK, Role, allow
from nsvcs.forms import form_status
from reference.models import Advice

PROCEDURE = "locked-files"


@allow(*CASEWORK, Role.DATA_PROTECTION)
@require_http_methods(["GET", "POST"])
def file_lock(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """Lock a file: what it does, what to do beside it, why. It takes effect at once."""
    case = visible_case(request, case_id)
    file = file_of(request, case, pk)
    form = LockForm(request.POST or None)
    if form.is_valid():
        lock_evidence(evidence=file, by=request.user, **form.cleaned_data)
        messages.success(request, _("Exhibit E%(number)s is locked.") % {"number": file.exhibit_number})
        return redirect("logs:file", case_id, pk)
    twins = Evidence.objects.visible_to(request.user).twins_of(file).with_standing()
    context = {"case": case, "file": file, "form": form, "procedure": Advice.objects.for_staff(PROCEDURE)}
    context["twins"] = [each for each in twins if not each.standing.is_locked]
    return render(request, "logs/lock.html", context, status=form_status(form))


def _recorded(request: AuthenticatedRequest, found: Sequence[LockedFile | InfectedFile]) -> None:
    cases = sorted({each.case_id for each in found})
    record(Action.LOCKS_LISTED, case_ids=cases, detail={"files": len(found)})


@allow(Role.DATA_PROTECTION)
@require_GET
def lock_list(request: AuthenticatedRequest) -> HttpResponse:
    """What is locked now, of every team: which file, by whom, when and why; and what is kept apart for a virus."""
    found, infected = locked_files(request.user), infected_files(request.user)
    _recorded(request, [*found, *infected])
    reasons = dict(EvidenceLock.Reason.choices)
    locked = [(each, reasons.get(each.reason)) for each in found]
    context = {"locked": locked, "infected": infected, "has_scanner": bool(settings.CLAMD_URL)}
    return render(request, "logs/locked.html", context)


@allow(Role.DATA_PROTECTION)
@require_POST
def look_again(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """Have a file scanned again that is kept apart; one that was found clean meanwhile is no longer there."""
    found = [each for each in infected_files(request.user) if each.evidence_id == pk]
    if not found:
        raise Http404
    if settings.CLAMD_URL:
        ask_to_look_again(file=found[0], by=request.user)
        words = _("Exhibit E%(number)s of case %(reference)s is being looked at again. What is found stands here.")
        said = {"number": found[0].exhibit_number, "reference": found[0].reference}
        messages.success(request, words % said)
    else:
        messages.error(request, _("There is no virus scanner here, so nothing can be looked at again."))
    return redirect("locks:list")


@allow(Role.DATA_PROTECTION)
@require_http_methods(["GET", "POST"])
def lock_end(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """Unlock a file, with a reason. Another lead may have been first: then there is nothing to unlock."""
    found = [each for each in locked_files(request.user) if each.evidence_id == pk]
    if not found:
        raise Http404
    _recorded(request, found)
    form = UnlockForm(request.POST or None)
    if form.is_valid():
        unlock_evidence(evidence_id=pk, words=form.cleaned_data["words"], by=request.user)
        messages.success(request, _("Exhibit E%(number)s is unlocked.") % {"number": found[0].exhibit_number})
        return redirect("locks:list")
    reason = dict(EvidenceLock.Reason.choices).get(found[0].reason)
    context = {"locked": found[0], "reason": reason, "form": form}
    return render(request, "logs/unlock.html", context, status=form_status(form))
