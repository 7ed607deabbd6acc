"""Dates as people write them in a table: "3rd June about 9pm", "Wed 03/06/26 21.15", "between 9 and 10pm", "June 2026".

What cannot be read for certain is not read: the words stay, and somebody is asked.
"""

import re
from dataclasses import dataclass
from datetime import date, time, timedelta

from logs.importing.dates import day_of
from logs.importing.items import DateOrder
from logs.rules import EARLIEST, Precision

MAX_WORDS = 200

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan january's", "february feb", "march mar", "april apr", "may", "june jun", "july jul",
            "august aug", "september sept sep", "october oct", "november nov", "december dec",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
_MONTH = "(?:" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\b\.?"
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\b\.?,?)"
_YEAR = r"(?P<{0}y>(?:19|20)\d\d|'?\d\d(?![\d:.]*\s*[ap]\.?m)(?!:)(?!\.\d))\b"

_FIGURES = re.compile(r"(?<![\d:.])(\d{1,4})\s?([/.\-])\s?(\d{1,2})\s?\2\s?(\d{4}|\d{2})(?![\d])(?!\2)")
_DAY_MONTH = re.compile(
    rf"(?<!\d)(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?:\s*(?:-|–|to|and)\s*(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?)?\s*(?:of\s+)?"
    rf"(?:-\s*)?(?P<m>{_MONTH})(?:\s*,?\s*-?\s*{_YEAR.format('')})?"
)
_MONTH_DAY = re.compile(
    rf"(?P<m>{_MONTH})\s*(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:.])(?!\s*[ap]\.?m)(?:\s*,?\s*{_YEAR.format('')})?"
)
_MONTH_YEAR = re.compile(rf"(?P<m>{_MONTH})\s*,?\s*(?P<y>(?:19|20)\d\d)\b")
_ABOUT = re.compile(r"\b(about|around|approx(?:imately)?|circa|roughly|ish|ca|c)\b\.?|~|\?|(?<=\d)ish\b")
_CLOCK = (
    r"(?:(?P<{0}h>[01]?\d|2[0-4])(?:[:.](?P<{0}min>[0-5]\d))?(?:[:.](?P<{0}s>[0-5]\d))?\s*(?P<{0}half>[ap])\.?\s*m\b\.?"
    r"|(?P<{0}H>[01]?\d|2[0-3])[:.](?P<{0}M>[0-5]\d)(?:[:.](?P<{0}S>[0-5]\d))?(?:\s*(?:hrs?|hours|h)\b)?(?!\d)"
    r"|(?P<{0}Q>(?:[01]\d|2[0-3])[0-5]\d)\s*(?:hrs?|hours)\b"
    r"|(?P<{0}noon>noon|midday)\b)"
)
_TIMES = re.compile(
    r"(?<![\d/])(?:" + _CLOCK.format("a") + r"(?:\s*(?:-|–|to|until|till|and)\s*" + _CLOCK.format("b") + r")?)"
)
# "9-10pm", "between 9 and 10pm": the first takes its half of the day from the second.
_SHORT_RANGE = re.compile(
    r"(?<![\d/])(?P<h>1[0-2]|[1-9])(?:[:.](?P<min>[0-5]\d))?\s*(?:-|–|to|and)\s*" + _CLOCK.format("b")
)
# What may stand beside a date and a time without saying another one.
_FILLERS = re.compile(
    rf"{_WEEKDAY}|\b(at \d{{1,2}}(?![\d:.])|on|at|the|of|in|from|between|time|date|just|after|before|early|late|morning"
    r"|afternoon|evening|night|am|pm|and|hrs?|hours|o'?clock|when|it was|was|day|to|until|till|all|during|onwards?"
    r"|midnight)\b|[\s,;:.()\-–—@|/]+"
)
_ISO_TIME = re.compile(r"(-\d\d)t(\d\d:)")
_BETWEEN_WORDS = re.compile(r"\bbetween\b")
# "After 9pm" and "2am and 4am" name no one time; "at 9" may be morning or evening.
_VAGUE_TIME = re.compile(r"\b(before|after|onwards?|and)\b")


@dataclass(frozen=True)
class When:
    """What was read of somebody's words about time.

    Args:
        on: the day, or the first day of a month or period.
        at: the time of day, if it stands there.
        until_on: the last day of a period.
        until_time: when it ended.
        precision: a value of `logs.rules.Precision`.
        is_year_guessed: no year stood there.
    """

    on: date
    at: time | None = None
    until_on: date | None = None
    until_time: time | None = None
    precision: str = Precision.DAY
    is_year_guessed: bool = False


@dataclass(frozen=True)
class _Days:
    first: date
    last: date | None = None
    is_month: bool = False
    is_year_guessed: bool = False


def figures_in(words: str) -> list[tuple[str, str, str]]:
    """The dates in figures among somebody's words, for telling their order."""
    return [(found[1], found[3], found[4]) for found in _FIGURES.finditer(words[:MAX_WORDS])]


def read_when(words: str, order: DateOrder, year: int | None = None) -> When | None:
    """The day and time that somebody's words name; None when that is not certain.

    Args:
        words: as written.
        order: how to read 03/04/2026.
        year: the year of a date written without one.
    """
    rest = _ISO_TIME.sub(r"\1 \2", " ".join(words.lower().replace("\u2019", "'").split()))
    if not rest or len(rest) > MAX_WORDS:
        return None
    days, rest = _days(rest, order, year)
    if days is None or days.first < EARLIEST or (days.last is not None and days.last < days.first):
        return None
    is_between = bool(_BETWEEN_WORDS.search(rest))
    rest, about_count = _ABOUT.subn(" ", rest)
    begins, ends, rest = _clock(rest)
    is_vague = bool(_VAGUE_TIME.search(rest)) and not is_between
    if _FILLERS.sub("", rest).strip():
        # Something else stands there: another date, "or the 4th", "last week".
        return None
    if is_vague:
        begins = ends = None
    precision = _precision(days, begins, ends, is_about=bool(about_count), is_between=is_between)
    last = days.last
    if begins and ends and ends < begins and last is None:
        # "10pm to 1am" ends on the next day.
        last = days.first + timedelta(days=1)
    return When(days.first, begins, last, ends, precision, days.is_year_guessed)


def _precision(days: _Days, begins: time | None, ends: time | None, *, is_about: bool, is_between: bool) -> str:
    if days.is_month:
        return Precision.MONTH
    if is_between and begins and ends:
        return Precision.BETWEEN
    if is_about:
        return Precision.ABOUT
    return Precision.EXACT if begins else Precision.DAY


def _days(words: str, order: DateOrder, year: int | None) -> tuple[_Days | None, str]:
    found = list(_FIGURES.finditer(words))
    if found:
        days = [day_of((each[1], each[3], each[4]), order) for each in found]
        return _span(days, [(each.start(), each.end()) for each in found], words)
    named = list(_DAY_MONTH.finditer(words)) or list(_MONTH_DAY.finditer(words))
    if named:
        return _named(named, words, year)
    months = list(_MONTH_YEAR.finditer(words))
    if len(months) != 1:
        return None, words
    first = date(int(months[0]["y"]), _MONTHS[months[0]["m"].strip(".")], 1)
    return _Days(first, is_month=True), _without(words, months[0].start(), months[0].end())


def _named(named: list[re.Match[str]], words: str, year: int | None) -> tuple[_Days | None, str]:
    written = [_year(each["y"]) for each in named if each["y"]]
    # "3 June to 5 June 2026": the year stands once for both.
    shared = written[-1] if written else year
    if shared is None:
        return None, words
    days = [_day(_year(each["y"]) if each["y"] else shared, each["m"], each["d"]) for each in named]
    end = named[0].groupdict().get("d2")
    if end and len(named) == 1:
        days.append(_day(shared, named[0]["m"], end))
        found, rest = _Days(days[0], days[1]) if days[0] and days[1] else None, _without(words, *named[0].span())
    elif end:
        return None, words
    else:
        found, rest = _span(days, [each.span() for each in named], words)
    if found is not None and not written:
        found = _Days(found.first, found.last, found.is_month, is_year_guessed=True)
    return found, rest


def _span(days: list[date | None], places: list[tuple[int, int]], words: str) -> tuple[_Days | None, str]:
    """One day, or two with "to" between them; anything else is not for certain."""
    if any(day is None for day in days) or len(days) > 2:
        return None, words
    first = days[0]
    if first is None:
        return None, words
    if len(days) == 1:
        return _Days(first), _without(words, *places[0])
    between = words[places[0][1] : places[1][0]]
    if not re.fullmatch(rf"\s*(-|–|to|until|till|through)\s*(the\s*)?{_WEEKDAY}?\s*", between):
        return None, words
    return _Days(first, days[1]), _without(words, places[0][0], places[1][1])


def _without(words: str, start: int, end: int) -> str:
    return f"{words[:start]} {words[end:]}"


def _year(written: str) -> int:
    number = int(written.strip("'"))
    return number + 2000 if number < 70 else number + 1900 if number < 100 else number


def _day(year: int, month: str, day: str) -> date | None:
    try:
        return date(year, _MONTHS[month.strip(".")], int(day))
    except ValueError:
        return None


def _clock(words: str) -> tuple[time | None, time | None, str]:
    short = _SHORT_RANGE.search(words)
    if short and short["bhalf"]:
        ends = _time(short, "b")
        begins = _half(int(short["h"]), int(short["min"] or 0), 0, short["bhalf"])
        if ends and begins and begins > ends:
            begins = _half(int(short["h"]), int(short["min"] or 0), 0, "a")
        return begins, ends, _without(words, *short.span())
    found = list(_TIMES.finditer(words))
    if len(found) != 1:
        return None, None, words
    begins, ends = _time(found[0], "a"), _time(found[0], "b")
    joined = " and " if " and " in found[0][0] else " "
    return begins, ends, words[: found[0].start()] + joined + words[found[0].end() :]


def _time(found: re.Match[str], which: str) -> time | None:
    groups = {name.removeprefix(which): text for name, text in found.groupdict().items() if name.startswith(which)}
    if groups.get("noon"):
        return time(12)
    if groups.get("Q"):
        return time(int(groups["Q"][:2]), int(groups["Q"][2:]))
    if groups.get("H") is not None:
        return time(int(groups["H"]), int(groups["M"]), int(groups["S"] or 0))
    if groups.get("h") is None:
        return None
    return _half(int(groups["h"]), int(groups.get("min") or 0), int(groups.get("s") or 0), groups["half"])


def _half(hour: int, minute: int, second: int, half: str) -> time | None:
    if hour > 12:
        # "21:15pm" says the same twice.
        return time(hour, minute, second) if hour < 24 and half == "p" else None
    return time(hour % 12 + 12 * (half == "p"), minute, second)
