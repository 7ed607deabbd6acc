"""What was chosen around the entries and files: the edition and its rules, the cover, the pages of facts."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal


@dataclass(frozen=True)
class Preset:
    """The rules one edition is laid out by: dated and versioned data, printed on the cover with their source.

    Attributes:
        key: its short name, such as "family"; `edition` the edition it is of; `name` both in words.
        in_force_on: the day the rules it follows took effect; `version` counts its own changes.
        source: where the rules stand, in one line.
        numbering: `continuous` is 1, 2, 3 from the first page; `bates` is A1, B1 … anew for each section.
        layout: `columns` is the booklet's table on wide pages, `cards` one block an entry.
        type_size: of the body, in points.
        most_pages: how many pages one volume may have; `most_bytes` how large it may be.
    """

    key: str
    edition: str
    name: str
    in_force_on: date
    version: int
    source: str
    numbering: Literal["continuous", "bates"] = "continuous"
    layout: Literal["columns", "cards"] = "cards"
    type_size: float = 10.5
    most_pages: int | None = None
    most_bytes: int | None = None


@dataclass(frozen=True)
class Cover:
    """What stands on the cover besides the scope: each line empty where it is not known or not to be told.

    Attributes:
        producer: who produces the exhibits: role and initials, the full name only where that was ticked.
        crime_reference: of the police; `officer` the officer in the case.
        ring: one number to ring about this bundle, and whose it is.
        copy_mark: what names this copy, printed on every page.
    """

    producer: str = ""
    crime_reference: str = ""
    officer: str = ""
    ring: str = ""
    copy_mark: str = ""


@dataclass(frozen=True)
class Custody:
    """One step of an exhibit's way: what was done, when, by whom (a role)."""

    words: str
    at: datetime
    by_role: str


@dataclass(frozen=True)
class Area:
    """Boxes of one page of an exhibit's copy that are taken out of it, and why.

    Attributes:
        page: its number in the copy, from 1.
        boxes: left, top, right, bottom, four numbers each, in ten-thousandths of the page.
        label: what is written there.
        digest: of the copy they were chosen on.
    """

    page: int
    boxes: tuple[int, ...]
    label: str
    digest: str


@dataclass(frozen=True)
class Police:
    """One contact with the police that an entry tells of, or a silence between two: facts with dates."""

    entry_number: int | None
    when: str
    words: str


@dataclass(frozen=True)
class Pattern:
    """One page of facts counted from the entries: a drawing of `bars`, and the table it is drawn from.

    Attributes:
        says: the finding as one sentence of facts; no verdict.
        heads: the table's column headings; `rows` its cells as text.
        bars: label and count, in their order; empty where the table alone is shown.
        counted: on what it is counted.
    """

    title: str
    says: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    bars: tuple[tuple[str, int], ...] = ()
    counted: str = ""


@dataclass(frozen=True)
class Listed:
    """An entry that is not printed whole, but named: outside the core selection. Its place in time, and why."""

    number: int
    when: str
    why: str


@dataclass(frozen=True)
class News:
    """What is new since an earlier bundle for the same recipient."""

    since: datetime
    entries: tuple[int, ...] = ()
    exhibits: tuple[str, ...] = ()
    amended: tuple[int, ...] = ()
    gone: tuple[str, ...] = ()


class Section:
    """Parts of a bundle that can be chosen and put in order; cover, statement and index always stand first."""

    CHRONOLOGY, POLICE, PATTERNS, EXHIBITS = "chronology", "police", "patterns", "exhibits"
    ALL = (CHRONOLOGY, POLICE, PATTERNS, EXHIBITS)
