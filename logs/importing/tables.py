"""Tables out of Word and Excel documents, as rows of text; what is merged counts for every row it covers."""

import re
import warnings
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import IO, Any, Literal
from xml.etree.ElementTree import Element, ParseError, iterparse

import openpyxl
from defusedxml import DefusedXmlException
from openpyxl.utils.cell import range_boundaries
from openpyxl.worksheet._reader import WorkSheetParser

from logs.importing.csvrows import MAX_CELLS
from logs.importing.items import Media, PlaceKind, Unreadable
from logs.importing.sources import BROKEN, CHUNK_BYTES, Broken, entries

MAX_XML = 64 * 1024 * 1024
MAX_ROWS = 100_000
MAX_MERGES = 5_000
_DECLARATIONS = tuple(
    mark.encode(encoding) for mark in ("<!DOCTYPE", "<!ENTITY") for encoding in ("ascii", "utf-16-le", "utf-16-be")
)
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_EMBED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}embed"
BLIP = "{http://schemas.openxmlformats.org/drawingml/2006/main}blip"
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_TRUE = frozenset({"1", "true"})
_SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
XML_FAILURES = (ParseError, DefusedXmlException, ValueError, LookupError, RecursionError, *BROKEN)


@dataclass(frozen=True)
class TableRow:
    """One row of a table.

    Args:
        kind: what `number` counts.
        number: where it stands.
        cells: its texts.
        raw: as it stands.
        media: pictures in it.
        is_title: whether one cell runs across all columns.
        code: why it cannot be read, if it cannot.
    """

    kind: PlaceKind
    number: int
    cells: tuple[str, ...]
    raw: str
    media: tuple[Media, ...] = ()
    is_title: bool = False
    code: str = ""


@dataclass(frozen=True)
class Table:
    """Rows under each other; `name` is the sheet's, or the table's number in a document that has several."""

    name: str
    rows: Iterator[TableRow]


def has_part(path: Path, part: str) -> bool:
    """Whether a file is a ZIP with this part, as office documents are."""
    try:
        return any(entry.filename == part for entry in entries(path))
    except Unreadable:
        return False


def word_tables(path: Path) -> Iterator[list[TableRow]]:
    """The tables of a Word document, one after the other; a table inside a cell is that cell's text.

    Raises:
        Unreadable: `zip_…`, `locked`, `too_big`, `entities` or `damaged`.
        Broken: the document stops half way.
    """
    found = checked(path, ("word/document.xml",))
    pictures = _pictures(path, found)
    rows: list[TableRow] = []
    try:
        with zipfile.ZipFile(path) as archive, archive.open("word/document.xml") as part:
            for row in _word_rows(part, pictures):
                if row is None:
                    yield rows
                    rows = []
                else:
                    rows.append(row)
    except XML_FAILURES as error:
        if rows:
            yield rows
        raise Broken from error


def sheets(path: Path, unseen: Counter[str] | None = None) -> Iterator[Table]:
    """The sheets of an Excel workbook, streamed.

    Args:
        path: the workbook.
        unseen: given for sheets as somebody sees them: what formulas came to, merged cells once, nothing hidden. How
            many sheets, rows and cells are hidden is counted in it.

    Raises:
        Unreadable: `zip_…`, `locked`, `too_big`, `entities` or `damaged`.
    """
    checked(path, ("xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml"))
    # Opened here: the library refuses a path by its ending, and what is stored has none.
    with path.open("rb") as file, _silence():
        try:
            book = openpyxl.load_workbook(file, read_only=True, data_only=unseen is not None, keep_links=False)
        except Exception as error:
            # A library for well-made files: what it raises for others is of any kind.
            raise Unreadable("damaged") from error
        for sheet in book.worksheets:
            if unseen is None:
                yield Table(sheet.title, _sheet_rows(sheet, _merges(path, getattr(sheet, "_worksheet_path", ""))))
            elif sheet.sheet_state != "visible":
                unseen["hidden_sheets"] += 1
            else:
                yield Table(sheet.title, _sheet_rows(sheet, _Merges(), unseen))


@contextmanager
def _silence() -> Iterator[None]:
    """Without the library's remarks on what it leaves out."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def checked(path: Path, wanted: tuple[str, ...]) -> list[zipfile.ZipInfo]:
    """The table of contents, when every XML part is of a bearable size and declares no document type."""
    found = entries(path)
    parts = [entry for entry in found if entry.filename.endswith((".xml", ".rels"))]
    if wanted[0] not in {entry.filename for entry in parts}:
        raise Unreadable("damaged")
    if sum(entry.file_size for entry in parts) > 2 * MAX_XML or any(entry.file_size > MAX_XML for entry in parts):
        raise Unreadable("too_big")
    try:
        with zipfile.ZipFile(path) as archive:
            for entry in parts:
                with archive.open(entry) as part:
                    if _declares(part):
                        raise Unreadable("entities")
    except BROKEN as error:
        raise Unreadable("damaged") from error
    return found


def _declares(part: IO[bytes]) -> bool:
    tail = b""
    while chunk := part.read(CHUNK_BYTES):
        if any(mark in tail + chunk for mark in _DECLARATIONS):
            return True
        tail = chunk[-32:]
    return False


def events(part: IO[bytes], events: tuple[Literal["start", "end"], ...] = ("end",)) -> Iterator[tuple[str, Element]]:
    """The elements of a part as they come.

    `checked` has seen that it declares nothing, which is all that a hardened parser would refuse, at a tenth of the
    speed: that one has to be written in Python.
    """
    return iterparse(part, events)  # noqa: S314 - declares no entities, see above


def _pictures(path: Path, found: list[zipfile.ZipInfo]) -> dict[str, Media]:
    """The document's pictures by the names its text calls them by."""
    places = {entry.filename: (place, entry) for place, entry in enumerate(found)}
    pictures = {}
    try:
        with zipfile.ZipFile(path) as archive, archive.open("word/_rels/document.xml.rels") as part:
            for _, relation in events(part):
                target, called = f"word/{relation.get('Target', '')}", relation.get("Id")
                if target in places and called:
                    place, entry = places[target]
                    name = PurePosixPath(target).name
                    pictures[called] = Media(name, str(place), "", entry.file_size)
    except (KeyError, *XML_FAILURES):
        return pictures
    return pictures


def _word_rows(part: IO[bytes], pictures: dict[str, Media]) -> Iterator[TableRow | None]:
    """The rows of all tables, with None after each table."""
    depth, count = 0, 0
    above: dict[int, str] = {}
    for event, element in events(part, ("start", "end")):
        if element.tag == f"{W}tbl":
            depth += 1 if event == "start" else -1
            if event == "end" and depth == 0:
                yield None
                above = {}
                element.clear()
        elif event == "end" and depth == 1 and element.tag == f"{W}tr":
            count += 1
            if count > MAX_ROWS:
                raise EOFError
            row = word_row(element, count, above, pictures)
            if any(row.cells) or row.media:
                yield row
            element.clear()
        elif event == "end" and depth == 0 and element.tag == f"{W}p":
            element.clear()


def word_row(row: Element, number: int, above: dict[int, str], pictures: dict[str, Media]) -> TableRow:
    cells: list[str] = []
    spans = []
    for cell in _word_cells(row):
        span = min(_number(cell.find(f"{W}tcPr/{W}gridSpan"), 1), MAX_CELLS)
        merge = cell.find(f"{W}tcPr/{W}vMerge")
        text = word_text(cell)
        if merge is not None and merge.get(f"{W}val") != "restart" and not text:
            text = above.get(len(cells), "")
        above[len(cells)] = text
        cells += [text] + [""] * (span - 1)
        spans.append(span)
    media = tuple(
        pictures[blip.get(_EMBED, "")] for blip in row.iter(BLIP) if blip.get(_EMBED) in pictures
    )  # fmt: skip
    is_title = len(spans) == 1 and spans[0] > 1
    return TableRow("row", number, tuple(cells), " | ".join(cells), media, is_title)


def _word_cells(row: Element) -> Iterator[Element]:
    """The cells of a row, also those that stand in a field to fill in or a tracked change."""
    waiting = list(reversed(row))
    while waiting:
        element = waiting.pop()
        if element.tag == f"{W}tc":
            yield element
        else:
            waiting += reversed(element)


def _number(element: Element | None, otherwise: int) -> int:
    value = element.get(f"{W}val", "") if element is not None else ""
    return int(value) if value.isascii() and value.isdigit() and 0 < len(value) < 5 else otherwise


def word_text(cell: Element) -> str:
    """The words of a cell: its fields and links too, without what was deleted with changes tracked."""
    words: list[str] = []
    signs = {f"{W}tab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-"}
    waiting: list[Element | str] = list(reversed(cell))
    while waiting:
        element = waiting.pop()
        if isinstance(element, str):
            words.append(element)
        elif element.tag == f"{W}t":
            words.append(element.text or "")
        elif element.tag in signs:
            words.append(signs[element.tag])
        elif element.tag not in {f"{W}del", f"{W}moveFrom", FALLBACK}:
            waiting += ["\n"] if element.tag == f"{W}p" else []
            waiting += reversed(element)
    return re.sub(r"\n{3,}", "\n\n", "".join(words)).strip()


@dataclass
class _Merges:
    """Cells that take the text of the first cell of a merged column."""

    first_of: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    firsts: set[tuple[int, int]] = field(default_factory=set)
    texts: dict[tuple[int, int], str] = field(default_factory=dict)
    width: int = 0

    def filled(self, number: int, cells: list[str]) -> list[str]:
        """The row with what is merged into it."""
        if not self.first_of:
            return cells
        cells = cells + [""] * (self.width - len(cells))
        for place, cell in enumerate(cells, 1):
            if (number, place) in self.firsts:
                self.texts[number, place] = cell
            elif not cell and (first := self.first_of.get((number, place))):
                cells[place - 1] = self.texts.get(first, "")
        while cells and not cells[-1]:
            cells.pop()
        return cells


def _sheet_rows(sheet: Any, merges: _Merges, unseen: Counter[str] | None = None) -> Iterator[TableRow]:
    """The rows of a sheet with anything in them.

    The library's own rows are padded to the last column and counted up to the last number, which a hostile sheet sets
    as it likes, and rows out of order are left out; its parser gives what is there.
    """
    book = sheet.parent
    try:
        with sheet._get_source() as part:
            found = WorkSheetParser(
                part, sheet._shared_strings, data_only=unseen is not None, epoch=book.epoch,
                date_formats=book._date_formats, timedelta_formats=book._timedelta_formats,
            )  # fmt: skip
            for number, row in found.parse():
                seen = row if unseen is None else _seen(number, row, found, unseen)
                yield from _sheet_row(number, seen, merges)
    except Exception as error:
        raise Broken from error


def _seen(number: int, row: list[dict[str, Any]], sheet: Any, unseen: Counter[str]) -> list[dict[str, Any]]:
    """The cells of a row that are not hidden; a folded group counts as hidden."""
    if sheet.row_dimensions.get(str(number), {}).get("hidden") in _TRUE:
        unseen["hidden_rows"] += any(cell["value"] is not None for cell in row)
        return []
    spans = [
        (int(each["min"]), int(each.get("max", each["min"])))
        for each in sheet.column_dimensions.values()
        if each.get("hidden") in _TRUE
    ]
    seen = [cell for cell in row if not any(first <= cell["column"] <= last for first, last in spans)]
    unseen["hidden_cells"] += sum(cell["value"] is not None for cell in row) - sum(
        cell["value"] is not None for cell in seen
    )
    return seen


def _sheet_row(number: int, row: list[dict[str, Any]], merges: _Merges) -> Iterator[TableRow]:
    texts = {cell["column"]: text for cell in row if (text := _value(cell["value"]))}
    width = max(texts, default=0)
    if width > MAX_CELLS:
        raw = " | ".join(texts[place] for place in sorted(texts))
        yield TableRow("row", number, (), raw, code="too_many_cells")
        return
    cells = merges.filled(number, [texts.get(place, "") for place in range(1, width + 1)])
    if any(cells):
        yield TableRow("row", number, tuple(cells), " | ".join(cells))


def _value(value: object) -> str:
    """A cell as text; a formula stays a formula, a date is written year first so that nobody can misread it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        at = value.time().replace(microsecond=0)
        return f"{value:%Y-%m-%d}" if at == time.min else f"{value:%Y-%m-%d} {at.isoformat()}"
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    formula = getattr(value, "text", None)
    return str(formula if isinstance(formula, str) else value).strip()


def _merges(path: Path, part_name: str) -> _Merges:
    """Merged cells that run down over several rows."""
    merges = _Merges()
    try:
        with zipfile.ZipFile(path) as archive, archive.open(part_name.lstrip("/")) as part:
            parts = (each for _, each in events(part))
            for merged in islice(_cleared(parts), MAX_MERGES):
                left, top, _, bottom = range_boundaries(merged)
                if left > MAX_CELLS or len(merges.first_of) > 20 * MAX_MERGES:
                    continue
                merges.width = max(merges.width, left)
                merges.firsts.add((top, left))
                for row in range(top + 1, min(bottom, top + MAX_MERGES) + 1):
                    merges.first_of[row, left] = (top, left)
    except (KeyError, TypeError, *XML_FAILURES):
        return merges
    return merges


def _cleared(parts: Iterator[Element]) -> Iterator[str]:
    for element in parts:
        if element.tag == f"{_SHEET}row":
            element.clear()
        elif element.tag == f"{_SHEET}mergeCell":
            yield element.get("ref", "")
