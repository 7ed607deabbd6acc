"""One emotional-support note by itself: the timeline says that it is there, and not what it says."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.http import AuthenticatedRequest
from cases.access import visible_case
from cases.actions.apart import reads_kept_apart, seen_kept_apart
from cases.models import Contact, Note
from nsvcs.access import CASEWORK, allow


@allow(*CASEWORK)
@require_GET
def kept_apart(request: AuthenticatedRequest, pk: UUID, row_id: UUID) -> HttpResponse:
    """A note or a contact that is kept apart, for those on the case, its writer and managers. Reading is recorded."""
    case = visible_case(request, pk, is_recorded=False)
    row = _row(request, pk, row_id)
    if row is None or not reads_kept_apart(pk, request.user, {row.by_id}):
        raise Http404
    seen_kept_apart(row, pk)
    return render(request, "cases/kept_apart.html", {"case": case, "row": row, "is_note": isinstance(row, Note)})


def _row(request: AuthenticatedRequest, case_id: UUID, row_id: UUID) -> Note | Contact | None:
    wanted = {"pk": row_id, "case_id": case_id}
    notes = Note.objects.visible_to(request.user).kept_apart().select_related("by").filter(**wanted)
    contacts = Contact.objects.visible_to(request.user).kept_apart().select_related("by").filter(**wanted)
    return notes.first() or contacts.first()
