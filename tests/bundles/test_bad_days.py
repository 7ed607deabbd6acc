"""A lost broker, a restarted database, a full disk: one finished bundle, or a clear failure and one afterwards."""

from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from audit.models import Action, Event
from bundles.actions import retry_bundle
from bundles.building import working
from bundles.engine import parts
from bundles.models import PartOrder
from jobs import actions, timer
from jobs.models import Job
from nsvcs import storage
from nsvcs.identity import acting_as
from tests.bundles.test_actions import ask_for, world
from tests.bundles.test_killed_worker import files_in_the_store, named
from tests.migrated import server
from tests.signing_in import sign_in

__all__ = ["world"]


def finished_once(bundle):
    bundle.refresh_from_db()
    built = Event.objects.filter(target_id=bundle.pk, action=Action.BUNDLE_BUILT).count()
    assert (bundle.state, built) == ("ready", 1)
    assert files_in_the_store() == named()
    assert not PartOrder.objects.exists()
    assert not [path for path in (Path(settings.MEDIA_ROOT).parent / "bundle-work").rglob("*") if path.is_file()]


@pytest.mark.h("H36")
@pytest.mark.django_db
def test_with_the_broker_away_the_worker_s_own_timer_makes_the_bundle(world):
    worker, case = world
    bundle = ask_for(case, worker)
    timer.turn()
    finished_once(bundle)


@pytest.mark.commits
def test_a_database_that_restarts_while_a_bundle_is_put_together_costs_one_attempt(own_database, world, monkeypatch):
    worker, case = world
    bundle, lost = ask_for(case, worker), []
    progress = working.Work.progress

    def and_lose_it(work, step, *args, **named):
        progress(work, step, *args, **named)
        if step == "joining" and not lost:
            lost.append(step)
            with server() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [own_database]
                )

    monkeypatch.setattr(working.Work, "progress", and_lose_it)
    job = Job.objects.get(object_id=bundle.pk, kind="bundle")
    actions.run(job.pk)
    job.refresh_from_db()
    assert (lost, job.state, job.attempts) == (["joining"], "queued", 1)
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        assert actions.run(job.pk)
    finished_once(bundle)


@pytest.mark.django_db
@pytest.mark.parametrize("target", [":set_pages", ":join_parts", ":finish", "the store"])
def test_a_full_disk_is_a_clear_failure_and_the_same_choice_is_made_afterwards(client, world, monkeypatch, target):
    """By a limit on the size of files where children write, and by what the disk says where the store does."""
    worker, case = world
    bundle, before = ask_for(case, worker), files_in_the_store()
    with monkeypatch.context() as patch:
        if target == "the store":
            patch.setattr(storage.shutil, "disk_usage", lambda path: type("Usage", (), {"free": 0}))
        else:
            _leave_no_room(patch, target)
        actions.run(Job.objects.get(object_id=bundle.pk, kind="bundle").pk)
    bundle.refresh_from_db()
    assert (bundle.state, bundle.storage_name) == ("failed", ""), bundle.error_code
    assert files_in_the_store() - before == named() - before
    page = sign_in(client, worker).get(reverse("bundles:detail", args=[case.pk, bundle.pk])).text
    assert "Nothing was lost. Try again later." in page, bundle.error_code
    with acting_as(worker.pk):
        retry_bundle(bundle=bundle, by=worker)
    actions.run(Job.objects.filter(object_id=bundle.pk, kind="bundle").latest("created_at").pk)
    finished_once(bundle)


def _leave_no_room(patch, target):
    run = parts.child.run

    def with_no_room(name, payload, **limits):
        return run(name, payload, **limits | ({"file_mb": 0} if name.endswith(target) else {}))

    patch.setattr(parts.child, "run", with_no_room)
