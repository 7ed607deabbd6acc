"""What is asked for a file that is kept: a scan where there is a scanner, and copies once it may be copied."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from jobs.actions import ask
from logs.models import CustodyEvent, Evidence, Scan
from logs.standing import ScanState

# How long until the next try, by how many there were. A scanner that is away costs no try: it is asked for first.
WAITS = (
    timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=12),
    timedelta(days=1), timedelta(days=3),
)  # fmt: skip
LONGEST_WAIT = timedelta(days=7)
# The custody event of each state a scan can find.
CUSTODY = {
    ScanState.CLEAN: CustodyEvent.Kind.CLEAN,
    ScanState.INFECTED: CustodyEvent.Kind.QUARANTINED,
    ScanState.COULD_NOT: CustodyEvent.Kind.NOT_SCANNED,
}


def take_in(evidence: Evidence) -> None:
    """Ask for what a file needs that has just been given its row: its scan, or without a scanner its copies at once."""
    if settings.CLAMD_URL:
        ask_for_scan(evidence.pk, evidence.case_id, 0)
    else:
        ask_for_copies(evidence)


def ask_for_scan(evidence_id: UUID, case_id: UUID, attempts: int) -> None:
    """Ask for the next scan of a file that has had so many; the same one once a day, so that no lost job stops it."""
    key = f"scan:{evidence_id}:{attempts + 1}:{timezone.localdate()}"
    ask(name="scan", key=key, object_id=evidence_id, case_id=case_id, by=None)


def ask_for_copies(evidence: Evidence, *, again: str = "") -> None:
    """Ask for the parts of a file that may be copied. What is there is not made again.

    Args:
        evidence: the file.
        again: what sets this request apart from the first, whose job may have passed over a file that was locked.
    """
    ask(name="copy", key=f"copy:{evidence.pk}{again}", object_id=evidence.pk, case_id=evidence.case_id, by=None)


def wait_after(attempt: int) -> timedelta:
    """How long to wait after this many tries (counted from 1) that came to nothing."""
    return WAITS[attempt - 1] if attempt <= len(WAITS) else LONGEST_WAIT


def attempts_of(evidence: Evidence) -> int:
    """How many scans it has had."""
    last = Scan.objects.filter(evidence=evidence).newest_first().values_list("attempt", flat=True).first()
    return last or 0


def ask_for_second_look(evidence_id: UUID, case_id: UUID, attempts: int) -> None:
    """Ask for a further scan of a file that has a verdict, after so many scans; the same one once a day."""
    key = f"rescan:{evidence_id}:{attempts + 1}:{timezone.localdate()}"
    ask(name="rescan", key=key, object_id=evidence_id, case_id=case_id, by=None)
