"""Choosing by hand what is taken out of a bundle, and seeing it before the bundle is asked for."""

from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import AuthenticatedRequest
from accounts.models import User
from audit.actions import record
from audit.models import Action
from bundles.actions.redacting import TextChanged, put_back
from bundles.actions.redacting import redact_page as keep_areas
from bundles.actions.redacting import redact_text as keep_words
from bundles.choosing.redaction_forms import WhyForm
from bundles.disclosure import pieces
from bundles.disclosure.painting import SHOW
from bundles.disclosure.pieces import Piece
from bundles.disclosure.redacting import MEMORY_MB, SECONDS, Target, areas_of, payload
from bundles.models import BundleDraft, Redaction
from cases.access import visible_case
from cases.models import Case
from jobs import child
from logs.models import Evidence, Incident, Rendition
from nsvcs.access import CASEWORK, allow, own_transactions
from nsvcs.forms import form_status
from nsvcs.giving import LOCKED_DOWN
from nsvcs.identity import acting_as
from nsvcs.storage import file_store

ENTRIES_A_PAGE = 20
WORDS_A_PAGE = 400


def _draft(request: AuthenticatedRequest, case: Case, pk: UUID) -> BundleDraft:
    draft = BundleDraft.objects.visible_to(request.user).unfinished(request.user, case).filter(pk=pk).first()
    if draft is None:
        raise Http404
    return draft


def _rows(draft: BundleDraft, by: User) -> list[Redaction]:
    return list(Redaction.objects.visible_to(by).of_choice(draft.pk))


def _files(case: Case, by: User) -> list[Evidence]:
    rows = Evidence.objects.visible_to(by).filter(case=case).select_related("incident").with_copies().with_beside()
    return list(rows.order_by("exhibit_number"))


@allow(*CASEWORK)
@require_GET
def redactions(request: AuthenticatedRequest, case_id: UUID, draft: UUID) -> HttpResponse:
    """What is taken out so far, each as it is going to look; and what something can be taken out of."""
    case = visible_case(request, case_id)
    choice, by = _draft(request, case, draft), request.user
    rows, files = _rows(choice, by), _files(case, by)
    found = Incident.objects.visible_to(by).filter(case=case).chronological()
    page = Paginator(found.prefetch_related("amendments", "translations"), ENTRIES_A_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "case": case,
        "draft": choice,
        "taken": _taken(case, rows, files, by),
        "page": page,
        "entries": list(pieces.pieces_of(list(page))),
        "files": [(file, pieces.pieces_of_file(file), pieces.copy_to_redact(file)) for file in files],
    }
    return render(request, "bundles/redactions.html", context)


def _taken(case: Case, rows: list[Redaction], files: Iterable[Evidence], by: User) -> list[dict[str, Any]]:
    """Each redaction with where it is and, of a text, how that is going to read."""
    marks = {file.pk: f"E{file.exhibit_number}" for file in files}
    found = []
    for row in rows:
        if row.target == Target.PAGE:
            where = _("Exhibit %(mark)s, page %(page)s") % {"mark": marks.get(row.object_id, ""), "page": row.page}
            found.append({"row": row, "where": where, "text": "", "count": len(row.areas)})
        elif piece := pieces.piece_of(case, row.target, row.object_id, row.field, by):
            where = _("%(text)s, %(where)s") % {"text": piece.name, "where": piece.where}
            found.append({"row": row, "where": where, "text": piece.without(rows), "count": 0})
    return found


@allow(*CASEWORK)
@require_http_methods(["GET", "POST"])
def redact_text(
    request: AuthenticatedRequest, case_id: UUID, draft: UUID, target: str, pk: UUID, field: str
) -> HttpResponse:
    """Choose words of one text by ticking them; a script lets them be marked with the mouse as well."""
    case = visible_case(request, case_id)
    choice, by = _draft(request, case, draft), request.user
    piece = pieces.piece_of(case, target, pk, field, by)
    if piece is None:
        raise Http404
    is_sent = request.method == "POST"
    form, rows = WhyForm(request.POST if is_sent else None), _rows(choice, by)
    part = Paginator(list(enumerate(piece.words)), WORDS_A_PAGE).get_page(request.GET.get("page"))
    spans = _spans(request, piece) if is_sent else []
    if is_sent and not spans:
        form.add_error(None, _("Tick the words to take out"))
    if is_sent and form.is_valid():
        digest = request.POST.get("digest", "")
        try:
            keep_words(draft=choice, piece=piece, spans=spans, digest=digest, by=by, **form.cleaned_data)
            messages.success(request, _("The words are taken out of this bundle. The log stays as it is."))
            return redirect("bundles:redactions", case.pk, choice.pk)
        except TextChanged:
            form.add_error(None, _("The text has changed since this page was shown. Choose the words again."))
    context = {
        "case": case, "draft": choice, "piece": piece, "form": form, "part": part, "shown": piece.without(rows),
        "ticked": _numbers(request, "word") if is_sent else [], "has_cut": any(piece.has(row) for row in rows),
    }  # fmt: skip
    return render(request, "bundles/redact_text.html", context, status=form_status(form) if is_sent else 200)


def _spans(request: AuthenticatedRequest, piece: Piece) -> list[tuple[int, int]]:
    if "whole" in request.POST:
        return [(0, len(piece.text))]
    return piece.spans(_numbers(request, "word"))


def _numbers(request: AuthenticatedRequest, name: str) -> list[int]:
    return [int(each) for each in request.POST.getlist(name) if each.isdecimal() and len(each) < 7]


def _file(request: AuthenticatedRequest, case: Case, pk: UUID, number: int) -> tuple[Evidence, Rendition]:
    rows = Evidence.objects.visible_to(request.user).filter(case=case, pk=pk).with_copies().with_beside()
    file = rows.first()
    copy = pieces.copy_to_redact(file) if file else None
    if file is None or copy is None or not 1 <= number <= pieces.pages_of(copy):
        raise Http404
    return file, copy


@allow(*CASEWORK)
@require_http_methods(["GET", "POST"])
def redact_page(request: AuthenticatedRequest, case_id: UUID, draft: UUID, pk: UUID, number: int) -> HttpResponse:
    """Choose areas of one page by ticking squares of a grid; a script lets them be drawn as well."""
    case = visible_case(request, case_id)
    choice = _draft(request, case, draft)
    file, copy = _file(request, case, pk, number)
    is_sent = request.method == "POST"
    form = WhyForm(request.POST if is_sent else None)
    boxes = pieces.boxes_of(_numbers(request, "cell")) if is_sent else []
    if is_sent and not boxes:
        form.add_error(None, _("Tick the squares to take out"))
    if is_sent and request.POST.get("digest") != copy.sha256:
        form.add_error(None, _("The copy of this file has changed since this page was shown. Choose again."))
    if is_sent and form.is_valid():
        keep_areas(
            draft=choice, file=file, page=number, boxes=boxes, digest=copy.sha256, by=request.user, **form.cleaned_data
        )
        messages.success(request, _("The areas are taken out of this bundle. The original stays as it is."))
        return redirect("bundles:redact_page", case.pk, choice.pk, pk, number)
    rows = [row for row in _rows(choice, request.user) if (row.object_id, row.page) == (pk, number)]
    context = {
        "case": case, "draft": choice, "file": file, "copy": copy, "form": form, "number": number, "rows": rows,
        "pages": pieces.pages_of(copy), "grid": pieces.grid(_numbers(request, "cell") if is_sent else ()),
    }  # fmt: skip
    return render(request, "bundles/redact_page.html", context, status=form_status(form) if is_sent else 200)


@allow(*CASEWORK)
@require_GET
@own_transactions
def redact_picture(request: AuthenticatedRequest, case_id: UUID, draft: UUID, pk: UUID, number: int) -> HttpResponse:
    """One page as it is going to look, drawn by what will draw it for the bundle."""
    with acting_as(request.user.pk):
        case = visible_case(request, case_id, is_recorded=False)
        choice = _draft(request, case, draft)
        file, copy = _file(request, case, pk, number)
        areas = areas_of([row for row in _rows(choice, request.user) if row.target == Target.PAGE], [file])
        record(Action.REDACTION_SEEN, target=file, case_ids=[case.pk], detail={"page": number, "choice": str(draft)})
    answer = HttpResponse(_drawn(copy, number, areas.get(file.pk, ())), content_type="image/png")
    for name, value in LOCKED_DOWN.items():
        answer[name] = value
    return answer


def _drawn(copy: Rendition, number: int, areas: Iterable[Any]) -> bytes:
    """Drawn in a child process: what stands in the copy was sent by others."""
    try:
        with file_store().path_or_copy(copy.storage_name) as path, TemporaryDirectory() as folder:
            out = Path(folder) / "page"
            asked = payload(path, out, copy.media_type != "application/pdf", areas) | {"page": number}
            child.run(SHOW, asked, memory_mb=MEMORY_MB, seconds=SECONDS, waiting=SECONDS)
            return out.read_bytes()
    except (FileNotFoundError, child.ChildFailed):
        raise Http404 from None


@allow(*CASEWORK)
@require_POST
def redaction_remove(request: AuthenticatedRequest, case_id: UUID, draft: UUID, pk: UUID) -> HttpResponse:
    """Put one thing back."""
    case = visible_case(request, case_id)
    choice = _draft(request, case, draft)
    row = Redaction.objects.visible_to(request.user).of_choice(choice.pk).filter(pk=pk).first()
    if row is not None:  # pressed twice: it is back already
        put_back(row=row, by=request.user)
        messages.success(request, _("It is back in this bundle."))
    return redirect("bundles:redactions", case.pk, choice.pk)
