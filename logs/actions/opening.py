"""Opening a locked file with the password that somebody knows: held sealed for one job, then gone."""

import base64
import os
from datetime import timedelta
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import connection, transaction
from django.utils import timezone

from accounts.keys import key_for
from accounts.models import User
from audit.actions import record
from audit.models import Action
from logs.actions.scanning import ask_for_copies
from logs.models import Evidence, FilePassword, Rendition
from logs.models.passwords import HELD_FOR
from logs.standing import Use
from nsvcs.identity import acting_as

PURPOSE = b"nsvcs passwords of files v1"
NONCE_BYTES = 12
# Wrong passwords for one file in a day: enough for somebody who tries to remember, and no way to guess.
MOST_WRONG, WRONG_WITHIN = 10, timedelta(days=1)
Outcome = FilePassword.Outcome


class NotLocked(Exception):
    """The file needs no password, or nothing may be done with it now."""


class BeingTried(Exception):
    """A password for this file is being tried."""


class TooManyTries(Exception):
    """Too many wrong passwords were given for this file in a day."""


def needs_password(evidence: Evidence) -> bool:
    """Whether a file was found locked and has not been opened since; for rows fetched with their copies."""
    documents = [each for each in evidence.renditions.all() if each.kind == Rendition.Kind.DOCUMENT]
    is_locked = any(each.error_code == "password" for each in documents)
    return is_locked and not any(each.state == Rendition.State.OK for each in documents)


def locked_state(evidence: Evidence) -> str:
    """What to say of a locked file: `ask` for the password, or what came of the newest one; empty if it is not locked.

    For rows fetched with their copies.
    """
    if not needs_password(evidence):
        return ""
    newest: str | None = evidence.password_state  # type: ignore[attr-defined]
    return newest if newest in {Outcome.HELD, Outcome.WRONG, Outcome.LAPSED} else "ask"


def has_tries_left(evidence: Evidence) -> bool:
    """Whether another password may be given today."""
    since = timezone.now() - WRONG_WITHIN
    wrong = FilePassword.objects.filter(evidence=evidence, outcome=Outcome.WRONG, given_at__gt=since)
    return wrong.count() < MOST_WRONG


def give_password(*, evidence: Evidence, password: str, by: User) -> FilePassword:
    """Hold a password for a locked file, sealed, and ask for the file's parts.

    Args:
        evidence: the file, fetched with its copies and where it stands.
        password: as it was typed; in no log, no trail and no message.
        by: who gave it.

    Raises:
        NotLocked: the file needs none, or may not be copied.
        BeingTried: another one is being tried.
        TooManyTries: there were too many wrong ones.
    """
    if not needs_password(evidence) or not evidence.standing.may(Use.COPY):
        raise NotLocked
    now = timezone.now()
    with transaction.atomic():
        _one_at_a_time(evidence)
        if FilePassword.objects.filter(evidence=evidence, outcome=Outcome.HELD).exists():
            raise BeingTried
        if not has_tries_left(evidence):
            raise TooManyTries
        row = FilePassword(
            evidence=evidence, case_id=evidence.case_id, given_by=by, given_at=now, held_until=now + HELD_FOR
        )
        row.sealed = _sealed(password, row)
        row.save(force_insert=True)
        record(Action.EVIDENCE_PASSWORD, target=evidence, case_ids=[evidence.case_id], detail={"given": str(row.pk)})
        ask_for_copies(evidence, again=f":opened:{row.pk}")
    return row


def _one_at_a_time(evidence: Evidence) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('password ' || %s, 0))", [str(evidence.pk)])


def held_password(evidence: Evidence) -> tuple[FilePassword, str] | None:
    """The password that is held for a file, for the job that uses it; none where there is none."""
    row = FilePassword.objects.held(timezone.now()).filter(evidence=evidence).first()
    if row is None:
        return None
    try:
        return row, _unsealed(row)
    except (ValueError, InvalidTag):  # sealed under another master key
        settle(row.pk, Outcome.LAPSED)
        return None


def settle(pk: UUID, outcome: FilePassword.Outcome) -> None:
    """Write what came of a password, and throw the password away, in the open transaction."""
    FilePassword.objects.filter(pk=pk, outcome=Outcome.HELD).update(outcome=outcome, sealed="")


def purge_passwords() -> int:
    """Throw away passwords that no job has used in time; returns how many."""
    with acting_as(process="worker"), connection.cursor() as cursor:
        cursor.execute("SELECT logs_purge_passwords()")
        return int(cursor.fetchone()[0])


def _bound(row: FilePassword) -> bytes:
    return f"{row.pk}|{row.evidence_id}".encode()


def _sealed(password: str, row: FilePassword) -> str:
    nonce = os.urandom(NONCE_BYTES)
    return base64.b64encode(nonce + AESGCM(key_for(PURPOSE)).encrypt(nonce, password.encode(), _bound(row))).decode()


def _unsealed(row: FilePassword) -> str:
    plain = base64.b64decode(row.sealed)
    return AESGCM(key_for(PURPOSE)).decrypt(plain[:NONCE_BYTES], plain[NONCE_BYTES:], _bound(row)).decode()
