"""Notes sealed in a browser: how they are opened, and how the keys for it are kept.

The browser makes an AES-256-GCM key for each note and wraps it with our RSA-OAEP-3072/SHA-256 public key. The ids of
the key, the note and the phone are bound in: a sealed note moved to another account, note or key does not open.
"""

import base64
import binascii
import hashlib
import json
import os
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from accounts.keys import key_for

VERSION = 1
RSA_BITS = 3072
NONCE_BYTES = 12
PURPOSE = b"nsvcs offline keys v1"
OAEP = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)


class Unreadable(Exception):
    """A sealed note that is damaged, or whose key is not ours any more. The message is a code for the log."""


@dataclass(frozen=True)
class Envelope:
    """A sealed note as a phone sends it."""

    key: UUID
    entry: UUID
    tag: UUID
    wrapped: bytes
    nonce: bytes
    sealed: bytes

    @property
    def bound(self) -> bytes:
        """What is bound in beside the words."""
        return f"nsvcs|{VERSION}|{self.key}|{self.entry}|{self.tag}".encode()


def read_envelope(text: str) -> Envelope:
    """Take a sealed note apart.

    Raises:
        Unreadable: it is none.
    """
    try:
        said = json.loads(text)
        if said["v"] != VERSION:
            raise Unreadable("version")
        key, entry, tag = (UUID(said[name]) for name in ("key", "entry", "tag"))
        wrapped, nonce, sealed = (_decoded(said[name]) for name in ("wrapped", "nonce", "sealed"))
        return Envelope(key, entry, tag, wrapped, nonce, sealed)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise Unreadable("malformed") from error


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise Unreadable("malformed") from error


@dataclass(frozen=True)
class Opened:
    """What was in a sealed note, and the SHA-256 of it."""

    said: dict[str, Any]
    digest: str


def open_envelope(envelope: Envelope, private_sealed: str) -> Opened:
    """Open a sealed note with the private half of its key.

    Raises:
        Unreadable: it does not open, or what is in it is no note.
    """
    try:
        private: Any = serialization.load_der_private_key(_unseal(private_sealed, envelope.key), password=None)
        data_key = private.decrypt(envelope.wrapped, OAEP)
        plain = AESGCM(data_key).decrypt(envelope.nonce, envelope.sealed, envelope.bound)
    except (ValueError, InvalidTag) as error:
        raise Unreadable("does not open") from error
    try:
        said = json.loads(plain)
    except (ValueError, RecursionError) as error:
        raise Unreadable("no note") from error
    if not isinstance(said, dict) or not isinstance(said.get("fields"), dict):
        raise Unreadable("no note")
    return Opened(said, hashlib.sha256(plain).hexdigest())


def new_pair(key_id: UUID) -> tuple[str, str]:
    """A new pair: the public half as base64 SPKI, the private half sealed under the master key."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)
    public = private.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    plain = private.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    nonce = os.urandom(NONCE_BYTES)
    sealed = nonce + AESGCM(key_for(PURPOSE)).encrypt(nonce, plain, key_id.bytes)
    return base64.b64encode(public).decode(), base64.b64encode(sealed).decode()


def _unseal(private_sealed: str, key_id: UUID) -> bytes:
    sealed = base64.b64decode(private_sealed)
    return AESGCM(key_for(PURPOSE)).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], key_id.bytes)
