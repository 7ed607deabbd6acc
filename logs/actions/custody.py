"""The chain of custody: every handling of an original is a row."""

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone

from accounts.models import User
from logs.models import CustodyEvent, Evidence


def note_custody(evidence: Evidence, kind: str, *, by: User | None = None, at: datetime | None = None) -> CustodyEvent:
    """Write one handling of an original, by a person or by one of our workers, at this moment if no other is given."""
    event = _event(evidence, kind, by, at or timezone.now())
    event.save(force_insert=True)
    return event


def note_custody_of_all(handled: Iterable[tuple[Evidence, str]], *, by: User) -> None:
    """Write what was done at one moment with many originals, in as many queries for a thousand as for one."""
    at = timezone.now()
    CustodyEvent.objects.bulk_create([_event(evidence, kind, by, at) for evidence, kind in handled])


def _event(evidence: Evidence, kind: str, by: User | None, at: datetime) -> CustodyEvent:
    return CustodyEvent(
        evidence=evidence, case_id=evidence.case_id, kind=kind, by_id=by.pk if by else None,
        by_role=by.role if by else "job", sha256=evidence.sha256, at=at,
    )  # fmt: skip
