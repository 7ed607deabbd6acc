"""Keys of the accounts' room, each derived from MASTER_KEY for one purpose, and what is done with them."""

import base64
import hashlib
import hmac
import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

VERSION = "v1."
NONCE_BYTES = 12
FACTORS = b"nsvcs sign-in factors v1"


def key_for(purpose: bytes) -> bytes:
    """A 256-bit key for one purpose."""
    return hmac.new(settings.MASTER_KEY.encode(), purpose, hashlib.sha256).digest()


def keyed_digest(purpose: bytes, text: str) -> str:
    """A digest nobody can search for without the master key: for network addresses, names and parts of codes."""
    return hmac.new(key_for(purpose), text.encode(), hashlib.sha256).hexdigest()


def seal_secret(text: str) -> str:
    """Encrypt a sign-in secret (AES-256-GCM) for the database."""
    nonce = os.urandom(NONCE_BYTES)
    sealed = nonce + AESGCM(key_for(FACTORS)).encrypt(nonce, text.encode(), FACTORS)
    return VERSION + base64.urlsafe_b64encode(sealed).decode()


def open_secret(sealed: str) -> str:
    """Decrypt what `seal_secret` made.

    Raises:
        ValueError: it is not of this version.
        cryptography.exceptions.InvalidTag: it was altered, or made under another master key.
    """
    if not sealed.startswith(VERSION):
        raise ValueError("a sign-in secret that is not encrypted")
    plain = base64.urlsafe_b64decode(sealed.removeprefix(VERSION))
    return AESGCM(key_for(FACTORS)).decrypt(plain[:NONCE_BYTES], plain[NONCE_BYTES:], FACTORS).decode()
