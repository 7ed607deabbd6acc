"""What runs in the child process for a cleaned document: pictures of its pages, and its words.

It reads the pages that `cleaning` wrote, never the file that was sent: what was hidden there is in neither.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pypdfium2

DRAW, WORDS = "logs.sheets:draw", "logs.sheets:words"
DOTS_PER_INCH = 130
QUALITY = 80
MOST_SHEETS = 20
PAGE_END = "\f"
FEW_WORDS = 3  # a page with less written on it may be a scan: its words, if any, are in the picture


def draw(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Draw the first pages of the document at `path` into `folder`, as `1.jpg`, `2.jpg` and so on.

    Returns:
        `sizes`: width and height of each picture in pixels.
    """
    sizes = []
    with _opened(payload["path"]) as document:
        for number in range(min(len(document), MOST_SHEETS)):
            page = document[number]
            bitmap = page.render(scale=DOTS_PER_INCH / 72, draw_annots=False, may_draw_forms=False, rev_byteorder=True)
            picture = bitmap.to_pil().convert("RGB")
            picture.save(Path(payload["folder"]) / f"{number + 1}.jpg", "JPEG", quality=QUALITY)
            sizes.append(picture.size)
            bitmap.close()
            page.close()
    return {"sizes": sizes}


def words(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Write the words of the document at `path` to `target`, a form feed after each page, up to `most` characters.

    Returns:
        `bare`: the numbers, from 1, of pages with next to no words; `is_cut`: there were more than `most`.
    """
    bare, left = [], int(payload["most"])
    with _opened(payload["path"]) as document, open(payload["target"], "w", encoding="utf-8") as target:
        for number, text in enumerate(_texts(document), 1):
            if len(text.split()) < FEW_WORDS:
                bare.append(number)
            target.write(text[:left] + PAGE_END)
            left -= len(text)
            if left <= 0:
                return {"bare": bare, "is_cut": True}
    return {"bare": bare, "is_cut": False}


@contextmanager
def _opened(path: str) -> Iterator[pypdfium2.PdfDocument]:
    document = pypdfium2.PdfDocument(path)
    try:
        yield document
    finally:
        document.close()


def _texts(document: pypdfium2.PdfDocument) -> Iterator[str]:
    for number in range(len(document)):
        page = document[number]
        read = page.get_textpage()
        yield read.get_text_bounded().encode("utf-8", "ignore").decode().replace(PAGE_END, " ").replace("\0", "")
        read.close()
        page.close()
