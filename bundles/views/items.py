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
from bundles.choosing.forms import StepForm
from bundles.choosing.item_forms import ON_A_PAGE, CoreForm, ItemsForm
from bundles.choosing.labels import labels_of
from bundles.choosing.offering import Kind, Line, Offer, offer
from bundles.models import Reason
from bundles.views.desk import Desk, desk_of
from nsvcs.access import CASEWORK, allow


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
    desk = desk_of(request, case_id, pk, "items")
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
    desk = desk_of(request, case_id, pk, "core")
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
