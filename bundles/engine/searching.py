"""Words that a machine read in pictures, laid over them unseen, so that whoever searches a bundle finds the page.

They are not where each word stands in the picture, but line by line over its height. What somebody takes out of a
picture by hand was read in it before: a file of which anything is taken out has no such words.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from bundles.engine.pictures import TALL_BOX, WIDE_BOX
from bundles.engine.planning import Volume
from bundles.engine.rendering import Sheet
from bundles.engine.stamping import MILLIMETRE
from nsvcs.typesetting import Typesetter


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
