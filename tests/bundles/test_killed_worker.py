"""A worker that is really killed while it builds: its row tells the next one, and one bundle comes of it."""

import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone

from audit.models import Action, Event
from bundles.certificates import trust
from bundles.models import Bundle, BundleFile
from bundles.verifying import UNCHANGED, verify
from bundles.working import work_folders
from jobs import actions, timer
from jobs.kinds import kind
from jobs.models import Job
from nsvcs.storage import file_store
from tests.bundles.test_actions import ask_for, world

ROOT = Path(__file__).parents[2]
MOST = timedelta(minutes=3)

__all__ = ["world"]


@contextmanager
def worker_process(database, job):
    """A process at work on the job; whatever happens, it is over afterwards."""
    command = [sys.executable, "-m", "tests.jobs.worker_process", database, settings.MEDIA_ROOT, str(job.pk)]
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def wait_for(step, attempt, job, process):
    while not Job.objects.filter(pk=job.pk, attempts=attempt, step=step).exists():
        assert process.poll() is None, "it ended before it could be killed"
        time.sleep(0.01)


def visible_files():
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file() and path.name[0] != "."]


@pytest.mark.h("H37")
@pytest.mark.commits
def test_a_killed_worker_s_bundle_is_finished_once_by_another_within_three_minutes(own_database, world):
    """H37: SIGKILL to the process by its number; the sweeper finds the row silent, another process goes on."""
    worker, case = world
    bundle, before = ask_for(case, worker), visible_files()
    job = Job.objects.get(object_id=bundle.pk)
    for attempt, step in enumerate(("preparing", "printing"), 1):
        with worker_process(own_database, job) as process:
            wait_for(step, attempt, job, process)
            process.send_signal(signal.SIGKILL)
            assert process.wait() == -signal.SIGKILL
        killed_at = timezone.now()
        bundle.refresh_from_db()
        assert (bundle.state, bundle.storage_name, visible_files()) == ("building", "", before)
        assert actions.sweep().due == 0  # it may still be alive, for all the row says
        job.refresh_from_db()
        assert job.state == Job.State.RUNNING
        found_after = job.silent_after - killed_at + timedelta(seconds=timer.EVERY_SECONDS)
        with time_machine.travel(job.silent_after + timedelta(seconds=1)):
            assert actions.sweep().due == 1

    began = time.monotonic()
    with worker_process(own_database, job) as process:
        assert process.wait(timeout=MOST.total_seconds()) == 0
    assert found_after + timedelta(seconds=time.monotonic() - began) < MOST

    bundle.refresh_from_db()
    job.refresh_from_db()
    assert (bundle.state, job.state, job.attempts) == ("ready", "done", 3)
    assert not actions.run(job.pk)
    assert Bundle.objects.count() == Event.objects.filter(action=Action.BUNDLE_BUILT).count() == 1
    assert len(visible_files()) == len(before) + 1 + BundleFile.objects.count()
    assert not (work_folders() / job.pk.hex).exists()
    with file_store().path_or_copy(bundle.storage_name) as path:
        assert verify(Path(path), trust()).state == UNCHANGED


@pytest.mark.h("H37")
def test_a_silent_worker_is_found_in_half_the_time_that_a_bundle_may_take():
    """H37: what remains of the three minutes is for the building; a living worker speaks four times as often."""
    found = kind("bundle").lease + timedelta(seconds=timer.EVERY_SECONDS)
    assert found <= MOST / 2
