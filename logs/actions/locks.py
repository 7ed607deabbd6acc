"""Locking a file: at once, by any worker who may see it. Unlocking it: by the data protection lead, with a reason."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import User
from audit.actions import record
from audit.models import Action
from jobs.actions import ask
from logs.actions.custody import note_custody
from logs.actions.locking import one_file_at_a_time
from logs.models import CustodyEvent, Evidence, EvidenceLock
from nsvcs.access import Role
from nsvcs.casetext import from_bytes, to_bytes
from nsvcs.ids import uuid7


@dataclass(frozen=True)
class LockedFile:
    """A locked file, as its lead sees it: which, by whom, when and why, and nothing of what is in it or of the case."""

    evidence_id: UUID
    case_id: UUID
    reference: str
    exhibit_number: int
    reason: str
    words: str
    by_name: str
    at: datetime


def lock_evidence(*, key: UUID, evidence: Evidence, reason: str, words: str, by: User) -> EvidenceLock:
    """Lock a file: from now on no copy, no preview, no bundle, nothing read from it. Copies are not shown.

    The same key locks once. What a second person says of a file that is locked already is kept beside the first.

    Args:
        key: made when the form was first shown.
        evidence: one that `by` may see.
        reason: an `EvidenceLock.Reason`.
        words: what was seen or feared, in a few words.
        by: who locks it.
    """
    with transaction.atomic():
        one_file_at_a_time(evidence)
        before = EvidenceLock.objects.visible_to(by).filter(pk=key, evidence=evidence).first()
        if before is not None:
            return before
        fresh = Evidence.objects.visible_to(by).with_standing().get(pk=evidence.pk)
        lock = EvidenceLock(
            id=key, evidence=evidence, case_id=evidence.case_id, is_locking=True, reason=reason, words=words, by=by,
            at=_after_the_last(evidence),
        )  # fmt: skip
        try:
            with transaction.atomic():
                lock.save(force_insert=True)
        except IntegrityError:  # the key stands for another file: no reason for a lock to fail
            lock.pk = uuid7()
            lock.save(force_insert=True)
        if not fresh.standing.is_locked:
            note_custody(evidence, CustodyEvent.Kind.LOCKED, by=by, at=lock.at)
        detail = {"reason": reason, "sha256": evidence.sha256}
        record(Action.EVIDENCE_LOCKED, target=evidence, case_ids=[evidence.case_id], detail=detail)
    return lock


def _after_the_last(evidence: Evidence) -> datetime:
    """Now, or just after the newest lock: of two machines one clock may run ahead, and the newest counts."""
    last = EvidenceLock.objects.filter(evidence=evidence).order_by("-at").values_list("at", flat=True).first()
    return max(timezone.now(), last + timedelta(microseconds=1)) if last else timezone.now()


def locked_files(by: User) -> list[LockedFile]:
    """All files that are locked now, newest first, for a data protection lead: the cases need not be opened to them."""
    if by.role != Role.DATA_PROTECTION:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT evidence_id, case_id, reference, exhibit_number, reason, words, locked_by, at FROM locked_files()"
        )
        rows = cursor.fetchall()
    return [
        LockedFile(evidence, case, reference, number, reason, from_bytes(bytes(words)), name, at)
        for evidence, case, reference, number, reason, words, name, at in rows
    ]


def unlock_evidence(*, evidence_id: UUID, words: str, by: User) -> bool:
    """Unlock a file with a reason; what was waiting for it goes on. Whether it was locked until now.

    Raises:
        django.db.DatabaseError: `by` is no data protection lead, or is shut out of the case.
    """
    with transaction.atomic():
        pk = uuid7()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT unlock_evidence(%s, %s, %s, %s, %s)",
                [pk, uuid7(), evidence_id, to_bytes(words), timezone.now().isoformat()],
            )
            case_id = cursor.fetchone()[0]
        if case_id is None:
            return False
        detail = {"evidence": str(evidence_id)}
        record(Action.EVIDENCE_UNLOCKED, case_ids=[case_id], detail=detail)
        # Its scan, or without a scanner its copies, may have been passed over while it was locked.
        ask(name="scan", key=f"scan:{evidence_id}:unlocked:{pk}", object_id=evidence_id, case_id=case_id, by=None)
    return True
