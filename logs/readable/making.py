"""What runs in the child process for a file of words or tables: its words, and pages to read.

Called through `jobs.child` only; it knows neither the database nor settings.
"""

import html
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from jobs import layout
from jobs.child import Refused
from jobs.layout import laid_out
from logs.importing import Unreadable
from logs.importing.sources import Broken
from logs.readable import messages, tables, word
from logs.readable.blocks import Block, Heading, Message, Row, Words
from logs.readable.enclosed import Pictures
from nsvcs.typesetting import Line, Typesetter

PAGES, WORDS = "logs.readable.making:pages", "logs.readable.making:words"
CSS = Path(__file__).with_name("readable.css")
# So much of a file is set in pages, some fifty; the rest is counted and said.
MOST_BLOCKS, MOST_CHARACTERS = 1_500, 100_000
MOST_COUNTED = 100_000
MOST_COLUMNS = 8  # wider rows would be unreadable side by side: their cells stand under each other
ROWS_A_TABLE = 50
Reader = Callable[[Path, Counter[str]], Iterator[Block]]
OFFICE = "application/vnd.openxmlformats-officedocument."
READERS: dict[str, tuple[str, Reader]] = {
    f"{OFFICE}wordprocessingml.document": ("a Word document", word.read),
    f"{OFFICE}spreadsheetml.sheet": ("an Excel workbook", tables.read_workbook),
    "text/csv": ("a table in plain text", tables.read_csv),
    "text/plain": ("a text file", messages.read_text),
    "message/rfc822": ("an email", messages.read_text),
    "application/xml": ("a file of data", messages.read_text),
    "application/zip": ("a chat in an archive", messages.read_chat),
}
# What of a file cannot be seen in its copy, in words for one and for several.
UNSEEN = {
    "pictures": ("1 picture in it is not shown.", "{} pictures in it are not shown."),
    "charts": ("1 chart in it is not shown.", "{} charts in it are not shown."),
    "attached": ("1 file is attached to it and not shown.", "{} files are attached to it and not shown."),
    "comments": ("There is a comment in it, not shown.", "There are {} comments in it, not shown."),
    "hidden_words": ("Words that are hidden in it are not shown.", "Words hidden in {} places of it are not shown."),
    "deleted": ("A part marked as deleted is not shown.", "{} parts marked as deleted are not shown."),
    "hidden_sheets": ("1 hidden sheet is not shown.", "{} hidden sheets are not shown."),
    "hidden_rows": ("1 hidden row is not shown.", "{} hidden rows are not shown."),
    "hidden_cells": ("1 hidden cell is not shown.", "{} hidden cells are not shown."),
    "cut_messages": ("1 message is too long to be shown whole.", "{} messages are too long to be shown whole."),
}
NOT_THE_WHOLE = frozenset(UNSEEN) - {"comments"}


def warm() -> None:
    """Load what `pages` needs, before there is a file."""
    layout.load()


def words(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Write the words of the file at `source` to `target`, up to `most` characters.

    Returns:
        `is_cut`: there were more.

    Raises:
        Refused: why there are none.
    """
    left = int(payload["most"])
    with open(payload["target"], "w", encoding="utf-8") as target:
        for block in _read(payload, Counter()):
            line = block.plain.replace("\0", "").replace("\f", " ").encode("utf-8", "replace").decode() + "\n"
            target.write(line[:left])
            left -= len(line)
            if left <= 0:
                return {"is_cut": True}
    return {"is_cut": False}


def pages(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Write pages that show the words and tables of the file at `source` to `out`.

    Args:
        payload: `source`, `media_type`, `out`, and `fonts_conf`, the path of the fontconfig file.

    Returns:
        `pages`, and `notes`: `cut` when it is only the beginning, `parts_unseen` when something in it is not shown.

    Raises:
        Refused: why there are none.
    """
    unseen: Counter[str] = Counter()
    shown, left_out = _within(_read(payload, unseen), unseen)
    if not any(block.plain.strip() for block in shown) and not any(unseen.values()):
        raise Refused("no_words")
    what = READERS[payload["media_type"]][0]
    with tempfile.TemporaryDirectory(dir=Path(payload["out"]).parent) as folder:
        pictures = Pictures(Path(folder))
        if payload.get("has_pictures", True):
            pictures.make(shown)
        unseen["pictures"] += pictures.failed + pictures.left_out if pictures.copies else _pictures_in(shown)
        page = _page(what, shown, _notes(unseen, left_out), left_out, pictures)
        document = laid_out(page, CSS.read_text("utf-8"), payload["fonts_conf"])
        document.write_pdf(payload["out"])
        pictures.place(document, payload["out"])
    notes = ["cut"] if left_out else []
    notes += ["parts_unseen"] if any(unseen[each] for each in NOT_THE_WHOLE) else []
    return {"pages": len(document.pages), "notes": notes}


def _pictures_in(shown: Sequence[Block]) -> int:
    return sum(len(block.pictures) for block in shown if isinstance(block, Message))


def _read(payload: Mapping[str, Any], unseen: Counter[str]) -> Iterator[Block]:
    """The blocks of a file; of one that breaks off, those before, with a mark in `unseen`."""
    reader = READERS[payload["media_type"]][1]
    is_any = False
    try:
        for block in reader(Path(payload["source"]), unseen):
            is_any = True
            yield block
    except Unreadable as why:
        raise Refused("password" if why.code == "locked" else why.code) from why
    except Broken as broken:
        if not is_any:
            raise Refused("damaged") from broken
        unseen["broken_off"] = 1


def _within(found: Iterator[Block], unseen: Counter[str]) -> tuple[list[Block], int]:
    """The blocks that are shown, and how many follow; of more than are counted, so many."""
    shown: list[Block] = []
    left, left_out = MOST_CHARACTERS, 0
    for block in found:
        left -= len(block.plain)
        if left_out or left < 0 or len(shown) >= MOST_BLOCKS:
            if not shown:
                shown.append(Words(block.plain[:MOST_CHARACTERS]))
            left_out += 1
            if left_out >= MOST_COUNTED:
                break
        else:
            shown.append(block)
    return shown, left_out


def _notes(unseen: Counter[str], left_out: int) -> list[str]:
    told = [
        one if unseen[name] == 1 else several.format(f"{unseen[name]:,}")
        for name, (one, several) in UNSEEN.items()
        if unseen[name]
    ]
    if unseen["broken_off"]:
        told.insert(0, "The file is damaged: this is what could be read of it.")
    if left_out:
        told.insert(0, "It is long: this copy shows the beginning.")
    return told


# --- the page --------------------------------------------------------------------------------------------------------


def _page(what: str, shown: Sequence[Block], notes: Sequence[str], left_out: int, pictures: Pictures) -> str:
    setter = Typesetter()
    body = "".join(_in_html(shown, setter, pictures))
    told = [f"This shows the words of {what} in their order. It does not show how they were laid out.", *notes]
    if setter.codes:
        told.append("A character that cannot be printed is written as its code, such as [U+1F9FF].")
    ends = f"<p class=note>The copy ends here. {_more(left_out)} in the file.</p>" if left_out else ""
    listed = "".join(f"<p class=note>{html.escape(each)}</p>" for each in told)
    head = "<meta charset=utf-8><title>Reading copy</title>"
    title = "<h1>A reading copy; the original file is kept</h1>"
    return f"<!doctype html><html lang=en>{head}<body>{title}{listed}<hr>{body}{ends}</body></html>"


def _more(left_out: int) -> str:
    counted = "More than " if left_out >= MOST_COUNTED else ""
    return "1 more part is" if left_out == 1 else f"{counted}{left_out:,} more parts are"


def _in_html(shown: Sequence[Block], setter: Typesetter, pictures: Pictures) -> Iterator[str]:
    for (kind, _), group in groupby(_numbered(shown), lambda each: each[:2]):
        blocks = [block for *_, block in group]
        if kind is Row:
            yield _table([block for block in blocks if isinstance(block, Row)], setter)
        else:
            yield from (_block(block, setter, pictures) for block in blocks)


def _numbered(shown: Sequence[Block]) -> Iterator[tuple[type, int, Block]]:
    """Each with its kind and, of rows, which table it goes into: wide rows by themselves, others so many together."""
    table, count = 0, 0
    for block in shown:
        if not isinstance(block, Row):
            table, count = table + 1, 0
            yield type(block), 0, block
            continue
        is_wide = len(block.cells) > MOST_COLUMNS
        if is_wide or count >= ROWS_A_TABLE:
            table, count = table + 1, 0
        yield Row, table, block
        count = ROWS_A_TABLE if is_wide else count + 1


def _block(block: Block, setter: Typesetter, pictures: Pictures) -> str:
    if isinstance(block, Heading):
        return f"<h2>{_lines(block.words, setter)}</h2>"
    if isinstance(block, Message):
        head = "".join(
            f"<tr><th>{html.escape(label)}</th><td>{_lines(words, setter)}</td></tr>" for label, words in block.head
        )
        said = "".join(
            _lines(piece.strip("\n"), setter) if isinstance(piece, str) else pictures.in_html(piece)
            for piece in block.pieces
        )
        return f"<section><table class=head>{head}</table>{said}</section>"
    return _lines(block.plain, setter)


def _table(found: Sequence[Row], setter: Typesetter) -> str:
    if len(found[0].cells) > MOST_COLUMNS:
        return "".join(_wide(row, setter) for row in found)
    width = max(len(row.cells) for row in found)
    rows = []
    for row in found:
        number = f"<td class=number>{row.number}</td>" if row.number else ""
        cells = "".join(f"<td>{_lines(cell, setter)}</td>" for cell in (*row.cells, *[""] * (width - len(row.cells))))
        rows.append(f"<tr>{number}{cells}</tr>")
    return f"<table class=cells>{''.join(rows)}</table>"


def _wide(row: Row, setter: Typesetter) -> str:
    cells = "".join(
        f"<tr><td class=number>{place}</td><td>{_lines(cell, setter)}</td></tr>"
        for place, cell in enumerate(row.cells, 1)
        if cell
    )
    title = f"Row {row.number}, by column" if row.number else "A row, by column"
    return f"<p class=note>{title}</p><table class=cells>{cells}</table>"


def _lines(text: str, setter: Typesetter) -> str:
    return "".join(_line(line) for line in setter.lines(text))


def _line(line: Line) -> str:
    return f"<div class=line dir={line.direction}>{html.escape(line.text)}</div>"
