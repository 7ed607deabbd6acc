"""What stands for a tiny file in papers that others read: its digest alone would give it away to whoever guesses.

A phone number in a text file has a digest that ten thousand million tries find. A commitment is over a salt as well,
which the service keeps: told the salt and the file, anybody checks it; without, nobody can.
"""

import hashlib
import hmac
from functools import lru_cache
from uuid import UUID

from django.conf import settings

from accounts.keys import key_for

TINY_BYTES = 1024
PURPOSE = b"nsvcs commitment v1"


def salt_of(pk: UUID | str) -> str:
    """The salt of one thing: told to who is to check its commitment, once it may be."""
    return hmac.digest(_key(settings.MASTER_KEY), str(pk).encode(), "sha256").hex()


@lru_cache(maxsize=2)
def _key(_master: str) -> bytes:
    """Worked out once, and not for each of five thousand entries."""
    return key_for(PURPOSE)


def commitment(pk: UUID | str, sha256: str) -> str:
    """Over one thing's salt and digest: SHA-256 of the two, written one after the other."""
    return hashlib.sha256(f"{salt_of(pk)}{sha256}".encode()).hexdigest()


def commitment_of(*, evidence_id: UUID | str, size_bytes: int, sha256: str) -> str:
    """What is printed in place of a file's digest; empty for a file that is too long to be guessed.

    Args:
        evidence_id: the file's row.
        size_bytes: its length; below 1,024 bytes it could be guessed.
        sha256: its digest.
    """
    return commitment(evidence_id, sha256) if size_bytes < TINY_BYTES else ""


def may_have_digests(edition_or_recipient: str) -> bool:
    """Whether a reader gets every digest: of what they may have whole, there is nothing to guess."""
    return edition_or_recipient in {"own", "victim", "police"}
