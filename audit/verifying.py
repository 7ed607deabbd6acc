"""Checks the chains from outside: reads every link, makes each digest again in Python, and compares the kept heads.

Runs as the owner; the web and worker roles may not read these tables at all.
"""

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

LATE = timedelta(minutes=5)
LINKS = """
SELECT s.stream, s.sequence, s.event_id, s.previous, s.digest, audit_canonical(e), e.id IS NULL
FROM audit_seal s LEFT JOIN audit_event e ON e.id = s.event_id ORDER BY s.stream, s.sequence
"""
LOOSE = """
SELECT e.id, e.stream FROM audit_event e LEFT JOIN audit_seal s ON s.event_id = e.id
WHERE s.event_id IS NULL AND (e.at < %s OR NOT EXISTS (SELECT 1 FROM audit_unsealed q WHERE q.event_id = e.id))
ORDER BY e.id
"""
# On the list to be sealed, and gone before its seal: the list outlives the row.
GONE = """
SELECT q.event_id FROM audit_unsealed q LEFT JOIN audit_event e ON e.id = q.event_id WHERE e.id IS NULL ORDER BY 1
"""


@dataclass(frozen=True)
class Fault:
    """One broken place: the stream, the number in it, and what is wrong in words."""

    stream: str
    sequence: int
    what: str


def sign_heads(heads: dict[str, Any]) -> str:
    """HMAC-SHA256 of a day's heads, by a key derived from MASTER_KEY."""
    key = hmac.new(settings.MASTER_KEY.encode(), b"nsvcs audit digest v1", hashlib.sha256).digest()
    return hmac.new(key, json.dumps(heads, sort_keys=True).encode(), hashlib.sha256).hexdigest()


def _link_faults() -> Iterator[Fault]:
    stream, expected, before = "", 1, b""
    with connection.cursor() as cursor:
        cursor.execute(LINKS)
        for row_stream, sequence, event_id, previous, digest, text, is_missing in cursor:
            if row_stream != stream:
                stream, expected, before = row_stream, 1, b""
            if sequence != expected:
                yield Fault(stream, expected, "a link is missing")
            elif bytes(previous) != before:
                yield Fault(stream, sequence, "the link before it was changed")
            elif is_missing:
                yield Fault(stream, sequence, f"event {event_id} is missing")
            elif hashlib.sha256(before + str(text).encode()).digest() != bytes(digest):
                yield Fault(stream, sequence, f"event {event_id} was changed")
            expected, before = sequence + 1, bytes(digest)


def _loose_faults() -> Iterator[Fault]:
    with connection.cursor() as cursor:
        cursor.execute(LOOSE, [timezone.now() - LATE])
        for event_id, stream in cursor:
            yield Fault(stream, 0, f"event {event_id} was never sealed")
        cursor.execute(GONE)
        for (event_id,) in cursor:
            yield Fault("not sealed yet", 0, f"event {event_id} is missing")


def _kept_digests(folder: Path | None) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Day, heads and signature of every digest: the database's, then those kept as files."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT day, heads, signature FROM audit_digest ORDER BY day")
        for day, heads, signature in cursor.fetchall():
            yield str(day), json.loads(heads) if isinstance(heads, str) else heads, signature
    for path in sorted(folder.glob("*.json")) if folder else []:
        kept = json.loads(path.read_text())
        yield f"{kept['day']} in {path.name}", kept["heads"], kept["signature"]


def _digest_faults(folder: Path | None) -> Iterator[Fault]:
    with connection.cursor() as cursor:
        for day, heads, signature in list(_kept_digests(folder)):
            if not hmac.compare_digest(sign_heads(heads), signature):
                yield Fault("digest", 0, f"the digest of {day} was changed")
            yield from _cut_tails(cursor, day, heads)


def _cut_tails(cursor: Any, day: str, heads: dict[str, list[Any]]) -> Iterator[Fault]:
    for stream, (sequence, digest) in heads.items():
        cursor.execute("SELECT digest FROM audit_seal WHERE stream = %s AND sequence = %s", [stream, sequence])
        row = cursor.fetchone()
        if row is None or bytes(row[0]).hex() != digest:
            yield Fault(stream, sequence, f"does not match the digest of {day}")


def faults(folder: Path | None = None) -> Iterator[Fault]:
    """Every fault found, chains first; empty when the trail is whole.

    Args:
        folder: where the digests' files are, of which a copy is best kept where nobody can reach both.
    """
    yield from _link_faults()
    yield from _loose_faults()
    yield from _digest_faults(folder)
