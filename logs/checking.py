"""What workers do to be sure of a file: have it scanned, and look again whether it is still the one that arrived."""

import hashlib
import logging
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.actions import record
from audit.models import Action
from cases.actions.tasks import raise_task
from cases.models import Task
from jobs.working import Work
from logs.actions.custody import note_custody
from logs.actions.locking import one_file_at_a_time
from logs.actions.scanning import CUSTODY, ask_for_copies, attempts_of, wait_after
from logs.models import CustodyEvent, Evidence, Scan
from logs.scanning import Engine, Verdict, engine, scan
from logs.standing import VERDICTS, ScanState, may_become
from nsvcs.storage import Readable, file_store

log = logging.getLogger(__name__)


class _Hashed:
    """A file that is hashed as it is read: the scanner sees the bytes whose digest we compare."""

    def __init__(self, file: Readable) -> None:
        self.file, self.digest = file, hashlib.sha256()

    def read(self, size: int = -1, /) -> bytes:
        piece = self.file.read(size)
        self.digest.update(piece)
        return piece


def scan_file(work: Work) -> None:
    """Have one file scanned, with no transaction open meanwhile, and write what came of it; a locked one is left alone.

    Without a scanner there is nothing to wait for: its copies are asked for instead.
    """
    with work.acting():
        evidence = Evidence.objects.with_standing().select_related("case").get(pk=work.object_id)
        standing = evidence.standing
        if standing.is_locked:
            return
        if not settings.CLAMD_URL or standing.state == ScanState.CLEAN:
            ask_for_copies(evidence, again=f":{work.job.pk}")
        if not standing.is_waiting:
            return
    verdict = _scanned(evidence)
    by = engine(settings.CLAMD_URL)
    with work.acting():
        write_scan(evidence, verdict, by)
        work.finish()


def scan_again(work: Work) -> None:
    """Have a file scanned once more that has a verdict already; a locked one is left alone.

    What is found now counts, whatever was found before: signatures change, and a false alarm must be able to end. What
    could not be scanned stays as it was.
    """
    with work.acting():
        evidence = Evidence.objects.with_standing().select_related("case").get(pk=work.object_id)
        if evidence.standing.is_locked or not settings.CLAMD_URL or evidence.standing.state not in VERDICTS:
            return
    verdict = _scanned(evidence)
    by = engine(settings.CLAMD_URL)
    with work.acting():
        write_scan(evidence, verdict, by, is_again=True)
        work.finish()


def _scanned(evidence: Evidence) -> Verdict:
    try:
        with file_store().open(evidence.storage_name) as file:
            hashed = _Hashed(file)
            verdict = scan(settings.CLAMD_URL, hashed)
    except FileNotFoundError:
        return Verdict(ScanState.COULD_NOT, Scan.Reason.CHANGED)
    was_read = verdict.state == ScanState.CLEAN  # to its end: else the scanner may have taken a part only
    if was_read and hashed.digest.hexdigest() != evidence.sha256:
        return Verdict(ScanState.COULD_NOT, Scan.Reason.CHANGED)
    return verdict


def write_scan(evidence: Evidence, verdict: Verdict, by: Engine, *, is_again: bool = False) -> Scan | None:
    """Write what a scanner said, in the open transaction: the row, custody, trail, and what follows from it.

    Args:
        evidence: the file.
        verdict: what was said.
        by: which scanner said it.
        is_again: the file has a verdict, and was to be looked at again.

    Returns none where it does not count: another worker was first, or a virus had been found before.
    """
    one_file_at_a_time(evidence)
    newest, now = Scan.objects.filter(evidence=evidence).that_counts(), timezone.now()
    before = ScanState(newest.state) if newest else ScanState.WAITING
    if not is_again and not may_become(before, verdict.state):
        return None
    attempt = attempts_of(evidence) + 1
    is_over = is_again or verdict.state != ScanState.COULD_NOT  # the next night asks for what has a verdict
    row = Scan(
        evidence=evidence, case_id=evidence.case_id, attempt=attempt, state=verdict.state, reason=verdict.reason,
        found=verdict.found, engine=by.version, signatures_at=by.signatures_at, at=now,
        next_at=None if is_over else now + wait_after(attempt),
    )  # fmt: skip
    row.save(force_insert=True)
    is_new = newest is None or (newest.state, newest.reason) != (row.state, row.reason)
    if is_new or is_again:
        note_custody(evidence, CUSTODY[verdict.state] if is_new else CustodyEvent.Kind.LOOKED_AGAIN)
    detail = {"state": row.state, "reason": row.reason, "sha256": evidence.sha256}
    record(Action.EVIDENCE_SCANNED, target=evidence, case_ids=[evidence.case_id], detail=detail)
    if is_new or not is_again:
        _follow(evidence, row)
    return row


def _follow(evidence: Evidence, row: Scan) -> None:
    if row.state == ScanState.CLEAN:
        # Asked anew: a job from before there was a scanner may have passed over the file while it waited.
        ask_for_copies(evidence, again=f":scan{row.attempt}")
    if row.state == ScanState.INFECTED:
        title = _("A virus was found in exhibit E%(number)s. It is kept and cannot be opened: tell the victim, safely")
        _raise(evidence, Task.Kind.UNSAFE_FILE, title, again=f":{row.attempt}" if row.attempt > 1 else "")
        record(Action.EVIDENCE_QUARANTINED, target=evidence, case_ids=[evidence.case_id])
    if row.reason == Scan.Reason.CHANGED:
        _raise_changed(evidence)


def _raise(evidence: Evidence, kind: Task.Kind, title: str, *, again: str = "") -> None:
    words: dict[str, Any] = {"number": evidence.exhibit_number}
    raise_task(evidence.case, kind, title % words, timezone.localdate(), key=f"{kind}:{evidence.pk}{again}")


def _raise_changed(evidence: Evidence) -> None:
    log.error("evidence %s is missing or not the file that arrived", evidence.pk)
    title = _("Exhibit E%(number)s is missing or has changed in the store: tell the data protection lead today")
    _raise(evidence, Task.Kind.CHANGED_FILE, title)
    record(Action.EVIDENCE_CHANGED, target=evidence, case_ids=[evidence.case_id], detail={"sha256": evidence.sha256})


def check_original(work: Work) -> None:
    """Hash one original again and compare it with the digest of its arrival; a difference raises an alarm."""
    with work.acting():
        evidence = Evidence.objects.select_related("case").get(pk=work.object_id)
    is_whole = _digest(evidence) == evidence.sha256
    with work.acting():
        note_custody(evidence, CustodyEvent.Kind.CHECKED if is_whole else CustodyEvent.Kind.CHANGED)
        if not is_whole:
            _raise_changed(evidence)
        work.finish()


def _digest(evidence: Evidence) -> str:
    try:
        with file_store().open(evidence.storage_name) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    except FileNotFoundError:
        return ""
