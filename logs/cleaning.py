"""What runs in the child process for a PDF that was sent in: its pages whole, and nothing else of it.

Every page becomes a drawing on an A4 page of ours, upright, inside a margin kept for marks and page numbers. What is
not drawn does not come along: actions, scripts, links, forms, attachments, comments' data, metadata. A page that holds
more than is seen of it comes as a picture (`hiding.py`).
"""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pikepdf
from pikepdf import Name
from pypdfium2 import PdfiumError

from jobs.child import Refused
from logs import hiding, jpegs, opening
from logs.carrying import carried
from logs.rebuilding import StillLocked, rebuilt

CLEAN = "logs.cleaning:clean"
MILLIMETRE = 72 / 25.4
A4 = (595.276, 841.89)
SIDE, TOP, BOTTOM = 12 * MILLIMETRE, 17 * MILLIMETRE, 15 * MILLIMETRE
MOST_PAGES = 2000
MOST_DECODED_BYTES = 400_000_000
SMALLEST_SIDE = 1.0
LARGE_SIDE = 1_700.0  # in points: over A2 it is no sheet that anybody holds in the hand
LOST = "This page of the document could not be read."
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
    """Write the pages of the PDF at `path` to `out`; `password` opens it where it is locked.

    Returns:
        `pages`; `is_mended`: the file is not in order, these are the pages that could be read of it; `is_restricted`:
        it opens, but asks not to be printed or changed; `removed`: what was taken out or drawn into the pages, counted
        by kind; and numbers of pages, from 1: `pictured`, shown as pictures, of these `failed`, because they could not
        be copied otherwise, and the rest because something of them was cut off or hidden; `lost`, of which nothing
        could be read; `large`, far larger than paper and made smaller.

    Raises:
        Refused: `password`, `damaged`, `no_pages`, `too_many_pages` or `too_large`.
    """
    out = Path(payload["out"])
    try:
        with _opened(payload["path"], payload.get("password", ""), out.parent) as (source, removed, is_mended):
            told = {"is_restricted": source.is_encrypted and not payload.get("password"), "removed": removed}
            return told | _clean(source, out, is_mended=is_mended)
    except DAMAGES:
        raise Refused("damaged") from None


@contextmanager
def _opened(path: str, password: str, folder: Path) -> Iterator[tuple[pikepdf.Pdf, dict[str, int], bool]]:
    """The document, what it carries beside its pages, and whether it had to be mended.

    What the library would mend is rebuilt as a copy instead, but for what is locked.
    """
    with ExitStack() as stack:
        source: pikepdf.Pdf | None = None
        try:
            source = stack.enter_context(opening.opened(path, password))
            removed = carried(source)  # everything is looked at once: only now is it known what is not in order
            if not _was_mended(source):
                yield source, removed, False
                return
        except DAMAGES:
            source = None
        copy = _mended(path, source, folder, stack)
        yield copy, carried(copy), True


def _mended(path: str, source: pikepdf.Pdf | None, folder: Path, stack: ExitStack) -> pikepdf.Pdf:
    try:
        return stack.enter_context(rebuilt(path, str(folder)))
    except StillLocked:
        if source is None or not source.is_encrypted:  # the way to open it went with what broke off
            raise Refused("damaged") from None
        return source


def _was_mended(source: pikepdf.Pdf) -> bool:
    return any(MENDED in str(each) for each in source.get_warnings())


def _clean(source: pikepdf.Pdf, out: Path, *, is_mended: bool) -> dict[str, Any]:
    count = _counted(source)
    _check_decoded_size(source)
    bare = [number for number, page in enumerate(source.pages, 1) if is_mended and _is_bare(page)]
    # What was filled into a form or written beside the text is part of what the reader saw: draw it.
    if Name.AcroForm in source.Root:
        source.generate_appearance_streams()
    source.flatten_annotations("screen")
    # Pages often share one list of pictures and fonts: each is to bring only what it draws.
    source.remove_unreferenced_resources()
    sorts: dict[str, list[int]] = {"pictured": [], "failed": [], "lost": [], "large": []}
    with hiding.seen(source, out.parent) as seen, pikepdf.new() as target:
        for number, page in enumerate(source.pages, 1):
            for sort in {"lost"} if number in bare else _draw(page, seen, number - 1, target):
                sorts[sort].append(number)
            if number in sorts["lost"]:
                _say_lost(target)
        if len(sorts["lost"]) == count:
            raise Refused("damaged")
        for thing in target.objects:
            _cut(thing)
            _strip_picture(thing)
        target.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return {"pages": count, "is_mended": is_mended or bool(sorts["lost"]), **sorts}


def _counted(source: pikepdf.Pdf) -> int:
    count = len(source.pages)
    if not count:
        raise Refused("no_pages")
    if count > MOST_PAGES:
        raise Refused("too_many_pages")
    return count


def _is_bare(page: pikepdf.Page) -> bool:
    """Whether nothing of what a page shows is left in a file that broke off."""
    held: Any = page.obj.get("/Contents")
    streams = list(held) if isinstance(held, pikepdf.Array) else [held]
    return not any(isinstance(each, pikepdf.Stream) and _says_something(each) for each in streams)


def _says_something(stream: pikepdf.Stream) -> bool:
    try:
        return bool(stream.read_bytes())
    except DAMAGES:
        return False


def _draw(page: pikepdf.Page, seen: hiding.Seen, number: int, target: pikepdf.Pdf) -> set[str]:
    """Draw a page on a sheet of ours; returns what has to be said of it."""
    try:
        with seen.page(number) as looked_at:
            size = looked_at.get_size()
            if min(size) < SMALLEST_SIDE:
                return {"lost"}
            said = {"large"} if max(size) > LARGE_SIDE else set[str]()
            if not seen.hides(looked_at, hiding.box_of(page.mediabox)):
                page.trimbox = looked_at.get_bbox()  # a form drawing takes its edges from the trim box
                if _lay_whole(page, target):
                    return said
                said.add("failed")
            _lay(hiding.picture(looked_at, target, A4[1] - TOP - BOTTOM), target)
            return said | {"pictured"}
    except DAMAGES:
        return {"lost"}


def _lay_whole(page: pikepdf.Page, target: pikepdf.Pdf) -> bool:
    """Lay a page as it is, with its letters; false where it cannot be taken over."""
    count = len(target.pages)
    try:
        _lay(target.copy_foreign(page.as_form_xobject(handle_transformations=True)), target)
    except DAMAGES:
        del target.pages[count:]
        return False
    return True


def _say_lost(target: pikepdf.Pdf) -> None:
    """A sheet in the place of a page of which nothing can be read: a gap would move all later page numbers."""
    sheet = target.add_blank_page(page_size=A4)
    font = pikepdf.Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    sheet.add_resource(target.make_indirect(font), Name.Font, Name.Said)
    sheet.contents_add(f"BT /Said 12 Tf {SIDE:.2f} {A4[1] - TOP - 24:.2f} Td ({LOST}) Tj ET".encode())


def _lay(drawing: pikepdf.Object, target: pikepdf.Pdf) -> None:
    width, height = _visible_size(drawing)
    if min(width, height) < SMALLEST_SIDE:
        raise ValueError("nothing to be seen")
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


def _strip_picture(thing: Any) -> None:
    """Leave of a photograph in a page what draws it: a camera writes into it where and when it was taken."""
    is_picture = isinstance(thing, pikepdf.Stream) and thing.get("/Subtype") == "/Image"
    if not is_picture or list(_filters(thing)) != ["/DCTDecode"]:
        return
    raw = thing.read_raw_bytes()
    try:
        plain = jpegs.plain(raw)
    except jpegs.NoJpeg:
        return
    if plain != raw:
        thing.write(plain, filter=Name.DCTDecode, decode_parms=thing.get("/DecodeParms"))


def _check_decoded_size(source: pikepdf.Pdf) -> None:
    sizes: dict[tuple[int, int], int] = {}
    total = 0
    for thing in source.objects:
        if isinstance(thing, pikepdf.Stream) and set(_filters(thing)) and set(_filters(thing)) <= DECODABLE:
            try:
                sizes[thing.objgen] = len(thing.get_stream_buffer())
            except pikepdf.PdfError:
                continue  # a broken stream draws nothing; the page is still shown
            total += sizes[thing.objgen]
            if total > MOST_DECODED_BYTES:
                raise Refused("too_large")
    # A page may name one stream many times: drawn, they are strung together.
    for page in source.pages:
        held: Any = page.obj.get("/Contents")
        pieces = list(held) if isinstance(held, pikepdf.Array) else []
        if (
            sum(sizes.get(piece.objgen, 0) for piece in pieces if isinstance(piece, pikepdf.Stream))
            > MOST_DECODED_BYTES
        ):
            raise Refused("too_large")


def _filters(stream: pikepdf.Stream) -> Iterator[str]:
    named = stream.get("/Filter")
    if isinstance(named, pikepdf.Array):
        yield from (str(name) for name in named)
    elif named is not None:
        yield str(named)
