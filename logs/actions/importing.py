"""A file of many messages on its way into the log: kept, asked about, chosen from, brought in, undone."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from audit.actions import record
from audit.models import Action
from cases.models import Case
from jobs.actions import ask, latest_for
from jobs.models import Job
from logs.actions.evidence import KeptFile, Upload, kept_files, write_source
from logs.bringing.loading import brought_before, known_among
from logs.models import ImportBatch, ImportLine
from logs.rules import Written, is_in_future, is_too_long_ago
from nsvcs.identity import acting_as
from nsvcs.storage import file_store

State = ImportBatch.State
# The job that has a batch in hand in each state.
JOBS = {
    State.ARRIVED: "import_look",
    State.READING: "import_read",
    State.BRINGING: "import_bring",
    State.UNDOING: "import_undo",
}


class OutOfStep(Exception):
    """The batch has moved on since the page was shown: another window, or a colleague, was quicker."""


class NothingChosen(Exception):
    """No line is ticked that could be brought in."""


class NowKnown(Exception):
    """Some of what was ticked has come into the log since, from another file.

    Args:
        count: how many lines; they are unticked now.
    """

    def __init__(self, count: int) -> None:
        """Keep the number."""
        super().__init__("already in the log")
        self.count = count


def start_import(*, key: UUID, case: Case, file: Upload, by: User) -> ImportBatch:
    """Keep a source file as evidence and have a worker look at it. The same key keeps it once.

    Call it outside a transaction: bytes are moved with none open.

    Args:
        key: made when the form was first shown; becomes the batch's id.
        case: one the person may write in.
        file: already passed by `logs.actions.evidence.check_files`.
        by: who brings it.

    Raises:
        nsvcs.storage.StorageError: it could not be kept, so nothing was.
    """
    with kept_files([file]) as kept:
        with acting_as(by.pk):
            found = ImportBatch.objects.visible_to(by).filter(pk=key, case=case).first()
            if found is None:
                return _start(key, case, kept[0], by)
        file_store().remove_orphan(kept[0].stored.name)
    return found


def _start(key: UUID, case: Case, file: KeptFile, by: User) -> ImportBatch:
    batch = ImportBatch(id=key, case=case, asked_by=by, asked_at=timezone.now())
    batch.save(force_insert=True)
    evidence = write_source(batch=batch, file=file, by=by)
    record(Action.IMPORT_STARTED, target=batch, case_ids=[case.pk], detail={"evidence": str(evidence.pk)})
    ask_worker(batch, by)
    return batch


def ask_worker(batch: ImportBatch, by: User) -> None:
    """Have a worker do what a batch of this state waits for."""
    name = JOBS[State(batch.state)]
    key = f"{name}:{batch.pk}:{batch.revision}:{uuid4().hex[:8]}"
    ask(name=name, key=key, object_id=batch.pk, case_id=batch.case_id, by=by.pk)


def locked(batch: ImportBatch, *, revision: int | None, states: Iterable[str]) -> ImportBatch:
    """The batch's row, held until the transaction ends, in one of these states and at this revision.

    Raises:
        OutOfStep: it is not.
    """
    row = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if row.state not in states or (revision is not None and row.revision != revision):
        raise OutOfStep
    return row


def _move(row: ImportBatch, to: str) -> None:
    if to not in ImportBatch.MOVES[State(row.state)]:
        raise OutOfStep
    row.state, row.revision = to, row.revision + 1


def answer_questions(*, batch: ImportBatch, revision: int, answers: Mapping[str, Any], by: User) -> None:
    """Keep what only a person knows of a source, and have it read.

    Args:
        batch: the batch.
        revision: of the batch when the page was shown.
        by: who answers; the worker reads it with this person's rights.
        answers: `date_order`, `own_name`, `their_name`, `columns`, `days` (the first and the last wanted), and
            `case_perpetrator_id` and `language`.

    Raises:
        OutOfStep: it was answered before, or cannot be any more.
    """
    with transaction.atomic():
        row = locked(batch, revision=revision, states={State.ASKING, State.REVIEW, State.FAILED})
        if row.state == State.FAILED and not row.is_too_long:
            raise OutOfStep
        said = dict(answers)
        row.case_perpetrator_id = said.pop("case_perpetrator_id", None)
        row.language = said.pop("language", "") or "en"
        row.set_answers(said)
        if row.state != State.ASKING:
            _move(row, State.ASKING)
        _move(row, State.READING)
        row.error_code = ""
        row.save()
        record(Action.IMPORT_CHANGED, target=row, case_ids=[row.case_id], detail={"answers": sorted(said)})
        ask_worker(row, by)


def tick_lines(*, batch: ImportBatch, shown: Iterable[int], ticked: Iterable[int]) -> None:
    """Of the lines a page showed, tick these and untick the others.

    Args:
        batch: the batch.
        shown: numbers of the lines that were on the page.
        ticked: numbers of those with a tick.

    Raises:
        OutOfStep: nothing can be chosen any more.
    """
    shown, ticked = set(shown), set(ticked)
    with transaction.atomic():
        row = locked(batch, revision=None, states={State.REVIEW})
        lines = ImportLine.objects.filter(batch=row, number__in=shown).offered()
        lines.filter(number__in=ticked, problem="").update(is_chosen=True)
        lines.exclude(number__in=ticked).update(is_chosen=False)


def tick_all(*, batch: ImportBatch, lines: Any, is_chosen: bool) -> int:
    """Tick or untick all lines of a selection; those without a date stay unticked. Returns how many.

    Raises:
        OutOfStep: nothing can be chosen any more.
    """
    with transaction.atomic():
        row = locked(batch, revision=None, states={State.REVIEW})
        return int(lines.filter(batch=row).offered().filter(problem="").update(is_chosen=is_chosen))


def set_grouping(*, batch: ImportBatch, grouping: str) -> None:
    """Say how many messages become one entry.

    Raises:
        OutOfStep: nothing can be chosen any more.
    """
    with transaction.atomic():
        row = locked(batch, revision=None, states={State.REVIEW})
        row.grouping = grouping
        row.save(update_fields=["grouping"])


def date_line(*, line: ImportLine, written: Written) -> None:
    """Give a line the day it happened, typed by a person; it is ticked, and its own words about time stay.

    Raises:
        OutOfStep: nothing can be chosen any more.
        ValueError: the day is in the future or before 1900.
    """
    if is_in_future(written, timezone.now()) or is_too_long_ago(written):
        raise ValueError("no day it can have happened on")
    with transaction.atomic():
        locked(line.batch, revision=None, states={State.REVIEW})
        line.occurred_on, line.occurred_time = written.occurred_on, written.occurred_time
        line.is_date_typed, line.is_chosen, line.fold = True, True, None
        line.problem = ""
        line.save(update_fields=["occurred_on", "occurred_time", "is_date_typed", "is_chosen", "fold", "problem"])


def bring_in(*, batch: ImportBatch, revision: int, behaviours: Iterable[str], by: User) -> None:
    """Have a worker make entries of what is ticked. From now on the choice stands still.

    Raises:
        OutOfStep: it was pressed before, or the choice was begun again elsewhere.
        NothingChosen: nothing is ticked.
        NowKnown: some of it came into the log since it was read; those lines are unticked, nothing is brought in.
    """
    with transaction.atomic():
        row = locked(batch, revision=revision, states={State.REVIEW})
        newly = _untick_known(row)
        if not newly:
            if not ImportLine.objects.filter(batch=row).chosen().exists():
                raise NothingChosen
            row.behaviours = sorted(behaviours)
            _move(row, State.BRINGING)
            row.save()
            record(Action.IMPORT_BROUGHT, target=row, case_ids=[row.case_id], detail={"grouping": row.grouping})
            ask_worker(row, by)
    if newly:
        raise NowKnown(newly)


def _untick_known(batch: ImportBatch) -> int:
    lines = ImportLine.objects.filter(batch=batch, is_known=False).chosen()
    known = Q(fingerprint__in=known_among(lines.values("fingerprint"), batch))
    known |= Q(number__in=brought_before(lines.values("number"), batch))
    return lines.filter(known).update(is_known=True, is_chosen=False)


def undo_import(*, batch: ImportBatch, revision: int, also: Iterable[UUID], by: User) -> None:
    """Have a worker withdraw the entries that came from a source. None is erased, and the source file stays.

    Args:
        batch: the batch.
        revision: of the batch when the page was shown.
        by: who undoes it; the withdrawals carry this person's name.
        also: entries that were added to or used since, and are to be withdrawn all the same.

    Raises:
        OutOfStep: it was undone before, was never brought in, or a worker is still at it.
    """
    with transaction.atomic():
        row = locked(batch, revision=revision, states={State.DONE, State.BRINGING})
        if not may_be_undone(row):
            raise OutOfStep
        named = sorted(map(str, also))
        row.set_answers(row.answered | {"undo_also": named})
        _move(row, State.UNDOING)
        row.save()
        record(Action.IMPORT_UNDONE, target=row, case_ids=[row.case_id], detail={"also": len(named)})
        ask_worker(row, by)


def try_again(*, batch: ImportBatch, by: User) -> None:
    """Ask a worker again, after one gave up; what was done so far is not done twice.

    Raises:
        OutOfStep: it is being done, or there is nothing to do.
    """
    with transaction.atomic():
        row = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
        if row.state == State.FAILED:
            _move(row, State.ARRIVED)
            row.error_code = ""
        elif not has_stopped(row):
            raise OutOfStep
        row.revision += 1
        row.save()
        record(Action.IMPORT_CHANGED, target=row, case_ids=[row.case_id], detail={"again": row.state})
        ask_worker(row, by)


def may_be_undone(batch: ImportBatch) -> bool:
    """Whether it was brought in, all of it or as far as a worker came who gave it up."""
    return batch.state == State.DONE or (batch.state == State.BRINGING and has_stopped(batch))


def has_stopped(batch: ImportBatch) -> bool:
    """Whether a worker gave the batch up half way."""
    if not batch.is_busy:
        return False
    job = latest_for(batch.pk, JOBS[State(batch.state)])
    return job is not None and job.state == Job.State.FAILED
