"""Choosing what goes into a bundle: one thing a page, kept in a draft, looked at once more, asked for."""

from typing import Any
from uuid import UUID

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
    OtherBundle,
    ask_draft,
    discard_draft,
    rekey_draft,
    start_draft,
)
from bundles.choosing.checking import summary_of
from bundles.choosing.drafting import FILE_KINDS, STEPS, Choice
from bundles.choosing.forms import (
    CheckForm,
    CoverForm,
    DaysForm,
    OrderForm,
    PurposeForm,
    RecipientForm,
    ShownForm,
    StartForm,
)
from bundles.choosing.looked_for import LinesForm, kinds_of
from bundles.choosing.offering import offer
from bundles.choosing.parts import moved_by, part_rows
from bundles.choosing.recipients import candidates, cover_lines, producers
from bundles.disclosure.protected import case_terms
from bundles.models import BundleDraft, Edition, Purpose, Redaction, Shown
from bundles.views.desk import Desk, desk_of
from bundles.views.protecting import check_lines
from cases.access import visible_case
from cases.actions import KeyUsed
from cases.views.trying import attempt, status_of
from nsvcs.access import CASEWORK, allow
from reference.models import Preset


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
    desk = desk_of(request, case_id, pk, "purpose")
    form = desk.bound(PurposeForm, initial={"purpose": desk.choice.purpose, "words": desk.choice.words})
    if desk.kept(form):
        return redirect(desk.url("recipient"))
    return desk.page(form, title=_("What the bundle is for"))


@allow(*CASEWORK)
@require_http_methods(["GET", "POST"])
def draft_recipient(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """Who gets it, of those the purpose allows."""
    desk = desk_of(request, case_id, pk, "recipient")
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
    desk = desk_of(request, case_id, pk, "days")
    names = ("date_from", "date_to", "has_notes")
    initial = {name: getattr(desk.choice, name) for name in names} | {"file_kinds": list(desk.choice.file_kinds)}
    form = desk.bound(DaysForm, initial=initial)
    if desk.kept(form):
        return redirect(desk.url("items") if "items" not in Choice.of(desk.draft).done else desk.next_url)
    return desk.page(form, title=_("Days and kinds"), kinds=FILE_KINDS)


@allow(*CASEWORK)
@require_http_methods(["GET", "POST"])
def draft_order(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """Which parts the bundle has, and in which order; moved one place at a time by buttons."""
    desk = desk_of(request, case_id, pk, "order")
    choice = desk.choice
    initial = {"sections": list(choice.sections), "files_by_entry": "entry" if choice.files_by_entry else "mark"}
    form = desk.bound(OrderForm, order=choice.sections, initial=initial)
    if desk.kept(form):
        name, way = moved_by(request.POST.get("move", ""))
        return redirect(f"{desk.url('order')}?moved={name}-{way}" if name else desk.next_url)
    parts = part_rows(choice.sections, request.GET.get("moved", ""))
    said = next((f"{part.words}: {part.place}" for part in parts if part.focus), "")
    return desk.page(form, "order", title=_("Parts and their order"), parts=parts, moved=said)


@allow(*CASEWORK)
@require_http_methods(["GET", "POST"])
def draft_shown(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """What may be shown of what is usually withheld."""
    desk = desk_of(request, case_id, pk, "shown")
    usual = list(Shown.values) if desk.choice.edition == Edition.OWN else []
    shown = usual if desk.choice.shown is None else list(desk.choice.shown)
    lines = LinesForm(request.POST or None, initial={"draft": pk})
    form = desk.bound(ShownForm, is_hers=desk.choice.edition == Edition.OWN, initial={"shown": shown})
    if request.method == "POST" and lines.is_valid() and desk.kept(form):
        return check_lines(request, desk.case, lines) if lines.terms() else redirect(desk.next_url)
    kinds = kinds_of(desk.case, lines, request.user)
    counts = {"words": len(case_terms(desk.case, request.user)), "taken": _taken_count(desk)}
    return desk.page(form, "shown", beside=lines, title=_("What may be shown"), lines=lines, kinds=kinds, counts=counts)


def _taken_count(desk: Desk) -> int:
    """How much is taken out of this choice by hand."""
    return Redaction.objects.visible_to(desk.request.user).of_choice(desk.draft.pk).count()


@allow(*CASEWORK)
@require_http_methods(["GET", "POST"])
def draft_cover(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """Who produces the exhibits, and what stands on the cover."""
    desk = desk_of(request, case_id, pk, "cover")
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
    except KeyUsed as used:
        return _asked_before(desk, used)
    urls = {step: f"{desk.url(step)}?change=" for step in STEPS}
    title = _("Check before asking")
    return desk.page(form, "check", title=title, chosen=chosen, urls=urls, taken_count=_taken_count(desk))


def _asked_before(desk: Desk, used: KeyUsed) -> HttpResponse:
    """The draft has the key of another bundle: what differs is said, and the choice goes on under a key of its own."""
    new = rekey_draft(draft=desk.draft, by=desk.request.user)
    context = {
        "case": desk.case, "kept": used.kept, "differs": used.differs if isinstance(used, OtherBundle) else (),
        "check_url": reverse("bundles:draft_check", args=[desk.case.pk, new.pk]),
    }  # fmt: skip
    return render(desk.request, "bundles/asked_before.html", context, status=409)


@allow(*CASEWORK)
@require_POST
def draft_discard(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """Throw a choice away."""
    desk = desk_of(request, case_id, pk, "check")
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
