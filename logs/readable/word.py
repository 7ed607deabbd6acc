"""A Word document's paragraphs and tables in their order, as somebody sees them who opens it."""

import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from xml.etree.ElementTree import Element

from logs.importing.sources import Broken
from logs.importing.tables import BLIP, XML_FAILURES, W, checked, events, word_row, word_text
from logs.readable.blocks import Block, Heading, Row, Words

BODY = "word/document.xml"
# What else of a document is seen on its pages, each with the words that head it here.
BESIDE = (
    ("word/header", "At the top of its pages"),
    ("word/footer", "At the foot of its pages"),
    ("word/footnotes", "Footnotes"),
    ("word/endnotes", "Endnotes"),
)
_PICTURE = "{urn:schemas-microsoft-com:vml}imagedata"
_OFF = frozenset({"0", "false", "off"})


def read(path: Path, unseen: Counter[str]) -> Iterator[Block]:
    """The blocks of the document at `path`; what is in it and not seen is counted in `unseen`.

    Raises:
        Unreadable: it is no document that may be opened.
        Broken: it stops half way.
    """
    names = sorted(entry.filename for entry in checked(path, (BODY,)))
    try:
        with zipfile.ZipFile(path) as archive:
            with archive.open(BODY) as part:
                yield from _blocks(part, unseen)
            if "word/comments.xml" in names:
                with archive.open("word/comments.xml") as part:
                    unseen["comments"] += sum(element.tag == f"{W}comment" for _, element in events(part))
            for start, title in BESIDE:
                found = [name for name in names if name.startswith(start) and name.endswith(".xml")]
                yield from _beside(archive, found, title, unseen)
    except XML_FAILURES as error:
        raise Broken from error


def _beside(archive: zipfile.ZipFile, names: list[str], title: str, unseen: Counter[str]) -> Iterator[Block]:
    shown: set[str] = set()  # most documents say the same at the top of every page
    for name in names:
        with archive.open(name) as part:
            for block in _blocks(part, unseen):
                if block.plain.strip() and block.plain not in shown:
                    if not shown:
                        yield Heading(title)
                    shown.add(block.plain)
                    yield block


def _blocks(part: IO[bytes], unseen: Counter[str]) -> Iterator[Block]:
    """Outermost paragraphs and rows; what stands in a text box belongs to the paragraph it hangs on."""
    tables, paragraphs, rows = 0, 0, 0
    for event, element in events(part, ("start", "end")):
        step = 1 if event == "start" else -1
        if element.tag == f"{W}tbl":
            tables += step
        elif element.tag == f"{W}p":
            paragraphs += step
            if event == "end" and not tables and not paragraphs:
                yield _paragraph(element, unseen)
                element.clear()
        elif element.tag == f"{W}tr" and event == "end" and tables == 1:
            rows += 1
            _without_hidden(element, unseen)
            yield Row(word_row(element, rows, {}, {}).cells)
            element.clear()


def _paragraph(element: Element, unseen: Counter[str]) -> Block:
    _without_hidden(element, unseen)
    style = element.find(f"{W}pPr/{W}pStyle")
    name = style.get(f"{W}val", "") if style is not None else ""
    words = word_text(element)
    return Heading(words) if words and name.startswith(("Heading", "Title")) else Words(words)


def _without_hidden(element: Element, unseen: Counter[str]) -> None:
    """Take out words that Word does not show, and count them, deletions and pictures."""
    for run in list(element.iter(f"{W}r")):
        vanish = run.find(f"{W}rPr/{W}vanish")
        if vanish is not None and vanish.get(f"{W}val", "1") not in _OFF:
            unseen["hidden_words"] += any(each.text for each in run.iter(f"{W}t"))
            run.clear()
    unseen["deleted"] += sum(1 for tag in ("del", "moveFrom") for _ in element.iter(f"{W}{tag}"))
    unseen["pictures"] += sum(1 for tag in (BLIP, _PICTURE) for _ in element.iter(tag))
