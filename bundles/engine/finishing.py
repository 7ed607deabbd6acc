"""What runs in the child process at the end: parts joined, numbers drawn, links and bookmarks led to their pages."""

import errno
import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, OutlineItem, String

from bundles.engine import archival
from bundles.engine.copymarks import shift
from bundles.engine.rendering import PAGE, PLACE
from bundles.engine.searching import lay
from bundles.engine.splicing import Wanted, letters_of, splice
from bundles.engine.stamping import BOTTOM, INDEX_WORDS, SIDE, Stamp, StampFont, draw
from jobs.child import DISK_ERRORS, Refused

MANIFEST = "manifest.json"
LAST_WORD = b"%%EOF\n"
MOST_OPEN = 500  # files at once: half of what a process may have


def warm() -> None:
    """Nothing more to load than this module."""


def join_parts(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Join the parts of one volume to one file: in a process of its own, whose memory is given back with it.

    Args:
        payload: `plan` as `finish` has it, of which the parts are read; `joined` is the path to write.
    """
    told = json.loads(Path(payload["plan"]).read_text())
    _check_room(payload["joined"], _size_of(told["parts"]))
    join(told["parts"], payload["joined"])
    return {}


def finish(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Finish the file that the parts of one volume were joined to; the seal comes after.

    Args:
        payload: `plan` is the path of a JSON file: parts, pages, first (page of the bundle the volume begins with),
            places (volume's page index or none, height, printed number by name), headers, pictures (path and size by
            page index), outline, runs, reference, copy_mark, made_at, read (words and box by page index); `manifest`
            the path of the list to embed; `joined` is what `join_parts` wrote, `out` the path to write.

    Raises:
        Refused: `pages_differ`, `links_differ` or `pictures_differ`: the file is not as planned.
    """
    told = json.loads(Path(payload["plan"]).read_text())
    _check_room(payload["out"], _size_of(told["parts"]) + sum(size for _, size in told["pictures"].values()))
    skeleton = Path(payload["joined"] + ".pages")
    try:
        links, pictures = _pages_of(told, payload, skeleton)
        splice(skeleton, Path(payload["out"]), pictures)
    finally:
        skeleton.unlink(missing_ok=True)
    return {"links": links}


def _pages_of(told: Mapping[str, Any], payload: Mapping[str, Any], skeleton: Path) -> tuple[int, dict[bytes, Wanted]]:
    """Write the finished pages, with letters for pictures; how many links there are, and the pictures."""
    with pikepdf.open(payload["joined"], access_mode=pikepdf.AccessMode.stream) as pdf:
        if len(pdf.pages) != told["pages"]:
            raise Refused("pages_differ")
        links = _Pages(pdf, told).finish()
        listed = Path(payload["manifest"]).read_bytes()
        pictures = dict(_pictures(pdf, told["pictures"], listed))
        _bookmark(pdf, told["outline"])
        faults = archival.page_faults(pdf)
        _describe(pdf, told, archival.noted(listed, faults))
        if not faults:
            archival.claim(pdf, told["made_at"])
        pdf.save(skeleton, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    _check_written(skeleton)
    return links, pictures


def join(parts: Sequence[Mapping[str, Any]], out: str) -> None:
    """Join files by their paths: memory does not grow with their size."""
    pages: list[str] = []
    for path, first, last in _runs(parts):
        pages += [path, f"{first + 1}-{last}"]
    options = ["--deterministic-id", "--remove-unreferenced-resources=no"]
    if len({part["path"] for part in parts}) <= MOST_OPEN:  # else it opens and reads each again at every page
        options.append("--keep-files-open=y")
    pikepdf.Job(["join", "--empty", *options, "--pages", *pages, "--", out]).run()
    _check_written(out)


def _size_of(parts: Sequence[Mapping[str, Any]]) -> int:
    return sum(os.path.getsize(path) for path in {part["path"] for part in parts})


def _check_room(path: str, wanted: int) -> None:
    """Ask for as much room as the file will take, and give it back: the library ends the process where it finds none.

    Raises:
        OSError: there is none.
    """
    with open(path, "wb") as file:
        try:
            os.posix_fallocate(file.fileno(), 0, wanted)
        except OSError as error:
            if error.errno in DISK_ERRORS:
                raise
        file.truncate(0)


def _check_written(path: str | Path) -> None:
    """The library says nothing when the disk takes no more: its file only ends too early.

    Raises:
        OSError: there was no room.
    """
    with open(path, "rb") as file:
        file.seek(max(os.path.getsize(path) - len(LAST_WORD), 0))
        if file.read() != LAST_WORD:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _runs(parts: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, int, int]]:
    """Pages that follow each other in one file, as long as they do: asking for each apart takes the joiner longer."""
    path, first, last = "", 0, 0
    for part in parts:
        if part["path"] == path and part["first"] == last:
            last += part["pages"]
            continue
        if path:
            yield path, first, last
        path, first, last = part["path"], part["first"], part["first"] + part["pages"]
    if path:
        yield path, first, last


def _pictures(pdf: pikepdf.Pdf, pictures: Mapping[str, Sequence[Any]], listed: bytes) -> Iterator[tuple[bytes, Wanted]]:
    """Letters in the place of each picture, which the last writing looks for.

    Nobody who made a page can have written them: they follow from the digests of all that the bundle holds.
    """
    secret = hashlib.sha256(listed).hexdigest()
    pages = list(pdf.pages)
    for number, wanted in pictures.items():
        letters = letters_of(int(number), secret)
        image = pages[int(number)].resources.XObject.Picture
        image.write(letters, filter=pikepdf.Name.DCTDecode)
        yield letters, Wanted(*wanted)


class _Pages:
    """The pages of one volume, with what is drawn on each."""

    def __init__(self, pdf: pikepdf.Pdf, told: Mapping[str, Any]) -> None:
        self.pdf, self.told = pdf, told
        self.places = told["places"]
        self.pages = list(pdf.pages)
        words = [told["reference"], told["copy_mark"], *(word for pair in told["headers"].values() for word in pair)]
        words += {letter for text, _ in told["read"].values() for letter in text}
        self.font = StampFont(pdf, "".join(words))
        self.links = 0

    def finish(self) -> int:
        """Lead the links, draw the numbers; how many links there are."""
        index = self.places["index"]
        for number, page in enumerate(self.pages):
            width, height = float(page.mediabox[2]), float(page.mediabox[3])
            stamps = self._lead_links(page)
            stamps += self._foot(number, width) + self._head(number, height)
            if index[0] is not None and number > index[0]:
                stamps.append(Stamp(INDEX_WORDS, "centre", BOTTOM))
                self._add_link(page, self.font.box(INDEX_WORDS, width), self._destination(index[0], index[1]))
            draw(page, self.font, stamps, width)
            if str(number) in self.told["read"]:
                lay(page, self.font, *self.told["read"][str(number)])
        return self.links

    def _foot(self, number: int, width: float) -> list[Stamp]:
        moved = shift(self.told["copy_mark"], number)
        left = Stamp(self.told["reference"] or ".", "left", BOTTOM + moved.left_y, x=SIDE + moved.left_x)
        return [left, Stamp(self._number(number), "right", BOTTOM + moved.right_y)]

    def _number(self, number: int) -> str:
        start, letter = next(run for run in reversed(self.told["runs"]) if run[0] <= self.told["first"] + number)
        own = self.told["first"] + number - start + 1
        return f"Page {letter}{own}" if letter else f"Page {own} of {self.told['all_pages']}"

    def _head(self, number: int, height: float) -> list[Stamp]:
        stamps = [Stamp(self.told["copy_mark"], "centre", height - BOTTOM)] if self.told["copy_mark"] else []
        if str(number) in self.told["headers"]:
            left, right = self.told["headers"][str(number)]
            stamps += [Stamp(left, "left", height - BOTTOM), Stamp(right, "right", height - BOTTOM)]
        return stamps

    def _lead_links(self, page: pikepdf.Page) -> list[Stamp]:
        """Lead each link of a page to its place, and draw the page's number where room was left for it."""
        stamps, kept = [], []
        for annotation in page.obj.get("/Annots", ()):
            action = annotation.get("/A")
            address = str(action.get("/URI", "")) if action is not None else ""
            place = self._place(address)
            if address.startswith(PAGE):
                _, side, size, _ = address.split(":", 3)
                left, bottom, right, _ = (float(edge) for edge in annotation.Rect)
                x, align = (left, "left") if side == "l" else (right, "right")
                stamps.append(Stamp(place[2], align, bottom, float(size), x))
            if place[0] is not None:
                del annotation["/A"]
                annotation.Dest = self._destination(place[0], place[1])
                annotation.F = 4  # printed with the page, as archives ask
                self.links += 1
                kept.append(annotation)
        if "/Annots" in page.obj:
            page.obj.Annots = Array(kept)
        return stamps

    def _place(self, address: str) -> Sequence[Any]:
        found = None
        if address.startswith(PAGE):
            found = self.places.get(address.split(":", 3)[3])
        elif address.startswith(PLACE):
            found = self.places.get(address.removeprefix(PLACE))
        if found is None:
            raise Refused("links_differ")
        return found

    def _destination(self, page: int, height: float) -> Array:
        return Array([self.pages[page].obj, Name.XYZ, 0, round(height + 8, 2), None])

    def _add_link(self, page: pikepdf.Page, box: list[float], destination: Array) -> None:
        link = Dictionary(
            Type=Name.Annot, Subtype=Name.Link, Rect=Array(box), Border=Array([0, 0, 0]), F=4, Dest=destination
        )
        if Name.Annots not in page.obj:
            page.obj.Annots = Array()
        page.obj.Annots.append(self.pdf.make_indirect(link))


def _bookmark(pdf: pikepdf.Pdf, marks: list[Mapping[str, Any]]) -> None:
    pages = list(pdf.pages)
    with pdf.open_outline() as outline:
        outline.root.extend(_items(pages, marks))


def _items(pages: Sequence[pikepdf.Page], marks: list[Mapping[str, Any]]) -> Iterator[OutlineItem]:
    for mark in marks:
        target = Array([pages[mark["page"]].obj, Name.XYZ, 0, round(mark["height"] + 8, 2), None])
        item = OutlineItem(mark["title"], target)
        item.is_closed = True
        item.children.extend(_items(pages, mark["below"]))
        yield item


def page_labels(runs: Sequence[tuple[int, str]], first: int, pages: int) -> Iterator[tuple[int, str, int]]:
    """How the pages of a volume are numbered: from which of its pages on, the letter before it, the first number."""
    for number, (start, letter) in enumerate(runs):
        end = runs[number + 1][0] if number + 1 < len(runs) else first + pages
        if start < first + pages and end > first:
            yield max(start - first, 0), letter, max(first - start, 0) + 1


def _describe(pdf: pikepdf.Pdf, told: Mapping[str, Any], manifest: bytes) -> None:
    """Language, page labels, opening view and the embedded list; nothing that names the matter."""
    root, made_at = pdf.Root, told["made_at"]
    root.Lang = String("en-GB")
    labels: list[Any] = []
    for start, letter, number in page_labels(told["runs"], told["first"], told["pages"]):
        numbered = Dictionary(S=Name.D, St=number)
        if letter:
            numbered.P = String(letter)
        labels += [start, numbered]
    root.PageLabels = Dictionary(Nums=Array(labels))
    root.PageMode = Name.UseOutlines
    root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    root.OpenAction = Array([pdf.pages[0].obj, Name.XYZ, None, None, 1])
    if Name.Metadata in root:
        del root.Metadata
    pdf.trailer.Info = pdf.make_indirect(
        Dictionary(Title=String("Document"), CreationDate=String(made_at), ModDate=String(made_at))
    )
    embedded = pikepdf.AttachedFileSpec(
        pdf,
        manifest,
        description="SHA-256 of every original and entry",
        filename=MANIFEST,
        mime_type="application/json",
        creation_date=made_at,
        mod_date=made_at,
    )
    embedded.relationship = Name.Data
    pdf.attachments[MANIFEST] = embedded


def pages_of(pdf: pikepdf.Pdf) -> dict[tuple[int, int], int]:
    """Page index by the page's own object number: where a destination leads."""
    return {page.obj.objgen: number for number, page in zip(count(), pdf.pages, strict=False)}
