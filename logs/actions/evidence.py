"""Evidence arrives: told by its content, kept bit for bit, then and only then given a row."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Any

from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from audit.actions import record
from audit.models import Action
from cases.models import Case
from logs.actions.locking import one_at_a_time
from logs.actions.scanning import take_in
from logs.filenames import safe_label
from logs.filetypes import FileType, Refusal, sniff
from logs.models import CustodyEvent, Evidence, ImportBatch, Incident
from logs.models.incidents import Source
from nsvcs.identity import acting_as
from nsvcs.storage import StoredFile, file_store

if TYPE_CHECKING:
    Upload = UploadedFile[Any]
else:
    Upload = UploadedFile


@dataclass(frozen=True)
class FileRefusal:
    """A file that is not kept: its label as sent, a code for the log, a sentence that says what to do."""

    label: str
    code: str
    sentence: str


@dataclass(frozen=True)
class KeptFile:
    """A file that lies in the store and waits for its row; when it was whole here, if that was before now."""

    label: str
    media_type: str
    stored: StoredFile
    arrived_at: datetime | None = None


@contextmanager
def _on_disk(file: Upload) -> Iterator[Path]:
    path = getattr(file, "temporary_file_path", None)
    if path is not None:
        yield Path(path())
        return
    with NamedTemporaryFile() as copy:
        for chunk in file.chunks():
            copy.write(chunk)
        copy.flush()
        yield Path(copy.name)


def _judge(file: Upload) -> FileType | Refusal:
    with _on_disk(file) as path:
        return sniff(path)


def check_files(files: Sequence[Upload]) -> list[FileRefusal]:
    """Which of these files we cannot keep, and what to do instead; nothing is stored."""
    refused = []
    for file in files:
        found = _judge(file)
        if isinstance(found, Refusal):
            refused.append(FileRefusal(safe_label(file.name or ""), found.code, found.sentence))
    return refused


@contextmanager
def kept_files(files: Sequence[Upload]) -> Iterator[list[KeptFile]]:
    """Put files into the store, for rows written inside this block; if it fails they are taken out again.

    Raises:
        nsvcs.storage.StorageError: there is no room, or a file is too large or empty.
        ValueError: a kind of file that `check_files` refuses.
    """
    store, kept = file_store(), list[KeptFile]()
    try:
        for file in files:
            found = _judge(file)
            if isinstance(found, Refusal):
                raise ValueError(found.code)
            file.seek(0)
            stored = store.store(file, expected_sha256=getattr(file, "sha256", None))
            kept.append(KeptFile(safe_label(file.name or ""), found.media_type, stored))
        yield kept
    except BaseException:
        for each in kept:
            with suppress(OSError):
                store.remove_orphan(each.stored.name)
        raise


def write_evidence(*, incident: Incident, case: Case, kept: Sequence[KeptFile], by: User) -> list[Evidence]:
    """Give kept files their rows, exhibit numbers, first custody events, audit events and copy jobs."""
    return [_write_one(incident=incident, case=case, file=file, by=by) for file in kept]


def write_source(*, batch: ImportBatch, file: KeptFile, by: User) -> Evidence:
    """Give the file of a batch its row, exhibit number, first custody event, audit event and copy job.

    It belongs to the batch and not to one entry: many entries may come from it, and before they do there are none.
    """
    return _write_one(incident=None, case=batch.case, file=file, by=by, batch=batch)


def _write_one(
    *, incident: Incident | None, case: Case, file: KeptFile, by: User, batch: ImportBatch | None = None
) -> Evidence:
    now = file.arrived_at or timezone.now()
    source = Source.PORTAL if by.is_victim else Source.ON_BEHALF
    evidence = Evidence(
        case=case, incident=incident, import_batch=batch, exhibit_number=_next_exhibit_number(case),
        storage_name=file.stored.name, size_bytes=file.stored.size_bytes, sha256=file.stored.sha256,
        media_type=file.media_type, file_label=file.label, source=source, uploaded_by=by, arrived_at=now,
    )  # fmt: skip
    evidence.save(force_insert=True)
    CustodyEvent(
        evidence=evidence, case=case, kind=CustodyEvent.Kind.ARRIVED, by_id=by.pk, by_role=by.role,
        sha256=evidence.sha256, at=now,
    ).save(force_insert=True)  # fmt: skip
    record(
        Action.EVIDENCE_ARRIVED,
        target=evidence,
        case_ids=[case.pk],
        detail={"sha256": evidence.sha256, "bytes": evidence.size_bytes, "exhibit": evidence.exhibit_number},
    )
    take_in(evidence)
    return evidence


def _next_exhibit_number(case: Case) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT next_exhibit_number(%s)", [str(case.pk)])
        return int(cursor.fetchone()[0])


def add_evidence(*, incident: Incident, files: Sequence[Upload], by: User) -> list[Evidence]:
    """Add files to an entry that is already kept; a file this entry has already is not added again.

    Call it outside a transaction: bytes are moved with none open.

    Raises:
        nsvcs.storage.StorageError: nothing was added.
    """
    with kept_files(files) as kept, acting_as(by.pk), transaction.atomic():
        one_at_a_time(incident)
        there = set(Evidence.objects.filter(incident=incident).values_list("sha256", flat=True))
        new = [file for file in kept if file.stored.sha256 not in there]
        for file in kept:
            if file not in new:
                file_store().remove_orphan(file.stored.name)
        return write_evidence(incident=incident, case=incident.case, kept=new, by=by)
