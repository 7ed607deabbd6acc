"""Parts as rows: made once for a case, by whoever is free, and by nobody for a bundle that nobody wants any more."""

import os
import time
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import ProgrammingError, connection
from django.utils import timezone

from bundles.building import crew as crews
from bundles.building import sweeping
from bundles.building.crew import HELP, Crew, make_parts, take
from bundles.engine.parts import Order, Store, order_key
from bundles.models import Bundle, BundlePart, PartOrder
from bundles.tasks import ask_for_sweep
from jobs import actions
from jobs.kinds import kind
from jobs.models import Job
from jobs.working import GivesWay, Superseded, Work
from nsvcs import storage
from nsvcs.finished import Finished
from nsvcs.identity import acting_as
from nsvcs.storage import file_store
from tests.factories import CaseFactory, UserFactory

pytestmark = pytest.mark.django_db
TARGET = "tests.bundles.part_targets:write"


def order(words, **payload):
    return Order(order_key(TARGET, words), words, TARGET, {"words": words, **payload})


def bundle_of(case, worker):
    with acting_as(worker.pk):
        return Bundle.objects.create(
            case=case, recipient="police", purpose="", asked_by=worker, asked_at=timezone.now()
        )


@pytest.fixture
def worker():
    return UserFactory()


@pytest.fixture
def bundle(worker):
    return bundle_of(CaseFactory(worker=worker), worker)


def claimed(bundle, name="bundle", key=None):
    by = bundle.asked_by_id
    job = actions.ask(name=name, key=key or f"{name}:{bundle.pk}", object_id=bundle.pk, case_id=bundle.case_id, by=by)
    Job.objects.claim(job.pk, timezone.now(), timedelta(minutes=1))
    return Work(Job.objects.get(pk=job.pk), kind(name))


@pytest.fixture
def work(bundle):
    return claimed(bundle)


class Making:
    """One attempt: what was told of, and the crew that made it."""

    def __init__(self, work, bundle, folder):
        self.stack = ExitStack()
        self.crew = Crew(work, bundle, Store(Path(folder), Path(folder) / "fonts.conf"), self.stack)
        self.told = []

    def all(self, *orders):
        return self.crew.make_all(orders, lambda order, made: self.told.append((order.name, made.is_new)))


@pytest.fixture
def making(work, bundle, tmp_path):
    return Making(work, bundle, tmp_path / "a")


def words_of(mades):
    return [Path(made.path).read_text() for made in mades]


def stored_files():
    return {str(path) for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()}


# --- kept ----------------------------------------------------------------------------------------------------------


def test_a_part_is_made_once_and_found_by_every_later_bundle_of_the_case(making, bundle, worker, tmp_path):
    log = str(tmp_path / "log")
    first = making.all(*(order(words, log=log) for words in "abca"))
    assert words_of(first) == ["a", "b", "c", "a"]
    assert sorted(making.told) == [("a", True), ("a", True), ("b", True), ("c", True)]
    second = bundle_of(bundle.case, worker)
    again = Making(claimed(second), second, tmp_path / "other machine")
    assert words_of(again.all(*(order(words, log=log) for words in "cbd"))) == ["c", "b", "d"]
    assert sorted(again.told) == [("b", False), ("c", False), ("d", True)]
    assert (again.crew.kept, again.crew.made) == (2, 1)
    assert sorted(Path(log).read_text().split()) == ["a", "b", "c", "d"]
    assert BundlePart.objects.count() == len(stored_files()) == 4


def test_another_case_s_part_is_never_used_however_alike(making, bundle, worker, tmp_path):
    making.all(order("a"))
    other = bundle_of(CaseFactory(worker=worker), worker)
    again = Making(claimed(other), other, tmp_path / "b")
    again.all(order("a"))
    assert (again.crew.kept, again.crew.made) == (0, 1)
    parts = BundlePart.objects.order_by("made_at")
    assert [part.case_id for part in parts] == [bundle.case_id, other.case_id]
    assert len({part.storage_name for part in parts}) == 2


@pytest.mark.parametrize("damage", ["gone", "changed"])
def test_a_part_whose_file_is_not_what_was_made_is_made_again(making, work, bundle, tmp_path, damage):
    making.all(order("a"))
    file = Path(settings.MEDIA_ROOT) / BundlePart.objects.get().storage_name
    if damage == "gone":
        file.unlink()
    else:
        file.write_text("something else")
    again = Making(work, bundle, tmp_path / "b")
    assert words_of(again.all(order("a"))) == ["a"]
    kept = Making(work, bundle, tmp_path / "c")
    assert words_of(kept.all(order("a"))) == ["a"]
    assert (again.crew.made, kept.crew.kept) == (1, 1)


def test_a_part_that_fails_is_told_with_its_code_and_not_kept(making):
    mades = making.all(order("a"), order("b", refuses=True))
    assert [made.failed for made in mades] == ["", "refused:text_lost"]
    assert [part.key for part in BundlePart.objects.all()] == [order("a").key]


def test_who_lost_the_case_finds_and_keeps_nothing(making, bundle, worker):
    making.all(order("a"))
    with acting_as(UserFactory().pk):
        assert not BundlePart.objects.exists()
    stranger = UserFactory()
    with acting_as(stranger.pk):
        assert not BundlePart.objects.visible_to(stranger).exists()


# --- ended ---------------------------------------------------------------------------------------------------------


def test_a_bundle_called_off_while_its_parts_are_made_ends_them_within_seconds(making, bundle):
    began = time.monotonic()
    told = making.told.append

    def call_off(order, made):
        told(order.name)
        actions.call_off(bundle.pk, "bundle")

    with pytest.raises(Superseded):
        making.crew.make_all([order("a"), *(order(f"long {each}", seconds=60) for each in range(6))], call_off)
    assert time.monotonic() - began < 8
    assert making.told == ["a"]


def test_a_bundle_gives_way_to_one_that_has_not_begun_and_keeps_what_it_made(making, work, bundle, worker, monkeypatch):
    monkeypatch.setattr(crews, "PATIENCE", timedelta())
    waiting = bundle_of(bundle.case, worker)
    actions.ask(name="bundle", key="waits", object_id=waiting.pk, case_id=bundle.case_id, by=worker.pk)
    orders = [order(str(each)) for each in range(8)]
    with pytest.raises(GivesWay):
        making.all(*orders)
    assert 0 < len(making.told) < len(orders)
    assert BundlePart.objects.count() == len(making.told)
    assert not PartOrder.objects.exists()


def test_a_bundle_gives_way_to_one_that_had_a_turn_only_after_a_while(making, bundle, worker, monkeypatch):
    monkeypatch.setattr(crews, "PATIENCE", timedelta())
    job = actions.ask(name="bundle", key="waits", object_id=bundle.pk, case_id=bundle.case_id, by=worker.pk)
    Job.objects.filter(pk=job.pk).update(claimed_at=timezone.now())
    making.all(*(order(str(each)) for each in range(4)))
    monkeypatch.setattr(crews, "TURN_SECONDS", 0.0)
    with pytest.raises(GivesWay):
        making.all(*(order(f"more {each}") for each in range(8)))


def test_nobody_gives_way_before_anything_is_made(making, monkeypatch):
    monkeypatch.setattr(crews, "PATIENCE", timedelta())
    monkeypatch.setattr(Work, "is_waited_for", lambda *args, **named: True)
    assert not making.crew.gives_way()


# --- shared --------------------------------------------------------------------------------------------------------


def helper(bundle):
    return claimed(bundle, HELP, f"{HELP}:{time.monotonic_ns()}")


def test_few_orders_are_made_without_asking_anybody(making):
    making.all(*(order(str(each)) for each in range(3)))
    assert not Job.objects.filter(kind=HELP).exists()


def test_an_order_is_erased_with_its_text_as_soon_as_it_is_made(making, monkeypatch):
    left = []
    monkeypatch.setattr(crews, "AT_ONCE", 1)
    keep = crews.keep

    def look_and_keep(*args):
        left.append(PartOrder.objects.count())
        keep(*args)

    monkeypatch.setattr(crews, "keep", look_and_keep)
    making.all(*(order(str(each)) for each in range(6)))
    assert left == [5, 5, 4, 3, 2, 1]  # the first is begun before the others are written down
    assert not PartOrder.objects.exists()
    assert Job.objects.filter(kind=HELP).count() == crews.MOST_HELPERS
    assert actions.run_due() == crews.MOST_HELPERS
    assert not Job.objects.filter(kind=HELP).exclude(state="done").exists()


def test_of_two_who_take_each_has_another_order_and_none_is_taken_twice(bundle, work):
    PartOrder.objects.bulk_create(
        PartOrder(bundle=bundle, case_id=bundle.case_id, position=place, payload="[]", asked_at=timezone.now())
        for place in range(2)
    )
    other = helper(bundle)
    with work.acting():
        first, second = take(bundle.pk, work.job.pk), take(bundle.pk, other.job.pk)
        assert (first.position, second.position) == (0, 1)
        assert take(bundle.pk, other.job.pk) is None
        PartOrder.objects.filter(pk=second.pk).update(taken_at=timezone.now() - crews.STRAGGLER * 2)
        assert take(bundle.pk, work.job.pk) is None
        assert take(bundle.pk, work.job.pk, crews.STRAGGLER).position == 1


def test_a_helper_gives_way_to_any_other_work_at_once(bundle, work, worker):
    PartOrder.objects.create(bundle=bundle, case_id=bundle.case_id, position=0, payload="[]", asked_at=timezone.now())
    actions.ask(name="bundle", key="waits", object_id=bundle.pk, case_id=bundle.case_id, by=worker.pk)
    with pytest.raises(GivesWay):
        make_parts(helper(bundle))
    assert PartOrder.objects.filter(taken_at=None).exists()


def test_the_store_takes_over_what_is_made_without_copying_it(tmp_path):
    made = tmp_path / "part"
    made.write_text("a")
    stored = file_store().store(Finished(made))
    assert os.path.samefile(Path(settings.MEDIA_ROOT) / stored.name, made)


# --- forgotten -----------------------------------------------------------------------------------------------------


@pytest.mark.h("H30")
def test_parts_that_no_bundle_has_used_for_weeks_are_forgotten_and_so_are_orders_of_a_dead_build(making, bundle):
    making.all(*(order(each) for each in "ab"))
    old, young = BundlePart.objects.order_by("key")
    now = timezone.now()
    BundlePart.objects.filter(pk=old.pk).update(last_used_at=now - sweeping.PART_KEPT - timedelta(minutes=1))
    BundlePart.objects.filter(pk=young.pk).update(last_used_at=now - sweeping.PART_KEPT + timedelta(minutes=1))
    for place, hours in enumerate((23, 25)):
        asked_at, case_id = now - timedelta(hours=hours), bundle.case_id
        PartOrder.objects.create(bundle=bundle, case_id=case_id, position=place, payload="[]", asked_at=asked_at)

    ask_for_sweep()
    actions.run(Job.objects.get(kind="sweep_files").pk)

    assert list(BundlePart.objects.all()) == [young]
    assert stored_files() == {str(Path(settings.MEDIA_ROOT) / young.storage_name)}
    assert [left.position for left in PartOrder.objects.all()] == [0]


def test_a_part_in_use_is_as_young_as_its_last_use(making, work, bundle, tmp_path):
    making.all(order("a"))
    BundlePart.objects.update(last_used_at=timezone.now() - timedelta(days=20))
    Making(work, bundle, tmp_path / "b").all(order("a"))
    assert BundlePart.objects.get().last_used_at > timezone.now() - timedelta(minutes=1)


def test_the_functions_of_the_sweep_are_the_workers_alone():
    for call in ("part_names('{}')", "forget_parts(now())"):
        with pytest.raises(ProgrammingError, match="permission denied"), acting_as(), connection.cursor() as cursor:
            cursor.execute(f"SELECT {call}")


# --- a full disk ---------------------------------------------------------------------------------------------------


def test_a_part_for_which_there_is_no_room_says_so_and_leaves_nothing(making, monkeypatch):
    monkeypatch.setattr(storage.shutil, "disk_usage", lambda path: type("Usage", (), {"free": 0}))
    with pytest.raises(storage.StorageFull):
        making.all(order("a"), order("b"))
    assert not BundlePart.objects.exists()
    assert stored_files() == set()
