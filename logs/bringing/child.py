"""Functions for a limited child process that open a source file: what it is, all its records, its attachments.

They are called through `jobs.child.run` and by nothing else. What was read goes to a file of JSON lines, one record a
line, that the worker loads in pieces: neither process ever holds a whole chat.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jobs.child import Refused
from logs.importing import Guess, Item, Media, Options, Reject, Skip, Unreadable, guess, media_bytes, read, sniff
from logs.rules import HOME_ZONE

LOOK, READ, EXTRACT = (f"logs.bringing.child:{name}" for name in ("look_at", "read_all", "extract"))
# Address space in megabytes: a table of a document is held whole by its library, everything else is streamed.
MEMORY_MB = 500
MOST_RECORDS = 100_000
MOST_NAMES = 200
HOME = ZoneInfo(HOME_ZONE)
OUTCOMES = {Item: "item", Skip: "skip", Reject: "reject"}


def look_at(payload: dict[str, Any]) -> dict[str, Any]:
    """Say what kind of source a file is and how it would be read.

    Args:
        payload: path `source`.

    Returns:
        `kind`, `is_date_order_sure`, the guessed `date_order`, `own_name` and `columns`, `names` and `headings` seen,
        and up to five `examples`.

    Raises:
        Refused: it is none that can be read, by the code of `UNREADABLE_WORDS`.
    """
    source = Path(payload["source"])
    try:
        kind = sniff(source)
        if kind is None:
            raise Refused("unknown")
        return _told(guess(source, kind))
    except Unreadable as error:
        raise Refused(error.code) from error


def _told(found: Guess) -> dict[str, Any]:
    return {
        "kind": found.kind,
        "is_date_order_sure": found.is_date_order_sure,
        "date_order": found.options.date_order or "",
        "own_name": found.options.own_name,
        "columns": dict(found.options.columns),
        "names": [name[:120] for name in found.names[:MOST_NAMES]],
        "headings": [heading[:120] for heading in found.columns[:MOST_NAMES]],
        "examples": [_example(item) for item in found.examples],
    }


def _example(item: Item) -> dict[str, str]:
    words = item.text or item.fields.get("what_happened", "") or item.raw
    return {"when": item.when_words[:80], "sender": item.sender[:120], "words": words[:200]}


def read_all(payload: dict[str, Any]) -> dict[str, Any]:
    """Read every record into a file of JSON lines.

    Args:
        payload: paths `source` and `target`, the `kind`, `options` by the names of `logs.importing.Options`, and
            perhaps `days`: the first and the last day wanted, in words of ISO 8601, each may be empty; `most_records`.

    Returns:
        how many records of each kind: `item`, `skip`, `reject`, and `outside` the days wanted, which are not written.

    Raises:
        Refused: it cannot be read as a whole, or holds more than `MOST_RECORDS` (`too_many`).
    """
    counts = dict.fromkeys([*OUTCOMES.values(), "outside"], 0)
    first, last = payload.get("days") or ("", "")
    try:
        records = read(Path(payload["source"]), payload["kind"], Options(**payload["options"]))
        with open(payload["target"], "w", encoding="ascii") as target:
            for record in records:
                outcome = OUTCOMES[type(record)]
                if _is_outside(record, first, last):
                    counts["outside"] += 1
                    continue
                counts[outcome] += 1
                _refuse_too_many(counts, payload.get("most_records", MOST_RECORDS))
                target.write(json.dumps({"outcome": outcome, **vars(record)}, default=_plain))
                target.write("\n")
    except Unreadable as error:
        raise Refused(error.code) from error
    return counts


def _is_outside(record: Any, first: str, last: str) -> bool:
    """Whether it happened on a day that is not wanted. What has no day is never left out by its day."""
    if not isinstance(record, Item) or not (first or last):
        return False
    day = record.instant.astimezone(HOME).date() if record.instant else record.on
    return day is not None and not (first or "0") <= day.isoformat() <= (last or "9")


def _refuse_too_many(counts: dict[str, int], most: int) -> None:
    if sum(counts[outcome] for outcome in OUTCOMES.values()) > most:
        raise Refused("too_many")


def _plain(value: Any) -> Any:
    if isinstance(value, Media):
        return vars(value)
    if isinstance(value, frozenset | set):
        return sorted(value)
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return dict(value)


def extract(payload: dict[str, Any]) -> dict[str, Any]:
    """Write attachments of a source into a folder, each under its place in the list and never under its own name.

    Args:
        payload: paths `source` and `folder`, the `kind`, `members` as `Media.member` names them, `most_bytes` of one.

    Returns:
        `missing`: the places of those that are not there, are damaged or too long.
    """
    folder, missing = Path(payload["folder"]), []
    for place, member in enumerate(payload["members"]):
        target = folder / str(place)
        try:
            _write(media_bytes(Path(payload["source"]), payload["kind"], member), target, payload["most_bytes"])
        except Unreadable:
            target.unlink(missing_ok=True)
            missing.append(place)
    return {"missing": missing}


def _write(pieces: Iterable[bytes], target: Path, most_bytes: int) -> None:
    written = 0
    with target.open("wb") as file:
        for piece in pieces:
            written += len(piece)
            if written > most_bytes:
                raise Unreadable("too_big")
            file.write(piece)
    if not written:
        raise Unreadable("empty")
