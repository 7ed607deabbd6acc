"""One record as its reader told it, made a row: its time in our zone, what is wrong with it, its fingerprint."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.crypto import salted_hmac

from logs.models import ImportBatch, ImportLine
from logs.rules import EARLIEST, HOME_ZONE, needs_fold
from nsvcs.casetext import LONGEST

EPOCH = date(1970, 1, 1)  # what a device writes that does not know the time
MOST_SENDERS = 500
DETAILS = ("subject", "until_on", "until_time", "precision", "fields")


@dataclass
class Loader:
    """Makes rows of one batch's records.

    Args:
        batch: the batch.
        today: the present day in the service's zone; later days are the future.
        theirs: the name of the other person in the source, if that was said: then only theirs is ticked to begin with.
    """

    batch: ImportBatch
    today: date
    theirs: str = ""
    senders: dict[str, int] = field(default_factory=dict)

    def line(self, told: Mapping[str, Any]) -> ImportLine:
        """The row of one record; ticked when it can be brought in and was not written by herself."""
        line = ImportLine(
            batch=self.batch, case_id=self.batch.case_id, number=told["number"], outcome=told["outcome"],
            place_kind=told["place_kind"], place_number=told["place_number"], place_in=_text(told["place_in"]),
            raw=_text(told["raw"]), code=told.get("code", "")[:40],
        )  # fmt: skip
        if line.outcome == ImportLine.Outcome.ITEM:
            self._fill(line, told)
        return line

    def _fill(self, line: ImportLine, told: Mapping[str, Any]) -> None:
        line.kind, line.is_outgoing = told["kind"], told["is_outgoing"]
        line.duration_seconds = told["duration_seconds"]
        line.marks = sorted(told["marks"])
        line.media_count, line.media = len(told["media"]), _json(told["media"])
        line.when_words, line.text = _text(told["when_words"]), _text(told["text"])
        line.sender_name, line.recipients = _text(told["sender"]), _json(told["recipients"])
        line.details = _json({name: told[name] for name in DETAILS if told[name]})
        line.sender = self._place_of(line.sender_name)
        line.occurred_on, line.occurred_time, line.fold = moment_of(told)
        line.problem = problem_of(line.occurred_on, self.today)
        line.fingerprint = fingerprint_of(line)
        line.is_chosen = not line.problem and self._is_theirs(line)

    def _place_of(self, name: str) -> int | None:
        if name and name not in self.senders and len(self.senders) < MOST_SENDERS:
            self.senders[name] = len(self.senders)
        return self.senders.get(name)

    def _is_theirs(self, line: ImportLine) -> bool:
        if self.theirs:
            return line.sender_name == self.theirs
        return line.is_outgoing is not True


def moment_of(told: Mapping[str, Any]) -> tuple[date | None, time | None, int | None]:
    """Local day, time, and which of two doubled hours: known where the source gives an instant, else not."""
    if told["instant"]:
        local = datetime.fromisoformat(told["instant"]).astimezone(ZoneInfo(HOME_ZONE))
        at = local.time().replace(microsecond=0)
        return local.date(), at, local.fold if needs_fold(local.date(), at) else None
    on = date.fromisoformat(told["on"]) if told["on"] else None
    return on, time.fromisoformat(told["at"]) if told["at"] else None, None


def problem_of(on: date | None, today: date) -> str:
    """What is wrong with a record's day, as a code of `PROBLEMS`; empty when nothing is.

    Source: design sections 3.2 and 7: the future is refused, and so is what is a slip and not a memory.
    """
    if on is None or on == EPOCH:
        return "no_date"
    if on > today:
        return "future"
    return "too_early" if on < EARLIEST else ""


def fingerprint_of(line: ImportLine) -> str:
    """The same for the same message in a second export: case, sender, minute and words, under our key."""
    at = line.occurred_time.strftime("%H:%M") if line.occurred_time else ""
    parts = (line.case_id, line.kind, line.sender_name, line.occurred_on, at, line.duration_seconds, line.text)
    return salted_hmac("logs.bringing", json.dumps([str(part) for part in parts]), algorithm="sha256").hexdigest()


def known_among(fingerprints: Any, batch: ImportBatch) -> set[str]:
    """Those of these messages that stand in this case's log already, from another file."""
    there = ImportLine.objects.filter(case_id=batch.case_id, fingerprint__in=fingerprints).exclude(fingerprint="")
    there = there.exclude(batch__in=[batch.pk, *siblings_of(batch)])
    return set(there.in_log().values_list("fingerprint", flat=True))


def brought_before(numbers: Any, batch: ImportBatch) -> set[int]:
    """Those of these places that stand in the log already, from another reading of the very same file.

    By place and not by words: of two messages alike in the same minute one may have been chosen and the other not.
    """
    there = ImportLine.objects.filter(batch__in=siblings_of(batch), number__in=numbers)
    return set(there.in_log().values_list("number", flat=True))


def siblings_of(batch: ImportBatch) -> list[UUID]:
    """The other readings of the same file, newest first."""
    readings = ImportBatch.objects.filter(case_id=batch.case_id).reading(batch.source)
    return list(readings.exclude(pk=batch.pk).values_list("pk", flat=True))


def chosen_before(numbers: Iterable[int], batch: ImportBatch) -> set[int] | None:
    """What was chosen of these places when the same file was read before; none when it never was, to the end."""
    before = ImportBatch.objects.settled().filter(pk__in=siblings_of(batch)).order_by("-asked_at").first()
    if before is None:
        return None
    found = ImportLine.objects.filter(batch=before, number__in=numbers, is_chosen=True)
    return set(found.values_list("number", flat=True))


def _text(value: str) -> str:
    # Half a surrogate pair is no letter, and no database keeps it.
    return value.encode("utf-8", "replace").decode()[:LONGEST]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=True)
