"""A bundle that is not wanted any more: ended within seconds, nothing half of it kept, and made after all if asked."""

from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from audit.models import Event
from bundles.actions import cancel_bundle, retry_bundle
from bundles.building import working
from bundles.models import BundlePart
from jobs.actions import run, run_due
from jobs.models import Job
from nsvcs.identity import acting_as
from tests.bundles.test_actions import ask_for, world
from tests.signing_in import sign_in

__all__ = ["world"]
pytestmark = pytest.mark.django_db


def cancel(bundle, worker):
    with acting_as(worker.pk):
        return cancel_bundle(bundle=bundle, by=worker)


def states(bundle):
    bundle.refresh_from_db()
    return bundle.state, Job.objects.filter(object_id=bundle.pk, kind="bundle").latest("created_at").state


def files_lying():
    root = Path(settings.MEDIA_ROOT)
    work = root.parent / "bundle-work"
    return [path for folder in (root, work) for path in folder.rglob("*") if path.is_file()]


def test_a_waiting_bundle_is_cancelled_and_made_after_all_from_the_same_choice(client, world):
    worker, case = world
    bundle = ask_for(case, worker)
    before = files_lying()
    sign_in(client, worker).post(reverse("bundles:cancel", args=[case.pk, bundle.pk]))
    assert run_due() == 0
    assert states(bundle) == ("cancelled", "cancelled")
    assert files_lying() == before
    page = client.get(reverse("bundles:detail", args=[case.pk, bundle.pk])).text
    assert "This bundle was cancelled." in page
    assert "data-hx-trigger" not in page
    assert "Cancelled" in client.get(reverse("bundles:list", args=[case.pk])).text
    chosen = list(bundle.items.values_list("object_id", flat=True))
    client.post(reverse("bundles:again", args=[case.pk, bundle.pk]))
    run_due()
    assert states(bundle) == ("ready", "done")
    assert list(bundle.items.values_list("object_id", flat=True)) == chosen
    told = Event.objects.filter(target_id=bundle.pk).values_list("action", flat=True)
    assert list(told).count("bundle.cancelled") == 1


@pytest.mark.parametrize("step", ["checking", "printing", "joining", "sealing", "keeping"])
def test_a_bundle_cancelled_while_it_is_made_leaves_nothing_behind(world, monkeypatch, step):
    """Whatever it was doing: the next time that its worker says how far it is, it is over."""
    worker, case = world
    bundle = ask_for(case, worker)
    before = files_lying()
    progress = working.Work.progress

    def and_cancel(work, name, *args, **named):
        progress(work, name, *args, **named)
        if name == step:
            cancel(bundle, worker)

    monkeypatch.setattr(working.Work, "progress", and_cancel)
    run_due()
    assert states(bundle) == ("cancelled", "cancelled")
    whole = {Path(settings.MEDIA_ROOT) / part.storage_name for part in BundlePart.objects.all()}
    assert set(files_lying()) - whole == set(before)
    assert not Event.objects.filter(target_id=bundle.pk, action="bundle.built").exists()


def test_what_is_over_cannot_be_cancelled(world):
    worker, case = world
    bundle = ask_for(case, worker)
    run_due()
    assert cancel(bundle, worker).is_ready
    assert states(bundle) == ("ready", "done")


def test_a_worker_that_comes_to_a_bundle_just_cancelled_makes_nothing(world, monkeypatch):
    worker, case = world
    bundle = ask_for(case, worker)
    finish_copies = working.finish_copies
    monkeypatch.setattr(
        working, "finish_copies", lambda *args: (finish_copies(*args), cancel(bundle, worker), None)[-1]
    )
    assert run(Job.objects.get(object_id=bundle.pk).pk)
    assert states(bundle) == ("cancelled", "cancelled")
    with acting_as(worker.pk):
        retry_bundle(bundle=bundle, by=worker)
    assert states(bundle) == ("waiting", "queued")
