"""What she sees, for the colleagues on her case: the portal's own pages with nothing to press, of this case alone.

Her unfinished notes are hers and are never here. Looking is recorded; nothing is marked as read. Her part speaks the
language that is on record for her, or another that the colleague picks; the frame round it stays English.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.http import AuthenticatedRequest
from audit.actions import record
from audit.models import Action
from cases.access import visible_case
from cases.models import Allocation, Case, Consent, PlannedContact
from logs.list_forms import WordForm
from logs.models import Incident
from logs.queries import shown_cases
from nsvcs.access import Role, allow
from nsvcs.languages import SOURCE_LANGUAGE
from portal.forms import MonthForm
from portal.queries import months_of, readings_of
from portal.showing import PAGE_SIZE, advice_pages, are_english, pictures_of, whole_note
from portal.views.pages import LATEST_COUNT

PAGES = (("home", _("Home")), ("entries", _("My notes")), ("advice", _("Safety")))


def _incidents(request: AuthenticatedRequest, case: Case) -> Any:
    """The notes of this case, none while the portal is not open: as for her."""
    incidents: Any = Incident.objects.visible_to(request.user).filter(case=case).with_counts()
    incidents = incidents.with_read_on().select_related("case_perpetrator", "written_offline")
    return incidents if case.is_portal_open else incidents.none()


def _language(request: AuthenticatedRequest, case: Case) -> str:
    """The language asked for, else hers, else English: of the portal's."""
    spoken = {code.split("-")[0]: code for code, _name in settings.LANGUAGES}
    asked = request.GET.get("in", "")
    return spoken.get(asked.split("-")[0]) or spoken.get(case.victim.language.split("-")[0]) or SOURCE_LANGUAGE


def _in_her_language(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Find the case, and speak her language while her part of the page is put together."""

    @wraps(view)
    def speaking(request: AuthenticatedRequest, case_id: UUID, **named: Any) -> HttpResponse:
        case = visible_case(request, case_id, is_recorded=False)
        with translation.override(_language(request, case)):
            return view(request, case, **named)

    return speaking


def _page(request: AuthenticatedRequest, case: Case, page_name: str, **context: Any) -> HttpResponse:
    """One page, recorded as looked at: the frame in English, her part as the language is now."""
    detail = {"page": page_name, "entries": len(context.get("shown_notes", ()))}
    record(Action.PORTAL_PREVIEWED, target=case, case_ids=[case.pk], detail=detail)
    shown = translation.get_language() or SOURCE_LANGUAGE
    asked = f"?in={shown}"
    links = [
        {"text": text, "href": reverse(f"preview:{page}", args=[case.pk]) + asked, "is_current": page == page_name}
        for page, text in PAGES
    ]
    others = [{"code": code, "name": name} for code, name in settings.LANGUAGES if code != shown]
    told: dict[str, Any] = {
        "shown_language": shown,
        "shown_name": dict(settings.LANGUAGES)[shown],
        "other_languages": others,
    }
    with translation.override(SOURCE_LANGUAGE):
        told |= {"case": case, "preview_links": links}
        return render(request, f"portal/preview/{page_name}.html", told | context)


def _workers(request: AuthenticatedRequest, case: Case) -> list[str]:
    """Names of the workers the case is with now, as she would read them."""
    current: Any = Allocation.objects.visible_to(request.user).filter(case=case)
    names = current.current(timezone.now()).primary().order_by("worker__name")
    return list(names.values_list("worker__name", flat=True))


@allow(Role.CASEWORKER, Role.MANAGER)
@require_safe
@_in_her_language
def home(request: AuthenticatedRequest, case: Case) -> HttpResponse:
    """Her first page."""
    latest = list(_incidents(request, case).in_order()[:LATEST_COUNT])
    called = case.safe_name  # type: ignore[attr-defined]  # attached by `visible_case`
    return _page(
        request, case, "home", name=called, drafts=[], latest=latest, caseworkers=_workers(request, case),
        may_write=True, new_messages=0, new_signposts=0, answer=None, new_caseworkers=[],
        next_contacts=_planned(request, case), shown_notes=latest, has_agreed=_has_agreed(request, case),
    )  # fmt: skip


def _has_agreed(request: AuthenticatedRequest, case: Case) -> bool:
    found = Consent.objects.visible_to(request.user).filter(case=case)
    return case.is_portal_open and found.standing(timezone.localdate()).exists()


def _planned(request: AuthenticatedRequest, case: Case) -> list[PlannedContact]:
    newest = PlannedContact.objects.visible_to(request.user).filter(case=case).newest()
    return [each for each in newest if each.on and each.on >= timezone.localdate()]


@allow(Role.CASEWORKER, Role.MANAGER)
@require_safe
@_in_her_language
def entries(request: AuthenticatedRequest, case: Case) -> HttpResponse:
    """All her notes of this case, newest first."""
    incidents = _incidents(request, case)
    form = MonthForm(None, months=months_of(incidents))
    page = Paginator(incidents.in_order(), PAGE_SIZE).get_page(request.GET.get("page"))
    shown = list(page)
    asked = {"word": WordForm(), "is_search": False, "day": None, "has_numbers": False}
    asked |= {"form": form, "has_any": bool(form.months), "has_patterns": case.pk in shown_cases(request.user)}
    return _page(request, case, "entries", page=page, shown_notes=shown, **asked)


@allow(Role.CASEWORKER, Role.MANAGER)
@require_safe
@_in_her_language
def entry(request: AuthenticatedRequest, case: Case, number: int) -> HttpResponse:
    """One note of this case, whole."""
    incident = get_object_or_404(_incidents(request, case), number=number)
    pictures = pictures_of(request.user, incident)
    readings = readings_of(request.user, incident, _workers(request, case))
    beside = {"pictures": pictures, "readings": readings, "shown_notes": [incident]}
    return _page(request, case, "entry", **whole_note(incident), **beside)


@allow(Role.CASEWORKER, Role.MANAGER)
@require_safe
@_in_her_language
def advice(request: AuthenticatedRequest, case: Case) -> HttpResponse:
    """The advice she can read."""
    pages = advice_pages()
    return _page(request, case, "advice", pages=list(enumerate(pages, 1)), has_english=are_english(pages))
