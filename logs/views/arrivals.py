"""Files that staff send for an entry: begun, sent in pieces, taken back. Each sees only their own on their way."""

from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import AuthenticatedRequest
from cases.access import visible_case
from cases.models import Case
from logs import arriving_http
from logs.actions.arriving import ArrivalRefused, remove_arrival
from logs.actions.drafts import DraftUsed, begin_draft
from logs.arriving_http import Meant, key_in
from logs.models import Arrival, Incident
from nsvcs import tus
from nsvcs.access import CASEWORK, allow, own_transactions
from nsvcs.identity import acting_as


@allow(*CASEWORK, background=True)
@own_transactions
def arrivals(request: AuthenticatedRequest, case_id: UUID) -> HttpResponse:
    """Begin to send a file for an entry of this case; ask how far some are."""
    with acting_as(request.user.pk):
        case = visible_case(request, case_id, is_recorded=False)

    def address(letters: str) -> str:
        return reverse("logs:arrival", args=[case_id, letters])

    return arriving_http.arrivals(request, lambda said: _meant(request, case, said), address)


@allow(*CASEWORK, verbs=tus.VERBS)
@own_transactions
def arrival(request: AuthenticatedRequest, case_id: UUID, letters: str) -> HttpResponse:
    """One file of one's own on its way: how far it is, a piece more, taken back."""
    with acting_as(request.user.pk):
        case = visible_case(request, case_id, is_recorded=False)
    return arriving_http.arrival(request, letters, Q(case_ref=case.pk))


def _meant(request: AuthenticatedRequest, case: Case, said: dict[str, str]) -> Meant:
    if "source" in said:
        return Meant(key_in(said["source"]), [case], case.pk, is_source=True)
    key = key_in(said.get("note") or said.get("draft", ""))
    entries = Incident.objects.visible_to(request.user).filter(case=case, pk=key)
    if "note" in said:
        if not entries.exists():
            raise ArrivalRefused("no_note")
    elif entries.exists():
        raise ArrivalRefused("note_saved")
    else:
        try:
            begin_draft(draft_id=key, by=request.user, case_id=case.pk)
        except DraftUsed:
            raise ArrivalRefused("no_note") from None
    return Meant(key, [case], case.pk)


@allow(*CASEWORK)
@require_http_methods(["GET", "POST"])
def arrival_remove(request: AuthenticatedRequest, case_id: UUID, letters: str) -> HttpResponse:
    """Take a file back, after being asked: for when no scripts run."""
    case = visible_case(request, case_id)
    found = Arrival.objects.visible_to(request.user).filter(case_ref=case.pk, letters=letters).first()
    if found is None:
        raise Http404
    is_kept = Incident.objects.visible_to(request.user).filter(case=case, pk=found.entry_key).exists()
    back = reverse("logs:amend", args=[case.pk, found.entry_key]) if is_kept else reverse("logs:new", args=[case.pk])
    if found.is_source:
        back = reverse("logs:import_new", args=[case.pk])
    if request.method == "POST":
        is_gone = remove_arrival(arrival=found, by=request.user)
        messages.success(request, _("The file is removed.") if is_gone else _("The file is with the entry. It stays."))
        return redirect(back)
    return render(request, "logs/file_remove.html", {"case": case, "file": found, "back": back})
