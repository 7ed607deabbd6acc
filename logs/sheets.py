"""What runs in the child process for a cleaned document: pictures of its pages, and its words.

It reads the pages that `cleaning` wrote, never the file that was sent: what was hidden there is in neither.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pypdfium2
from pypdfium2 import raw

DRAW, WORDS = "logs.sheets:draw", "logs.sheets:words"
DOTS_PER_INCH = 130
QUALITY = 80
MOST_SHEETS = 20
PAGE_END = "\f"
# A page with less written on it may be a scan: its words, if any, are in the picture. Scanners write a line beside it.
FEW_WORDS, FEW_BESIDE_A_PICTURE = 3, 15
DEEPEST = 5


def draw(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Draw pages of the document at `path` into `folder`, as `1.jpg`, `2.jpg` and so on by their numbers.

    Args:
        payload: besides, `numbers` of the pages, else the first ones; and `dots` an inch, else those of a page shown.

    Returns:
        `sizes`: width and height of each picture in pixels.
    """
    sizes = []
    with _opened(payload["path"]) as document:
        for number in payload.get("numbers") or range(1, min(len(document), MOST_SHEETS) + 1):
            page = document[number - 1]
            scale = payload.get("dots", DOTS_PER_INCH) / 72
            bitmap = page.render(scale=scale, draw_annots=False, may_draw_forms=False, rev_byteorder=True)
            picture = bitmap.to_pil().convert("RGB")
            picture.save(Path(payload["folder"]) / f"{number}.jpg", "JPEG", quality=QUALITY)
            sizes.append(picture.size)
            bitmap.close()
            page.close()
    return {"sizes": sizes}


def words(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Write the words of the document at `path` to `target`, a form feed after each page, up to `most` characters.

    Returns:
        `bare`: the numbers, from 1, of pages whose words, if any, are in a picture; `is_cut`: there were more than
        `most`, and nothing is known of later pages.
    """
    bare, left = [], int(payload["most"])
    with _opened(payload["path"]) as document, open(payload["target"], "w", encoding="utf-8") as target:
        for number, (text, has_picture) in enumerate(_texts(document), 1):
            if len(text.split()) < (FEW_BESIDE_A_PICTURE if has_picture else FEW_WORDS):
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


def _texts(document: pypdfium2.PdfDocument) -> Iterator[tuple[str, bool]]:
    """The words of each page, and whether it has a picture."""
    for number in range(len(document)):
        page = document[number]
        read = page.get_textpage()
        text = read.get_text_bounded().encode("utf-8", "ignore").decode().replace(PAGE_END, " ").replace("\0", "")
        yield text, any(True for _ in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=DEEPEST))
        read.close()
        page.close()
