"""The protected words of a case: what is known, what was added, what a new one would take out."""

from typing import Any
from uuid import UUID, uuid5

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import AuthenticatedRequest
from bundles.choosing.looked_for import LinesForm, everyday, kinds_of
from bundles.choosing.previewing import taken_and_left, taken_by
from bundles.choosing.protecting_forms import TermForm
from bundles.disclosure.protected import case_terms, known_terms
from cases.access import visible_case
from cases.actions import end_protection, protect_words
from cases.models import Case, ProtectedKind, ProtectedTerm
from cases.views.trying import attempt, status_of
from nsvcs.access import CASEWORK, allow


@allow(*CASEWORK)
@require_http_methods(["GET", "POST"])
def protected_list(request: AuthenticatedRequest, case_id: UUID) -> HttpResponse:
    """What papers for others are kept free of; with `count` in the address, how much each takes out of the log.

    A line for each kind adds words: first it is shown what they take out, then they are kept.
    """
    case, lines = visible_case(request, case_id), LinesForm(request.POST or None)
    if lines.is_valid() and request.POST.get("step") == "check":
        if lines.terms():
            return check_lines(request, case, lines)
        lines.add_error("school", _("Enter a word or line of at least one kind"))
    if lines.is_valid() and request.POST.get("step") == "keep":
        return _lines_kept(request, case, lines)
    status = status_of(lines) if request.POST.get("step") != "change" else 200
    return render(request, "bundles/protected.html", _listed(request, case, lines), status=status)


def check_lines(request: AuthenticatedRequest, case: Case, lines: LinesForm) -> HttpResponse:
    """What the words of some lines take out, before they are kept."""
    terms = lines.terms()
    taken = taken_by(case, terms, request.user)
    found = [(term, ProtectedKind(term.kind).label, taken[term.id], everyday(term)) for term in terms]
    return render(request, "bundles/protected_lines.html", {"case": case, "form": lines, "found": found})


def _lines_kept(request: AuthenticatedRequest, case: Case, lines: LinesForm) -> HttpResponse:
    if lines.keep(case, request.user):
        messages.success(request, _("These words are protected in every bundle asked for from now on."))
    if draft := lines.cleaned_data["draft"]:
        return redirect("bundles:draft_shown", case.pk, draft)
    return redirect("bundles:protected", case.pk)


def _listed(request: AuthenticatedRequest, case: Case, lines: LinesForm) -> dict[str, Any]:
    rows = ProtectedTerm.objects.visible_to(request.user).filter(case=case).select_related("added_by", "ended_by")
    terms = list(rows.order_by("added_at", "id"))
    known = known_terms(case, request.user)
    taken = taken_by(case, case_terms(case, request.user), request.user) if "count" in request.GET else {}
    return {
        "case": case,
        "form": lines,
        "kinds": kinds_of(case, lines, request.user),
        "terms": [(row, taken.get(str(row.pk))) for row in terms if row.ended_at is None],
        "ended": [row for row in terms if row.ended_at],
        "known": [(term, ProtectedKind(term.kind).label, taken.get(term.id)) for term in known],
        "is_counted": bool(taken) or "count" in request.GET,
    }


@allow(*CASEWORK)
@require_http_methods(["GET", "POST"])
def protected_new(request: AuthenticatedRequest, case_id: UUID) -> HttpResponse:
    """Protect a word: first it is shown what it takes out, then it is kept."""
    case, form = visible_case(request, case_id), TermForm(request.POST or None)
    context: dict[str, Any] = {"case": case, "form": form}
    if form.is_valid() and request.POST.get("step") == "check":
        return render(request, "bundles/protected_check.html", context | _preview(case, form, request))
    if form.is_valid() and request.POST.get("step") == "keep":
        values = form.values()
        if attempt(form, lambda: protect_words(case=case, by=request.user, **values)):
            messages.success(request, _("The word is protected in every bundle asked for from now on."))
            return redirect("bundles:protected", case.pk)
    status = status_of(form) if request.POST.get("step") != "change" else 200
    return render(request, "bundles/protected_new.html", context, status=status)


def _preview(case: Case, form: TermForm, request: AuthenticatedRequest) -> dict[str, Any]:
    term = form.term()
    taken, left = taken_and_left(case, term, request.user)
    return {
        "taken": taken,
        "left": left if form.is_common() else 0,
        "is_common": form.is_common(),
        "kind": ProtectedKind(term.kind).label,
    }


@allow(*CASEWORK)
@require_POST
def protected_keep(request: AuthenticatedRequest, case_id: UUID) -> HttpResponse:
    """Keep what the case knows today as a protected word, so that it stays one when the case changes."""
    case = visible_case(request, case_id)
    name = request.POST.get("name", "")
    term = next((each for each in known_terms(case, request.user) if each.id == name), None)
    if term is None:
        messages.warning(request, _("That no longer stands on the case. Protect it by typing it."))
        return redirect("bundles:protected", case.pk)
    protect_words(
        case=case, key=uuid5(case.pk, f"{term.kind}:{term.words}"), kind=term.kind, words=term.words, by=request.user,
        with_first_name=False, in_any_case=False, source=ProtectedTerm.Source.CASE,
    )  # fmt: skip
    messages.success(request, _("It stays protected, whatever becomes of it on the case."))
    return redirect("bundles:protected", case.pk)


@allow(*CASEWORK)
@require_http_methods(["GET", "POST"])
def protected_end(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """End the protection of one word, after being told what that means."""
    case = visible_case(request, case_id)
    row = ProtectedTerm.objects.visible_to(request.user).filter(pk=pk, case=case, ended_at=None).first()
    if row is None:
        raise Http404
    if request.method == "POST":
        end_protection(term=row, by=request.user)
        messages.success(request, _("The word is no longer protected."))
        return redirect("bundles:protected", case.pk)
    return render(request, "bundles/protected_end.html", {"case": case, "term": row})
