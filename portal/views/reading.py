"""Her notes: the list, one note with its files and what was added, the sheet to print."""

from typing import Any, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import AuthenticatedRequest
from audit.actions import record
from audit.models import Action
from logs.actions import OtherContent, add_evidence, amend, withdraw
from logs.actions.arriving import add_arrivals
from logs.arriving_http import stays_while_sending
from logs.choosing import day_from, narrowed
from logs.files import copy_response
from logs.list_forms import WordForm
from logs.models import Amendment, Evidence, Incident, Rendition
from logs.queries import shown_cases, with_words
from nsvcs import forms
from nsvcs.access import Role, allow, own_transactions
from nsvcs.identity import acting_as
from nsvcs.ids import uuid7
from nsvcs.storage import StorageError
from portal.forms import MonthForm, NoteForm, WrongForm
from portal.keeping import done_with
from portal.queries import cases_to_write_in, caseworkers, months, readings_of
from portal.showing import (
    PAGE_SIZE,
    first_to_tell,
    is_large,
    notices_for,
    pictures_of,
    say_numbers,
    to_talk_to,
    whole_note,
)


def hers(request: AuthenticatedRequest, number: int) -> Incident:
    """Her own note of this number; anything else is the page of a wrong address."""
    notes = (
        Incident.objects.visible_to(request.user).with_counts().select_related("case_perpetrator", "written_offline")
    )
    incident: Incident = get_object_or_404(notes, number=number)
    return incident


def her_file(request: AuthenticatedRequest, number: int, place: int) -> tuple[Evidence, list[Rendition]]:
    """One of the files of her own note, by its place in it, and what can be shown of it.

    Nothing is told of one that somebody locked: the place in it and the words in it are as much as a picture.
    """
    files = pictures_of(request.user, hers(request, number))
    if not 1 <= place <= len(files) or not files[place - 1][0].standing.may_show:
        raise Http404
    return files[place - 1]


def _chosen(request: AuthenticatedRequest) -> tuple[MonthForm, Any]:
    form = MonthForm(request.GET or None, months=months(request.user))
    incidents = narrowed(form.filter(Incident.objects.visible_to(request.user)), request.GET)
    return form, incidents


@allow(Role.VICTIM)
@require_http_methods(["GET", "HEAD", "POST"])
def entries(request: AuthenticatedRequest) -> HttpResponse:
    """All her notes, newest first, perhaps of one month or day, or those with a word in them, which is posted."""
    form, found = _chosen(request)
    word = WordForm(request.POST or None)
    is_search = word.is_valid() and bool(word.cleaned_data["q"].strip())
    found = found.in_order().with_counts().with_read_on()
    shown = with_words(found, word.cleaned_data["q"]) if is_search else found
    page = Paginator(shown, max(len(shown), 1) if is_search else PAGE_SIZE).get_page(request.GET.get("page"))
    _record(Action.ENTRIES_LISTED, page.object_list)
    has_any = bool(form.months)
    context = {"form": form, "page": page, "has_any": has_any, "word": word, "is_search": is_search}
    context |= {"day": day_from(request.GET.get("day", "")), "has_numbers": bool(request.GET.get("numbers"))}
    context["has_patterns"] = bool(shown_cases(request.user))
    context["has_ended"] = not has_any and not cases_to_write_in(request.user)
    return render(request, "portal/entries.html", context)


def _record(action: Action, incidents: Any) -> None:
    cases = sorted({incident.case_id for incident in incidents})
    if cases:
        record(action, case_ids=cases, detail={"count": len(incidents)})


@allow(Role.VICTIM)
@require_safe
def print_all(request: AuthenticatedRequest) -> HttpResponse:
    """Her notes in full, oldest first, to print."""
    form, found = _chosen(request)
    whole = found.select_related("case_perpetrator", "written_offline").prefetch_related(
        "amendments", "evidence", "translations"
    )
    incidents = list(whole.chronological().with_counts())
    _record(Action.ENTRIES_LISTED, incidents)
    context = {"form": form, "notes": [whole_note(incident) for incident in incidents], "printed_at": timezone.now()}
    context["is_large"] = is_large(request)
    return render(request, "portal/print.html", context)


@allow(Role.VICTIM)
@require_safe
def entry(request: AuthenticatedRequest, number: int) -> HttpResponse:
    """One note: all eight columns, its files, and what was added later."""
    incident = hers(request, number)
    record(Action.ENTRY_READ, target=incident, case_ids=[incident.case_id])
    pictures = pictures_of(request.user, incident)
    context = whole_note(incident) | {"pictures": pictures, "tell_url": first_to_tell(incident, pictures)}
    context["readings"] = readings_of(request.user, incident, caseworkers())
    return render(request, "portal/entry.html", context)


@allow(Role.VICTIM)
@require_safe
def entry_file(request: AuthenticatedRequest, number: int, place: int, page: int = 1) -> HttpResponseBase:
    """The viewing copy of one of her files, or of one of its pages."""
    evidence, shown = her_file(request, number, place)
    if not 1 <= page <= len(shown):
        raise Http404
    record(Action.EVIDENCE_VIEWED, target=evidence, case_ids=[evidence.case_id])
    return copy_response(shown[page - 1])


@allow(Role.VICTIM)
@require_safe
def saved(request: AuthenticatedRequest, number: int) -> HttpResponse:
    """It is kept; numbers to call come up if the words may mean danger now."""
    incident = hers(request, number)
    notices = notices_for(vars(incident))
    context = {
        "entry": incident,
        "notices": notices,
        "tell_url": first_to_tell(incident, pictures_of(request.user, incident)),
        "to_talk_to": to_talk_to() if "self_harm" in notices else (),
    }
    return render(request, "portal/saved.html", context)


@allow(Role.VICTIM)
@own_transactions
@require_http_methods(["GET", "POST"])
@stays_while_sending
def entry_add(request: AuthenticatedRequest, number: int) -> HttpResponse:
    """Add words or files to a note; the note itself stays as it is."""
    with acting_as(request.user.pk):
        incident = hers(request, number)
    form = NoteForm(request.POST or None, request.FILES or None)
    if form.is_valid() and _add(request, incident, form):
        with acting_as(request.user.pk):
            done_with(sent=request.POST, by=request.user)
        messages.success(request, _("Added to your note."))
        if form.cleaned_data["uploads"] or form.arrivals():  # the offer stands beside them, further down the page
            messages.info(request, _("You can tell us more about your files."))
        say_numbers(request, form.cleaned_data["text"])
        say_notices(request, form)
        return redirect("portal:entry", number)
    shown = {"form": form, "entry": incident, "lost_files": bool(form.is_bound and request.FILES)}
    with acting_as(request.user.pk):
        return render(request, "portal/add.html", shown, status=forms.form_status(form))


def _add(request: AuthenticatedRequest, incident: Incident, form: NoteForm) -> bool:
    """Files first: if they cannot be kept, nothing is, and the words stay in the box."""
    said = form.cleaned_data
    try:
        if said["uploads"]:
            add_evidence(incident=incident, files=said["uploads"], by=request.user)
        if letters := form.arrivals():
            add_arrivals(incident=incident, letters=letters, by=request.user)
        if said["text"].strip():
            with acting_as(request.user.pk):
                words = {"text": said["text"], "language": incident.language}
                amend(key=said["key"], incident=incident, by=request.user, **words)
    except StorageError:
        form.add_error("uploads", _("We could not keep the files just now. Try again soon."))
    except OtherContent:
        _say_used(form, "text")
    return form.is_valid()


def say_notices(request: AuthenticatedRequest, form: forms.Form) -> None:
    for notice in form.notices():
        messages.info(request, notice)


def _say_used(form: forms.Form, box: str) -> None:
    """The key was used for other words: give the page a new one and say what is there already."""
    form.data = cast(QueryDict, form.data).copy()
    form.data["key"] = str(uuid7())
    form.add_error(box, _("You added something else from this page before. Send this again to add it too."))


@allow(Role.VICTIM)
@require_http_methods(["GET", "POST"])
@stays_while_sending
def entry_wrong(request: AuthenticatedRequest, number: int) -> HttpResponse:
    """Say that a note is wrong: it is marked, with the reason, and never erased."""
    incident = hers(request, number)
    if request.method != "POST" and incident.is_withdrawn:  # type: ignore[attr-defined]
        return redirect("portal:entry", number)
    form = WrongForm(request.POST or None)
    if form.is_valid() and _withdraw(request, incident, form):
        done_with(sent=request.POST, by=request.user)
        say_numbers(request, form.cleaned_data["reason"])
        say_notices(request, form)
        return redirect("portal:entry", number)
    return render(request, "portal/wrong.html", {"form": form, "entry": incident}, status=forms.form_status(form))


def _withdraw(request: AuthenticatedRequest, incident: Incident, form: WrongForm) -> bool:
    """Mark it; what she says of a note that is marked already is added to it, not lost."""
    said = {"key": form.cleaned_data["key"], "reason": form.cleaned_data["reason"], "language": incident.language}
    try:
        kept = withdraw(incident=incident, by=request.user, **said)
    except OtherContent:
        _say_used(form, "reason")
        return False
    is_marked = kept.kind == Amendment.Kind.WITHDRAWAL
    added = _("It was marked as wrong before. We added what you wrote to it.")
    messages.success(request, _("Your note is marked as wrong.") if is_marked else added)
    return True
