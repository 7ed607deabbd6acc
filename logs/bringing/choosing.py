"""Choosing among what was read: by sender, day, direction or word, and what the choice comes to."""

import json
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.db.models.functions import ExtractHour

from accounts.models import User
from logs.bringing.composing import extras_of, said_of
from logs.models import ImportBatch, ImportLine
from logs.models.imports import Grouping

SHOWN_NAMES = 200


@dataclass(frozen=True)
class Wanted:
    """What a page shows of a batch.

    Args:
        sender: the place of a name in `ImportBatch.senders`.
        direction: `in` or `out`.
        date_from: first day.
        date_to: last day, included.
        word: to be found in the words, whatever its case; looked for in the app, after reading.
        only: `chosen`, `left`, `undated` or `known`.
    """

    sender: int | None = None
    direction: str = ""
    date_from: Any = None
    date_to: Any = None
    word: str = ""
    only: str = ""


ONLY = {
    "": Q(),
    "chosen": Q(is_chosen=True),
    "left": Q(is_chosen=False),
    "undated": ~Q(problem=""),
    "known": Q(is_known=True),
}
DIRECTIONS = {"": Q(), "in": Q(is_outgoing=False), "out": Q(is_outgoing=True)}


def matching(batch: ImportBatch, user: User, wanted: Wanted) -> Any:
    """The lines a page shows, in the source's order."""
    lines = ImportLine.objects.visible_to(user).filter(batch=batch).offered().order_by("number")
    lines = lines.filter(ONLY[wanted.only], DIRECTIONS[wanted.direction])
    if wanted.sender is not None:
        lines = lines.filter(sender=wanted.sender)
    if wanted.date_from:
        lines = lines.filter(occurred_on__gte=wanted.date_from)
    if wanted.date_to:
        lines = lines.filter(occurred_on__lte=wanted.date_to)
    return lines.filter(number__in=_with_word(lines, wanted.word)) if wanted.word else lines


def _with_word(lines: Any, word: str) -> list[int]:
    """Numbers of the lines with a word in them: texts are read here and nowhere searched by the database."""
    wanted = word.casefold()
    rows = lines.iterator(chunk_size=1_000)
    return [line.number for line in rows if wanted in searched_of(line).casefold()]


def searched_of(line: ImportLine) -> str:
    """All that a page shows of a line, or an entry would hold: what stands for a call, names of files, who wrote."""
    told = json.loads(line.details) if line.details != "{}" else {}
    found = [line.sender_name, line.text, told.get("subject", ""), *told.get("fields", {}).values()]
    if line.kind == "call" or not line.text:
        found.append(said_of(line) or line.raw)
    if line.media_count or line.marks:
        found += extras_of(line)
    return "\n".join(found)


def count_of_entries(batch: ImportBatch, user: User) -> dict[str, int]:
    """How many entries the ticked lines become, for each grouping; `lines` is how many are ticked."""
    chosen = ImportLine.objects.visible_to(user).filter(batch=batch).chosen().order_by()
    rows = chosen.filter(kind="row").count()
    others = chosen.exclude(kind="row")
    hours = others.annotate(hour=ExtractHour("occurred_time")).values("occurred_on", "hour").distinct()
    lines = rows + others.count()
    return {
        "lines": lines,
        Grouping.MESSAGE: lines,
        Grouping.HOUR: rows + hours.count(),
        Grouping.DAY: rows + others.values("occurred_on").distinct().count(),
    }


def count_of_lines(batch: ImportBatch, user: User) -> dict[str, int]:
    """What became of all that was read: `entered`, `left` (not chosen), `skipped`, `rejected`. They add up to it."""
    entered = ImportLine.objects.visible_to(user).filter(batch=batch).offered().in_entries().count()
    return {
        "entered": entered,
        "left": batch.item_count - entered,
        "outside": batch.outside_count,
        "skipped": batch.skip_count,
        "rejected": batch.reject_count,
    }


def undated_count(batch: ImportBatch, user: User) -> int:
    """How many lines wait for a day to be typed."""
    return ImportLine.objects.visible_to(user).filter(batch=batch).offered().exclude(problem="").count()


def known_count(batch: ImportBatch, user: User) -> int:
    """How many lines stand in the log already, from another file."""
    return ImportLine.objects.visible_to(user).filter(batch=batch, is_known=True).count()
