"""A volume's bookmarks: what is in it, page by page, and what is in the others, leading to its list of volumes."""

from collections.abc import Sequence
from typing import Any

from bundles.engine.planning import Plan, Volume, volumes_place
from bundles.engine.rendering import (
    KIND_WORDS,
    SECTION_WORDS,
    entry_place,
    exhibit_place,
    months,
    parts_of,
)
from bundles.selection.choice import Section
from bundles.selection.contents import Contents, Entry

MOST_IN_A_BRANCH = 100
LEVELS_ELSEWHERE = 2  # of another volume: its parts, and what they hold in branches
Mark = dict[str, Any]


def outline(contents: Contents, plan: Plan, volume: Volume) -> list[Mark]:
    """A volume's bookmarks: title with page number, page index, and what lies beneath, in branches of at most 100."""
    tops = _tops(contents, _Marks(plan, volume))
    for other in plan.volumes:
        if other is not volume:
            found = _pruned(_tops(contents, _Elsewhere(plan, volume, other)), LEVELS_ELSEWHERE)
            tops.append(_Elsewhere(plan, volume, other).over(f"In volume {other.number}", found))
    return [mark for mark in tops if mark]


def _tops(contents: Contents, marks: "_Marks") -> list[Mark | None]:
    tops = []
    for place, words in parts_of(contents):
        below: list[Mark] = []
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


def _pruned(marks: Sequence[Mark | None], levels: int) -> list[Mark]:
    kept = [mark for mark in marks if mark]
    return [mark | {"below": _pruned(mark["below"], levels - 1) if levels > 1 else []} for mark in kept]


class _Marks:
    """Bookmarks of what stands in one volume."""

    def __init__(self, plan: Plan, volume: Volume) -> None:
        self.plan, self.volume = plan, volume

    def at(self, words: str, place: str) -> Mark | None:
        """One that leads to a place; none where that is in another volume."""
        index, height = self.plan.places[place]
        return self.to(words, index, height) if self.volume.has(index) else None

    def to(self, words: str, index: int, height: float) -> Mark:
        """One that leads to a page of the bundle, and says which."""
        title = f"{words}, page {self.plan.label(index)}"
        return {"title": title, "page": index - self.volume.first, "height": height, "index": index, "below": []}

    def of_entry(self, entry: Entry) -> Mark | None:
        return self.at(f"Entry {entry.number}: {_short(entry.occurred_words)}", entry_place(entry.number))

    def of_exhibit(self, exhibit: Any) -> Mark | None:
        kind = exhibit.kind_words or KIND_WORDS[exhibit.kind].lower()
        return self.at(f"Exhibit {exhibit.mark} ({kind})", exhibit_place(exhibit.mark))

    def over(self, words: str, below: Sequence[Mark]) -> Mark | None:
        """A bookmark over others, leading to the first of them."""
        if not below:
            return None
        return self.to(words, below[0]["index"], below[0]["height"]) | {"below": list(below)}

    def branches(self, rows: Sequence[Mark | None], words: str) -> list[Mark]:
        marks = [mark for mark in rows if mark]
        if len(marks) <= MOST_IN_A_BRANCH:
            return marks
        groups = [marks[start : start + MOST_IN_A_BRANCH] for start in range(0, len(marks), MOST_IN_A_BRANCH)]
        starts = range(1, len(marks) + 1, MOST_IN_A_BRANCH)
        titles = [f"{words} {start} to {start + len(group) - 1}" for start, group in zip(starts, groups, strict=True)]
        found = [self.over(title, group) for title, group in zip(titles, groups, strict=True)]
        return [mark for mark in found if mark]


class _Elsewhere(_Marks):
    """Bookmarks of what stands in another volume: they say where, and lead to this volume's list of volumes."""

    def __init__(self, plan: Plan, volume: Volume, other: Volume) -> None:
        super().__init__(plan, other)
        self.here = volume

    def to(self, words: str, index: int, height: float) -> Mark:
        """One that says the page of the other volume, and leads to the list in this one."""
        listed, top = self.plan.places[volumes_place(self.here.number)]
        title = f"{words} ({self.plan.reference(index)}): see the volumes, page {self.plan.label(listed)}"
        return {"title": title, "page": listed - self.here.first, "height": top, "index": index, "below": []}


def _short(words: str) -> str:
    one_line = " ".join(words.split())
    return one_line if len(one_line) <= 60 else one_line[:59] + "…"
