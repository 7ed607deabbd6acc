"""The seal of a bundle: one signature over every byte of the file but itself.

It stands as a comment line before the file's last three lines, where every PDF reader passes over it.
"""

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MARK = b"%seal:1:"
PURPOSE = b"nsvcs bundle seal 1\0"
TAIL = re.compile(rb"(%seal:1:([0-9a-f]{64}):([0-9a-f]{128})\n)(startxref\n[0-9]{1,12}\n%%EOF\n)\Z")
TAIL_BYTES = 300
BLOCK = 1024 * 1024


@dataclass(frozen=True)
class Seal:
    """What a file's seal says: whose it is, and whether it fits the file."""

    public_key: str
    fits: bool


def sealing_key(master_key: str) -> Ed25519PrivateKey:
    """The service's signing key, made from its master key: nothing further to keep."""
    derive = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"nsvcs bundle seal 1")
    return Ed25519PrivateKey.from_private_bytes(derive.derive(master_key.encode()))


def public_text(key: Ed25519PrivateKey) -> str:
    return key.public_key().public_bytes_raw().hex()


def seal(path: Path, key: Ed25519PrivateKey) -> None:
    """Seal a finished PDF in place and bring it to disk.

    Raises:
        ValueError: the file does not end as a PDF does.
    """
    with open(path, "r+b") as file:
        tail = _cut_tail(file)
        signature = key.sign(PURPOSE + _digest(file, file.seek(0, os.SEEK_END), tail))
        file.seek(0, os.SEEK_END)
        file.write(MARK + public_text(key).encode() + b":" + signature.hex().encode() + b"\n" + tail)
        file.flush()
        os.fsync(file.fileno())


def read_seal(path: Path) -> Seal | None:
    """The seal a file carries in its place; None where there is none."""
    with open(path, "rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - TAIL_BYTES))
        end = file.read()
        found = TAIL.search(end)
        if not found:
            return None
        body = size - len(end) + found.start(1)
        digest = _digest(file, body, found[4])
    public = found[2].decode()
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(
            bytes.fromhex(found[3].decode()), PURPOSE + digest
        )
    except (InvalidSignature, ValueError):
        return Seal(public, fits=False)
    return Seal(public, fits=True)


def bears_mark(path: Path) -> bool:
    """Whether a seal's mark stands anywhere in the file: a trace of a seal that no longer is in its place."""
    before = b""
    with open(path, "rb") as file:
        while block := file.read(BLOCK):
            if MARK in before + block:
                return True
            before = block[-len(MARK) :]
    return False


def _cut_tail(file: BinaryIO) -> bytes:
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - TAIL_BYTES))
    end = file.read()
    found = re.search(rb"startxref\n[0-9]{1,12}\n%%EOF\n\Z", end)
    if not found:
        raise ValueError("does not end as a PDF does")
    file.seek(size - len(end) + found.start())
    file.truncate()
    return found[0]


def _digest(file: BinaryIO, size: int, tail: bytes) -> bytes:
    total = hashlib.sha256()
    file.seek(0)
    while size and (block := file.read(min(BLOCK, size))):
        total.update(block)
        size -= len(block)
    total.update(tail)
    return total.digest()
