"""Choosing again from a find of the gate: a new choice like the bundle's, opened where the find is mended."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.http import AuthenticatedRequest
from accounts.models import User
from bundles.actions import choose_again
from bundles.choosing.drafting import Choice
from bundles.choosing.item_forms import ON_A_PAGE
from bundles.choosing.offering import offer
from bundles.gate.mending import Mending
from bundles.models import Bundle, BundleCheck, BundleDraft
from bundles.views.gate import ready_bundle
from bundles.views.redacting import ENTRIES_A_PAGE
from cases.access import visible_case
from logs.models import Incident
from nsvcs.access import CASEWORK, allow


@allow(*CASEWORK)
@require_POST
def bundle_choose(request: AuthenticatedRequest, case_id: UUID, pk: UUID, check: UUID) -> HttpResponse:
    """Begin a choice like that of this bundle, or go on with the one begun, at the place that mends one find."""
    case, by = visible_case(request, case_id), request.user
    bundle = ready_bundle(request, case, pk)
    rows = BundleCheck.objects.visible_to(by).filter(bundle=bundle).select_related("false_alarm")
    found = get_object_or_404(rows, pk=check)
    mending = Mending(bundle, [found], by)
    ways = [mend.way for mend in mending.of(found)] if mending.rows else []
    way = request.POST.get("way", ways[0] if ways else "")  # sent by a key and no button: the nearest
    if way not in ways:
        raise Http404
    draft = choose_again(bundle=bundle, by=by)
    messages.success(request, _("This is a new choice like the bundle’s. Change it here, then check and ask for it."))
    return redirect(_place(bundle, draft, found, mending, way, by))


def _place(bundle: Bundle, draft: BundleDraft, found: BundleCheck, mending: Mending, way: str, by: User) -> str:
    """The address at which a find is mended one way."""
    places: dict[str, Callable[[], str]] = {
        "check": lambda: _step(draft, "check"),
        "cover": lambda: f"{_step(draft, 'cover')}?change=",
        "shown": lambda: f"{_step(draft, 'shown')}?change=",
        "words": lambda: reverse("bundles:protected", args=[draft.case_id]),
        "leave": lambda: _item(bundle, draft, found, mending, by),
        "page": lambda: _page(draft, found, mending),
        "file": lambda: f"{_redactions(draft)}#file-{found.item}",
        "entry": lambda: _entry(draft, mending.entries_of(found)[0], by),
    }
    return places[way]()


def _step(draft: BundleDraft, step: str) -> str:
    return reverse(f"bundles:draft_{step}", args=[draft.case_id, draft.pk])


def _redactions(draft: BundleDraft) -> str:
    return reverse("bundles:redactions", args=[draft.case_id, draft.pk])


def _page(draft: BundleDraft, found: BundleCheck, mending: Mending) -> str:
    number = mending.page_in_file(found)
    return reverse("bundles:redact_page", args=[draft.case_id, draft.pk, _file(found, mending), number])


def _file(found: BundleCheck, mending: Mending) -> UUID:
    file = mending.file_of(found)
    if file is None:
        raise Http404
    return file.pk


def _entry(draft: BundleDraft, number: int, by: User) -> str:
    entries = Incident.objects.visible_to(by).filter(case=draft.case_id).chronological()
    numbers = list(entries.values_list("number", flat=True))
    page = 1 + numbers.index(number) // ENTRIES_A_PAGE if number in numbers else 1
    return f"{_redactions(draft)}?page={page}#entry-{number}"


def _item(bundle: Bundle, draft: BundleDraft, found: BundleCheck, mending: Mending, by: User) -> str:
    """The line of the list on which the file has its tick."""
    file, lines = _file(found, mending), [line.pk for line in offer(bundle.case, Choice.of(draft), by).lines]
    page = 1 + lines.index(file) // ON_A_PAGE if file in lines else 1
    return f"{_step(draft, 'items')}?change=&page={page}#id_in_{file}"
