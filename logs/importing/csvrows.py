"""Rows of a CSV whatever its delimiter and encoding; a forgotten quotation mark costs its own row and no other."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from logs.importing.sources import Line, Source, encoding_of, lines

DELIMITERS = ",;\t|"
MAX_ROW = 200_000
MAX_ROW_LINES = 200
# Where marks are forgotten again and again, they are no longer followed so far.
_FORGOTTEN_OFTEN, _FEW_LINES = 20, 10
MAX_CELLS = 200
_SAMPLE_LINES = 60


@dataclass(frozen=True)
class Row:
    """One row.

    Args:
        number: the line it begins on, from 1.
        cells: what stands in it.
        raw: as it stands.
        code: why it has no cells, when it has none: `open_quote`, `too_long`, `not_text`.
    """

    number: int
    cells: tuple[str, ...]
    raw: str
    code: str = ""


def delimiter_of(path: Path) -> str:
    """What stands between cells: the sign that cuts the beginning into the most cells in rows of one width."""
    source = Source(path)
    start = list(islice(_whole(lines(source, encoding_of(source))), _SAMPLE_LINES))
    first = next((line.text.strip() for line in start if line.text.strip()), "")
    if (named := re.fullmatch(r"sep=(.)", first)) and named[1] in DELIMITERS:
        return named[1]

    def score(delimiter: str) -> int:
        found = _Waiting(delimiter, list(start)).rows(is_last=True)
        widths = Counter(len(row.cells) for row in found if not row.code)
        return max((count * (width - 1) for width, count in widths.items()), default=0)

    return max(DELIMITERS, key=score)


def rows(path: Path, delimiter: str) -> Iterator[Row]:
    """Every row with anything in it, in order.

    Raises:
        Broken: the file stops half way.
    """
    source = Source(path)
    waiting = _Waiting(delimiter)
    for line in _whole(lines(source, encoding_of(source))):
        waiting.lines.append(line)
        yield from waiting.rows(is_last=False)
    yield from waiting.rows(is_last=True)


def _whole(pieces: Iterator[Line]) -> Iterator[Line]:
    """Lines again from the pieces of very long ones, as far as a row may be long."""
    current: Line | None = None
    for piece in pieces:
        if current is None or piece.is_start:
            if current is not None:
                yield current
            current = piece
        elif len(current.text) <= MAX_ROW:
            current = replace(current, text=current.text + piece.text)
    if current is not None:
        yield current


@dataclass
class _Waiting:
    """Lines of a row that may still go on: an open quotation mark is followed until it closes, or is given up."""

    delimiter: str
    lines: list[Line] = field(default_factory=list)
    seen: int = 0
    is_open: bool = False
    length: int = 0
    forgotten: int = 0

    def rows(self, *, is_last: bool) -> Iterator[Row]:
        """Every row that is complete."""
        while self.lines:
            row, count = self._first(is_last=is_last)
            if not count:
                return
            del self.lines[:count]
            self.seen, self.is_open, self.length = 0, False, 0
            if row is not None:
                yield row

    def _first(self, *, is_last: bool) -> tuple[Row | None, int]:
        """The first row, if there is anything in it, and how many lines it takes; none while it may go on."""
        first = self.lines[0]
        if not first.text.strip(f' \t{self.delimiter}"') or re.fullmatch(r"sep=.", first.text.strip()):
            return None, 1
        if "\x00" in first.text or len(first.text) > MAX_ROW:
            return Row(first.number, (), first.text, "not_text" if "\x00" in first.text else "too_long"), 1
        while self.seen < len(self.lines):
            line = self.lines[self.seen]
            self.is_open = _is_open_after(line.text, self.delimiter, self.is_open)
            self.length += len(line.text)
            self.seen += 1
            if not self.is_open:
                raw = "\n".join(each.text for each in self.lines[: self.seen])
                return _parsed(first.number, raw, self.delimiter), self.seen
        most_lines = _FEW_LINES if self.forgotten > _FORGOTTEN_OFTEN else MAX_ROW_LINES
        if is_last or self.seen >= most_lines or self.length > MAX_ROW:
            self.forgotten += 1
            return Row(first.number, (), first.text, "open_quote"), 1
        return None, 0


def _parsed(number: int, raw: str, delimiter: str) -> Row:
    try:
        cells = next(csv.reader(io.StringIO(raw, newline=""), delimiter=delimiter), [])
    except csv.Error:
        return Row(number, (), raw, "broken")
    if len(cells) > MAX_CELLS:
        return Row(number, (), raw, "too_many_cells")
    return Row(number, tuple(cell.strip() for cell in cells), raw)


def _is_open_after(line: str, delimiter: str, is_open: bool) -> bool:
    """Whether a quoted cell goes on after this line; a mark inside an unquoted cell (5" screen) opens nothing."""
    place = 0
    while True:
        if not is_open:
            place = _next_opening(line, delimiter, place)
            if place < 0:
                return False
            is_open = True
        end = _closing(line, delimiter, place)
        if end < 0:
            return True
        is_open, place = False, end + 1


def _closing(line: str, delimiter: str, place: int) -> int:
    """Where a quoted cell ends: at a mark before a delimiter or the end of the line, not at one inside its words."""
    end = line.find('"', place)
    while end >= 0:
        if line[end + 1 : end + 2] == '"':
            end = line.find('"', end + 2)
            continue
        after = line[end + 1 : end + 40].lstrip(" ")
        if not after or after.startswith(delimiter):
            return end
        end = line.find('"', end + 1)
    return end


def _next_opening(line: str, delimiter: str, place: int) -> int:
    """Where the inside of the next quoted cell begins, from the inside of an unquoted one on; -1 if there is none."""
    if place == 0 and line.startswith('"'):
        return 1
    found = line.find(f'{delimiter}"', place)
    return found + 2 if found >= 0 else -1
