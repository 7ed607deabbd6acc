"""Her photos and files in one place: chosen here, then asked which note they are for; and all that she has."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import AuthenticatedRequest
from audit.actions import record
from audit.models import Action
from logs.actions import DraftUsed, add_evidence, begin_draft, discard_draft
from logs.actions.arriving import add_arrivals
from logs.actions.late_files import keep_late_files
from logs.arriving_http import stays_while_sending
from logs.drafting import content_of, is_blank
from logs.models import Arrival, Draft, Incident
from nsvcs import forms
from nsvcs.access import Role, allow, own_transactions
from nsvcs.identity import acting_as
from nsvcs.storage import StorageError
from portal.addresses import letters_of
from portal.forms import LATER, NEW, PhotosForm
from portal.queries import cases_to_write_in, files_of_hers, files_without_a_note
from portal.showing import PAGE_SIZE
from portal.views.reading import hers
from portal.views.writing import draft_id_of


@allow(Role.VICTIM)
@own_transactions
@require_http_methods(["GET", "POST"])
@stays_while_sending
def photos(request: AuthenticatedRequest) -> HttpResponse:
    """Choose files, say which note they are for, and see all there are."""
    key = draft_id_of(request.POST)
    with acting_as(request.user.pk):
        notes = Incident.objects.visible_to(request.user).in_order()[: PhotosForm.MOST_NOTES]
        may_write = bool(cases_to_write_in(request.user))
        form = PhotosForm(request.POST or None, request.FILES or None, notes=list(notes), may_write=may_write)
    if form.is_valid():
        try:
            return redirect(_keep(request, form, key))
        except StorageError:
            form.add_error("uploads", _("We could not keep the files just now. Try again soon."))
        except DraftUsed:
            form.add_error("note", _("This note is saved already. Choose it from the list."))
    with acting_as(request.user.pk):
        return _page(request, form, key, may_write)


def _page(request: AuthenticatedRequest, form: PhotosForm, key: UUID, may_write: bool) -> HttpResponse:
    page = Paginator(files_of_hers(request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    cases = sorted({file.case_id for file in page})
    if cases:
        record(Action.ENTRIES_LISTED, case_ids=cases, detail={"count": len(page)})
    context: dict[str, Any] = {"form": form, "page": page, "key": key, "lost_files": bool(request.FILES)}
    context["may_write"] = may_write
    context["coming"] = files_without_a_note(request.user, but=key)
    return render(request, "portal/photos.html", context, status=forms.form_status(form))


def _keep(request: AuthenticatedRequest, form: PhotosForm, key: UUID) -> str:
    """Put the files where she says; returns where she goes then."""
    chosen, files, letters = form.cleaned_data["note"], form.cleaned_data["uploads"], form.arrivals()
    if chosen not in {NEW, LATER}:
        with acting_as(request.user.pk):
            incident = hers(request, int(chosen))
        if files:
            add_evidence(incident=incident, files=files, by=request.user)
        add_arrivals(incident=incident, letters=letters, by=request.user)
        with acting_as(request.user.pk):
            _leave_nothing_empty(request, key)
        messages.success(request, _("Added to your note."))
        return reverse("portal:entry", args=[incident.number])
    with acting_as(request.user.pk):
        begin_draft(draft_id=key, by=request.user)
        cases = cases_to_write_in(request.user)
    if files and not keep_late_files(entry_key=key, files=files, cases=cases, by=request.user):
        messages.warning(request, _("We could not keep one of your files. Choose it again."))
    if chosen == LATER:
        messages.success(request, _("Your files are kept. You can say later which note they are for."))
        return reverse("portal:photos")
    return reverse("portal:draft", args=[letters_of(key)])


def _leave_nothing_empty(request: AuthenticatedRequest, key: UUID) -> None:
    """The files were begun for a note that is not needed: without words and files it goes."""
    begun = Draft.objects.open_for(request.user).filter(pk=key).first()
    has_files = Arrival.objects.visible_to(request.user).counted().filter(entry_key=key).exists()
    if begun is not None and is_blank(content_of(begun)) and not has_files:
        discard_draft(draft=begun, by=request.user)


@allow(Role.VICTIM)
@own_transactions
@require_http_methods(["GET", "POST"])
def file_move(request: AuthenticatedRequest, letters: str) -> HttpResponse:
    """Say which note a file is for that came for a note not kept yet."""
    with acting_as(request.user.pk):
        waiting = Arrival.objects.visible_to(request.user).counted().filter(case_ref=None, bound_at=None)
        found = waiting.filter(letters=letters).first()
        if found is None:
            raise Http404
        notes = list(Incident.objects.visible_to(request.user).in_order()[: PhotosForm.MOST_NOTES])
    form = PhotosForm({**request.POST.dict(), "files": letters} if request.method == "POST" else None, notes=notes)
    del form.fields["uploads"]
    if form.is_valid():
        with acting_as(request.user.pk):
            incident = hers(request, int(form.cleaned_data["note"]))
        add_arrivals(incident=incident, letters=[letters], by=request.user)
        with acting_as(request.user.pk):
            _leave_nothing_empty(request, found.entry_key)
        messages.success(request, _("Added to your note."))
        return redirect("portal:entry", incident.number)
    with acting_as(request.user.pk):
        return render(request, "portal/file_move.html", {"form": form, "file": found}, status=forms.form_status(form))
