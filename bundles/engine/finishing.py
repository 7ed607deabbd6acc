"""What runs in the child process at the end: parts joined, numbers drawn, links and bookmarks led to their pages."""

import errno
import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from bundles.engine import archival, links
from bundles.engine.copymarks import shift
from bundles.engine.finished import MANIFEST, page_labels
from bundles.engine.leading import PAGE, PLACE, Bookmarks, destination
from bundles.engine.splicing import Changes, Picture, Wanted, splice, stream
from bundles.engine.stamping import BOTTOM, INDEX_WORDS, SIDE, Stamp, StampFont, lend
from bundles.engine.stamping import drawn as drawn_by
from bundles.engine.unseen import laid
from jobs.child import DISK_ERRORS, Refused

LAST_WORD = b"%%EOF\n"
LINK = b"<< /Border [ 0 0 0 ] /Dest %s /F 4 /Rect [ %g %g %g %g ] /Subtype /Link /Type /Annot >>"
MOST_OPEN = 500  # files at once: half of what a process may have


def warm() -> None:
    """Nothing more to load than this module."""


def join_parts(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Join the parts of one volume to one file: in a process of its own, whose memory is given back with it.

    Args:
        payload: `parts` is the path of a JSON file: path, first page from 0 and pages of each; `joined` the path to
            write.
    """
    parts = json.loads(Path(payload["parts"]).read_text())
    _check_room(payload["joined"], _size_of(parts))
    join(parts, payload["joined"])
    return {}


def finish(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Finish the file that the parts of one volume were joined to; the seal comes after.

    Args:
        payload: `plan` is the path of a JSON file (`finishing_plan`): parts, pages, first (page of the bundle the
            volume begins with), places (volume's page index or none, height, printed number by name), headers,
            pictures (path and size by page index), outline, runs, reference, copy_mark, made_at, read (words and box
            by page index); `manifest` the path of the list to embed; `joined` is what `join_parts` wrote, `out` the
            path to write.

    Raises:
        Refused: `pages_differ`, `links_differ` or `pictures_differ`: the file is not as planned.
    """
    told = json.loads(Path(payload["plan"]).read_text())
    _check_room(payload["out"], _size_of(told["parts"]) + sum(size for _, size in told["pictures"].values()))
    with pikepdf.open(payload["joined"], access_mode=pikepdf.AccessMode.stream) as pdf:
        if len(pdf.pages) != told["pages"]:
            raise Refused("pages_differ")
        finished = _Finished(pdf, told, Path(payload["manifest"]).read_bytes())
        trailer = finished.write()
        splice(Path(payload["joined"]), Path(payload["out"]), finished.changes, trailer)
    _check_written(payload["out"])
    return {"links": finished.links}


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


class _Finished:
    """The pages of one volume, with what is drawn on each, and all that is said of them together.

    The library reads what was joined, and is told what a page holds and what the file says of itself; it writes
    nothing. What changed is written by `splicing`, links and bookmarks among it as they stand in a file.
    """

    def __init__(self, pdf: pikepdf.Pdf, told: Mapping[str, Any], listed: bytes) -> None:
        self.pdf, self.told, self.places = pdf, told, told["places"]
        self.pages: list[Any] = [page.obj for page in pdf.pages]
        self.numbers = [page.objgen[0] for page in self.pages]
        self.links = 0
        self.shared: dict[str, int] = {}
        left = self._take_links()
        known = int(pdf.trailer.Size)
        self.font = StampFont(pdf, self._letters())
        faults = _faults(pdf, told["parts"])
        self.listed = archival.noted(listed, faults)
        self.outline = pdf.make_indirect(Dictionary())
        pdf.Root.Outlines = self.outline
        _describe(pdf, told, self.listed)
        if not faults:
            archival.claim(pdf, told["made_at"])
        # From here on numbers are given away here, and not by the library.
        following = pdf.make_indirect(Dictionary()).objgen[0]
        self.changes = Changes(following)
        self.changes.leave(left)
        self.changed = [pdf.Root, *(pdf.get_object(number, 0) for number in range(known, following))]

    def _take_links(self) -> list[int]:
        """Take the links off every page; the numbers of objects that nobody wants any more."""
        self.rows, left = [], list[int]()
        for number, page in enumerate(self.pages):
            is_ours = str(number) not in self.told["headers"]
            noted = links.noted(page, is_ours=is_ours)
            found, numbers = links.take(page)
            if found and not is_ours:  # pages from outside were made without any
                raise Refused("links_differ")
            self.rows.append([*noted, *found])
            left += numbers
        return list(dict.fromkeys(left))

    def _letters(self) -> str:
        told = self.told
        words = [told["reference"], told["copy_mark"], *(word for pair in told["headers"].values() for word in pair)]
        words += {letter for text, _ in told["read"].values() for letter in text}
        return "".join(words)

    def write(self) -> bytes:
        """Lay everything in its place among the changes; what the end of the file says."""
        for number, page in enumerate(self.pages):
            self._write_page(number, page)
        for number, wanted in self.told["pictures"].items():
            image = self.pages[int(number)].Resources.XObject.Picture
            self.changes.by[image.objgen[0]] = Picture(_told_of(image, Filter=Name.DCTDecode), Wanted(*wanted))
        for thing in self.changed:
            self.changes.by[thing.objgen[0]] = _body(thing)
        bookmarks = Bookmarks(self.changes, self.numbers)
        self.changes.by[self.outline.objgen[0]] = bookmarks.write(self.told["outline"], self.outline.objgen[0])
        root, info, name = self.pdf.Root.objgen[0], self.pdf.trailer.Info.objgen[0], self._identity()
        return b"/Root %d 0 R /Info %d 0 R /ID [<%s><%s>] " % (root, info, name, name)

    def _identity(self) -> bytes:
        """What names the file: it follows from all that is in it."""
        told = [self.told[name] for name in ("reference", "copy_mark", "headers", "outline", "read")]
        joined = bytes(self.pdf.trailer.ID[0])
        return hashlib.sha256(joined + self.listed + json.dumps(told).encode()).hexdigest()[:32].encode()

    def _write_page(self, number: int, page: Any) -> None:
        width, height = float(page.MediaBox[2]), float(page.MediaBox[3])
        marks, stamps = self._led(number)
        stamps += self._foot(number, width) + self._head(number, height)
        index = self.places["index"]
        is_behind = index[0] is not None and number > index[0]
        if is_behind:
            marks.append(self._mark(self.font.box(INDEX_WORDS, width), index))
        # The page's own drawing is closed off, so that nothing in it moves the stamps.
        drawn = [self._shared("q\n"), *_contents(page), self._shared(self._same(width, height, is_behind=is_behind))]
        drawn.append(self.changes.add(stream(drawn_by(self.font, stamps, width).encode(), is_plain=True)))
        if str(number) in self.told["read"]:
            read, box = self.told["read"][str(number)]
            words = laid(self.font, read, box, (width, height))
            drawn += [self.changes.add(stream(words.encode()))] if words else []
        self.changed += lend(page, self.font)
        if "/Contents" in page:
            del page["/Contents"]
        self.changes.by[self.numbers[number]] = b"%s /Contents [ %s ] /Annots [ %s ] >>" % (
            page.unparse(resolved=True).removesuffix(b" >>"), _references(drawn), _references(marks)
        )  # fmt: skip

    def _shared(self, drawing: str) -> int:
        """What is drawn on many pages in the same way stands in the file once."""
        if drawing not in self.shared:
            self.shared[drawing] = self.changes.add(stream(drawing.encode(), is_plain=True))
        return self.shared[drawing]

    @cache  # noqa: B019 - of one bundle, in a process of its own
    def _same(self, width: float, height: float, *, is_behind: bool) -> str:
        """What is the same on all pages of a size, behind their own drawing."""
        stamps = [Stamp(self.told["copy_mark"], "centre", height - BOTTOM)] if self.told["copy_mark"] else []
        stamps += [Stamp(INDEX_WORDS, "centre", BOTTOM)] if is_behind else []
        return "\nQ\n" + (drawn_by(self.font, stamps, width) if stamps else "")

    def _foot(self, number: int, width: float) -> list[Stamp]:
        moved = shift(self.told["copy_mark"], number)
        left = Stamp(self.told["reference"] or ".", "left", BOTTOM + moved.left_y, x=SIDE + moved.left_x)
        return [left, Stamp(self._number(number), "right", BOTTOM + moved.right_y)]

    def _number(self, number: int) -> str:
        start, letter = next(run for run in reversed(self.told["runs"]) if run[0] <= self.told["first"] + number)
        own = self.told["first"] + number - start + 1
        return f"Page {letter}{own}" if letter else f"Page {own} of {self.told['all_pages']}"

    def _head(self, number: int, height: float) -> list[Stamp]:
        if str(number) not in self.told["headers"]:
            return []
        left, right = self.told["headers"][str(number)]
        return [Stamp(left, "left", height - BOTTOM), Stamp(right, "right", height - BOTTOM)]

    def _led(self, number: int) -> tuple[list[int], list[Stamp]]:
        """Each link of a page led to its place, and the place's page number where room was left for it."""
        marks, stamps = [], []
        for box, address in self.rows[number]:
            place = self._place(address)
            if address.startswith(PAGE):
                _, side, size, _ = address.split(":", 3)
                x, align = (box[0], "left") if side == "l" else (box[2], "right")
                stamps.append(Stamp(place[2], align, box[1], float(size), x))
            if place[0] is not None:
                marks.append(self._mark(box, place))
                self.links += 1
        return marks, stamps

    def _place(self, address: str) -> Sequence[Any]:
        found = None
        if address.startswith(PAGE):
            found = self.places.get(address.split(":", 3)[3])
        elif address.startswith(PLACE):
            found = self.places.get(address.removeprefix(PLACE))
        if found is None:
            raise Refused("links_differ")
        return found

    def _mark(self, box: Sequence[float], place: Sequence[Any]) -> int:
        """A link, printed with the page, as archives ask."""
        told = (destination(self.numbers[place[0]], place[1]), *box)
        return self.changes.add(LINK % told)


def _faults(pdf: pikepdf.Pdf, parts: Sequence[Mapping[str, Any]]) -> list[str]:
    """What archives mind in the pages: as was found when each was made, where anybody looked."""
    found, unknown, pages, start = set[str](), [], list(pdf.pages), 0
    for part in parts:
        if part["faults"] is None:
            unknown += pages[start : start + part["pages"]]
        found.update(part["faults"] or ())
        start += part["pages"]
    return sorted({*found, *archival.page_faults(pdf, unknown)})


def _contents(page: Any) -> list[int]:
    """The numbers of what is drawn on a page."""
    contents: Any = page.get("/Contents", [])
    return [each.objgen[0] for each in (contents if isinstance(contents, Array) else [contents])]


def _references(numbers: Sequence[int]) -> bytes:
    return b" ".join(b"%d 0 R" % number for number in numbers)


def _body(thing: Any) -> bytes:
    """An object as it stands in a file; what is said about the whole file is left for anybody to read."""
    if not isinstance(thing, pikepdf.Stream):
        return bytes(thing.unparse(resolved=True))
    is_plain = "/Filter" in thing or thing.get("/Type") == "/Metadata"
    return stream(thing.read_raw_bytes(), _told_of(thing), is_plain=is_plain)


def _told_of(thing: Any, **other: Any) -> bytes:
    """What a stream's dictionary says, but for its length."""
    told = Dictionary({key: value for key, value in thing.stream_dict.items() if key != "/Length"})
    for name, value in other.items():
        told[f"/{name}"] = value
    return bytes(told.unparse(resolved=True).removeprefix(b"<< ").removesuffix(b">>"))


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
