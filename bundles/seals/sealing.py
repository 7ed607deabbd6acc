"""The seal of a bundle: PAdES at the level for the long run (B-LTA), which any PDF reader can check.

A signature over every byte, a time stamp over the signature, what both are checked with in later years, and a time
stamp over all of that. Source: ETSI EN 319 142-1, 6; ISO 32000-2, 12.8.
"""

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from bundles.seals import signing
from bundles.seals.authority import SelfMade
from bundles.seals.signing import Identity, der
from bundles.seals.stamping import Authority, OwnAuthority, TimestampUnreachable, check
from jobs.child import ChildFailed

SECONDS = 600
BLOCK = 1024 * 1024
Run = Callable[[str, Mapping[str, Any], int], dict[str, Any]]


class SealFailed(Exception):
    """There is no seal.

    Attributes:
        code: `timestamp_unreachable`, or what else stood in the way.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Proofs:
    """What a seal is checked with in later years."""

    lists: tuple[bytes, ...] = ()
    answers: tuple[bytes, ...] = ()


@dataclass(frozen=True)
class Trust:
    """Whose seals count as ours, and whose time stamps.

    Attributes:
        seals: the certificates that the service seals with, or did.
        time_roots: the roots under which the authorities stand that stamp them.
    """

    seals: tuple[x509.Certificate, ...]
    time_roots: tuple[x509.Certificate, ...]

    def told(self) -> dict[str, list[str]]:
        """As a child process takes it."""
        return {name: [der(each).hex() for each in getattr(self, name)] for name in ("seals", "time_roots")}


@dataclass(frozen=True)
class Sealer:
    """Who seals, who stamps, and whose word says that a certificate was not taken back."""

    identity: Identity
    authority: Authority
    time_roots: tuple[x509.Certificate, ...]
    proofs_of: Callable[[tuple[x509.Certificate, ...]], Proofs]
    head: Mapping[str, Any] = field(default_factory=dict)  # of the log's chain, for the list inside
    is_scanned: bool = False  # whether originals are checked for viruses here

    @property
    def trust(self) -> Trust:
        """Of what this one seals."""
        return Trust((self.identity.certificate,), self.time_roots)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of its certificate."""
        return fingerprint(self.identity.certificate)

    def told(self) -> dict[str, Any]:
        """What the list inside a bundle says of its seal."""
        told: dict[str, Any] = {"format": "PAdES B-LTA", "certificate_sha256": self.fingerprint}
        return told | ({"log_head": dict(self.head)} if self.head else {})

    def stamp(self, data: bytes) -> bytes:
        """A time stamp over some bytes."""
        return self.authority.stamp(hashlib.sha256(data).digest())

    def signed(self, data: bytes) -> bytes:
        """A signature beside some bytes, as `openssl cms -verify` reads it."""
        return signing.signed(self.identity, digest=hashlib.sha256(data).digest()).dump()


def self_made_sealer(made: SelfMade) -> Sealer:
    """The sealer of the service's own certificates."""
    root = (made.root.certificate,)

    def proofs_of(certificates: tuple[x509.Certificate, ...]) -> Proofs:
        return Proofs(lists=(made.revoked().public_bytes(Encoding.DER),))

    return Sealer(made.seal, OwnAuthority(made.time), root, proofs_of)


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of a certificate, in hexadecimal."""
    return hashlib.sha256(der(certificate)).hexdigest()


def seal(path: Path, sealer: Sealer, run: Run) -> str:
    """Seal a finished PDF in place, and bring it to disk. Whoever gives it away reads the seal first (`read_back`).

    Args:
        path: the file; its end grows, nothing of it is copied.
        sealer: who seals.
        run: calls a target in a child process, with its payload and most seconds.

    Returns:
        SHA-256 of the file, by this process and no other.

    Raises:
        SealFailed: `timestamp_unreachable`, `revocation_unreachable`, `revocation_unproved`, `certificate_revoked`,
            `seal_too_long` (a message longer than the room for it), or a child's code.
    """
    try:
        return _seal(path, sealer, run)
    except ChildFailed as failed:
        raise SealFailed(failed.code.removeprefix("refused:")) from None
    except TimestampUnreachable:
        raise SealFailed("timestamp_unreachable") from None


def read_back(path: Path, sealer: Sealer, run: Run) -> str:
    """Read the seal of a sealed file as a stranger would.

    Returns:
        SHA-256 of the file.

    Raises:
        SealFailed: `seal_broken`, it does not hold; or a child's code.
    """
    try:
        read = run("bundles.seals.reading:read", {"path": str(path)} | sealer.trust.told(), SECONDS)
    except ChildFailed as failed:
        raise SealFailed(failed.code.removeprefix("refused:")) from None
    if not read["is_sealed"]:
        raise SealFailed("seal_broken")
    return str(read["sha256"])


def _seal(path: Path, sealer: Sealer, run: Run) -> str:
    told = {"path": str(path), "at": datetime.now(UTC).isoformat()}
    # Nothing of it is kept by the reader: what is filled in between would not be seen.
    with open(path, "rb", buffering=0) as file, ThreadPoolExecutor(2) as beside:
        digest = _Digest(file)
        # While room is made behind its end.
        doing = [beside.submit(digest.go_on, os.path.getsize(path)), beside.submit(os.fsync, file.fileno())]
        room = run("bundles.seals.placing:place_seal", told, SECONDS)
        for each in doing:
            each.result()
        message, certificates = _signature(sealer, digest.around(room))
        _fill(path, room, message)
        proofs = sealer.proofs_of(certificates)
        proved = {
            "certificates": [der(each).hex() for each in certificates],
            "lists": [each.hex() for each in proofs.lists],
            "answers": [each.hex() for each in proofs.answers],
        }
        room = run("bundles.seals.placing:place_time", {"path": str(path)} | proved, SECONDS)
        _fill(path, room, sealer.authority.stamp(digest.around(room)))
        return digest.whole()


class _Digest:
    """SHA-256 of a file that grows at its end: nearly all of it lies under both signatures, and is read once."""

    def __init__(self, file: FileIO) -> None:
        self.file, self.at, self.total = file, 0, hashlib.sha256()

    def go_on(self, until: int) -> None:
        """Read on to there."""
        for block in _blocks(self.file, self.at, until):
            self.total.update(block)
        self.at = until

    def around(self, room: Mapping[str, Any]) -> bytes:
        """Of all but the room for a message, which is not filled yet.

        Raises:
            SealFailed: `seal_broken`: it lies in what was read before, or is not in the file.
        """
        start, end, size = room["start"], room["end"], os.fstat(self.file.fileno()).st_size
        if not self.at <= start < end <= size:
            raise SealFailed("seal_broken")
        self.go_on(start)
        total = self.total.copy()
        for block in _blocks(self.file, end, size):
            total.update(block)
        return total.digest()

    def whole(self) -> str:
        """Of all that is in the file now, in hexadecimal."""
        self.go_on(os.fstat(self.file.fileno()).st_size)
        return self.total.hexdigest()


def _blocks(file: FileIO, start: int, end: int) -> Iterator[bytes]:
    file.seek(start)
    while start < end and (block := file.read(min(BLOCK, end - start))):
        start += len(block)
        yield block


def _signature(sealer: Sealer, digest: bytes) -> tuple[bytes, tuple[x509.Certificate, ...]]:
    """The signed message with a time stamp over its signature, and every certificate it is checked with."""
    by = sealer.identity
    attributes = signing.attributes_of(by, digest)
    signature = signing.sign(by.key, attributes.dump())
    token = sealer.stamp(signature)
    stamped = check(token, hashlib.sha256(signature).digest(), sealer.time_roots)
    beside = signing.attribute("signature_time_stamp_token", signing.cms.ContentInfo.load(token))
    message = signing.message(by, attributes, signature, unsigned=[beside]).dump()
    return message, tuple(dict.fromkeys((*by.all, *stamped.certificates)))


def _fill(path: Path, room: Mapping[str, Any], message: bytes) -> None:
    letters = message.hex().upper().encode()
    if len(letters) > room["end"] - room["start"] - 2:
        raise SealFailed("seal_too_long")
    with open(path, "r+b") as file:
        file.seek(room["start"] + 1)
        file.write(letters)
        file.flush()
        os.fsync(file.fileno())
