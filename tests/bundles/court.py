"""The court's list, held against a finished bundle by other means than those that made it.

`faults(built)` reads every volume with two libraries and says what is not as the guidance on electronic bundles asks:
numbers printed are the file's own, every line of the index leads to the page that bears that exhibit's mark (or, of
another volume, to the list of volumes, which says where), bookmarks tell the right page, no page is sideways, the file
opens at 100 %, pages are A4, pictures have at most 300 dots an inch, every page has text, and fonts are in the file.
Every bundle that a test builds is held against it, by a fixture.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
from pypdfium2 import raw

from bundles.engine.assembling import Built

A4 = (595.28, 841.89)
MOST_DOTS = 300.5
MOST_IN_A_BRANCH = 100
RIGHT_EDGE = 530  # of the page, in points: what stands beyond it in the index is a page's number
NUMBER = re.compile(r"(?:(\d+):)?([A-Z]*\d+)")
LISTED = "The volumes of this bundle"
Targets = Mapping[tuple[int, int], int]


def faults(built: Built) -> list[str]:
    """What is not as a court asks; nothing for a bundle that is."""
    return [
        f"volume {number}: {fault}"
        for number, volume in enumerate(built.volumes, 1)
        for fault in faults_of(volume.path)
    ]


def faults_of(path: Path) -> list[str]:
    """The same of one file."""
    with pikepdf.open(path) as pdf, pypdfium2.PdfDocument(path) as seen:
        return list(dict.fromkeys(_Court(pdf, seen).faults()))


class _Court:
    def __init__(self, pdf: pikepdf.Pdf, seen: pypdfium2.PdfDocument) -> None:
        self.pdf, self.seen = pdf, seen
        self.listed = json.loads(pdf.attachments["manifest.json"].get_file().read_bytes())
        self.map = self.listed["page_map"]
        self.first, self.last = self.map["volumes"][self.listed["volume"] - 1]
        self.pages = list(pdf.pages)
        self.numbers = {page.obj.objgen: number for number, page in enumerate(self.pages)}
        self.labels = [page.label for page in self.pages]
        self.texts = [_text(page) for page in seen]
        shown = [row for row in self.listed["exhibits"] if self.first <= row["first_page"] <= self.last]
        self.marks = {row["mark"]: row["first_page"] - self.first for row in shown}
        self.volume = self.listed["volume"]
        self.elsewhere = {row["mark"] for row in self.listed["exhibits"]} - set(self.marks)
        self.list_at = next((number for number, text in enumerate(self.texts) if LISTED in text), None)
        # The pages of a document are its own: fonts and all.
        self.foreign = {
            page - self.first
            for row in self.listed["exhibits"]
            if row["shown_as"] == "pdf"
            for page in range(row["first_page"] + 1, row["last_page"] + 1)
        }

    def faults(self) -> Iterator[str]:
        if len(self.pages) != self.last - self.first + 1:
            yield f"{len(self.pages)} pages, {self.last - self.first + 1} planned"
        yield from self._numbers()
        yield from self._index()
        yield from self._volumes()
        with self.pdf.open_outline() as outline:
            yield from self._bookmarks(outline.root)
        yield from self._pages()
        opening = self.pdf.Root.get("/OpenAction")
        if opening is None or self.numbers.get(opening[0].objgen) != 0 or opening[1] != "/XYZ" or opening[4] != 1:
            yield "does not open at 100 % on its first page"

    def _numbers(self) -> Iterator[str]:
        """Numbers printed are the file's own, and those of the plan."""
        for number, (label, text) in enumerate(zip(self.labels, self.texts, strict=True)):
            page = self.first + number
            if label != self._label(page):
                yield f"page {page} is labelled {label}"
            if not re.search(rf"Page {label}( of {self.map['pages']})?\b", text):
                yield f"page {label} does not bear its number"

    def _index(self) -> Iterator[str]:
        """Every line of the index leads to its page, and names it; each exhibit's page bears the exhibit's mark."""
        found: dict[str, set[int]] = {}
        for number in self._index_pages():
            yield from self._lines(number, found)
        for mark, page in self.marks.items():
            if self.map["index"] >= self.first and page not in found.get(mark, ()):
                yield f"the index does not lead to exhibit {mark}"
            if f"Exhibit {mark}" not in self.texts[page]:
                yield f"page {self.labels[page]} does not bear exhibit {mark}'s mark"
        for mark in self.elsewhere if self.map["index"] >= self.first else ():
            if self.list_at not in found.get(mark, ()):
                yield f"the index does not lead from exhibit {mark} to the list of volumes"

    def _lines(self, number: int, found: dict[str, set[int]]) -> Iterator[str]:
        """The lines of one page of the index; where each leads is found by its words."""
        page = self.seen[number].get_textpage()
        for link in self.pages[number].get("/Annots", ()):
            target = _target(link, self.numbers)
            if target is None:
                yield f"a link on page {self.labels[number]} leads nowhere"
                continue
            box = [float(edge) for edge in link.Rect]
            words = " ".join(page.get_text_bounded(*box).split())
            found.setdefault(words, set()).add(target)
            told = NUMBER.fullmatch(words)
            if box[2] > RIGHT_EDGE and not (told and self._leads(told, target)):
                yield f"the index says page {words} for page {self.labels[target]}"

    def _leads(self, told: re.Match[str], target: int) -> bool:
        """Whether a reference leads to its page, or where that is in another volume, to the list of volumes."""
        if told[1] and int(told[1]) != self.volume:
            return target == self.list_at
        return told[2] == self.labels[target]

    def _volumes(self) -> Iterator[str]:
        """Each volume of several lists them all, with its first and last page, and says how pages are named."""
        spans = self.map["volumes"]
        if len(spans) == 1:
            if any("another volume" in self.texts[number] for number in self._index_pages()):
                yield "the index tells of another volume where there is one alone"
            return
        if self.list_at is None:
            yield "no list of volumes"
            return
        text = self.texts[self.list_at]
        for number, (first, last) in enumerate(spans, 1):
            if not re.search(rf"Volume {number}(, this file)? {self._label(first)} to {self._label(last)}\b", text):
                yield f"the list of volumes does not say which pages are in volume {number}"
        if "its volume stands before it, with a colon" not in text:
            yield "the list of volumes does not say how pages are named"

    def _label(self, page: int) -> str:
        start, letter = next(run for run in reversed(self.map["labels"]) if run[0] <= page)
        return f"{letter}{page - start + 1}"

    def _index_pages(self) -> Sequence[int]:
        """From the index's first page to the first that has no line of it."""
        start = self.map["index"] - self.first
        others = [*self.map["entries"].values(), *(first for first, _ in self.map["exhibits"].values())]
        end = min((page for page in others if page > self.map["index"]), default=self.map["pages"] + 1) - self.first
        return [
            number for number in range(max(start, 0), min(end, len(self.pages)))
            if "Page" in self.texts[number] and re.search("Index|Mark Description", self.texts[number])
        ]  # fmt: skip

    def _bookmarks(self, items: Any, *, is_elsewhere: bool = False) -> Iterator[str]:
        if len(items) > MOST_IN_A_BRANCH:
            yield f"{len(items)} bookmarks in one branch"
        for item in items:
            page = self.numbers.get(item.destination[0].objgen)
            if page is None or not item.title.endswith(f", page {self.labels[page]}"):
                yield f"bookmark {item.title!r} tells another page than it leads to"
            if item.children and not item.is_closed:
                yield f"bookmark {item.title!r} is open"
            of_another = is_elsewhere or item.title.startswith("In volume ")
            if of_another and page != self.list_at:
                yield f"bookmark {item.title!r} of another volume does not lead to the list of volumes"
            yield from self._bookmarks(item.children, is_elsewhere=of_another)

    def _pages(self) -> Iterator[str]:
        for number, page in enumerate(self.pages):
            label = self.labels[number]
            size = sorted(float(side) for side in page.mediabox[2:4])
            if page.get("/Rotate", 0) % 360 or any(abs(a - b) > 1.5 for a, b in zip(size, A4, strict=True)):
                yield f"page {label} is sideways, or not A4"
            if not self.texts[number].strip():
                yield f"page {label} has no text"
            if number not in self.foreign:
                yield from (f"page {label}: font {name} is not in the file" for name in _fonts_missing(page))
                yield from (f"page {label}: a picture of {dots:.0f} dots an inch" for dots in _dots(self.seen[number]))


def _text(page: pypdfium2.PdfPage) -> str:
    return " ".join(page.get_textpage().get_text_bounded().split())


def _target(link: Any, numbers: Targets) -> int | None:
    destination = link.get("/Dest")
    return numbers.get(destination[0].objgen) if destination is not None and "/A" not in link else None


def _fonts_missing(page: pikepdf.Page) -> Iterator[str]:
    for name, font in page.resources.get("/Font", {}).items():
        inner = font.DescendantFonts[0] if "/DescendantFonts" in font else font
        descriptor = inner.get("/FontDescriptor", {})
        if not any(key in descriptor for key in ("/FontFile", "/FontFile2", "/FontFile3")):
            yield name


def _dots(page: pypdfium2.PdfPage) -> Iterator[float]:
    """Pictures on a page with more dots an inch than a court takes."""
    for thing in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE]):
        left, bottom, right, top = thing.get_bounds()
        width, height = thing.get_px_size()
        dots = max(width * 72 / (right - left), height * 72 / (top - bottom))
        if dots > MOST_DOTS:
            yield dots
