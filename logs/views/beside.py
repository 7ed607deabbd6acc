"""What stands beside an original: its pages, what it says of itself, its words, and what was heard in it."""

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import AuthenticatedRequest
from audit.actions import record
from audit.models import Action
from cases.access import visible_case
from cases.models import Case
from logs.actions import OtherContent, TypedMeanwhile, ask_for_place, type_what_is_heard
from logs.files import copy_response
from logs.making.showing import newest_parts
from logs.models import Evidence, Rendition, Transcript
from logs.staff_forms import TranscriptForm
from logs.views.files import file_of
from nsvcs.access import CASEWORK, allow, own_transactions
from nsvcs.forms import form_status
from nsvcs.giving import gone
from nsvcs.identity import acting_as
from nsvcs.storage import file_store

# More than this of a file's words is not shown in a page; the original has the rest.
MOST_CHARACTERS = 200_000


def _file(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> tuple[Case, Evidence]:
    """A file whose copies may be shown; any other is the page of a wrong address."""
    case = visible_case(request, case_id, is_recorded=False)
    evidence = file_of(request, case, pk)
    if not evidence.standing.may_show:
        raise Http404
    return case, evidence


@allow(*CASEWORK)
@require_GET
@own_transactions
def evidence_page(request: AuthenticatedRequest, case_id: UUID, pk: UUID, number: int) -> HttpResponseBase:
    """The picture of one page of a document, or of one of several pictures in a file."""
    with acting_as(request.user.pk):
        case, evidence = _file(request, case_id, pk)
        kinds = (Rendition.Kind.SHEET, Rendition.Kind.PAGE)
        parts = next((found for kind in kinds if (found := newest_parts(evidence, kind))), [])
        part = next((each for each in parts if each.number == number), None)
        if part is None:
            raise Http404
        detail = {"evidence": str(pk), "kind": part.kind, "page": number}
        record(Action.EVIDENCE_VIEWED, target=part, case_ids=[case.pk], detail=detail)
    return copy_response(part)


@allow(*CASEWORK)
@require_POST
def evidence_says(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """Where a file was made, and all else that it says of itself: only for who asks, and the press is recorded."""
    case, evidence = _file(request, case_id, pk)
    place = ask_for_place(evidence=evidence, by=request.user)
    try:
        fields = _told_by(evidence, Rendition.Kind.REPORT)
    except FileNotFoundError:
        return gone(newest_parts(evidence, Rendition.Kind.REPORT)[-1].storage_name)
    context = {"case": case, "file": evidence, "place": place, "fields": json.loads(fields)["fields"] if fields else []}
    return render(request, "logs/says.html", context)


@allow(*CASEWORK)
@require_GET
def evidence_words(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """The words of a file, to be read and searched; a look at it is recorded."""
    case, evidence = _file(request, case_id, pk)
    parts = newest_parts(evidence, Rendition.Kind.TEXT)
    if not parts or not parts[-1].storage_name:
        raise Http404
    record(Action.EVIDENCE_VIEWED, target=evidence, case_ids=[case.pk], detail={"kind": Rendition.Kind.TEXT})
    try:
        text = _told_by(evidence, Rendition.Kind.TEXT)
    except FileNotFoundError:
        return gone(parts[-1].storage_name)
    pages = text[:MOST_CHARACTERS].split("\f")
    context = {"case": case, "file": evidence, "pages": pages, "is_cut": len(text) > MOST_CHARACTERS}
    return render(request, "logs/words.html", context | {"by_machine": "by_machine" in parts[-1].notes})


def _told_by(evidence: Evidence, kind: Rendition.Kind) -> str:
    parts = newest_parts(evidence, kind)
    if not parts or not parts[-1].storage_name:
        return ""
    with file_store().open(parts[-1].storage_name) as file:
        return file.read().decode("utf-8", "replace")


@allow(*CASEWORK)
@require_http_methods(["GET", "POST"])
def evidence_heard(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """Type what is said in a recording; what was typed before stays, as an earlier version."""
    case, evidence = _file(request, case_id, pk)
    if not evidence.can_be_heard:
        raise Http404
    record(Action.EVIDENCE_VIEWED, target=evidence, case_ids=[case.pk], detail={"kind": "heard"})
    newest = Transcript.objects.visible_to(request.user).filter(evidence=evidence).order_by("-number").first()
    form = TranscriptForm(request.POST or None, initial=begun(newest, evidence))
    context: dict[str, Any] = {"case": case, "file": evidence, "form": form, "newest": newest}
    status = form_status(form)
    if form.is_valid():
        try:
            type_what_is_heard(evidence=evidence, by=request.user, **form.cleaned_data)
        except (OtherContent, TypedMeanwhile) as other:
            status = 409
            say_other(
                form, other, _("Somebody else typed a newer version meanwhile: it is above. Send again to add yours.")
            )
        else:
            messages.success(request, _("What is said in it is kept, beside the recording."))
            return redirect("logs:entry", case.pk, evidence.incident_id)
    return render(request, "logs/heard.html", context, status=status)


def begun(newest: Transcript | None, evidence: Evidence) -> dict[str, Any]:
    """What the form begins with: the newest version, to be corrected, or an empty box."""
    if newest:
        return {"text": newest.text, "language": newest.language, "based_on": newest.number}
    return {"language": evidence.incident.language if evidence.incident else "en"}


def say_other(form: Any, other: Exception, meanwhile: str) -> None:
    """Why nothing was kept; sending the form again keeps it on top of what is there now."""
    form.data = form.data.copy()
    if isinstance(other, TypedMeanwhile):
        form.data["based_on"] = str(other.newest.number)
        form.add_error("text", meanwhile)
    else:
        form.add_error("text", _("This page was sent before with other words. Open it again to add these."))
