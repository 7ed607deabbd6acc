"""The migrated database that each test process gets a copy of: to migrate takes its time, to copy a moment.

`python -m tests.migrated` makes it or brings it up to date, so that no test waits for it.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import connection

from nsvcs import embedded


@contextmanager
def server() -> Iterator[psycopg.Cursor]:
    """A cursor outside any test database, committing each statement."""
    kept = connection.settings_dict
    with psycopg.connect(
        host=kept["HOST"], user=kept["USER"], password=kept["PASSWORD"], dbname="postgres", autocommit=True
    ) as door:
        yield door.cursor()


def drop(name: str) -> None:
    """A database, whoever is connected to it; nothing where there is none."""
    with server() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())


def copy(name: str, template: str) -> None:
    """A database that begins as another is now, to which nobody may be connected."""
    with server() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY'.encode())


def copy_for_this_process(*, anew: bool) -> None:
    """Give this process its database, unless it has one from a run before; the first process to come migrates.

    Args:
        anew: make even the migrated one anew, since a migration was written again.
    """
    name = connection.settings_dict["TEST"]["NAME"]
    with _alone():
        if anew:
            drop(_migrated())
        elif not _exists(name):
            _migrate()
            copy(name, _migrated())


def _migrated() -> str:
    return f"test_{connection.settings_dict['NAME']}_migrated"


def _migrate() -> None:
    """Make it, or bring it up to date."""
    kept, test = connection.settings_dict, connection.settings_dict["TEST"]
    name, test_name = kept["NAME"], test["NAME"]
    try:
        test["NAME"] = _migrated()
        connection.creation.create_test_db(0, autoclobber=True, keepdb=True)
    finally:
        connection.close()
        kept["NAME"], test["NAME"] = name, test_name


def _exists(name: str) -> bool:
    with server() as cursor:
        return bool(cursor.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchall())


@contextmanager
def _alone() -> Iterator[None]:
    """Test processes wait for one another."""
    with (embedded.VAR / "migrated.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main() -> None:
    """Make it, with a server that is up."""
    import django

    django.setup()
    with _alone():
        _migrate()


if __name__ == "__main__":
    main()
