"""The worker's own timer: it starts with the worker, survives a bad round, and works while the broker is away."""

import threading

import pytest
from celery.signals import worker_ready

from audit.models import Unsealed
from jobs import actions, kinds, tasks, timer
from tests.audit.test_sealing import written
from tests.factories import CaseFactory, UserFactory
from tests.jobs import targets


@pytest.fixture(autouse=True)
def _kind(monkeypatch):
    monkeypatch.setattr(kinds, "_kinds", {"count": kinds.Kind("count", "tests.jobs.targets.count")})
    targets.seen.clear()


@pytest.mark.h("H36")
@pytest.mark.django_db
@pytest.mark.parametrize(("is_told", "did"), [(True, 0), (False, 1)])
def test_a_round_does_the_waiting_work_itself_only_while_nobody_can_be_woken(monkeypatch, is_told, did):
    monkeypatch.setattr(actions, "wake", lambda job: is_told)
    actions.ask(name="count", key="k", object_id=None, case_id=None, by=None)
    timer.turn()
    assert len(targets.seen) == did


@pytest.mark.django_db
def test_a_round_seals_the_trail():
    written(CaseFactory(worker=UserFactory()))
    assert Unsealed.objects.exists()
    timer.turn()
    assert not Unsealed.objects.exists()


def test_it_starts_when_the_worker_is_ready_and_goes_on_after_a_bad_round(monkeypatch, caplog):
    rounds, twice = [], threading.Event()

    def bad_round():
        rounds.append(threading.current_thread())
        if len(rounds) == 2:
            twice.set()
        raise RuntimeError

    monkeypatch.setattr(timer, "EVERY_SECONDS", 0.01)
    monkeypatch.setattr(timer, "turn", bad_round)
    assert tasks.timer is timer  # loaded by the worker, and with it the hook
    [(_, stop)] = worker_ready.send(sender=None)
    try:
        assert twice.wait(5)
    finally:
        stop.set()
    rounds[0].join(5)
    assert rounds[0] is rounds[1]
    assert (rounds[0].name, rounds[0].daemon) == (timer.NAME, True)
