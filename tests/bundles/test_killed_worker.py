"""Workers that are really killed while they build: the row tells the next one, and one bundle comes of it."""

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
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from audit.models import Action, Event
from bundles.building.folders import work_folders
from bundles.building.sweeping import stored_names
from bundles.models import BundlePart, ComingFile, PartOrder
from bundles.tasks import ask_for_sweep
from jobs import actions, timer
from jobs.kinds import kind
from jobs.models import Job
from logs.actions import record_incident
from nsvcs.identity import acting_as
from nsvcs.ids import uuid7
from nsvcs.storage import FEW_ORPHANS, file_store
from tests.bundles.dying import points
from tests.bundles.test_actions import ask_for, photo, world

ROOT = Path(__file__).parents[2]
MOST = timedelta(minutes=3)
NEEDS_COPIES = {"waiting for copies", "in a part"}
NO_ROW, BUILT = "file kept, no row", "row written"

__all__ = ["world"]


@contextmanager
def dying_workers(database):
    """Something to ask for workers that die; whatever happens, it is over afterwards."""
    command = [sys.executable, "-m", "tests.bundles.dying", database, settings.MEDIA_ROOT]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


def killed_at(process, job, point):
    process.stdin.write(f"{job.pk} {point}\n")
    process.stdin.flush()
    return int(process.stdout.readline())


def files_in_the_store():
    root = Path(settings.MEDIA_ROOT)
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file() and path.name[0] != "."}


def named():
    """Files that rows name, of every kind."""
    with acting_as(process="worker"):
        return stored_names(sorted(files_in_the_store()))


def add_an_entry(case, number, *, with_file):
    """So that every bundle has something to print that no bundle before had, and perhaps a copy still to be made."""
    fields = {"occurred_on": timezone.localdate(), "what_happened": f"He rang {number} times."}
    files = [SimpleUploadedFile(f"{number}.jpg", photo().read())] if with_file else []
    record_incident(draft_id=uuid7(), case=case, fields=fields, files=files, by=case.victim.user)


@pytest.mark.h("H37")
@pytest.mark.commits
@pytest.mark.timeout(400)
def test_a_worker_killed_at_any_of_ten_points_leaves_one_bundle_in_the_end_and_nothing_half(own_database, world):
    """H37: SIGKILL to the process by its number; the sweeper finds the row silent, another worker goes on."""
    (worker, case), lost = world, set()
    assert len(points()) >= 10
    with dying_workers(own_database) as process:
        for number, point in enumerate(points()):
            add_an_entry(case, number, with_file=point in NEEDS_COPIES)
            bundle, before = ask_for(case, worker), files_in_the_store()
            job = Job.objects.get(object_id=bundle.pk, kind="bundle")
            assert (point, killed_at(process, job, point)) == (point, -signal.SIGKILL)
            when = timezone.now()
            bundle.refresh_from_db()
            job.refresh_from_db()
            assert (point, bundle.is_ready, job.is_over) == (point, point == BUILT, point == BUILT)
            left = files_in_the_store() - before - named()
            assert (point, bool(left)) == (point, point == NO_ROW)
            lost |= left
            _goes_on(job, bundle, when, point)
    _nothing_is_left(case, lost)


def _goes_on(job, bundle, when, point):
    if point != BUILT:
        assert actions.sweep().due >= 0
        job.refresh_from_db()
        assert (point, job.state) == (point, "running")  # it may still be alive, for all the row says
        found_after = job.silent_after - when + timedelta(seconds=timer.EVERY_SECONDS)
        with time_machine.travel(job.silent_after + timedelta(seconds=1)):
            actions.sweep()
        began = time.monotonic()
        with time_machine.travel(timezone.now() + timedelta(minutes=2)):
            assert actions.run(job.pk)
        assert found_after + timedelta(seconds=time.monotonic() - began) < MOST
    bundle.refresh_from_db()
    job.refresh_from_db()
    assert (point, bundle.state, job.state, job.attempts) == (point, "ready", "done", 1 if point == BUILT else 2)
    assert not actions.run(job.pk)
    assert actions.call_off(bundle.pk, "gate")  # who checks what may leave is not of this test, and takes its time
    assert Event.objects.filter(action=Action.BUNDLE_BUILT, target_id=bundle.pk).count() == 1
    with file_store().path_or_copy(bundle.storage_name) as path:
        assert path.stat().st_size == bundle.size_bytes


def _nothing_is_left(case, lost):
    assert not PartOrder.objects.exists()
    actions.run_due()
    assert files_in_the_store() - named() == lost  # kept whole just before their rows
    assert len(lost) > FEW_ORPHANS  # more than the sweep takes of files that nobody announced
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        ask_for_sweep()
        actions.run_due()
    assert Job.objects.get(kind="sweep_files").state == "done"
    assert not ComingFile.objects.exists()
    assert named() == files_in_the_store()
    assert not [path for path in work_folders().rglob("*") if path.is_file()]
    assert BundlePart.objects.filter(case=case).exists()


@pytest.mark.h("H37")
def test_a_silent_worker_is_found_in_half_the_time_that_a_bundle_may_take():
    """H37: what remains of the three minutes is for the building; a living worker speaks four times as often."""
    found = kind("bundle").lease + timedelta(seconds=timer.EVERY_SECONDS)
    assert found <= MOST / 2
