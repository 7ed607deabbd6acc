"""The six figures of an authenticator (RFC 6238), with the standard library alone: the check runs outside Django."""

import base64
import hashlib
import hmac
import time

STEP_SECONDS = 30


def code_of(secret: str, at: float | None = None) -> str:
    """The code of a moment, by default of this one."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8), casefold=True)
    step = int(time.time() if at is None else at) // STEP_SECONDS
    digest = hmac.new(key, step.to_bytes(8, "big"), hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(int.from_bytes(digest[start : start + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06d}"
