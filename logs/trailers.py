"""The short film that phones keep in a photo's file, behind a JPEG's end or in a box of a HEIC. For child processes."""

import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from jobs.child import Refused

EXTRACT = "logs.trailers:extract"
CHUNK_BYTES = 1024 * 1024
_AFTER_END = re.compile(rb"\xff\xd9.{0,64}?(....ftyp)", re.DOTALL)
_FILM_BOX = b"mpvd"
# What a film of a phone is made of, one box after the other; anything else behind it is not of the film.
_BOXES = frozenset({b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"uuid", b"meta", b"moof", b"mfra", b"sidx"})
_MOST_BOXES = 1_000


@dataclass(frozen=True)
class Film:
    """Where in the file the film is.

    Args:
        start: its first byte.
        end: the byte after its last.
    """

    start: int
    end: int


def find(path: Path) -> Film | None:
    """The film in the file of a picture, if there is one."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(12)
        start = _in_box(file, size) if head[4:8] == b"ftyp" else _behind(file)
        if start is None:
            return None
        end = max((at + length for at, _, length in _boxes(file, start, size, _BOXES)), default=start)
    return Film(start, end) if end > start else None


def extract(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Write the film in the picture's file at `source` to `target`, byte for byte.

    Returns:
        `size`: how many bytes it has.

    Raises:
        Refused: `no_film`.
    """
    film = find(Path(payload["source"]))
    if film is None:
        raise Refused("no_film")
    left = film.end - film.start
    with open(payload["source"], "rb") as file, open(payload["target"], "wb") as target:
        file.seek(film.start)
        while left > 0 and (chunk := file.read(min(left, CHUNK_BYTES))):
            target.write(chunk)
            left -= len(chunk)
    return {"size": film.end - film.start - left}


def _behind(file: BinaryIO) -> int | None:
    """Where a film begins behind the end of a JPEG; a small picture inside it ends the same way, without one."""
    file.seek(0)
    tail, place = b"", 0
    while chunk := file.read(CHUNK_BYTES):
        if found := _AFTER_END.search(tail + chunk):
            return place - len(tail) + found.start(1)
        place += len(chunk)
        tail = (tail + chunk)[-128:]
    return None


def _in_box(file: BinaryIO, size: int) -> int | None:
    for at, kind, length in _boxes(file, 0, size, None):
        if kind == _FILM_BOX and length > 16:
            file.seek(at + 12)
            return at + 8 if file.read(4) == b"ftyp" else None
    return None


def _boxes(file: BinaryIO, at: int, size: int, wanted: frozenset[bytes] | None) -> Iterator[tuple[int, bytes, int]]:
    """Place, kind and length of each box that is whole, from a place on, as long as they are of the wanted kinds."""
    for _ in range(_MOST_BOXES):
        file.seek(at)
        head = file.read(16)
        if len(head) < 8 or (wanted is not None and head[4:8] not in wanted):
            return
        length = int(struct.unpack(">I", head[:4])[0])
        if length == 1 and len(head) == 16:
            length = int(struct.unpack(">Q", head[8:])[0])
        length = length or size - at  # the last one may say that it goes on to the end
        if length < 8 or at + length > size:
            return
        yield at, head[4:8], length
        at += length
