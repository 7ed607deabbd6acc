"""Files of the invented people that are still on their way: one of which half has come, one that could not be read."""

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from accounts.models import User
from cases.models import Case
from logs.actions import say_of_file
from logs.actions.arriving import ArrivalRefused, begin_arrival, receive_piece
from logs.models import Evidence, Incident
from nsvcs.identity import acting_as
from nsvcs.ids import uuid7
from nsvcs.tus import PIECE_BYTES, Piece

FILM_BYTES = 2 * PIECE_BYTES
# The beginning of a film, the rest of it in a box that players skip; and of a program, which is no file we keep.
FILM = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + (FILM_BYTES - 24).to_bytes(4, "big") + b"free"
PROGRAM = (b"MZ" + b"\0" * 58 + b"\x80\0\0\0" + b"\0" * 64 + b"PE\0\0\x64\x86").ljust(8192, b"\0")


def send_files(case: Case, her: User) -> None:
    """For her newest note half of a film has come, and a program was refused. Call it outside a transaction."""
    with acting_as(her.pk):
        note = Incident.objects.visible_to(her).filter(case=case, recorded_by=her).order_by("-number").first()
    if note is not None:
        _send(note, her, "IMG_2290.mp4", FILM.ljust(PIECE_BYTES, b"\0"), FILM_BYTES)
        _send(note, her, "photos_from_jo.exe", PROGRAM, len(PROGRAM))


def _send(note: Incident, her: User, name: str, piece: bytes, size_bytes: int) -> None:
    digest = hashlib.sha256(piece).hexdigest()
    with acting_as(her.pk):
        arrival = begin_arrival(
            entry_key=note.pk, cases=[note.case], size_bytes=size_bytes, name=name, first_sha256=digest, by=her
        )
    with suppress(ArrivalRefused):
        receive_piece(arrival_id=arrival.pk, piece=Piece(0, piece, digest), by=her)


def say_of_files(incident: Incident, told: Mapping[str, Any], by: User) -> None:
    """What she, or somebody for her, says of each of the entry's files."""
    taken: dict[str, Any] = {"taken_on": incident.occurred_on, "precision": "day", "language": incident.language}
    for file in Evidence.objects.filter(incident=incident):
        say_of_file(key=uuid7(), evidence=file, said=taken | dict(told), based_on=0, by=by)
