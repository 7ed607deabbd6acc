"""The chain of custody: every handling of an original is a row."""

from datetime import datetime

from django.utils import timezone

from accounts.models import User
from logs.models import CustodyEvent, Evidence


def note_custody(evidence: Evidence, kind: str, *, by: User | None = None, at: datetime | None = None) -> CustodyEvent:
    """Write one handling of an original, by a person or by one of our workers, at this moment if no other is given."""
    event = CustodyEvent(
        evidence=evidence, case_id=evidence.case_id, kind=kind, by_id=by.pk if by else None,
        by_role=by.role if by else "job", sha256=evidence.sha256, at=at or timezone.now(),
    )  # fmt: skip
    event.save(force_insert=True)
    return event
