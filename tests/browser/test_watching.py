"""Waiting for a bundle: every state of its page on a phone and on a desk, and cancelling it by keyboard."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from bundles.models import Bundle
from jobs.models import Job
from tests.browser.windows import SIZES, Window
from tests.factories import CaseFactory, UserFactory

PICTURES = os.environ.get("BROWSER_PICTURES")


@pytest.fixture
def bundle(site):
    worker, now = UserFactory(), timezone.now()
    case = CaseFactory(worker=worker)
    chosen = {"recipient": "police", "purpose": "Application for an order"}
    bundle = Bundle.objects.create(case=case, asked_by=worker, asked_at=now, **chosen)
    for minutes in (2, 1, 0):
        at = now - timedelta(minutes=minutes)
        of = None if minutes else bundle.pk
        queued = {"kind": "bundle", "queue": "bundles", "not_before": at, "created_at": at}
        Job.objects.create(key=f"{bundle.pk}:{minutes}", object_id=of, case_id=case.pk, **queued)
    yield bundle
    Job.objects.filter(kind="bundle").delete()


def picture(seen: Window, name: str) -> None:
    if PICTURES:
        width = seen.page.viewport_size["width"]
        seen.page.screenshot(path=Path(PICTURES) / f"watching-{name}-{width}.png", full_page=True)


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_a_bundle_is_watched_cancelled_and_asked_for_again(open_window, bundle, size):
    seen = open_window(bundle.asked_by, size=size)
    seen.go(f"/cases/{bundle.case_id}/bundles/{bundle.pk}/")
    assert "Waiting for a worker: 2 bundles before yours." in seen.read()
    seen.check()
    picture(seen, "waiting")
    now = timezone.now()
    under_way = {"step": "preparing", "done": 49, "total": 120, "item": 12, "items": 37, "seconds_left": 17}
    Job.objects.filter(object_id=bundle.pk).update(state="running", claimed_at=now, told_at=now, **under_way)
    seen.page.get_by_text("Step 2 of 4: adding file 12 of 37, about 20 seconds left.").wait_for()
    seen.check()
    picture(seen, "under-way")
    seen.page.get_by_role("button", name="Cancel this bundle").focus()
    Job.objects.filter(object_id=bundle.pk).update(item=13)
    seen.page.get_by_text("adding file 13 of 37").wait_for()  # brought anew, and the button has the focus still
    seen.page.keyboard.press("Enter")
    seen.page.get_by_text("This bundle was cancelled.").wait_for()
    seen.check()
    picture(seen, "cancelled")
    bundle.refresh_from_db()
    assert bundle.state == "cancelled"
    seen.press("Make it after all")
    seen.page.get_by_role("button", name="Cancel this bundle").wait_for()
    assert Job.objects.filter(object_id=bundle.pk).latest("created_at").state == "queued"
