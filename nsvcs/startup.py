"""What must hold before a web or worker process serves anybody; else it refuses to start, and says why."""

from collections.abc import Callable

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from nsvcs.identity import acting_as
from nsvcs.ids import uuid7

OWNS = """
SELECT 1 FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'S')
AND pg_has_role(current_user, c.relowner, 'MEMBER') LIMIT 1
"""


class UnsafeStart(RuntimeError):
    """This process must not serve anybody."""


def refuse_if_unsafe(process: str = "") -> None:
    """Look at the database as this process will see it; called by `wsgi.py` and by each worker before it works.

    Args:
        process: `web` or `worker`; this process's own kind when not given.

    Raises:
        UnsafeStart: row security would not hold, identities would not be believed, or tables are missing.
    """
    try:
        for holds, sentence in CHECKS:
            if not _asked(holds, process or settings.PROCESS):
                raise UnsafeStart(sentence)
    finally:
        if not connection.in_atomic_block:  # a worker forks after this; children open their own
            connection.close()


def _asked(holds: Callable[[], bool], process: str) -> bool:
    with acting_as(uuid7(), process="worker" if process == "worker" else "web"):
        return holds()


def _one(sql: str) -> tuple[object, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        found: tuple[object, ...] | None = cursor.fetchone()
        return found


def _is_under_row_security() -> bool:
    return _one("SELECT 1 FROM pg_roles WHERE rolname = current_user AND (rolsuper OR rolbypassrls)") is None


def _owns_nothing() -> bool:
    return _one(OWNS) is None


def _is_migrated() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _is_believed() -> bool:
    return _one("SELECT nsvcs_identity_holds()") == (True,)


CHECKS: tuple[tuple[Callable[[], bool], str], ...] = (
    (_is_under_row_security, "The database role may step around row security: connect as nsvcs_web or nsvcs_worker."),
    (_owns_nothing, "The database role owns tables: connect as nsvcs_web or nsvcs_worker."),
    (_is_migrated, "Tables are missing: run manage.py migrate as the owner."),
    (_is_believed, "MASTER_KEY is not the one the database knows: restore it, or run manage.py db_key as the owner."),
)
