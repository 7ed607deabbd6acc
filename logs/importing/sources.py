"""Opening what somebody else made: a file or one member of a ZIP, its encoding told by its bytes, its lines bounded."""

import codecs
import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from logs import archives
from logs.importing.items import MAX_RAW, MAX_TEXT, Unreadable
from nsvcs.text import readable

CHUNK_BYTES = 256 * 1024
SAMPLE_BYTES = 1024 * 1024
# A line longer than this is read in pieces; what no reader can bound must not fill the memory.
MAX_LINE = 64 * 1024
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError)


class Broken(Exception):
    """A source that stops half way: everything before it was read."""


@dataclass(frozen=True)
class Line:
    """One line, or a piece of a very long one.

    Args:
        number: counted from 1; pieces of one line share it.
        text: without its end.
        is_start: whether the line begins here.
    """

    number: int
    text: str
    is_start: bool


@dataclass(frozen=True)
class Source:
    """A file, or the member of a ZIP with this place in its table of contents."""

    path: Path
    member: int | None = None

    @contextmanager
    def opened(self) -> Iterator[IO[bytes]]:
        """Its bytes, to be read from the beginning.

        Raises:
            Broken: they stop half way.
        """
        try:
            if self.member is None:
                with self.path.open("rb") as file:
                    yield file
            else:
                with zipfile.ZipFile(self.path) as archive, archive.open(archive.infolist()[self.member]) as part:
                    yield part
        except BROKEN as error:
            raise Broken from error


def entries(path: Path) -> list[zipfile.ZipInfo]:
    """The table of contents of a ZIP that may be opened.

    Raises:
        Unreadable: one of the codes of `logs.archives`, or `locked`.
    """
    try:
        contents = archives.read_contents(path)
    except archives.ArchiveRefused as refused:
        raise Unreadable(refused.code) from refused
    if contents.is_locked:
        raise Unreadable("locked")
    with zipfile.ZipFile(path) as archive:
        return archive.infolist()


def is_zip(path: Path) -> bool:
    """Whether a file begins as a ZIP does."""
    with path.open("rb") as file:
        return file.read(4) in {b"PK\3\4", b"PK\5\6"}


def head(source: Source, size: int = 64 * 1024) -> str:
    """The beginning of a text, for telling what it is."""
    with source.opened() as file:
        start = file.read(size)
    return start.decode(_by_mark(start) or _by_zeros(start) or _sampled(start), errors="replace").lstrip("\ufeff")


def encoding_of(source: Source) -> str:
    """The encoding of a text: by its mark, by its zeros, as UTF-8 if all of it is, else the more likely one.

    Raises:
        Broken: the source stops half way.
    """
    with source.opened() as file:
        start = file.read(SAMPLE_BYTES)
        found = _by_mark(start) or _by_zeros(start)
        if found:
            return found
        decoder = codecs.getincrementaldecoder("utf-8")()
        chunk = start
        try:
            while chunk:
                decoder.decode(chunk)
                chunk = file.read(CHUNK_BYTES)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return _sampled(start)
    return "utf-8"


def lines(source: Source, encoding: str) -> Iterator[Line]:
    """The lines of a text; letters that cannot be read become U+FFFD.

    Raises:
        Broken: the source stops half way.
    """
    with source.opened() as file, io.TextIOWrapper(file, encoding, errors="replace", newline=None) as text:
        number, is_start = 1, True
        while piece := text.readline(MAX_LINE):
            ended = piece.endswith("\n")
            yield Line(number, piece.rstrip("\n").removeprefix("\ufeff" if number == 1 else ""), is_start)
            number, is_start = number + ended, ended


def member_bytes(path: Path, member: str) -> Iterator[bytes]:
    """The bytes of one member of a ZIP, in pieces, no more than its table of contents says.

    Raises:
        Unreadable: there is no such member, or it is damaged.
    """
    found = entries(path)
    if not member.isascii() or not member.isdigit() or int(member) >= len(found):
        raise Unreadable("no_member")
    left = found[int(member)].file_size
    try:
        with Source(path, int(member)).opened() as file:
            while left > 0 and (chunk := file.read(min(left, CHUNK_BYTES))):
                left -= len(chunk)
                yield chunk
    except Broken as broken:
        raise Unreadable("damaged") from broken


def shown(text: str) -> tuple[str, frozenset[str]]:
    """Readable text of a bounded length, with the marks that this earns."""
    marks = set()
    if "\ufffd" in text:
        marks.add("damaged")
    text = readable(text)
    if len(text) > MAX_TEXT:
        text = text[:MAX_TEXT]
        marks.add("cut")
    return text, frozenset(marks)


def short(raw: str) -> str:
    """The source's own words, as far as they are kept."""
    return raw[:MAX_RAW].replace("\x00", "\ufffd")


def _by_mark(start: bytes) -> str:
    if start.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    return ""


def _by_zeros(start: bytes) -> str:
    pairs = len(start) // 2
    even, odd = start[0 : 2 * pairs : 2].count(0), start[1 : 2 * pairs : 2].count(0)
    if pairs < 8 or max(even, odd) * 3 < pairs or min(even, odd) * 4 > max(even, odd):
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def _sampled(start: bytes) -> str:
    """UTF-8 with some damage, or the old Windows encoding: whichever explains more of the letters beyond ASCII."""
    text = start.decode("utf-8", errors="replace")
    bad = text.count("\ufffd")
    good = sum(character > "\x7f" for character in text) - bad
    return "utf-8" if good >= bad else "cp1252"
