"""What a page of an uploaded PDF holds beside what is seen of it, and such a page as a picture of what is seen.

Runs in the child process. A page may be cropped so as to hide an address: the words stay in the file and any reader
brings them back. Of such a page only what was seen is drawn, dot by dot; nothing else of it comes along.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import pikepdf
import pypdfium2
from pikepdf import Array, Dictionary, Name
from pypdfium2 import PdfMatrix, PdfObject, PdfPage, raw

HAIR = 1.0  # points by which a page may go on beyond what is seen of it: less than a letter shows
DOTS_PER_INCH = 200
QUALITY = 82
DEEPEST = 15
# A line or a rectangle says nothing: many a page is painted white beyond its edge.
PLAIN_SEGMENTS = 5
Box = tuple[float, float, float, float]


class Seen:
    """The pages of one document as a reader sees them.

    Attributes:
        has_layers: the document has layers that may be hidden: nobody but a viewer says which.
    """

    def __init__(self, document: pypdfium2.PdfDocument, *, has_layers: bool) -> None:
        self.document = document
        self.has_layers = has_layers

    @contextmanager
    def page(self, number: int) -> Iterator[PdfPage]:
        page = self.document[number]
        try:
            yield page
        finally:
            page.close()

    def hides(self, page: PdfPage, media: Box) -> bool:
        """Whether the page holds more than is seen: cut off by a box, lying outside, or in a hidden layer."""
        box = page.get_bbox()
        if self.has_layers or _goes_beyond(media, box):
            return True
        return any(_goes_beyond(bounds, box) for bounds in _bounds(page))


@contextmanager
def seen(source: pikepdf.Pdf, folder: Path) -> Iterator[Seen]:
    """Look at a document; its forms and comments are already part of its pages."""
    # Without a name: it holds what is not to be seen, and goes with this process whatever ends it.
    with TemporaryFile(dir=folder) as copy:
        source.save(copy)
        copy.seek(0)
        document = pypdfium2.PdfDocument(copy)
        try:
            yield Seen(document, has_layers=_has_layers(source))
        finally:
            document.close()


def picture(page: PdfPage, target: pikepdf.Pdf, longest: float) -> pikepdf.Object:
    """What is seen of the page, upright, as a drawing of the page's own size that holds one picture.

    Args:
        page: what is seen.
        target: the document the drawing is for.
        longest: the longest side it will be printed with, in points; no dots are made for more.
    """
    width, height = page.get_size()
    scale = DOTS_PER_INCH / 72 * min(1.0, longest / max(width, height))
    bitmap = page.render(scale=scale, may_draw_forms=False, draw_annots=False, rev_byteorder=True)
    image, packed = bitmap.to_pil().convert("RGB"), BytesIO()
    image.save(packed, "JPEG", quality=QUALITY)
    dots = pikepdf.Stream(
        target, packed.getvalue(), Type=Name.XObject, Subtype=Name.Image, Width=image.width, Height=image.height,
        ColorSpace=Name.DeviceRGB, BitsPerComponent=8, Filter=Name.DCTDecode,
    )  # fmt: skip
    bitmap.close()
    return pikepdf.Stream(
        target, f"q {width:.3f} 0 0 {height:.3f} 0 0 cm /Seen Do Q".encode(), Type=Name.XObject, Subtype=Name.Form,
        BBox=Array([0, 0, width, height]), Resources=Dictionary(XObject=Dictionary(Seen=dots)),
    )  # fmt: skip


def _has_layers(source: pikepdf.Pdf) -> bool:
    layers: Any = source.Root.get("/OCProperties", {})
    shown: Any = layers.get("/D", {})
    return bool(shown.get("/OFF") or shown.get("/AS") or shown.get("/BaseState", Name.ON) != Name.ON)


def _bounds(page: PdfPage) -> Iterator[Box]:
    """The edges of all on a page that says something, in the page's own measure."""
    for thing in page.get_objects(max_depth=1):
        yield from _bounds_of(page, thing, PdfMatrix(), 1)


def _bounds_of(page: PdfPage, thing: PdfObject, matrix: PdfMatrix, depth: int) -> Iterator[Box]:
    if thing.type == raw.FPDF_PAGEOBJ_FORM and depth < DEEPEST:
        inner = thing.get_matrix().multiply(matrix)
        for part in page.get_objects(max_depth=1, form=thing):
            yield from _bounds_of(page, part, inner, depth + 1)
    elif not _is_plain(thing):
        yield matrix.on_rect(*thing.get_bounds())


def _is_plain(thing: PdfObject) -> bool:
    if thing.type == raw.FPDF_PAGEOBJ_PATH:
        return bool(raw.FPDFPath_CountSegments(thing.raw) <= PLAIN_SEGMENTS)
    return bool(thing.type == raw.FPDF_PAGEOBJ_SHADING)


def _goes_beyond(inner: Box, box: Box) -> bool:
    left, bottom, right, top = inner
    return left < box[0] - HAIR or bottom < box[1] - HAIR or right > box[2] + HAIR or top > box[3] + HAIR


def box_of(written: pikepdf.Object) -> Box:
    """Left, bottom, right and top of a box, which may be written from any two of its corners."""
    one, two, three, four = (float(number) for number in written.as_list())
    return min(one, three), min(two, four), max(one, three), max(two, four)
