"""Working days, later months, and the day a first contact is due."""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


def add_working_days(start: date, days: int, holidays: frozenset[date]) -> date:
    """Return the last day of a time limit of so many working days.

    Args:
        start: The day of the event; the day after it is the first that can count.
        days: Working days, Monday to Friday less bank holidays; none gives `start` itself.
        holidays: Bank holidays of England and Wales.

    Raises:
        ValueError: `days` is below zero.

    Source: Victims' Code (2021), whose time limits are in working days; the day of the event is not counted.
    """
    if days < 0:
        raise ValueError("A time limit cannot be below zero working days.")
    day = start
    while days:
        day += timedelta(days=1)
        if day.weekday() < 5 and day not in holidays:
            days -= 1
    return day


def add_months(day: date, months: int) -> date:
    """Return the same day of a later month; the last day of it, where it has no such day.

    Args:
        day: From when; it does not count itself.
        months: Calendar months, none or more.

    Source: The service's own rule, November 2026: its terms in months are calendar months, not working days.
    """
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def first_contact_due(
    received_at: datetime, is_high_risk: bool, limits: Mapping[str, int], holidays: frozenset[date]
) -> date:
    """Return the last day for a first two-way contact; the end of that day in Europe/London is the deadline.

    The clock starts when the service receives the referral, and only a conversation stops it, not an attempt.

    Args:
        received_at: When the referral reached the service (aware).
        is_high_risk: Whether it is known to be high risk.
        limits: `first_contact_high_risk` and `first_contact`, in working days.
        holidays: Bank holidays of England and Wales.

    Source: The service's own target, November 2026; to be confirmed with the commissioner.
    """
    key = "first_contact_high_risk" if is_high_risk else "first_contact"
    return add_working_days(london(received_at).date(), limits[key], holidays)


def london(moment: datetime) -> datetime:
    """The same moment on a London clock; a time without a zone is refused, because it would be guessed.

    Source: the service's own rule: its days are days in London.
    """
    if moment.tzinfo is None:
        raise ValueError("A moment needs its time zone.")
    return moment.astimezone(LONDON)
