"""Jobs as rows: asked once, done once, by one worker, with the rights of whom they are for."""

import logging
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
import time_machine
from django.db import connections
from django.utils import timezone

from accounts.models import Team
from jobs import actions, kinds
from jobs.models import Job
from jobs.working import Superseded, Work
from nsvcs.celery import app
from nsvcs.identity import acting_as
from nsvcs.ids import uuid7
from tests.factories import AllocationFactory, CaseFactory, UserFactory
from tests.jobs import targets

TARGETS = ["count", "look", "open_its_case", "write", "lose_the_job_then_write", "refuse", "break_down"]
TURNS = ["give_way_while_somebody_waits", "be_called_off", "lose_the_database_once"]
LONG = "take_long_over_one_step"


@pytest.fixture(autouse=True)
def _kinds(monkeypatch):
    own = [kinds.Kind(name, f"tests.jobs.targets.{name}") for name in [*TARGETS, *TURNS, "report_progress"]]
    own.append(kinds.Kind("look_as_itself", "tests.jobs.targets.look", as_itself=True))
    own.append(kinds.Kind(LONG, f"tests.jobs.targets.{LONG}", lease=timedelta(seconds=0.4)))
    monkeypatch.setattr(kinds, "_kinds", {kind.name: kind for kind in own})
    targets.seen.clear()


def ask(name="count", key="key", **fields):
    return actions.ask(name=name, key=key, **{"object_id": None, "case_id": None, "by": None, **fields})


def done(job):
    """Do it, and what it says afterwards."""
    actions.run(job.pk)
    job.refresh_from_db()
    return job.state, job.error_code


def on_own_connection(work):
    def run(argument):
        try:
            return work(argument)
        finally:
            connections.close_all()

    return run


# --- asking --------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_same_key_asks_once():
    assert ask().pk == ask().pk
    assert ask(key="other").pk != ask().pk
    assert Job.objects.count() == 2


@pytest.mark.django_db
def test_a_job_is_gone_with_the_transaction_that_asked_for_it():
    def ask_and_fail():
        with acting_as(UserFactory().pk):
            ask()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        ask_and_fail()
    assert not Job.objects.exists()


@pytest.mark.commits
def test_the_same_key_asked_from_many_sides_is_one_job(own_database):
    with ThreadPoolExecutor(6) as pool:
        found = set(pool.map(on_own_connection(lambda _: ask().pk), range(6)))
    assert len(found) == 1 == Job.objects.count()


@pytest.mark.h("H36")
@pytest.mark.commits
def test_with_the_broker_away_asking_takes_under_a_second_and_a_sweep_delivers(own_database, monkeypatch, caplog):
    began = time.monotonic()
    with caplog.at_level(logging.WARNING, "jobs.actions"):
        job = ask()
    assert time.monotonic() - began < 1
    assert f"job {job.pk} waits in the database" in caplog.text
    woken = []
    monkeypatch.setattr(actions, "wake", lambda job: woken.append(job.pk) or True)
    assert actions.sweep() == actions.Swept(due=1, is_broker_away=False)
    assert woken == [job.pk]
    assert [done(job), done(job)] == [("done", ""), ("done", "")]
    assert targets.seen == [{"1"}]


@pytest.mark.h("H36")
@pytest.mark.commits
def test_with_a_broker_that_hangs_asking_takes_under_a_second(own_database, monkeypatch, tmp_path):
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(tmp_path / "s"))
        silent.listen()
        monkeypatch.setattr(app.conf, "broker_url", f"redis+socket://{tmp_path / 's'}")
        ask(key="so that what is loaded once is loaded")
        began = time.monotonic()
        job = ask(key="another")
    assert time.monotonic() - began < 1
    assert Job.objects.due(timezone.now()).filter(pk=job.pk).exists()


@pytest.mark.h("H36")
@pytest.mark.django_db
def test_a_dead_broker_is_asked_once_a_sweep_however_much_waits(monkeypatch):
    asked = []
    for number in range(3):
        ask(key=str(number))
    monkeypatch.setattr(actions, "wake", lambda job: asked.append(job.pk) and False)
    assert actions.sweep() == actions.Swept(due=3, is_broker_away=True)
    assert len(asked) == 1


def test_messages_are_acknowledged_late_and_publishing_never_waits():
    assert app.conf.task_acks_late is app.conf.task_reject_on_worker_lost is True
    assert app.conf.worker_prefetch_multiplier == 1
    assert app.conf.task_publish_retry is False
    assert app.conf.broker_transport_options["visibility_timeout"] >= 4 * app.conf.task_time_limit
    assert 2 * app.conf.broker_transport_options["socket_connect_timeout"] < 1


# --- claiming ------------------------------------------------------------------------------------------------------


@pytest.mark.commits
def test_of_two_who_claim_one_works(own_database):
    for number in range(10):
        job, barrier = ask(key=str(number)), Barrier(2)

        def race(_, job=job, barrier=barrier):
            barrier.wait()
            return actions.run(job.pk)

        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(on_own_connection(race), range(2))) == [False, True]
    assert len(targets.seen) == 10


@pytest.mark.django_db
def test_a_second_delivery_and_an_unknown_id_stop_at_once():
    job = ask()
    assert [actions.run(job.pk), actions.run(job.pk), actions.run(UserFactory().pk)] == [True, False, False]


@pytest.mark.django_db
def test_a_delayed_job_waits_its_time():
    job = ask(delay=timedelta(hours=1))
    assert actions.run_due() == 0
    Job.objects.filter(pk=job.pk).update(not_before=timezone.now())
    assert actions.run_due() == 1


# --- lost workers --------------------------------------------------------------------------------------------------


def lost(attempts):
    past = timezone.now() - timedelta(seconds=1)
    job = ask()
    Job.objects.filter(pk=job.pk).update(state="running", attempts=attempts, claimed_at=past, silent_after=past)
    return job


@pytest.mark.h("H37")
@pytest.mark.django_db
def test_what_a_dead_worker_left_is_done_by_the_next():
    job = lost(attempts=1)
    assert actions.sweep().due == 1
    assert done(job) == ("done", "")
    assert targets.seen == [{"2"}]


@pytest.mark.django_db
def test_a_job_that_killed_its_worker_too_often_has_failed():
    job = lost(attempts=4)
    assert actions.sweep().due == 0
    job.refresh_from_db()
    assert (job.state, job.error_code) == ("failed", "worker_lost")
    assert job.is_over


@pytest.mark.django_db
def test_a_running_job_that_still_speaks_is_left_alone():
    job = lost(attempts=1)
    Job.objects.filter(pk=job.pk).update(silent_after=timezone.now() + timedelta(minutes=1))
    assert actions.sweep().due == 0


@pytest.mark.commits
def test_a_step_that_takes_long_is_not_taken_for_a_dead_worker(own_database):
    assert done(ask(LONG)) == ("done", "")
    assert targets.seen == [{True}]


@pytest.mark.django_db
def test_an_attempt_that_was_taken_over_leaves_no_result():
    job = ask("lose_the_job_then_write")
    assert done(job) == ("running", "")
    assert not Team.objects.filter(name="result").exists()


@pytest.mark.django_db
def test_an_attempt_that_was_taken_over_may_not_even_report():
    job = ask()
    Job.objects.claim(job.pk, timezone.now(), timedelta(minutes=1))
    job.refresh_from_db()
    early = Work(job, kinds.kind("count"))
    Job.objects.filter(pk=job.pk).update(attempts=2)
    with pytest.raises(Superseded):
        early.progress("late")


# --- doing ---------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_result_and_end_of_the_job_are_one_transaction():
    assert done(ask("write")) == ("done", "")
    assert Team.objects.filter(name="result").exists()


@pytest.mark.django_db
def test_progress_is_seen_while_it_runs():
    done(ask("report_progress"))
    assert targets.seen == [{"running", "copying"}]


@pytest.mark.django_db
def test_a_refusal_is_final_and_leaves_nothing_half_done():
    job = ask("refuse")
    assert done(job) == ("failed", "too_big")
    assert job.error_item == "EX-3"
    assert not Team.objects.filter(name="half").exists()


@pytest.mark.django_db
def test_a_breakdown_is_tried_again_later_and_given_up_in_the_end(caplog):
    job = ask("break_down")
    waits = []
    for _ in range(4):
        Job.objects.filter(pk=job.pk).update(not_before=timezone.now())
        assert done(job)[0] in {"queued", "failed"}
        waits.append(round((job.not_before - timezone.now()).total_seconds(), -1))
    assert waits[:3] == [10, 20, 30]
    assert (job.state, job.error_code, job.attempts) == ("failed", "unexpected", 4)
    assert not Team.objects.filter(name="half").exists()


# --- rights --------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_job_sees_what_its_requester_sees():
    worker = UserFactory()
    case = CaseFactory(worker=worker)
    CaseFactory(worker=UserFactory())
    done(ask("look", by=worker.pk))
    assert targets.seen == [{str(case.pk)}]


@pytest.mark.django_db
def test_a_system_job_sees_the_one_case_of_its_row_and_only_while_it_runs():
    case = CaseFactory(is_restricted=True)
    CaseFactory()
    job = ask("look_as_itself", case_id=case.pk)
    done(job)
    assert targets.seen == [{str(case.pk)}]
    with Work(job, kinds.kind("look_as_itself")).acting():
        assert not type(case).objects.exists()


@pytest.mark.h("H08")
@pytest.mark.django_db
@pytest.mark.parametrize("removed", ["allocation", "account"])
def test_who_lost_the_case_before_the_job_ran_gets_a_neutral_failure(removed):
    worker, now = UserFactory(), timezone.now()
    case = CaseFactory()
    allocation = AllocationFactory(case=case, worker=worker, starts_at=now - timedelta(days=1))
    job = ask("open_its_case", object_id=case.pk, case_id=case.pk, by=worker.pk)
    if removed == "allocation":
        type(allocation).objects.filter(pk=allocation.pk).update(ends_at=now - timedelta(seconds=1))
    else:
        type(worker).objects.filter(pk=worker.pk).update(is_active=False)
    assert done(job) == ("failed", "not_found")
    assert (targets.seen, job.attempts, job.error_item) == ([], 1, "")


@pytest.mark.commits
def test_a_job_whose_database_restarted_is_done_by_its_next_attempt_and_once(own_database):
    job = ask("lose_the_database_once")
    assert done(job) == ("queued", "")
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        assert done(job) == ("done", "")
    assert list(Team.objects.filter(name__in=["half", "result"]).values_list("name", flat=True)) == ["result"]


# --- turns ---------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_job_that_gives_way_goes_on_after_those_that_waited_and_no_attempt_is_counted():
    first = ask("give_way_while_somebody_waits", "long")
    second = ask(key="short")
    assert actions.run_due() == 3
    assert targets.seen == [{"long", "1"}, {"1"}, {"long", "1"}]
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.attempts, second.state) == ("done", 1, "done")


@pytest.mark.django_db
def test_who_gives_way_wakes_the_other_whose_call_may_have_been_lost(monkeypatch):
    first, second = ask("give_way_while_somebody_waits", "long"), ask(key="short")
    woken = []
    monkeypatch.setattr(actions, "wake", lambda job: woken.append(job.pk) or True)
    actions.run(first.pk)
    assert woken == [second.pk, first.pk]
    first.refresh_from_db()
    assert list(Job.objects.filter(state="queued").ahead_of(first)) == [second]
    assert not Job.objects.ahead_of(second).exists()


@pytest.mark.django_db
def test_work_is_waited_for_by_what_is_ready_in_its_own_queue_alone():
    job = ask("look", "mine")
    ask(key="later", delay=timedelta(hours=1))
    Job.objects.claim(job.pk, timezone.now(), timedelta(minutes=1))
    work = Work(Job.objects.get(pk=job.pk), kinds.kind("look"))
    assert not work.is_waited_for(timedelta())
    waiting = ask(key="now")
    assert work.is_waited_for(timedelta(), only_new=True)
    assert not work.is_waited_for(timedelta(seconds=30))
    assert not work.is_waited_for(timedelta(), not_for=["count"])
    Job.objects.filter(pk=waiting.pk).update(queue="bundles")
    assert not work.is_waited_for(timedelta())


@pytest.mark.django_db
def test_a_job_that_was_called_off_writes_nothing_and_is_not_tried_again():
    name, object_id = "be_called_off", uuid7()
    job = ask(name, object_id=object_id)
    assert done(job) == ("cancelled", "")
    assert not Team.objects.exists()
    assert actions.run_due() == 0
    assert not actions.call_off(object_id, name)
    waiting = ask(name, "waiting", object_id=object_id)
    assert actions.call_off(object_id, name)
    assert not actions.run(waiting.pk)
