"""Choosing what goes into a bundle: one thing a page, kept in a draft, looked at once more, asked for."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import AuthenticatedRequest
from bundles.actions import (
    ChangedElsewhere,
    NotWhole,
    ask_draft,
    discard_draft,
    keep_step,
    start_draft,
)
from bundles.choosing.checking import preset_of, size_of, summary_of
from bundles.choosing.drafting import FILE_KINDS, STEPS, Choice, step_after
from bundles.choosing.forms import (
    SECTION_WORDS,
    CheckForm,
    CoverForm,
    DaysForm,
    OrderForm,
    PurposeForm,
    RecipientForm,
    ShownForm,
    StartForm,
    StepForm,
)
from bundles.choosing.item_forms import ON_A_PAGE, CoreForm, ItemsForm
from bundles.choosing.labels import labels_of
from bundles.choosing.offering import Kind, Line, Offer, offer
from bundles.choosing.recipients import candidates, cover_lines, producers
from bundles.models import BundleDraft, Edition, Purpose, Reason, Redaction, Shown
from cases.access import visible_case
from cases.models import Case
from cases.views.trying import attempt, status_of
from nsvcs.access import CASEWORK, allow
from nsvcs.forms import form_status
from reference.models import Preset


@dataclass
class Desk:
    """One page of choosing: whose, of which case, what is chosen so far.

    Attributes:
        step: of `STEPS`.
    """

    request: AuthenticatedRequest
    case: Case
    draft: BundleDraft
    choice: Choice
    step: str

    def url(self, step: str) -> str:
        """The address of a step."""
        return reverse(f"bundles:draft_{step}", args=[self.case.pk, self.draft.pk])

    @property
    def next_url(self) -> str:
        """Where saving leads: back to the check page where one came from there, else to the next step."""
        is_change = "change" in self.request.GET and Choice.of(self.draft).first_open == "check"
        return self.url("check" if is_change else step_after(self.step))

    def bound(self, make: Callable[..., StepForm], **more: Any) -> StepForm:
        """The step's form."""
        form = make(self.request.POST or None, **more)
        form.initial.setdefault("version", self.draft.version)
        return form

    def kept(self, form: StepForm) -> bool:
        """Keep the answer; false, with the reason on the form, where it cannot be kept."""
        if not form.is_valid():
            return False
        version, answer, by = form.cleaned_data["version"], form.answer(), self.request.user
        try:
            self.draft = keep_step(draft=self.draft, version=version, step=self.step, changes=answer, by=by)
        except ChangedElsewhere as elsewhere:
            _show_newer(form, elsewhere.present)
            return False
        return True

    def page(self, form: StepForm, template: str = "step", **more: Any) -> HttpResponse:
        """The step's page."""
        number = STEPS.index(self.step) + 1
        back = STEPS[number - 2] if number > 1 else ""
        context = {
            "case": self.case, "draft": self.draft, "choice": self.choice, "form": form, "step": self.step,
            "number": number, "count": len(STEPS), "check_url": self.url("check"),
            "back": self.url(back) if back else reverse("bundles:new", args=[self.case.pk]),
        }  # fmt: skip
        status = 409 if getattr(form, "is_stale", False) else form_status(form)
        return render(self.request, f"bundles/{template}.html", context | more, status=status)


def _show_newer(form: StepForm, present: BundleDraft) -> None:
    """The form again, on the draft as it stands: pressing once more keeps what is on the page now, knowingly."""
    form.data = form.data.copy()  # type: ignore[attr-defined]
    form.data[form.add_prefix("version")] = str(present.version)  # type: ignore[index]
    form.is_stale = True  # type: ignore[attr-defined]
    form.add_error(None, _("This choice was changed in another window. Look at it, then save again to keep this page."))


def _desk(request: AuthenticatedRequest, case_id: UUID, pk: UUID, step: str) -> Desk:
    case = visible_case(request, case_id)
    draft = get_object_or_404(BundleDraft.objects.visible_to(request.user).unfinished(request.user, case), pk=pk)
    return Desk(request, case, draft, Choice.of(draft), step)


@allow(*CASEWORK)
@require_http_methods(["GET", "POST"])
def bundle_new(request: AuthenticatedRequest, case_id: UUID) -> HttpResponse:
    """Begin to choose, or go on where one left off."""
    case, form = visible_case(request, case_id), StartForm(request.POST or None)
    if form.is_valid():
        key = form.cleaned_data["key"]
        if draft := attempt(form, lambda: start_draft(key=key, case=case, by=request.user)):
            return redirect("bundles:draft_purpose", case_id, draft.pk)
    drafts = [
        _unfinished(draft) for draft in BundleDraft.objects.visible_to(request.user).unfinished(request.user, case)[:20]
    ]
    context = {"case": case, "form": form, "drafts": drafts}
    return render(request, "bundles/new.html", context, status=status_of(form))


def _unfinished(draft: BundleDraft) -> dict[str, Any]:
    choice = Choice.of(draft)
    purpose = Purpose(choice.purpose).label if choice.purpose else _("Nothing chosen yet")
    url = reverse(f"bundles:draft_{choice.first_open}", args=[draft.case_id, draft.pk])
    return {"draft": draft, "purpose": purpose, "url": url}


@allow(*CASEWORK)
@require_http_methods(["GET", "POST"])
def draft_purpose(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """What the bundle is for."""
    desk = _desk(request, case_id, pk, "purpose")
    form = desk.bound(PurposeForm, initial={"purpose": desk.choice.purpose, "words": desk.choice.words})
    if desk.kept(form):
        return redirect(desk.url("recipient"))
    return desk.page(form, title=_("What the bundle is for"))


@allow(*CASEWORK)
@require_http_methods(["GET", "POST"])
def draft_recipient(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """Who gets it, of those the purpose allows."""
    desk = _desk(request, case_id, pk, "recipient")
    if not desk.choice.purpose:
        return redirect(desk.url("purpose"))
    people = candidates(desk.case, desk.choice.purpose, request.user)
    form = desk.bound(RecipientForm, people=people, initial={"recipient_ref": desk.choice.recipient_ref})
    if desk.kept(form):
        return redirect(desk.next_url)
    return desk.page(form, "recipient", title=_("Who gets it"), people=people)


@allow(*CASEWORK)
@require_http_methods(["GET", "POST"])
def draft_days(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """The days covered, and the kinds of things."""
    desk = _desk(request, case_id, pk, "days")
    names = ("date_from", "date_to", "has_notes")
    initial = {name: getattr(desk.choice, name) for name in names} | {"file_kinds": list(desk.choice.file_kinds)}
    form = desk.bound(DaysForm, initial=initial)
    if desk.kept(form):
        return redirect(desk.url("items") if "items" not in Choice.of(desk.draft).done else desk.next_url)
    return desk.page(form, title=_("Days and kinds"), kinds=FILE_KINDS)


def _listed(desk: Desk, lines: list[Line]) -> tuple[Any, dict[UUID, str]]:
    numbers = {line.pk: line.number for line in lines if line.kind == Kind.ENTRY}
    page = Paginator(lines, ON_A_PAGE).get_page(desk.request.GET.get("page"))
    return page, labels_of(list(page), numbers, desk.request.user)


def _paged(desk: Desk, page: Any, after: str) -> str:
    """The list's next page, or what comes after its last."""
    change = "&change=" if "change" in desk.request.GET else ""
    return f"{desk.url(desk.step)}?page={page.next_page_number()}{change}" if page.has_next() else after


@allow(*CASEWORK)
@require_http_methods(["GET", "POST"])
def draft_items(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """Each entry, later note and file of those days with a tick; a reason where there is none."""
    desk = _desk(request, case_id, pk, "items")
    found = offer(desk.case, desk.choice, request.user)
    if request.POST.get("press") in {"all", "none"}:
        return _ticked(desk, found)
    page, labels = _listed(desk, list(found.lines))
    form = desk.bound(ItemsForm, offer=found, lines=list(page), labels=labels)
    preset = preset_of(desk.choice)
    if found.lines and desk.kept(form):
        found = offer(desk.case, Choice.of(desk.draft), request.user)
        is_over = size_of(found, preset)["is_over"]
        return redirect(_paged(desk, page, desk.url("core") if is_over else desk.next_url))
    return desk.page(form, "items", title=_("What goes in"), page=page, size=size_of(found, preset), found=found)


def _ticked(desk: Desk, found: Offer) -> HttpResponse:
    """Tick everything that is offered, or nothing: then only what is ticked by hand goes in."""
    is_all = desk.request.POST["press"] == "all"
    lines = [line for line in found.lines if not line.must]
    left = {} if is_all else {line.key: (Reason.RELEVANCE.value, "") for line in lines}
    kept = tuple(line.key for line in lines if line.usually_out or found.is_late(line)) if is_all else ()
    return _pressed(desk, left=left, kept=kept, until=desk.choice.until or timezone.now())


def _pressed(desk: Desk, **changes: Any) -> HttpResponse:
    """Keep what a button says of all lines, and show the list again."""
    form = desk.bound(StepForm)
    if form.is_valid():
        with suppress(ChangedElsewhere):  # the page that follows shows what is there
            version, by = form.cleaned_data["version"], desk.request.user
            keep_step(draft=desk.draft, version=version, step=desk.step, changes=changes, by=by)
    return redirect(desk.url(desk.step))


@allow(*CASEWORK)
@require_http_methods(["GET", "POST"])
def draft_core(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """Which entries are printed whole; the rest is named in a list."""
    desk = _desk(request, case_id, pk, "core")
    found = offer(desk.case, desk.choice, request.user)
    if request.POST.get("press") in {"whole", "list"}:
        is_list = request.POST["press"] == "list"
        return _pressed(desk, listed=tuple(sorted(line.key for line in found.entries_in)) if is_list else ())
    page, labels = _listed(desk, found.entries_in)
    form = desk.bound(CoreForm, offer=found, lines=list(page), labels=labels)
    if found.entries_in and desk.kept(form):
        return redirect(_paged(desk, page, desk.next_url))
    size = size_of(found, preset_of(desk.choice))
    return desk.page(form, "core", title=_("Core selection"), page=page, size=size, found=found)


@allow(*CASEWORK)
@require_http_methods(["GET", "POST"])
def draft_order(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """Which parts the bundle has, and in which order; moved one place at a time by buttons."""
    desk = _desk(request, case_id, pk, "order")
    choice = desk.choice
    initial = {"sections": list(choice.sections), "files_by_entry": "entry" if choice.files_by_entry else "mark"}
    form = desk.bound(OrderForm, order=choice.sections, initial=initial)
    if desk.kept(form):
        return redirect(desk.url("order") if "move" in request.POST else desk.next_url)
    parts = [{"name": name, "words": SECTION_WORDS[name]} for name in choice.sections]
    return desk.page(form, "order", title=_("Parts and their order"), parts=parts)


@allow(*CASEWORK)
@require_http_methods(["GET", "POST"])
def draft_shown(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """What may be shown of what is usually withheld."""
    desk = _desk(request, case_id, pk, "shown")
    usual = list(Shown.values) if desk.choice.edition == Edition.OWN else []
    shown = usual if desk.choice.shown is None else list(desk.choice.shown)
    form = desk.bound(ShownForm, initial={"shown": shown})
    if desk.kept(form):
        return redirect(desk.next_url)
    return desk.page(form, title=_("What may be shown"))


@allow(*CASEWORK)
@require_http_methods(["GET", "POST"])
def draft_cover(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """Who produces the exhibits, and what stands on the cover."""
    desk = _desk(request, case_id, pk, "cover")
    choice, people = desk.choice, producers(desk.case, request.user, timezone.now())
    initial = {"producer": choice.producer, "is_full_name": choice.is_full_name, "on_cover": list(choice.cover)}
    form = desk.bound(CoverForm, people=people, lines=cover_lines(desk.case, request.user), initial=initial)
    if desk.kept(form):
        return redirect(desk.url("check"))
    return desk.page(form, title=_("The cover"))


@allow(*CASEWORK)
@require_http_methods(["GET", "POST"])
def draft_check(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """Everything once more; then the bundle is asked for."""
    case = visible_case(request, case_id)
    mine = BundleDraft.objects.visible_to(request.user).filter(user=request.user, case=case)
    draft = get_object_or_404(mine, pk=pk)
    if draft.used_at is not None:
        return redirect("bundles:detail", case_id, pk) if request.method == "POST" else redirect("bundles:new", case_id)
    desk = Desk(request, case, draft, Choice.of(draft), "check")
    form = desk.bound(CheckForm)
    try:
        if desk.choice.first_open != "check":
            raise NotWhole(desk.choice.first_open)
        if form.is_valid():
            bundle = ask_draft(draft=draft, version=form.cleaned_data["version"], by=request.user)
            return redirect("bundles:detail", case_id, bundle.pk)
        found = offer(case, desk.choice, request.user)
        chosen = summary_of(case, desk.choice, found, request.user)
    except NotWhole as missing:
        return redirect(desk.url(missing.step))
    except ChangedElsewhere:
        return redirect(desk.url("check"))  # with what is there now: nobody asks for what they have not seen
    urls = {step: f"{desk.url(step)}?change=" for step in STEPS}
    taken = Redaction.objects.visible_to(request.user).of_choice(draft.pk).count()
    return desk.page(form, "check", title=_("Check before asking"), chosen=chosen, urls=urls, taken_count=taken)


@allow(*CASEWORK)
@require_POST
def draft_discard(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """Throw a choice away."""
    desk = _desk(request, case_id, pk, "check")
    discard_draft(draft=desk.draft, by=request.user)
    return redirect("bundles:new", case_id)


@allow(*CASEWORK)
@require_GET
def presets(request: AuthenticatedRequest, case_id: UUID) -> HttpResponse:
    """The editions there are, and the rules each follows: since when, from where, and whether anybody checked."""
    case = visible_case(request, case_id)
    rows = list(Preset.objects.for_list())
    current = {edition: Preset.objects.current(edition, timezone.localdate()) for edition in Preset.Edition}
    shown = [{"row": row, "is_current": row == current[Preset.Edition(row.edition)]} for row in rows]
    return render(request, "bundles/presets.html", {"case": case, "presets": shown})
