"""One mail opened in bounded memory: the middle of a long part is left out, and put back where it is asked for.

The library holds a mail several times over, line by line: an attachment of 25 MB took 400 MB of memory.
"""

import email
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from email.errors import HeaderParseError
from email.message import Message
from itertools import islice
from typing import TypeVar

MAX_HEAD = 256 * 1024
MAX_BOUNDARIES = 2_000
# So much of a part is always there: more than is shown of any text.
KEPT = 256 * 1024
_BLANK = re.compile(rb"\r?\n\r?\n")
_PARTING = re.compile(rb"^--[^\r\n]", re.MULTILINE)
_FAILURES = (ValueError, LookupError, TypeError, AttributeError, HeaderParseError, RecursionError)
Kind = TypeVar("Kind")


def safely(ask: Callable[[], Kind], otherwise: Kind) -> Kind:
    """An answer of the mail library, or another where what it reads is too broken for it."""
    try:
        return ask()
    except _FAILURES:
        return otherwise


@dataclass(frozen=True)
class Letter:
    """A mail.

    Args:
        message: as the library reads it, with long parts shortened.
        raw: its bytes.
        gap: what stands in place of bytes left out, with where they begin and end; made up anew for every letter, so
            that no mail can hold it.
        is_cut: whether it is only the beginning of one whose headers or parts no end was to be seen of.
        shortened: how many gaps there were in each text that was read.
    """

    message: Message
    raw: bytes
    gap: re.Pattern[bytes]
    is_cut: bool
    shortened: list[int] = field(default_factory=list)

    def whole(self, content: str) -> bytes:
        """The bytes of a part with what was left out of them."""
        return self.gap.sub(
            lambda found: self.raw[int(found[1]) : int(found[2])], content.encode("ascii", "surrogateescape")
        )

    def length(self, content: str) -> int:
        """How long `whole` would be, without making it."""
        gaps = self.gap.finditer(content.encode("ascii", "surrogateescape"))
        return len(content) + sum(int(found[2]) - int(found[1]) - len(found[0]) for found in gaps)

    def without_gaps(self, content: str) -> str:
        """What is there of a text; that something is missing is remembered."""
        text, count = self.gap.subn(b"", content.encode("ascii", "surrogateescape"))
        self.shortened.append(count)
        return text.decode("ascii", "surrogateescape")


def opened(content: bytes) -> Letter | None:
    """A mail from its bytes; None where the library gives up."""
    content = content.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    raw, is_cut = _bounded(content)
    token = secrets.token_hex(12).encode()
    gap = re.compile(rb"\n?" + token + rb" (\d+) (\d+) ?\n?")
    slim = _slim(raw, token)
    message = safely(lambda: email.message_from_bytes(slim), None)
    return Letter(message, raw, gap, is_cut) if message is not None else None


def _bounded(content: bytes) -> tuple[bytes, bool]:
    blank = _BLANK.search(content)
    head = blank.start() if blank else len(content)
    is_cut = head > MAX_HEAD
    if is_cut:
        content = content[: content.rfind(b"\n", 0, MAX_HEAD) + 1] + content[head:].lstrip(b"\r\n")
    found = next(islice(_PARTING.finditer(content), MAX_BOUNDARIES, None), None)
    return (content[: found.start()], True) if found else (content, is_cut)


def _slim(raw: bytes, token: bytes) -> bytes:
    starts = [0, *(found.start() for found in _PARTING.finditer(raw)), len(raw)]
    pieces = []
    for start, end in zip(starts, starts[1:], strict=False):
        if end - start <= 3 * KEPT:
            pieces.append(raw[start:end])
            continue
        blank = _BLANK.search(raw, start, min(end, start + KEPT))
        begins = blank.end() if blank else start
        # Cut at the end of a line; the line end before the next part is the parting's own.
        kept = raw.rfind(b"\n", begins, begins + KEPT)
        kept = kept + 1 if kept > 0 else begins + KEPT
        last = end - 2 if raw[end - 2 : end] == b"\r\n" else end - 1 if raw[end - 1 : end] == b"\n" else end
        pieces += [raw[start:kept], b"\n%b %d %d \n" % (token, kept, last), raw[last:end]]
    return b"".join(pieces)
