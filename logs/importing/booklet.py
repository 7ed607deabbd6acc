"""The booklet's own table, filled in on a computer: the eight columns as a Word, Excel or CSV table."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import TypeVar

from openpyxl.utils.datetime import from_excel

from logs.importing.csvrows import delimiter_of, rows
from logs.importing.dates import OrderSurvey
from logs.importing.headings import IN_ORDER, MAX_HEADING, field_of, fields_of, more_fields_of, same_headings
from logs.importing.items import (
    BOOKLET_FIELDS,
    EXAMPLES,
    DateOrder,
    Guess,
    Item,
    Options,
    Record,
    Reject,
    Skip,
    SourceKind,
    Unreadable,
)
from logs.importing.sources import Broken, short, shown
from logs.importing.tables import Table, TableRow, has_part, sheets, word_tables
from logs.importing.whenwords import figures_in, read_when

# So many rows may stand above the headings: a title, a name, an address.
ABOVE = 30
_SERIALS = range(20_000, 80_000)
_LOOKED_AT = 5_000
Each = TypeVar("Each")


@dataclass
class _State:
    """What is known while the rows go by."""

    options: Options
    order: DateOrder
    number: int = 0
    fields: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()
    year: int | None = None


def is_word(path: Path) -> bool:
    """Whether this is a Word document with a table."""
    return has_part(path, "word/document.xml") and any(True for _ in islice(_quietly(_word(path)), 1))


def is_excel(path: Path) -> bool:
    """Whether this is an Excel workbook."""
    return has_part(path, "xl/workbook.xml")


def is_csv(path: Path) -> bool:
    """Whether this is a CSV with the booklet's headings near its beginning."""
    try:
        start = [row for table in _csv(path) for row in islice(table.rows, ABOVE)]
    except Broken:
        return False
    found = (fields_of(row.cells) for row in start)
    return any("what_happened" in fields and len({each for each in fields if each}) > 2 for fields in found if fields)


def guess(path: Path, kind: SourceKind) -> Guess:
    """How the table would be read: what each heading means, the order of its dates, its first rows."""
    headings, order, is_sure = _looked_over(path, kind)
    if not headings:
        headings = _first_cells(path, kind)
    columns = {heading: field_of(heading) for heading in headings if heading.strip() and field_of(heading)}
    options = Options(date_order=order, columns=columns)
    examples = islice((each for each in read(path, kind, options) if isinstance(each, Item)), EXAMPLES)
    seen = tuple(dict.fromkeys(heading for heading in headings if heading.strip()))
    return Guess(kind, options, is_sure, tuple(examples), columns=seen)


def _looked_over(path: Path, kind: SourceKind) -> tuple[tuple[str, ...], DateOrder, bool]:
    """The first headings, the order of the dates and whether the table itself settles it."""
    headings: tuple[str, ...] = ()
    survey = OrderSurvey()
    known: tuple[str, ...] = ()
    for table in _quietly(_OPENED[kind](path)):
        for row in islice(_quietly(table.rows), _LOOKED_AT):
            fields = fields_of(row.cells)
            if fields is not None:
                headings, known = headings or row.cells, fields
                continue
            for parts in figures_in(_when_words(row, known or IN_ORDER)):
                survey.add(parts)
    return headings, *survey.decide()


def read(path: Path, kind: SourceKind, options: Options) -> Iterator[Record]:
    """Every row with anything in it.

    Raises:
        Unreadable: the document has no table at all, or cannot be opened.
    """
    state = _State(options, options.date_order or _looked_over(path, kind)[1], year=options.year)
    try:
        for table in _OPENED[kind](path):
            yield from _table(table, state)
    except Broken:
        if not state.number:
            raise Unreadable("damaged") from None
        state.number += 1
        yield Reject(number=state.number, place_kind="row", place_number=state.number, code="damaged_from_here")
        return
    if not state.number:
        raise Unreadable("no_table")


def _csv(path: Path) -> Iterator[Table]:
    found = rows(path, delimiter_of(path))
    yield Table("", (TableRow("line", row.number, row.cells, row.raw, code=row.code) for row in found))


def _word(path: Path) -> Iterator[Table]:
    """The tables of a document; one that only goes on with the columns of the one before is put beside it."""
    waiting: list[TableRow] | None = None
    count, is_broken = 0, False
    tables = word_tables(path)
    while not is_broken:
        try:
            table = next(tables, None)
        except Broken:
            table, is_broken = None, True
        beside = _side_by_side(waiting, table) if table is not None else None
        if waiting is not None and beside is None:
            is_alone = table is None and not count and not is_broken
            count += 1
            yield Table("" if is_alone else f"{count}", iter(waiting))
        if table is None:
            break
        waiting = beside or _form(table) or table
    if is_broken:
        raise Broken


def _side_by_side(left: list[TableRow] | None, right: list[TableRow]) -> list[TableRow] | None:
    """The booklet's facing pages: two tables of as many rows, whose headings make up one row of headings."""
    if not left or len(left) != len(right):
        return None
    fields = [set(ask(rows[0].cells) or ()) - {""} for ask, rows in ((fields_of, left), (more_fields_of, right))]
    if not all(fields) or fields[0] & fields[1]:
        return None
    width = max(len(row.cells) for row in left)
    return [
        replace(
            one, cells=one.cells + ("",) * (width - len(one.cells)) + two.cells,
            raw=f"{one.raw} | {two.raw}", media=one.media + two.media, is_title=False,
        )
        for one, two in zip(left, right, strict=True)
    ]  # fmt: skip


def _form(table: list[TableRow]) -> list[TableRow] | None:
    """A table of one entry, headings down its left side: turned into a row of headings and a row."""
    pairs = [row for row in table if any(row.cells)]
    if not 3 <= len(pairs) <= 30 or any(len(row.cells) != 2 for row in pairs):
        return None
    if fields_of(pairs[0].cells) is not None:
        return None
    fields = {field_of(row.cells[0]) for row in pairs} - {""}
    if len(fields) < 3 or "what_happened" not in fields:
        return None
    first = pairs[0]
    raw = "\n".join(row.raw for row in pairs)
    media = tuple(each for row in pairs for each in row.media)
    heads = replace(first, cells=tuple(row.cells[0] for row in pairs), raw="", media=())
    return [heads, replace(first, cells=tuple(row.cells[1] for row in pairs), raw=raw, media=media)]


def _excel(path: Path) -> Iterator[Table]:
    yield from sheets(path)


_OPENED: Mapping[SourceKind, Callable[[Path], Iterator[Table]]] = {
    "booklet_csv": _csv,
    "booklet_docx": _word,
    "booklet_xlsx": _excel,
}


def _quietly(found: Iterator[Each]) -> Iterator[Each]:
    """What there is before it breaks off: `read` says that it does."""
    try:
        yield from found
    except Broken:
        return


def _first_cells(path: Path, kind: SourceKind) -> tuple[str, ...]:
    """The first row that could be one of headings in another language, for somebody to say what they mean."""
    for table in _quietly(_OPENED[kind](path)):
        for row in islice(_quietly(table.rows), ABOVE):
            filled = [cell for cell in row.cells if cell.strip()]
            if len(filled) > 2 and all(len(cell) <= MAX_HEADING for cell in filled):
                return row.cells
    return ()


def _table(table: Table, state: _State) -> Iterator[Record]:
    """The rows of one table; without headings of its own it goes on with those of the table before."""
    held: list[TableRow] = []
    is_known = False
    for row in table.rows:
        fields = None if row.code else _heading(row, state, is_known=is_known)
        if fields is not None:
            yield from (_skip(each, table, state, "before_heading") for each in held)
            held, is_known = [], True
            state.fields, state.headings = fields, row.cells
            yield _skip(row, table, state, "heading")
        elif is_known:
            yield _record(row, table, state)
        else:
            held.append(row)
            if len(held) > ABOVE:
                is_known = True
                yield from _without_headings(held, table, state)
                held = []
    yield from _without_headings(held, table, state)


def _heading(row: TableRow, state: _State, *, is_known: bool) -> tuple[str, ...] | None:
    if same_headings(row.cells, state.headings):
        return state.fields
    return None if is_known else fields_of(row.cells, state.options.columns)


def _without_headings(held: list[TableRow], table: Table, state: _State) -> Iterator[Record]:
    width = max((len(row.cells) for row in held), default=0)
    if not state.fields and width == len(IN_ORDER):
        state.fields, state.headings = IN_ORDER, ()
    for row in held:
        if not row.code and (not state.fields or width > len(state.fields)):
            row = replace(row, code="no_heading")
        yield _record(row, table, state)


def _skip(row: TableRow, table: Table, state: _State, code: str) -> Skip:
    state.number += 1
    return Skip(
        number=state.number, place_kind=row.kind, place_number=row.number, place_in=table.name, code=code,
        raw=short(row.raw or " | ".join(row.cells)),
    )  # fmt: skip


def _record(row: TableRow, table: Table, state: _State) -> Record:
    code = row.code or ("too_many_cells" if any(row.cells[len(state.fields) :]) else "")
    if row.is_title and not code:
        return _skip(row, table, state, "title")
    state.number += 1
    if code:
        return Reject(
            number=state.number, place_kind=row.kind, place_number=row.number, place_in=table.name, code=code,
            raw=short(row.raw),
        )  # fmt: skip
    fields, marks = _fields(row, state)
    if any(cell.startswith("=") for cell in row.cells):
        marks |= {"formula"}
    item = Item(
        number=state.number, place_kind=row.kind, place_number=row.number, place_in=table.name, kind="row",
        text=fields.get("what_happened", ""), raw=short(row.raw), fields=fields, media=row.media,
        when_words=fields.get("when", ""), marks=marks,
    )  # fmt: skip
    return _dated(item, state)


def _fields(row: TableRow, state: _State) -> tuple[dict[str, str], frozenset[str]]:
    """The booklet's columns; what stands under another heading is kept under "other", unless it was left out."""
    found: dict[str, list[str]] = {}
    for place, cell in enumerate(row.cells):
        field = state.fields[place] if place < len(state.fields) else ""
        heading = state.headings[place].strip() if place < len(state.headings) else ""
        if not cell or (not field and heading in state.options.columns):
            continue
        if field not in BOOKLET_FIELDS:
            field, cell = "other", f"{heading}: {cell}" if heading else cell
        found.setdefault(field, []).append(cell)
    texts, marks = {}, frozenset[str]()
    for field, cells in found.items():
        texts[field], more = shown((" " if field == "when" else "\n").join(cells))
        marks |= more
    return texts, marks


def _when_words(row: TableRow, fields: Sequence[str]) -> str:
    return " ".join(cell for cell, field in zip(row.cells, fields, strict=False) if field == "when" and cell)


def _dated(item: Item, state: _State) -> Item:
    words = item.when_words
    if (
        words.isascii()
        and words.replace(".", "", 1).isdigit()
        and float(words) < 80_000
        and int(float(words)) in _SERIALS
    ):
        words = _from_serial(float(words))
    found = read_when(words, state.order, state.year)
    if found is None:
        return replace(item, marks=item.marks | {"when_unclear"})
    if not found.is_year_guessed:
        state.year = found.on.year
    return replace(
        item, on=found.on, at=found.at, until_on=found.until_on, until_time=found.until_time, precision=found.precision,
        marks=item.marks | ({"year_guessed"} if found.is_year_guessed else frozenset()),
    )  # fmt: skip


def _from_serial(number: float) -> str:
    """A date that a spreadsheet wrote as its count of days since 1900."""
    return f"{from_excel(number) + timedelta(milliseconds=1):%Y-%m-%d %H:%M:%S}".removesuffix(" 00:00:00")
