"""Whoever asked for a bundle finds on her list that it is ready or could not be made, until something is done."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from bundles.actions import retry_bundle
from cases.models import Task
from jobs import actions
from jobs.models import Job
from nsvcs.identity import acting_as
from tests.bundles.leaving import approved
from tests.bundles.test_actions import ask_for, world
from tests.signing_in import sign_in

__all__ = ["world"]
pytestmark = pytest.mark.django_db


def told(worker):
    return [task.title for task in Task.objects.open().filter(kind=Task.Kind.BUNDLE_MADE).of(worker.pk)]


def test_a_bundle_that_is_ready_stands_on_the_list_of_whoever_asked_until_it_is_approved(client, world):
    worker, case = world
    bundle = ask_for(case, worker, evidence_ids=[])
    assert told(worker) == []
    actions.run_due()
    page = sign_in(client, worker).get(reverse("cases:work")).text
    assert "A bundle you asked for is ready" in page
    assert reverse("bundles:list", args=[case.pk]) in page
    bundle.refresh_from_db()
    approved(bundle, worker)
    assert told(worker) == []


def test_one_that_could_not_be_made_does_too_until_it_is_asked_for_again(world, settings, tmp_path):
    worker, case = world
    bundle = ask_for(case, worker, evidence_ids=[])
    settings.SEAL_CERTIFICATE = str(tmp_path / "none.pem")
    actions.run_due()
    assert told(worker) == ["A bundle you asked for could not be made: see why, and what to do"]
    settings.SEAL_CERTIFICATE = ""
    with acting_as(worker.pk):
        retry_bundle(bundle=bundle, by=worker)
    assert told(worker) == []
    actions.run_due()
    assert told(worker) == ["A bundle you asked for is ready: look at what was checked, and let it go"]


def test_one_whose_workers_died_is_told_of_by_the_sweep(world):
    worker, case = world
    ask_for(case, worker, evidence_ids=[])
    job = Job.objects.get(kind="bundle")
    ago = timezone.now() - timedelta(minutes=5)
    Job.objects.filter(pk=job.pk).update(state="running", attempts=4, claimed_at=ago, silent_after=ago)
    actions.sweep()
    job.refresh_from_db()
    assert (job.state, job.error_code) == ("failed", "worker_lost")
    assert told(worker) == ["A bundle you asked for could not be made: see why, and what to do"]
    assert Task.objects.filter(kind=Task.Kind.BUNDLE_MADE).count() == 1
