"""What the clock asks for: scans that are due, files that never had one, originals to be looked at again."""

import logging
from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone

from jobs.actions import ask
from logs.actions.scanning import ask_for_scan, ask_for_second_look
from logs.scanning import engine, is_there
from nsvcs.identity import acting_as

log = logging.getLogger(__name__)
AT_ONCE = 50  # scans asked for at a time: what has just arrived does not stand behind a year of old files
JUST_NOW = timedelta(minutes=10)  # its own job is on its way
# A night's share of the store: so many files, so many bytes, and none that was looked at within this time.
CHECKS_A_NIGHT = 2_000
BYTES_A_NIGHT = 20 * 1024**3
CHECKED_EVERY = timedelta(days=30)
# And of scans: what has just arrived does not stand behind them, for they are few and run at night.
LOOKS_A_NIGHT = 500
LOOKED_AT_A_NIGHT = 5 * 1024**3
CLEAN_FOR = timedelta(days=30)


def ask_for_due_scans() -> int:
    """Ask for the scans that are due again; returns how many. None while the scanner is away: it would cost a try."""
    return _ask("SELECT * FROM scans_due(%s, %s)", timedelta())


def ask_for_first_scans() -> int:
    """Ask for scans of files that never had one: from before there was a scanner, or whose job was lost.

    Every ten minutes: often enough to tell whoever runs the service that the scanner is away, too.
    """
    if settings.CLAMD_URL and not is_there(settings.CLAMD_URL):
        log.warning("the virus scanner does not answer: files wait for it")
    return _ask("SELECT * FROM never_scanned(%s, %s)", JUST_NOW)


def _ask(query: str, age: timedelta) -> int:
    if not settings.CLAMD_URL or not is_there(settings.CLAMD_URL):
        return 0
    with acting_as(process="worker"):
        with connection.cursor() as cursor:
            cursor.execute(query, [timezone.now() - age, AT_ONCE])
            found = cursor.fetchall()
        for evidence_id, case_id, attempts in found:
            ask_for_scan(evidence_id, case_id, attempts)
    return len(found)


def ask_for_second_looks() -> int:
    """Ask for a night's share of second looks; returns how many. Those kept apart first, then those clean the longest.

    Only where the scanner's signatures are not those of the last look: the same ones would find the same.
    """
    if not settings.CLAMD_URL or not is_there(settings.CLAMD_URL):
        return 0
    now, known = timezone.now(), engine(settings.CLAMD_URL).signatures_at
    bounds = [(now - CLEAN_FOR).isoformat(), known.isoformat() if known else None, LOOKED_AT_A_NIGHT, LOOKS_A_NIGHT]
    with acting_as(process="worker"):
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM scans_to_repeat(%s, %s, %s, %s)", bounds)
            found = cursor.fetchall()
        for evidence_id, case_id, attempts in found:
            ask_for_second_look(evidence_id, case_id, attempts)
    return len(found)


def ask_for_checks() -> int:
    """Ask for a night's share of digests to be looked at again, the longest unseen first; returns how many."""
    with acting_as(process="worker"):
        now = timezone.now()
        with connection.cursor() as cursor:
            query = "SELECT * FROM originals_to_check(%s, %s, %s)"
            cursor.execute(query, [(now - CHECKED_EVERY).isoformat(), BYTES_A_NIGHT, CHECKS_A_NIGHT])
            found = cursor.fetchall()
        for evidence_id, case_id in found:
            key = f"check:{evidence_id}:{timezone.localdate(now)}"
            ask(name="check_original", key=key, object_id=evidence_id, case_id=case_id, by=None)
    return len(found)
