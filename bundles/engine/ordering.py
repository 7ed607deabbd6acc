"""A bundle's pages as orders: every part that is printed, what it is printed from, and where it goes.

Nothing here knows a page number or which number of all a part is: the same entries give the same order, and so the
same part, whatever stands before them.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bundles.engine import label_pages, rendering, tables, volumes
from bundles.engine.cutting import cut
from bundles.engine.parts import TOGETHER, Order, order_key
from bundles.engine.planning import FRONT, Plan
from bundles.engine.rendering import LISTED, NEWS, POLICE, Sheet, entry_place, exhibit_place, month_key
from bundles.selection.choice import Pattern, Section
from bundles.selection.contents import Contents, Entry, Exhibit, canonical, london
from nsvcs.typesetting import Typesetter

# In the middle, and at most: what one process sets at once within its memory.
CHAPTER, LONGEST_CHAPTER, HEAVIEST_CHAPTER = 120, 200, 400_000
BATCH, LONGEST_BATCH, HEAVIEST_BATCH = 60, 100, 400_000
LINES, SHORT_INDEX = 600, 100  # of the index or a list
DESIGNED = "bundles.engine.printing:render"


@dataclass(frozen=True)
class Group:
    """Orders that follow each other, and the section their pages belong to.

    Attributes:
        pieces: for each order the entries or exhibits it is of; empty where it has none that could be at fault.
    """

    section: str
    orders: Sequence[Order]
    pieces: Sequence[Sequence[Any]]
    is_exhibits: bool = False


def as_printed(contents: Contents) -> Contents:
    """The contents without what stands in a section that is left out: nothing leads to pages that are not there."""
    if Section.EXHIBITS not in contents.sections and contents.exhibits:
        bare = tuple(replace(entry, exhibits=()) for entry in contents.entries)
        contents = replace(contents, exhibits=(), entries=bare)
    if Section.CHRONOLOGY not in contents.sections and contents.entries:
        apart = tuple(replace(exhibit, entry_number=None) for exhibit in contents.exhibits)
        contents = replace(contents, entries=(), exhibits=apart)
    return contents


class Printing:
    """The orders of one bundle."""

    def __init__(self, contents: Contents, setter: Typesetter) -> None:
        self.contents, self.setter, self.preset = contents, setter, contents.preset
        # A chapter begins a page: a short log is one, with no page half empty in the middle of it.
        is_short = len(contents.entries) <= CHAPTER
        self.chapters = list(
            cut(
                contents.entries, lambda entry: entry.id, _letters, about=None if is_short else CHAPTER,
                most=LONGEST_CHAPTER, heaviest=HEAVIEST_CHAPTER,
            )
        )  # fmt: skip
        self.batches = list(
            cut(
                contents.exhibits, lambda exhibit: exhibit.evidence_id, _words, about=BATCH, most=LONGEST_BATCH,
                heaviest=HEAVIEST_BATCH,
            )
        )  # fmt: skip
        self.entries = {entry.number for entry in contents.entries}

    def count(self) -> int:
        """How many orders there will be."""
        lists = (len(self._news()), len(self.contents.listed), len(self.contents.police))
        figures = sum(1 + rendering.has_long_table(some[-1][1]) for some in self._figures())
        pages = sum(-(-count // LINES) for count in lists) + len(self._index_pieces())
        return 1 + figures + len(self.chapters) + len(self.batches) + pages

    def orders(self, sheets: Sequence[Sheet]) -> list[Group]:
        """Every part of the bundle but further volumes' covers, in the order of its pages.

        Args:
            sheets: how each exhibit is shown, in their order.
        """
        chapters, shown = self._chapters(), self._sheets(sheets)  # first: they count what cannot be drawn
        of_section: dict[str, Callable[[], Iterator[Group]]] = {
            Section.CHRONOLOGY: lambda: self._chronology(chapters),
            Section.POLICE: lambda: _some(Section.POLICE, self._police()),
            Section.PATTERNS: lambda: _some(Section.PATTERNS, self._patterns()),
            Section.EXHIBITS: lambda: iter([shown] if shown.orders else []),
        }
        notes = {sheet.exhibit.mark: "Not shown: see its page" for sheet in sheets if sheet.reason}
        front = rendering.front(self.contents, has_codes=self.setter.codes > 0)
        groups = [Group(FRONT, [designed("cover", front), *self._index(notes), *self._news_list()], ())]
        for section in self.contents.sections:
            groups += of_section[section]()
        return [replace(group, pieces=group.pieces or [()] * len(group.orders)) for group in groups]

    def volume_lists(self, plan: Plan) -> list[Order]:
        """The list of volumes that each has: the first page of every one but the first."""
        rows = list(volumes.rows(self.contents, plan))
        pages = [rendering.volume_list(self.contents, volume.number, rows) for volume in plan.volumes]
        return [designed(f"volume {number}", html) for number, html in enumerate(pages, 1)]

    def again(self, pieces: Sequence[Any]) -> Order:
        """An order for some entries or exhibits alone, to find the one at fault."""
        if isinstance(pieces[0], Entry):
            return tabular("entries", tables.chapter(pieces, Typesetter(), self.preset))
        return self._sheet_order(list(pieces), Typesetter())

    def name_of(self, piece: Any) -> str:
        return f"entry {piece.number}" if isinstance(piece, Entry) else str(piece.exhibit.mark)

    # --- sections ---------------------------------------------------------------------------------------------

    def _chapters(self) -> list[Order]:
        orders, before = [], None
        for rows in self.chapters:
            goes_on = before is not None and month_key(before) == month_key(rows[0])
            orders.append(self._chapter(rows, is_continued=goes_on))
            before = rows[-1]
        return orders

    def _chapter(self, rows: Sequence[Entry], *, is_continued: bool) -> Order:
        """An order for some entries, named by them as they are: to lay them out takes longer than to set a page.

        What cannot be drawn is counted now, since the first page says whether there is any.
        """
        for text in (text for entry in rows for text in _texts(entry)):
            self.setter.plain(text)
        laid_out = (*tables.layout_of(self.preset), tables.number_width(self.preset), is_continued)
        key = order_key(TOGETHER, "chapter", json.dumps(laid_out), canonical(rows))

        def values() -> dict[str, Any]:
            return tables.chapter(rows, Typesetter(), self.preset, is_continued=is_continued)

        return Order(key, f"entries {rows[0].number} to {rows[-1].number}", TOGETHER, values)

    def _chronology(self, chapters: list[Order]) -> Iterator[Group]:
        if chapters:
            yield Group(Section.CHRONOLOGY, chapters, self.chapters)
        heads = [("Entry", 20), ("Date and time", 60), ("Why it is named only", 0)]
        says = ["These entries are part of the log. They are kept, and can be asked for by their numbers."]
        rows = [[(f"{row.number}", ""), (row.when, ""), (row.why, "")] for row in self.contents.listed]
        title = "Entries that are named here and not printed"
        yield from _some(Section.CHRONOLOGY, self._listing(LISTED, title, says, heads, rows))

    def _police(self) -> list[Order]:
        heads = [("When", 45), ("Contact, or silence", 0), ("Entry", 38)]
        says = ["Each contact with the police that an entry tells of, in its own words, and the time between them."]
        rows = [[(row.when, ""), (row.words, ""), self._entry_cell(row.entry_number)] for row in self.contents.police]
        return self._listing(POLICE, "Police contact and silence", says, heads, rows)

    def _patterns(self) -> list[Order]:
        return [order for some in self._figures() for order in self._figure_orders(some)]

    def _figures(self) -> list[list[tuple[int, Pattern]]]:
        """The patterns, each with its number, as they are printed together: a long table ends its pages."""
        together: list[list[tuple[int, Pattern]]] = [[]]
        for number, pattern in enumerate(self.contents.patterns, 1):
            together[-1].append((number, pattern))
            if rendering.has_long_table(pattern):
                together.append([])
        return [some for some in together if some]

    def _figure_orders(self, some: list[tuple[int, Pattern]]) -> Iterator[Order]:
        yield designed("patterns", rendering.patterns(some))
        number, last = some[-1]
        if rendering.has_long_table(last):
            yield tabular(
                f"pattern {number}", tables.counted(f"{rendering.pattern_place(number)}-table", last, self.preset)
            )

    def _news(self) -> list[list[tables.Cell]]:
        news = self.contents.news
        if news is None:
            return []
        marks = {exhibit.mark for exhibit in self.contents.exhibits}
        rows = [[("New entry", ""), self._entry_cell(number)] for number in news.entries]
        rows += [[("New exhibit", ""), (mark, exhibit_place(mark) if mark in marks else "")] for mark in news.exhibits]
        rows += [[("Something added to", ""), self._entry_cell(number)] for number in news.amended]
        rows += [[("In the earlier bundle and not in this one", ""), (words, "")] for words in news.gone]
        return rows or [[("Nothing is new since then", ""), ("", "")]]

    def _news_list(self) -> list[Order]:
        news = self.contents.news
        if news is None:
            return []
        says = [f"An earlier bundle for the same recipient was made on {london(news.since)}. Since then:"]
        return self._listing(NEWS, "What is new", says, [("What", 80), ("Where", 0)], self._news())

    def _entry_cell(self, number: int | None) -> tables.Cell:
        if number is None:
            return ("", "")
        return (f"Entry {number}", entry_place(number) if number in self.entries else "")

    def _listing(
        self, place: str, title: str, says: Sequence[str], heads: Sequence[tuple[str, int]],
        rows: Sequence[Sequence[tables.Cell]],
    ) -> list[Order]:  # fmt: skip
        return [
            tabular(title, tables.listing(place, title, says, heads, some, self.preset, is_first=some is pieces[0]))
            for pieces in [[rows[start : start + LINES] for start in range(0, len(rows), LINES)]]
            for some in pieces
        ]

    def _index_pieces(self) -> list[Sequence[Exhibit]]:
        """Exhibits by piece of the index. A long list begins on a new page: one more entry leaves it as it is."""
        exhibits = self.contents.exhibits
        rows: list[Sequence[Exhibit]] = [exhibits[start : start + LINES] for start in range(0, len(exhibits), LINES)]
        return rows if len(exhibits) in range(1, SHORT_INDEX + 1) else [(), *rows]

    def _index(self, notes: dict[str, str]) -> list[Order]:
        return [
            tabular("index", tables.index(self.contents, some, notes, is_first=number == 0))
            for number, some in enumerate(self._index_pieces())
        ]

    def _sheets(self, sheets: Sequence[Sheet]) -> Group:
        waiting = iter(sheets)
        batches = [[next(waiting) for _ in batch] for batch in self.batches]
        orders = [self._sheet_order(batch, self.setter) for batch in batches]
        return Group(Section.EXHIBITS, orders, batches, is_exhibits=True)

    def _sheet_order(self, sheets: Sequence[Sheet], setter: Typesetter) -> Order:
        values = label_pages.sheets(sheets, setter, self.preset, self.contents.cover.producer)
        placed = [(rendering.frame_place(sheet.exhibit.mark), *sheet.picture) for sheet in sheets if sheet.picture]
        name = f"exhibits {sheets[0].exhibit.mark} to {sheets[-1].exhibit.mark}"
        return tabular(name, values | ({"pictures": placed} if placed else {}))


def tabular(name: str, values: dict[str, Any]) -> Order:
    """An order for a long table."""
    return Order(order_key(TOGETHER, json.dumps(values, sort_keys=True)), name, TOGETHER, values)


def designed(name: str, html: str) -> Order:
    """An order for pages of HTML."""
    return Order(order_key(DESIGNED, html), name, DESIGNED, {"html": html})


def _some(section: str, orders: Sequence[Order]) -> Iterator[Group]:
    if orders:
        yield Group(section, orders, ())


def _letters(entry: Entry) -> int:
    return sum(map(len, _texts(entry)))


def _texts(entry: Entry) -> list[str]:
    """All that somebody wrote."""
    texts = [entry.what_happened, entry.place, entry.evidence_words, entry.police_words, entry.impact, entry.changes]
    texts += [entry.children_others, entry.occurred_words, *(row.text for row in entry.translations)]
    for later in entry.amendments:
        texts += [later.text, *(row.text for row in later.translations)]
    return texts


def _words(exhibit: Exhibit) -> int:
    return len(exhibit.description) + len(exhibit.transcript)
