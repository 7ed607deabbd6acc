"""Notes written without signal: keys made, replaced and destroyed; phones turned on and off; what arrives, once."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import User
from audit.actions import record
from audit.models import Action
from logs.models import Incident, OfflineArrival, OfflineDevice, OfflineKey, WrittenOffline
from logs.sealed import new_pair
from nsvcs.ids import uuid7

KEY_LASTS = timedelta(days=30)
# A phone may lie in a drawer for a year. What it brings after that cannot be opened by anybody, us included.
OLD_KEY_OPENS = timedelta(days=400)


def current_key() -> OfflineKey:
    """The key that phones seal to now; the first one is made when it is first asked for."""
    return OfflineKey.objects.newest() or _make_key(timezone.now())


@transaction.atomic
def rotate_keys(*, now: datetime) -> OfflineKey:
    """Replace a key after 30 days; destroy the private half of one that was replaced 400 days ago.

    Returns:
        the key that phones seal to from now on.
    """
    OfflineKey.objects.filter(replaced_at__lt=now - OLD_KEY_OPENS, destroyed_at=None).update(
        private_sealed="", destroyed_at=now
    )
    newest = OfflineKey.objects.newest()
    if newest is not None and newest.made_at > now - KEY_LASTS:
        return newest
    made = _make_key(now)
    OfflineKey.objects.filter(replaced_at=None).exclude(pk=made.pk).update(replaced_at=now)
    return made


def _make_key(now: datetime) -> OfflineKey:
    """The next version; where another makes it at the same moment, theirs."""
    newest = OfflineKey.objects.order_by("-version").first()
    key = OfflineKey(id=uuid7(), version=newest.version + 1 if newest else 1, made_at=now)
    key.public_spki, key.private_sealed = new_pair(key.pk)
    try:
        with transaction.atomic():
            key.save(force_insert=True)
    except IntegrityError:
        return OfflineKey.objects.get(version=key.version)
    return key


def purge_offline() -> int:
    """Throw away sealed notes that could not be opened for 30 days; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT logs_purge_offline()")
        return int(cursor.fetchone()[0])


@transaction.atomic
def turn_on(*, by: User) -> OfflineDevice:
    """Bind one more phone to this account."""
    device = OfflineDevice(user=by, made_at=timezone.now())
    device.save(force_insert=True)
    record(Action.OFFLINE_ON, target=device)
    return device


@transaction.atomic
def turn_off(*, device_id: UUID, by: User) -> None:
    """Note that a phone was told to forget it all. What it sent before and brings late is still taken."""
    ended = OfflineDevice.objects.visible_to(by).filter(pk=device_id, ended_at=None).update(ended_at=timezone.now())
    if ended:
        record(Action.OFFLINE_OFF, target=OfflineDevice(pk=device_id))


def keep_unopened(*, entry_id: UUID | None, envelope: str, by: User) -> None:
    """Keep a sealed note that does not open as it came, once."""
    arrival = OfflineArrival(
        id=entry_id or uuid7(), user=by, outcome=OfflineArrival.UNOPENED, received_at=timezone.now(), envelope=envelope
    )
    try:
        with transaction.atomic():
            arrival.save(force_insert=True)
    except IntegrityError:  # it came before, or the id is somebody else's, which is not told
        if not OfflineArrival.objects.visible_to(by).filter(pk=arrival.pk, envelope=envelope).exists():
            arrival.pk = uuid7()
            arrival.save(force_insert=True)


def begin_arrival(arrival: OfflineArrival, *, by: User) -> OfflineArrival | None:
    """Note that a sealed note has come and opens; none when its id is used for another's.

    Returns:
        the row that stands: this one, or that of an earlier try.
    """
    try:
        with transaction.atomic():
            arrival.save(force_insert=True)
    except IntegrityError:
        found: OfflineArrival | None = OfflineArrival.objects.visible_to(by).filter(pk=arrival.pk).first()
        return found
    return arrival


def finish_arrival(*, entry_id: UUID, outcome: str, by: User) -> None:
    """Note what has become of it."""
    OfflineArrival.objects.visible_to(by).filter(pk=entry_id).update(outcome=outcome)


def write_beside(*, incident: Incident, by: User) -> None:
    """Put the phone's time beside an entry that a phone brought; for any other entry do nothing."""
    arrival = OfflineArrival.objects.visible_to(by).filter(pk=incident.pk).exclude(key_version=None).first()
    if arrival is None:
        return
    WrittenOffline(
        incident=incident,
        case_id=incident.case_id,
        key_version=arrival.key_version,
        device_written_at=arrival.device_written_at,
        device_zone=arrival.device_zone,
        received_at=arrival.received_at,
    ).save(force_insert=True)
