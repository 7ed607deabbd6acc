"""Other workers that make parts of somebody's bundle: really at once, each on a connection of its own."""

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connections

from bundles.building import crew as crews
from bundles.building.crew import HELP, take
from bundles.building.folders import work_folders
from bundles.models import BundlePart, PartOrder
from jobs import actions
from jobs.models import Job
from tests.bundles.test_crew import Making, bundle_of, claimed, helper, order, stored_files, words_of
from tests.factories import CaseFactory, UserFactory


def in_a_worker_of_its_own(job):
    def go():
        try:
            actions.run(job.pk)
        finally:
            connections.close_all()

    thread = threading.Thread(target=go)
    thread.start()
    return thread


@pytest.mark.commits
def test_other_workers_make_parts_too_and_one_that_fails_there_is_made_where_it_can_be_said_why(own_database, tmp_path):
    worker = UserFactory()
    bundle = bundle_of(CaseFactory(worker=worker), worker)
    making = Making(claimed(bundle), bundle, tmp_path / "a")
    log = str(tmp_path / "log")
    orders = [order(str(each), seconds=0.3, log=log) for each in range(11)] + [order("bad", refuses=True)]
    threads = []

    def told(order, made):
        if not threads:
            threads.extend(in_a_worker_of_its_own(job) for job in Job.objects.filter(kind=HELP))

    mades = making.crew.make_all(orders, told)
    for thread in threads:
        thread.join()
    assert words_of(mades[:11]) == [str(each) for each in range(11)]
    assert mades[11].failed == "refused:text_lost"
    assert sorted(Path(log).read_text().split(), key=int) == [str(each) for each in range(11)]
    assert BundlePart.objects.count() == 11 == len(stored_files())
    assert not PartOrder.objects.exists()
    made_by_helpers = [path for path in (Path(made.path) for made in mades[:11]) if tmp_path / "a" not in path.parents]
    assert len(made_by_helpers) >= 2
    assert not [path for path in work_folders().rglob("*") if path.is_file()]


@pytest.mark.commits
def test_an_order_that_somebody_died_with_is_made_by_who_builds(own_database, tmp_path, monkeypatch):
    monkeypatch.setattr(crews, "STRAGGLER", timedelta(seconds=1))
    worker = UserFactory()
    bundle = bundle_of(CaseFactory(worker=worker), worker)
    making = Making(claimed(bundle), bundle, tmp_path / "a")
    orders = [order(str(each)) for each in range(8)]

    def told(order, made):
        if len(making.told) == 1:
            dead = helper(bundle)
            with dead.acting():
                take(bundle.pk, dead.job.pk)
        making.told.append((order.name, made.is_new))

    assert words_of(making.crew.make_all(orders, told)) == [str(each) for each in range(8)]
    assert not PartOrder.objects.exists()
