"""The six figures of an authenticator (RFC 6238), with the standard library alone: the check runs outside Django."""

import base64
import hashlib
import hmac
import time

STEP_SECONDS = 30
SPARE_SECONDS = 8


def code_of(secret: str, at: float | None = None) -> str:
    """The code of a moment, by default of this one."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8), casefold=True)
    step = int(time.time() if at is None else at) // STEP_SECONDS
    digest = hmac.new(key, step.to_bytes(8, "big"), hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(int.from_bytes(digest[start : start + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06d}"


def code_with_time_to_spare(secret: str) -> str:
    """The present code, or the next where this one ends while it is on its way: a code is good for its half minute."""
    left = STEP_SECONDS - time.time() % STEP_SECONDS
    if left < SPARE_SECONDS:
        time.sleep(left + 0.1)
    return code_of(secret)
