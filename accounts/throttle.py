"""Slowing wrong tries down, per account and source, and never shutting anybody out.

Shutting an account after some wrong tries protects the account and attacks its owner: whoever knows her sign-in name
could keep her out. So a wrong try only delays the next one *from the same place*; a try before its time is answered
"try again in N seconds" and is not looked at. After many wrong tries from many places the whole account is paced too,
so that rented addresses do not help: at most 20 + 3600 / 36 = 120 tries an hour are looked at. A browser that signed
in before skips all of it. Nobody is told but the staff.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.keys import keyed_digest
from accounts.models import SignInCount

LONGEST_WAIT_SECONDS = 30
FREE_TRIES = 20
ACCOUNT_WAIT_SECONDS = 36
ALARM_COUNT = 20
ALARM_WINDOW = timedelta(hours=1)
FORGOTTEN_AFTER = timedelta(days=1)
ALL_SOURCES, THIS_HOUR = "*", "hour"


@dataclass(frozen=True)
class Door:
    """What is tried, and from where.

    Args:
        account: a keyed digest of the name typed, known or not: unknown names are paced just the same.
        source: a keyed digest of the place.
        has_owner: false for a door everybody uses (one-time codes): then only each place is paced.
        longest: the longest wait after one try, in seconds.
    """

    account: str
    source: str
    has_owner: bool = True
    longest: int = LONGEST_WAIT_SECONDS


def door(kind: str, name: str, source: str, *, has_owner: bool = True, longest: int = LONGEST_WAIT_SECONDS) -> Door:
    """The door for one kind of try ("password", "factor", "code") at one account from one place."""
    account = keyed_digest(b"nsvcs door v1", f"{kind}:{name.strip().lower()}")
    return Door(account, source, has_owner, longest)


def seconds_to_wait(at: Door, now: datetime | None = None) -> int:
    """Seconds until a try here is looked at; 0 for now. Holds the door's rows until the transaction ends.

    A second try while the first is still being looked at waits a second: many at once get no more looks than one.
    """
    now = now or timezone.now()
    sources = [at.source, ALL_SOURCES] if at.has_owner else [at.source]
    for source in sources:
        if wait := _wait_at(at.account, source, now):
            return wait
    return 0


def _wait_at(account: str, source: str, now: datetime) -> int:
    """Reads first and locks only what may be tried, so that hammering one door does not hold it shut for others."""
    rows = SignInCount.objects.filter(account=account, source=source)
    row = rows.first()
    if row is None:
        _make(account, source, now)
    if row is None or not _is_waiting(row, now):
        locked = rows.select_for_update(skip_locked=True).first()
        if locked is None:
            return 1
        row = locked
    return math.ceil((row.next_try_at - now).total_seconds()) if _is_waiting(row, now) else 0


def _is_waiting(row: SignInCount, now: datetime) -> bool:
    return _remembered(row, now) and row.next_try_at > now


def count_wrong(at: Door, now: datetime | None = None) -> int:
    """Count a wrong try and set when the next is looked at. Returns how many there were from this place."""
    now = now or timezone.now()
    count = _add(at.account, at.source, now, lambda n: min(2 ** min(n - 1, 20), at.longest))
    if at.has_owner:
        _add(at.account, ALL_SOURCES, now, lambda n: ACCOUNT_WAIT_SECONDS if n >= FREE_TRIES else 0)
    return count


def wrong_count(at: Door, now: datetime | None = None) -> int:
    """How many wrong tries there were from this place in the last day."""
    row = SignInCount.objects.filter(account=at.account, source=at.source).first()
    return row.wrong_count if row is not None and _remembered(row, now or timezone.now()) else 0


def forget(at: Door) -> None:
    """A right try from this place: it starts anew. What other places did is still counted."""
    SignInCount.objects.filter(account=at.account, source=at.source).delete()


def is_alarm(at: Door, now: datetime | None = None) -> bool:
    """Count towards the hour's alarm; true once, when the hour's 20th wrong try is reached."""
    now = now or timezone.now()
    _make(at.account, THIS_HOUR, now)
    row = SignInCount.objects.select_for_update().get(account=at.account, source=THIS_HOUR)
    if now - row.last_at > ALARM_WINDOW:
        row.wrong_count, row.last_at = 0, now
    row.wrong_count += 1
    row.save(update_fields=["wrong_count", "last_at"])
    return row.wrong_count == ALARM_COUNT


def purge(now: datetime) -> int:
    """Delete counts a day after the last try."""
    return SignInCount.objects.filter(last_at__lt=now - FORGOTTEN_AFTER).delete()[0]


def _remembered(row: SignInCount, now: datetime) -> bool:
    return now - row.last_at <= FORGOTTEN_AFTER


def _make(account: str, source: str, now: datetime) -> None:
    row = SignInCount(account=account, source=source, last_at=now, next_try_at=now)
    SignInCount.objects.bulk_create([row], ignore_conflicts=True)


def _add(account: str, source: str, now: datetime, wait: Callable[[int], int]) -> int:
    with transaction.atomic():
        _make(account, source, now)
        row = SignInCount.objects.select_for_update().get(account=account, source=source)
        row.wrong_count = row.wrong_count + 1 if _remembered(row, now) else 1
        row.last_at = now
        row.next_try_at = now + timedelta(seconds=wait(row.wrong_count))
        row.save(update_fields=["wrong_count", "last_at", "next_try_at"])
    return row.wrong_count
