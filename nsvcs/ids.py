"""Identifiers the service makes: record keys, neutral letters, sign-in words and one-time codes."""

import os
import secrets
import string
import threading
import time
import uuid
from functools import cache
from pathlib import Path

WORDS_FILE = Path(__file__).with_name("words.txt")

# No letter or figure that is mistaken for another when read out or copied by hand: no 0, 1, I, L, O, U, V, 5 or S.
CODE_ALPHABET = "2346789ABCDEFGHJKMNPQRTWXYZ"
CODE_LENGTH = 12
CODE_GROUP = 4

_COUNTER_BITS = 12
_COUNTER_MASK = (1 << _COUNTER_BITS) - 1
_lock = threading.Lock()
_last = 0


def uuid7() -> uuid.UUID:
    """A version 7 UUID, later than every one this process made before.

    The first 48 bits are milliseconds since 1970. The next twelve are the fraction of the millisecond, and count on
    when two keys fall into the same one or the clock steps back (RFC 9562, section 6.2, method 3), so that keys made
    one after the other sort in that order. The last 62 bits are random.
    """
    now_ns = time.time_ns()
    millis, rest_ns = divmod(now_ns, 1_000_000)
    stamp = _next_stamp((millis << _COUNTER_BITS) | (rest_ns << _COUNTER_BITS) // 1_000_000)
    high = ((stamp >> _COUNTER_BITS) << 16) | (0x7 << 12) | (stamp & _COUNTER_MASK)
    low = (0b10 << 62) | (int.from_bytes(os.urandom(8), "big") >> 2)
    return uuid.UUID(int=(high << 64) | low)


def _next_stamp(stamp: int) -> int:
    global _last
    with _lock:
        _last = max(stamp, _last + 1)
        return _last


def neutral_letters(count: int) -> str:
    """Random small letters for names of things that must say nothing, such as downloads."""
    return "".join(secrets.choice(string.ascii_lowercase) for _ in range(count))


@cache
def words() -> tuple[str, ...]:
    """The words sign-in names are made from."""
    return tuple(line for line in WORDS_FILE.read_text(encoding="ascii").split() if line)


def three_words() -> str:
    """A sign-in name for the portal, such as `amber-kettle-meadow`: three different words joined by hyphens.

    The caller checks that nobody has it yet. It is a name, not a secret.
    """
    return "-".join(secrets.SystemRandom().sample(words(), 3))


def one_time_code() -> str:
    """A code to be given by hand or read out, such as `7KQM-3XRT-9CWH`: about 57 bits, in groups of four."""
    letters = "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
    return "-".join(letters[start : start + CODE_GROUP] for start in range(0, CODE_LENGTH, CODE_GROUP))


def normalise_code(typed: str) -> str:
    """What was typed as a one-time code, in the form it was made in: capitals, grouped, other characters dropped."""
    letters = "".join(letter for letter in typed.upper() if letter.isascii() and letter.isalnum())
    return "-".join(letters[start : start + CODE_GROUP] for start in range(0, len(letters), CODE_GROUP))
