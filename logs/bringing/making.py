"""Making entries of what was chosen: each once, with its lines and attachments, in one transaction of its own."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError
from django.utils import timezone

from jobs.actions import ask
from jobs.working import JobFailed, Work
from logs.actions.entries import record_imported
from logs.actions.evidence import KeptFile, check_files, kept_files
from logs.actions.reading import mark_read
from logs.bringing import child
from logs.bringing.composing import Entry, entries_of, media_note
from logs.bringing.working import State, begun, in_child, requester, why_not_read
from logs.models import ImportBatch, ImportLine, Incident, IncidentLine
from nsvcs.storage import file_store

LINES_AT_ONCE = 500
TELL_EVERY = 10


class OnDisk(UploadedFile):
    """An attachment taken out of a source, with the name it had there."""

    def temporary_file_path(self) -> str:
        """Where it lies until it is kept."""
        return str(self.file.name)  # type: ignore[union-attr]


def bring(work: Work) -> None:
    """Make the entries. A worker killed half way leaves whole entries, and the next one makes the others.

    Raises:
        JobFailed: the source was locked or found infected since it was read.
    """
    with work.acting():
        batch = begun(work, State.BRINGING)
        pks = [] if batch is None else _chosen(batch)
    if batch is None:
        return
    if why_not_read(work, batch):
        raise JobFailed("held_back")
    lines = _in_pieces(work, pks)
    try:
        for done, entry in enumerate(entries_of(batch, lines, batch.source.exhibit_number)):
            if done % TELL_EVERY == 0:
                work.progress("bringing", min(done, len(pks)), len(pks))
            _make(work, batch, entry)
        _close(work, batch)
    except _Undone:
        with work.acting():
            work.finish()


class _Undone(Exception):
    """It is being undone: this worker was given up, and woke late."""


def _still_bringing(batch: ImportBatch) -> ImportBatch:
    """The batch's row, held until the transaction ends, so that nobody undoes it while an entry is being made."""
    row = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if row.state != State.BRINGING:
        raise _Undone
    return row


def _close(work: Work, batch: ImportBatch) -> None:
    with work.acting():
        row = _still_bringing(batch)
        made = IncidentLine.objects.filter(batch=row).values("incident").distinct().count()
        row.state, row.revision, row.entry_count, row.done_at = State.DONE, row.revision + 1, made, timezone.now()
        row.save()
        key = f"import_arrived:{batch.pk}"
        ask(name="import_arrived", key=key, object_id=batch.pk, case_id=batch.case_id, by=None)
        work.finish()


def _chosen(batch: ImportBatch) -> list[UUID]:
    return list(ImportLine.objects.filter(batch=batch).chosen().in_time().values_list("pk", flat=True))


def _in_pieces(work: Work, pks: list[UUID]) -> Iterator[ImportLine]:
    """The lines in their order, some hundred at a time and with no transaction left open between them."""
    for start in range(0, len(pks), LINES_AT_ONCE):
        with work.acting():
            some = list(ImportLine.objects.filter(pk__in=pks[start : start + LINES_AT_ONCE]).in_time())
        yield from some


def _make(work: Work, batch: ImportBatch, entry: Entry) -> None:
    if _is_there(work, entry):
        return
    with _attachments(work, batch, entry) as (kept, missing):
        said = entry.fields
        note = media_note(missing, batch.source.exhibit_number)
        if note:
            said = said | {"evidence_words": f"{said['evidence_words']}\n{note}"}
        try:
            with work.acting():
                _keep(work, batch, entry, said, kept)
        except IntegrityError:
            if not _is_there(work, entry):
                raise
            for each in kept:
                file_store().remove_orphan(each.stored.name)


def _is_there(work: Work, entry: Entry) -> bool:
    """Whether it is kept, by an earlier try or by another worker who was quicker."""
    with work.acting():
        return Incident.objects.filter(pk=entry.id).exists()


def _keep(work: Work, batch: ImportBatch, entry: Entry, said: dict[str, Any], kept: list[KeptFile]) -> None:
    _still_bringing(batch)
    by = requester(work)
    incident = record_imported(entry_id=entry.id, batch_id=batch.pk, case=batch.case, fields=said, kept=kept, by=by)
    links = [IncidentLine(incident=incident, line_id=pk, batch=batch, case_id=batch.case_id) for pk in entry.lines]
    IncidentLine.objects.bulk_create(links)
    if not by.is_victim:
        mark_read(incident=incident, by=by)  # a worker who chose it line by line has read it


@contextmanager
def _attachments(work: Work, batch: ImportBatch, entry: Entry) -> Iterator[tuple[list[KeptFile], list[str]]]:
    """The entry's attachments, kept, and the names of those that cannot be."""
    if not entry.media:
        yield [], []
        return
    with tempfile.TemporaryDirectory() as folder:
        files, missing = _taken_out(work, batch, entry, folder)
        try:
            with kept_files(files) as kept:
                yield kept, missing
        finally:
            for file in files:
                file.close()


def _taken_out(work: Work, batch: ImportBatch, entry: Entry, folder: str) -> tuple[list[OnDisk], list[str]]:
    payload = {"folder": folder, "members": [member for _name, member in entry.media]}
    told, code = in_child(work, batch, child.EXTRACT, payload | {"most_bytes": settings.UPLOAD_MAX_BYTES})
    gone = set(range(len(entry.media))) if code else set(told["missing"])
    files, missing = [], []
    for place, (name, _member) in enumerate(entry.media):
        file = None if place in gone else OnDisk((Path(folder) / str(place)).open("rb"), name)
        if file is None or check_files([file]):
            missing.append(name)
        else:
            files.append(file)
    return files, missing
