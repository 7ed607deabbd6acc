"""In the gate's child process: what a PDF carries beside its pages: what acts or leads outside, every text in it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pikepdf

from bundles.engine.finished import MANIFEST
from bundles.gate.terms import Terms

Numbers = Mapping[tuple[int, int], int]
Find = dict[str, Any]
# Kinds of action that do more than lead to a page of the same file.
ACTIONS = {
    "/JavaScript", "/Launch", "/URI", "/SubmitForm", "/ResetForm", "/ImportData", "/GoToR", "/GoToE", "/Movie",
    "/Sound", "/Rendition", "/RichMediaExecute", "/Hide", "/SetOCGState", "/GoTo3DView", "/Named", "/Thread",
}  # fmt: skip
# Notes on a page that are no link inside the file and no field of the seal.
QUIET = {"/Link", "/Widget"}
DEEPEST = 50
SIGNED_BYTES = {"/Contents", "/ByteRange", "/Cert", "/Changes"}
# Where a text of the file stands, by the keys of the dictionary it is in.
INFO_KEYS = {"/Title", "/Author", "/Subject", "/Keywords", "/Creator", "/Producer"}


def finds(pdf: pikepdf.Pdf, numbers: Numbers, terms: Terms) -> Iterator[Find]:
    """Everything that acts, is attached, or says a withheld word outside the pages' own text."""
    yield from _root_finds(pdf)
    yield from _page_finds(pdf)
    info = pdf.trailer.get("/Info")
    told = set[tuple[str, int | None, str]]()
    for thing in pdf.objects:
        parts = list(_dictionaries(thing))
        yield from _acting(parts)
        for find in _saying(thing, parts, info, numbers, terms):
            key = (find["code"], find.get("page"), find["term"] or find["what"])
            if key not in told:  # the same text may stand in several places of a file
                told.add(key)
                yield find


def _root_finds(pdf: pikepdf.Pdf) -> Iterator[Find]:
    root = pdf.Root
    opening = root.get("/OpenAction")
    if opening is not None and not isinstance(opening, pikepdf.Array):
        yield {"code": "active", "item": "opening", "what": "action"}
    if "/AA" in root:
        yield {"code": "active", "item": "opening", "what": "action"}
    if "/JavaScript" in root.get("/Names", {}):
        yield {"code": "active", "item": "names", "what": "script"}
    form = root.get("/AcroForm")
    if form is not None and ("/XFA" in form or any(field.get("/FT") != "/Sig" for field in form.get("/Fields", []))):
        yield {"code": "active", "item": "form", "what": "form"}
    if list(pdf.attachments) != [MANIFEST] or "/Collection" in root:
        yield {"code": "attachments", "what": "attached"}


def _page_finds(pdf: pikepdf.Pdf) -> Iterator[Find]:
    for number, page in enumerate(pdf.pages, 1):
        if "/AA" in page:
            yield {"code": "active", "page": number, "what": "action"}
        for note in page.get("/Annots", []):
            kind = str(note.get("/Subtype"))
            if kind not in QUIET or "/AA" in note:
                yield {"code": "active", "page": number, "what": "note"}
            elif kind == "/Widget" and note.get("/FT") != "/Sig":
                yield {"code": "active", "page": number, "what": "form"}
            elif kind == "/Link" and ("/A" in note or not note.get("/Dest")):
                yield {"code": "active", "page": number, "what": "link"}


def _acting(parts: Sequence[Any]) -> Iterator[Find]:
    """Actions wherever they stand, also those that no page leads to."""
    for part in parts:
        kind = part.get("/Type")
        if str(part.get("/S")) in ACTIONS and (kind is None or kind == "/Action"):
            yield {"code": "active", "what": "action"}
        if "/JS" in part or "/URI" in part:
            yield {"code": "active", "what": "script" if "/JS" in part else "link"}
        if kind == "/Filespec" and str(part.get("/F", "")) != MANIFEST:
            yield {"code": "attachments", "what": "attached"}


def _saying(thing: Any, parts: Sequence[Any], info: Any, numbers: Numbers, terms: Terms) -> Iterator[Find]:
    is_info = info is not None and isinstance(thing, pikepdf.Object) and thing.objgen == info.objgen
    for code, page, text in _said(thing, parts, is_info, numbers):
        for hit in terms.found(text):
            yield {"code": code, "page": page, **hit}


def _said(thing: Any, parts: Sequence[Any], is_info: bool, numbers: Numbers) -> Iterator[tuple[str, int | None, str]]:
    """Every text of one part of the file, what it is a text of, and the page it leads to."""
    if isinstance(thing, pikepdf.Stream) and thing.get("/Type") == "/Metadata":
        yield "metadata", None, thing.read_bytes().decode("utf-8", "replace")
    for part in parts:
        if texts := list(_texts(part)):
            code, page = _place(part, is_info, numbers)
            yield from ((code, page, text) for text in texts)
    if isinstance(thing, pikepdf.Array):  # named places of a file are pairs in an array
        yield from (("names", None, text) for text in _strings(thing))


def _place(part: Any, is_info: bool, numbers: Numbers) -> tuple[str, int | None]:
    if is_info:
        return "metadata", None
    if "/Title" in part and ("/Parent" in part or "/Dest" in part):
        return "bookmarks", _page_of(part.get("/Dest"), numbers)
    return "names", None


def _page_of(destination: Any, numbers: Numbers) -> int | None:
    if not isinstance(destination, pikepdf.Array) or not len(destination):
        return None
    page = numbers.get(getattr(destination[0], "objgen", (0, 0)))
    return None if page is None else page + 1


def _dictionaries(thing: Any, depth: int = 0) -> Iterator[Any]:
    """The dictionary, and those directly inside it; what is referred to has a turn of its own."""
    if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        yield thing
        children: Iterable[Any] = (value for key, value in thing.items() if key != "/Parent")
    elif isinstance(thing, pikepdf.Array):
        children = thing
    else:
        return
    if depth > DEEPEST:
        return
    for child in children:
        if isinstance(child, pikepdf.Dictionary | pikepdf.Array) and not child.is_indirect:
            yield from _dictionaries(child, depth + 1)


def _texts(part: Any) -> Iterator[str]:
    """The texts of one dictionary, but for the bytes of a seal."""
    is_signed = "/ByteRange" in part or "/SubFilter" in part
    for key, value in part.items():
        if is_signed and key in SIGNED_BYTES:
            continue
        if isinstance(value, pikepdf.String):
            yield str(value)
        elif isinstance(value, pikepdf.Array) and not value.is_indirect:
            yield from _strings(value)


def _strings(array: Any) -> Iterator[str]:
    for each in array:
        if isinstance(each, pikepdf.String):
            yield str(each)
