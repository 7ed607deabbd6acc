"""A viewing copy's JPEG bytes placed on a page as they are: never decoded, never written anew.

The copy has already been made without metadata. What could carry some is cut out here once more, because other
PDF writers are known to pass it on.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from jobs.placing import COLOURS, MILLIMETRE, put

SOI, EOI, SOS = 0xD8, 0xD9, 0xDA
FRAMES = {0xC0, 0xC1, 0xC2}
STANDALONE = {0x01, *range(0xD0, 0xD8)}
# JFIF and Adobe's colour transform; every other application segment and every comment goes.
KEPT_SEGMENTS = {0xE0, 0xEE}
LARGEST_BYTES = 40_000_000
# Where a picture goes on its page (left, bottom, width, height, in millimetres), portrait and landscape.
TALL_BOX = (20, 22, 170, 196)
WIDE_BOX = (20, 20, 257, 128)


class PictureError(ValueError):
    """These bytes are not a JPEG that can be placed."""


@dataclass(frozen=True)
class Picture:
    """A JPEG without metadata, and what the page needs to know of it."""

    width: int
    height: int
    colours: str
    data: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


def read(path: str) -> Picture:
    """Read a JPEG file and keep only what draws the picture.

    Raises:
        PictureError: it is too large, cut short, or no JPEG in grey or colour.
    """
    with open(path, "rb") as file:
        data = file.read(LARGEST_BYTES + 1)
    if len(data) > LARGEST_BYTES or data[:2] != bytes([0xFF, SOI]):
        raise PictureError("no JPEG, or too large")
    try:
        return _parse(data)
    except IndexError:
        raise PictureError("cut short") from None


def _parse(data: bytes) -> Picture:
    kept = [data[:2]]
    frame = (0, 0, 0)
    at = 2
    for marker, start, end in _segments(data):
        if marker in FRAMES:
            frame = _frame(data, start)
        if _is_kept(marker):
            kept.append(data[start:end])
        at = end
    width, height, components = frame
    if components not in COLOURS or not (width and height):
        raise PictureError("no frame, or colours that are not shown")
    kept.append(_scans(data, at))
    return Picture(width, height, COLOURS[components], b"".join(kept))


def _segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Marker, start and end of each segment before the first scan."""
    at = 2
    while data[at + 1] != SOS:
        if data[at] != 0xFF:
            raise PictureError("no marker where one is due")
        if data[at + 1] == 0xFF:  # a byte that only fills
            at += 1
            continue
        length = 0 if data[at + 1] in STANDALONE else int.from_bytes(data[at + 2 : at + 4], "big")
        yield data[at + 1], at, at + 2 + length
        at += 2 + length


def _frame(data: bytes, at: int) -> tuple[int, int, int]:
    return int.from_bytes(data[at + 7 : at + 9], "big"), int.from_bytes(data[at + 5 : at + 7], "big"), data[at + 9]


def _is_kept(marker: int) -> bool:
    return marker in KEPT_SEGMENTS or not (0xE0 <= marker <= 0xEF or marker == 0xFE)


def _scans(data: bytes, at: int) -> bytes:
    """From the first scan to the end of the picture, without what lies between later scans or after the end."""
    start = at
    kept: list[bytes] = []
    while True:
        at = data.find(b"\xff", at + 1)
        if at < 0 or at + 1 >= len(data):
            raise PictureError("cut short")
        marker = data[at + 1]
        if marker == EOI:
            return b"".join([*kept, data[start : at + 2]])
        if not _is_kept(marker):
            length = int.from_bytes(data[at + 2 : at + 4], "big")
            kept.append(data[start:at])
            start = at + 2 + length
            at = start - 1


def place(pdf: Any, page: Any, picture: Picture) -> None:
    """Draw the picture in its box on a page whose other content is already there."""
    left, bottom, width, height = (side * MILLIMETRE for side in _box(picture))
    scale = min(width / picture.width, height / picture.height)
    drawn_width, drawn_height = picture.width * scale, picture.height * scale
    box = (left + (width - drawn_width) / 2, bottom + height - drawn_height, drawn_width, drawn_height)
    put(pdf, page, picture.data, size=(picture.width, picture.height), colours=picture.colours, box=box)


def _box(picture: Picture) -> tuple[int, int, int, int]:
    return WIDE_BOX if picture.width > picture.height else TALL_BOX
