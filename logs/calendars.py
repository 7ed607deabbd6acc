"""A month of a log as a calendar: which entries each day has."""

import calendar
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR

from logs.choosing import as_runs
from logs.rules import Precision


@dataclass(frozen=True)
class Dated:
    """What a calendar needs of one entry."""

    number: int
    occurred_on: date
    until_on: date | None
    precision: str
    is_withdrawn: bool


@dataclass(frozen=True)
class Day:
    """One day and the numbers of its entries."""

    day: date
    numbers: tuple[int, ...]
    is_today: bool

    @property
    def count(self) -> int:
        """How many entries."""
        return len(self.numbers)


@dataclass(frozen=True)
class MonthPage:
    """One month: weeks from Monday to Sunday, with nothing where another month's days would be.

    `only_month` are entries of which no day is known, `withdrawn` those that are not counted.
    """

    month: date
    weeks: tuple[tuple[Day | None, ...], ...]
    earlier: date | None
    later: date | None
    only_month: str
    only_month_count: int
    withdrawn: str
    withdrawn_count: int
    count: int

    @property
    def most(self) -> int:
        """The largest count of a day, for the shading."""
        return max((day.count for week in self.weeks for day in week if day), default=0)


def month_page(month: date, entries: Iterable[Dated], *, today: date, months: tuple[date, date]) -> MonthPage:
    """Lay out one month.

    An entry that lasted several days stands on each of them; a withdrawn one stands on none.

    Args:
        month: its first day.
        entries: those that touch the month.
        today: the day in London.
        months: first days of the earliest and latest months one may turn to.
    """
    known = list(entries)
    counted = [each for each in known if not each.is_withdrawn]
    by_day, whole = _by_day(counted, month), [each.number for each in counted if each.precision == Precision.MONTH]
    weeks = tuple(
        tuple(Day(day, tuple(by_day[day]), day == today) if day.month == month.month else None for day in week)
        for week in calendar.Calendar(0).monthdatescalendar(month.year, month.month)
    )
    gone = [each.number for each in known if each.is_withdrawn]
    before, after = (month - timedelta(days=1)).replace(day=1), (month + timedelta(days=31)).replace(day=1)
    return MonthPage(
        month=month, weeks=weeks, earlier=before if before >= months[0] else None,
        later=after if after <= months[1] else None, only_month=as_runs(whole), only_month_count=len(whole),
        withdrawn=as_runs(gone), withdrawn_count=len(gone), count=len(counted),
    )  # fmt: skip


def _by_day(entries: Iterable[Dated], month: date) -> dict[date, list[int]]:
    by_day: dict[date, list[int]] = defaultdict(list)
    last = month.replace(day=calendar.monthrange(month.year, month.month)[1])
    for each in entries:
        if each.precision == Precision.MONTH:
            continue
        day, until = max(month, each.occurred_on), min(last, each.until_on or each.occurred_on)
        while day <= until:
            by_day[day].append(each.number)
            day += timedelta(days=1)
    return by_day


def weekday_names() -> list[tuple[str, str]]:
    """Monday to Sunday in the language of the page, short and whole."""
    return [(str(WEEKDAYS_ABBR[number]), str(WEEKDAYS[number])) for number in range(7)]
