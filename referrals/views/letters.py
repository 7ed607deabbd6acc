"""Letters of a case: choosing a template, writing one, one as it was made, its file, how it left."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import AuthenticatedRequest
from cases.access import visible_case
from cases.models import Case, Consent
from cases.views.trying import attempt, status_of
from jobs.actions import given_up
from nsvcs import htmx
from nsvcs.access import CASEWORK, allow
from nsvcs.giving import give
from nsvcs.ids import neutral_letters
from referrals.actions.letters import (
    SHUT,
    LetterNotReady,
    MayNotLeave,
    gate_of,
    give_letter,
    make_letter,
    take_letter,
)
from referrals.forms.letters import OTHER, GivenForm, LetterForm
from referrals.letters.merging import (
    Composed,
    composed,
    guarded_in,
    known_values,
    offered_fields,
    values_of,
)
from referrals.letters.pages import sheet_of
from referrals.models import Letter, LetterGiven, LetterTemplate
from referrals.rules.letters import FIELDS, Way

PAGE_SIZE = 25


@allow(*CASEWORK)
@require_GET
def letters(request: AuthenticatedRequest, case_id: UUID) -> HttpResponse:
    """The letters of a case, newest first."""
    case = visible_case(request, case_id)
    rows = Letter.objects.visible_to(request.user).filter(case=case).for_list()
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    lost = given_up([letter.pk for letter in page if not letter.has_file], "letter")
    return render(request, "referrals/letters/list.html", {"case": case, "page": page, "lost": lost})


@allow(*CASEWORK)
@require_GET
def letter_templates(request: AuthenticatedRequest, case_id: UUID) -> HttpResponse:
    """The templates in force, and what can be merged into them."""
    case = visible_case(request, case_id)
    context = {"case": case, "templates": list(LetterTemplate.objects.for_list()), "fields": FIELDS}
    return render(request, "referrals/letters/templates.html", context)


@allow(*CASEWORK)
@require_GET
def letter_new(request: AuthenticatedRequest, case_id: UUID) -> HttpResponse:
    """Choose the kind of letter."""
    case = visible_case(request, case_id)
    templates = LetterTemplate.objects.current(timezone.localdate())
    return render(request, "referrals/letters/new.html", {"case": case, "templates": templates})


@allow(*CASEWORK)
@require_http_methods(["GET", "POST"])
def letter_write(request: AuthenticatedRequest, case_id: UUID, key: str) -> HttpResponse:
    """Write a letter, see the page it becomes, and have it made as it was seen."""
    case = visible_case(request, case_id)
    template = next((each for each in LetterTemplate.objects.current(timezone.localdate()) if each.key == key), None)
    if template is None:
        raise Http404
    form, before = _letter_form(request, case, template)
    context: dict[str, Any] = {"case": case, "template": template, "form": form}
    if form.is_valid():
        letter = composed(template, values_of(case, request.user, form.cleaned_data))
        if _is_fit(request, case, form, letter):
            made = _make(request, case, template, form, letter, before)
            if made is not None:
                messages.success(request, _("The letter is being made."))
                return redirect("referrals:letter", case.pk, made.pk)
            context |= _preview(request, form, letter)
    return render(request, "referrals/letters/write.html", context, status=status_of(form))


def _letter_form(
    request: AuthenticatedRequest, case: Case, template: LetterTemplate
) -> tuple[LetterForm, Letter | None]:
    """The form, and the letter it is begun from, if any."""
    today = timezone.localdate()
    agreed = Consent.objects.visible_to(request.user).filter(case=case, purpose=Consent.Purpose.LETTER)
    consents = list(agreed.standing(today).select_related("organisation").order_by("ends_on"))
    known = known_values(case, request.user)
    initial: dict[str, Any] = {"name_used": case.victim.name, "recipient": "" if consents else OTHER}
    before = _before(request, case)
    if before is not None:
        initial = LetterForm.of(before, consents)
    offered = offered_fields(template, known)
    form = LetterForm(request.POST or None, initial=initial, consents=consents, known=known, offered=offered)
    return form, before


def _before(request: AuthenticatedRequest, case: Case) -> Letter | None:
    """The letter that another is to be begun from, named in the address or by the form."""
    try:
        asked = UUID(request.POST.get("based_on") or request.GET.get("from", ""))
    except ValueError:
        return None
    rows = Letter.objects.visible_to(request.user).select_related("organisation")
    return rows.filter(case=case, pk=asked).first()


def _is_fit(request: AuthenticatedRequest, case: Case, form: LetterForm, letter: Composed) -> bool:
    """Whether the letter says nothing that it must not; else the form says what."""
    guarded = guarded_in(case, request.user, letter, form.top)
    if guarded.never:
        words = _("The letter says “%(words)s”, which no letter may say. Take it out.")
        form.add_error(None, words % {"words": "”, “".join(guarded.never)})
    if left := form.not_allowed(guarded.others):
        words = _("It says protected words: “%(words)s”. Take them out, or tick those that the recipient may read")
        form.add_error("guarded_fine", words % {"words": "”, “".join(left)})
    return not form.errors


def _make(
    request: AuthenticatedRequest, case: Case, template: LetterTemplate, form: LetterForm, letter: Composed,
    before: Letter | None,
) -> Letter | None:  # fmt: skip
    """The letter, if it reads as it was shown; none when it has to be shown first."""
    if "make" not in request.POST or form.cleaned_data["seen"] != letter.mark:
        return None
    values = form.values() | {"based_on_id": before.pk if before else None}
    key = form.cleaned_data["key"]
    return attempt(
        form,
        lambda: make_letter(case=case, key=key, template=template, values=values, letter=letter, by=request.user),
    )


def _preview(request: AuthenticatedRequest, form: LetterForm, letter: Composed) -> dict[str, Any]:
    """The page it becomes; the form then carries the mark of what was shown."""
    form.data = form.data.copy()  # type: ignore[attr-defined]
    form.data["seen"] = letter.mark  # type: ignore[index]
    said = form.cleaned_data
    shown = Letter(
        to_name=said["to_name"], to_address=said["to_address"], subject=letter.subject, text=letter.text,
        dated_on=timezone.localdate(), by=request.user,
    )  # fmt: skip
    return {"sheet": sheet_of(shown), "is_changed": "make" in request.POST and not hasattr(form, "is_conflict")}


def _letter(request: AuthenticatedRequest, case: Case, pk: UUID) -> Letter:
    rows = Letter.objects.visible_to(request.user).select_related(
        "template", "organisation", "by", "file", "case__victim", "based_on"
    )
    return get_object_or_404(rows, pk=pk, case=case)


@allow(*CASEWORK)
@require_GET
def letter(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """One letter as it was made, how it may leave now, and how it left."""
    case = visible_case(request, case_id)
    found = _letter(request, case, pk)
    gate = gate_of(found, timezone.localdate(), request.user)
    context = {
        "case": case,
        "letter": found,
        "sheet": sheet_of(found),
        "is_lost": not found.has_file and bool(given_up([found.pk], "letter")),
        "ways": [(way, gate.refuses(way)) for way in Way],
        "gate": gate,
        "given": found.given.visible_to(request.user).select_related("by").order_by("at"),
        "takings": found.takings.visible_to(request.user).select_related("by").order_by("at"),
    }
    return render(request, "referrals/letters/letter.html", context)


@allow(*CASEWORK, background=True)
@require_GET
def letter_state(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """Asked by the page while a letter is being made: leads to it anew once it is."""
    case = visible_case(request, case_id, is_recorded=False)
    found = _letter(request, case, pk)
    if found.has_file or given_up([found.pk], "letter"):
        return htmx.redirect(request, "referrals:letter", case.pk, found.pk)
    return render(request, "referrals/letters/_making.html", {"case": case, "letter": found})


@allow(*CASEWORK, fresh=True)
@require_POST
def letter_take(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponseBase:
    """Download a letter so that it leaves in one way, if its gate is open at this moment."""
    case = visible_case(request, case_id, is_recorded=False)
    found = _letter(request, case, pk)
    try:
        file = take_letter(letter=found, way=Way(request.POST.get("way", "")), by=request.user)
    except ValueError:
        messages.error(request, _("Choose how the letter leaves."))
    except LetterNotReady:
        messages.error(request, _("The letter has not been made yet."))
    except MayNotLeave as refused:
        messages.error(request, refused.messages[0])
    else:
        name = content_disposition_header(True, f"document-{neutral_letters(6)}.pdf") or ""
        return give(file.storage_name, "application/octet-stream", name, file.size_bytes)
    return redirect("referrals:letter", case.pk, found.pk)


@allow(*CASEWORK)
@require_http_methods(["GET", "POST"])
def letter_give(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """Record that a letter was handed over or posted."""
    case = visible_case(request, case_id)
    found = _letter(request, case, pk)
    if not found.has_file:
        return redirect("referrals:letter", case.pk, found.pk)
    gate = gate_of(found, timezone.localdate(), request.user)
    shut = {way: refused.label for way in Way if (refused := gate.refuses(way)) is not None}
    form = GivenForm(request.POST or None, shut=shut, earliest=found.dated_on)
    if form.is_valid():
        said = form.cleaned_data
        kept = {name: said[name] for name in ("key", "to_name", "on")} | {"way": Way(said["way"])}
        kept["has_left"] = said.get("has_left", False)
        given = attempt(form, lambda: give_letter(letter=found, by=request.user, **kept))
        if given is not None:
            messages.success(request, _recorded(given))
            return redirect("referrals:letter", case.pk, found.pk)
        if form.has_error(NON_FIELD_ERRORS, SHUT):
            form.ask_whether_it_left()
    context = {"case": case, "letter": found, "form": form}
    return render(request, "referrals/letters/give.html", context, status=status_of(form))


def _recorded(given: LetterGiven) -> str:
    """What is said once it is recorded: what follows where it was not allowed, or is allowed no more."""
    if given.against:
        return _("It was recorded. The managers of the team have a task: it should not have left that way.")
    if given.consent is not None and hasattr(given.consent, "withdrawal"):
        words = _("It was recorded. The victim took the agreement back since: tell %(to)s if the victim wants that.")
        return words % {"to": given.to_name}
    return _("It was recorded.")
