"""Words that a machine read in pictures, laid over them unseen, so that whoever searches a bundle finds the page.

They are not where each word stands in the picture, but line by line over its height. What somebody takes out of a
picture by hand was read in it before: a file of which anything is taken out has no such words.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from bundles.engine.pictures import TALL_BOX, WIDE_BOX
from bundles.engine.planning import Volume
from bundles.engine.rendering import Sheet
from bundles.engine.stamping import FONT, MILLIMETRE, StampFont
from nsvcs.typesetting import Typesetter

LARGEST = 8.0
MOST_LINES = 120
EDGE = 24 * MILLIMETRE  # of a page of a document: what stands at its head and foot is ours
Box = Sequence[float]


def read_pages(sheets: Sequence[Sheet], exhibits: Mapping[str, Sequence[int]], volume: Volume) -> dict[int, list[Any]]:
    """For each page of a volume that has them, by its index there: the words, and the picture's place on it or nothing.

    Args:
        sheets: how each exhibit is shown.
        exhibits: the first and last page of each, from 1, by mark.
        volume: the file.
    """
    found, setter = dict[int, list[Any]](), Typesetter()
    for sheet in sheets:
        exhibit, last = sheet.exhibit, exhibits[sheet.exhibit.mark][1]
        pages = 1 if sheet.picture else sheet.document_pages
        if exhibit.areas or sheet.reason or not pages:
            continue
        for number, words in exhibit.read_words:
            index = last - pages + number - 1 - volume.first
            if number <= pages and 0 <= index < volume.pages:
                found[index] = [setter.plain(words), _box(sheet)]
    return found


def _box(sheet: Sheet) -> list[float]:
    if not sheet.picture:
        return []
    return [side * MILLIMETRE for side in (WIDE_BOX if sheet.picture[0] > sheet.picture[1] else TALL_BOX)]


def laid(font: StampFont, words: str, box: Box, size: tuple[float, float]) -> str:
    """What lays words over a page of this size, unseen: text of the third way of drawing (ISO 32000-2, 9.3.6)."""
    lines = lines_of(words)
    if not lines:
        return ""
    left, bottom, across, up = box or (EDGE, EDGE, size[0] - 2 * EDGE, size[1] - 2 * EDGE)
    step = up / len(lines)
    height = min(LARGEST, step * 0.8)
    drawn = [f"{FONT} {height:.2f} Tf"]
    for number, line in enumerate(lines, 1):
        narrow = min(100.0, 100 * across / max(font.width(line, height), 1))
        drawn.append(f"{narrow:.1f} Tz 1 0 0 1 {left:.2f} {bottom + up - number * step:.2f} Tm <{font.text(line)}> Tj")
    return "q BT 3 Tr\n" + "\n".join(drawn) + "\nET Q\n"


def lines_of(words: str) -> list[str]:
    """The lines of a text that have anything in them; of very many, several at a time."""
    lines = [line for row in words.splitlines() if (line := " ".join(row.split()))]
    together = -(-len(lines) // MOST_LINES) or 1
    return [" ".join(lines[start : start + together]) for start in range(0, len(lines), together)]
