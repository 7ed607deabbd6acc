"""What runs in the child process for a PDF that was sent in: its pages whole, and nothing else of it.

Every page becomes a drawing on an A4 page of ours, upright, inside a margin kept for marks and page numbers. What is
not drawn does not come along: actions, scripts, links, forms, attachments, comments' data, metadata. A page that holds
more than is seen of it comes as a picture (`hiding.py`).
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pikepdf
from pikepdf import Name
from pypdfium2 import PdfiumError

from jobs.child import Refused
from logs import hiding

CLEAN = "logs.cleaning:clean"
MILLIMETRE = 72 / 25.4
A4 = (595.276, 841.89)
SIDE, TOP, BOTTOM = 12 * MILLIMETRE, 17 * MILLIMETRE, 15 * MILLIMETRE
MOST_PAGES = 2000
MOST_DECODED_BYTES = 400_000_000
SMALLEST_SIDE = 1.0
MENDED = "reconstruct"  # how the library says that a file's own list of its parts was of no use
# Keys that act, point outside, carry files or describe where the document came from.
ACTING = {"/A", "/AA", "/JS", "/JavaScript", "/OpenAction", "/URI"}
OUTSIDE = {"/AF", "/EF", "/F", "/FDecodeParms", "/FFilter", "/OPI", "/Ref"}
DESCRIBING = {"/LastModified", "/Measure", "/Metadata", "/PieceInfo", "/PtData"}
UNSEEN = {"/Alternates", "/Annots", "/B", "/DPart", "/OC", "/StructParent", "/StructParents", "/Thumb"}
CUT = ACTING | OUTSIDE | DESCRIBING | UNSEEN
DAMAGES = (
    pikepdf.PdfError, pikepdf.ForeignObjectError, pikepdf.DataDecodingError,
    PdfiumError, ValueError, TypeError, KeyError,
)  # fmt: skip
DECODABLE = {"/FlateDecode", "/LZWDecode", "/RunLengthDecode", "/ASCIIHexDecode", "/ASCII85Decode"}


def clean(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Write the pages of the PDF at `path` to `out`.

    Returns:
        `pages`, `is_mended`: the file is not in order, these are the pages that could be read of it, and `pictured`:
        the numbers, from 1, of the pages shown as pictures because something of them was cut off or hidden.

    Raises:
        Refused: `password`, `damaged`, `no_pages`, `too_many_pages` or `too_large`.
    """
    try:
        with pikepdf.open(payload["path"]) as source:
            pictured = _clean(source, Path(payload["out"]))
            is_mended = any(MENDED in str(each) for each in source.get_warnings())
            return {"pages": len(source.pages), "is_mended": is_mended, "pictured": pictured}
    except pikepdf.PasswordError:
        raise Refused("password") from None
    except DAMAGES:
        raise Refused("damaged") from None


def _clean(source: pikepdf.Pdf, out: Path) -> list[int]:
    count = len(source.pages)
    if not count:
        raise Refused("no_pages")
    if count > MOST_PAGES:
        raise Refused("too_many_pages")
    _check_decoded_size(source)
    # What was filled into a form or written beside the text is part of what the reader saw: draw it.
    if Name.AcroForm in source.Root:
        source.generate_appearance_streams()
    source.flatten_annotations("screen")
    # Pages often share one list of pictures and fonts: each is to bring only what it draws.
    source.remove_unreferenced_resources()
    pictured = []
    with hiding.seen(source, out.parent) as seen, pikepdf.new() as target:
        for number, page in enumerate(source.pages):
            if _draw(page, seen, number, target):
                pictured.append(number + 1)
        for thing in target.objects:
            _cut(thing)
        target.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return pictured


def _draw(page: pikepdf.Page, seen: hiding.Seen, number: int, target: pikepdf.Pdf) -> bool:
    """Draw a page on a sheet of ours; whether it became a picture is returned."""
    with seen.page(number) as looked_at:
        if min(looked_at.get_size()) < SMALLEST_SIDE:
            raise Refused("damaged")
        if seen.hides(looked_at, hiding.box_of(page.mediabox)):
            _lay(hiding.picture(looked_at, target, A4[1] - TOP - BOTTOM), target)
            return True
        page.trimbox = looked_at.get_bbox()  # a form drawing takes its edges from the trim box
    _lay(target.copy_foreign(page.as_form_xobject(handle_transformations=True)), target)
    return False


def _lay(drawing: pikepdf.Object, target: pikepdf.Pdf) -> None:
    width, height = _visible_size(drawing)
    if min(width, height) < SMALLEST_SIDE:
        raise Refused("damaged")
    size = A4 if width <= height else A4[::-1]
    sheet = target.add_blank_page(page_size=size)
    name = sheet.add_resource(drawing, Name.XObject, Name.Document)
    rectangle = pikepdf.Rectangle(SIDE, BOTTOM, size[0] - SIDE, size[1] - TOP)
    # No larger than it was: a small page stays small.
    placed = sheet.calc_form_xobject_placement(
        drawing, name, rectangle, invert_transformations=False, allow_shrink=True, allow_expand=False
    )
    sheet.contents_add(placed)


def _visible_size(drawing: pikepdf.Object) -> tuple[float, float]:
    left, bottom, right, top = (float(number) for number in drawing.BBox)
    matrix = [float(number) for number in drawing.get("/Matrix", [1, 0, 0, 1, 0, 0])]
    width, height = right - left, top - bottom
    return abs(matrix[0] * width) + abs(matrix[2] * height), abs(matrix[1] * width) + abs(matrix[3] * height)


def _cut(thing: Any, depth: int = 0) -> None:
    """Take the forbidden keys out of one object and the direct ones inside it."""
    if depth > 50:
        raise Refused("damaged")
    if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        # A plain dictionary without a type is a list of names the document chose: fonts, pictures, glyphs.
        if isinstance(thing, pikepdf.Stream) or Name.Type in thing:
            for key in [key for key in thing.keys() if key in CUT or key.startswith("/PTEX")]:  # noqa: SIM118
                del thing[key]
        children = [thing[key] for key in thing.keys()]  # noqa: SIM118
    elif isinstance(thing, pikepdf.Array):
        children = list(thing)
    else:
        return
    for child in children:
        if isinstance(child, pikepdf.Object) and not child.is_indirect:
            _cut(child, depth + 1)


def _check_decoded_size(source: pikepdf.Pdf) -> None:
    total = 0
    for thing in source.objects:
        if isinstance(thing, pikepdf.Stream) and set(_filters(thing)) and set(_filters(thing)) <= DECODABLE:
            try:
                total += len(thing.get_stream_buffer())
            except pikepdf.PdfError:
                continue  # a broken stream draws nothing; the page is still shown
            if total > MOST_DECODED_BYTES:
                raise Refused("too_large")


def _filters(stream: pikepdf.Stream) -> Iterator[str]:
    named = stream.get("/Filter")
    if isinstance(named, pikepdf.Array):
        yield from (str(name) for name in named)
    elif named is not None:
        yield str(named)
