"""What the tests' own kinds of job do."""

import time
from datetime import timedelta

from django.db import connection

from accounts.models import Team
from cases.models import Case
from jobs.actions import call_off
from jobs.models import Job
from jobs.working import GivesWay, JobFailed

seen: list[set[str]] = []


def count(work):
    seen.append({str(work.job.attempts)})


def look(work):
    with work.acting():
        seen.append({str(pk) for pk in Case.objects.values_list("pk", flat=True)})


def open_its_case(work):
    with work.acting():
        seen.append({str(Case.objects.get(pk=work.job.object_id).pk)})


def write(work):
    with work.acting():
        Team.objects.create(name="result")
        work.finish()


def lose_the_job_then_write(work):
    Job.objects.filter(pk=work.job.pk).update(attempts=work.job.attempts + 1)  # another worker took it over
    write(work)


def refuse(work):
    with work.acting():
        Team.objects.create(name="half")
        raise JobFailed("too_big", "EX-3")


def break_down(work):
    with work.acting():
        Team.objects.create(name="half")
        raise RuntimeError


def report_progress(work):
    work.progress("copying", 2, 5)
    seen.append({work.job.state, *Job.objects.filter(pk=work.job.pk).values_list("step", flat=True)})


def take_long_over_one_step(work):
    """Until somebody has said four times over that it lives; it says nothing itself."""
    first, deadline = work.job.silent_after, time.monotonic() + 20
    while work.mine().get().silent_after < first + work.kind.lease and time.monotonic() < deadline:
        time.sleep(0.02)
    seen.append({work.mine().filter(silent_after__gte=first + work.kind.lease).exists()})


def give_way_while_somebody_waits(work):
    seen.append({work.job.key, str(work.job.attempts)})
    if work.is_waited_for(timedelta(), only_new=True):
        raise GivesWay


def be_called_off(work):
    call_off(work.object_id, work.kind.name)
    with work.acting():
        Team.objects.create(name="half")
        work.finish()


def lose_the_database_once(work):
    if work.job.attempts == 1:
        with work.acting(), connection.cursor() as cursor:
            Team.objects.create(name="half")
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    write(work)
