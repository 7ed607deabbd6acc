"""A huge bundle never holds up a small one, whether it has one worker or all of them; and it is made all the same."""

import os
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connections
from django.utils import timezone

from bundles.building import crew as crews
from bundles.building import turns
from bundles.building.crew import HELP, Crew, make_parts
from bundles.building.folders import work_folders
from bundles.building.turns import one_huge_at_a_time
from bundles.engine.parts import Store
from bundles.models import Bundle, BundlePart
from jobs import actions, kinds
from jobs.models import Job
from jobs.working import GivesWay
from nsvcs.identity import acting_as
from nsvcs.ids import uuid7
from tests.bundles.test_crew import order
from tests.factories import CaseFactory, UserFactory

PART_SECONDS = 0.3
HUGE, SMALL = 14, 2
begun: list[str] = []


def print_it(work):
    """As a bundle is made, with parts that take no time but what is waited for, and nothing joined at the end."""
    with work.acting():
        bundle = Bundle.objects.get(pk=work.object_id)
    begun.append(bundle.purpose)
    name, _, count = bundle.purpose.partition(" ")
    folder = Path(bundle.recipient_name)
    with ExitStack() as stack:
        crew = Crew(work, bundle, Store(folder / name, folder / "fonts.conf"), stack)
        log = str(folder / "log")
        orders = [order(f"{name}-{each}", seconds=PART_SECONDS, log=log) for each in range(int(count))]
        crew.make_all(orders, lambda order, made: work.progress("printing"))


@pytest.fixture(autouse=True)
def _kinds(monkeypatch):
    own = [kinds.Kind("bundle", f"{__name__}.print_it", queue="bundles")]
    own.append(kinds.Kind(HELP, f"{make_parts.__module__}.{make_parts.__name__}", queue="bundles"))
    monkeypatch.setattr(kinds, "_kinds", {kind.name: kind for kind in own})
    monkeypatch.setattr(crews, "PATIENCE", timedelta(seconds=0.5))
    begun.clear()


@contextmanager
def two_workers():
    """As one worker process with two places: each takes what has been ready longest."""
    stop = threading.Event()

    def work():
        try:
            while not stop.is_set():
                waiting = Job.objects.due(timezone.now()).values_list("pk", flat=True).first()
                if not (waiting and actions.run(waiting)):
                    time.sleep(0.02)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


class Asking:
    def __init__(self, folder):
        self.worker, self.folder = UserFactory(), folder
        self.case = CaseFactory(worker=self.worker)

    def __call__(self, purpose):
        by, now = self.worker, timezone.now()
        fields = {"recipient": "police", "recipient_name": str(self.folder), "purpose": purpose, "asked_at": now}
        with acting_as(by.pk):
            bundle = Bundle.objects.create(case=self.case, asked_by=by, **fields)
            return actions.ask(name="bundle", key=str(uuid7()), object_id=bundle.pk, case_id=bundle.case_id, by=by.pk)


def until(holds, seconds=60.0):
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < seconds, "it took too long"
        time.sleep(0.02)
    return time.monotonic() - began


def is_done(*jobs):
    return Job.objects.filter(pk__in=[job.pk for job in jobs], state="done").count() == len(jobs)


@pytest.mark.commits
@pytest.mark.parametrize("huge_ones", [1, 2])
def test_a_small_bundle_asked_for_later_is_done_while_the_huge_ones_go_on(own_database, tmp_path, huge_ones):
    """One huge bundle has both places by way of a helper, two have them themselves; each steps back after one part."""
    ask = Asking(tmp_path)
    with two_workers():
        huge = [ask(f"huge{each} {HUGE}") for each in range(huge_ones)]
        until(lambda: len(set(begun)) == huge_ones and BundlePart.objects.count() >= huge_ones)
        small = ask(f"small {SMALL}")
        waited = until(lambda: is_done(small))
        left = Job.objects.filter(pk__in=[job.pk for job in huge]).exclude(state="done").count()
        until(lambda: is_done(*huge))
    assert left == huge_ones
    assert waited < 6
    parts = Path(tmp_path / "log").read_text().split()
    assert sorted(parts) == sorted(set(parts))  # nothing was made twice
    assert len(parts) == BundlePart.objects.count() == huge_ones * HUGE + SMALL
    assert not Job.objects.filter(kind="bundle").exclude(attempts=1).exists()  # a turn is no attempt


STEP_SECONDS = 3.0  # of a huge bundle: reading its choice, joining its pages; nobody is let in between


def build_in_steps(work):
    """As a bundle is built: a step that nobody can interrupt, parts, and another such step."""
    with work.acting():
        bundle = Bundle.objects.get(pk=work.object_id)
    is_huge = bundle.purpose.startswith("huge")
    with one_huge_at_a_time(turns.SMALL + 1 if is_huge else turns.SMALL):
        begun.append(f"{bundle.purpose} reads")
        time.sleep(STEP_SECONDS if is_huge else 0)
        print_it(work)
        time.sleep(STEP_SECONDS if is_huge else 0)


@pytest.mark.commits
def test_a_small_bundle_waits_for_no_step_of_two_huge_ones(own_database, tmp_path, monkeypatch):
    """On a worker of two places one huge bundle is in hand at a time; whatever it does, the other place is free."""
    target = f"{__name__}.{build_in_steps.__name__}"
    monkeypatch.setitem(kinds._kinds, "bundle", kinds.Kind("bundle", target, queue="bundles"))
    ask, waits = Asking(tmp_path), []
    with two_workers():
        huge = [ask(f"huge{each} 6") for each in range(2)]
        until(lambda: any(" reads" in each for each in begun))
        while not is_done(*huge):
            small = ask(f"small{len(waits)} 1")
            waits.append(until(lambda job=small: is_done(job)))
            time.sleep(STEP_SECONDS / 4)
    assert len(waits) > 4
    assert max(waits) < STEP_SECONDS, waits
    assert not Job.objects.filter(kind="bundle").exclude(attempts=1).exists()  # to step back is no attempt


def test_a_worker_that_dies_gives_its_place_back(tmp_path, settings):
    settings.MEDIA_ROOT = str(tmp_path / "media")
    holder = "import sys, time; from bundles.building import turns; p = open(sys.argv[1], 'a')"
    code = f"{holder}; turns.fcntl.flock(p, turns.fcntl.LOCK_EX); print('held', flush=True); time.sleep(60)"
    path = work_folders().with_suffix(".lock")
    path.parent.mkdir(parents=True, exist_ok=True)
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"}
    command = [sys.executable, "-c", f"import django; django.setup(); {code}", str(path)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "held\n"
        with pytest.raises(GivesWay), one_huge_at_a_time(turns.SMALL + 1):
            pass
        with one_huge_at_a_time(turns.SMALL):
            pass
        process.kill()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(turns, "bring_forward", lambda names: None)
        with one_huge_at_a_time(turns.SMALL + 1):
            pass
