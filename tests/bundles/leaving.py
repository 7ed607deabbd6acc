"""Bundles on their way out: a gate that was passed, and approvals, without the worker."""

from datetime import timedelta
from typing import Any

import time_machine
from django.utils import timezone

from accounts.models import User
from bundles.actions import approve, approve_second, go_out, seen_mark
from bundles.disclosure.withheld import mac_of, told_terms
from bundles.gate.looking import CHECKS
from bundles.models import Bundle, BundleCheck, BundleRelease, GateRun
from nsvcs.identity import acting_as
from tests.factories import AllocationFactory, UserFactory


def looked_over(bundle: Bundle, **find: Any) -> GateRun:
    """A finished look over a bundle, all green but for one find."""
    with acting_as(bundle.asked_by_id):
        terms = mac_of(told_terms(bundle, bundle.asked_by))
    of = {"bundle": bundle, "case_id": bundle.case_id}
    run = GateRun.objects.create(sha256=bundle.sha256, terms_mac=terms, pages=1, at=timezone.now(), **of)
    for code in CHECKS:
        found = {"colour": "red", **find} if find.get("code") == code else {"colour": "green"}
        BundleCheck.objects.create(run=run, **of, **{"code": code, **found})
    return run


def approved(bundle: Bundle, first: User, second: User | None = None, **said: Any) -> BundleRelease:
    """A release of a bundle that was looked over, approved once or twice."""
    run = GateRun.objects.filter(bundle=bundle).order_by("-at").first() or looked_over(bundle)
    with acting_as(first.pk):
        told = {"way": "hand", "to_name": "Investigation hub", **said}
        release = approve(bundle=bundle, seen=seen_mark(run, first), by=first, **told)
    if second:
        with acting_as(second.pk):
            approve_second(release=release, seen=seen_mark(run, second), by=second)
    return release


def second_for(bundle: Bundle) -> User:
    """Another worker on the bundle's case."""
    other = UserFactory()
    AllocationFactory(case=bundle.case, worker=other, role="second")
    return other


def after_recall() -> Any:
    """The first instant at which what was approved now may leave."""
    return time_machine.travel(timezone.now() + timedelta(minutes=10), tick=False)


def let_out(bundle: Bundle, by: User) -> BundleRelease:
    """A release that two people approved and that has gone out."""
    release = approved(bundle, by, second_for(bundle) if bundle.recipient != "victim" else None)
    with after_recall(), acting_as(by.pk):
        return go_out(release=release, by=by)
