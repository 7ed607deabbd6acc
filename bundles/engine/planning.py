"""Which page everything is on: decided before the file is put together, and printed in it."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

from bundles.engine.documents import VIEW
from bundles.engine.rendering import (
    entry_place,
    exhibit_place,
)
from bundles.selection.choice import Preset
from bundles.selection.contents import Contents

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
        faults: what archives mind in its pages, as `archival.page_faults` tells; nothing where nobody has looked.
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
    faults: Sequence[str] | None = None


@dataclass(frozen=True)
class Volume:
    """One file of a bundle: so many pages from one on, of all pages of the bundle."""

    number: int
    first: int
    pages: int
    parts: tuple[Part, ...]

    def has(self, index: int) -> bool:
        """Whether a page of the bundle is in it."""
        return self.first <= index < self.first + self.pages


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

    def places_in(self, volume: Volume) -> dict[str, tuple[int | None, float, str]]:
        """Where each place of the bundle is reached within a volume: page index and height there, and how it is named.

        What stands in another volume is reached by the list of volumes that this one has: no file leads outside itself.
        """
        listed = self.places.get(volumes_place(volume.number))
        elsewhere = (listed[0] - volume.first, listed[1]) if listed else (None, 0.0)
        return {
            place: (*((index - volume.first, height) if volume.has(index) else elsewhere), self.reference(index))
            for place, (index, height) in self.places.items()
        }


def volumes_place(number: int) -> str:
    """Where the list of volumes is in one of them."""
    return f"volumes-{number}"


def volume_name(number: int) -> str:
    """What a volume's file is called in the pack, and in the list beside the bundle."""
    return f"bundle-{number}.pdf" if number > 1 else "bundle.pdf"


def plan(parts: Sequence[Part], preset: Preset | None = None, covers: Sequence[Part] = ()) -> Plan:
    """Lay the parts one after the other, in as many volumes as the ceilings ask for.

    Args:
        parts: in their order.
        preset: its numbering and ceilings.
        covers: the list of volumes of each, if there are several: the first page of each further one, and after the
            cover in the first.
    """
    groups = list(_volumes(parts, preset, [cover.pages for cover in covers]))
    for number, (group, cover) in enumerate(zip(groups, covers, strict=False)):
        group.insert(0 if number else 1, replace(cover, section=group[0].section))
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


def laid_out(parts: Sequence[Part], preset: Preset | None, print_lists: Callable[[Plan], list[Part]]) -> Plan:
    """Lay out parts with a list of volumes in each, where there are several: what a list says depends on the whole.

    Args:
        parts: in their order.
        preset: the numbering and ceilings.
        print_lists: prints the lists of a plan, one for each of its volumes.
    """
    layout = plan(parts, preset)
    covers = [Part("", 0, 1)] * len(layout.volumes)
    while len(covers) > 1:
        layout = plan(parts, preset, covers)
        if len(layout.volumes) > len(covers):  # a list may push a page into one more volume
            covers = [*covers, covers[-1]]
            continue
        printed = print_lists(layout)
        if [cover.pages for cover in printed] == [cover.pages for cover in covers]:
            return plan(parts, preset, printed)
        covers = printed
    return layout


def _volumes(parts: Sequence[Part], preset: Preset | None, own: Sequence[int]) -> Iterator[list[Part]]:
    """The parts by volume: cut where a ceiling would be passed, before an exhibit, or within what is too large."""
    if preset is None or not (preset.most_pages or preset.most_bytes):
        yield list(parts)
        return
    most_pages = preset.most_pages or 10**9
    most_bytes = int((preset.most_bytes or 10**15) * SPARE) - OWN_BYTES
    volume: list[Part] = []
    number, pages, size = 0, own[0] if own else 0, 0.0
    for unit in _units(parts, most_pages - max([1, *own]), most_bytes):
        own_pages, own_size = sum(part.pages for part in unit), sum(map(part_bytes, unit))
        if volume and (pages + own_pages > most_pages or size + own_size > most_bytes):
            yield volume
            number += 1
            volume, pages, size = [], own[number] if number < len(own) else 1, 0.0
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
