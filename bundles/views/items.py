"""The two long lists of choosing: what goes in, and what of it is printed whole."""

from contextlib import suppress
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import AuthenticatedRequest
from bundles.actions import ChangedElsewhere, keep_step
from bundles.choosing.checking import preset_of, size_of
from bundles.choosing.drafting import Choice
from bundles.choosing.forms import StepForm, reason_choices
from bundles.choosing.item_forms import ON_A_PAGE, CoreForm, ItemsForm
from bundles.choosing.labels import labels_of, pictures_of
from bundles.choosing.narrowing import NarrowForm
from bundles.choosing.offering import Kind, Line, Offer, offer
from bundles.models import Reason
from bundles.views.desk import Desk, desk_of
from nsvcs.access import CASEWORK, allow


def _listed(desk: Desk, lines: list[Line], found: Offer) -> tuple[Any, dict[UUID, str]]:
    page = Paginator(lines, ON_A_PAGE).get_page(desk.request.GET.get("page"))
    numbers = {line.pk: line.number for line in found.of(Kind.ENTRY)}
    return page, labels_of(list(page), numbers, desk.request.user)


def _paged(desk: Desk, narrow: NarrowForm, page: Any, after: str) -> str:
    """The list's next page, as it is narrowed, or what comes after its last: all of it, where it was narrowed."""
    change = "&change=" if "change" in desk.request.GET else ""
    if page.has_next() and desk.request.POST.get("press") != "on":
        return f"{desk.url(desk.step)}?{narrow.query}&page={page.next_page_number()}{change}"
    return f"{desk.url(desk.step)}?{change}" if narrow.is_narrow and not page.has_next() else after


@allow(*CASEWORK)
@require_http_methods(["GET", "POST"])
def draft_items(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """Each entry, later note and file of those days with a tick; a reason where there is none."""
    desk = desk_of(request, case_id, pk, "items")
    found = offer(desk.case, desk.choice, request.user)
    narrow = NarrowForm(request.GET, found=found, step="items")
    shown = narrow.narrowed(found.lines)
    if request.POST.get("press") in {"all", "none"}:
        return _ticked(desk, found, narrow, shown)
    page, labels = _listed(desk, shown, found)
    pictures = pictures_of(list(page), request.user)
    form = desk.bound(ItemsForm, offer=found, lines=list(page), labels=labels, pictures=pictures)
    preset = preset_of(desk.choice)
    if found.lines and desk.kept(form):
        found = offer(desk.case, Choice.of(desk.draft), request.user)
        is_over = size_of(found, preset)["is_over"]
        return redirect(_paged(desk, narrow, page, desk.url("core") if is_over else desk.next_url))
    size = size_of(found, preset)
    return desk.page(form, "items", title=_("What goes in"), page=page, size=size, found=found, narrow=narrow)


def _ticked(desk: Desk, found: Offer, narrow: NarrowForm, shown: list[Line]) -> HttpResponse:
    """Tick everything that is shown, or nothing of it: where all is shown, only what is ticked by hand goes in then."""
    is_all = desk.request.POST["press"] == "all"
    lines = {line.key: line for line in shown if not line.must}
    why = desk.request.POST.get("why_all", "")
    reason = why if why in dict(reason_choices()) and why else Reason.RELEVANCE.value
    left = {key: said for key, said in desk.choice.left.items() if key not in lines}
    kept = set(desk.choice.kept) - lines.keys()
    if is_all:
        kept |= {key for key, line in lines.items() if line.usually_out or found.is_late(line)}
    else:
        left |= dict.fromkeys(lines, (reason, ""))
    until = desk.choice.until or timezone.now()
    return _pressed(desk, narrow, left=left, kept=tuple(sorted(kept)), until=until)


def _pressed(desk: Desk, narrow: NarrowForm, **changes: Any) -> HttpResponse:
    """Keep what a button says of all lines that are shown, and show the list again."""
    form = desk.bound(StepForm)
    if form.is_valid():
        with suppress(ChangedElsewhere):  # the page that follows shows what is there
            version, by = form.cleaned_data["version"], desk.request.user
            keep_step(draft=desk.draft, version=version, step=desk.step, changes=changes, by=by)
    return redirect(f"{desk.url(desk.step)}?{narrow.query}" if narrow.query else desk.url(desk.step))


@allow(*CASEWORK)
@require_http_methods(["GET", "POST"])
def draft_core(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """Which entries are printed whole; the rest is named in a list."""
    desk = desk_of(request, case_id, pk, "core")
    found = offer(desk.case, desk.choice, request.user)
    narrow = NarrowForm(request.GET, found=found, step="core")
    shown = narrow.narrowed(found.entries_in)
    if request.POST.get("press") in {"whole", "list"}:
        keys = {line.key for line in shown}
        listed = set(desk.choice.listed) - keys if request.POST["press"] == "whole" else {*desk.choice.listed, *keys}
        return _pressed(desk, narrow, listed=tuple(sorted(listed)))
    page, labels = _listed(desk, shown, found)
    preset = preset_of(desk.choice)
    form = desk.bound(CoreForm, offer=found, lines=list(page), labels=labels, sizes=found.sizes(preset))
    if found.entries_in and desk.kept(form):
        return redirect(_paged(desk, narrow, page, desk.next_url))
    counts = {"all": len(found.entries_in), "whole": len(found.whole)}
    size = size_of(found, preset)
    return desk.page(
        form, "core", title=_("Core selection"), page=page, size=size, found=found, narrow=narrow, counts=counts
    )
