"""One file as staff see it: what it is, where it stands, its copies, its original, every handling of it."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts.http import AuthenticatedRequest
from accounts.models import User
from audit.actions import record
from audit.models import Action
from cases.access import visible_case
from cases.models import Case
from cases.views.downloading import landing_page, lands
from logs.actions import record_download
from logs.files import copy_response, original_response, send_file
from logs.making.showing import VIEWABLE, newest_parts
from logs.models import Caption, CustodyEvent, Evidence, EvidenceLock, Rendition, Scan
from logs.standing import Answer, Use
from nsvcs.access import CASEWORK, Role, allow, own_transactions
from nsvcs.identity import acting_as

# In an original's address: what can happen has been read; and that the film in a picture's file is wanted.
SURE, FILM = "sure", "film"


def file_of(request: AuthenticatedRequest, case: Case, pk: UUID) -> Evidence:
    """One file of a case, with its copies and where it stands.

    Raises:
        Http404: the case has no such file.
    """
    files = Evidence.objects.visible_to(request.user).filter(case=case).with_copies()
    return get_object_or_404(files.select_related("incident", "uploaded_by"), pk=pk)


@allow(*CASEWORK, Role.DATA_PROTECTION)
@require_GET
def file_detail(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """One file: digest, size, arrival, where it stands, its copies, and its chain of custody."""
    case = visible_case(request, case_id, is_recorded=False)
    file = file_of(request, case, pk)
    record(Action.EVIDENCE_OPENED, target=file, case_ids=[case.pk])
    return render(request, "logs/file.html", {"case": case, "file": file, **_beside(request.user, file)})


def _beside(user: User, file: Evidence) -> dict[str, Any]:
    """What is kept beside a file: its newest scan, its locks, and who handled it."""
    custody = list(CustodyEvent.objects.visible_to(user).filter(evidence=file).order_by("at", "pk"))
    said = Caption.objects.visible_to(user).filter(evidence=file).select_related("said_by")
    people = User.objects.filter(pk__in={each.by_id for each in custody if each.by_id})
    names = dict(people.values_list("pk", "name"))
    return {
        "twins": Evidence.objects.visible_to(user).twins_of(file),
        "scan": Scan.objects.visible_to(user).filter(evidence=file).that_counts(),
        "captions": said.order_by("-number"),
        "locks": EvidenceLock.objects.visible_to(user).filter(evidence=file).select_related("by").order_by("at"),
        "custody": [(each, names.get(each.by_id, "") if each.by_id else "") for each in custody],
    }


@allow(*CASEWORK)
@require_GET
@own_transactions
def evidence_copy(request: AuthenticatedRequest, case_id: UUID, pk: UUID, kind: str) -> HttpResponseBase:
    """A viewing copy, shown in the page. The look at the full copy is recorded; the blurred small one is the list's."""
    with acting_as(request.user.pk):
        case = visible_case(request, case_id, is_recorded=False)
        file = file_of(request, case, pk)
        rendition = next(iter(newest_parts(file, kind)), None) if kind in VIEWABLE else None
        if rendition is None or not file.standing.may(Use.VIEW):
            raise Http404
        record(Action.EVIDENCE_VIEWED, target=rendition, case_ids=[case.pk], detail={"evidence": str(pk), "kind": kind})
    return copy_response(rendition)


def page_of(evidence: Evidence) -> str:
    """The page that shows a file among others: its entry's, or the batch's that it is the source of."""
    if evidence.incident_id is None:
        return reverse("logs:import_batch", args=[evidence.case_id, evidence.import_batch_id])
    return reverse("logs:entry", args=[evidence.case_id, evidence.incident_id])


@allow(*CASEWORK, fresh=True, download=True)
@require_GET
@own_transactions
def evidence_original(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponseBase:
    """An original, as a download under a neutral name, after fresh proof; an audit and a custody event.

    Where no scanner is, a page says first what can happen. What has not been found clean, and what is locked, stays.
    """
    with acting_as(request.user.pk):
        case = visible_case(request, case_id, is_recorded=False)
        evidence = file_of(request, case, pk)
        answer = evidence.standing.allows(Use.DOWNLOAD)
        if answer is Answer.NO:
            return _refused(request, case, evidence)
        if answer is Answer.WARN and SURE not in request.GET:
            record(Action.EVIDENCE_OPENED, target=evidence, case_ids=[case.pk])
            return render(request, "logs/warn.html", {"case": case, "file": evidence})
        film = _film_of(evidence) if FILM in request.GET else None
        if lands(request):
            return landing_page(request, case, page_of(evidence))
        record_download(evidence=evidence, by=request.user, is_film=bool(film))
    return send_file(film.storage_name, film.media_type, film.size_bytes) if film else original_response(evidence)


def _film_of(evidence: Evidence) -> Rendition:
    """The film that a phone kept in a picture's file, as it was cut out of it.

    Raises:
        Http404: there is none.
    """
    films = newest_parts(evidence, Rendition.Kind.FILM)
    if not films:
        raise Http404
    return films[0]


def _refused(request: AuthenticatedRequest, case: Case, evidence: Evidence) -> HttpResponse:
    standing = evidence.standing
    detail = {"state": "locked" if standing.is_locked else standing.state.value}
    record(Action.EVIDENCE_REFUSED, target=evidence, case_ids=[case.pk], detail=detail)
    return render(request, "logs/refused.html", {"case": case, "file": evidence}, status=409)
