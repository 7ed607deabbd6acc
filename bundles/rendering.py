"""HTML for each part of a bundle, and the child process that turns it into PDF pages."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from django.conf.locale import LANG_INFO
from django.template import Context, Engine

from bundles import documents
from bundles.contents import LONDON, Contents, Entry, Exhibit, Translation, day, london
from logs.making.telling import runs
from nsvcs.typesetting import Line, Typesetter

ROOT = Path(__file__).resolve().parent.parent
ENGINE = Engine(dirs=[str(ROOT / "templates")])
CSS = Path(__file__).with_name("print.css")
# A link whose page is not known yet; finishing turns it into a place in the finished file.
PLACE = "nsvcs:"
LONGEST_CAPTION = 240
SHORT = 300
NOTHING: Mapping[str, Any] = MappingProxyType({})
HONEST_SENTENCE = (
    "The service shows that files have not changed since they were uploaded at the time stated; "
    "it does not vouch for what happened before upload."
)
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
LEAD = "Location"
KIND_WORDS = {"image": "Picture", "pdf": "Document", "other": "File"}


class Row(NamedTuple):
    """A line of the index: where it leads, what it says, the page."""

    link: str
    words: str
    page: str
    entries: str = ""


def entry_place(number: int) -> str:
    return f"entry-{number}"


def exhibit_place(ordinal: int) -> str:
    return f"exhibit-{ordinal}"


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


# --- HTML ---------------------------------------------------------------------------------------------------------


def front(contents: Contents, *, has_codes: bool) -> str:
    setter = Typesetter()
    dates = " to ".join(day(value) for value in (contents.date_from, contents.date_to) if value)
    facts = (
        ("Reference", contents.reference),
        ("Dates covered", dates or "All dates"),
        ("What is included", contents.scope_words),
        ("Entries", str(len(contents.entries))),
        ("Exhibits", str(len(contents.exhibits))),
        ("Prepared for", contents.recipient),
        ("Purpose", contents.purpose),
        ("Prepared by", contents.prepared_by_role),
        ("Prepared", london(contents.made_at)),
    )
    return _page(
        "front",
        title=setter.plain(contents.title),
        facts=[(name, setter.lines(value)) for name, value in facts if value],
        statement=setter.lines(contents.statement) if contents.statement else [],
        left_out=[setter.plain(f"{row.kind}: {row.count} {row.why}") for row in contents.left_out],
        withheld=[setter.plain(kind) for kind in contents.withheld_kinds],
        has_exhibits=bool(contents.exhibits),
        has_taken=any(exhibit.taken_words for exhibit in contents.exhibits),
        honest_sentence=HONEST_SENTENCE,
        has_codes=has_codes,
    )


def index(contents: Contents, pages: dict[str, int], notes: dict[str, str]) -> str:
    """The index, with `pages` naming the first page of each place; places not known yet print as 0.

    Args:
        contents: what the bundle holds.
        pages: first page by place name.
        notes: a remark by exhibit mark, such as why it is not shown.
    """
    setter = Typesetter()

    def row(place: str, words: str, entries: str = "") -> Row:
        return Row(PLACE + place, setter.plain(words), str(pages.get(place, 0)), entries)

    parts = [row("cover", "Cover"), row("statement", "How this log is kept, and what this bundle shows")]
    month_rows = [row(place, words, _range(members)) for place, words, members in months(contents.entries)]
    exhibits = [
        {
            "mark": setter.plain(exhibit.mark),
            "description": setter.lines(_shortened(exhibit.description)),
            "note": notes.get(exhibit.mark, ""),
            "link": PLACE + exhibit_place(ordinal),
            "page": str(pages.get(exhibit_place(ordinal), 0)),
            **_entry_link(exhibit),
        }
        for ordinal, exhibit in enumerate(contents.exhibits, 1)
    ]
    return _page("index", parts=parts, months=month_rows, exhibits=exhibits)


def chapter(contents: Contents, entries: Sequence[Entry], previous: Entry | None, setter: Typesetter) -> str:
    """One chapter of the chronology; a month that began in the chapter before says so."""
    ordinals = {exhibit.mark: ordinal for ordinal, exhibit in enumerate(contents.exhibits, 1)}
    last_month = f"month-{month_key(previous)}" if previous else ""
    blocks = [
        {
            "anchor": f"{place}-continued" if place == last_month else place,
            "words": words,
            "is_continued": place == last_month,
            "entries": [_entry(entry, ordinals, setter) for entry in members],
        }
        for place, words, members in months(entries)
    ]
    return _page("chapter", months=blocks)


class Sheet(NamedTuple):
    """How one exhibit is shown: on a picture page, before its document's pages, or as a placeholder.

    `pictured` are the pages of a document, from 1, that are shown as pictures; `details` what else is said of its copy,
    as in `Exhibit.copy_details`.
    """

    ordinal: int
    exhibit: Exhibit
    picture: tuple[int, int] | None = None
    document_pages: int = 0
    reason: str = ""
    twin: str = ""
    pictured: tuple[int, ...] = ()
    details: Mapping[str, Any] = NOTHING


def sheets(rows: Iterable[Sheet], setter: Typesetter) -> str:
    return _page("sheets", sheets=[_sheet(row, setter) for row in rows])


def _page(name: str, **context: Any) -> str:
    # Words only: a number in a template asks for the settings of a running service.
    return ENGINE.get_template(f"bundles/pdf/{name}.html").render(Context(context))


def _shortened(text: str) -> str:
    """What the index has room for; the exhibit's own page has the whole."""
    one_line = " ".join(text.split())
    return one_line if len(one_line) <= LONGEST_CAPTION else one_line[: LONGEST_CAPTION - 1] + "…"


def _range(members: Sequence[Entry]) -> str:
    """Their numbers: entries left out, or written down late, are not counted in."""
    return runs(entry.number for entry in members)


def _entry_link(exhibit: Exhibit) -> dict[str, Any]:
    number = exhibit.entry_number
    return {"entry": str(number), "entry_link": "" if number is None else PLACE + entry_place(number)}


def _entry(entry: Entry, ordinals: dict[str, int], setter: Typesetter) -> dict[str, Any]:
    filled = [(label, getattr(entry, name)) for name, label in COLUMNS]
    return {
        "anchor": entry_place(entry.number),
        "number": str(entry.number),
        "is_withdrawn": any(row.kind == "withdrawal" for row in entry.amendments),
        "when": setter.lines(entry.occurred_words),
        "when_translated": _translations(entry.translations, "occurred_words", setter),
        "fields": [
            _field(label, text, setter) | {"translations": _translations(entry.translations, name, setter)}
            for name, label in COLUMNS
            if (text := getattr(entry, name)).strip()
        ],
        "blank": ", ".join(label[0].lower() + label[1:] for label, text in filled if not text.strip()),
        "exhibits": [
            {"mark": setter.plain(mark), "link": PLACE + exhibit_place(ordinals[mark])} for mark in entry.exhibits
        ],
        "later": [
            _later(row.kind, row.by_role, london(row.recorded_at), row.text, setter)
            | {"translations": _translations(row.translations, "", setter)}
            for row in entry.amendments
        ],
        "recorded": london(entry.recorded_at),
        "offline": _offline(entry, setter),
        "source": setter.plain(entry.source_words),
        "language": language_words(entry.language),
        "code": _code(entry.language),
        "digest": entry.digest,
    }


def _offline(entry: Entry, setter: Typesetter) -> str:
    """Both clocks of an entry written without signal, side by side: neither corrects the other."""
    told = entry.written_offline
    if told is None:
        return ""
    received = f"received {london(told.received_at)}"
    if told.written_at is None:
        return f"Written on a phone that did not say when; {received}"
    zone = "" if told.zone in {"", "Europe/London"} else f" (set to {setter.plain(told.zone)})"
    return f"Written on the phone {london(told.written_at)}, as the phone said{zone}; {received}"


def _translations(rows: Iterable[Translation], field: str, setter: Typesetter) -> list[dict[str, Any]]:
    """What stands beneath an original, marked: into which language, by whom, on what day."""
    found = []
    for row in rows:
        if row.field == field:
            into = language_words(row.language) or "English"
            words = f"Translation into {into} by {row.by_words}, {day(row.translated_on)}"
            found.append({"words": setter.plain(words), "code": row.language, "lines": setter.lines(row.text)})
    return found


def _field(label: str, text: str, setter: Typesetter) -> dict[str, Any]:
    # What is short stays together with its label; what is long may go on overleaf.
    is_short = len(text) <= SHORT and text.count("\n") < 4
    # Where it happened stays with what happened: alone at the foot of a page it says nothing.
    return {"label": label, "lines": setter.lines(text), "is_short": is_short, "is_lead": label == LEAD and is_short}


def _later(kind: str, by_role: str, when: str, text: str, setter: Typesetter) -> dict[str, Any]:
    verb = "Withdrawn" if kind == "withdrawal" else "Added later"
    by = f" by {setter.plain(by_role)}" if by_role else ""
    reason: list[Line] = setter.lines(text)
    return {"words": f"{verb}{by}, {when}", "lines": reason}


def _code(language: str) -> str:
    # The same sign is drawn in other shapes in Chinese, Japanese and Korean.
    return "" if language.lower().partition("-")[0] in {"", "en"} else language


def language_words(code: str) -> str:
    """The name of a language in English; nothing for English itself."""
    base = code.lower().partition("-")[0]
    if base in {"", "en"}:
        return ""
    found = LANG_INFO.get(code.lower()) or LANG_INFO.get(base) or {}
    return str(found.get("name", code))


def _sheet(row: Sheet, setter: Typesetter) -> dict[str, Any]:
    exhibit = row.exhibit
    description = setter.lines(exhibit.description)
    facts = [("Kind", setter.plain(kind_words(exhibit))), ("Size of the original", size_words(exhibit.size_bytes))]
    facts += [("Received", london(exhibit.received_at))]
    facts += [("Taken, as the file says", setter.plain(exhibit.taken_words))] if exhibit.taken_words else []
    said = [("What it is and when it was taken", exhibit.described_by), ("Taken", exhibit.taken_said)]
    said += [("Taken by", exhibit.taken_by)]
    facts += [("File name", setter.plain(exhibit.file_label))] if exhibit.file_label else []
    facts += [("Same file as", f"Exhibit {setter.plain(row.twin)}")] if row.twin else []
    width, height = row.picture or (0, 0)
    # A long caption has a page of its own, so that the picture's place on its page is always the same.
    is_long = len(description) > 3 or sum(len(line.text) for line in description) > LONGEST_CAPTION
    short = [f"received {london(exhibit.received_at)}", *(f"{name.lower()} {value}" for name, value in facts[3:])]
    return {
        "anchor": exhibit_place(row.ordinal),
        "frame_anchor": f"frame-{row.ordinal}",
        "has_label_page": not row.picture or is_long or bool(exhibit.transcript or exhibit.described_by),
        "is_picture": bool(row.picture),
        "is_wide": width > height,
        "mark": setter.plain(exhibit.mark),
        "description": description,
        "index_link": PLACE + "index",
        **_entry_link(exhibit),
        "facts": [(name, setter.plain(words)) for name, words in said if words] + facts,
        "short_facts": " · ".join(short),
        "sha256": exhibit.sha256,
        "reason": setter.lines(row.reason) if row.reason else [],
        "copy_note": setter.plain(exhibit.copy_note),
        "transcript": setter.lines(exhibit.transcript) if exhibit.transcript else [],
        "transcript_note": setter.plain(exhibit.transcript_note),
        **_of_document(row, setter),
    }


def kind_words(exhibit: Exhibit) -> str:
    """What kind of file an exhibit is, in words."""
    return exhibit.kind_words or f"{KIND_WORDS[exhibit.kind]}, {exhibit.media_type}"


def _of_document(row: Sheet, setter: Typesetter) -> dict[str, Any]:
    """What is said of a document's pages before them."""
    hidden = [number for number in row.pictured if number not in row.details.get("failed", ())]
    # Of a copy that falls short in any way its own note says how.
    is_mended, is_whole = "mended" in row.details, not (row.pictured or row.exhibit.copy_note)
    what = "document" if row.exhibit.media_type == "application/pdf" else "file"
    return {
        "follows": documents.follows(row.document_pages, is_mended=is_mended, is_whole=is_whole, what=what),
        "pictured": documents.pictured(hidden, row.document_pages),
        "beside": [setter.plain(sentence) for sentence in documents.beside(row.details)],
    }
