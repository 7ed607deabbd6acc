"""The words of the resumable upload protocol tus 1.0: creation, termination, checksum, expiration.

Headers only, and the reading of one piece. What an upload is, whose it is and where it lies is the rooms' business.
"""

import base64
import binascii
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.utils.http import http_date
from django.utils.translation import gettext as _

VERSION = "1.0.0"
EXTENSIONS = "creation,termination,checksum,expiration"
PIECE_TYPE = "application/offset+octet-stream"
PIECE_BYTES = 5 * 1024 * 1024
LONGEST_PIECE_BYTES = 8 * 1024 * 1024  # a piece is held in memory until its digest is known to be right
READ_BYTES = 256 * 1024
ALGORITHMS = ("sha256", "sha1")  # the protocol asks for the second; ours sends the first
LONGEST_METADATA = 4096
VERBS = ("GET", "HEAD", "OPTIONS", "POST", "PATCH", "DELETE")

# Statuses of this protocol that have no name in the library.
CHECKSUM_MISMATCH = 460


class Refused(Exception):
    """A request that is answered with a status and a sentence for whoever is sending.

    Args:
        status: the answer's status.
        sentence: plain words; empty where only a program could have sent this.
    """

    def __init__(self, status: int, sentence: str = "") -> None:
        """Keep both."""
        super().__init__(status)
        self.status, self.sentence = status, sentence


@dataclass(frozen=True)
class Piece:
    """A piece as it arrived: whole, and with the digest it was said to have."""

    offset: int
    content: bytes
    sha256: str


def verb_of(request: HttpRequest) -> str:
    """The verb meant: proxies that know no PATCH let it through as a POST that says so."""
    return request.headers.get("X-HTTP-Method-Override", "").upper() or str(request.method)


def check_version(request: HttpRequest) -> None:
    """Only 1.0.0 is spoken here.

    Raises:
        Refused: 412, another version or none.
    """
    if request.headers.get("Tus-Resumable") != VERSION:
        raise Refused(412)


def number_of(request: HttpRequest, name: str) -> int:
    """A header that must be a whole number.

    Raises:
        Refused: 400, it is missing or is none.
    """
    value = request.headers.get(name, "")
    if not (value.isascii() and value.isdecimal() and len(value) <= 15):
        raise Refused(400)
    return int(value)


def metadata_of(request: HttpRequest) -> dict[str, str]:
    """What `Upload-Metadata` says, by key; never logged, since it holds the file's name.

    Raises:
        Refused: 400, it is longer than any name or is not base64.
    """
    header = request.headers.get("Upload-Metadata", "")
    if len(header) > LONGEST_METADATA:
        raise Refused(400)
    found = {}
    for pair in filter(None, (each.strip() for each in header.split(","))):
        key, _space, value = pair.partition(" ")
        try:
            found[key] = base64.b64decode(value.strip(), validate=True).decode("utf-8", "replace")
        except (binascii.Error, ValueError) as error:
            raise Refused(400) from error
    return found


def metadata_header(**values: str) -> str:
    """The same, to be sent back."""
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in values.items())


def read_piece(request: HttpRequest) -> Piece:
    """Read one piece into memory, whole, and compare it with its checksum if one was sent.

    Raises:
        Refused: 400 cut short or spoilt headers; 411 no length; 413 too long; 415 another kind of body; 460 another
            checksum than was sent.
    """
    if request.content_type != PIECE_TYPE:
        raise Refused(415)
    offset, length = number_of(request, "Upload-Offset"), request.headers.get("Content-Length", "")
    if not length.isdecimal():
        raise Refused(411)
    if int(length) > LONGEST_PIECE_BYTES:
        raise Refused(413, _("This piece of the file is too big to take at once."))
    wanted = _checksum_of(request)
    content = _read(request, int(length))
    if wanted and _digest(wanted[0], content) != wanted[1]:
        raise Refused(CHECKSUM_MISMATCH, _("A piece of the file came through damaged. It has to be sent again."))
    return Piece(offset, content, hashlib.sha256(content).hexdigest())


def _checksum_of(request: HttpRequest) -> tuple[str, bytes] | None:
    header = request.headers.get("Upload-Checksum", "")
    if not header:
        return None
    algorithm, _space, value = header.partition(" ")
    try:
        digest = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Refused(400) from error
    if algorithm not in ALGORITHMS:
        raise Refused(400)
    return algorithm, digest


def _digest(algorithm: str, content: bytes) -> bytes:
    return hashlib.new(algorithm, content, usedforsecurity=False).digest()


def _read(request: HttpRequest, length: int) -> bytes:
    pieces: list[bytes] = []
    left = length
    try:
        while left and (some := cast(Any, request).read(min(READ_BYTES, left))):
            pieces.append(some)
            left -= len(some)
    except UnreadablePostError as error:
        raise Refused(400) from error
    if left:
        raise Refused(400)
    return b"".join(pieces)


def answer(status: int, sentence: str = "", headers: Iterable[tuple[str, object]] = ()) -> HttpResponse:
    """An answer of the protocol; a sentence for people as plain text."""
    response = HttpResponse(sentence, status=status, content_type="text/plain; charset=utf-8")
    if status == 204:
        del response["Content-Type"]
    response["Tus-Resumable"] = VERSION
    for name, value in headers:
        response[name] = str(value)
    return response


def expires(at: datetime) -> tuple[str, str]:
    """The header that says until when an upload can be gone on with."""
    return "Upload-Expires", http_date(at.timestamp())


def offered(most_bytes: int) -> HttpResponse:
    """The answer to OPTIONS: what is spoken here."""
    return answer(
        204,
        headers=[
            ("Tus-Version", VERSION),
            ("Tus-Extension", EXTENSIONS),
            ("Tus-Max-Size", most_bytes),
            ("Tus-Checksum-Algorithm", ",".join(ALGORITHMS)),
            ("Allow", ", ".join(VERBS)),
        ],
    )


def refusal(refused: Refused) -> HttpResponse:
    """The answer to a request that was refused; to another version, with the one that is spoken."""
    headers = [("Tus-Version", VERSION)] if refused.status == 412 else []
    return answer(refused.status, refused.sentence, headers)
