"""The first lines of chat messages: date and time, in the one format that a phone writes throughout a chat."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, time

from logs.importing.chatwords import is_notice, is_sent_by_the_app
from logs.importing.dates import OrderSurvey
from logs.importing.items import DateOrder
from logs.importing.sources import Line

WHATSAPP_BEGAN = date(2009, 1, 1)
MAX_NAME = 100
MAX_NAMES = 1_000
_MAX_FORMS = 20
# Marks of direction that phones put between the parts of a date, and a byte order mark in the middle of a file.
_INVISIBLE = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_HEAD = 90

_DATE = r"(?P<a>\d{1,4})(?P<sep>[./\-])\s?(?P<b>\d{1,2})(?P=sep)\s?(?P<c>\d{1,4})\.?"
# "3/6/26, 9:15", "3.6.2026 klo 21.15": between date and time at most a comma and a short word.
_JOIN = r"(?P<join>[,،]?)[ \u00a0\u202f](?:[^\W\d_]{1,4}\.?[ \u00a0\u202f])??"
_TIME = (
    r"(?P<before>[^\W\d_]{2,4}[ \u00a0\u202f]?)?(?P<hour>\d{1,2})(?P<colon>[:.])(?P<minute>\d{2})"
    r"(?:(?P=colon)(?P<second>\d{2}))?(?:[ \u00a0\u202f]?(?P<after>[^\W\d_][^\W\d_. \u00a0\u202f]{0,12}"
    r"(?:[. \u00a0\u202f]{1,2}[^\W\d_]{1,3}\.?){0,2}\.?))?"
)
_BRACKETS = re.compile(rf"\[{_DATE}{_JOIN}{_TIME}\][ \u00a0]?")
_DASH = re.compile(rf"{_DATE}{_JOIN}{_TIME}[ \u00a0][-–—](?: |$)")

_MORNING = re.compile(
    r"a\.?m\.?|ص|上午|午前|오전|priešpiet|pr\.?p\.?|dop\.?|πμ|π\.μ\.|de la mañana|vorm\.?|д\.?п\.?", re.I
)
_EVENING = re.compile(
    r"p\.?m\.?|م|下午|午後|오후|popiet|po\.?p\.?|pop\.?|μμ|μ\.μ\.|da tarde|da noite|de la tarde|nachm\.?", re.I
)
_SPACES = re.compile(r"[ \u00a0\u202f]")


@dataclass(frozen=True)
class Form:
    """What stays the same in the first lines of one export; another form is part of somebody's message."""

    has_brackets: bool
    separator: str
    has_comma: bool
    colon: str
    has_seconds: bool
    has_half_day: bool
    is_year_first: bool
    has_long_year: bool


@dataclass(frozen=True)
class Header:
    """The beginning of a message.

    Args:
        form: how it is written.
        parts: the three numbers of the date.
        words: date and time as they stand.
        rest: what follows them.
    """

    form: Form
    parts: tuple[str, str, str]
    words: str
    rest: str
    clock: tuple[int, int, int]
    half_day: str

    @property
    def at(self) -> time | None:
        """The time of day; None when it cannot be one."""
        hour, minute, second = self.clock
        if self.half_day:
            half = _SPACES.sub("", self.half_day)
            is_evening = bool(_EVENING.fullmatch(half) or _EVENING.fullmatch(self.half_day))
            is_morning = bool(_MORNING.fullmatch(half) or _MORNING.fullmatch(self.half_day))
            if is_evening == is_morning or not 0 <= hour <= 12:
                return None
            hour = hour % 12 + 12 * is_evening
        return time(hour, minute, second) if hour < 24 and minute < 60 and second < 60 else None


def header(line: str) -> Header | None:
    """The date and time that a line begins with, as WhatsApp writes them; None when it begins otherwise."""
    start = line[:_HEAD]
    if not any(character.isdigit() for character in start[:10]):
        return None
    start, invisible_count = _INVISIBLE.subn("", start)
    found = _BRACKETS.match(start) or _DASH.match(start)
    if not found:
        return None
    is_plain = not invisible_count
    form = Form(
        has_brackets=start.startswith("["),
        separator=found["sep"],
        has_comma=bool(found["join"]),
        colon=found["colon"],
        has_seconds=found["second"] is not None,
        has_half_day=bool(found["before"] or found["after"]),
        is_year_first=len(found["a"]) == 4,
        has_long_year=len(found["c"]) == 4,
    )
    return Header(
        form,
        (found["a"], found["b"], found["c"]),
        found[0].strip("[] -–—\u00a0"),
        line[found.end() :] if is_plain else _after_header(line, found.end()),
        (int(found["hour"]), int(found["minute"]), int(found["second"] or 0)),
        found["after"] or (found["before"] or "").strip(),
    )


def _after_header(line: str, length: int) -> str:
    """What follows the first `length` visible characters, with the invisible ones that belong to it."""
    seen = 0
    for place, character in enumerate(line):
        if seen == length:
            return line[place:]
        seen += not _INVISIBLE.match(character)
    return ""


def split_name(rest: str, names_with_colon: Iterable[str] = ()) -> tuple[str, str] | None:
    """Name and text of a message; None for a notice, which has no name.

    Args:
        rest: what follows date and time.
        names_with_colon: names known to hold ": " themselves.
    """
    bare = _INVISIBLE.sub("", rest[: MAX_NAME * 2])
    for name in names_with_colon:
        if bare.startswith(f"{name}: "):
            place = rest.find(": ", rest.find(name.rpartition(": ")[2], rest.find(": ")))
            return name, rest[place + 2 :]
    name, colon, text = rest.partition(": ")
    if not colon and rest.endswith(":"):
        name, colon = rest[:-1], ":"
    name = _INVISIBLE.sub("", name).strip()
    if not colon or not name or len(name) > MAX_NAME or is_notice(rest):
        return None
    return name, text


@dataclass
class _Kept:
    """What is seen of one form."""

    first_line: int
    order: OrderSurvey = field(default_factory=lambda: OrderSurvey(is_in_order=True, earliest=WHATSAPP_BEGAN))
    names: Counter[str] = field(default_factory=Counter)
    seconds: dict[str, tuple[str, set[str]]] = field(default_factory=dict)
    not_one_name: set[str] = field(default_factory=set)

    def add(self, found: Header) -> None:
        self.order.add(found.parts)
        parts = split_name(found.rest)
        if parts is None or (parts[0] not in self.names and len(self.names) >= MAX_NAMES):
            return
        name, text = parts
        if is_sent_by_the_app(text):
            return
        self.names[name] += 1
        second, colon, rest = text[:MAX_NAME].partition(": ")
        known, texts = self.seconds.setdefault(name, (second if colon else "", set()))
        if not colon or second != known:
            self.not_one_name.add(name)
        elif len(texts) < 3:
            texts.add(rest)


@dataclass(frozen=True)
class Survey:
    """What a whole chat shows before its first message is read.

    Args:
        form: the form of its first lines.
        order: how its dates are to be read.
        is_order_sure: whether the chat itself settles that.
        names: who wrote, in the order of their first messages.
        names_with_colon: those of them with ": " in their name.
        count: how many first lines there are.
    """

    form: Form
    order: DateOrder
    is_order_sure: bool
    names: tuple[str, ...]
    names_with_colon: tuple[str, ...]
    count: int


def survey(lines: Iterable[Line]) -> Survey | None:
    """Look through a chat once; None when no line begins as a message does.

    The form is that of the first line with words in it, since an export begins with a message; where that line is none,
    the form seen most often. Lines of any other form belong to what somebody wrote or pasted.
    """
    forms: dict[Form, _Kept] = {}
    first: Form | None = None
    has_words = False
    for line in lines:
        found = header(line.text) if line.is_start else None
        if found and (found.form in forms or len(forms) < _MAX_FORMS):
            forms.setdefault(found.form, _Kept(line.number)).add(found)
            first = first or (None if has_words else found.form)
        has_words = has_words or bool(line.text.strip("\ufeff \t\u200e\u200f"))
    if not forms:
        return None
    form = first or max(forms, key=lambda each: forms[each].order.seen)
    kept = forms[form]
    order, is_sure = kept.order.decide()
    with_colon = {
        name: f"{name}: {kept.seconds[name][0]}"
        for name in kept.names
        if name not in kept.not_one_name and len(kept.seconds[name][1]) == 3
    }
    names = tuple(with_colon.get(name, name) for name in kept.names)
    return Survey(form, order, is_sure, names, tuple(with_colon.values()), kept.order.seen)
