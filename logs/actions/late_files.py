"""Files that came with words after a sign-in had lapsed: whole already, they wait for their note like any file sent."""

from collections.abc import Sequence
from uuid import UUID

from django.utils import timezone

from accounts.models import User
from cases.models import Case
from logs.actions.arriving import ArrivalRefused, begin_arrival, later
from logs.actions.evidence import KeptFile, Upload, check_files, kept_files
from logs.models import Arrival, Evidence
from nsvcs.identity import acting_as
from nsvcs.storage import StorageError, file_store


def keep_late_files(
    *, entry_key: UUID, files: Sequence[Upload], cases: Sequence[Case], by: User, case_id: UUID | None = None
) -> bool:
    """Keep files for an unfinished note; each is kept for itself, once. Call it outside a transaction.

    Args:
        entry_key: the key of the note, which is a draft's.
        files: as they were sent.
        cases: those the note may belong to, whose room is looked at.
        by: whose sign-in it was.
        case_id: for staff, the case they write for.

    Returns:
        whether all of them are kept. What is no file we keep, and what there is no room for, is not.
    """
    return all([_keep_one(entry_key, file, cases, by, case_id) for file in files])


def _keep_one(entry_key: UUID, file: Upload, cases: Sequence[Case], by: User, case_id: UUID | None) -> bool:
    if check_files([file]):
        return False
    try:
        with kept_files([file]) as (kept,), acting_as(by.pk):
            if _is_there(entry_key, kept, by):
                file_store().remove_orphan(kept.stored.name)
            else:
                _wait(entry_key, kept, cases, by, case_id)
    except (StorageError, ArrivalRefused):
        return False
    return True


def _is_there(entry_key: UUID, kept: KeptFile, by: User) -> bool:
    sent = Arrival.objects.visible_to(by).counted().filter(entry_key=entry_key, sha256=kept.stored.sha256)
    joined = Evidence.objects.visible_to(by).filter(incident_id=entry_key, sha256=kept.stored.sha256)
    return sent.exists() or joined.exists()


def _wait(entry_key: UUID, kept: KeptFile, cases: Sequence[Case], by: User, case_id: UUID | None) -> None:
    arrival = begin_arrival(
        entry_key=entry_key, cases=cases, size_bytes=kept.stored.size_bytes, name=kept.label, first_sha256="", by=by,
        case_id=case_id,
    )  # fmt: skip
    arrival.state, arrival.whole_at = Arrival.State.WHOLE, timezone.now()
    arrival.received_bytes, arrival.media_type = arrival.size_bytes, kept.media_type
    arrival.storage_name, arrival.sha256 = kept.stored.name, kept.stored.sha256
    arrival.expires_at = later(arrival.whole_at, "upload_waiting_days")
    arrival.save()
