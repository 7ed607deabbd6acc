"""The frozen selection a bundle is made from: everything printed is here, and nothing else is.

Whoever builds these values has already taken out what is withheld; no later step removes anything.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Container, Mapping
from dataclasses import dataclass, field, is_dataclass
from datetime import UTC, date, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from bundles.selection.choice import Area, Cover, Custody, Listed, News, Pattern, Police, Preset, Section

LONDON = ZoneInfo("Europe/London")
Kind = Literal["image", "pdf", "other"]
# What is known of a document's pages because they were made when it arrived. Made now, they would be the same.
MADE_BEFORE = ("copy_sha256", "copy_pages", "copy_pictured", "copy_details")
HERE_ALONE = {"original_path", "copy_path", *MADE_BEFORE}


class ContentsError(ValueError):
    """The selection contradicts itself.

    Attributes:
        item: the entry or exhibit it happened at.
        code: what is wrong with it.
    """

    def __init__(self, item: str, code: str) -> None:
        super().__init__(f"{item}: {code}")
        self.item = item
        self.code = code


@dataclass(frozen=True)
class Translation:
    """A text in another language, made by a person, printed beneath the original and marked.

    Attributes:
        field: the field of the entry it is of; empty for something added later.
        by_words: who made it, such as "an interpreter, Ana Popescu".
    """

    field: str
    language: str
    by_words: str
    translated_on: date
    text: str


@dataclass(frozen=True)
class Amendment:
    """What was added to an entry after it was recorded, or its withdrawal; the entry itself never changes."""

    kind: Literal["addition", "withdrawal"]
    text: str
    by_role: str
    recorded_at: datetime
    translations: tuple[Translation, ...] = ()


@dataclass(frozen=True)
class WrittenOffline:
    """When an entry was written by the clock of a phone without signal, if it said so, and when it was received."""

    written_at: datetime | None
    zone: str
    received_at: datetime


@dataclass(frozen=True)
class Entry:
    """One entry of the log: the booklet's eight columns verbatim, and when and by whom it was recorded.

    Attributes:
        digest: of all of it; empty where something is kept out, since somebody could try what it was until it fits.
        commitment: over a secret of the service's and the digest: stands for the digest in the list.
    """

    number: int
    id: str
    occurred_words: str
    occurred_sort: datetime
    recorded_at: datetime
    what_happened: str
    place: str = ""
    evidence_words: str = ""
    police_words: str = ""
    impact: str = ""
    changes: str = ""
    children_others: str = ""
    source_words: str = ""
    language: str = "en"
    exhibits: tuple[str, ...] = ()
    amendments: tuple[Amendment, ...] = ()
    translations: tuple[Translation, ...] = ()
    digest: str = ""
    written_offline: WrittenOffline | None = None
    commitment: str = ""


@dataclass(frozen=True)
class Exhibit:
    """One file: its original, which is only read and hashed, and the copy that may be shown.

    Attributes:
        original_path: "" for one that is not to be opened at all: it is shown as a placeholder.
        kind_words: what kind of file it is, such as "JPEG picture".
        copy_note: in what the copy falls short of the original, such as a damaged picture of which a part is seen.
        copy_sha256: the copy's own digest; with the next three, of a document whose pages were made when it arrived.
        copy_pages: how many pages the copy has.
        copy_pictured: which of them, from 1, are pictures because something of them was cut off or hidden.
        copy_details: what else is said of the copy: as in `logs.models.Rendition.details`, and the notes `mended` (the
            file is not in order, the copy shows what could be read of it) and `restricted`.
        copy_is_opened: the original is locked; its copy was made with a password, and cannot be made anew without.
        described_by: who said what it is, and when; `taken_said`, `taken_by`: when it was taken, by whom, as they said.
        transcript: what somebody heard in a recording and typed; `transcript_note`: who, when, its language.
        custody: its way from arrival on, oldest first.
        commitment: printed in place of the digest of a tiny file whose content could be guessed from it: a digest
            over a secret that stays with the service, and the file.
        read_words: what a machine read in its picture, or in scanned pages of its copy, by their numbers from 1.
        areas: what is taken out of its copy's pages. Its original leaves the service in no bundle, and no page is made
            of it anew.
    """

    mark: str
    evidence_id: str
    entry_number: int | None
    description: str
    kind: Kind
    media_type: str
    size_bytes: int
    sha256: str
    received_at: datetime
    original_path: str
    taken_words: str = ""
    described_by: str = ""
    taken_said: str = ""
    taken_by: str = ""
    copy_path: str | None = None
    file_label: str | None = None
    kind_words: str = ""
    copy_note: str = ""
    copy_sha256: str = ""
    copy_pages: int = 0
    copy_pictured: tuple[int, ...] = ()
    copy_details: Mapping[str, Any] = field(default_factory=dict)
    copy_is_opened: bool = False
    transcript: str = ""
    transcript_note: str = ""
    placeholder_reason: str | None = None
    custody: tuple[Custody, ...] = ()
    commitment: str = ""
    read_words: tuple[tuple[int, str], ...] = ()
    areas: tuple[Area, ...] = ()


@dataclass(frozen=True)
class LeftOut:
    """How much of one kind is not in the bundle, and why."""

    kind: str
    count: int
    why: str


@dataclass(frozen=True)
class Contents:
    """A bundle before it is printed. The same contents give the same pages."""

    bundle_id: str
    reference: str
    made_at: datetime
    title: str
    profile: str
    purpose: str
    recipient: str
    prepared_by_role: str
    entries: tuple[Entry, ...]
    exhibits: tuple[Exhibit, ...] = ()
    date_from: date | None = None
    date_to: date | None = None
    scope_words: str = ""
    left_out: tuple[LeftOut, ...] = ()
    withheld_kinds: tuple[str, ...] = ()
    statement: str = ""
    preset: Preset | None = None
    cover: Cover = field(default_factory=Cover)
    sections: tuple[str, ...] = Section.ALL
    police: tuple[Police, ...] = ()
    patterns: tuple[Pattern, ...] = ()
    listed: tuple[Listed, ...] = ()
    news: News | None = None

    def shown(self, placeholders: Container[str]) -> list[str]:
        """The files of which something is printed: all but those whose marks stand for a page that says why not."""
        return [each.evidence_id for each in self.exhibits if each.mark not in placeholders]

    def check(self) -> None:
        """Refuse a selection in which an exhibit could be taken for another.

        Raises:
            ContentsError: a number or mark is used twice, or something refers to what is not there.
        """
        numbers = Counter(entry.number for entry in self.entries)
        marks = Counter(exhibit.mark for exhibit in self.exhibits)
        for item, count in (*numbers.items(), *marks.items()):
            if count > 1:
                raise ContentsError(str(item), "used_twice")
        for entry in self.entries:
            for mark in entry.exhibits:
                if mark not in marks:
                    raise ContentsError(f"entry {entry.number}", "exhibit_missing")
        for exhibit in self.exhibits:
            if exhibit.entry_number is not None and exhibit.entry_number not in numbers:
                raise ContentsError(exhibit.mark, "entry_missing")


def to_json(contents: Contents) -> str:
    """The contents as canonical JSON: sorted keys, no spaces, times in UTC; the same contents, the same text."""
    return canonical(contents)


def canonical(rows: object) -> str:
    """Rows of the contents, or all of them, as canonical JSON."""
    return json.dumps(rows, sort_keys=True, separators=(",", ":"), default=_plain)


def from_json(text: str) -> Contents:
    """The contents that `to_json` wrote."""
    told = json.loads(text)
    entries = tuple(_entry(row) for row in told.pop("entries"))
    exhibits = tuple(_exhibit(row) for row in told.pop("exhibits"))
    told |= {"made_at": _time(told["made_at"]), "withheld_kinds": tuple(told["withheld_kinds"])}
    told |= {name: date.fromisoformat(told[name]) for name in ("date_from", "date_to") if told[name]}
    told["left_out"] = tuple(LeftOut(**row) for row in told["left_out"])
    return Contents(entries=entries, exhibits=exhibits, **told | _choice(told))


def _choice(told: Mapping[str, Any]) -> dict[str, Any]:
    preset, news = told["preset"], told["news"]
    return {
        "preset": Preset(**preset | {"in_force_on": date.fromisoformat(preset["in_force_on"])}) if preset else None,
        "cover": Cover(**told["cover"]),
        "sections": tuple(told["sections"]),
        "police": tuple(Police(**row) for row in told["police"]),
        "patterns": tuple(_pattern(row) for row in told["patterns"]),
        "listed": tuple(Listed(**row) for row in told["listed"]),
        "news": News(**{name: tuple(of) for name, of in news.items() if name != "since"}, since=_time(news["since"]))
        if news
        else None,
    }


def _pattern(row: Mapping[str, Any]) -> Pattern:
    rows, bars = tuple(map(tuple, row["rows"])), tuple((label, count) for label, count in row["bars"])
    return Pattern(**dict(row) | {"heads": tuple(row["heads"]), "rows": rows, "bars": bars})


def digest(contents: Contents) -> str:
    """SHA-256 of the canonical JSON, without where the files lie on this machine, and which pages were made before."""
    told = json.dumps(contents, sort_keys=True, separators=(",", ":"), default=_without_places)
    return hashlib.sha256(told.encode()).hexdigest()


def london(moment: datetime) -> str:
    """An instant as people in Britain say it: `3 March 2026 at 22:14`, with GMT or BST."""
    local = moment.astimezone(LONDON)
    return f"{local.day} {local:%B %Y} at {local:%H:%M} {local.tzname()}"


def day(value: date) -> str:
    return f"{value.day} {value:%B %Y}"


def _plain(value: object) -> object:
    """What JSON has no form for: times, days, and the fields of a row. Copying each row first takes far longer."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if is_dataclass(value):
        return vars(value)
    raise TypeError(type(value).__name__)


def _without_places(value: object) -> object:
    if isinstance(value, Exhibit):
        return {name: of for name, of in vars(value).items() if name not in HERE_ALONE}
    return _plain(value)


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _with_times(row: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return dict(row) | {name: _time(row[name]) for name in names}


def _exhibit(row: Mapping[str, Any]) -> Exhibit:
    custody = tuple(Custody(**_with_times(each, "at")) for each in row.get("custody", ()))
    areas = tuple(Area(**each | {"boxes": tuple(each["boxes"])}) for each in row.get("areas", ()))
    told = {"copy_pictured": tuple(row["copy_pictured"]), "custody": custody, "areas": areas}
    told["read_words"] = tuple((number, words) for number, words in row.get("read_words", ()))
    return Exhibit(**_with_times(row, "received_at") | told)


def _entry(row: Mapping[str, Any]) -> Entry:
    amendments = tuple(
        Amendment(**_with_times(inner, "recorded_at") | {"translations": _translations(inner)})
        for inner in row["amendments"]
    )
    told = _with_times(row, "occurred_sort", "recorded_at") | {"written_offline": _offline(row)}
    return Entry(
        **told | {"exhibits": tuple(row["exhibits"]), "amendments": amendments, "translations": _translations(row)}
    )


def _offline(row: Mapping[str, Any]) -> WrittenOffline | None:
    told = row.get("written_offline")
    if not told:
        return None
    return WrittenOffline(**_with_times(told, *(name for name in ("written_at", "received_at") if told[name])))


def _translations(row: Mapping[str, Any]) -> tuple[Translation, ...]:
    told = row.get("translations", ())
    return tuple(Translation(**each | {"translated_on": date.fromisoformat(each["translated_on"])}) for each in told)
