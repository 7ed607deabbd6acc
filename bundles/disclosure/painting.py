"""Taking areas out of a page, in a process of its own: the page is rendered, painted, and put in as a picture.

Nothing of the page goes into the new file but its painted picture: no text, no outline of letters, no resource of it.
"""

import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pikepdf
from PIL import Image, ImageDraw, ImageFont
from pypdfium2 import PdfDocument, PdfPage

from jobs.child import Refused

REDACT, SHOW = "bundles.disclosure.painting:redact", "bundles.disclosure.painting:show"
PARTS = 10_000
DPI, MOST_PIXELS = 250, 12_000_000
SHOWN_WIDTH = 900
# A page with so many middle tones is a photograph: in black and white alone it would show nothing.
TONES, MANY_TONES = range(56, 200), 0.08
INK, THRESHOLD = 0, 160
LARGEST_LETTERS, SMALLEST_LETTERS = 28, 9
Image.MAX_IMAGE_PIXELS = 60_000_000


class Area(NamedTuple):
    """Boxes of one page, four numbers each in ten-thousandths, and what is written on them."""

    page: int
    boxes: Sequence[int]
    label: str


def redact(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Write the copy at `path` to `out` with `areas` taken out; `is_picture` tells a picture from a document.

    Returns:
        `pages`.

    Raises:
        Refused: `redaction_failed`: an area is on no page, or something of a painted page is left.
    """
    areas = [Area(*each) for each in payload["areas"]]
    if payload["is_picture"]:
        if any(area.page != 1 for area in areas):
            raise Refused("redaction_failed")
        with Image.open(payload["path"]) as picture:
            made = paint(picture.convert("RGB"), areas)
        made.info.clear()  # a comment of the picture's would be written out with it
        made.save(payload["out"], "JPEG", quality=88)
        return {"pages": 1}
    return {"pages": _redact_document(payload["path"], payload["out"], areas)}


def show(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Write one page of a copy to `out` as a picture for the screen, with what is taken out of it painted over."""
    areas = [area for each in payload["areas"] if (area := Area(*each)).page == payload["page"]]
    if payload["is_picture"]:
        with Image.open(payload["path"]) as picture:
            seen = paint(picture.convert("RGB"), areas)
    else:
        with PdfDocument(payload["path"]) as document:
            if not 0 < payload["page"] <= len(document):
                raise Refused("no_page")
            seen = paint(_picture(document[payload["page"] - 1]).convert("RGB"), areas)
    seen.info.clear()
    seen.thumbnail((SHOWN_WIDTH, SHOWN_WIDTH * 3))
    seen.save(payload["out"], "PNG", optimize=True)
    return {"width": seen.width, "height": seen.height}


def paint(picture: Image.Image, areas: Sequence[Area]) -> Image.Image:
    """The picture with its areas in one colour, and why in words on each that is large enough."""
    brush = ImageDraw.Draw(picture)
    for area in areas:
        for left, top, right, bottom in zip(*[iter(area.boxes)] * 4, strict=True):
            box = (
                left * picture.width // PARTS, top * picture.height // PARTS,
                -(-right * picture.width // PARTS), -(-bottom * picture.height // PARTS),
            )  # fmt: skip
            brush.rectangle(box, fill="black")
            _write(brush, box, area.label)
    return picture


def _write(brush: ImageDraw.ImageDraw, box: tuple[int, int, int, int], label: str) -> None:
    for size in range(LARGEST_LETTERS, SMALLEST_LETTERS - 1, -1):
        font = ImageFont.load_default(size)
        left, top, right, bottom = brush.textbbox((0, 0), label, font=font)
        if right - left < box[2] - box[0] - 4 and bottom - top < box[3] - box[1] - 4:
            middle = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
            brush.text(middle, label, fill="white", font=font, anchor="mm")
            return


def _redact_document(path: str, out: str, areas: Sequence[Area]) -> int:
    by_page: dict[int, list[Area]] = {}
    for area in areas:
        by_page.setdefault(area.page, []).append(area)
    with PdfDocument(path) as seen, pikepdf.open(path) as source, pikepdf.new() as made:
        if max(by_page) > len(seen) or min(by_page) < 1:
            raise Refused("redaction_failed")
        source.remove_unreferenced_resources()  # pages may share what only a painted one draws
        for number, page in enumerate(source.pages, 1):
            if number in by_page:
                _add_picture(made, seen[number - 1], by_page[number])
            else:
                made.pages.append(page)
        pages = len(made.pages)
        made.save(out)
    _look_again(out, set(by_page), pages)
    return pages


def _picture(page: PdfPage) -> Image.Image:
    width, height = page.get_size()
    scale = min(DPI / 72, (MOST_PIXELS / max(width * height, 1)) ** 0.5)
    grey: Image.Image = page.render(scale=scale, grayscale=True, may_draw_forms=False).to_pil().convert("L")
    return grey


def _add_picture(made: pikepdf.Pdf, page: PdfPage, areas: Sequence[Area]) -> None:
    picture = paint(_picture(page), areas)
    counts = picture.histogram()
    has_tones = sum(counts[tone] for tone in TONES) > MANY_TONES * picture.width * picture.height
    if not has_tones:
        picture = picture.point(lambda tone: 255 if tone > THRESHOLD else INK).convert("1")
    image = pikepdf.Stream(
        made, zlib.compress(picture.tobytes(), 9), Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image,
        Width=picture.width, Height=picture.height, ColorSpace=pikepdf.Name.DeviceGray,
        BitsPerComponent=8 if has_tones else 1, Filter=pikepdf.Name.FlateDecode,
    )  # fmt: skip
    width, height = page.get_size()
    new = made.add_blank_page(page_size=(width, height))
    new.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Page=image))
    new.contents_add(f"q {width:.3f} 0 0 {height:.3f} 0 0 cm /Page Do Q".encode())


def _look_again(out: str, painted: set[int], pages: int) -> None:
    """What was painted has no text, and no other page lies in the file unseen."""
    with pikepdf.open(out) as made:
        kept = sum(isinstance(each, pikepdf.Dictionary) and each.get("/Type") == "/Page" for each in made.objects)
    with PdfDocument(out) as seen:
        texts = [seen[number - 1].get_textpage().get_text_range().strip() for number in painted]
    if kept != pages or any(texts):
        Path(out).unlink()
        raise Refused("redaction_failed")
