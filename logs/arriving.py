"""What is done with files on their way: the whole one is looked at and kept; what ran out of time is tidied up.

A worker does it; a file of one piece, such as a photo, is looked at in the request that brought it.
"""

import hashlib
import logging
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from django.db import connection
from django.utils import timezone

from accounts.models import User
from jobs.actions import ask
from jobs.working import Work
from logs.actions.arriving import give_up, is_short, join_arrivals, later
from logs.actions.sources import join_source
from logs.filetypes import RECORDINGS, FileType, Kind, Refusal, sniff
from logs.limits import limits
from logs.models import Arrival, Incident
from logs.models.arrivals import TOO_BIG
from nsvcs.identity import acting_as
from nsvcs.partials import Partial
from nsvcs.storage import Mismatch, StorageError, StoredFile, file_store

log = logging.getLogger(__name__)


class PieceWatch:
    """Holds each piece of a file, as it lies on the disk, against the digest it had when it came.

    Given to the store, which reads the file once for the digest of the whole; a wrong piece stops it.
    """

    def __init__(self, pieces: list[list[object]]) -> None:
        """Begin before the first piece."""
        self._expected: Iterator[tuple[int, str]] = iter([(int(str(size)), str(sha256)) for size, sha256 in pieces])
        self._begin()

    def _begin(self) -> None:
        self._left, self._wanted = next(self._expected, (0, ""))
        self._digest = hashlib.sha256()

    def __call__(self, chunk: bytes) -> None:
        """Take what the store has just read.

        Raises:
            Mismatch: a piece is another than the one that came.
        """
        rest = memoryview(chunk)
        while rest:
            mine, rest = rest[: self._left], rest[self._left :]
            if not mine:
                raise Mismatch
            self._digest.update(mine)
            self._left -= len(mine)
            if not self._left:
                if self._digest.hexdigest() != self._wanted:
                    raise Mismatch
                self._begin()


class Look(Protocol):
    """Whose rights a look at a file has, and what is done with its end: a job's, or a request's."""

    @property
    def object_id(self) -> UUID:
        """The file on its way."""

    def acting(self) -> AbstractContextManager[None]:
        """A transaction of the sender's."""

    def finish(self) -> None:
        """The result stands; last inside the transaction that writes it."""


@dataclass(frozen=True)
class AtOnce:
    """A look in the request that brought the last piece."""

    object_id: UUID
    sender_id: UUID

    def acting(self) -> AbstractContextManager[None]:
        """A transaction of the sender's."""
        return acting_as(self.sender_id)

    def finish(self) -> None:
        """There is no row of a job to close: the one that was asked for finds nothing left to do."""


def look_now(arrival: Arrival) -> None:
    """Look at a short file while its sender waits; if it cannot be kept just now, the job tries again."""
    if arrival.state == Arrival.State.CHECKING and is_short(arrival):
        with suppress(StorageError):
            check_arrival(AtOnce(arrival.pk, arrival.user_id))


def check_arrival(work: Look) -> None:
    """Judge a file that has all come, keep it, and join it to its note if that is kept already.

    Raises:
        nsvcs.storage.StorageError: the store has no room or does not answer: tried again later, nothing is lost.
    """
    with work.acting():
        arrival = Arrival.objects.filter(pk=work.object_id).first()
    if arrival is None:
        return
    if arrival.state == Arrival.State.WHOLE:
        _join(work, arrival.pk)
    if arrival.state != Arrival.State.CHECKING:
        return
    partial = Partial(arrival.pk)
    found = judge(partial, arrival.size_bytes, is_source=arrival.is_source)
    if isinstance(found, Refusal):
        _refuse(work, arrival.pk, found)
        return
    try:
        stored = keep(arrival, partial)
    except Mismatch:
        _send_again(work, arrival.pk)
        return
    _kept(work, arrival.pk, found, stored)
    partial.remove()


def judge(partial: Partial, size_bytes: int, *, is_source: bool = False) -> FileType | Refusal:
    """What the whole file is, or why it is not kept. What messages are brought in from may be as long as a film."""
    if partial.size() != size_bytes:
        return FileType(Kind.TXT)  # keeping it finds what is missing, and asks for it again
    found = sniff(partial.path)
    may_be_long = is_source or (isinstance(found, FileType) and found.kind in RECORDINGS)
    if isinstance(found, FileType) and not may_be_long and size_bytes > limits()["upload_max_bytes"]:
        return Refusal(TOO_BIG)
    return found


def keep(arrival: Arrival, partial: Partial) -> StoredFile:
    """Put the file into the store: linked where the store is this disk, sent in parts where it is not.

    Raises:
        Mismatch: what lies on the disk is not what came.
        nsvcs.storage.StorageError: it could not be kept.
    """
    if partial.size() != arrival.size_bytes:
        raise Mismatch
    return file_store(limits()["upload_recording_bytes"]).store(partial, watch=PieceWatch(arrival.pieces))


def _locked(arrival_id: UUID, state: str) -> Arrival | None:
    rows = Arrival.objects.select_for_update(of=("self",))
    found: Arrival | None = rows.filter(pk=arrival_id, state=state).first()
    return found


def _refuse(work: Look, arrival_id: UUID, found: Refusal) -> None:
    with work.acting():
        if arrival := _locked(arrival_id, Arrival.State.CHECKING):
            arrival.refusal = found.code
            give_up(arrival)
            arrival.save()
        work.finish()


def _send_again(work: Look, arrival_id: UUID) -> None:
    """The disk has lost or changed some of it: it has to come once more, and the sender's page says so."""
    log.error("arrival %s is not on the disk as it came", arrival_id)
    with work.acting():
        if arrival := _locked(arrival_id, Arrival.State.CHECKING):
            arrival.state, arrival.received_bytes, arrival.pieces = Arrival.State.SENDING, 0, []
            arrival.expires_at = later(timezone.now(), "upload_unfinished_days")
            Partial(arrival.pk).remove()
            arrival.save()
        work.finish()


def _kept(work: Look, arrival_id: UUID, found: FileType, stored: StoredFile) -> None:
    """The file lies in the store: its row says so, or the file is taken out again."""
    try:
        with work.acting():
            arrival = _locked(arrival_id, Arrival.State.CHECKING)
            if arrival is None:  # taken back meanwhile, or another worker was quicker
                raise _Unwanted
            arrival.state, arrival.media_type = Arrival.State.WHOLE, found.media_type
            arrival.storage_name, arrival.sha256 = stored.name, stored.sha256
            arrival.whole_at = arrival.last_at = timezone.now()
            arrival.expires_at = later(arrival.whole_at, "upload_waiting_days")
            arrival.save()
            _join_if_kept(arrival)
            work.finish()
    except BaseException as error:
        with suppress(OSError):
            file_store().remove_orphan(stored.name)
        if not isinstance(error, _Unwanted):
            raise


class _Unwanted(Exception):
    """Nobody waits for this file any more."""


def _join(work: Look, arrival_id: UUID) -> None:
    with work.acting():
        if arrival := _locked(arrival_id, Arrival.State.WHOLE):
            _join_if_kept(arrival)
        work.finish()


def _join_if_kept(arrival: Arrival) -> None:
    if arrival.is_source:
        join_source(arrival=arrival)
        return
    incident = Incident.objects.select_related("case").filter(pk=arrival.entry_key).first()
    if arrival.bound_at and incident is not None:
        by = User.objects.get(pk=arrival.user_id)
        join_arrivals(incident=incident, case=incident.case, arrivals=[arrival], by=by)
    elif arrival.bound_at:
        _ask_to_give(arrival)


def _ask_to_give(arrival: Arrival) -> None:
    """The sender sees the case no more, and added the file when they did: a job of the case's own takes it over."""
    found = _rows("SELECT case_id, 0 FROM case_of_arrival(%s) AS case_id WHERE case_id IS NOT NULL", [arrival.pk])
    for case_id, _none in found:
        key = f"arrival_given:{arrival.pk}:{timezone.now():%Y-%m-%dT%H}"
        ask(name="arrival_given", key=key, object_id=arrival.pk, case_id=case_id, by=None)


def tidy_arrivals(work: Work) -> None:
    """Take away what ran out of time, and ask again for what got stuck."""
    with work.acting():
        gone = _rows("SELECT arrival, stored FROM expire_arrivals()")
        for arrival_id, user_id in _rows("SELECT arrival, sender FROM arrivals_stuck()"):
            key = f"arrival:{arrival_id}:{timezone.now():%Y-%m-%dT%H}"
            ask(name="arrival", key=key, object_id=arrival_id, case_id=None, by=user_id)
        work.finish()
    for arrival_id, stored in gone:
        Partial(arrival_id).remove()
        if stored:
            file_store().remove_orphan(stored)
    if gone:
        log.info("%s files on their way ran out of time", len(gone))


def _rows(sql: str, given: Sequence[Any] = ()) -> list[tuple[UUID, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        found: list[tuple[UUID, Any]] = cursor.fetchall()
        return found
