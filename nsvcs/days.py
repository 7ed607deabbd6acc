"""Days and months as the language of a page writes them: the one place where a date becomes words.

English is written here, since lists do it a hundred times a page; the others are left to Babel's tables (Unicode CLDR).
Clock times are `nsvcs.widgets.clock` and `logs.rules.time_in_words`: English its own way, all others by 24 hours.
"""

from collections.abc import Callable
from datetime import date
from functools import lru_cache

from babel.dates import format_date, format_skeleton
from django.utils.dates import MONTHS, MONTHS_3, WEEKDAYS
from django.utils.translation import get_language

from nsvcs.text import is_english

# Where a language has several ways of writing, the one of its people here.
LOCALES = {"pt": "pt_PT"}
# CLDR shortens the weekday where there is no year; a plan for next week is no place for that.
WEEKDAYS_TOO = {"lt": "MMMM d 'd'., EEEE", "pt": "EEEE, d 'de' MMMM", "ar": "EEEE، d MMMM"}
OTHERWISE = "EEEE, d MMMM"
LONG, SHORT, WEEKDAY, NO_YEAR, MONTH, SHORT_MONTH = "long", "yMMMd", "weekday", "MMMMd", "yMMMM", "yMMM"

ENGLISH: dict[str, Callable[[date], str]] = {
    LONG: lambda on: f"{on.day} {MONTHS[on.month]} {on.year}",
    SHORT: lambda on: f"{on.day} {str(MONTHS_3[on.month]).title()} {on.year}",
    WEEKDAY: lambda on: f"{WEEKDAYS[on.weekday()]} {on.day} {MONTHS[on.month]}",
    NO_YEAR: lambda on: f"{on.day} {MONTHS[on.month]}",
    MONTH: lambda on: f"{MONTHS[on.month]} {on.year}",
    SHORT_MONTH: lambda on: f"{str(MONTHS_3[on.month]).title()} {on.year}",
}


def day_words(on: date) -> str:
    """A day: "22 November 2026", "2026 m. lapkričio 22 d.", "22 de novembro de 2026"."""
    return _said(on, LONG)


def short_day_words(on: date) -> str:
    """A day for a narrow column: "22 Nov 2026"."""
    return _said(on, SHORT)


def weekday_words(on: date) -> str:
    """A day of this year with its weekday: "Tuesday 24 November"."""
    return _said(on, WEEKDAY)


def day_of_month_words(on: date) -> str:
    """A day of this year: "24 November"."""
    return _said(on, NO_YEAR)


def month_words(on: date) -> str:
    """A month: "June 2026"."""
    return _said(on, MONTH)


def short_month_words(on: date) -> str:
    """A month for a narrow column: "Jun 2026"."""
    return _said(on, SHORT_MONTH)


def _said(on: date, kind: str) -> str:
    if is_english():
        return _in_english(kind, on.year, on.month, on.day)
    return _in_its_own_way(get_language() or "en", kind, on.year, on.month, on.day)


@lru_cache(maxsize=8192)
def _in_english(kind: str, year: int, month: int, day: int) -> str:
    return ENGLISH[kind](date(year, month, day))


@lru_cache(maxsize=2048)
def _in_its_own_way(language: str, kind: str, year: int, month: int, day: int) -> str:
    locale, on = LOCALES.get(language, language), date(year, month, day)
    if kind in {LONG, WEEKDAY}:
        return format_date(on, LONG if kind == LONG else WEEKDAYS_TOO.get(language, OTHERWISE), locale=locale)
    return format_skeleton(kind, on, locale=locale)
