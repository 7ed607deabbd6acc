"""What runs in the child process before a bundle may leave: the finished file is looked over as a stranger would.

Nothing is taken from what the builder said of it. Each find is a plain dictionary: `code`, the check; `page`, from 1;
`item`, an exhibit or a place in the file; `what`, a kind; `term`, the id of a withheld term, never its words.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2

from bundles.engine.finished import MANIFEST, ManifestError, pages_of, read_list
from bundles.gate import parts, pictures
from bundles.gate.marks import Marks
from bundles.gate.terms import Terms
from jobs.child import Refused
from logs import sheets

LOOK, SEARCH = "bundles.gate.looking:look", "bundles.gate.looking:search"
DRAW_PAGE, WORDS = "bundles.gate.looking:draw_page", "bundles.gate.looking:words"
# Every check, in the order of the page that shows them. One without a find is green.
CHECKS = (
    "pages", "marks", "active", "attachments", "picture_data",
    "text", "metadata", "bookmarks", "names", "manifest", "pictures",
)  # fmt: skip
DIGEST = re.compile(r"\b[0-9a-f]{64}\b")
PAGES_AT_ONCE = 100
UNREADABLE = {"code": "pages", "what": "unreadable"}
Find = dict[str, Any]


def look(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Look over the finished file at `path`, a bundle or one volume of it: all but the text of its pages.

    Args:
        payload: besides, `pages` of the whole bundle as planned; `terms`, what is withheld.

    Returns:
        `finds`, by pages of the whole bundle; `pages` of this file; `pictures`: of each page that shows any, `page`,
        `local`, its number in this file, `item`, `sha256` over them, and `is_one`.
    """
    terms = Terms.of(payload)
    finds: list[Find] = []
    try:
        with _opened(payload["path"]) as pdf:
            listed = _manifest(pdf)
            span, marks = _span(listed, len(pdf.pages)), Marks(listed)
            finds += _page_finds(pdf, listed, span, payload["pages"])
            finds += _mark_finds(marks, span, len(pdf.pages))
            finds += parts.finds(pdf, pages_of(pdf), terms)
            seen = pictures.Pictures(pdf, marks, span[0] - 1)
            finds += seen.finds(terms)
            finds += _manifest_finds(listed, terms)
            places, count = seen.places(), len(pdf.pages)
    except pikepdf.PdfError:
        return {"finds": [UNREADABLE], "pages": 0, "pictures": []}
    before = span[0] - 1
    shown = [place | {"page": place["local"] + before} for place in places]
    return {"finds": [_of_the_whole(find, before) for find in finds], "pages": count, "pictures": shown}


def search(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Search the text of some pages of the file at `path`, and look whether exhibits that begin on them say so.

    Args:
        payload: besides, `first` and `last`, pages of this file from 1, without `last` to its end; `terms`; and
            `hidden`, kinds that are looked for by their form.

    Returns:
        `finds`, by pages of the whole bundle.
    """
    terms = Terms.of(payload)
    first, last = payload["first"], payload.get("last")
    try:
        with _opened(payload["path"]) as pdf:
            listed = _manifest(pdf)
            before, last = _span(listed, len(pdf.pages))[0] - 1, min(last or len(pdf.pages), len(pdf.pages))
        marks, finds = Marks(listed), list[Find]()
        for start in range(first, last + 1, PAGES_AT_ONCE):  # opened anew: the library keeps all that it has read
            with pypdfium2.PdfDocument(payload["path"]) as document:
                numbers = range(start, min(start + PAGES_AT_ONCE, last + 1))
                finds += _text_finds(document, numbers, marks, before, terms)
    except (pikepdf.PdfError, pypdfium2.PdfiumError):
        return {"finds": [UNREADABLE]}
    return {"finds": [_of_the_whole(find, before) for find in finds]}


def _of_the_whole(find: Find, before: int) -> Find:
    return find | {"page": find["page"] + before} if find.get("page") else find


def _opened(path: str) -> pikepdf.Pdf:
    return pikepdf.open(path, access_mode=pikepdf.AccessMode.stream)


def draw_page(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Draw one page of a bundle, of whose volumes the files are at `paths`, into `folder`.

    Returns:
        `path` of the picture.

    Raises:
        Refused: `no_page`: it has fewer.
    """
    number = payload["number"]
    for path in payload["paths"]:
        with pypdfium2.PdfDocument(path) as document:
            pages = len(document)
        if number <= pages:
            asked = {"path": path, "folder": payload["folder"], "numbers": [number], "dots": payload["dots"]}
            sheets.draw(asked)
            return {"path": str(Path(payload["folder"]) / f"{number}.jpg")}
        number -= pages
    raise Refused("no_page")


def words(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Look for `terms`, and by form for the kinds `hidden`, in the words that a machine read off pictures.

    Of each, `read` has its place and its words.
    """
    terms = Terms.of(payload)
    finds = []
    for row in payload["read"]:
        for hit in _of_a_file(terms, row["words"] or "", is_read_by_machine=True):
            place = {"page": row["page"], "item": row["item"], "picture": row["sha256"]}
            finds.append({"code": "pictures", **hit, **place})
    return {"finds": finds}


def _manifest(pdf: pikepdf.Pdf) -> Mapping[str, Any]:
    """The list in the file; nothing where it carries none that is ours."""
    try:
        return read_list(pdf.attachments[MANIFEST].get_file().read_bytes())
    except (KeyError, ManifestError):
        return {}


def _span(listed: Mapping[str, Any], pages: int) -> tuple[int, int]:
    """The first and last page of the bundle, from 1, that this file has."""
    volumes = listed.get("page_map", {}).get("volumes") or [[1, listed.get("pages", pages)]]
    first, last = volumes[min(listed.get("volume", 1), len(volumes)) - 1]
    return int(first), int(last)


def _page_finds(pdf: pikepdf.Pdf, listed: Mapping[str, Any], span: tuple[int, int], planned: int) -> Iterator[Find]:
    if len(pdf.pages) != span[1] - span[0] + 1 or planned != listed.get("pages"):
        yield {"code": "pages", "what": "count"}


def _mark_finds(marks: Marks, span: tuple[int, int], pages: int) -> Iterator[Find]:
    """Exhibits that begin where another does, or behind the file's last page."""
    firsts = [first for first in marks.firsts if span[0] <= first <= span[1]]
    if len(firsts) != len(set(firsts)):
        yield {"code": "marks", "what": "shared"}
    for first in dict.fromkeys(first for first in firsts if first - span[0] >= pages):
        yield from ({"code": "marks", "item": mark, "what": "missing"} for mark in marks.beginning_on(first))


def _text_finds(
    document: pypdfium2.PdfDocument, numbers: Sequence[int], marks: Marks, before: int, terms: Terms
) -> Iterator[Find]:
    """Withheld words in what can be searched, and exhibits whose first page does not carry their own mark."""
    for number in numbers:
        text, item = _text_of(document, number - 1), marks.on(number + before)
        begins = marks.beginning_on(number + before)
        for mark in begins:
            if not _carries(text, mark):
                yield {"code": "marks", "page": number, "item": mark, "what": "missing"}
        is_of_file = bool(item) and not begins
        for hit in _of_a_file(terms, text) if is_of_file else terms.found(text):
            yield {"code": "text", "page": number, "item": item, **hit}


def _of_a_file(terms: Terms, text: str, *, is_read_by_machine: bool = False) -> list[Find]:
    """Terms, and besides what has the form of something withheld where no term of its kind was found."""
    known = terms.found(text, is_read_by_machine=is_read_by_machine)
    kinds = {hit["what"] for hit in known}
    return [*known, *(hit for hit in terms.spotted(text) if hit["what"] not in kinds)]


def _text_of(document: pypdfium2.PdfDocument, index: int) -> str:
    page = document[index]
    text = page.get_textpage()
    try:
        return str(text.get_text_range())
    finally:
        text.close()
        page.close()


def _carries(text: str, mark: str) -> bool:
    """Whether the mark stands there by itself: E1 is no part of E11."""
    return re.search(rf"(?<![\w/]){re.escape(mark)}(?![\w/])", text) is not None


def _manifest_finds(listed: Mapping[str, Any], terms: Terms) -> Iterator[Find]:
    """Without the digests: a number could be found in sixty-four signs that say nothing."""
    if not listed:
        yield {"code": "attachments", "what": "no_manifest"}
        return
    told: dict[str, Find] = {}
    for text in dict.fromkeys(_texts(listed)):
        for hit in terms.found(DIGEST.sub("", text)):
            told.setdefault(hit["term"], {"code": "manifest", "item": MANIFEST, **hit})
    yield from told.values()


def _texts(told: Any) -> Iterator[str]:
    """Every text and name in plain values."""
    if isinstance(told, str):
        yield told
    elif isinstance(told, Mapping):
        for name, value in told.items():
            yield name
            yield from _texts(value)
    elif isinstance(told, list):
        for value in told:
            yield from _texts(value)
