"""What was written about time: kept and printed as written; instants are derived from it for sorting only."""

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.db.models import TextChoices
from django.utils.translation import get_language, gettext, gettext_lazy

from nsvcs.days import day_words, month_words
from nsvcs.text import is_english

HOME_ZONE = "Europe/London"
EARLIEST = date(1900, 1, 1)
LAST_SECOND = time(23, 59, 59)


class Precision(TextChoices):
    """How exactly the writer knows when it happened."""

    EXACT = "exact", gettext_lazy("I know exactly when")
    ABOUT = "about", gettext_lazy("About this time")
    DAY = "day", gettext_lazy("I know the day, not the time")
    MONTH = "month", gettext_lazy("I only know the month")
    BETWEEN = "between", gettext_lazy("Some time between")
    STILL_HAPPENING = "still_happening", gettext_lazy("It is still happening")


def _(words: str) -> str:
    return _in_language(words, get_language())


@lru_cache(maxsize=256)
def _in_language(words: str, _language: str | None) -> str:
    """Looked up once: the words of times are the same in thousands of entries."""
    return gettext(words)


@dataclass(frozen=True)
class Written:
    """When something happened, as its writer put it; local dates and times in `zone`.

    Args:
        occurred_on: the day, the first day of a period, or any day of the month.
        occurred_time: the time of day, if known.
        until_on: the last day of a period, if another than `occurred_on`.
        until_time: the time it ended, if known.
        precision: how exactly it is known.
        when_words: the writer's own words about the time.
        zone: IANA name of the time zone the writer was in.
        fold: in the hour that comes twice in October: 0 the first time round, 1 the second, None not asked.
        learned_on: the day the writer found out, if that was later than it happened.
    """

    occurred_on: date
    occurred_time: time | None = None
    until_on: date | None = None
    until_time: time | None = None
    precision: str = Precision.DAY
    when_words: str = ""
    zone: str = HOME_ZONE
    fold: int | None = None
    learned_on: date | None = None


def needs_fold(day: date, at: time | None, zone: str = HOME_ZONE) -> bool:
    """Whether this local time came twice that day, so that the writer has to be asked which of the two is meant.

    Source: design section 3.2; Summer Time Order 2002 (SI 2002/262), article 2: clocks go back at 1am GMT on the last
    Sunday of October.
    """
    if at is None:
        return False
    first, second = (_local(day, at, zone, fold).utcoffset() for fold in (0, 1))
    return first is not None and second is not None and first > second


def does_not_exist(day: date, at: time | None, zone: str = HOME_ZONE) -> bool:
    """Whether the clocks jumped over this local time that day.

    Source: design section 3.2; Summer Time Order 2002 (SI 2002/262), article 2: clocks go forward at 1am GMT on the
    last Sunday of March.
    """
    if at is None:
        return False
    first, second = (_local(day, at, zone, fold).utcoffset() for fold in (0, 1))
    return first is not None and second is not None and first < second


def occurred_span(written: Written) -> tuple[datetime, datetime | None]:
    """The instants from and until which it may have happened, for sorting and filtering only.

    A day without a time runs from its midnight to 23:59:59, a month from its first day to its last. A time that the
    clocks jumped over is counted on from the time before the jump: 1:30am counts as 2:30am. A doubled time of which
    nobody asked which is meant begins with the first and ends with the second of the two.

    Returns:
        Aware UTC: the first instant, and the last one (inclusive); the last is None while it is still happening.

    Source: design section 3.2; Summer Time Order 2002 (SI 2002/262).
    """
    begins = _instant(_first_day(written), written.occurred_time or time.min, written.zone, written.fold or 0)
    if written.precision == Precision.STILL_HAPPENING:
        return begins, None
    ends = _instant(_last_day(written), _last_time(written), written.zone, _last_fold(written))
    return begins, max(begins, ends)


def is_in_future(written: Written, now: datetime) -> bool:
    """Whether any of it lies after the end of today in the writer's zone; later today is not the future.

    Args:
        written: what was written.
        now: the present, aware.

    Source: design sections 3.2 and 7: the future is after the end of today in that zone.
    """
    today = now.astimezone(ZoneInfo(written.zone)).date()
    last_on = written.until_on or written.occurred_on
    if written.precision == Precision.MONTH:
        last_on = last_on.replace(day=1)
    return max(_first_day(written), last_on) > today


def is_too_long_ago(written: Written) -> bool:
    """Whether the date lies before 1900, which is a slip of the keyboard and not a memory.

    Source: design section 7, bad input: each wrong date gets a sentence.
    """
    return written.occurred_on < EARLIEST


def ends_before_it_begins(written: Written) -> bool:
    """Whether the end that was written lies before the beginning, on the days and clock times as written.

    In the doubled hour a clock time may be earlier and still come later: that is not refused.

    Source: design section 3.2.
    """
    last_on = written.until_on or written.occurred_on
    if last_on != written.occurred_on:
        return last_on < written.occurred_on
    if written.until_time is None or written.occurred_time is None:
        return False
    is_doubled = needs_fold(last_on, written.until_time, written.zone)
    return written.until_time < written.occurred_time and not is_doubled


def learned_before_it_happened(written: Written) -> bool:
    """Whether the writer says they knew before the first day on which it may have happened.

    Source: design section 3.2: `learned_at` is for late knowledge; `docs/decisions/0006` says why it is a day.
    """
    return written.learned_on is not None and written.learned_on < _first_day(written)


def clock_notice(written: Written) -> str:
    """What to tell the writer about a time the clocks jumped over; empty when there is nothing to say.

    The entry keeps the time as written; it is never refused for this.

    Source: design section 3.2; Summer Time Order 2002 (SI 2002/262), article 2.
    """
    last_on = written.until_on or written.occurred_on
    for day, at in ((written.occurred_on, written.occurred_time), (last_on, written.until_time)):
        if at is not None and does_not_exist(day, at, written.zone):
            return _(
                "The clocks went forward on %(day)s, so there was no %(time)s that day. "
                "We have kept the time as you wrote it."
            ) % {"day": day_words(day), "time": time_in_words(at)}
    return ""


def in_words(written: Written) -> str:
    """What was written about time, in a line for reading and print, such as "3 June 2026, about 2:30pm".

    Another zone than the service's own is named, so is which of two doubled hours is meant, and the writer's own words
    follow in quotation marks.

    Source: design section 3.2: print what was written.
    """
    line = _period_in_words(written)
    if written.zone != HOME_ZONE:
        line = _("%(when)s (%(zone)s time)") % {"when": line, "zone": written.zone}
    if written.when_words:
        line = f"{line} (“{written.when_words}”)"
    if written.learned_on:
        line = _("%(when)s, found out on %(day)s") % {"when": line, "day": day_words(written.learned_on)}
    return line


def time_in_words(at: time) -> str:
    """A clock time as the service prints it: 2:30pm, 2pm, midday; midnight says which end of the day it is.

    In other languages than English by 24 hours.

    Source: design section 8; GOV.UK style guide, times.
    """
    if not is_english():
        return f"{at:%H:%M:%S}" if at.second else f"{at:%H:%M}"
    if at == time.min:
        return _("midnight at the start of the day")
    if at == time(12):
        return _("midday")
    minutes = f":{at.minute:02d}" if at.minute or at.second else ""
    seconds = f":{at.second:02d}" if at.second else ""
    return f"{at.hour % 12 or 12}{minutes}{seconds}{'am' if at.hour < 12 else 'pm'}"


def _local(day: date, at: time, zone: str, fold: int) -> datetime:
    return datetime.combine(day, at.replace(fold=fold, tzinfo=None), ZoneInfo(zone))


def _instant(day: date, at: time, zone: str, fold: int) -> datetime:
    # With fold 0 a time inside the gap takes the offset from before it, which is the instant that long after the jump.
    return _local(day, at, zone, 0 if does_not_exist(day, at, zone) else fold).astimezone(UTC)


def _first_day(written: Written) -> date:
    return written.occurred_on.replace(day=1) if written.precision == Precision.MONTH else written.occurred_on


def _last_day(written: Written) -> date:
    last_on = written.until_on or written.occurred_on
    if written.precision == Precision.MONTH:
        return last_on.replace(day=calendar.monthrange(last_on.year, last_on.month)[1])
    return last_on


def _last_time(written: Written) -> time:
    if written.until_time is not None:
        return written.until_time
    is_one_moment = written.until_on is None and written.precision != Precision.BETWEEN
    return written.occurred_time if is_one_moment and written.occurred_time is not None else LAST_SECOND


def _last_fold(written: Written) -> int:
    if written.fold is None:
        return 1
    begins, ends = written.occurred_time, written.until_time
    is_second = begins is not None and ends is not None and ends < begins
    return 1 if is_second else written.fold


def _period_in_words(written: Written) -> str:
    if written.precision == Precision.MONTH:
        return _months_in_words(written)
    begins = _moment_in_words(written)
    if written.precision == Precision.STILL_HAPPENING:
        return _("since %(start)s, still happening") % {"start": begins}
    if written.until_on not in (None, written.occurred_on):
        return _("%(start)s to %(end)s") % {"start": begins, "end": _end_in_words(written)}
    if written.until_time is None:
        return begins
    return _same_day_in_words(written, begins)


def _months_in_words(written: Written) -> str:
    begins, ends = (month_words(day) for day in (_first_day(written), _last_day(written)))
    return begins if begins == ends else _("%(start)s to %(end)s") % {"start": begins, "end": ends}


def _moment_in_words(written: Written) -> str:
    day, at = day_words(written.occurred_on), written.occurred_time
    is_about = written.precision == Precision.ABOUT
    if at is None:
        return _("about %(day)s") % {"day": day} if is_about else day
    clock = _clock_in_words(written.occurred_on, at, written)
    told = _("about %(time)s") % {"time": clock} if is_about else clock
    return _("%(day)s, %(time)s") % {"day": day, "time": told}


def _end_in_words(written: Written) -> str:
    last_on = written.until_on or written.occurred_on
    day = day_words(last_on)
    if written.until_time is None:
        return day
    return _("%(day)s, %(time)s") % {"day": day, "time": _clock_in_words(last_on, written.until_time, written)}


def _same_day_in_words(written: Written, begins: str) -> str:
    day, ends = day_words(written.occurred_on), written.until_time or LAST_SECOND
    end = _clock_in_words(written.occurred_on, ends, written)
    if written.occurred_time is None:
        return _("%(day)s, until %(end)s") % {"day": begins, "end": end}
    if written.precision == Precision.BETWEEN:
        start = _clock_in_words(written.occurred_on, written.occurred_time, written)
        return _("%(day)s, between %(start)s and %(end)s") % {"day": day, "start": start, "end": end}
    return _("%(start)s to %(end)s") % {"start": begins, "end": end}


def _clock_in_words(day: date, at: time, written: Written) -> str:
    words = time_in_words(at)
    if written.fold is None or not needs_fold(day, at, written.zone):
        return words
    if written.fold:
        return _("%(time)s (after the clocks went back)") % {"time": words}
    return _("%(time)s (before the clocks went back)") % {"time": words}


def end_of_today(now: datetime, zone: str = HOME_ZONE) -> datetime:
    """The last second of today in a zone, in UTC: what happened may be dated up to here.

    Source: design section 3.2.
    """
    tomorrow = now.astimezone(ZoneInfo(zone)).date() + timedelta(days=1)
    return _instant(tomorrow, time.min, zone, 0) - timedelta(seconds=1)
