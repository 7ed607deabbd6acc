"""The database server is really stopped and started while a worker builds: one finished bundle comes of it."""

import shutil
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from jobs.models import Job
from nsvcs import embedded
from nsvcs.embedded import binaries
from nsvcs.embedded.database import admin_connection, start_database, stop_database
from nsvcs.embedded.place import place_of, prepare, secret
from nsvcs.embedded.roles import ADMIN
from nsvcs.storage import file_store
from tests.bundles.test_actions import ask_for, world

__all__ = ["world"]
ROOT = Path(__file__).parents[2]
COPY = "restarted"
FOUND = """
SELECT b.state, b.storage_name, b.size_bytes, j.state, j.attempts,
    (SELECT count(*) FROM audit_event e WHERE e.target_id = b.id::text AND e.action = 'bundle.built')
FROM bundles_bundle b JOIN jobs_job j ON j.object_id = b.id AND j.kind = 'bundle' WHERE b.id = %s
"""


@pytest.fixture
def server(tmp_path):
    """A server of this test's own, with the passwords of the tests' server, so that a copy of its data fits."""
    var = tmp_path / "server" / "var"
    var.mkdir(parents=True)
    shutil.copytree(embedded.VAR / "secrets", var / "secrets")
    start_database(var, for_tests=True)
    yield var
    stop_database(var)
    found = place_of(var)
    shutil.rmtree(found.run, ignore_errors=True)
    if found.home != var:
        shutil.rmtree(found.home)


def copied(database, var):
    """Bring a database of the tests' server to another one, row for row."""
    theirs, account = prepare(embedded.VAR)
    ours = place_of(var)
    with admin_connection(ours) as connection:
        connection.execute(f"CREATE DATABASE {COPY}")
    programs = binaries.postgres(theirs, account)
    environment = {"PGPASSWORD": secret(var, "database-admin"), "PATH": ""}
    of = [programs / "pg_dump", "-h", theirs.run, "-U", ADMIN, "-d", database]
    to = [programs / "psql", "-h", ours.run, "-U", ADMIN, "-d", COPY, "-q", "-v", "ON_ERROR_STOP=1", "-o", "/dev/null"]
    with subprocess.Popen(of, env=environment, stdout=subprocess.PIPE) as dump:
        subprocess.run(to, env=environment, stdin=dump.stdout, check=True)
    assert dump.returncode == 0


def one(var, question, *values):
    with psycopg.connect(
        host=str(place_of(var).run), user=ADMIN, password=secret(var, "database-admin"), dbname=COPY, autocommit=True
    ) as connection:
        found = connection.execute(question, values)
        return found.fetchone() if found.description else None


def until(holds, seconds=120.0):
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < seconds, "it took too long"
        time.sleep(0.02)


@pytest.mark.commits
def test_a_server_that_restarts_in_the_middle_of_a_build_costs_an_attempt_and_nothing_else(own_database, world, server):
    worker, case = world
    bundle = ask_for(case, worker, evidence_ids=[])
    job = Job.objects.get(object_id=bundle.pk, kind="bundle")
    copied(own_database, server)
    host = str(place_of(server).run)
    command = [sys.executable, "-m", "tests.jobs.worker_process", COPY, host, settings.MEDIA_ROOT, str(job.pk)]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL) as process:
        try:
            until(lambda: one(server, "SELECT done > 0 FROM jobs_job WHERE id = %s", job.pk)[0])
            stop_database(server)
            start_database(server, for_tests=True)
            assert one(server, FOUND, bundle.pk)[0] == "building"
            # What the worker could not write while the server was away, the sweep finds once it is silent long enough.
            one(server, "UPDATE jobs_job SET silent_after = now() WHERE id = %s AND state = 'running'", job.pk)
            process.wait(120)
        finally:
            process.kill()
    state, name, size, job_state, attempts, built = one(server, FOUND, bundle.pk)
    assert (state, job_state, attempts, built) == ("ready", "done", 2, 1)
    with file_store().path_or_copy(name) as path:
        assert path.stat().st_size == size
    assert one(server, "SELECT count(*) FROM bundles_partorder")[0] == 0
