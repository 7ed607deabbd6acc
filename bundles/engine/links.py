"""The links of a page, until it is known where they lead: one note on the page, where each link was its own objects.

A page that is printed has its links as the engine made them, with the name of a place for an address. Where that place
is, is known at the end, when a large bundle has some ten thousand of them. So they are taken off the page when it is
made and written down on it; the file is put together with the notes, and at the end each link is written once.
"""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import pikepdf
from pikepdf import Name, String

NOTE = Name("/Links")


class Link(NamedTuple):
    """A link that leads to a place by name.

    Attributes:
        box: left, bottom, right and top, in points.
        address: as the page has it; empty for what is no link of ours, which nothing is known to be done with.
    """

    box: tuple[float, ...]
    address: str


def note(pdf: pikepdf.Pdf) -> None:
    """Take the links off every page of a file of ours, and write them down on it."""
    for page in pdf.pages:
        rows, _ = take(page.obj)
        if rows:
            page.obj[NOTE] = String(json.dumps(rows, separators=(",", ":")))


def noted(page: Any, *, is_ours: bool) -> list[Link]:
    """The links written down on a page, which no longer has the note then; of a page from outside none are believed."""
    found = page.get(NOTE)
    if found is None:
        return []
    del page[NOTE]
    return [Link(tuple(box), address) for box, address in json.loads(str(found))] if is_ours else []


def take(page: Any) -> tuple[list[Link], list[int]]:
    """Take off a page whatever lies upon it: the links, and the numbers of the objects that they were."""
    annotations: Any = page.get("/Annots")
    if annotations is None:
        return [], []
    rows = [_link(each) for each in annotations]
    numbers = [number for each in annotations for number in _numbers(each)]
    del page["/Annots"]
    return rows, numbers


def _link(annotation: Any) -> Link:
    action = annotation.get("/A")
    address = str(action.get("/URI", "")) if action is not None else ""
    return Link(tuple(round(float(edge), 3) for edge in annotation.get("/Rect", (0, 0, 0, 0))), address)


def _numbers(annotation: Any) -> Iterator[int]:
    for thing in (annotation, annotation.get("/A")):
        if thing is not None and thing.is_indirect:
            yield thing.objgen[0]
