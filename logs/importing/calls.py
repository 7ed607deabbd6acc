"""Lists of calls as CSV: from a phone company's bill, an app or a spreadsheet, with whatever headings they have."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from logs.importing.csvrows import Row, delimiter_of, rows
from logs.importing.dates import OrderSurvey
from logs.importing.items import (
    EXAMPLES,
    DateOrder,
    Guess,
    Item,
    Options,
    Record,
    Reject,
    Skip,
    Unreadable,
)
from logs.importing.sources import Broken, short, shown
from logs.importing.whenwords import figures_in, read_when

ABOVE = 30
_LOOKED_AT = 5_000
_MAX_NAMES = 500
_HEADINGS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (field, re.compile(pattern))
    for field, pattern in (
        ("duration", r"durat|length|\bsecs?\b|seconds|\bmins?\b|minutes|talk time"),
        ("type", r"\btype|direction|status|in ?out\b|incoming|outgoing"),
        ("when", r"date ?(and)? ?time|time ?stamp|start(ed)?( time| date)?$|\bwhen\b"),
        ("date", r"\bdate\b|\bday\b"),
        ("time", r"\btime\b"),
        ("from", r"\bfrom\b|\bcaller\b|calling|origin|\ba ?party|\ba ?number"),
        ("to", r"\bto\b|dialled|dialed|\bcalled\b|destination|recipient|\bb ?party|\bb ?number"),
        ("number", r"number|phone|mobile|msisdn|\btel\b|telephone"),
        ("name", r"\bname|contact|\bwho\b|person"),
        ("note", r"\bnotes?\b|comment|remark"),
    )
)
_WHO = frozenset({"number", "name", "from", "to"})
_PHONE = re.compile(r"\+?\(?\d[\d ()-]{5,18}\d")
_EPOCH = re.compile(r"\d{10}(\d{3})?")
_CLOCK = re.compile(r"(?:(\d{1,4}):)?(\d{1,3}):(\d{2})(?:\.\d+)?")
_LONG = re.compile(
    r"(?:(\d{1,3}) ?h(?:ours?|rs?)?)?[ ,]*(?:(\d{1,4}) ?m(?:in(?:ute)?s?)?)?[ ,]*(?:(\d{1,6}) ?s(?:ec(?:ond)?s?)?)?\.?"
)
_KINDS: tuple[tuple[re.Pattern[str], bool | None, str], ...] = tuple(
    (re.compile(pattern), is_outgoing, mark)
    for pattern, is_outgoing, mark in (
        (r"voice ?mail|^4$", False, "voicemail"),
        (r"miss|no answer|unanswered|not answered|^3$", False, "missed"),
        (r"reject|declin|^5$", False, "rejected"),
        (r"block|^6$", False, "blocked"),
        (r"outgoing|\bout\b|outbound|dial|made|placed|sent|^2$", True, ""),
        (r"incoming|\bin\b|inbound|receiv|answered|^1$", False, ""),
    )
)
_NOBODY = frozenset({"", "unknown", "null", "none", "n/a"})


@dataclass(frozen=True)
class _Columns:
    """What each column means.

    Args:
        line: the line of the headings; 0 when there are none.
        headings: as they stand, or 1, 2, 3 … where there are none.
        fields: one of `items.CALL_FIELDS` each, or empty.
        in_minutes: whether a bare number under "duration" counts minutes.
    """

    line: int
    headings: tuple[str, ...]
    fields: tuple[str, ...]
    in_minutes: bool = False


def is_mine(path: Path) -> bool:
    """Whether this is a CSV that looks like calls: by its headings, or by a date and a number in most of its rows."""
    try:
        start = _start(path)
    except Broken:
        return False
    columns = _columns(start, {})
    fields = set(columns.fields)
    if columns.line:
        return bool(fields & _WHO) and bool(fields & {"when", "date"})
    both = [row for row in start if _phone_in(row.cells) and figures_in(" ".join(row.cells))]
    return len(start) > 1 and len(both) * 2 > len(start) and all(len(row.cells) > 1 for row in both)


def guess(path: Path) -> Guess:
    """What each heading means, how the dates are written, and the first calls."""
    columns = _columns(_quiet_start(path), {})
    order, is_sure = _order(path, columns)
    known = {head: field for head, field in zip(columns.headings, columns.fields, strict=True) if head and field}
    options = Options(date_order=order, columns=known)
    items = [each for each in islice(read(path, options), _LOOKED_AT) if isinstance(each, Item)]
    names = dict.fromkeys(name for each in items for name in (each.sender, *each.recipients) if name)
    seen = tuple(dict.fromkeys(heading for heading in columns.headings if heading))
    return Guess("calls_csv", options, is_sure, tuple(items[:EXAMPLES]), tuple(names)[:_MAX_NAMES], seen)


def read(path: Path, options: Options) -> Iterator[Record]:
    """Every row with anything in it.

    Raises:
        Unreadable: there is none.
    """
    columns = _columns(_quiet_start(path), options.columns)
    order = options.date_order or _order(path, columns)[0]
    number = 0
    try:
        for row in rows(path, delimiter_of(path)):
            number += 1
            yield _record(row, number, columns, order, options)
    except Broken:
        yield Reject(number=number + 1, place_kind="line", place_number=number + 1, code="damaged_from_here")
        return
    if not number:
        raise Unreadable("no_records")


def _start(path: Path) -> list[Row]:
    return [row for row in islice(rows(path, delimiter_of(path)), ABOVE) if not row.code]


def _quiet_start(path: Path) -> list[Row]:
    try:
        return _start(path)
    except Broken:
        return []


def _order(path: Path, columns: _Columns) -> tuple[DateOrder, bool]:
    survey = OrderSurvey()
    try:
        for row in islice(rows(path, delimiter_of(path)), _LOOKED_AT):
            for parts in figures_in(_cell(row, columns, "when", "date", "time")):
                survey.add(parts)
    except Broken:
        pass
    return survey.decide()


def _columns(start: list[Row], settled: Mapping[str, str]) -> _Columns:
    """The row of headings among the first rows; where there is none, columns are told by what stands in them."""
    for row in start:
        filled = [cell for cell in row.cells if cell]
        if len(filled) < 2 or any(_PHONE.fullmatch(cell) or figures_in(cell) for cell in filled):
            continue
        fields = tuple(settled[cell] if cell in settled else _field_of(cell) for cell in row.cells)
        is_settled = bool(settled) and sum(cell in settled for cell in filled) * 2 >= len(filled)
        if is_settled or (set(fields) & _WHO and set(fields) & {"when", "date"}):
            in_minutes = any(
                field == "duration" and re.search(r"\bmin", head, re.IGNORECASE)
                for head, field in zip(row.cells, fields, strict=True)
            )
            return _Columns(row.number, row.cells, fields, in_minutes)
    return _by_content(start, settled)


def _by_content(start: list[Row], settled: Mapping[str, str]) -> _Columns:
    width = max((len(row.cells) for row in start), default=0)
    headings = tuple(str(place + 1) for place in range(width))
    if settled:
        return _Columns(0, headings, tuple(settled.get(heading, "") for heading in headings))
    fields = [_field_in([row.cells[place] for row in start if place < len(row.cells)]) for place in range(width)]
    return _Columns(
        0, headings, tuple(field if field not in fields[:place] else "" for place, field in enumerate(fields))
    )


def _field_of(heading: str) -> str:
    words = " ".join(re.sub(r"[^\w]+", " ", heading.lower()).split())[:80]
    return next((field for field, pattern in _HEADINGS if pattern.search(words)), "")


def _field_in(cells: Sequence[str]) -> str:
    """What most of a column's cells look like."""
    looks = {
        "when": sum(bool(figures_in(cell)) for cell in cells),
        "number": sum(bool(_PHONE.fullmatch(cell)) for cell in cells),
        "duration": sum(bool(_CLOCK.fullmatch(cell)) for cell in cells),
        "type": sum(any(pattern.search(cell.lower()) for pattern, _, _ in _KINDS) for cell in cells if cell.isalpha()),
    }
    field = max(looks, key=lambda each: looks[each])
    return field if looks[field] * 2 > len(cells) else ""


def _phone_in(cells: Sequence[str]) -> bool:
    return any(_PHONE.fullmatch(cell) and not figures_in(cell) for cell in cells)


def _cell(row: Row, columns: _Columns, *wanted: str) -> str:
    """The cells of these fields, in the order of the fields asked for."""
    pairs = list(zip(columns.fields, row.cells, strict=False))
    return " ".join(cell for want in wanted for field, cell in pairs if field == want and cell)


def _record(row: Row, number: int, columns: _Columns, order: DateOrder, options: Options) -> Record:
    raw = short(row.raw)
    if row.number <= columns.line and not row.code:
        code = "heading" if row.number == columns.line else "before_heading"
        return Skip(number=number, place_kind="line", place_number=row.number, code=code, raw=raw)
    words = _cell(row, columns, "when", "date", "time")
    code = (
        row.code or ("too_many_cells" if any(row.cells[len(columns.fields) :]) else "") or ("" if words else "no_date")
    )
    if not code and not columns.line and not any(columns.fields):
        code = "no_heading"
    item = Item(
        number=number, place_kind="line", place_number=row.number, kind="call", raw=raw,
        when_words=shown(words)[0][:200],
    )  # fmt: skip
    dated = None if code else _dated(item, words, order, options)
    if dated is None:
        return Reject(number=number, place_kind="line", place_number=row.number, code=code or "bad_date", raw=raw)
    return _with_people(_with_facts(dated, row, columns), row, columns, options)


def _dated(item: Item, words: str, order: DateOrder, options: Options) -> Item | None:
    bare = words.strip()
    if _EPOCH.fullmatch(bare):
        return replace(item, instant=datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=_milliseconds(bare)))
    if "T" in bare and (bare.endswith("Z") or re.search(r"[+-]\d\d:?\d\d$", bare)):
        try:
            return replace(item, instant=datetime.fromisoformat(bare).astimezone(UTC))
        except (ValueError, OverflowError):
            return None
    found = read_when(bare, order, options.year)
    if found is None:
        return None
    return replace(item, on=found.on, at=found.at, precision=found.precision)


def _milliseconds(digits: str) -> int:
    return int(digits) * (1000 if len(digits) == 10 else 1)


def _with_facts(item: Item, row: Row, columns: _Columns) -> Item:
    kind = _cell(row, columns, "type").lower()
    found = next(((is_out, mark) for pattern, is_out, mark in _KINDS if pattern.search(kind)), (None, ""))
    text, marks = shown(_cell(row, columns, "note"))
    return replace(
        item, is_outgoing=found[0], text=text, marks=item.marks | marks | ({found[1]} if found[1] else frozenset()),
        duration_seconds=seconds_of(_cell(row, columns, "duration"), in_minutes=columns.in_minutes),
    )  # fmt: skip


def _with_people(item: Item, row: Row, columns: _Columns, options: Options) -> Item:
    name, number = _known(_cell(row, columns, "name")), _known(_cell(row, columns, "number"))
    who = f"{name} ({number})" if name and number else name or number
    caller, called = _known(_cell(row, columns, "from")), _known(_cell(row, columns, "to"))
    own = options.own_name.strip()
    is_outgoing = item.is_outgoing
    if is_outgoing is None and own:
        is_outgoing = True if _same(caller, own) else False if _same(called, own) else None
    if is_outgoing is None and "to" in columns.fields and not {"from", "number"} & set(columns.fields):
        # A bill that names "number called" and nothing else lists the calls that were made.
        is_outgoing = True
    if is_outgoing:
        return replace(item, is_outgoing=True, sender=caller or own, recipients=tuple(filter(None, [called or who])))
    sender = caller or who or (called if is_outgoing is False else "")
    recipients = [called] if called and called != sender else [own] if is_outgoing is False and own else []
    return replace(item, is_outgoing=is_outgoing, sender=sender, recipients=tuple(recipients))


def _known(value: str) -> str:
    return "" if value.casefold() in _NOBODY else shown(value)[0][:200]


def _same(one: str, other: str) -> bool:
    """Whether two ways of writing a number or a name are the same: 07700 900123 and +44 7700 900123."""
    first, second = (re.sub(r"\D", "", each).removeprefix("44").removeprefix("0") for each in (one, other))
    return bool(one) and (one.casefold() == other.casefold() or (len(first) > 5 and first == second))


def seconds_of(words: str, *, in_minutes: bool = False) -> int | None:
    """A length of time in seconds: "00:01:23", "1:23", "83", "1m 23s", "2 mins"; None when it is none.

    Args:
        words: as written.
        in_minutes: whether a bare number counts minutes.
    """
    words = words.strip().lower()
    if found := _CLOCK.fullmatch(words):
        hours, minutes, seconds = (int(part or 0) for part in found.groups())
        return hours * 3600 + minutes * 60 + seconds
    if words.isascii() and words.isdigit() and len(words) < 8:
        return int(words) * (60 if in_minutes else 1)
    if words and (found := _LONG.fullmatch(words)) and any(found.groups()):
        hours, minutes, seconds = (int(part or 0) for part in found.groups())
        return hours * 3600 + minutes * 60 + seconds
    return None
