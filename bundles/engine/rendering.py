"""What parts of a bundle are called in it, and HTML for the pages that are designed: cover, statement, patterns."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from django.conf.locale import LANG_INFO
from django.template import Context, Engine

from bundles.selection.choice import Pattern, Section
from bundles.selection.contents import LONDON, Contents, Entry, Exhibit, day, london
from nsvcs.typesetting import Typesetter

ROOT = Path(__file__).resolve().parent.parent.parent
ENGINE = Engine(dirs=[str(ROOT / "templates")])
NOTHING: Mapping[str, Any] = MappingProxyType({})
LONGEST_CELL = 300  # letters of a list in one cell of a designed page: longer ones are tried anew for every word
HONEST_SENTENCE = (
    "The service shows that files have not changed since they were uploaded at the time stated; "
    "it does not vouch for what happened before upload."
)
DATE_AND_TIME = "Date and time"
# The booklet's headings in the booklet's order; date and time, the first of the eight, heads the entry.
COLUMNS = (
    ("place", "Location"),
    ("what_happened", "What happened"),
    ("evidence_words", "Evidence"),
    ("police_words", "Police contact"),
    ("impact", "Impact"),
    ("changes", "Changes made"),
    ("children_others", "Impact on children or others"),
)
KIND_WORDS = {"image": "Picture", "pdf": "Document", "other": "File"}
NEWS, LISTED, POLICE = "news", "listed", "police"
SECTION_WORDS = {
    Section.CHRONOLOGY: "Chronology", Section.POLICE: "Police contact and silence", Section.PATTERNS: "Patterns",
    Section.EXHIBITS: "Exhibits",
}  # fmt: skip


class Sheet(NamedTuple):
    """How one exhibit is shown: on a picture page, before its document's pages, or as a placeholder.

    `picture` is its width and height in pixels, and its colours. `pictured` are the pages of a document, from 1, that
    are shown as pictures; `details` what else is said of its copy, as in `Exhibit.copy_details`.
    """

    ordinal: int
    exhibit: Exhibit
    picture: tuple[int, int, str] | None = None
    document_pages: int = 0
    reason: str = ""
    twin: str = ""
    pictured: tuple[int, ...] = ()
    details: Mapping[str, Any] = NOTHING


class VolumeRow(NamedTuple):
    """One volume as each lists it: its pages as they are numbered, what it holds, and its file's name if it has one."""

    number: int
    pages: str
    holds: Sequence[str]
    name: str = ""


def entry_place(number: int) -> str:
    return f"entry-{number}"


def exhibit_place(mark: str) -> str:
    """Where an exhibit begins. Named by its mark, not by how many come before it: those may change."""
    return f"exhibit-{hashlib.sha256(mark.encode()).hexdigest()[:16]}"


def frame_place(mark: str) -> str:
    """Where the page with an exhibit's picture is."""
    return f"frame-{exhibit_place(mark)}"


def pattern_place(ordinal: int) -> str:
    return f"pattern-{ordinal}"


def month_key(entry: Entry) -> str:
    return f"{entry.occurred_sort.astimezone(LONDON):%Y-%m}"


def months(entries: Sequence[Entry]) -> Iterator[tuple[str, str, list[Entry]]]:
    """The entries by the month they happened in: its place name, its words, its entries."""
    for key, group in groupby(entries, month_key):
        members = list(group)
        yield f"month-{key}", f"{members[0].occurred_sort.astimezone(LONDON):%B %Y}", members


def size_words(size: int) -> str:
    """A file's size for people and, in brackets, exactly."""
    for unit, step in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= step:
            return f"{size / step:.1f} {unit} ({size:,} bytes)"
    return f"{size} bytes"


def parts_of(contents: Contents) -> Iterator[tuple[str, str]]:
    """The parts of a bundle in their order: the place where each begins, and what it is called."""
    yield "cover", "Cover"
    yield "statement", "How this log is kept, and what this bundle shows"
    if contents.news:
        yield NEWS, "What is new"
    for section in contents.sections:
        yield from _of_section(contents, section)


def _of_section(contents: Contents, section: str) -> Iterator[tuple[str, str]]:
    if section == Section.CHRONOLOGY and contents.entries:
        yield next(place for place, _, _ in months(contents.entries)), SECTION_WORDS[section]
    if section == Section.CHRONOLOGY and contents.listed:
        yield LISTED, "Entries that are named here and not printed"
    if section == Section.POLICE and contents.police:
        yield POLICE, SECTION_WORDS[section]
    if section == Section.PATTERNS:
        yield from ((pattern_place(number), row.title) for number, row in enumerate(contents.patterns, 1))
    if section == Section.EXHIBITS and contents.exhibits:
        yield exhibit_place(contents.exhibits[0].mark), SECTION_WORDS[section]


# --- HTML ---------------------------------------------------------------------------------------------------------


def front(contents: Contents, *, has_codes: bool) -> str:
    """Cover and statement."""
    setter = Typesetter()
    return _page(
        "front",
        title=setter.plain(contents.title),
        edition=setter.plain(contents.preset.name) if contents.preset else "",
        facts=[(name, setter.lines(value)) for name, value in _facts(contents) if value],
        statement=setter.lines(contents.statement) if contents.statement else [],
        left_out=[setter.plain(f"{row.kind}: {row.count} {row.why}") for row in contents.left_out],
        listed=str(len(contents.listed)) if contents.listed else "",
        withheld=[setter.plain(kind) for kind in contents.withheld_kinds],
        has_exhibits=bool(contents.exhibits),
        has_commitments=any(exhibit.commitment for exhibit in contents.exhibits),
        has_taken=any(exhibit.taken_words for exhibit in contents.exhibits),
        has_read=any(exhibit.read_words for exhibit in contents.exhibits),
        honest_sentence=HONEST_SENTENCE,
        has_codes=has_codes,
    )


def _facts(contents: Contents) -> tuple[tuple[str, str], ...]:
    dates = " to ".join(day(value) for value in (contents.date_from, contents.date_to) if value)
    cover, preset = contents.cover, contents.preset
    rules = f"{preset.source.rstrip('. ')}. Version {preset.version}, in force on" if preset else ""
    rules += f" {day(preset.in_force_on)}" if preset else ""
    return (
        ("Reference", contents.reference),
        ("Dates covered", dates or "All dates"),
        ("What is included", contents.scope_words),
        ("Entries", str(len(contents.entries))),
        ("Exhibits", str(len(contents.exhibits))),
        ("Exhibits produced by", cover.producer),
        ("Crime reference", cover.crime_reference),
        ("Officer in the case", cover.officer),
        ("Prepared for", contents.recipient),
        ("Purpose", contents.purpose),
        ("Prepared by", contents.prepared_by_role),
        ("Prepared", london(contents.made_at)),
        ("Laid out by", rules.strip()),
        ("To ring about this bundle", cover.ring),
        ("This copy", cover.copy_mark),
    )


def patterns(rows: Sequence[tuple[int, Pattern]]) -> str:
    """A page for each pattern: the finding as a sentence, a drawing, and the table it is drawn from.

    Args:
        rows: which pattern of all it is, and the pattern. A long table is not among its pages (`has_long_table`).
    """  # fmt: skip
    setter = Typesetter()
    return _page("patterns", patterns=[_pattern(number, row, setter) for number, row in rows])


def has_long_table(row: Pattern) -> bool:
    """Whether its table is one for the engine of the long tables: of two thousand entries it names each."""
    return any(len(cell) > LONGEST_CELL for cells in row.rows for cell in cells)


def _pattern(ordinal: int, row: Pattern, setter: Typesetter) -> dict[str, Any]:
    most = max((count for _, count in row.bars), default=0)
    return {
        "anchor": pattern_place(ordinal),
        "title": setter.plain(row.title),
        "says": setter.lines(row.says),
        "counted": setter.lines(row.counted) if row.counted else [],
        "bars": [
            {"label": setter.plain(label), "count": str(count), "share": f"{count * 100 / most if most else 0:.1f}"}
            for label, count in row.bars
        ],
        "heads": [setter.plain(head) for head in row.heads],
        "rows": [[setter.plain(cell) for cell in cells] for cells in row.rows],
        "follows": has_long_table(row),
    }


def volume_list(contents: Contents, number: int, rows: Sequence[VolumeRow]) -> str:
    """The list of all volumes, for one of them: the first page of every one but the first, where the cover is that."""
    setter = Typesetter()
    facts = [("Reference", contents.reference), ("Prepared for", contents.recipient)]
    facts += [("Prepared", london(contents.made_at)), ("This copy", contents.cover.copy_mark)]
    return _page(
        "volume",
        title=setter.plain(contents.title) if number > 1 else "",
        words=f"Volume {number} of {len(rows)}",
        facts=[(name, setter.lines(value)) for name, value in facts if value],
        anchor=f"volumes-{number}",
        is_named=any(row.name for row in rows),
        volumes=[
            {"name": row.name, "pages": row.pages, "is_own": row.number == number, "words": f"Volume {row.number}"}
            | {"holds": [setter.plain(words) for words in row.holds]}
            for row in rows
        ],
        honest_sentence=HONEST_SENTENCE,
    )


def _page(name: str, **context: Any) -> str:
    # Words only: a number in a template asks for the settings of a running service.
    return ENGINE.get_template(f"bundles/pdf/{name}.html").render(Context(context))


def language_words(code: str) -> str:
    """The name of a language in English; nothing for English itself."""
    base = code.lower().partition("-")[0]
    if base in {"", "en"}:
        return ""
    found = LANG_INFO.get(code.lower()) or LANG_INFO.get(base) or {}
    return str(found.get("name", code))


def kind_words(exhibit: Exhibit) -> str:
    """What kind of file an exhibit is, in words."""
    return exhibit.kind_words or f"{KIND_WORDS[exhibit.kind]}, {exhibit.media_type}"
