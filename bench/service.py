"""A service of its own to measure: database, broker and web process below `var/bench`, filled with invented load data.

Nothing here touches the data of `bin/start`. A filled service is kept and used again; delete its folder to fill anew.
"""

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psycopg

from bench.people import texts, victims
from nsvcs.embedded.broker import stop_broker
from nsvcs.embedded.database import admin_connection, stop_database
from nsvcs.embedded.place import open_var, place_of
from nsvcs.ids import uuid7
from nsvcs.starting import frontend, machine
from nsvcs.starting.copy import ROOT, SCHEMA, Copy

FILL = Path(__file__).with_name("fill.sql")


@dataclass(frozen=True)
class Size:
    """How much there is; each of `workers` holds about forty open cases."""

    people: int
    cases: int
    incidents: int
    events: int
    workers: int
    waiting: int


PRESETS = {
    "small": Size(people=600, cases=750, incidents=12_000, events=80_000, workers=12, waiting=10),
    "medium": Size(people=6_000, cases=7_500, incidents=120_000, events=800_000, workers=60, waiting=50),
    "full": Size(people=60_000, cases=75_000, incidents=1_200_000, events=8_000_000, workers=60, waiting=100),
}
COUNTED = ("cases_victim", "cases_case", "cases_task", "logs_incident", "logs_evidence", "audit_event")


class Service:
    """One filled copy of the service, with its web process on loopback."""

    def __init__(self, preset: str) -> None:
        self.size = PRESETS[preset]
        self.var = ROOT / "var" / "bench" / preset
        self.copy = Copy(self.var, int(os.environ["PORT"]))

    @contextmanager
    def running(self) -> Iterator["Service"]:
        """Bring it up, filled; everything it started ends with it."""
        open_var(self.var)
        self.copy.children.clear_leftovers()
        frontend.build(self.var, lambda *commands: self.copy.run("web", *commands))
        self.copy.start_servers()
        try:
            self._fill()
            web = [sys.executable, "-m", "gunicorn", "nsvcs.wsgi"]
            self.copy.children.start("web", web, self.copy.environment("web"))
            self.copy._wait_until_ready()
            yield self
        finally:
            self.copy.children.stop()
            stop_broker(self.var)
            stop_database(self.var)

    def connect(self) -> psycopg.Connection:
        """As the server's administrator, outside row security: to fill, and to fetch rows by hand."""
        return admin_connection(place_of(self.var), "nsvcs")

    def filled(self) -> dict[str, Any]:
        """Rows of each table that counts, and what filling took."""
        found: dict[str, Any] = json.loads((self.var / "filled.json").read_text())
        return found

    def _fill(self) -> None:
        done = self.var / "filled.json"
        self.copy.run("owner", *SCHEMA)
        if done.exists():
            return
        began = time.monotonic()
        with self.connect() as connection:
            fill(connection, self.size)
            rows = {table: _count(connection, table) for table in COUNTED}
        done.write_text(json.dumps({"rows": rows, "seconds": round(time.monotonic() - began)}))


def fill(connection: psycopg.Connection, size: Size) -> None:
    """Write the load data, in one transaction: a broken-off filling leaves nothing."""
    with connection.transaction():
        connection.execute("SET LOCAL session_replication_role = replica")  # no trigger: keys are right by making
        connection.execute("SET LOCAL synchronous_commit = off")
        connection.execute("SET LOCAL work_mem = '256MB'")
        _write_inputs(connection, size)
        for statement in FILL.read_text().split(";\n"):
            if statement.strip():
                connection.execute(statement.encode())
    connection.execute("VACUUM ANALYZE")


def _write_inputs(connection: psycopg.Connection, size: Size) -> None:
    numbers = asdict(size)
    connection.execute(f"CREATE TABLE bench_size ({', '.join(f'{name} integer' for name in numbers)})".encode())
    connection.execute(f"INSERT INTO bench_size VALUES ({', '.join(map(str, numbers.values()))})".encode())
    connection.execute("CREATE TABLE bench_text (n integer, body bytea)")
    with connection.cursor().copy("COPY bench_text FROM STDIN") as rows:
        for text in texts():
            rows.write_row(text)
    connection.execute(
        "CREATE TABLE bench_person (id uuid, user_id uuid, number integer, first_name text, last_name text,"
        " born_on date, phone text, phone_keys text[], first_codes text[], surname_codes text[])"
    )
    with connection.cursor().copy("COPY bench_person FROM STDIN") as rows:
        for person in victims(size.people):
            rows.write_row([uuid7(), uuid7(), *person.values()])


def _count(connection: psycopg.Connection, table: str) -> int:
    found = connection.execute(f"SELECT count(*) FROM {table}".encode()).fetchone()
    return int(found[0]) if found else 0


def enter(preset: str) -> None:
    """Start this program again as one more web process of the service, to sign people in and to count queries.

    Where things are is decided by the environment, and read when the first module of the service is imported.
    """
    var = str(ROOT / "var" / "bench" / preset)
    if os.environ.get("NSVCS_VAR") != var:
        for name in ("DATABASE_URL", "BROKER_URL", "CACHE_URL", "STORAGE_URL", "SITE_URL", "DEMO_DATA"):
            os.environ.pop(name, None)
        os.environ |= {"NSVCS_VAR": var, "NSVCS_PROCESS": "web", "PORT": str(machine.free_port())}
        os.environ["DJANGO_SETTINGS_MODULE"] = "nsvcs.settings"
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])
