"""What runs in the child process at the end: parts joined, numbers stamped, links and bookmarks led to their pages."""

import json
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, OutlineItem, String

from bundles.rendering import PLACE
from bundles.stamping import BOTTOM, INDEX_WORDS, Stamp, StampFont, draw
from jobs.child import Refused

MANIFEST = "manifest.json"


def finish(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Join the parts and finish the file; the seal comes after.

    Args:
        payload: `plan` is the path of a JSON file: parts, pages, places, headers, outline, reference, made_at;
            `manifest` the path of the list to embed; `joined` and `out` are the paths to write.

    Raises:
        Refused: `pages_differ` or `links_differ`: the file is not as planned.
    """
    told = json.loads(Path(payload["plan"]).read_text())
    join(told["parts"], payload["joined"])
    with pikepdf.open(payload["joined"], access_mode=pikepdf.AccessMode.stream) as pdf:
        if len(pdf.pages) != told["pages"]:
            raise Refused("pages_differ")
        links = _lead_links(pdf, told["places"])
        _stamp(pdf, told)
        _bookmark(pdf, told["outline"])
        _describe(pdf, told, Path(payload["manifest"]).read_bytes())
        pdf.save(payload["out"], deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return {"links": links}


def join(parts: list[Mapping[str, Any]], out: str) -> None:
    """Join files by their paths: memory does not grow with their size."""
    pages = []
    for part in parts:
        pages += [part["path"], f"{part['first'] + 1}-{part['first'] + part['pages']}"]
    pikepdf.Job(["join", "--empty", "--deterministic-id", "--pages", *pages, "--", out]).run()


def _lead_links(pdf: pikepdf.Pdf, places: Mapping[str, list[float]]) -> int:
    led = 0
    for page in pdf.pages:
        for annotation in page.get("/Annots", []):
            action = annotation.get("/A")
            address = str(action.get("/URI", "")) if action is not None else ""
            place = places.get(address.removeprefix(PLACE))
            if not address.startswith(PLACE) or place is None:
                raise Refused("links_differ")
            del annotation["/A"]
            annotation.Dest = _destination(pdf, *place)
            annotation.F = 4  # printed with the page, as archives ask
            led += 1
    return led


def _destination(pdf: pikepdf.Pdf, page: float, height: float) -> Array:
    return Array([pdf.pages[int(page)].obj, Name.XYZ, 0, round(height + 8, 2), None])


def _stamp(pdf: pikepdf.Pdf, told: Mapping[str, Any]) -> None:
    total, headers = told["pages"], told["headers"]
    index_page, index_height = told["places"]["index"]
    letters = "".join([told["reference"], *(word for pair in headers.values() for word in pair)])
    font = StampFont(pdf, letters)
    for number, page in enumerate(pdf.pages):
        width, height = float(page.mediabox[2]), float(page.mediabox[3])
        stamps = [Stamp(told["reference"], "left", BOTTOM), Stamp(f"Page {number + 1} of {total}", "right", BOTTOM)]
        if str(number) in headers:
            left, right = headers[str(number)]
            stamps += [Stamp(left, "left", height - BOTTOM), Stamp(right, "right", height - BOTTOM)]
        if number > index_page:
            stamps.append(Stamp(INDEX_WORDS, "centre", BOTTOM))
            box = font.box(INDEX_WORDS, width)
            _add_link(pdf, page, box, _destination(pdf, index_page, index_height))
        draw(page, font, stamps, width)


def _add_link(pdf: pikepdf.Pdf, page: pikepdf.Page, box: list[float], destination: Array) -> None:
    link = Dictionary(
        Type=Name.Annot, Subtype=Name.Link, Rect=Array(box), Border=Array([0, 0, 0]), F=4, Dest=destination
    )
    if Name.Annots not in page.obj:
        page.Annots = Array()
    page.Annots.append(pdf.make_indirect(link))


def _bookmark(pdf: pikepdf.Pdf, marks: list[Mapping[str, Any]]) -> None:
    with pdf.open_outline() as outline:
        outline.root.extend(_items(pdf, marks))


def _items(pdf: pikepdf.Pdf, marks: list[Mapping[str, Any]]) -> Iterator[OutlineItem]:
    for mark in marks:
        item = OutlineItem(mark["title"], _destination(pdf, mark["page"], mark["height"]))
        item.is_closed = True
        item.children.extend(_items(pdf, mark["below"]))
        yield item


def _describe(pdf: pikepdf.Pdf, told: Mapping[str, Any], manifest: bytes) -> None:
    """Language, page labels, opening view and the embedded list; nothing that names the matter."""
    root, made_at = pdf.Root, told["made_at"]
    root.Lang = String("en-GB")
    root.PageLabels = Dictionary(Nums=Array([0, Dictionary(S=Name.D, St=1)]))
    root.PageMode = Name.UseOutlines
    root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    root.OpenAction = Array([pdf.pages[0].obj, Name.XYZ, None, None, 1])
    if Name.Metadata in root:
        del root.Metadata
    pdf.trailer.Info = pdf.make_indirect(
        Dictionary(Title=String("Document"), CreationDate=String(made_at), ModDate=String(made_at))
    )
    embedded = pikepdf.AttachedFileSpec(
        pdf,
        manifest,
        description="SHA-256 of every original and entry",
        filename=MANIFEST,
        mime_type="application/json",
        creation_date=made_at,
        mod_date=made_at,
    )
    embedded.relationship = Name.Data
    pdf.attachments[MANIFEST] = embedded


def pages_of(pdf: pikepdf.Pdf) -> dict[tuple[int, int], int]:
    """Page index by the page's own object number: where a destination leads."""
    return {page.obj.objgen: number for number, page in zip(count(), pdf.pages, strict=False)}
