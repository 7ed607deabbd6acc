"""About how many pages a bundle makes, from how long its texts are: nothing is laid out, and no word is read. Pure.

The heights are those of `engine/layouts`: a line of so many letters, a row as tall as its fullest column, a card as the
sum of its fields. `tests/bundles/test_paging.py` holds them against pages as they are made.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil

POINT = 0.3528  # in millimetres
# Of a letter's width in ems, and how many letters of a line stay empty before the word that does not fit.
LETTER, RAGGED = 0.495, 2.2
CAPITAL, LEADING = 0.714, 0.62
COLUMNS = ("place", "what_happened", "evidence_words", "police", "impact", "changes_made", "impact_on_others")
WIDTHS = dict(zip(COLUMNS, (24, 68, 27, 28, 29, 24, 24), strict=True))
WHEN, UNDER, CARD, CARD_HEAD = 24, 270, 128, 100
WHEN_LETTERS, TIMES_LETTERS, DIGEST_LETTERS = 36, 75, 72
COLUMNS_PAGE, CARDS_PAGE, LIST_PAGE = 158.0, 253.0, 250.0
# A row of up to so many lines is not broken: at the foot of a page most of its height may stay empty.
WHOLE_LINES, WASTED = 28, 0.75
# Kinds of `Shown` that take a whole column with them, and how long what stands in its place is.
HIDES = {"places": "place", "routine": "changes_made", "children": "impact_on_others"}
MARK_LETTERS = 30
FRONT_PAGES, MONTH, SHORT_INDEX = 2, 5.8, 100
INDEX_ROW, LIST_ROW, CONTACT_LETTERS, SILENCE_ROW = 8.0, 6.6, 12, 12.0
# Each finding begins on a page of its own: weeks, hours, behaviours, others, the longest times between.
HOUR_PAGES, BEHAVIOURS_ON_A_PAGE, MONTHS_ON_A_PAGE = 2, 6, 5


@dataclass(frozen=True)
class Size:
    """How long one entry's texts are, in letters by column, and its later notes; how many files go with it."""

    letters: Mapping[str, int]
    files: int = 0
    later: Sequence[int] = ()
    tells_of_police: bool = False
    month: str = ""
    behaviours: Collection[str] = ()
    has_hour: bool = False

    @property
    def tells_of_others(self) -> bool:
        """Whether its last column has anything."""
        return self.letters.get("impact_on_others", 0) > 0

    def letters_of_all(self) -> dict[str, int]:
        """Of each column, shown or not."""
        return {name: self.letters.get(name, 0) for name in COLUMNS}


@dataclass
class Sizes:
    """What a bundle has, as far as pages go.

    Attributes:
        layout: `columns` or `cards`; `points` the size of its letters.
        entries: those printed whole; `listed` how many are only named.
        file_pages: of each exhibit, with the page before it.
        hidden: the kinds that are withheld.
    """

    layout: str
    points: float
    entries: Sequence[Size]
    listed: int = 0
    file_pages: Sequence[int] = ()
    hidden: Collection[str] = ()
    sections: Collection[str] = ("chronology", "police", "patterns", "exhibits")
    most_pages: int | None = None
    parts: dict[str, int] = field(default_factory=dict)

    def pages(self) -> int:
        """All of them; `parts` says which are of what."""
        self.parts = {
            "front": FRONT_PAGES, "index": self._index(), "chronology": self._chronology(), "listed": self._listed(),
            "police": self._police(), "patterns": self._patterns(),
            "exhibits": sum(self.file_pages) if self._has("exhibits") else 0,
        }  # fmt: skip
        pages = sum(self.parts.values())
        return pages + (pages // self.most_pages if self.most_pages else 0)  # each further volume has a cover

    def height(self, entry: Size) -> float:
        """Of one entry, in millimetres."""
        return self._row(entry)[0] if self.layout == "columns" else self._card(entry)

    def share(self, entry: Size) -> float:
        """Of one entry, in pages."""
        return self.height(entry) / (COLUMNS_PAGE if self.layout == "columns" else CARDS_PAGE)

    def _has(self, section: str) -> bool:
        return section in self.sections

    def _chronology(self) -> int:
        if not self._has("chronology") or not self.entries:
            return 0
        if self.layout == "cards":
            months = len({entry.month for entry in self.entries})
            return ceil((sum(map(self._card, self.entries)) + months * 12) / CARDS_PAGE)
        rows = [self._row(entry) for entry in self.entries]
        total = sum(height for height, _whole in rows)
        wasted = WASTED * sum(whole * whole for _height, whole in rows) / max(total, 1) / 2
        return ceil(total / (COLUMNS_PAGE - wasted))

    def _letters(self, entry: Size) -> dict[str, int]:
        told = entry.letters_of_all()
        for kind, name in HIDES.items():
            if kind in self.hidden and told[name]:
                told[name] = MARK_LETTERS
        return told

    def _row(self, entry: Size) -> tuple[float, float]:
        """How tall a row of the eight columns is, and how much of it stays on one page."""
        told, points = self._letters(entry), self.points
        lines = max(1, *(line_count(told[name], width, points) for name, width in WIDTHS.items()))
        em = points * POINT
        head = (CAPITAL + 0.6) * em + tall(line_count(WHEN_LETTERS, WHEN, points), points)
        files = tall(line_count(told["evidence_words"], WIDTHS["evidence_words"], points), points)
        whole = max(tall(lines, points), head, files + entry.files * 1.35 * em) + 2.8
        under = tall(line_count(TIMES_LETTERS + DIGEST_LETTERS, UNDER, points * 0.86), points * 0.86) + 2.6
        under += sum(tall(1 + line_count(letters, UNDER, points), points) + 1.4 for letters in entry.later)
        return whole + under, whole if lines <= WHOLE_LINES else 0

    def _card(self, entry: Size) -> float:
        told, points, small = self._letters(entry), self.points, self.points * 0.82
        texts = [letters for letters in told.values() if letters]
        parts = [tall(line_count(letters, CARD, points), points) for letters in texts]
        parts += [tall(1, points)] * bool(entry.files)
        if blank := len(COLUMNS) - len(texts):
            parts.append(tall(line_count(12 + 16 * blank, CARD, small), small))
        parts += [tall(1 + line_count(letters, CARD - 6, points), points) for letters in entry.later]
        # Of an entry that is not whole no digest is printed.
        digest = 0 if told != entry.letters_of_all() else DIGEST_LETTERS
        parts.append(tall(line_count(TIMES_LETTERS, CARD, small) + line_count(digest, CARD, small), small))
        head = 11 + 4.4 + tall(line_count(WHEN_LETTERS, CARD_HEAD, points * 1.08), points * 1.08)
        return head + sum(parts) + 2.7 * (len(parts) - 1)

    def _index(self) -> int:
        months = len({entry.month for entry in self.entries}) * MONTH
        rows = len(self.file_pages) * INDEX_ROW
        if 0 < len(self.file_pages) <= SHORT_INDEX:
            return ceil((45 + months + rows) / LIST_PAGE)
        return ceil((35 + months) / LIST_PAGE) + ceil(rows / LIST_PAGE)

    def _listed(self) -> int:
        return ceil((25 + self.listed * LIST_ROW) / LIST_PAGE) if self.listed else 0

    def _patterns(self) -> int:
        if not self._has("patterns") or not self.entries:
            return 0
        behaviours = {each for entry in self.entries for each in entry.behaviours}
        pages = 1 + (len({entry.month for entry in self.entries}) > MONTHS_ON_A_PAGE)
        pages += HOUR_PAGES * any(entry.has_hour for entry in self.entries)
        pages += 1 + len(behaviours) // BEHAVIOURS_ON_A_PAGE if behaviours else 0
        return pages + any(entry.tells_of_others for entry in self.entries) + (len(self.entries) > 2)

    def _police(self) -> int:
        """Each contact, and about as many silences between."""
        if not self._has("police") or not self.entries:
            return 0
        told = [self._letters(entry)["police"] for entry in self.entries if entry.tells_of_police]
        contacts = sum(tall(1 + line_count(letters, 80, 10), 10) + 3.4 for letters in told)
        silences = min(len(told) + 1, len(self.entries) - len(told))
        return ceil((25 + contacts + silences * SILENCE_ROW) / LIST_PAGE)


def line_count(letters: int, width: float, points: float) -> int:
    """How many lines so many letters take in a column of such a width, in millimetres."""
    return ceil(letters / max(width / (points * POINT * LETTER) - RAGGED, 4)) if letters > 0 else 0


def tall(lines: int, points: float) -> float:
    """How tall so many lines are, in millimetres."""
    return (lines * (CAPITAL + LEADING) - LEADING) * points * POINT if lines else 0.0
