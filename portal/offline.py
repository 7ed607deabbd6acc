"""What a phone brings that was written without signal: opened, judged by the rules of any note, kept once."""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

from django.utils import timezone

from accounts.models import User
from logs.actions import OtherContent, record_incident, save_draft
from logs.actions.offline import begin_arrival, finish_arrival, keep_unopened
from logs.drafting import INPUTS, LISTS, as_data, content_of, would_lose
from logs.models import Draft, OfflineArrival, OfflineDevice, OfflineKey
from logs.sealed import Envelope, Opened, Unreadable, open_envelope, read_envelope
from nsvcs.identity import acting_as
from nsvcs.text import MAX_CHARACTERS
from portal.forms import WritingForm
from portal.queries import cases_to_write_in, her_language, who_it_may_be
from portal.views.writing import OWN_BOXES

log = logging.getLogger(__name__)
KEPT, DRAFT, AGAIN, UNOPENED, NOT_YOURS = "kept", "draft", "again", "unopened", "not_yours"
# What the pages to write a note on ask; nothing else is taken from a phone.
BOXES = frozenset({*INPUTS, *OWN_BOXES})
MOST_TICKS = 200
LONGEST_BOX = 50 * MAX_CHARACTERS


def receive(text: str, by: User) -> str:
    """Take one sealed note in; call it outside a transaction.

    Returns:
        `kept` as a note; `draft`: as an unfinished one, since something is missing; `again`: it was here before;
        `unopened`: kept sealed; `not_yours`: it was sealed for another account, so nothing was done.

    Raises:
        nsvcs.storage.StorageError: it could not be kept; the phone keeps it.
    """
    with acting_as(by.pk):
        try:
            envelope = read_envelope(text)
        except Unreadable as error:
            return _unopened(None, text, by, error)
        if not OfflineDevice.objects.visible_to(by).filter(pk=envelope.tag).exists():
            return NOT_YOURS
        try:
            arrival, opened = _opened(envelope, by)
        except Unreadable as error:
            return _unopened(envelope, text, by, error)
        standing = begin_arrival(arrival, by=by)
        if standing is None or standing.digest != arrival.digest:
            arrival.pk = uuid5(arrival.pk, arrival.digest)  # the id was used for other words: beside them, once
            standing = begin_arrival(arrival, by=by)
        if standing is None or standing.outcome != OfflineArrival.OPENED:
            return AGAIN
    outcome = _kept(standing, opened, by)
    with acting_as(by.pk):
        finish_arrival(entry_id=standing.pk, outcome=outcome, by=by)
    return outcome


def _unopened(envelope: Envelope | None, text: str, by: User, error: Unreadable) -> str:
    log.warning("a sealed note does not open: %s", error)
    keep_unopened(entry_id=envelope.entry if envelope else None, envelope=text, by=by)
    return UNOPENED


def _opened(envelope: Envelope, by: User) -> tuple[OfflineArrival, Opened]:
    key = OfflineKey.objects.filter(pk=envelope.key).first()
    if key is None or not key.private_sealed:
        raise Unreadable("no such key")
    opened = open_envelope(envelope, key.private_sealed)
    zone = str(opened.said.get("zone", ""))[:64]
    arrival = OfflineArrival(
        id=envelope.entry, user=by, outcome=OfflineArrival.OPENED, digest=opened.digest, key_version=key.version,
        device_written_at=_instant(opened.said.get("written_at")), device_zone=zone, received_at=timezone.now(),
    )  # fmt: skip
    return arrival, opened


def _instant(text: object) -> datetime | None:
    """The phone's time; none where it says none that can be."""
    try:
        return datetime.fromisoformat(str(text)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def boxes_of(said: Mapping[str, Any]) -> dict[str, Any]:
    """The form's boxes in what a phone said, whatever else is there; each as the form sends it."""
    found: dict[str, Any] = {}
    for name, value in said["fields"].items():
        if name in LISTS:
            ticked = [value] if isinstance(value, str) else value if isinstance(value, list) else []
            value = [_box(each) for each in ticked[:MOST_TICKS] if isinstance(each, str)]
        elif name not in BOXES or not isinstance(value, str):
            continue
        if value:
            found[name] = value if name in LISTS else _box(value)
    return found


def _box(value: str) -> str:
    return value[:LONGEST_BOX].replace("\x00", "")


def _kept(standing: OfflineArrival, opened: Opened, by: User) -> str:
    entry_id, content = standing.pk, boxes_of(opened.said)
    with acting_as(by.pk):
        cases = cases_to_write_in(by)
        form = WritingForm(as_data(content), cases=cases, links=who_it_may_be(by, cases), language=her_language(by))
        if not form.cases or not form.is_valid():
            return _draft(entry_id, content, standing, by)
    try:
        record_incident(draft_id=entry_id, case=form.chosen_case, fields=form.content(), by=by)
    except OtherContent:
        with acting_as(by.pk):
            return _draft(uuid5(entry_id, opened.digest), content, standing, by)
    return KEPT


def _draft(key: UUID, content: dict[str, Any], arrival: OfflineArrival, by: User) -> str:
    """Words that cannot be a note as they are: she is asked to look at them again."""
    place = _place_for(key, content, arrival, by)
    if content and place:
        save_draft(draft_id=place, content=content, by=by, is_late=True)
    return DRAFT


def _place_for(key: UUID, content: dict[str, Any], arrival: OfflineArrival, by: User) -> UUID | None:
    """The key to save such words under: never over other words of hers; none where every one of them is there."""
    mine = Draft.objects.visible_to(by)
    before = mine.filter(pk=key).first()
    if before is None:
        return key
    if before.created_at >= arrival.received_at:
        return None  # an earlier try made it; she may have taken words out of it since
    if not before.used_at and not would_lose(content, content_of(before)):
        return None
    if not before.used_at and not would_lose(content_of(before), content):
        return key
    apart = uuid5(key, arrival.digest)
    return None if mine.filter(pk=apart).exists() else apart
