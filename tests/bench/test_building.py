"""The measuring of bundles: what is filled in is as uploads leave it, and no process that took part is overlooked."""

import hashlib
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings

from bench import stalking_log
from bench.building import Step, Watch, asked_for, write_new_entry
from bench.stalking_log import Log, patterns
from bench.watching import Curve, Tree
from bundles.models import BundleCheck
from jobs.actions import run_due
from jobs.models import Job
from logs.models import Evidence, Incident, Rendition

FAMILY = """
import subprocess, sys, time
subprocess.run([sys.executable, "-c", "x = bytearray(60_000_000); sum(range(5_000_000))"])
print("gone", flush=True)
child = subprocess.Popen([sys.executable, "-c", "x = bytearray(90_000_000); import time; time.sleep(60)"])
time.sleep(60)
"""


class Idle:
    """A service whose jobs are done in this process."""

    def rest(self):
        run_due()


@pytest.mark.django_db
@pytest.mark.timeout(120)
def test_a_filled_log_is_as_uploads_leave_it_and_a_bundle_of_it_is_made_and_passes_its_gate(monkeypatch):
    monkeypatch.setattr(stalking_log, "DB", "default")
    log = Log("test")
    shown = log.fill(8, 12, patterns(1))
    for name, sha256 in [
        *Evidence.objects.values_list("storage_name", "sha256"),
        *Rendition.objects.exclude(storage_name="").values_list("storage_name", "sha256"),
    ]:
        assert hashlib.sha256((Path(settings.MEDIA_ROOT) / name).read_bytes()).hexdigest() == sha256
    assert len({each.sha256 for each in shown}) == len(shown)
    assert Evidence.objects.values("sha256").distinct().count() == 8

    bundle = asked_for(log, "court")
    run_due()
    bundle.refresh_from_db()
    assert (bundle.state, bundle.error_code, len(bundle.shown_files)) == ("ready", "", 8)
    assert not Job.objects.filter(kind="copy").exists()  # all that is made at upload is there
    assert not BundleCheck.objects.filter(bundle=bundle, colour="red").exists()

    write_new_entry(Idle(), log)
    assert Incident.objects.filter(case=log.case).count() == 13
    assert Incident.objects.filter(case=log.case).chronological().last().number == 12  # it is in the middle


def test_the_most_memory_of_each_process_and_the_processor_of_those_that_ended_are_noted():
    process = subprocess.Popen([sys.executable, "-c", FAMILY], stdout=subprocess.PIPE, text=True)
    tree = Tree(process.pid, "test")
    try:
        tree.look()
        assert process.stdout.readline() == "gone\n"
        assert tree.look() > 0.1  # nobody is left of those who used it
        until = time.monotonic() + 30
        while max(each.peak_mb for each in tree.seen.values()) < 90 and time.monotonic() < until:
            time.sleep(0.02)
            tree.look()
        tree.weigh()
        roles = {each.role: each.peak_mb for each in tree.seen.values()}
        assert roles["test, pool"] > 90 > roles["test, main"]
        assert tree.together_mb > 90
    finally:
        subprocess.run(["kill", *map(str, [pid for pid, _ in tree._family()])], check=True)
        process.communicate()


def test_each_step_is_given_the_time_until_it_was_over():
    watch = Watch(service=None, object_id=None, kind="bundle", cpu=Curve([(0.0, 0.0), (10.0, 20.0)]))
    watch.database_cpu = Curve([(0.0, 0.0)])
    watch.steps = [Step("reading", 2.0, 2.0), Step("checking", 4.0, 5.0), Step("joining", 8.0, 8.0)]
    watch.row = ("done", "", None, Moment(1.0), Moment(9.0), "")
    stages = watch.stages(0.5)
    walls = {name: took["wall"] for name, took in stages.items()}
    assert walls == {"waiting": 0.5, "copies": 1.0, "reading": 2.0, "checking": 1.0, "joining": 3.0, "rows": 1.0}
    assert stages["joining"]["cpu"] == pytest.approx(6.0)


class Moment(float):
    """An instant as the database gives it."""

    def timestamp(self):
        return float(self)
