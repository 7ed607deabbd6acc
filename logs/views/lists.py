"""The log of a case as a list, as a calendar and as patterns. Every look is recorded."""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts.http import AuthenticatedRequest
from audit.actions import record
from audit.models import Action
from cases.access import visible_case
from cases.models import Case
from logs.calendars import weekday_names
from logs.choosing import day_from, month_from
from logs.csvfile import csv_file
from logs.list_forms import EntryFilterForm, WordForm
from logs.models import Incident
from logs.queries import calendar_of, patterns_of, rate_rise_of, shown_cases, with_words
from logs.staff_sheet import pattern_rows
from logs.templatetags.logs import behaviour
from nsvcs.access import CASEWORK, allow

PAGE_SIZE = 25


def _entries(request: AuthenticatedRequest, case: Case) -> Any:
    return Incident.objects.visible_to(request.user).filter(case=case)


def _filter_form(request: AuthenticatedRequest, case: Case) -> EntryFilterForm:
    entries = _entries(request, case)
    months = list(entries.dates("occurred_on", "month", order="DESC"))
    ticked = {code for codes in entries.values_list("behaviours", flat=True) for code in codes}
    return EntryFilterForm(request.GET, months=months, behaviours=ticked)


@allow(*CASEWORK)
@require_http_methods(["GET", "POST"])
def entry_list(request: AuthenticatedRequest, case_id: UUID) -> HttpResponse:
    """The log of one case, newest first, 25 a page, narrowed by the address and by a word that is posted."""
    case = visible_case(request, case_id, is_recorded=False)
    form, word = _filter_form(request, case), WordForm(request.POST or None)
    entries = form.filter(_entries(request, case)).with_unread().in_order()
    is_search = word.is_valid() and bool(word.cleaned_data["q"].strip())
    shown = with_words(entries, word.cleaned_data["q"]) if is_search else entries
    page = Paginator(shown, max(len(shown), 1) if is_search else PAGE_SIZE).get_page(request.GET.get("page"))
    record(Action.ENTRIES_LISTED, target=case, case_ids=[case.pk], detail={"entries": len(page)})
    context = {"case": case, "page": page, "form": form, "word": word, "is_search": is_search}
    context |= {"is_narrowed": is_search or any(request.GET.get(name) for name in request.GET if name != "page")}
    context |= {"day": day_from(request.GET.get("day", "")), "has_numbers": bool(request.GET.get("numbers"))}
    return render(request, "logs/list.html", context)


@allow(*CASEWORK)
@require_GET
def entry_calendar(request: AuthenticatedRequest, case_id: UUID) -> HttpResponse:
    """One month of the log of a case."""
    case = visible_case(request, case_id, is_recorded=False)
    asked = month_from(request.GET.get("month", ""))
    month = calendar_of(_entries(request, case), asked, timezone.localdate())
    record(Action.ENTRIES_LISTED, target=case, case_ids=[case.pk], detail={"entries": month.count})
    context = {"case": case, "month": month, "weekdays": weekday_names()}
    return render(request, "logs/calendar.html", context | {"list_url": reverse("logs:list", args=[case.pk])})


@allow(*CASEWORK)
@require_GET
def patterns(request: AuthenticatedRequest, case_id: UUID) -> HttpResponse:
    """What the log of a case shows, in facts with dates; as a table to keep with `?file`."""
    case = visible_case(request, case_id, is_recorded=False)
    found = patterns_of(case, request.user, timezone.localdate(), behaviour)
    detail: dict[str, Any] = {"entries": found.found.count}
    if "file" in request.GET:
        record(Action.ENTRIES_LISTED, target=case, case_ids=[case.pk], detail=detail | {"page": "patterns file"})
        return csv_file(pattern_rows(found, weekday_names()))
    record(Action.ENTRIES_LISTED, target=case, case_ids=[case.pk], detail=detail)
    context = {"case": case, "patterns": found, "weekdays": weekday_names(), "as_at": timezone.now()}
    context["rate"] = rate_rise_of(_entries(request, case), timezone.localdate())
    context["is_shown"] = case.pk in shown_cases(request.user)
    return render(request, "logs/patterns.html", context | {"list_url": reverse("logs:list", args=[case.pk])})
