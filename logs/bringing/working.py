"""What workers do with a source file: look at it, read it, bring in what was chosen, take it back.

Each acts for whoever asked, with that person's rights looked up anew, and may be killed at any point: what it does is
told by rows that are there already, never by how often it was begun.
"""

import json
import tempfile
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4, uuid5

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from jobs.actions import ask
from jobs.child import ChildFailed, run
from jobs.working import Work
from logs.actions.amending import withdraw
from logs.bringing import child
from logs.bringing.holding import held_among
from logs.bringing.loading import Loader, brought_before, chosen_before, known_among
from logs.models import Amendment, Evidence, ImportBatch, ImportLine, Incident
from logs.standing import Use
from nsvcs.storage import file_store

SECONDS = 240
JSON_MB = 1024
ROWS = 1_000
WAITING = "waiting"
LOOK_AGAIN = timedelta(minutes=1)  # while the source waits for its scan
# Ends of a child that may say more about this machine at this moment than about the file.
PASSING = frozenset({"crash", "time", "disk"})
State = ImportBatch.State


def begun(work: Work, state: str) -> ImportBatch | None:
    """The batch, if it still waits for this work; its source with it."""
    batch = ImportBatch.objects.with_source().select_related("case", "asked_by").get(pk=work.object_id)
    return batch if batch.state == state else None


def requester(work: Work) -> User:
    """Who asked, as they are now."""
    return User.objects.get(pk=work.job.requester_id)


def look(work: Work) -> None:
    """Find out what kind of source a file is and what has to be asked about it.

    Raises:
        ChildFailed: the child was ended from outside: another try may do better.
    """
    with work.acting():
        batch = begun(work, State.ARRIVED)
    if batch is None:
        return
    code = why_not_read(work, batch)
    if code == WAITING:
        _look_later(work, batch)
        return
    told: dict[str, Any] = {}
    if not code:
        told, code = in_child(work, batch, child.LOOK, {})
    with work.acting():
        row = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
        if row.state == State.ARRIVED:
            row.state, row.error_code = (State.FAILED, code) if code else (State.ASKING, "")
            row.kind = told.get("kind", "")
            row.set_findings(told)
            row.revision += 1
            row.save()
        work.finish()


def why_not_read(work: Work, batch: ImportBatch) -> str:
    """Why the source may not be opened now: it waits for its scan, or is locked or infected; empty when it may."""
    with work.acting():
        standing = Evidence.objects.with_standing().get(pk=batch.source.pk).standing
    if standing.may(Use.IMPORT):
        return ""
    return WAITING if standing.is_waiting else "held_back"


def _look_later(work: Work, batch: ImportBatch) -> None:
    key = f"import_look:{batch.pk}:{uuid4().hex[:8]}"
    with work.acting():
        name, by = work.kind.name, work.job.requester_id
        ask(name=name, key=key, object_id=batch.pk, case_id=batch.case_id, by=by, delay=LOOK_AGAIN)
        work.finish()


def in_child(work: Work, batch: ImportBatch, target: str, payload: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """What the child says, or the code of why it says nothing."""
    try:
        with file_store().path_or_copy(batch.source.storage_name) as path:
            payload = {"source": str(path), "kind": batch.kind} | payload
            return run(target, payload, memory_mb=child.MEMORY_MB, seconds=SECONDS, file_mb=JSON_MB).result, ""
    except FileNotFoundError:
        return {}, "gone"
    except ChildFailed as failure:
        if failure.code in PASSING and work.job.attempts < work.kind.most_attempts:
            raise
        return {}, failure.code.removeprefix("refused:")[:40]


def read(work: Work) -> None:
    """Read every record of a source into rows, a thousand at a time; what an earlier try left is removed first.

    Raises:
        ChildFailed: the child was ended from outside: another try may do better.
    """
    with work.acting():
        batch = begun(work, State.READING)
    if batch is None:
        return
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "records.jsonl"
        counts: dict[str, Any] = {}
        code = "held_back" if why_not_read(work, batch) else ""
        if not code:
            payload = {"target": str(target), "options": options_of(batch), "most_records": child.MOST_RECORDS}
            payload |= {"days": batch.answered.get("days")}
            counts, code = in_child(work, batch, child.READ, payload)
        if code:
            _close_unread(work, batch, code)
            return
        _load(work, batch, target, counts)


def options_of(batch: ImportBatch) -> dict[str, Any]:
    """The answers as the reader takes them."""
    said = batch.answered
    return {
        "date_order": said.get("date_order") or None,
        "own_name": said.get("own_name", ""),
        "columns": said.get("columns", {}),
    }


def _close_unread(work: Work, batch: ImportBatch, code: str) -> None:
    with work.acting():
        row = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
        if row.state == State.READING:
            row.state, row.error_code, row.revision = State.FAILED, code, row.revision + 1
            row.save()
        work.finish()


def _load(work: Work, batch: ImportBatch, target: Path, counts: dict[str, Any]) -> None:
    total, done = counts["item"] + counts["skip"] + counts["reject"], 0
    loader = Loader(batch, timezone.localdate(), batch.answered.get("their_name", ""))
    with work.acting():
        _remove_lines(batch)
    with target.open(encoding="ascii") as records:
        while told := list(islice(records, ROWS)):
            work.progress("reading", done, total)
            with work.acting():
                _keep(batch, [loader.line(json.loads(each)) for each in told])
            done += len(told)
    if done != total:  # nothing that was read may be missing among the rows
        raise ValueError(f"{done} of {total} records came back")
    with work.acting():
        row = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
        row.item_count, row.skip_count, row.reject_count = counts["item"], counts["skip"], counts["reject"]
        row.set_findings(row.found | {"senders": list(loader.senders), "outside": counts["outside"]})
        row.state, row.revision = State.REVIEW, row.revision + 1
        row.save()
        work.finish()


def _remove_lines(batch: ImportBatch) -> None:
    # Not through the models: Django would fetch every row to look for what refers to it; the database holds it anyway.
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM logs_importline WHERE batch_id = %s", [str(batch.pk)])


def _keep(batch: ImportBatch, lines: list[ImportLine]) -> None:
    numbers = [line.number for line in lines]
    known = known_among([line.fingerprint for line in lines if line.fingerprint], batch)
    before, chosen = brought_before(numbers, batch), chosen_before(numbers, batch)
    for line in lines:
        if chosen is not None:
            line.is_chosen = line.number in chosen and not line.problem
        if line.fingerprint in known or line.number in before:
            line.is_known, line.is_chosen = True, False
    _insert(lines)


def _insert(lines: list[ImportLine]) -> None:
    """One statement for a row, sent for all of them: as one long statement, half the time went into taking it apart."""
    fields = ImportLine._meta.concrete_fields
    names = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    marks = ", ".join(_mark(field) for field in fields)
    rows = [[field.get_db_prep_save(getattr(line, field.attname), connection) for field in fields] for line in lines]
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO logs_importline ({names}) VALUES ({marks})", rows)  # noqa: S608


def _mark(field: Any) -> str:
    return f"%s::{field.db_type(connection)}" if isinstance(field, ArrayField) else "%s"


def undo(work: Work) -> None:
    """Withdraw every entry that came from a source, but those that were added to or used since and not named."""
    with work.acting():
        batch = begun(work, State.UNDOING)
        found = list(imported(batch).values_list("pk", flat=True)) if batch else []
    if batch is None:
        return
    also = {UUID(each) for each in batch.answered.get("undo_also", ())}
    for done, pk in enumerate(found):
        if done % 20 == 0:
            work.progress("undoing", done, len(found))
        with work.acting():
            _withdraw(work, batch, pk, is_named=pk in also)
    with work.acting():
        row = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
        row.state, row.revision, row.undone_at = State.UNDONE, row.revision + 1, timezone.now()
        row.save()
        work.finish()


def imported(batch: ImportBatch) -> Any:
    """The entries that came from a source and are not withdrawn."""
    taken = Amendment.objects.filter(kind=Amendment.Kind.WITHDRAWAL, incident__source_lines__batch=batch)
    entries = Incident.objects.filter(source_lines__batch=batch).exclude(pk__in=taken.values("incident"))
    return entries.distinct().order_by("number")


def _withdraw(work: Work, batch: ImportBatch, pk: UUID, *, is_named: bool) -> None:
    """Once: a second try finds it withdrawn under the same key."""
    key = uuid5(batch.pk, f"undo {pk}")
    if Amendment.objects.filter(pk=key).exists() or (not is_named and held_among([pk])):
        return
    incident = Incident.objects.get(pk=pk)
    withdraw(key=key, incident=incident, reason=_("Import undone"), by=requester(work), language="en")
