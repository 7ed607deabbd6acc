"""Her notes from further away: a month as a calendar, and what they show, where her caseworker has turned it on."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.views.decorators.http import require_safe

from accounts.http import AuthenticatedRequest
from audit.actions import record
from audit.models import Action
from cases.models import Case
from logs.behaviours import BY_CODE
from logs.calendars import weekday_names
from logs.choosing import month_from
from logs.models import Incident
from logs.queries import calendar_of, patterns_of, shown_cases
from nsvcs.access import Role, allow


@allow(Role.VICTIM)
@require_safe
def month(request: AuthenticatedRequest) -> HttpResponse:
    """One month of her notes, each day a way to that day's."""
    asked = month_from(request.GET.get("month", ""))
    hers = Incident.objects.visible_to(request.user)
    shown = calendar_of(hers, asked, timezone.localdate())
    cases = sorted(set(hers.values_list("case_id", flat=True)))
    if cases:
        record(Action.ENTRIES_LISTED, case_ids=cases, detail={"count": shown.count})
    context = {"month": shown, "weekdays": weekday_names(), "has_patterns": bool(shown_cases(request.user))}
    return render(request, "portal/month.html", context | {"list_url": reverse("portal:entries")})


@allow(Role.VICTIM)
@require_safe
def counts(request: AuthenticatedRequest) -> HttpResponse:
    """What her notes show, case by case; the page of a wrong address until her caseworker shows it."""
    cases = list(Case.objects.visible_to(request.user).filter(pk__in=shown_cases(request.user)).order_by("received_at"))
    if not cases:
        raise Http404
    found = [patterns_of(case, request.user, timezone.localdate(), _label) for case in cases]
    detail = {"count": sum(each.found.count for each in found)}
    record(Action.ENTRIES_LISTED, case_ids=[case.pk for case in cases], detail=detail)
    context = {"parts": found, "weekdays": weekday_names(), "list_url": reverse("portal:entries")}
    return render(request, "portal/counts.html", context | {"as_at": timezone.now(), "has_patterns": True})


def _label(code: str) -> str:
    """A behaviour in plain words; one that this version does not know, by its code."""
    return capfirst(str(BY_CODE[code].portal_label)) if code in BY_CODE else code
