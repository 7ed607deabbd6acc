"""Asking a virus scanner: clamd's INSTREAM, over a socket, piece by piece, with an end to every wait.

Only the one answer that says so makes a file clean. Whatever else is said, or is not said in time, is "could not scan".
"""

import re
import select
import socket
import struct
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from logs.standing import ScanState
from nsvcs.storage import Readable

PIECE_BYTES = 128 * 1024
CONNECT_SECONDS = 5.0
# For one file, from the first byte to the answer: clamd's own limit for one scan is 120 seconds unless it is raised.
LONGEST_SECONDS = 15 * 60.0
LONGEST_REPLY = 4096
# What clamd says when it looked at a part of a file only, or could not look into it: no virus, and no all-clear.
NOT_SEEN_WHOLE = ("Heuristics.Limits.Exceeded", "Heuristics.Encrypted")
_VERSION = re.compile(r"ClamAV ([\w.+-]{1,30})(?:/(\d{1,9})/(.{1,40}))?")


class ScannerAway(Exception):
    """Nobody answers at the scanner's address, or it hung up."""


class ScannerSlow(Exception):
    """The scanner did not answer in time."""


@dataclass(frozen=True)
class Verdict:
    """What a scanner said of one file.

    Attributes:
        state: clean, infected or could not.
        reason: for "could not": a `Scan.Reason`.
        found: for "infected": the scanner's name of what it found. Never logged.
    """

    state: ScanState
    reason: str = ""
    found: str = ""


@dataclass(frozen=True)
class Engine:
    """Which scanner it was, and of when its signatures are."""

    version: str = ""
    signatures_at: datetime | None = None


class _Line:
    """One connection, whose every wait ends at the same instant."""

    def __init__(self, url: str, seconds: float) -> None:
        self.ends_at = time.monotonic() + seconds
        parts = urlsplit(url)
        is_local = parts.scheme == "unix"
        self.socket = socket.socket(socket.AF_UNIX) if is_local else socket.socket(_family(parts.hostname or ""))
        self.socket.settimeout(min(CONNECT_SECONDS, seconds))
        try:
            self.socket.connect(parts.path if is_local else (parts.hostname, parts.port or 3310))
        except OSError as error:
            self.socket.close()
            raise ScannerAway from error

    def __enter__(self) -> "_Line":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def _wait(self) -> None:
        left = self.ends_at - time.monotonic()
        if left <= 0:
            raise ScannerSlow
        self.socket.settimeout(left)

    def send(self, data: bytes) -> None:
        self._wait()
        try:
            self.socket.sendall(data)
        except TimeoutError:
            raise ScannerSlow from None

    def has_answer(self) -> bool:
        """Whether it spoke before it had heard all: it takes no more of this file."""
        return bool(select.select([self.socket], [], [], 0)[0])

    def answer(self) -> str:
        told = bytearray()
        while b"\0" not in told and len(told) < LONGEST_REPLY:
            self._wait()
            try:
                piece = self.socket.recv(LONGEST_REPLY)
            except TimeoutError:
                raise ScannerSlow from None
            except OSError as error:
                raise ScannerAway from error
            if not piece:
                break
            told += piece
        if not told:
            raise ScannerAway
        return bytes(told).split(b"\0")[0].decode("ascii", "replace").strip()


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _ask(url: str, command: str, seconds: float) -> str:
    with _Line(url, seconds) as line:
        with suppress(OSError):
            line.send(f"z{command}\0".encode())
        return line.answer()


def is_there(url: str) -> bool:
    """Whether a scanner answers at this address now."""
    try:
        return _ask(url, "PING", CONNECT_SECONDS) == "PONG"
    except (ScannerAway, ScannerSlow):
        return False


def engine(url: str) -> Engine:
    """Which scanner answers there; nothing is known of one that does not say."""
    try:
        said = _VERSION.match(_ask(url, "VERSION", CONNECT_SECONDS))
    except (ScannerAway, ScannerSlow):
        said = None
    if said is None:
        return Engine()
    signatures_at = None
    with suppress(ValueError, TypeError):
        # As C's ctime() writes it; the official container's clock is UTC.
        signatures_at = datetime.strptime(said[3], "%a %b %d %H:%M:%S %Y").replace(tzinfo=UTC)
    return Engine(f"ClamAV {said[1]}" + (f"/{said[2]}" if said[2] else ""), signatures_at)


def scan(url: str, file: Readable, *, seconds: float = LONGEST_SECONDS) -> Verdict:
    """Have one file scanned.

    Args:
        url: `unix:///path` or `tcp://host:port`.
        file: read to its end, a piece at a time; less where the scanner takes no more.
        seconds: the longest the whole may take.

    Returns:
        what the scanner said; "could not" with its reason where it said nothing that can be relied on.
    """
    try:
        with _Line(url, seconds) as line:
            _stream(line, file)
            return _understood(line.answer())
    except ScannerSlow:
        return Verdict(ScanState.COULD_NOT, "slow")
    except ScannerAway:
        return Verdict(ScanState.COULD_NOT, "away")


def _stream(line: _Line, file: Readable) -> None:
    with suppress(ConnectionError):  # it hung up while we spoke; its last words, if any, say why
        line.send(b"zINSTREAM\0")
        while piece := file.read(PIECE_BYTES):
            if line.has_answer():
                return
            line.send(struct.pack("!L", len(piece)) + piece)
        line.send(struct.pack("!L", 0))


def _understood(answer: str) -> Verdict:
    """The one place where an answer becomes a verdict."""
    said = answer.removeprefix("stream: ")
    if said == "OK":
        return Verdict(ScanState.CLEAN)
    if said.endswith(" FOUND"):
        name = said.removesuffix(" FOUND")
        if name.startswith(NOT_SEEN_WHOLE):
            return Verdict(ScanState.COULD_NOT, "limits")
        return Verdict(ScanState.INFECTED, found=re.sub(r"[^\w.:/+() -]", "?", name)[:120])
    return Verdict(ScanState.COULD_NOT, "too_large" if "size limit exceeded" in said else "error")
