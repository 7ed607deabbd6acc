"""The pages by which a bundle leaves, as they stand and with faults: axe, width, links of the error summary."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from bundles.models import Bundle, BundleCheck, BundleRelease, PortalCopy, ReleaseStep
from tests.browser.windows import SIZES, Window
from tests.bundles.leaving import looked_over
from tests.bundles.test_releasing import ready_bundle

HOUR = timedelta(hours=1)


@pytest.fixture(params=SIZES.values(), ids=SIZES)
def seen(request: pytest.FixtureRequest, open_window: Any, world: Any) -> Window:
    found: Window = open_window(world.worker, size=request.param)
    return found


def ready(world: Any, **find: Any) -> Bundle:
    bundle = ready_bundle(world.case, world.worker, edition="police")
    looked_over(bundle, **find)
    return bundle


def on_its_way(bundle: Bundle, way: str, *steps: str) -> BundleRelease:
    """A release that two people approved an hour ago, and what else happened to it."""
    at, case = timezone.now() - HOUR, bundle.case
    run = bundle.gate_runs.latest("at")
    said = {"way": way, "to_name": "PC Lee Brandon", "approved_by": bundle.asked_by, "sha256": bundle.sha256}
    release = BundleRelease.objects.create(bundle=bundle, case=case, run=run, at=at, **said)
    for kind in ("second", *steps):
        ReleaseStep.objects.create(release=release, case=case, kind=kind, by=bundle.asked_by, at=at + HOUR / 3)
    return release


def go(seen: Window, name: str, bundle: Bundle, *more: Any) -> None:
    seen.go(reverse(f"bundles:{name}", args=[bundle.case_id, bundle.pk, *more]))
    seen.check()


def test_approving_with_nothing_said(seen: Window, world: Any) -> None:
    go(seen, "release", ready(world))
    seen.refused("I have looked at it and approve it")


def test_recalling_and_noting_a_receipt_with_nothing_said(seen: Window, world: Any) -> None:
    bundle = ready(world)
    release = on_its_way(bundle, "hand", "out")
    go(seen, "given", bundle, release.pk)
    seen.refused("Note it")
    go(seen, "given", bundle, release.pk)
    seen.refused("Recall it")
    assert "Write why it is recalled" in seen.read()


def test_red_finds_with_their_ways_and_a_false_alarm_with_no_reason(seen: Window, world: Any) -> None:
    bundle = ready(world, code="text", what="phones", page=1, is_soft=True)
    go(seen, "gate", bundle)
    assert "The bundle cannot leave" in seen.read()
    found = BundleCheck.objects.get(bundle=bundle, colour="red")
    go(seen, "alarm", bundle, found.pk)
    seen.refused("It is a false alarm")
    go(seen, "gate", bundle)
    seen.open_by(seen.page.locator(".app-mends button").first)
    seen.check()


def test_a_link_is_made_tried_with_a_wrong_passcode_and_ended(seen: Window, world: Any, open_window: Any) -> None:
    bundle = ready(world)
    release = on_its_way(bundle, "link")
    go(seen, "given", bundle, release.pk)
    seen.press("Make the link")
    seen.check()
    assert "Both are shown this once" in seen.read()
    address = seen.page.locator("code").first.inner_text()
    outside: Window = open_window(size=seen.page.viewport_size)
    outside.go(address[address.index("/d/") :])
    outside.check()
    outside.page.get_by_label("Passcode").fill("WRONG-CODE")
    outside.open_by(outside.page.locator("main button[type=submit], form button[type=submit]").first)
    outside.check_error()
    outside.go("/d/0123456789abcdefghij/", status=404)
    outside.check()
    go(seen, "given", bundle, release.pk)
    assert "Wrong passcode" in seen.read()


def test_what_lies_in_her_portal_and_was_taken_out_of_it(seen: Window, world: Any, open_window: Any) -> None:
    bundle = ready_bundle(world.case, world.worker, recipient="victim", edition="own")
    looked_over(bundle)
    release = on_its_way(bundle, "portal", "out")
    lying = PortalCopy.objects.create(
        release=release, case=bundle.case, storage_name=bundle.storage_name, sha256=bundle.sha256,
        size_bytes=bundle.size_bytes, page_count=1, shown_files=[], put_at=timezone.now(),
        expires_at=timezone.now() + timedelta(days=14),
    )  # fmt: skip
    go(seen, "given", bundle, release.pk)
    hers: Window = open_window(world.her, size=seen.page.viewport_size)
    hers.go("/notes/all/copy/")
    hers.check()
    PortalCopy.objects.filter(pk=lying.pk).update(ended_at=timezone.now())
    go(seen, "given", bundle, release.pk)
    hers.go("/notes/all/copy/")
    hers.check()
