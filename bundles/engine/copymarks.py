"""What names a copy: words on every page, and where the line at a page's foot stands.

The words can be cut off or painted over. The line at the foot, reference and page number, then still tells: on each
page its two ends are moved by a few quarters of a point, in a pattern that follows from the copy's mark and the page.
Eight by eight by sixteen places are possible on a page, so that one page names one of a thousand copies, and two pages
one of a million.

To read it back from a file: `who(path, marks)`, with the marks of all copies that were made, says how many of its pages
stand as each of them would. From a page on paper or a picture of one: measure in points (1/72 inch, of the original A4)
how far the reference begins from the left edge and how high each end stands above the lower edge, and compare with
`shift(mark, page)` added to `stamping.SIDE` and `stamping.BOTTOM`; where the edge is cut off, the difference in height
between the two ends still tells one copy of eight from the others.
"""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from bundles.engine.stamping import BOTTOM, SIDE

STEP = 0.25
ACROSS, UP = 16, 8
NEAR = STEP / 2
TALLEST = BOTTOM + UP * STEP + 1


class Shift(NamedTuple):
    """How far the line at the foot of a page is moved, in points."""

    left_x: float = 0.0
    left_y: float = 0.0
    right_y: float = 0.0


def shift(mark: str, page: int) -> Shift:
    """Where the foot of a page stands in the copy of this mark.

    Args:
        mark: the copy's mark, as printed; without one nothing is moved.
        page: which page of the file, from 0.
    """
    if not mark:
        return Shift()
    told = hashlib.sha256(f"{mark}\0{page}".encode()).digest()
    return Shift(told[0] % ACROSS * STEP, told[1] % UP * STEP, told[2] % UP * STEP)


def who(path: Path, marks: Sequence[str]) -> dict[str, tuple[int, int]]:
    """For each mark, how many pages of a file stand as in that copy, and of how many that could be read."""
    feet = list(_feet(path))
    return {mark: (sum(_fits(foot, shift(mark, page)) for page, foot in feet), len(feet)) for mark in marks}


def _fits(foot: Shift, expected: Shift) -> bool:
    return all(abs(found - wanted) < NEAR for found, wanted in zip(foot, expected, strict=True))


def _feet(path: Path) -> Iterator[tuple[int, Shift]]:
    """Of each page, from 0, where the two ends of the line at its foot stand."""
    import pypdfium2

    with pypdfium2.PdfDocument(path) as pdf:
        for number, page in enumerate(pdf):
            origins = sorted(_origins(page))
            if origins:
                (left, left_y), (_, right_y) = origins[0], origins[-1]
                yield number, Shift(left - SIDE, left_y - BOTTOM, right_y - BOTTOM)


def _origins(page: object) -> Iterator[tuple[float, float]]:
    """Where the letters at the foot of a page stand."""
    from ctypes import byref, c_double

    from pypdfium2 import raw

    text = page.get_textpage()  # type: ignore[attr-defined]
    x, y = c_double(), c_double()
    for index in range(text.count_chars()):
        is_there = raw.FPDFText_GetCharOrigin(text, index, byref(x), byref(y))
        if is_there and BOTTOM - NEAR <= y.value <= TALLEST and raw.FPDFText_GetUnicode(text, index) > ord(" "):
            yield x.value, y.value
