"""What runs in the child process for a PDF that broke off: the pages that are still in it, under a list of our own.

Such a file lost its end, and with it the list of where its parts are. A copy is made, the parts are looked for in it
one by one, and what is a page is put into a document again. The file that was sent is only read.
"""

import mmap
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from os import SEEK_END
from tempfile import TemporaryFile
from typing import BinaryIO, NamedTuple, cast

import pikepdf
from pikepdf import Name

MOST_PACKED_BYTES = 50_000_000
LONGEST_HEAD = 16_384
DEEPEST = 50
PASSED_ON = ("/Resources", "/MediaBox", "/CropBox", "/Rotate")
_PART = re.compile(rb"(?<![\d.])(\d{1,8})\s{1,4}\d{1,5}\s{1,4}obj\b")
_STREAM = re.compile(rb"\bstream\r?\n")
_PAGE = re.compile(rb"/Type\s*/Page(?![A-Za-z])")
_PACKED = re.compile(rb"/Type\s*/ObjStm\b")
_LENGTH = re.compile(rb"/Length\s+(\d{1,10})(?!\s+\d+\s+R)")
_CATALOG = re.compile(rb"/Type\s*/Catalog\b")
_ANY_LENGTH = re.compile(rb"/Length\s+\d{1,10}(\s+\d+\s+R)?")
_LOCKED = re.compile(rb"/Filter\s*/Standard\b|/Encrypt\b")


class _Part(NamedTuple):
    """One part of a file: its number, where it begins and how its own words begin; of a stream where that begins."""

    number: int
    at: int
    head: bytes
    stream_at: int | None
    ends_at: int


class StillLocked(Exception):
    """What broke off is locked with a password: its parts cannot be told apart from outside."""


@dataclass
class _Found:
    """Where the parts are in the copy, which of them are pages in their order, and the last list of them, if any."""

    places: dict[int, int] = field(default_factory=dict)
    pages: list[int] = field(default_factory=list)
    catalog: int = 0
    left: int = MOST_PACKED_BYTES

    def note(self, number: int, at: int, words: bytes) -> None:
        self.places[number] = at
        if _PAGE.search(words):
            self.pages.append(number)
        if _CATALOG.search(words):
            self.catalog = number


@contextmanager
def rebuilt(path: str, folder: str) -> Iterator[pikepdf.Pdf]:
    """The document that can still be made of the file at `path`; the copy lies in `folder`, without a name.

    The library can look for parts too, but takes those of a document that is attached for the file's own.

    Raises:
        StillLocked: it is locked.
        pikepdf.PdfError: no page is left in it.
    """
    with TemporaryFile(dir=folder) as file:
        copy = cast(BinaryIO, file)
        found = _copied(path, copy)
        if not found.pages:
            raise pikepdf.PdfError("no page is left")
        with _listed(copy, found) or _put_together(copy, found) as document:
            yield document


def _listed(copy: BinaryIO, found: _Found) -> pikepdf.Pdf | None:
    """The document by its own list of pages: it knows their order, and which were taken out; none if that is lost."""
    if not found.catalog:
        return None
    _write_list(copy, found.places, found.catalog)
    try:
        document = _opened(copy)
        if len(document.pages):
            return document
    except (pikepdf.PdfError, ValueError, TypeError, KeyError):
        pass  # the list, or what it lists, is gone with the end of the file
    return None


def _put_together(copy: BinaryIO, found: _Found) -> pikepdf.Pdf:
    """A document of all pages that were found, in the order in which they stand in the file."""
    copy.seek(0, SEEK_END)
    root = max(found.places) + 1
    more = {root: b"<< /Type /Catalog /Pages %d 0 R >>" % (root + 1), root + 1: b"<< /Type /Pages /Kids [] /Count 0 >>"}
    for number, body in more.items():
        found.places[number] = _append(copy, number, body)
    _write_list(copy, found.places, root)
    document = _opened(copy)
    for number in dict.fromkeys(found.pages):
        _put_back(document, number)
    return document


def _opened(copy: BinaryIO) -> pikepdf.Pdf:
    copy.seek(0)
    return pikepdf.open(copy, attempt_recovery=False)


def _copied(path: str, copy: BinaryIO) -> _Found:
    """Copy the file, and unpack behind it what is packed in it."""
    found = _Found()
    with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        copy.write(data)
        if _LOCKED.search(data, max(0, data.rfind(b"trailer"))):
            raise StillLocked
        for part in _parts(data):
            if _LOCKED.search(part.head):
                raise StillLocked
            found.note(part.number, part.at, part.head)
            if part.stream_at is not None:
                _open_up(copy, found, part, data[part.stream_at : part.ends_at], is_last=part.ends_at == len(data))
    return found


def _open_up(copy: BinaryIO, found: _Found, part: _Part, stream: bytes, *, is_last: bool) -> None:
    """Put what a stream of parts holds behind the copy, and a stream that broke off with the length it has now."""
    if _PACKED.search(part.head):
        for number, body in _unpacked(stream, part.head, found.left):
            found.left -= len(body)
            found.note(number, _append(copy, number, body), body)
    elif is_last:
        head = _ANY_LENGTH.sub(b"/Length %d " % len(stream), part.head)
        found.places[part.number] = _append(copy, part.number, head + b"stream\n" + stream + b"\nendstream")


def _append(copy: BinaryIO, number: int, body: bytes) -> int:
    at = copy.tell() + 1
    copy.write(b"\n%d 0 obj\n%s\nendobj\n" % (number, body))
    return at


def _parts(data: mmap.mmap) -> Iterator[_Part]:
    """The parts of a file in their order. What lies inside a stream is none: it may be another document."""
    at = 0
    while found := _PART.search(data, at):
        head = data[found.end() : found.end() + LONGEST_HEAD]
        end, begun = head.find(b"endobj"), _STREAM.search(head)
        if begun and (end < 0 or begun.start() < end):
            starts = found.end() + begun.end()
            at = _end_of_stream(data, starts, head[: begun.start()])
            yield _Part(int(found[1]), found.start(), head[: begun.start()], starts, at)
        else:
            at = found.end() if end < 0 else found.end() + end
            yield _Part(int(found[1]), found.start(), head[:end] if end >= 0 else head, None, at)


def _end_of_stream(data: mmap.mmap, starts: int, head: bytes) -> int:
    told = _LENGTH.search(head)
    if told and b"endstream" in data[starts + int(told[1]) : starts + int(told[1]) + 20]:
        return starts + int(told[1])
    end = data.find(b"endstream", starts)
    return end if end >= 0 else len(data)


def _unpacked(packed: bytes, head: bytes, most: int) -> Iterator[tuple[int, bytes]]:
    """The parts in one stream of parts, as far as it goes; none of a stream that is packed in another way."""
    first, count = (re.search(rb"/%s\s+(\d{1,8})" % name, head) for name in (b"First", b"N"))
    if not (first and count) or (b"/Filter" in head and b"/FlateDecode" not in head) or b"/DecodeParms" in head:
        return
    if b"/FlateDecode" in head:
        try:
            packed = zlib.decompressobj().decompress(packed, most)
        except zlib.error:
            return
    numbers = [int(each) for each in re.findall(rb"\d{1,10}", packed[: int(first[1])])[: 2 * int(count[1])]]
    pairs = list(zip(numbers[::2], numbers[1::2], strict=False))
    for (number, start), (_, end) in zip(pairs, [*pairs[1:], (0, len(packed))], strict=True):
        body = packed[int(first[1]) + start : end + (int(first[1]) if end != len(packed) else 0)]
        if body.strip():
            yield number, body


def _write_list(copy: BinaryIO, places: dict[int, int], root: int) -> None:
    starts = copy.tell()
    copy.write(b"xref\n0 1\n0000000000 65535 f \n")
    for number, at in sorted(places.items()):
        copy.write(b"%d 1\n%010d 00000 n \n" % (number, at))
    copy.write(b"trailer\n<< /Root %d 0 R /Size %d >>\nstartxref\n%d\n%%%%EOF\n" % (root, max(places) + 1, starts))


def _put_back(document: pikepdf.Pdf, number: int) -> None:
    """One page at the end of the document, with what the pages above it passed on to it."""
    page = document.get_object(number, 0)
    if not isinstance(page, pikepdf.Dictionary) or page.get("/Type") != Name.Page:
        return  # its own words broke off
    for name in PASSED_ON:
        above, depth = page.get("/Parent"), 0
        while name not in page and isinstance(above, pikepdf.Dictionary) and depth < DEEPEST:
            if name in above:
                page[name] = above[name]
            above, depth = above.get("/Parent"), depth + 1
    if "/MediaBox" not in page:
        page.MediaBox = pikepdf.Array([0, 0, 595, 842])
    document.pages.append(pikepdf.Page(page))
