"""Bundles of the demo on their way out: one in each place where a release can stand."""

import time
from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from bundles.actions import approve, approve_second, gate_of, go_out, note_receipt, put_into_portal, recall, seen_mark
from bundles.models import Bundle, BundleRelease, Recipient, Way
from demo import clock
from nsvcs.identity import acting_as

HUB = "Investigation hub"
LONG_AGO, AN_HOUR_AGO = timedelta(days=4), timedelta(hours=1)


def release_bundles(bundle: Bundle, first: User, second: User, seconds: float) -> int:
    """Bring a finished bundle onto its ways, once the worker has looked it over; returns how many releases there are.

    None where the checks do not let it go: then its page shows what they found.
    """
    if not _is_open(bundle, first, seconds):
        return 0
    if bundle.recipient == Recipient.VICTIM:
        with clock.at(timezone.now() - AN_HOUR_AGO):
            mine = _approve(bundle, Way.PORTAL, "The victim", first)
            with acting_as(first.pk):
                put_into_portal(release=mine, by=first)
        return 1
    with clock.at(timezone.now() - LONG_AGO):
        _approve(bundle, Way.HAND, HUB, first)  # nobody was the second: it has lapsed
    with clock.at(timezone.now() - AN_HOUR_AGO):
        taken, back = (_twice(bundle, way, first, second) for way in (Way.MAIL, Way.HAND))
    with acting_as(first.pk):
        go_out(release=taken, by=first)
        said = {"reference": "HUB-2231", "confirmed_on": timezone.localdate(), "confirmed_by": "Front desk of the hub"}
        note_receipt(release=taken, said=said, by=first)
        go_out(release=back, by=first)
        recall(release=back, reason="Handed to the wrong desk", by=first)
    _twice(bundle, Way.LINK, first, second)
    _approve(bundle, Way.MAIL, "Court liaison", first)
    return BundleRelease.objects.filter(bundle=bundle).count()


def _is_open(bundle: Bundle, by: User, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while True:
        with acting_as(by.pk):
            gate = gate_of(bundle, by)
        if gate.run or gate.has_failed or time.monotonic() > until:
            return gate.is_open
        time.sleep(0.5)


def _approve(bundle: Bundle, way: Way, to_name: str, by: User) -> BundleRelease:
    with acting_as(by.pk):
        run = gate_of(bundle, by).run
        seen = seen_mark(run, by) if run else ""
        return approve(bundle=bundle, way=way, to_name=to_name, seen=seen, by=by)


def _twice(bundle: Bundle, way: Way, first: User, second: User) -> BundleRelease:
    release = _approve(bundle, way, HUB, first)
    with acting_as(second.pk):
        run = gate_of(bundle, second).run
        return approve_second(release=release, seen=seen_mark(run, second) if run else "", by=second)
