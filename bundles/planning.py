"""Which page everything is on: decided before the file is put together, and printed in it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from bundles.contents import Contents, Entry
from bundles.documents import VIEW
from bundles.rendering import KIND_WORDS, entry_place, exhibit_place, months

MOST_IN_A_BRANCH = 100


@dataclass(frozen=True)
class Part:
    """A printed file, or some pages of one.

    Attributes:
        path: the PDF.
        first: index of the first page used, from 0.
        pages: how many.
        places: page index within the file and height in points, by place name.
        header: what is stamped at the top of each page, left; nothing where the page says it itself.
        view: what is stamped there on the right before the page's number: which sort of copy it is.
    """

    path: str
    first: int
    pages: int
    places: dict[str, tuple[int, float]] = field(default_factory=dict)
    header: str = ""
    view: str = VIEW


@dataclass(frozen=True)
class Plan:
    """The whole bundle, page by page.

    Attributes:
        parts: in their order.
        pages: how many there are.
        places: page index in the bundle and height in points, by place name.
        headers: what is stamped at the top of a page, left and right, by page index.
    """

    parts: tuple[Part, ...]
    pages: int
    places: dict[str, tuple[int, float]]
    headers: dict[int, tuple[str, str]]

    def page(self, place: str) -> int:
        """The number printed on the page where a place is."""
        return self.places[place][0] + 1

    def numbers(self) -> dict[str, int]:
        return {place: index + 1 for place, (index, _) in self.places.items()}


def plan(parts: Sequence[Part]) -> Plan:
    """Lay the parts one after the other."""
    places: dict[str, tuple[int, float]] = {}
    headers: dict[int, tuple[str, str]] = {}
    start = 0
    for part in parts:
        for place, (index, height) in part.places.items():
            if part.first <= index < part.first + part.pages:
                places.setdefault(place, (start + index - part.first, height))
        if part.header:
            for number in range(part.pages):
                headers[start + number] = (part.header, f"{part.view}, page {number + 1} of {part.pages}")
        start += part.pages
    return Plan(tuple(parts), start, places, headers)


def outline(contents: Contents, plan: Plan) -> list[dict[str, Any]]:
    """The bookmarks: title with its page number, page index, and what lies beneath, in branches of at most 100."""

    def mark(words: str, place: str, below: list[dict[str, Any]] | None = None) -> dict[str, Any]:
        index, height = plan.places[place]
        title = f"{words}, page {index + 1}"
        return {"title": title, "page": index, "height": height, "below": below or []}

    def entry_mark(entry: Entry) -> dict[str, Any]:
        return mark(f"Entry {entry.number}: {_short(entry.occurred_words)}", entry_place(entry.number))

    tops = [mark("Cover", "cover"), mark("How this log is kept", "statement"), mark("Index", "index")]
    month_marks = [
        mark(words, place, _branches([entry_mark(entry) for entry in members], "Entries"))
        for place, words, members in months(contents.entries)
    ]
    exhibit_marks = [
        mark(
            f"Exhibit {exhibit.mark} ({exhibit.kind_words or KIND_WORDS[exhibit.kind].lower()})", exhibit_place(ordinal)
        )
        for ordinal, exhibit in enumerate(contents.exhibits, 1)
    ]
    if month_marks:
        tops.append(mark("Chronology", months_first(contents), _branches(month_marks, "Months")))
    if exhibit_marks:
        tops.append(mark("Exhibits", exhibit_place(1), _branches(exhibit_marks, "Exhibits")))
    return tops


def months_first(contents: Contents) -> str:
    return next(place for place, _, _ in months(contents.entries))


def page_map(contents: Contents, plan: Plan) -> dict[str, Any]:
    """Printed page numbers by what is there; the same contents give the same map."""
    exhibits = {}
    for ordinal, exhibit in enumerate(contents.exhibits, 1):
        first = plan.page(exhibit_place(ordinal))
        following = f"exhibit-{ordinal + 1}"
        last = plan.page(following) - 1 if following in plan.places else plan.pages
        exhibits[exhibit.mark] = [first, last]
    return {
        "pages": plan.pages,
        "cover": plan.page("cover"),
        "statement": plan.page("statement"),
        "index": plan.page("index"),
        "entries": {str(entry.number): plan.page(entry_place(entry.number)) for entry in contents.entries},
        "exhibits": exhibits,
    }


def _branches(marks: list[dict[str, Any]], words: str) -> list[dict[str, Any]]:
    if len(marks) <= MOST_IN_A_BRANCH:
        return marks
    return list(_groups(marks, words))


def _groups(marks: list[dict[str, Any]], words: str) -> Iterator[dict[str, Any]]:
    for start in range(0, len(marks), MOST_IN_A_BRANCH):
        below = marks[start : start + MOST_IN_A_BRANCH]
        title = f"{words} {start + 1} to {start + len(below)}, page {below[0]['page'] + 1}"
        yield {"title": title, "page": below[0]["page"], "height": below[0]["height"], "below": below}


def _short(words: str) -> str:
    one_line = " ".join(words.split())
    return one_line if len(one_line) <= 60 else one_line[:59] + "…"
