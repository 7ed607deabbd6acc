"""Which page everything is on: decided before the file is put together, and printed in it."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

from bundles.engine.documents import VIEW
from bundles.engine.rendering import (
    KIND_WORDS,
    SECTION_WORDS,
    entry_place,
    exhibit_place,
    months,
    parts_of,
)
from bundles.selection.choice import Preset, Section
from bundles.selection.contents import Contents, Entry

MOST_IN_A_BRANCH = 100
FRONT = "front"
SPARE = 0.97  # of the bytes a volume may have: fonts, list, seal and signature come on top of the pages
OWN_BYTES = 400_000


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
        section: which part of the bundle it belongs to; each has page numbers of its own where letters are used.
        stays_with: parts of the same name stay in one volume, if they fit.
        file_pages: how many pages the file has in all.
    """

    path: str
    first: int
    pages: int
    places: dict[str, tuple[int, float]] = field(default_factory=dict)
    header: str = ""
    view: str = VIEW
    section: str = FRONT
    stays_with: str = ""
    file_pages: int = 0


@dataclass(frozen=True)
class Volume:
    """One file of a bundle: so many pages from one on, of all pages of the bundle."""

    number: int
    first: int
    pages: int
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Plan:
    """The whole bundle, page by page, over all its volumes.

    Attributes:
        volumes: in their order.
        pages: how many there are in all.
        places: page index in the bundle and height in points, by place name.
        headers: what is stamped at the top of a page, left and right, by page index.
        runs: page index from which on numbers are counted anew, and what stands before them.
    """

    volumes: tuple[Volume, ...]
    pages: int
    places: dict[str, tuple[int, float]]
    headers: dict[int, tuple[str, str]]
    runs: tuple[tuple[int, str], ...] = ((0, ""),)

    @property
    def parts(self) -> tuple[Part, ...]:
        return tuple(part for volume in self.volumes for part in volume.parts)

    def page(self, place: str) -> int:
        """Which page of the bundle a place is on, counted from 1."""
        return self.places[place][0] + 1

    def label(self, index: int) -> str:
        """The number printed on a page."""
        start, letter = next(run for run in reversed(self.runs) if run[0] <= index)
        return f"{letter}{index - start + 1}"

    def volume(self, index: int) -> Volume:
        return next(volume for volume in reversed(self.volumes) if volume.first <= index)

    def reference(self, index: int) -> str:
        """A page as it is referred to: its number, and the volume's where there are several."""
        label = self.label(index)
        return f"{self.volume(index).number}:{label}" if len(self.volumes) > 1 else label


def plan(parts: Sequence[Part], preset: Preset | None = None, covers: Sequence[Part] = ()) -> Plan:
    """Lay the parts one after the other, in as many volumes as the ceilings ask for.

    Args:
        parts: in their order.
        preset: its numbering and ceilings.
        covers: the first page of each further volume, as many as there are.
    """
    groups = list(_volumes(parts, preset))
    for number, cover in enumerate(covers[: len(groups) - 1], 1):
        groups[number].insert(0, replace(cover, section=groups[number][0].section))
    places: dict[str, tuple[int, float]] = {}
    headers: dict[int, tuple[str, str]] = {}
    volumes = []
    start = 0
    for number, group in enumerate(groups, 1):
        first = start
        for part in group:
            _lay(part, start, places, headers)
            start += part.pages
        volumes.append(Volume(number, first, start - first, tuple(group)))
    lettered = preset is not None and preset.numbering == "bates"
    runs = tuple(_runs([part for group in groups for part in group])) if lettered else ((0, ""),)
    return Plan(tuple(volumes), start, places, headers, runs)


def _lay(part: Part, start: int, places: dict[str, tuple[int, float]], headers: dict[int, tuple[str, str]]) -> None:
    for place, (index, height) in part.places.items():
        if part.first <= index < part.first + part.pages:
            places.setdefault(place, (start + index - part.first, height))
    if part.header:
        total = part.file_pages or part.first + part.pages
        for number in range(part.pages):
            headers[start + number] = (part.header, f"{part.view}, page {part.first + number + 1} of {total}")


def _runs(parts: Sequence[Part]) -> Iterator[tuple[int, str]]:
    start = 0
    for number, (_, group) in enumerate(groupby(parts, lambda part: part.section)):
        yield start, letters(number)
        start += sum(part.pages for part in group)


def letters(number: int) -> str:
    """The letter of a section: A, B … Z, then AA, AB."""
    return letters(number // 26 - 1) + chr(ord("A") + number % 26) if number >= 26 else chr(ord("A") + number)


def _volumes(parts: Sequence[Part], preset: Preset | None) -> Iterator[list[Part]]:
    """The parts by volume: cut where a ceiling would be passed, before an exhibit, or within what is too large."""
    if preset is None or not (preset.most_pages or preset.most_bytes):
        yield list(parts)
        return
    most_pages = preset.most_pages or 10**9
    most_bytes = int((preset.most_bytes or 10**15) * SPARE) - OWN_BYTES
    volume: list[Part] = []
    pages, size = 0, 0.0
    for unit in _units(parts, most_pages - 1, most_bytes):
        own_pages, own_size = sum(part.pages for part in unit), sum(map(part_bytes, unit))
        if volume and (pages + own_pages > most_pages or size + own_size > most_bytes):
            yield volume
            volume, pages, size = [], 1, 0.0  # its cover
        volume += unit
        pages, size = pages + own_pages, size + own_size
    yield volume


def _units(parts: Sequence[Part], most_pages: int, most_bytes: int) -> Iterator[list[Part]]:
    for name, group in groupby(parts, lambda part: (part.section, part.stays_with)):
        unit = list(group)
        fits = sum(part.pages for part in unit) <= most_pages and sum(map(part_bytes, unit)) <= most_bytes
        if name[1] and fits:
            yield unit
        else:
            for part in unit:
                yield from ([replace(part, first=part.first + number, pages=1)] for number in range(part.pages))


def part_bytes(part: Part) -> float:
    """About how many bytes it brings: its share of its file."""
    return os.path.getsize(part.path) * part.pages / max(part.pages, part.file_pages) if part.path else 0.0


# --- what is made of it -------------------------------------------------------------------------------------------


def outline(contents: Contents, plan: Plan, volume: Volume) -> list[dict[str, Any]]:
    """A volume's bookmarks: title with page number, page index, and what lies beneath, in branches of at most 100."""
    marks = _Marks(plan, volume)
    tops = []
    for place, words in parts_of(contents):
        below: list[dict[str, Any]] = []
        if words == SECTION_WORDS[Section.CHRONOLOGY]:
            below = marks.branches(
                [
                    marks.over(title, marks.branches([marks.of_entry(entry) for entry in members], "Entries"))
                    for _, title, members in months(contents.entries)
                ],
                "Months",
            )
        elif words == SECTION_WORDS[Section.EXHIBITS]:
            below = marks.branches([marks.of_exhibit(exhibit) for exhibit in contents.exhibits], "Exhibits")
        tops.append(marks.over(words, below) if below else marks.at(words, place))
        if place == "statement":
            tops.append(marks.at("Index", "index"))
    return [mark for mark in tops if mark]


class _Marks:
    """Bookmarks of one volume; what stands in another has none here."""

    def __init__(self, plan: Plan, volume: Volume) -> None:
        self.plan, self.volume = plan, volume

    def at(self, words: str, place: str) -> dict[str, Any] | None:
        index, height = self.plan.places[place]
        if not self.volume.first <= index < self.volume.first + self.volume.pages:
            return None
        title = f"{words}, page {self.plan.label(index)}"
        return {"title": title, "page": index - self.volume.first, "height": height, "below": []}

    def of_entry(self, entry: Entry) -> dict[str, Any] | None:
        return self.at(f"Entry {entry.number}: {_short(entry.occurred_words)}", entry_place(entry.number))

    def of_exhibit(self, exhibit: Any) -> dict[str, Any] | None:
        kind = exhibit.kind_words or KIND_WORDS[exhibit.kind].lower()
        return self.at(f"Exhibit {exhibit.mark} ({kind})", exhibit_place(exhibit.mark))

    def over(self, words: str, below: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
        """A bookmark over others, leading to the first of them."""
        if not below:
            return None
        page, height = below[0]["page"], below[0]["height"]
        title = f"{words}, page {self.plan.label(page + self.volume.first)}"
        return {"title": title, "page": page, "height": height, "below": list(below)}

    def branches(self, rows: Sequence[dict[str, Any] | None], words: str) -> list[dict[str, Any]]:
        marks = [mark for mark in rows if mark]
        if len(marks) <= MOST_IN_A_BRANCH:
            return marks
        groups = [marks[start : start + MOST_IN_A_BRANCH] for start in range(0, len(marks), MOST_IN_A_BRANCH)]
        starts = range(1, len(marks) + 1, MOST_IN_A_BRANCH)
        titles = [f"{words} {start} to {start + len(group) - 1}" for start, group in zip(starts, groups, strict=True)]
        found = [self.over(title, group) for title, group in zip(titles, groups, strict=True)]
        return [mark for mark in found if mark]


def page_map(contents: Contents, plan: Plan) -> dict[str, Any]:
    """Which page of the bundle everything is on, from 1 over all volumes; the same contents give the same map.

    `labels` says how pages are numbered in print: from which page on, and the letter that stands before the number.
    `volumes` are the first and last page of each.
    """
    return {
        "pages": plan.pages,
        "cover": plan.page("cover"),
        "statement": plan.page("statement"),
        "index": plan.page("index"),
        "entries": {str(entry.number): plan.page(entry_place(entry.number)) for entry in contents.entries},
        "exhibits": _exhibit_pages(contents, plan),
        "labels": [[start + 1, letter] for start, letter in plan.runs],
        "volumes": [[volume.first + 1, volume.first + volume.pages] for volume in plan.volumes],
    }


def _exhibit_pages(contents: Contents, plan: Plan) -> dict[str, list[int]]:
    """The first and last page of each exhibit."""
    ends: dict[str, int] = {}
    start = 0
    for part in plan.parts:
        start += part.pages
        if part.stays_with:
            ends[part.stays_with] = start
    marks = [exhibit.mark for exhibit in contents.exhibits]
    return {mark: [plan.page(exhibit_place(mark)), ends[mark]] for mark in marks}


def _short(words: str) -> str:
    one_line = " ".join(words.split())
    return one_line if len(one_line) <= 60 else one_line[:59] + "…"
