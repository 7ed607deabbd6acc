"""A viewing copy's JPEG bytes placed on a page as they are: never decoded, never written anew.

The copy has already been made without metadata. What could carry some is cut out here once more, because other
PDF writers are known to pass it on.
"""

import hashlib
from dataclasses import dataclass
from typing import Any

from jobs.placing import COLOURS, MILLIMETRE, put
from logs import jpegs

FRAMES = {0xC0, 0xC1, 0xC2}
LARGEST_BYTES = 40_000_000
# Where a picture goes on its page (left, bottom, width, height, in millimetres), portrait and landscape.
# Large enough that a copy, whose longer side has 2,126 pixels, is never denser than 300 dots an inch.
TALL_BOX = (15, 22, 180, 196)
WIDE_BOX = (20, 20, 257, 136)


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
    if len(data) > LARGEST_BYTES:
        raise PictureError("too large")
    try:
        return _parse(jpegs.plain(data))
    except (jpegs.NoJpeg, IndexError):
        raise PictureError("cut short, or no JPEG") from None


def _parse(data: bytes) -> Picture:
    frame = (0, 0, 0)
    for marker, start, _end in jpegs.segments(data):
        if marker in FRAMES:
            frame = _frame(data, start)
    width, height, components = frame
    if components not in COLOURS or not (width and height):
        raise PictureError("no frame, or colours that are not shown")
    return Picture(width, height, COLOURS[components], data)


def _frame(data: bytes, at: int) -> tuple[int, int, int]:
    return int.from_bytes(data[at + 7 : at + 9], "big"), int.from_bytes(data[at + 5 : at + 7], "big"), data[at + 9]


def place(pdf: Any, page: Any, picture: Picture) -> None:
    """Draw the picture in its box on a page whose other content is already there."""
    left, bottom, width, height = (side * MILLIMETRE for side in _box(picture))
    scale = min(width / picture.width, height / picture.height)
    drawn_width, drawn_height = picture.width * scale, picture.height * scale
    box = (left + (width - drawn_width) / 2, bottom + height - drawn_height, drawn_width, drawn_height)
    put(pdf, page, picture.data, size=(picture.width, picture.height), colours=picture.colours, box=box)


def _box(picture: Picture) -> tuple[int, int, int, int]:
    return WIDE_BOX if picture.width > picture.height else TALL_BOX
