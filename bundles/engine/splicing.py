"""Pictures put into a finished file while it is written for the last time: their bytes are read once and written once.

While a file is put together, a few letters stand where a picture's bytes belong, so that nothing has to be read and
written over and over. This is the last writing: the file is copied as it is, each picture takes the place of its
letters, its length is set, and the file's own table of where everything stands is made anew. What stands where is found
by letters that nobody who made a page of the file could have known.
"""

import os
import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple

from bundles.engine.pictures import PictureError, read
from jobs.child import Refused

BLOCK = 1024 * 1024
BEFORE = 400  # an image's own dictionary, as the library writes it, with room to spare
TABLE = re.compile(rb"xref\n0 (\d+)\n")
LETTERS = re.compile(rb"picture \d+ [0-9a-f]{64}")
START = re.compile(rb"startxref\n(\d+)\n%%EOF\n\Z")
LINE_BYTES = 20


def letters_of(number: int, secret: str) -> bytes:
    """What stands in the place of a picture.

    Args:
        number: of the picture, within its file.
        secret: 64 letters 0 to 9 and a to f, which nobody who made a page of the file could have known.
    """
    return f"picture {number} {secret}".encode()


class Wanted(NamedTuple):
    """A picture: where its copy lies, and how many bytes of it are shown."""

    path: str
    size: int


class Swap(NamedTuple):
    """Some bytes of the file, and what goes there."""

    at: int
    until: int
    by: bytes | Wanted


def splice(skeleton: Path, out: Path, pictures: Mapping[bytes, Wanted]) -> None:
    """Write `skeleton` to `out` with its pictures in their places.

    Args:
        skeleton: a file with a plain table of objects, as `object_stream_mode=disable` writes it.
        out: the file to write.
        pictures: each picture by the letters that stand for it, as `letters_of` makes them.

    Raises:
        Refused: `pictures_differ`: a picture is not as large as when the pages were planned, or has no place.
    """
    with skeleton.open("rb") as file:
        table_at, table, trailer = _table(file)
        places = list(_found(file, table_at, list(pictures)))
        if len(places) != len(pictures):
            raise Refused("pictures_differ")
        swaps = [swap for at, letters in places for swap in _of_picture(file, at, len(letters), pictures[letters])]
        with out.open("wb") as written:
            shifts = list(_write(file, written, swaps, table_at))
            _write_table(written, table, trailer, shifts, table_at)


def _found(file: BinaryIO, end: int, letters: Sequence[bytes]) -> Iterator[tuple[int, bytes]]:
    """Where each of some letters stands in the file, each once.

    Raises:
        Refused: `pictures_differ`: one of them stands there twice.
    """
    if not letters:
        return
    longest, wanted, known = max(map(len, letters)), set(letters), frozenset(letters)
    file.seek(0)
    start, kept = 0, b""
    while start < end and (block := file.read(min(BLOCK, end - start))):
        window, base = kept + block, start - len(kept)
        for match in LETTERS.finditer(window):
            if match[0] not in known:
                continue  # words of a page that happen to look like it
            if match[0] not in wanted:
                raise Refused("pictures_differ")
            wanted.discard(match[0])
            yield base + match.start(), match[0]
        start += len(block)
        kept = window[-(longest - 1) :]


def _of_picture(file: BinaryIO, at: int, length: int, wanted: Wanted) -> Iterator[Swap]:
    """Two changes: the length that the dictionary tells, and the bytes."""
    file.seek(max(0, at - BEFORE))
    head = file.read(min(BEFORE, at))
    told = b"/Length %d " % length
    where = head.rfind(told)
    if where < 0 or not head.endswith(b"stream\n") or b"endobj" in head[where:]:
        raise Refused("pictures_differ")
    dictionary_at = at - len(head) + where
    yield Swap(dictionary_at, dictionary_at + len(told), b"/Length %d " % wanted.size)
    yield Swap(at, at + length, wanted)


def _write(file: BinaryIO, out: BinaryIO, swaps: Sequence[Swap], end: int) -> Iterator[tuple[int, int]]:
    """Copy the file up to its table, with the changes; where each ends, and how far all behind it has moved by then."""
    done, grown = 0, 0
    for swap in sorted(swaps, key=lambda swap: swap.at):
        _copy(file, out, done, swap.at)
        data = _bytes_of(swap.by) if isinstance(swap.by, Wanted) else swap.by
        out.write(data)
        grown += len(data) - (swap.until - swap.at)
        done = swap.until
        yield swap.until, grown
    _copy(file, out, done, end)


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


def _table(file: BinaryIO) -> tuple[int, bytes, bytes]:
    """Where the table of objects stands, its lines, and what follows it."""
    size = file.seek(0, 2)
    file.seek(max(0, size - 100))
    start = START.search(file.read())
    at = int(start[1]) if start else 0
    file.seek(at)
    rest = file.read()
    head = TABLE.match(rest)
    if not start or not head:
        raise Refused("pictures_differ")
    lines = head.end() + int(head[1]) * LINE_BYTES
    return at, rest[:lines], rest[lines:]


def _write_table(out: BinaryIO, table: bytes, trailer: bytes, shifts: Sequence[tuple[int, int]], table_at: int) -> None:
    """The table with every object where it stands now."""
    ends = [end for end, _ in shifts]

    def moved(at: int) -> int:
        before = bisect_left(ends, at + 1)
        return at + (shifts[before - 1][1] if before else 0)

    head = TABLE.match(table)
    start = head.end() if head else 0
    out.write(table[:start])
    for line in (table[place : place + LINE_BYTES] for place in range(start, len(table), LINE_BYTES)):
        in_use = line[17:18] == b"n"
        out.write(b"%010d%s" % (moved(int(line[:10])), line[10:]) if in_use else line)
    out.write(START.sub(b"startxref\n%d\n%%%%EOF\n" % moved(table_at), trailer))
