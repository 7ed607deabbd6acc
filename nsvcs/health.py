"""Whether this copy can do its work, for a proxy, a container engine and `bin/start`."""

import os
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse

from nsvcs.access import open_to_all, own_transactions
from nsvcs.celery import SEEN_EVERY_SECONDS, SEEN_KEY, app

GOOD, WAITING, BAD = "ok", "waiting", "failing"
WORKER_SILENT_SECONDS = 4 * SEEN_EVERY_SECONDS
# Without these nothing can be kept. Broker and worker may be away: what is to be done waits as rows.
NEEDED = ("database", "migrations", "storage")


@open_to_all
@own_transactions
def health(request: HttpRequest) -> JsonResponse:
    """Answer 200 while entries and files can be kept, else 503; every part with one word."""
    parts = {name: _asked(check) for name, check in CHECKS.items()}
    fine = all(parts[name] == GOOD for name in NEEDED)
    return JsonResponse({"ok": fine, **parts}, status=200 if fine else 503, headers={"Cache-Control": "no-store"})


def _asked(check: Callable[[], str]) -> str:
    try:
        return check()
    except (DatabaseError, OSError):
        return BAD


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return GOOD


def _migrations() -> str:
    """Asked of the database until it says yes; a running process never sees them undone."""
    global _migrated
    if not _migrated:
        executor = MigrationExecutor(connection)
        _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return GOOD if _migrated else WAITING


def _broker() -> str:
    try:
        with app.connection_for_write(connect_timeout=2) as door:
            door.ensure_connection(max_retries=1, interval_start=0, interval_step=0, timeout=2)
    except Exception:
        return WAITING
    return GOOD


def _worker() -> str:
    seen = cache.get(SEEN_KEY)
    if seen is None:
        return WAITING
    silent = datetime.now(UTC) - datetime.fromisoformat(seen)
    return GOOD if silent < timedelta(seconds=WORKER_SILENT_SECONDS) else WAITING


def _storage() -> str:
    """A probe file written and removed; another machine's store is asked by its own health check."""
    if settings.STORAGE_URL:
        return GOOD
    folder = Path(settings.MEDIA_ROOT)
    folder.mkdir(parents=True, exist_ok=True)
    probe = folder / f".probe-{uuid.uuid4()}"
    with probe.open("wb") as file:
        file.write(b"probe")
        os.fsync(file.fileno())
    probe.unlink()
    return GOOD


_migrated = False
CHECKS = {
    "database": _database,
    "migrations": _migrations,
    "storage": _storage,
    "broker": _broker,
    "worker": _worker,
}
