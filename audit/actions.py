"""Writing to the trail: always in the transaction of what it speaks of, so that neither stands without the other."""

import json
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db import connection, models

from audit.models import Action
from nsvcs.identity import acting_as

SOME = 5000


def record(
    action: Action,
    *,
    target: models.Model | None = None,
    case_ids: Iterable[UUID] = (),
    detail: Mapping[str, Any] | None = None,
    by: UUID | None = None,
) -> None:
    """Record one event for whoever the transaction acts for. If this fails, what was to be seen is not shown.

    Args:
        action: what was done or seen.
        target: the row it was done to; its label and id are kept, nothing else.
        case_ids: the cases it speaks of; one case makes it part of that case's chain.
        detail: names of fields, ids, counts and digests; never text about a person.
        by: only read for commands that act for nobody; in a request or job the database knows who it is.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT audit_record(%s, %s, %s, %s::uuid[], %s::jsonb, %s)",
            [
                str(action),
                target._meta.label_lower if target is not None else "",
                str(target.pk) if target is not None else "",
                [str(case_id) for case_id in case_ids],
                json.dumps(detail or {}),
                str(by) if by else None,
            ],
        )


def seal(limit: int = SOME) -> int:
    """Seal up to `limit` events, each into its stream's chain; returns how many. Worker and owner only."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_seal_some(%s)", [limit])
        return int(cursor.fetchone()[0])


def seal_waiting() -> int:
    """Seal everything that is loose, some at a time, so that no lock is held for long; returns how many."""
    total = 0
    while True:
        with acting_as(None, process="worker"):
            sealed = seal()
        total += sealed
        if sealed < SOME:
            return total
