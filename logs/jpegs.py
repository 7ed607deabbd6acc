"""What of a JPEG draws the picture, and what only describes it: the second is left out, byte for byte, of copies."""

import re
from collections.abc import Iterator

SOI, EOI, SOS = 0xD8, 0xD9, 0xDA
STANDALONE = {0x01, *range(0xD0, 0xD8)}
# JFIF and Adobe's colour transform; every other application segment and every comment goes.
KEPT_SEGMENTS = {0xE0, 0xEE}
# After the first scan: the end, or a segment that only describes. A picture holds thousands of other marks.
NOT_DRAWING = re.compile(rb"\xff[\xd9\xe1-\xed\xef\xfe]")


class NoJpeg(ValueError):
    """These bytes are not a whole JPEG."""


def plain(data: bytes) -> bytes:
    """The picture alone: without camera data, comments, or what stands after its end.

    Raises:
        NoJpeg: they are cut short, or something else.
    """
    if data[:2] != bytes([0xFF, SOI]):
        raise NoJpeg("no JPEG")
    try:
        kept, at = [data[:2]], 2
        for marker, start, end in segments(data):
            if is_kept(marker):
                kept.append(data[start:end])
            at = end
        return b"".join([*kept, scans(data, at)])
    except IndexError:
        raise NoJpeg("cut short") from None


def segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Marker, start and end of each segment before the first scan.

    Raises:
        NoJpeg: something else stands where a segment is due.
    """
    at = 2
    while data[at + 1] != SOS:
        if data[at] != 0xFF:
            raise NoJpeg("no marker where one is due")
        if data[at + 1] == 0xFF:  # a byte that only fills
            at += 1
            continue
        length = 0 if data[at + 1] in STANDALONE else int.from_bytes(data[at + 2 : at + 4], "big")
        yield data[at + 1], at, at + 2 + length
        at += 2 + length


def is_kept(marker: int) -> bool:
    """Whether a segment draws the picture."""
    return marker in KEPT_SEGMENTS or not (0xE0 <= marker <= 0xEF or marker == 0xFE)


def scans(data: bytes, at: int) -> bytes:
    """From the first scan to the end of the picture, without what lies between later scans or after the end.

    Raises:
        NoJpeg: there is no end.
    """
    start = at
    kept: list[bytes] = []
    while mark := NOT_DRAWING.search(data, at + 1):
        at = mark.start()
        if data[at + 1] == EOI:
            return b"".join([*kept, data[start : at + 2]])
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        kept.append(data[start:at])
        start = at + 2 + length
        at = start - 1
    raise NoJpeg("cut short")
