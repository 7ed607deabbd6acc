"""The one form of an entry that is digested and sealed: the same text always gives the same bytes."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from uuid import UUID

VERSION = "entry-1"
_DIGEST = re.compile(r"[0-9a-f]{64}")


def canonical_entry(fields: Mapping[str, object], file_digests: Sequence[str]) -> bytes:
    """An entry's fields and files as canonical JSON in UTF-8.

    Keys are sorted, no space is added, text stays exactly as kept (no Unicode normalisation: two spellings that look
    alike are two texts), instants are UTC. Files are their SHA-256 digests in order; a file sent twice is there twice.

    Args:
        fields: names and values: text, whole numbers, booleans, None, dates, times, aware instants, UUIDs, and lists or
            mappings of these.
        file_digests: SHA-256 of each file, 64 small hexadecimal letters.

    Raises:
        TypeError: a value has no one form, such as a floating-point number.
        ValueError: an instant without a zone, a digest that is none, or text that UTF-8 cannot hold.
    """
    for digest in file_digests:
        if not _DIGEST.fullmatch(digest):
            raise ValueError(f"not a SHA-256 digest: {digest!r}")
    document = {"version": VERSION, "fields": _plain(fields), "files": sorted(file_digests)}
    return json.dumps(document, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")).encode()


def entry_digest(fields: Mapping[str, object], file_digests: Sequence[str]) -> str:
    """SHA-256 of the canonical form, in hexadecimal."""
    return hashlib.sha256(canonical_entry(fields, file_digests)).hexdigest()


def _plain(value: object) -> object:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Mapping):
        return {_key(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return _stamp(value)


def _key(key: object) -> str:
    if not isinstance(key, str):
        raise TypeError(f"keys are text, not {type(key).__name__}")
    return str(key)


def _stamp(value: object) -> str:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("an instant needs a zone")
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no canonical form")
