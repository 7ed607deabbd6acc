"""What pages ask of a log: the occasions behind its patterns, a month of it, entries with a word in them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import User
from cases.models import Case
from logs.calendars import Dated, MonthPage, month_page
from logs.choosing import as_runs, has_words, known_to_the_month, of_days, words_of
from logs.limits import rise_limits
from logs.models import Incident, PatternSwitch
from logs.patterns import Label, Patterns, Row, find_patterns, occasion_of
from logs.rising import RateRise, rate_rise
from logs.rules import Precision
from nsvcs.days import day_words

MOST_FOUND = 200
# What patterns are found in: the narratives but for the place are not read.
NEEDED = (
    "pk", "number", "occurred_on", "occurred_time", "until_on", "until_time", "precision", "when_words", "zone", "fold",
    "learned_on", "occurred_at", "recorded_at", "behaviours", "place", "impact_on_others",
)  # fmt: skip


@dataclass(frozen=True)
class CasePatterns:
    """The patterns of one case, and which entries are withdrawn and so not counted."""

    found: Patterns
    withdrawn: str
    withdrawn_count: int
    case_id: UUID
    first_day: date | None
    today: date

    @property
    def anchor(self) -> str:
        """A name for a place on a page that shows several."""
        return f"weeks-{self.case_id.hex[-6:]}"

    def captioned(self, what: str) -> str:
        """A table's caption: what it counts, from the first day of any entry to today."""
        if self.first_day is None:
            return what
        said = {"what": what, "first": day_words(self.first_day), "today": day_words(self.today)}
        return _("%(what)s, %(first)s to %(today)s") % said

    @property
    def busiest_hour(self) -> Row:
        """The hour of the clock with most entries, the earliest of several."""
        return max(self.found.hours, key=lambda row: row.total.count)


def patterns_of(case: Case, by: User, today: date, label: Label) -> CasePatterns:
    """The patterns in the entries of a case that `by` may see."""
    entries = Incident.objects.visible_to(by).filter(case=case).with_counts().chronological().only(*NEEDED)
    counted, withdrawn = [], []
    for entry in entries:
        if entry.is_withdrawn:
            withdrawn.append(entry.number)
        else:
            counted.append(occasion_of(entry))
    first_day = min((each.day or each.month for each in counted), default=None)
    found = find_patterns(counted, today, label)
    return CasePatterns(found, as_runs(withdrawn), len(withdrawn), case.pk, first_day, today)


def rate_rise_of(incidents: Any, today: date) -> RateRise:
    """How often entries of one case came lately and before that; only the days that are compared are read.

    Args:
        incidents: the entries of the case that one may see.
        today: the day in London.
    """
    limits = rise_limits()
    days = timedelta(days=limits["rise_latest_days"] + limits["rise_before_days"] + 1)  # one for other zones
    counted = incidents.with_counts().filter(is_withdrawn=False).exclude(precision=Precision.MONTH).only(*NEEDED)
    one_earlier = counted.filter(occurred_on__lt=today - days)[:1]
    compared = counted.filter(occurred_on__gte=today - days)
    return rate_rise([occasion_of(entry) for entry in [*one_earlier, *compared]], today, limits)


def shown_cases(by: User) -> set[UUID]:
    """Those of the cases `by` may see whose portal shows the patterns: the newest switch of each counts."""
    newest = PatternSwitch.objects.visible_to(by).order_by("case_id", "-at").distinct("case_id")
    return {case_id for case_id, is_shown in newest.values_list("case_id", "is_shown") if is_shown}


def calendar_of(incidents: Any, asked: date | None, today: date) -> MonthPage:
    """One month of some entries: the one asked for, else that of the newest entry.

    Args:
        incidents: the entries one may see.
        asked: the first day of a month.
        today: the day in London.
    """
    reach = incidents.order_by("occurred_on").values_list("occurred_on", flat=True)
    first, last = reach.first() or today, reach.last() or today
    months = (first.replace(day=1), max(last, today).replace(day=1))
    month = min(max(asked or last.replace(day=1), months[0]), months[1])
    return month_page(month, _of_month(incidents, month), today=today, months=months)


def _of_month(incidents: Any, month: date) -> list[Dated]:
    last = (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    names = ("number", "occurred_on", "until_on", "precision", "is_withdrawn")
    rows: list[Dated] = []
    for found in (of_days(incidents, month, last), known_to_the_month(incidents, month)):
        rows += [Dated(*row) for row in found.with_counts().order_by("number").values_list(*names)]
    return rows


def with_words(incidents: Any, query: str) -> list[Any]:
    """Of these entries, those with every word of a query in their own texts or in what was added; at most 200.

    The texts are read and compared here: nothing filters by a narrative in SQL.

    Args:
        incidents: entries one may see, in the order to be shown.
        query: as typed.
    """
    words, found = words_of(query), []
    for entry in incidents.prefetch_related("amendments", "translations").iterator(chunk_size=500) if words else ():
        if has_words(entry, words, _added(entry)):
            found.append(entry)
            if len(found) == MOST_FOUND:
                break
    return found


def _added(entry: Any) -> Iterable[str]:
    return [each.text for each in (*entry.amendments.all(), *entry.translations.all())]
