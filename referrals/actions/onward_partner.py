"""What somebody outside does at the link to a referral, acting for nobody: reads it, with the passcode, and answers."""

from uuid import UUID

from django.db import connection

from cases.actions.sharing import Door, LinkDead, digest_of, open_link
from cases.models import ShareOpening
from jobs.actions import ask
from nsvcs.casetext import from_bytes, to_bytes
from nsvcs.ids import uuid7
from referrals.actions.onward_fields import Field
from referrals.models import Shared
from referrals.rules.onward import DeclineCode, ReferralState


def is_held_back(referral_id: UUID) -> bool:
    """Whether a referral waits for no answer, or its basis has ended; asked for nobody, as links are opened."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT referral_held_back(%s)", [referral_id])
        return bool(cursor.fetchone()[0])


def show_referral(*, found: Door, token: str, passcode: str) -> list[Field]:
    """Try a passcode; with the right one, what was passed on. The first time says that it was opened. Audited.

    Raises:
        WrongPasscode: it was counted.
        LinkDead: it was answered, taken back, or its consent has ended, since.
    """
    open_link(found, passcode, ShareOpening.Outcome.SHOWN)
    return _shown(token)


def _shown(token: str) -> list[Field]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, value FROM referral_shown(%s, %s)", [digest_of(token), uuid7()])
        values = {name: from_bytes(bytes(value)) for name, value in cursor.fetchall()}
    if not values:
        raise LinkDead
    return [Field(name, values[name]) for name in Shared if name in values]


def answer_referral(
    *, found: Door, token: str, passcode: str, is_accepted: bool, code: DeclineCode | None, words: str
) -> None:
    """Take a partner's answer, with the passcode once more; then the link is over. A job tells the worker. Audited.

    Raises:
        WrongPasscode: it was counted, and nothing was answered.
        LinkDead: it was answered, taken back, or its consent has ended, since.
    """
    open_link(found, passcode, ShareOpening.Outcome.ANSWERED)
    _shown(token)  # who answers without having looked has had it before them all the same
    to = ReferralState.ACCEPTED if is_accepted else ReferralState.DECLINED
    kept = (digest_of(token), uuid7(), str(to.value), str(code.value) if code else "", to_bytes(words))
    with connection.cursor() as cursor:
        cursor.execute("SELECT referral_answered(%s, %s, %s, %s, %s)", kept)
        if not cursor.fetchone()[0]:
            raise LinkDead
    key = f"referral_answered:{found.object_id}"
    ask(name="referral_answered", key=key, object_id=found.object_id, case_id=found.case_id, by=None)
