"""Entries made of chosen lines: one for a message, an hour or a day, in the source's own words."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, time
from itertools import groupby
from typing import Any
from uuid import UUID, uuid5

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from logs.bringing.words import place_words
from logs.models import ImportBatch, ImportLine
from logs.models.imports import Grouping
from logs.rules import Precision, needs_fold
from nsvcs.casetext import LONGEST

COLUMNS = (
    "place", "what_happened", "evidence_words", "police_response", "police_reference", "impact", "changes_made",
    "impact_on_others",
)  # fmt: skip
WAYS = {"message", "call", "email"}


@dataclass(frozen=True)
class Entry:
    """One entry to be: its id, its fields, the lines it is made of, and their attachments.

    Args:
        id: derived from batch and group: made again after a killed worker, it is the same entry.
        fields: what `logs.actions.entries.record_imported` takes.
        lines: ids of the lines.
        media: of each attachment its name and its member in the source.
    """

    id: UUID
    fields: dict[str, Any]
    lines: tuple[UUID, ...]
    media: tuple[tuple[str, str], ...] = ()


@dataclass
class _Part:
    texts: list[str] = field(default_factory=list)
    lines: list[ImportLine] = field(default_factory=list)
    length: int = 0


def entries_of(batch: ImportBatch, lines: Iterable[ImportLine], exhibit: int) -> Iterator[Entry]:
    """The entries that chosen lines come to, in order; no more of the source is held than one entry needs.

    Args:
        batch: the batch, with its grouping and answers.
        lines: chosen, in the order of `ImportLineQuerySet.in_time`.
        exhibit: the number of the source file.
    """
    for key, group in groupby(lines, lambda line: group_key(line, batch.grouping)):
        for number, part in enumerate(_parts(group), 1):
            yield _entry(batch, key if number == 1 else f"{key}/{number}", part, exhibit)


def group_key(line: ImportLine, grouping: str) -> str:
    """What the lines of one entry have in common; a row of a table is always an entry of its own."""
    if grouping == Grouping.MESSAGE or line.kind == "row":
        return f"n{line.number}"
    if grouping == Grouping.HOUR and line.occurred_time is not None:
        return f"{line.occurred_on} {line.occurred_time:%H}"
    return str(line.occurred_on)


def _parts(group: Iterable[ImportLine]) -> Iterator[_Part]:
    """As many parts as it takes for none to be longer than an entry may be; nothing is left out."""
    part = _Part()
    lines = list(group)
    for line in lines:
        text = words_of(line, has_time=len(lines) > 1)
        if part.texts and part.length + 1 + len(text) > LONGEST:
            yield part
            part = _Part()
        part.length += len(text) + bool(part.texts)
        part.texts.append(text)
        part.lines.append(line)
    yield part


def words_of(line: ImportLine, *, has_time: bool = False) -> str:
    """A line in words: the time where there are several, who wrote, what, and what came with it.

    Words that fill an entry to the last letter stand alone: who wrote them is then read from the source.
    """
    details = json.loads(line.details)
    if line.kind == "row":
        row = details.get("fields", {})
        return str(row.get("what_happened") or row.get("other") or line.text or line.raw or "–")[:LONGEST]
    body = " ".join([part for part in (titled(line), *(f"[{words}]" for words in extras_of(line))) if part]) or "–"
    who = line.sender_name or (_("Me") if line.is_outgoing else "")
    clock = f"{line.occurred_time:%H:%M}" if has_time and line.occurred_time else ""
    head = " ".join(part for part in (clock, who) if part)
    whole = f"{head}: {body}" if head else body
    return whole if len(whole) <= LONGEST else line.text


def titled(line: ImportLine) -> str:
    """What was said, after its subject where it has one."""
    return " – ".join(part for part in (json.loads(line.details).get("subject", ""), said_of(line)) if part)


def extras_of(line: ImportLine) -> list[str]:
    """What the source says beside the words: the names of files, that it was edited, that something is not in it."""
    named = [_("file: %(name)s") % {"name": media["name"]} for media in json.loads(line.media)]
    return named + [str(words) for mark, words in _marks() if mark in line.marks]


def said_of(line: ImportLine) -> str:
    """What was said; of a call what came of it, and how long it was."""
    if line.kind != "call":
        return line.text
    ends = {
        "missed": _("Missed call"),
        "voicemail": _("Voicemail"),
        "rejected": _("Call that was turned away"),
        "blocked": _("Call that was blocked"),
    }
    words = next((str(ends[mark]) for mark in ends if mark in line.marks), _("Call"))
    to = ", ".join(json.loads(line.recipients)) if line.is_outgoing else ""
    words = _("%(call)s to %(whom)s") % {"call": words, "whom": to} if to else words
    lasted = _lasted(line.duration_seconds or 0)
    return ", ".join(part for part in (words, lasted, line.text) if part)


def _lasted(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    told = [ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}] if minutes else []
    told += [ngettext("%(n)s second", "%(n)s seconds", rest) % {"n": rest}] if rest else []
    return " ".join(told)


def _marks() -> tuple[tuple[str, str], ...]:
    return (
        ("edited", _("edited later")),
        ("forwarded", _("forwarded")),
        ("failed", _("never sent")),
        ("media_omitted", _("a file that the export leaves out")),
        ("cut", _("the rest is in the file")),
        ("damaged", _("some letters could not be read")),
    )


def _entry(batch: ImportBatch, key: str, part: _Part, exhibit: int) -> Entry:
    first = part.lines[0]
    fields = _columns(first) | _when(part.lines) | {"what_happened": "\n".join(part.texts)}
    where = _where(part.lines, exhibit)
    fields["evidence_words"] = "\n".join(words for words in (fields.get("evidence_words", ""), where) if words)
    fields |= {"behaviours": list(batch.behaviours), "language": batch.language}
    fields["case_perpetrator_id"] = batch.case_perpetrator_id
    media = tuple((each["name"], each["member"]) for line in part.lines for each in json.loads(line.media))
    return Entry(
        uuid5(batch.pk, key), fields, tuple(line.pk for line in part.lines), tuple(each for each in media if each[1])
    )


def _where(lines: list[ImportLine], exhibit: int) -> str:
    first = lines[0]
    places = place_words(first.place_kind, (line.place_number for line in lines), first.place_in)
    return _("Brought in from exhibit E%(exhibit)s, %(places)s.") % {"exhibit": exhibit, "places": places}


def _columns(line: ImportLine) -> dict[str, Any]:
    if line.kind in WAYS:
        return {"place": _("Online or by phone")}
    details = json.loads(line.details)
    row = details.get("fields", {})
    found = {name: row[name][:LONGEST] for name in COLUMNS if row.get(name)}
    if row.get("other") and row.get("what_happened"):
        found["evidence_words"] = "\n".join(part for part in (found.get("evidence_words", ""), row["other"]) if part)
    return found | _until(line, details) | {"when_words": line.when_words}


def _until(line: ImportLine, details: dict[str, Any]) -> dict[str, Any]:
    """The end of a period, as long as its beginning stands as it was read."""
    until_on = date.fromisoformat(details["until_on"]) if details.get("until_on") else None
    if line.is_date_typed or (until_on and line.occurred_on and until_on < line.occurred_on):
        return {}
    until_time = time.fromisoformat(details["until_time"]) if details.get("until_time") else None
    return {"until_on": until_on, "until_time": until_time}


def _when(lines: list[ImportLine]) -> dict[str, Any]:
    """The time of the first, and for several until that of the last."""
    first, last = lines[0], lines[-1]
    found: dict[str, Any] = {
        "occurred_on": first.occurred_on, "occurred_time": first.occurred_time, "fold": first.fold,
        "precision": _precision(first),
    }  # fmt: skip
    if last.occurred_time and first.occurred_time and last.occurred_time > first.occurred_time:
        found["until_time"] = last.occurred_time
    return found


def _precision(line: ImportLine) -> str:
    """As exact as the source is: a day without a time, a doubled hour of which nobody knows which, a typed date."""
    told = json.loads(line.details).get("precision", "")
    if line.occurred_time is None:
        return str(told) if told == Precision.MONTH else Precision.DAY
    is_doubled = line.occurred_on is not None and needs_fold(line.occurred_on, line.occurred_time)
    if line.is_date_typed or (is_doubled and line.fold is None):
        return Precision.ABOUT
    return str(told) if told else Precision.EXACT


def media_note(missing: Iterable[str], exhibit: int) -> str:
    """What to say of attachments that are not kept as files of their own."""
    names = list(missing)
    if not names:
        return ""
    words = ngettext(
        "Not kept as a file of its own: %(names)s. It is inside exhibit E%(exhibit)s.",
        "Not kept as files of their own: %(names)s. They are inside exhibit E%(exhibit)s.",
        len(names),
    )
    return words % {"names": ", ".join(names), "exhibit": exhibit}
