"""Width and height of a picture, read from its header by hand: nothing is decoded and no picture library is loaded."""

import struct
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

Size = tuple[int, int]

# Any picture may have this many pixels. More of them must look like a camera's work: the largest sensors of phones have
# 200 million, and neither photo nor long screenshot presses this many into a byte, as a picture made to burst does.
MAX_PIXELS = 40_000_000
MAX_CAMERA_PIXELS = 250_000_000
MAX_PIXELS_PER_BYTE = 400

# SOF0 to SOF15 carry the size; C4, C8 and CC in that range are tables and extensions.
_JPEG_FRAMES = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_BARE = {0x01, *range(0xD0, 0xD9)}
_MAX_SEGMENTS = 1_000
_TIFF_SIZE, _TIFF_NUMBERS = (0x0100, 0x0101), {3: "H", 4: "I", 16: "Q"}
_HEIF_HEADER_BYTES = 1024 * 1024


def has_too_many_pixels(size: Size, file_bytes: int) -> bool:
    """Whether a picture of this size, in a file of this length, is too large to be kept or decoded."""
    pixels = size[0] * size[1]
    return pixels > MAX_PIXELS and (pixels > MAX_CAMERA_PIXELS or pixels > MAX_PIXELS_PER_BYTE * file_bytes)


def read_size(path: Path, kind: str) -> Size | None:
    """Width and height in pixels as the header states them.

    Args:
        path: the file.
        kind: `JPEG`, `PNG`, `GIF`, `WEBP`, `HEIC`, `AVIF` or `TIFF`.

    Returns:
        The size, the largest of several pictures in a HEIC, the first of those in a TIFF; None where the header is
        cut off or makes no sense.
    """
    with path.open("rb") as file:
        try:
            return _READERS[kind](file)
        except (struct.error, ValueError, IndexError):
            return None


def _png(file: BinaryIO) -> Size:
    width, height = struct.unpack(">16x2I", file.read(24))
    return width, height


def _gif(file: BinaryIO) -> Size:
    width, height = struct.unpack("<6x2H", file.read(10))
    return width, height


def _jpeg(file: BinaryIO) -> Size | None:
    file.seek(2)
    for _ in range(_MAX_SEGMENTS):
        marker = _next_marker(file)
        if marker in _JPEG_BARE:
            continue
        (length,) = struct.unpack(">H", file.read(2))
        if marker in _JPEG_FRAMES:
            height, width = struct.unpack(">x2H", file.read(5))
            return width, height
        file.seek(length - 2, 1)
    return None


def _next_marker(file: BinaryIO) -> int:
    if file.read(1) != b"\xff":
        raise ValueError("no marker")
    while (byte := file.read(1)) == b"\xff":
        pass
    return byte[0]


def _webp(file: BinaryIO) -> Size | None:
    head = file.read(30)
    form = head[12:16]
    if form == b"VP8X":
        return int.from_bytes(head[24:27], "little") + 1, int.from_bytes(head[27:30], "little") + 1
    if form == b"VP8L":
        (bits,) = struct.unpack("<I", head[21:25])
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if form == b"VP8 ":
        width, height = struct.unpack("<2H", head[26:30])
        return width & 0x3FFF, height & 0x3FFF
    return None


def _heif(file: BinaryIO) -> Size | None:
    head = file.read(_HEIF_HEADER_BYTES)
    sizes: list[Size] = []
    at = head.find(b"ispe")
    while at != -1 and len(head) >= at + 16:
        width, height = struct.unpack(">2I", head[at + 8 : at + 16])
        sizes.append((width, height))
        at = head.find(b"ispe", at + 4)
    return max(sizes, key=lambda size: size[0] * size[1], default=None)


def _tiff(file: BinaryIO) -> Size | None:
    head = file.read(16)
    order = "<" if head[:2] == b"II" else ">"
    is_large = head[2:4] in {b"+\0", b"\0+"}
    (at,) = struct.unpack(f"{order}Q", head[8:16]) if is_large else struct.unpack(f"{order}I", head[4:8])
    file.seek(at)
    (count,) = struct.unpack(f"{order}Q", file.read(8)) if is_large else struct.unpack(f"{order}H", file.read(2))
    found: dict[int, int] = {}
    for _ in range(min(count, _MAX_SEGMENTS)):
        entry = file.read(20 if is_large else 12)
        tag, form = struct.unpack(f"{order}2H", entry[:4])
        if tag in _TIFF_SIZE and form in _TIFF_NUMBERS:
            (found[tag],) = struct.unpack_from(f"{order}{_TIFF_NUMBERS[form]}", entry, 12 if is_large else 8)
    width, height = (found.get(tag, 0) for tag in _TIFF_SIZE)
    return (width, height) if width and height else None


_READERS: dict[str, Callable[[BinaryIO], Size | None]] = {
    "PNG": _png,
    "GIF": _gif,
    "JPEG": _jpeg,
    "WEBP": _webp,
    "HEIC": _heif,
    "AVIF": _heif,
    "TIFF": _tiff,
}
