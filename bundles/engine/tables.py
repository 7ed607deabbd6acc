"""What the long tables hold: the chronology, the index, lists, and the page before each exhibit, as plain values.

Each gives the payload of `setting.set_pages`. Page numbers are in none of them: where one belongs, room is
left, and it is drawn when every page has its place.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import ceil
from typing import Any

from bundles.engine.fitting import Fitter
from bundles.engine.rendering import (
    COLUMNS,
    DATE_AND_TIME,
    entry_place,
    exhibit_place,
    language_words,
    months,
    parts_of,
)
from bundles.selection.choice import Pattern, Preset
from bundles.selection.contents import LONDON, Contents, Entry, Exhibit, Translation, day, london
from logs.making.telling import runs
from nsvcs.typesetting import Typesetter

SHORT, SHORT_CELL = 300, 900
# An entry of so many lines in its fullest column stays on one page: there is room for a few more.
SHORT_LINES, LINES_OF_A_FILE = 28, 2
LONGEST_CAPTION = 240
LETTER_MM, GAP_MM, WIDEST_MM = 2.2, 3, 45
CARD_SIZE, COLUMN_SIZE, LARGEST_COLUMN_SIZE = 10.5, 8.5, 9.0
# Room for words in millimetres: what the layouts leave in each column.
WIDTHS = {"cards": dict.fromkeys([DATE_AND_TIME, *(name for name, _ in COLUMNS)], 120.0)}
WIDTHS["columns"] = dict(
    zip([DATE_AND_TIME, *(name for name, _ in COLUMNS)], (24, 24, 66, 27, 28, 29, 24, 24), strict=True)
)
LEAD = "place"
HOLDS = "evidence_words"
INDEX_WORDS = {
    "part": "Part", "page": "Page", "chronology": "Chronology", "month": "Month", "entries": "Entries",
    "exhibits": "Exhibits", "mark": "Mark", "description": "Description", "received": "Received", "entry": "Entry",
}  # fmt: skip
REGIONS = {"zh-hans": ("zh", "CN"), "zh-cn": ("zh", "CN"), "zh-hant": ("zh", "TW"), "zh-tw": ("zh", "TW")}


def layout_of(preset: Preset | None) -> tuple[str, float]:
    """Which layout the chronology has, and the size of its letters in points."""
    if preset is None:
        return "cards", CARD_SIZE
    if preset.layout == "columns":
        return "columns", min(preset.type_size, LARGEST_COLUMN_SIZE) if preset.type_size else COLUMN_SIZE
    return "cards", preset.type_size


def number_width(preset: Preset | None) -> float:
    """Room for a page's number, in ems: known before any page is."""
    lettered = 0.8 if preset and preset.numbering == "bates" else 0
    return 2.5 + lettered + (1.4 if preset and (preset.most_pages or preset.most_bytes) else 0)


# --- the chronology -----------------------------------------------------------------------------------------------


def chapter(
    entries: Sequence[Entry], setter: Typesetter, preset: Preset | None = None, *, is_continued: bool = False
) -> dict[str, Any]:
    """Some entries after each other; a month that began in the chapter before says so."""
    layout, size = layout_of(preset)
    fitter = Fitter(setter, size)
    blocks: list[dict[str, Any]] = []
    for place, words, members in months(entries):
        goes_on = is_continued and not blocks
        title = f"{words} (continued)" if goes_on else words
        rows = [_entry(entry, fitter, layout) for entry in members]
        rows[0] |= {"month": f"{place}-continued" if goes_on else place}
        says = fitter.repeat if layout == "columns" else fitter.say
        blocks.append({"a": rows[0]["month"], "words": says(title), "entries": rows})
    said = {"exhibits": "Exhibits", "page": "page"}
    data = {"size": size, "wide": number_width(preset), "said": said, "months": blocks}
    if layout == "columns":
        data["heads"] = [fitter.repeat(head) for head in (DATE_AND_TIME, *(label for _, label in COLUMNS))]
    return {"layout": layout, "data": data, **fitter.counted()}


def _entry(entry: Entry, fitter: Fitter, layout: str) -> dict[str, Any]:
    widths = WIDTHS[layout]
    is_withdrawn = any(row.kind == "withdrawal" for row in entry.amendments)
    when = widths[DATE_AND_TIME]
    fields = [
        _field(name, label, getattr(entry, name), fitter, widths[name])
        | {"tr": _translations(entry.translations, name, fitter, widths[name])}
        for name, label in COLUMNS
        if layout == "columns" or getattr(entry, name).strip()
    ]
    if layout == "cards":
        for row in fields:
            fitter.say(row["l"])
    blank = [label[:1].lower() + label[1:] for name, label in COLUMNS if not getattr(entry, name).strip()]
    told: dict[str, Any] = {
        "a": entry_place(entry.number),
        "head": fitter.say(f"Entry {entry.number}{', withdrawn' if is_withdrawn else ''}"),
        "when": fitter.lines(entry.occurred_words, when),
        "when-tr": _translations(entry.translations, "occurred_words", fitter, when),
        "fields": fields,
        "exhibits": [[fitter.words(mark, widths[HOLDS]), exhibit_place(mark)] for mark in entry.exhibits],
        "short": layout == "cards" or _tallest(entry, fitter, widths) <= SHORT_LINES,
        "blank": fitter.say(f"Left blank: {', '.join(blank)}") if blank and layout == "cards" else "",
        "later": [
            _later(row.kind, row.by_role, london(row.recorded_at), row.text, fitter)
            | {"tr": _translations(row.translations, "", fitter, 115)}
            for row in entry.amendments
        ],
        "times": [fitter.words(line, 115) for line in _times(entry)],
    }
    for _ in entry.exhibits:
        fitter.say("page")
    if entry.exhibits and layout == "cards":
        fitter.say("Exhibits")
    if layout == "columns":
        fitter.say("·" * (len(told["times"]) - 1))
    return told | _language(entry.language)


def _tallest(entry: Entry, fitter: Fitter, widths: Mapping[str, float]) -> int:
    """About how many lines its fullest column takes. A row that is not to be broken has to fit a page: what is long
    may stand in a narrow column, or in many short lines.
    """
    texts = {name: [getattr(entry, name)] for name, _ in COLUMNS} | {"occurred_words": [entry.occurred_words]}
    for row in entry.translations:
        texts.setdefault(row.field, []).extend(["", row.text])
    counts = {
        name: sum(fitter.line_count(text, widths.get(name, widths[DATE_AND_TIME])) for text in found)
        for name, found in texts.items()
    }
    counts[HOLDS] += len(entry.exhibits) * LINES_OF_A_FILE
    return max(counts.values())


def _field(name: str, label: str, text: str, fitter: Fitter, width: float) -> dict[str, Any]:
    # What is short stays together with its label; what is long may go on overleaf.
    is_short = len(text) <= SHORT and text.count("\n") < 4
    told = {"l": label, "v": fitter.lines(text, width), "short": is_short}
    if name == HOLDS:
        told["holds"] = True
    # Where it happened stays with what happened: alone at the foot of a page it says nothing.
    return told | ({"leads": True} if name == LEAD and is_short else {})


def _times(entry: Entry) -> Iterator[str]:
    """When it was recorded, how, and the digest of what was: beneath the entry."""
    written = language_words(entry.language)
    parts = [f"Recorded {london(entry.recorded_at)}", entry.source_words, f"written in {written}" if written else ""]
    yield " · ".join(part for part in parts if part)
    if offline := _offline(entry):
        yield offline
    if entry.digest:
        yield f"SHA-256 {entry.digest}"


def _offline(entry: Entry) -> str:
    """Both clocks of an entry written without signal, side by side: neither corrects the other."""
    told = entry.written_offline
    if told is None:
        return ""
    received = f"received {london(told.received_at)}"
    if told.written_at is None:
        return f"Written on a phone that did not say when; {received}"
    zone = "" if told.zone in {"", "Europe/London"} else f" (set to {told.zone})"
    return f"Written on the phone {london(told.written_at)}, as the phone said{zone}; {received}"


def _translations(rows: Iterable[Translation], field: str, fitter: Fitter, width: float) -> list[dict[str, Any]]:
    """What stands beneath an original, marked: into which language, by whom, on what day."""
    return [
        {
            "w": fitter.words(
                f"Translation into {language_words(row.language) or 'English'} by {row.by_words},"
                f" {day(row.translated_on)}",
                width - 4,
            ),
            "v": fitter.lines(row.text, width - 4),
            **_language(row.language),
        }
        for row in rows
        if row.field == field
    ]


def _later(kind: str, by_role: str, when: str, text: str, fitter: Fitter) -> dict[str, Any]:
    verb = "Withdrawn" if kind == "withdrawal" else "Added later"
    by = f" by {by_role}" if by_role else ""
    return {"w": fitter.words(f"{verb}{by}, {when}", 115), "v": fitter.lines(text, 115)}


def _language(code: str) -> dict[str, str]:
    """The same sign is drawn in other shapes in Chinese, Japanese and Korean."""
    base = code.lower().partition("-")[0]
    if base in {"", "en"} or not base.isascii() or not 2 <= len(base) <= 3:
        return {}
    language, region = REGIONS.get(code.lower(), (base, ""))
    return {"lang": language} | ({"region": region} if region else {})


# --- the index and other lists ------------------------------------------------------------------------------------


def index(contents: Contents, exhibits: Sequence[Exhibit], notes: dict[str, str], *, is_first: bool) -> dict[str, Any]:
    """The index, or a later piece of it with further exhibits.

    Args:
        contents: what the bundle holds.
        exhibits: those listed in this piece.
        notes: a remark by exhibit mark, such as why it is not shown.
        is_first: it has the title, the parts and the months.
    """
    fitter = Fitter(Typesetter(), 9.5)
    data: dict[str, Any] = {"wide": number_width(contents.preset), "parts": [], "months": [], "none": []}
    if is_first:
        data["title"] = fitter.say("Index")
        data["parts"] = [{"p": place, "w": fitter.words(words, 140)} for place, words in parts_of(contents)]
        data["months"] = [
            {"p": place, "w": fitter.say(words), "e": fitter.words(runs(entry.number for entry in members), 100)}
            for place, words, members in months(contents.entries)
        ]
        data["none"] = [fitter.say(words) for words in _index_notes(contents)]
    data["exhibits"] = [_index_row(exhibit, notes.get(exhibit.mark, ""), fitter) for exhibit in exhibits]
    data["said"] = {name: fitter.may_repeat(words) for name, words in INDEX_WORDS.items()}
    fitter.may_repeat("Page" * 2)  # a page may hold all three tables
    return {"layout": "index", "data": data, **fitter.counted()}


def _index_notes(contents: Contents) -> Iterator[str]:
    if not contents.exhibits:
        yield "No exhibits"
    if not contents.entries:
        yield "No entries"


def _index_row(exhibit: Exhibit, note: str, fitter: Fitter) -> dict[str, Any]:
    number = exhibit.entry_number
    return {
        "p": exhibit_place(exhibit.mark),
        "w": fitter.words(exhibit.mark, 25),
        "v": fitter.lines(_shortened(exhibit.description), 75),
        "note": fitter.say(note),
        "day": fitter.say(day(exhibit.received_at.astimezone(LONDON).date())),
        "entry": "" if number is None else fitter.say(str(number)),
        "ep": "" if number is None else entry_place(number),
    }


def _shortened(text: str) -> str:
    """What the index has room for; the exhibit's own page has the whole."""
    one_line = " ".join(text.split())
    return one_line if len(one_line) <= LONGEST_CAPTION else one_line[: LONGEST_CAPTION - 1] + "…"


Cell = tuple[str, str]  # what it says, and the place it leads to, if any


def listing(
    place: str,
    title: str,
    says: Sequence[str],
    heads: Sequence[tuple[str, int]],
    rows: Sequence[Sequence[Cell]],
    preset: Preset | None,
    *,
    is_first: bool = True,
) -> dict[str, Any]:
    """A long plain table, or a later piece of it.

    Args:
        place: where it is.
        title: what it is.
        says: what is to be known of it, a paragraph each.
        heads: each column's heading and width in millimetres; 0 is whatever is left.
        rows: their cells.
        preset: the rules of the edition.
        is_first: it has the title.
    """  # fmt: skip
    fitter = Fitter(Typesetter(), 10)
    left = 170 - sum(width + 3 for _, width in heads)
    data: dict[str, Any] = {"a": place, "size": 10, "wide": number_width(preset), "said": {"page": "page"}}
    if is_first:
        data |= {"title": fitter.words(title), "says": [fitter.say(words) for words in says]}
    data |= {"heads": [fitter.repeat(head) for head, _ in heads], "widths": [width for _, width in heads]}
    data["rows"] = [
        [
            {"v": fitter.lines(words, width or left), "short": _is_short(words)} | ({"p": to} if to else {})
            for (words, to), (_, width) in zip(row, heads, strict=True)
        ]
        for row in rows
    ]
    for _ in [to for row in rows for _, to in row if to]:
        fitter.say("page")
    return {"layout": "listed", "data": data, **fitter.counted()}


def counted(place: str, pattern: Pattern, preset: Preset | None) -> dict[str, Any]:
    """The table of a pattern whose rows name more entries than a designed page takes."""
    *columns, _which = zip(pattern.heads, *pattern.rows, strict=True)
    widths = [min(ceil(max(map(len, cells)) * LETTER_MM) + GAP_MM, WIDEST_MM) for cells in columns]
    heads = list(zip(pattern.heads, [*widths, 0], strict=True))
    rows = [[(cell, "") for cell in cells] for cells in pattern.rows]
    return listing(place, pattern.title, [pattern.says], heads, rows, preset)


def _is_short(words: str) -> bool:
    return len(words) <= SHORT_CELL and words.count("\n") < SHORT_LINES
