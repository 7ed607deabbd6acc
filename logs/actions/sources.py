"""A file to bring messages in from that did not come with a form: it is here already, or is still on its way."""

from collections.abc import Iterable
from uuid import UUID, uuid5

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.actions import record
from audit.models import Action
from cases.models import Case
from logs.actions.arriving import bind_arrivals, close_arrival
from logs.actions.evidence import KeptFile, write_source
from logs.actions.importing import ask_worker
from logs.actions.locking import one_file_at_a_time
from logs.models import Arrival, Evidence, ImportBatch
from nsvcs.identity import acting_as
from nsvcs.storage import StoredFile

State = ImportBatch.State
READINGS_LOOKED_AT = 50


def read_again(*, file: Evidence, by: User) -> ImportBatch:
    """Have a file read that is evidence already; its bytes are not kept a second time.

    A reading that has not come to its end is gone on with: pressed twice, there is one. After one that has, what was
    said of the file then is taken over, what stands in the log is told, and what was not chosen is not ticked.

    Args:
        file: one the person may see; that it may be opened is looked up when it is read.
        by: who asks. In the portal she goes on with her own readings alone.
    """
    with transaction.atomic():
        one_file_at_a_time(file)
        readings = ImportBatch.objects.visible_to(by).reading(file)
        mine = readings.filter(asked_by=by) if by.is_victim else readings
        earlier = list(mine[:READINGS_LOOKED_AT])
        going = next((each for each in earlier if not each.is_settled), None)
        if going is not None:
            return going
        batch = ImportBatch(case_id=file.case_id, read_from=file, asked_by=by, asked_at=timezone.now())
        if earlier:
            _take_over(batch, earlier[0])
        batch.save(force_insert=True)
        record(Action.IMPORT_STARTED, target=batch, case_ids=[file.case_id], detail={"evidence": str(file.pk)})
        ask_worker(batch, by)
    return batch


def _take_over(batch: ImportBatch, before: ImportBatch) -> None:
    said = {name: value for name, value in before.answered.items() if name != "undo_also"}
    batch.state, batch.kind = State.READING, before.kind
    batch.set_answers(said)
    batch.set_findings(before.found)
    batch.grouping, batch.language = before.grouping, before.language
    batch.case_perpetrator_id = before.case_perpetrator_id


def await_sources(*, key: UUID, case: Case, letters: Iterable[str], by: User) -> list[ImportBatch]:
    """Files that are sent in pieces become readings, each its own: begun now where it is whole, else when it is.

    Call it outside a transaction. Sent twice, the same form finds what it began.

    Args:
        key: made when the form was first shown; becomes the id of the first batch.
        case: one the person may write in.
        letters: of the files that the form names; those begun under its key are meant too.
        by: who sends them.
    """
    with acting_as(by.pk), transaction.atomic():
        coming = bind_arrivals(entry_key=key, letters=letters, by=by, is_source=True)
        begun = [_await(arrival, key, case, by) for arrival in coming]
        return begun or list(ImportBatch.objects.visible_to(by).filter(pk=key, case=case))


def _await(arrival: Arrival, key: UUID, case: Case, by: User) -> ImportBatch:
    is_taken = ImportBatch.objects.filter(pk=key).exists()
    batch = ImportBatch(id=uuid5(key, arrival.letters) if is_taken else key, case=case, state=State.COMING)
    batch.asked_by, batch.asked_at = by, timezone.now()
    batch.save(force_insert=True)
    arrival.entry_key = batch.pk
    arrival.save(update_fields=["entry_key"])
    record(Action.IMPORT_STARTED, target=batch, case_ids=[case.pk], detail={"arrival": str(arrival.pk)})
    if arrival.state == Arrival.State.WHOLE:
        join_source(arrival=arrival)
    return batch


def join_source(*, arrival: Arrival) -> None:
    """A whole file becomes the evidence that its batch waits for, and a worker looks at it; once.

    Call it in the transaction that holds the file's row.
    """
    waiting = ImportBatch.objects.select_for_update(of=("self",)).filter(pk=arrival.entry_key, state=State.COMING)
    batch = waiting.first()
    if batch is None:
        return
    stored = StoredFile(arrival.storage_name, arrival.size_bytes, arrival.sha256)
    by = User.objects.get(pk=arrival.user_id)
    write_source(batch=batch, file=KeptFile(arrival.file_label, arrival.media_type, stored, arrival.whole_at), by=by)
    close_arrival(arrival)
    batch.state, batch.revision = State.ARRIVED, batch.revision + 1
    batch.save(update_fields=["state", "revision"])
    ask_worker(batch, by)
