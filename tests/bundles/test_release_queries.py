"""The pages and moves by which bundles leave take as many queries for much as for little."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from bundles.actions import approve_second, go_out, recall, seen_mark
from bundles.models import BundleCheck, BundleItem, BundleRelease, FalseAlarm, ReleaseReceipt, ReleaseStep
from cases.models import ShareLink, ShareOpening
from logs.models import CustodyEvent
from nsvcs.identity import acting_as
from tests.bundles.leaving import after_recall, approved, looked_over, second_for
from tests.bundles.test_releasing import ready_bundle
from tests.factories import CaseFactory, EvidenceFactory, IncidentFactory, UserFactory
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db


class World:
    """A bundle on its way by a link, with a little of everything."""

    def __init__(self) -> None:
        self.worker = UserFactory()
        self.case = CaseFactory(portal=True, worker=self.worker)
        self.entry = IncidentFactory(case=self.case, recorded_by=self.worker)
        self.bundle = ready_bundle(self.case, self.worker, edition="police")
        self.colleague = second_for(self.bundle)
        self.run = looked_over(self.bundle, code="pictures", is_soft=True, page=1, item="E1", what="addresses")
        self.found = BundleCheck.objects.get(run=self.run, is_soft=True)
        FalseAlarm.objects.create(found=self.found, case=self.case, by=self.colleague, reason="no", at=timezone.now())
        self.release = approved(self.bundle, self.worker, self.colleague, way="link")
        self.grow(1)

    def grow(self, count: int) -> None:
        """More of everything that a page or a move reads."""
        of = {"bundle": self.bundle, "case": self.case}
        for number in range(count):
            file = EvidenceFactory(incident=self.entry, uploaded_by=self.worker)
            BundleItem.objects.create(
                kind="evidence", object_id=file.pk, position=900 + BundleItem.objects.count(), **of
            )
            other = ready_bundle(self.case, self.worker, edition="police")
            looked_over(other)
            BundleCheck.objects.create(run=self.run, code="names", colour="yellow", page=number + 1, **of)
            soft = BundleCheck.objects.create(
                run=self.run, code="pictures", colour="red", is_soft=True, page=2, item="E1", what="phones", **of
            )
            said = {"by": self.colleague, "reason": "It is another number.", "at": timezone.now()}
            FalseAlarm.objects.create(found=soft, case=self.case, **said)
            more = approved(self.bundle, self.worker, self.colleague)
            ReleaseStep.objects.create(release=more, case=self.case, kind="out", by=self.worker, at=timezone.now())
            for release in (self.release, more):
                by = {"release": release, "case": self.case, "at": timezone.now()}
                ReleaseStep.objects.create(kind="taken", by=self.colleague, **by)
                ReleaseReceipt.objects.create(
                    confirmed_by="Hub", confirmed_on=timezone.localdate(), noted_by=self.colleague, **by
                )
        for link in ShareLink.objects.filter(object_id=self.release.pk):
            ShareOpening.objects.bulk_create(
                ShareOpening(link=link, case=self.case, outcome="wrong", at=timezone.now()) for _ in range(count)
            )

    def address(self, name: str, *more: Any) -> str:
        return reverse(f"bundles:{name}", args=[self.case.pk, *([] if name == "list" else [self.bundle.pk]), *more])


@pytest.fixture
def world() -> World:
    return World()


def count_of(ask: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as asked:
        ask()
    return len(asked)


PAGES = ("list", "detail", "gate", "release", "given", "alarm", "pages", "progress")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_takes_no_more_queries_for_ten_times_as_much(client: Client, world: World, name: str) -> None:
    with after_recall():
        sign_in(client, world.worker)
        client.post(world.address("take", world.release.pk))  # the link is made
        more = {"given": [world.release.pk], "alarm": [world.found.pk]}.get(name, [])
        address = world.address(name, *more)
        assert client.get(address).status_code == 200  # the first page of a process also fills caches
        few = count_of(lambda: client.get(address))
        world.grow(8)
        assert count_of(lambda: client.get(address)) <= few


def opened(world: World) -> Iterator[int]:
    """Queries of each move, made once on a new release."""
    first, second = world.worker, world.colleague
    release: BundleRelease = approved(world.bundle, first)
    with acting_as(second.pk):
        yield count_of(lambda: approve_second(release=release, seen=seen_mark(world.run, second), by=second))
    with after_recall(), acting_as(first.pk):
        yield count_of(lambda: go_out(release=release, by=first))
        yield count_of(lambda: recall(release=release, reason="a fault", by=first))


def test_approving_going_out_and_recalling_take_no_more_queries_for_ten_times_as_much(world: World) -> None:
    list(opened(world))
    few = list(opened(world))
    world.grow(8)
    before = CustodyEvent.objects.count()
    assert list(opened(world)) == few
    assert CustodyEvent.objects.count() - before == 9  # one for each file that it shows


def test_the_first_approval_takes_no_more_queries_for_ten_times_as_much(world: World) -> None:
    approved(world.bundle, world.worker)
    few = count_of(lambda: approved(world.bundle, world.worker))
    world.grow(8)
    assert count_of(lambda: approved(world.bundle, world.worker)) == few


def test_a_link_is_opened_in_as_many_queries_after_many_tries(client: Client, world: World) -> None:
    with after_recall():
        sign_in(client, world.worker)
        page = client.post(world.address("take", world.release.pk)).content.decode()
        found = re.search(r"/d/([\w-]+)/", page)
        assert found
        address, stranger = reverse("shared:open", args=[found[1]]), Client()
        assert stranger.get(address).status_code == 200
        few = count_of(lambda: stranger.post(address, {"passcode": "WRONG-CODE"}))
        world.grow(8)
        assert count_of(lambda: stranger.post(address, {"passcode": "WRONG-CODE"})) <= few
