"""What a reader of somebody else's file gives: items to choose from, lines passed over, and records it cannot read.

Counting rule, for every source: its records = items + skips + rejects, and each of them carries the source's own words.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Literal

from logs.rules import HOME_ZONE
from nsvcs.text import MAX_CHARACTERS

MAX_TEXT = MAX_CHARACTERS
MAX_RAW = 4_000
EXAMPLES = 5

SourceKind = Literal["booklet_docx", "booklet_xlsx", "booklet_csv", "whatsapp", "sms_xml", "email", "calls_csv"]
PlaceKind = Literal["line", "row", "message", "element", "part"]
ItemKind = Literal["message", "call", "email", "row"]
DateOrder = Literal["dmy", "mdy", "ymd"]

# The columns of the booklet by the names they have in an entry; "when" is cut into the entry's own parts, "other" holds
# what stood under a heading that is none of the eight, each line with its heading.
BOOKLET_FIELDS = (
    "when", "place", "what_happened", "evidence_words", "police_response", "police_reference", "impact",
    "changes_made", "impact_on_others",
)  # fmt: skip
CALL_FIELDS = ("when", "date", "time", "number", "name", "from", "to", "type", "duration", "note")

# "cut": the text was longer than is kept. "damaged": letters that could not be read. "when_unclear": no date could be
# made of `when_words`, so somebody has to be asked. "year_guessed": no year stood there, the row above lent its own.
# "formula": a cell holds a formula; its text is kept, it is never worked out. "winmail": an Outlook parcel
# (winmail.dat) whose inside is not read. "failed": written as sent, but it never went out.
MARKS = frozenset({
    "deleted", "edited", "media_omitted", "missed", "forwarded", "cut", "damaged", "when_unclear", "year_guessed",
    "formula", "winmail", "voicemail", "rejected", "blocked", "failed",
})  # fmt: skip


@dataclass(frozen=True)
class Media:
    """One attachment.

    Args:
        name: its name in the source, a label only: never a place to write to.
        member: where its bytes are, for `media_bytes`; empty when the source names it but does not hold it.
        media_type: what the source says it is, or what its name says; may be empty. Never to be trusted.
        size_bytes: its size, None when not known before reading it.
        content_id: what the words of a mail call it by, where they show it.
    """

    name: str
    member: str = ""
    media_type: str = ""
    size_bytes: int | None = None
    content_id: str = ""


@dataclass(frozen=True, kw_only=True)
class Item:
    """One message, call, mail or row of a table.

    Args:
        number: 1, 2, 3 … in the source's order, counting items, skips and rejects alike.
        place_kind: what `place_number` counts.
        place_number: where it stands in the source, for a person: line 120, row 4, message 17.
        place_in: the member file, sheet or table it stands in; empty for the file itself.
        kind: what it is.
        on: the local date as written; None where the source gives an instant, or no date that can be read.
        at: the local time as written, if any.
        until_on: the last day of a period, in the booklet.
        until_time: when it ended, in the booklet.
        precision: a value of `logs.rules.Precision` for `on` and `at`; empty without a date or with an instant.
        instant: aware UTC, where the source gives an instant (milliseconds, an e-mail's date with its zone).
        when_words: the time exactly as the source writes it.
        sender: who wrote or called; empty when not known, or when it is the owner of the phone and gave no name.
        recipients: to whom.
        is_outgoing: whether the owner of the phone wrote or called; None when not known.
        subject: of a mail or MMS.
        text: readable words without control characters; at most `MAX_TEXT`, "cut" is among the marks when shortened.
        raw: the source's own lines, at most `MAX_RAW` characters.
        fields: of a row: the booklet's columns by `BOOKLET_FIELDS`, and "other".
        media: its attachments.
        duration_seconds: of a call.
        marks: some of `MARKS`.
    """

    number: int
    place_kind: PlaceKind
    place_number: int
    place_in: str = ""
    kind: ItemKind
    on: date | None = None
    at: time | None = None
    until_on: date | None = None
    until_time: time | None = None
    precision: str = ""
    instant: datetime | None = None
    when_words: str = ""
    sender: str = ""
    recipients: tuple[str, ...] = ()
    is_outgoing: bool | None = None
    subject: str = ""
    text: str = ""
    raw: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    media: tuple[Media, ...] = ()
    duration_seconds: int | None = None
    marks: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Reject:
    """A record that cannot be read: counted, named by `code` (words in `REJECT_WORDS`) and shown as it stands."""

    number: int
    place_kind: PlaceKind
    place_number: int
    place_in: str = ""
    code: str
    raw: str = ""


@dataclass(frozen=True, kw_only=True)
class Skip:
    """A record that nobody wrote, such as "Anna joined": counted and listed, not offered (words in `SKIP_WORDS`)."""

    number: int
    place_kind: PlaceKind
    place_number: int
    place_in: str = ""
    code: str
    raw: str = ""


Record = Item | Reject | Skip


@dataclass(frozen=True)
class Options:
    """What a person settles before a source is read.

    Args:
        date_order: how to read 03/04/2026; None leaves it to what the source shows.
        own_name: the name the owner of the phone has in a chat, or her address in mail.
        columns: heading in the table → one of `BOOKLET_FIELDS` or `CALL_FIELDS`; "" leaves a column out. Empty: guess.
        zone: IANA name of the zone that local times were written in.
        year: the year of dates written without one, where no row above has one.
        marks_places: where a mail's words show a picture that it encloses, they say so, as `[cid:its content id]`.
    """

    date_order: DateOrder | None = None
    own_name: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    zone: str = HOME_ZONE
    year: int | None = None
    marks_places: bool = False


@dataclass(frozen=True)
class Guess:
    """What a source looks like, for the page that asks.

    Args:
        kind: which reader it was read with.
        options: what was guessed, to be confirmed.
        is_date_order_sure: whether the source itself settles the date order; if not, the page asks.
        examples: the first items, at most `EXAMPLES`.
        names: who wrote, in order of their first message; bounded.
        columns: headings seen in a table, in their order.
    """

    kind: SourceKind
    options: Options
    is_date_order_sure: bool = True
    examples: tuple[Item, ...] = ()
    names: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()


class Unreadable(Exception):
    """The whole file cannot be read; `code` says why (words in `UNREADABLE_WORDS`)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
