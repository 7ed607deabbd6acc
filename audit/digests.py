"""The day's heads of all chains, signed, kept in the database and in a file outside it.

A chain alone does not show that its tail was cut off; a head kept elsewhere does.
"""

import json
import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from audit.verifying import sign_heads
from nsvcs.identity import acting_as

BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
OVERLAP = timedelta(days=1)  # an event sealed while the last digest was being made is in this one


def keep_digest(*, day: date) -> Path | None:
    """Keep the heads of every stream that moved since the last digest; once a day, however often it is called.

    Args:
        day: the day it is named for, in Europe/London.

    Returns:
        the file written, or none when that day's digest is already kept.

    Raises:
        OSError: the file could not be written; then the database keeps no digest either.
    """
    with acting_as(None, process="worker"), connection.cursor() as cursor:
        cursor.execute("SELECT audit_last_digest()")
        since = (cursor.fetchone()[0] or BEGINNING) - OVERLAP
        cursor.execute("SELECT audit_heads(%s)", [since])
        heads = _loaded(cursor.fetchone()[0])
        signature = sign_heads(heads)
        cursor.execute("SELECT audit_keep_digest(%s, %s::jsonb, %s)", [day, json.dumps(heads), signature])
        is_new = bool(cursor.fetchone()[0])
        return _write(day, heads, signature) if is_new else None


def _loaded(value: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(value) if isinstance(value, str) else value
    return found


def _write(day: date, heads: dict[str, Any], signature: str) -> Path:
    """Whole or not at all, readable by the service's own user only."""
    folder = Path(settings.DIGEST_FOLDER)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = folder / f"{day.isoformat()}.json"
    draft = target.with_suffix(".part")
    content = json.dumps({"day": day.isoformat(), "heads": heads, "signature": signature}, sort_keys=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(target)
    return target
