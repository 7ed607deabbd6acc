"""A file arrives in pieces: begun, received piece by piece, given up, bound to its entry, joined to it as evidence.

Each change locks the row: two windows that send the same file take turns, and each piece is counted once. Bytes are on
the disk before the row counts them (`nsvcs.partials`).
"""

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q, Sum
from django.utils import timezone

from accounts.models import User
from audit.actions import record
from audit.models import Action
from cases.models import Case
from jobs.actions import ask
from logs.actions.evidence import KeptFile, write_evidence
from logs.filenames import safe_label
from logs.filetypes import RECORDINGS, Kind, Refusal, begins_as
from logs.limits import limits
from logs.models import Arrival, Evidence, Incident
from logs.models.arrivals import TOO_BIG
from nsvcs.identity import acting_as
from nsvcs.partials import Partial, refuse_without_room
from nsvcs.storage import StoredFile, file_store
from nsvcs.tus import PIECE_BYTES, Piece

ALPHABET = "bcdfghjkmnpqrtwxz"  # no vowels: no words
LETTERS = 10
ENOUGH_TO_TELL = 4096  # bytes of a file's beginning
REFUSED_SHOWN = timedelta(days=30)
JOINED_SHOWN = timedelta(days=1)
HASHED_IN_HEX = 64
AT_ONCE_BYTES = PIECE_BYTES
AFTER_THE_REQUEST = timedelta(seconds=30)


class ArrivalRefused(Exception):
    """A file, or a piece of one, is not taken.

    Args:
        code: `too_big`, `too_many`, `too_much`, `case_full`, `empty`, `other_offset`, `too_long`, `gone`, `not_kept`,
            `note_saved`, `no_note`.
        arrival: the file, where its row says more.
    """

    def __init__(self, code: str, arrival: Arrival | None = None) -> None:
        """Keep both."""
        super().__init__(code)
        self.code, self.arrival = code, arrival


def begin_arrival(
    *, entry_key: UUID, cases: Sequence[Case], size_bytes: int, name: str, first_sha256: str, by: User,
    case_id: UUID | None = None, is_source: bool = False, begun_key: UUID | None = None,
) -> Arrival:  # fmt: skip
    """Take note of a file that is about to be sent. Call it in a transaction of the sender's; not audited, as a draft.

    The same `begun_key` for the same file is one: the answer was lost on its way.

    Args:
        entry_key: the key of the note it is for, or of the batch.
        cases: the case the note belongs to; where she has several and has not said which, all of them.
        size_bytes: how long it will be.
        name: what the sender calls it; kept as a label to read.
        first_sha256: of its first piece, in hexadecimal, by which it is known again; may be empty.
        by: the sender.
        case_id: for staff, the case they write for.
        is_source: messages are to be brought in from it: then it may be as long as a film, whatever its kind.
        begun_key: made by the page when the file was chosen; none from one that makes none.

    Raises:
        ArrivalRefused: `empty`, `too_big`, `too_many`, `too_much` or `case_full`.
        nsvcs.storage.StorageFull: there is no room on the disk.
    """
    with connection.cursor() as cursor:  # two at once are counted one after the other
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('arrivals ' || %s, 0))", [str(by.pk)])
    known = Arrival.objects.visible_to(by).filter(begun_key=begun_key).first() if begun_key else None
    if known and (known.entry_key, known.case_ref, known.size_bytes) == (entry_key, case_id, size_bytes):
        return known
    _refuse_over_limit(size_bytes, cases, by)
    refuse_without_room(size_bytes)
    now = timezone.now()
    arrival = Arrival(
        letters=_new_letters(), user=by, entry_key=entry_key, begun_key=None if known else begun_key, case_ref=case_id,
        file_label=safe_label(name),
        size_bytes=size_bytes, first_sha256=first_sha256 if _is_digest(first_sha256) else "", last_at=now,
        is_source=is_source,
        expires_at=later(now, "upload_unfinished_days"),
    )  # fmt: skip
    arrival.save(force_insert=True)
    return arrival


def _refuse_over_limit(size_bytes: int, cases: Sequence[Case], by: User) -> None:
    known = limits()
    if not size_bytes:
        raise ArrivalRefused("empty")
    if size_bytes > known["upload_recording_bytes"]:
        raise ArrivalRefused(TOO_BIG)
    coming = Arrival.objects.visible_to(by).counted()
    if coming.unfinished().count() >= known["upload_unfinished_files"]:
        raise ArrivalRefused("too_many")
    on_the_way = coming.aggregate(n=Sum("size_bytes"))["n"] or 0
    if on_the_way + size_bytes > known["upload_unfinished_bytes"]:
        raise ArrivalRefused("too_much")
    kept = Evidence.objects.visible_to(by).filter(case__in=cases).values("case").annotate(n=Sum("size_bytes"))
    fullest = max((row["n"] for row in kept), default=0)
    if fullest + on_the_way + size_bytes > known["upload_case_bytes"]:
        raise ArrivalRefused("case_full")


def _new_letters() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LETTERS))


def _is_digest(text: str) -> bool:
    return len(text) == HASHED_IN_HEX and not set(text) - set("0123456789abcdef")


def later(now: datetime, limit: str) -> datetime:
    """So many days from now as the limit of this name says."""
    return now + timedelta(days=limits()[limit])


def received(arrival: Arrival) -> int:
    """How many bytes of it are surely there: what the row counts, or less where the disk holds less.

    Then whole pieces are counted, as far as the disk reaches: what a crash left of a piece is sent again.
    """
    if not arrival.is_unfinished:
        return arrival.size_bytes
    there = min(Partial(arrival.pk).size(), arrival.received_bytes)
    whole = 0
    for length, _digest in arrival.pieces:
        if whole + length > there:
            break
        whole += length
    return whole


def receive_piece(*, arrival_id: UUID, piece: Piece, by: User) -> Arrival:
    """Write a piece to the disk, then count it; with the last one, ask a worker to look at the whole.

    Call it outside a transaction, with the piece already read from the line.

    Raises:
        ArrivalRefused: `gone`, `other_offset`, `too_long`, or `not_kept` when its beginning shows that it is no file we
            keep (or too long for one of its kind): it is then given up.
        nsvcs.storage.StorageFull: there is no room; nothing was counted.
    """
    with acting_as(by.pk):
        arrival = _lock(arrival_id, by)
        offset = received(arrival)
        if piece.offset != offset:
            raise ArrivalRefused("other_offset", arrival)
        if offset + len(piece.content) > arrival.size_bytes:
            raise ArrivalRefused("too_long", arrival)
        Partial(arrival.pk).put(offset, piece.content)
        _count(arrival, piece, offset)
        if _is_of_no_use(arrival):
            give_up(arrival)
        elif arrival.received_bytes == arrival.size_bytes:
            arrival.state = Arrival.State.CHECKING
            key = f"arrival:{arrival.pk}:{arrival.last_at.isoformat()}"  # it may have to come, and be looked at, again
            delay = AFTER_THE_REQUEST if is_short(arrival) else timedelta()
            ask(name="arrival", key=key, object_id=arrival.pk, case_id=None, by=by.pk, delay=delay)
        arrival.save()
    if arrival.refusal:
        raise ArrivalRefused("not_kept", arrival)
    return arrival


def is_short(arrival: Arrival) -> bool:
    """Whether the request that brings its end also looks at it: a worker then only makes sure."""
    return arrival.size_bytes <= AT_ONCE_BYTES


def _lock(arrival_id: UUID, by: User) -> Arrival:
    found = Arrival.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=arrival_id).first()
    if found is None or not found.is_unfinished or found.expires_at <= timezone.now():
        raise ArrivalRefused("gone", found)
    return found


def _count(arrival: Arrival, piece: Piece, offset: int) -> None:
    kept, whole = [], 0
    for each in arrival.pieces:
        if whole + each[0] > offset:  # the disk had lost it
            break
        kept.append(each)
        whole += each[0]
    if piece.content:
        kept.append([len(piece.content), piece.sha256])
    arrival.pieces, arrival.received_bytes = kept, offset + len(piece.content)
    arrival.last_at = timezone.now()
    arrival.expires_at = later(arrival.last_at, "upload_unfinished_days")


def _is_of_no_use(arrival: Arrival) -> bool:
    """Judge the file by its beginning, once there is enough of it; `refusal` then says why it is not kept."""
    if arrival.media_type or arrival.received_bytes < min(ENOUGH_TO_TELL, arrival.size_bytes):
        return False
    found = begins_as(Partial(arrival.pk).path)
    if isinstance(found, Refusal):
        arrival.refusal = found.code
    elif found not in RECORDINGS and not arrival.is_source and arrival.size_bytes > limits()["upload_max_bytes"]:
        arrival.refusal = TOO_BIG
    elif isinstance(found, Kind):
        arrival.media_type = found.media_type
    return bool(arrival.refusal)


def give_up(arrival: Arrival) -> None:
    """It is no file we keep: its bytes go, its row says why for a while. The caller saves the row."""
    arrival.state, arrival.pieces = Arrival.State.REFUSED, []
    arrival.expires_at = timezone.now() + REFUSED_SHOWN
    record(Action.EVIDENCE_REFUSED, target=arrival, detail={"code": arrival.refusal, "bytes": arrival.size_bytes})
    transaction.on_commit(Partial(arrival.pk).remove)


def remove_arrival(*, arrival: Arrival, by: User) -> bool:
    """The sender takes a file back: its bytes go at once. Once it is evidence it stays; returns whether it went."""
    found = Arrival.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=arrival.pk).first()
    if found is None or found.state == Arrival.State.JOINED:
        return False
    found.delete()
    _forget_files(arrival.pk, found.storage_name)
    return True


def remove_unbound(*, entry_key: UUID, by: User) -> None:
    """A note is thrown away before it was kept: its files go with it."""
    for arrival in Arrival.objects.visible_to(by).filter(entry_key=entry_key, bound_at=None):
        remove_arrival(arrival=arrival, by=by)


def _forget_files(key: UUID, storage_name: str) -> None:
    def remove() -> None:
        Partial(key).remove()
        if storage_name:
            file_store().remove_orphan(storage_name)

    transaction.on_commit(remove)


def bind_arrivals(*, entry_key: UUID, letters: Iterable[str], by: User, is_source: bool = False) -> list[Arrival]:
    """The note is being kept: these files, and those begun for it elsewhere, are its own now, whole or not.

    Call it first in the transaction that keeps the note: a worker that finishes one of them waits for it, or it for
    the worker, and whoever is second joins the file to the note.
    """
    named = Q(letters__in=list(letters)) | Q(entry_key=entry_key)
    waiting = Arrival.objects.visible_to(by).counted().filter(named, bound_at=None, is_source=is_source)
    found = list(waiting.select_for_update(of=("self",)).order_by("pk"))
    for arrival in found:
        arrival.entry_key, arrival.bound_at = entry_key, timezone.now()
        arrival.save(update_fields=["entry_key", "bound_at"])
    return found


def join_arrivals(*, incident: Incident, case: Case, arrivals: Sequence[Arrival], by: User) -> list[Evidence]:
    """Those of an entry's files that are whole become its evidence; one it has already is not added again.

    Call it in the transaction that holds their rows.
    """
    there = set(Evidence.objects.visible_to(by).filter(incident=incident).values_list("sha256", flat=True))
    kept: list[KeptFile] = []
    for arrival in arrivals:
        if arrival.state != Arrival.State.WHOLE:
            continue
        if arrival.sha256 in there:
            _forget_files(arrival.pk, arrival.storage_name)
        else:
            stored = StoredFile(arrival.storage_name, arrival.size_bytes, arrival.sha256)
            kept.append(KeptFile(arrival.file_label, arrival.media_type, stored, arrival.whole_at))
            there.add(arrival.sha256)
        close_arrival(arrival)
    return write_evidence(incident=incident, case=case, kept=kept, by=by) if kept else []


def add_arrivals(*, incident: Incident, letters: Iterable[str], by: User) -> list[Evidence]:
    """Files sent for an entry that is kept are its own now: the whole ones at once, the others when they are whole."""
    with acting_as(by.pk), transaction.atomic():
        coming = bind_arrivals(entry_key=incident.pk, letters=letters, by=by)
        return join_arrivals(incident=incident, case=incident.case, arrivals=coming, by=by)


def close_arrival(arrival: Arrival) -> None:
    """It is evidence now; its row stays for a day, so that the sender's page can say so."""
    closed: dict[str, Any] = {"state": Arrival.State.JOINED, "expires_at": timezone.now() + JOINED_SHOWN}
    for name, value in closed.items():
        setattr(arrival, name, value)
    arrival.save(update_fields=list(closed))
