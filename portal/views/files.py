"""Her files on their way, under addresses that say nothing: begun, sent in pieces, taken back."""

from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import AuthenticatedRequest
from accounts.models import User
from logs import arriving_http
from logs.actions.arriving import ArrivalRefused, remove_arrival
from logs.actions.drafts import DraftUsed, begin_draft
from logs.arriving_http import Meant, key_in
from logs.models import Arrival, Incident
from nsvcs import tus
from nsvcs.access import Role, allow, own_transactions
from portal.queries import cases_to_write_in, pages_of


@allow(Role.VICTIM, background=True)
@own_transactions
def arrivals(request: AuthenticatedRequest) -> HttpResponse:
    """Begin to send a file; ask how far some are."""
    return arriving_http.arrivals(request, lambda said: _meant(request.user, said), _address)


@allow(Role.VICTIM, verbs=tus.VERBS)
@own_transactions
def arrival(request: AuthenticatedRequest, letters: str) -> HttpResponse:
    """One file of hers: how far it is, a piece more, taken back. A piece counts as being there."""
    return arriving_http.arrival(request, letters, Q(case_ref=None))


def _address(letters: str) -> str:
    return reverse("portal:file", args=[letters])


def _meant(user: User, said: dict[str, str]) -> Meant:
    """A note that is kept, by its number; else an unfinished one by its key, which is made so that she can go on."""
    if "note" in said:
        number = said["note"] if said["note"].isdecimal() else "0"
        incident = Incident.objects.visible_to(user).select_related("case").filter(number=int(number[:9])).first()
        if incident is None:
            raise ArrivalRefused("no_note")
        return Meant(incident.pk, [incident.case])
    key = key_in(said.get("source") or said.get("draft", ""))
    cases = cases_to_write_in(user)
    if not cases:
        raise ArrivalRefused("no_note")
    if "source" in said:
        return Meant(key, cases, is_source=True)
    _begin_note(user, key)
    return Meant(key, cases)


def _begin_note(user: User, key: UUID) -> None:
    if Incident.objects.visible_to(user).filter(pk=key).exists():
        raise ArrivalRefused("note_saved")
    try:
        begin_draft(draft_id=key, by=user)
    except DraftUsed:
        raise ArrivalRefused("no_note") from None


@allow(Role.VICTIM)
@require_http_methods(["GET", "POST"])
def file_remove(request: AuthenticatedRequest, letters: str) -> HttpResponse:
    """Take a file back, after being asked: for when no scripts run."""
    found = Arrival.objects.visible_to(request.user).filter(letters=letters, case_ref=None).first()
    if found is None:
        raise Http404
    back = pages_of(request.user, {found.entry_key}).get(found.entry_key, reverse("portal:home"))
    if found.is_source:
        back = reverse("portal:bring_new")
    if request.method == "POST":
        is_gone = remove_arrival(arrival=found, by=request.user)
        messages.success(request, _("The file is removed.") if is_gone else _("The file is with your note. It stays."))
        return redirect(back)
    return render(request, "portal/file_remove.html", {"file": found, "back": back})
