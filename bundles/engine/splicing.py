"""The last writing of a file: it is copied as it is, and some of its objects are written anew on the way.

What is put into a file that is already joined is little beside all that it holds: what is drawn on each page, where
links and bookmarks lead, and the bytes of pictures. To have a library read the file whole and write it whole costs far
more. Here each object that changes is written in the place of the old one, further ones behind the last, and the file's
own table of where everything stands is made anew; a picture's bytes are read once and written once.
"""

import os
import re
import zlib
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO, NamedTuple

from bundles.engine.pictures import PictureError, read
from jobs.child import Refused

BLOCK = 1024 * 1024
TABLE = re.compile(rb"xref\n0 (\d+)\n")
START = re.compile(rb"startxref\n(\d+)\n%%EOF\n\Z")
LINE_BYTES = 20
NOTHING = b"null"


class Wanted(NamedTuple):
    """A picture: where its copy lies, and how many bytes of it are shown."""

    path: str
    size: int


class Picture(NamedTuple):
    """A picture's object.

    Attributes:
        told: what its dictionary says, without the brackets and the length.
        wanted: its bytes.
    """

    told: bytes
    wanted: Wanted


Body = bytes | Picture


class Changes:
    """Objects that are written anew, and further ones.

    Attributes:
        by: what stands in an object's place, by its number.
    """

    def __init__(self, following: int) -> None:
        """Begin.

        Args:
            following: the first number that no object has.
        """
        self.by: dict[int, Body] = {}
        self.size = following
        self._left: list[int] = []

    def leave(self, numbers: Sequence[int]) -> None:
        """These objects are no longer wanted; others get their numbers."""
        self._left += numbers
        self.by |= dict.fromkeys(numbers, NOTHING)

    def number(self) -> int:
        """The number of an object that is set later."""
        if self._left:
            return self._left.pop()
        self.size += 1
        return self.size - 1

    def add(self, body: Body) -> int:
        """A further object; returns its number."""
        number = self.number()
        self.by[number] = body
        return number


def stream(data: bytes, told: bytes = b"", *, is_plain: bool = False) -> bytes:
    """An object with data.

    Args:
        data: what it holds.
        told: what its dictionary says besides.
        is_plain: as it is; otherwise it is pressed.
    """
    if not is_plain:
        data, told = zlib.compress(data), told + b"/Filter /FlateDecode "
    return b"<< %s/Length %d >>\nstream\n%s\nendstream" % (told, len(data), data)


def splice(joined: Path, out: Path, changes: Changes, trailer: bytes) -> None:
    """Write a file with its changes.

    Args:
        joined: a file with a plain table of objects, as `object_stream_mode=disable` writes it.
        out: the file to write.
        changes: objects of it that change, and further ones.
        trailer: what the table's end says, without the brackets and the size.

    Raises:
        Refused: `pictures_differ`: a picture is not as large as when the pages were planned, or the file is of another
            form.
    """
    with joined.open("rb") as file, out.open("wb") as written:
        end, places = _table(file)
        where = [0] * max(changes.size, len(places))
        order = sorted((number for number in range(1, len(places)) if places[number]), key=places.__getitem__)
        start, moved = 0, 0
        for number, following in pairwise([*order, 0]):
            if number not in changes.by:
                where[number] = places[number] + moved
                continue
            _copy(file, written, start, places[number])
            where[number] = written.tell()
            _write(written, number, changes.by[number])
            start = places[following] if following else end
            moved = written.tell() - start
        _copy(file, written, start, end)
        for number in sorted(changes.by.keys() - set(order)):
            where[number] = written.tell()
            _write(written, number, changes.by[number])
        _write_table(written, where, trailer)


def _write(out: BinaryIO, number: int, body: Body) -> None:
    if isinstance(body, bytes):
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
        return
    data = _bytes_of(body.wanted)
    out.write(b"%d 0 obj\n<< %s/Length %d >>\nstream\n" % (number, body.told, len(data)))
    out.write(data)
    out.write(b"\nendstream\nendobj\n")


def _bytes_of(wanted: Wanted) -> bytes:
    try:
        data = Path(wanted.path).read_bytes() if os.path.getsize(wanted.path) == wanted.size else read(wanted.path).data
    except (PictureError, OSError):
        raise Refused("pictures_differ") from None
    if len(data) != wanted.size:  # whether it is the same is seen when the whole file is looked over
        raise Refused("pictures_differ")
    return data


def _copy(file: BinaryIO, out: BinaryIO, start: int, end: int) -> None:
    file.seek(start)
    while start < end and (block := file.read(min(BLOCK, end - start))):
        out.write(block)
        start += len(block)


def _table(file: BinaryIO) -> tuple[int, list[int]]:
    """Where the table of objects stands, and where each object by its number; 0 for one that is not in use."""
    size = file.seek(0, 2)
    file.seek(max(0, size - 100))
    start = START.search(file.read())
    at = int(start[1]) if start else 0
    file.seek(at)
    rest = file.read()
    head = TABLE.match(rest)
    if not start or not head:
        raise Refused("pictures_differ")
    return at, list(_places(rest[head.end() : head.end() + int(head[1]) * LINE_BYTES]))


def _places(lines: bytes) -> Iterator[int]:
    for at in range(0, len(lines), LINE_BYTES):
        yield int(lines[at : at + 10]) if lines[at + 17 : at + 18] == b"n" else 0


def _write_table(out: BinaryIO, where: Sequence[int], trailer: bytes) -> None:
    at = out.tell()
    lines = b"".join(b"%010d 00000 n \n" % place if place else b"0000000000 65535 f \n" for place in where)
    out.write(b"xref\n0 %d\n" % len(where) + lines)
    out.write(b"trailer << %s/Size %d >>\nstartxref\n%d\n%%%%EOF\n" % (trailer, len(where), at))
