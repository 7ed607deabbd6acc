"""How the database answers what is asked of bundles on their way out: by indexes, of however many there are."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from bundles.actions import approve_second, give_link, go_out, recall, seen_mark
from bundles.actions.asking import earlier_bundle
from bundles.actions.ways import put_into_portal
from bundles.models import PortalCopy
from bundles.releases.given_files import FIRST
from cases.actions.sharing import door
from nsvcs.identity import acting_as
from tests import test_plans
from tests.bundles.leaving import after_recall, approved, looked_over
from tests.bundles.test_release_queries import World
from tests.bundles.test_releasing import ready_bundle
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
BIG = {
    "bundles_bundle",
    "bundles_bundleitem",
    "bundles_bundlecheck",
    "bundles_bundlefile",
    "bundles_bundlerelease",
    "bundles_bundleterm",
    "bundles_falsealarm",
    "bundles_gaterun",
    "bundles_portalcopy",
    "bundles_redaction",
    "bundles_releasereceipt",
    "bundles_releasestep",
    "cases_sharelink",
    "cases_shareopening",
    "logs_custodyevent",
    "logs_evidence",
}
PAGES = ("list", "detail", "gate", "release", "given", "pages")


@pytest.fixture(autouse=True)
def _large(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    monkeypatch.setattr(test_plans, "BIG", BIG)
    test_plans.believe_in_many(BIG)


@pytest.fixture
def world() -> World:
    return World()


def faults_of(ask: Callable[[], Any], by: Any) -> dict[str, list[str]]:
    """What of the queries that are asked would grow with the service."""
    with CaptureQueriesContext(connection) as seen:
        ask()
    asked = [sql for query in seen if re.match(r"\(?(SELECT|UPDATE)\b", sql := query["sql"].lstrip())]
    assert asked
    with acting_as(by.pk):
        return {sql: found for sql in asked if (found := test_plans.faults(sql))}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_what_leaves_reads_no_table_whole(client: Client, world: World, name: str) -> None:
    more = [world.release.pk] if name == "given" else []
    with after_recall():
        sign_in(client, world.worker)
        assert client.post(world.address("take", world.release.pk)).status_code == 200  # the link is made
        address = world.address(name, *more)
        assert faults_of(lambda: client.get(address), world.worker) == {}


def moves(world: World) -> Iterator[tuple[str, Callable[[], Any]]]:
    """What is done on the way, in its order."""
    first, second = world.worker, world.colleague
    release = approved(world.bundle, first, way="link")
    yield "second", lambda: approve_second(release=release, seen=seen_mark(world.run, second), by=second)
    yield "earlier", lambda: earlier_bundle(world.bundle, first)
    yield "link", lambda: give_link(release=release, key=FIRST, by=first)
    yield "out", lambda: go_out(release=release, by=first)
    yield "recall", lambda: recall(release=release, reason="a fault", by=first)


def test_no_move_reads_a_table_whole(world: World) -> None:
    found: dict[str, Any] = {}
    for name, move in moves(world):
        by = world.colleague if name == "second" else world.worker
        with after_recall() if name != "second" else acting_as(by.pk), acting_as(by.pk):
            if faults := faults_of(move, by):
                found[name] = faults
    assert found == {}


def test_her_copies_and_those_that_expired_are_found_by_their_case(client: Client, world: World) -> None:
    hers = ready_bundle(world.case, world.worker, recipient="victim")
    looked_over(hers)
    with acting_as(world.worker.pk):
        put_into_portal(release=approved(hers, world.worker, way="portal"), by=world.worker)
    copy = PortalCopy.objects.get()
    PortalCopy.objects.bulk_create(
        PortalCopy(
            release=approved(hers, world.worker, way="portal"), case=world.case, storage_name=copy.storage_name,
            sha256=copy.sha256, size_bytes=1, page_count=1, put_at=timezone.now() - timedelta(days=20 + number),
            expires_at=timezone.now() - timedelta(days=6 + number),
        )
        for number in range(3)
    )  # fmt: skip
    her = world.case.victim.user
    sign_in(client, her)
    assert faults_of(lambda: client.get(reverse("portal:copy")), her) == {}
    assert client.get(reverse("portal:copy")).text.count("Your caseworker put this here") == 1


def test_what_is_asked_before_a_link_opens_reads_no_table_whole(client: Client, world: World) -> None:
    with after_recall():
        sign_in(client, world.worker)
        page = client.post(world.address("take", world.release.pk)).text
        found = re.search(r"/d/([\w-]+)/", page)
        assert found
        assert door(found[1]).object_id == world.release.pk
    for function, name in (("share_link", "p_digest"), ("release_held_back", "p_release")):
        with connection.cursor() as cursor:
            cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = %s", [function])
            body = cursor.fetchone()[0]
        asked = body[body.index("SELECT") :].split(";")[0]
        value = f"'{world.release.pk}'::uuid" if name == "p_release" else "'x'"
        assert test_plans.faults(re.sub(rf"\b{name}\b", value, asked)) == []


def test_the_check_sees_a_table_that_is_read_whole(world: World) -> None:
    assert test_plans.faults("SELECT id FROM bundles_portalcopy WHERE expires_at < now()")  # as the owner: no index
