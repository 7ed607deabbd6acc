"""Support: offered, moved on, aimed, scored; sessions and what is written about them; support without a session."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from audit.models import Action, Event
from cases.actions import KeyUsed, StaleEdit
from cases.models import Case, Task
from jobs.actions import run_due
from nsvcs.identity import acting_as
from nsvcs.ids import uuid7
from referrals import working
from referrals.actions.sessions import correct_session, notes_of
from referrals.actions.support import review_support, set_aim
from referrals.models import EpisodeAim, EpisodeMove, SessionNote, SupportEpisode, SupportSession
from referrals.queries import episode_page
from referrals.rules.support import MOVES, NEEDS_REASON, EpisodeState
from tests.factories import CaseFactory, UserFactory
from tests.referrals.support_world import catalogue, day, move, offer, session

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker():
    return UserFactory()


@pytest.fixture
def case(worker):
    return CaseFactory(worker=worker)


@pytest.fixture
def active(case, worker):
    episode = offer(case, worker)
    return move(move(episode, "accepted", worker, ago=25), "active", worker, ago=24)


# --- episodes ------------------------------------------------------------------------------------------------------


def test_an_offer_is_kept_with_its_goal_and_its_first_move_once(case, worker):
    key = uuid7()
    episode = offer(case, worker, key=key)
    assert offer(case, worker, key=key) == episode
    assert (episode.state, [each.to_state for each in episode.moves.all()]) == ("offered", ["offered"])
    assert episode.aims.get().goal == "to be heard"
    assert Event.objects.filter(action=Action.SUPPORT_OFFERED).count() == 1
    with pytest.raises(KeyUsed):
        offer(case, worker, key=key, goal="another")


def test_one_service_is_open_once_for_a_case_by_action_and_by_database(case, worker):
    episode = offer(case, worker)
    with pytest.raises(ValidationError, match="open for the victim already"):
        offer(case, worker)
    with pytest.raises(IntegrityError, match="one_open"), transaction.atomic():
        SupportEpisode.objects.create(case=case, service=catalogue(), offered_on=day(0), offered_by=worker)
    move(episode, "declined", worker)
    assert offer(case, worker).pk != episode.pk


def test_nothing_is_offered_on_a_closed_case_or_from_outside_the_catalogue(case, worker):
    service = catalogue()
    service.is_active = False
    service.save()
    with pytest.raises(ValidationError, match="not offered any more"):
        offer(case, worker)
    with pytest.raises(ValidationError, match="closed"):
        offer(CaseFactory(worker=worker, closed=True), worker)


@pytest.mark.parametrize("current", list(EpisodeState))
def test_each_move_is_kept_or_refused_as_the_table_says(case, worker, current):
    episode = offer(case, worker)
    for to in EpisodeState:
        SupportEpisode.objects.filter(pk=episode.pk).update(state=current)
        if to in MOVES[current]:
            moved = move(episode, to, worker)
            last = moved.moves.order_by("-at").first()
            assert (moved.state, last.from_state, last.to_state, last.by) == (to, current, to, worker)
            assert Event.objects.order_by("-id").first().detail == {"from": current, "to": to}
        else:
            with pytest.raises(ValidationError):
                move(episode, to, worker)


def test_a_move_needs_a_reason_to_stop_and_a_day_in_order(case, worker):
    episode = offer(case, worker, ago=30)
    with pytest.raises(ValidationError, match="Write why"):
        move(episode, "declined", worker, reason="")
    with pytest.raises(ValidationError, match="or later"):
        move(episode, "accepted", worker, ago=31)
    assert move(episode, "accepted", worker, ago=30, reason="").state == "accepted"
    assert EpisodeState.COMPLETED in NEEDS_REASON


def test_a_move_from_where_it_stands_no_more_is_refused_and_a_second_sending_is_not(case, worker):
    episode, key = offer(case, worker), uuid7()
    move(episode, "accepted", worker, key=key)
    with pytest.raises(StaleEdit) as refused:
        move(episode, "declined", worker, was="offered")
    assert refused.value.present.state == "accepted"
    assert move(episode, "accepted", worker, key=key, was="offered").state == "accepted"
    assert episode.moves.count() == 2


def test_rows_of_the_history_are_never_changed(active):
    for rows in (EpisodeMove.objects, EpisodeAim.objects):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(at=timezone.now())


def test_another_workers_case_is_out_of_reach(active):
    stranger = UserFactory()
    with acting_as(stranger.pk):
        assert not SupportEpisode.objects.visible_to(stranger).exists()
        assert not SupportEpisode.objects.exists()
    with pytest.raises(SupportEpisode.DoesNotExist):
        move(active, "paused", stranger)


def test_the_goal_has_versions_and_a_stale_change_is_refused(active, worker):
    def change(goal, based_on, key=None):
        with acting_as(worker.pk):
            return set_aim(episode=active, key=key or uuid7(), goal=goal, needs=[], based_on=based_on, by=worker)

    key = uuid7()
    assert change("second", 1, key).version == 2
    assert change("second", 1, key).version == 2
    with pytest.raises(StaleEdit) as refused:
        change("third", 1)
    assert refused.value.present.goal == "second"
    move(active, "completed", worker)
    with pytest.raises(ValidationError, match="has ended"):
        change("third", 2)


def test_scores_are_kept_and_shown_first_and_last(active, worker):
    def score(when, **scores):
        with acting_as(worker.pk):
            return review_support(episode=active, key=uuid7(), when=when, on=day(0), scores=scores, by=worker)

    score("start", safety=2, copes=1)
    score("review", safety=3)
    score("end", safety=5, satisfied=4)
    with acting_as(worker.pk):
        told = {each.label: (each.first, each.last, each.change) for each in episode_page(active, worker).scored}
    assert told["Personal safety"] == (2, 5, 3)
    assert told["Better able to cope"] == (1, None, None)
    assert told["Satisfied with the support"] == (None, 4, None)
    for wrong in ({}, {"safety": 6}, {"safety": 0}, {"blood_type": 3}):
        with pytest.raises(ValidationError):
            score("end", **wrong)


# --- sessions ------------------------------------------------------------------------------------------------------


def test_the_first_session_begins_support_that_was_accepted(case, worker):
    episode = move(offer(case, worker), "accepted", worker)
    session(episode, worker, attendance="did_not_attend")
    episode.refresh_from_db()
    assert episode.state == "accepted"
    key = uuid7()
    kept = session(episode, worker, key=key, ago=5, at=(at := timezone.now() - timedelta(days=5)))
    assert session(episode, worker, key=key, at=at) == kept
    episode.refresh_from_db()
    assert (episode.state, episode.moves.last().reason) == ("active", "First session")


@pytest.mark.parametrize("state", ["offered", "declined"])
def test_no_session_of_support_that_was_not_accepted(case, worker, state):
    episode = offer(case, worker)
    if state == "declined":
        move(episode, state, worker)
    with pytest.raises(ValidationError):
        session(episode, worker)


def test_no_session_after_the_end_in_the_future_or_of_another_services_work(active, worker):
    with pytest.raises(ValidationError, match="past"):
        session(active, worker, ago=-1)
    with pytest.raises(ValidationError, match="belongs to this service"):
        session(active, worker, did=["court_visit"])
    move(active, "completed", worker, ago=8)
    session(active, worker, ago=8)
    with pytest.raises(ValidationError, match="ended by then"):
        session(active, worker, ago=7)


def test_the_database_holds_minutes_to_sessions_that_took_place(active, worker):
    common = {
        "episode": active, "case": active.case, "at": timezone.now(), "mode": "phone", "worker": worker,
        "recorded_by": worker, "content_class": "advocacy",
    }  # fmt: skip
    for wrong in ({"attendance": "attended"}, {"attendance": "by_us", "minutes": 30}):
        with pytest.raises(IntegrityError), transaction.atomic():
            SupportSession.objects.create(**common, **wrong)


def test_emotional_notes_are_rows_of_their_own_and_left_out_by_one_filter(active, worker):
    key, text = uuid7(), "He cried. " + "\u0627\u0644\u0639\u0631\u0628\u064a\u0629 \U0001f54a" * 100
    at = timezone.now() - timedelta(days=3)
    kept = session(active, worker, key=key, at=at, note="Rang the officer", kept_apart=text)
    session(active, worker, key=key, at=at, note="Rang the officer", kept_apart=text)
    assert kept.notes.count() == 2
    assert [note.text for note in kept.notes.without_kept_apart()] == ["Rang the officer"]
    assert [note.text for note in kept.notes.kept_apart()] == [text]
    with pytest.raises(KeyUsed):
        session(active, worker, key=key, at=at, note="Rang the officer", kept_apart="")
    with pytest.raises(DatabaseError), transaction.atomic():
        SessionNote.objects.update(text="another")


def test_a_reader_does_not_read_what_is_kept_apart_and_reading_it_is_recorded(active, worker, case):
    kept = session(active, worker, note="plain", kept_apart="apart")
    manager, reader = UserFactory(manager=True), UserFactory()
    case.grants.create(
        person=reader, kind="reader", reason="x", granted_by=manager.pk, starts_at=timezone.now(),
        ends_at=timezone.now() + timedelta(days=1),
    )  # fmt: skip
    told = {}
    for person in (worker, manager, reader):
        with acting_as(person.pk):
            told[person] = [note.text for note in notes_of(kept, person)]
    assert told[worker] == told[manager] == ["plain", "apart"]
    assert told[reader] == ["plain"]
    seen = Event.objects.filter(action=Action.KEPT_APART_SEEN).values_list("actor_id", flat=True)
    assert set(seen) == {worker.pk, manager.pk}


def test_a_correction_stands_beside_and_may_take_a_session_back(active, worker):
    kept, key = session(active, worker), uuid7()
    for _twice in range(2):
        with acting_as(worker.pk):
            correct_session(
                session=kept, key=key, text="It was another day", content_class="advocacy", takes_back=True, by=worker
            )
    assert SupportSession.objects.filter(pk=kept.pk).values_list("minutes", "attendance").get() == (30, "attended")
    assert not active.sessions.held().exists()
    with acting_as(worker.pk):
        assert episode_page(active, worker).held_count == 0
    assert Event.objects.filter(action=Action.SESSION_CORRECTED).count() == 1
    with pytest.raises(DatabaseError), transaction.atomic():
        SupportSession.objects.update(minutes=5)


# --- support without a session ------------------------------------------------------------------------------------


def due():
    """What the daily look does, and its jobs; returns the open tasks."""
    working.ask_for_sessions()
    run_due()
    return list(Task.objects.open().filter(kind=Task.Kind.SUPPORT_DUE))


@pytest.mark.parametrize(("ago", "count"), [(14, 0), (15, 1), (40, 1)])
def test_support_without_a_session_raises_one_task_for_whoever_holds_the_case(case, worker, ago, count):
    move(offer(case, worker, ago=50), "accepted", worker, ago=ago)
    assert len(due()) == count
    assert len(due()) == count
    assert all(task.assigned_to == worker and task.due_on == day(0) for task in due())


def test_a_session_or_a_pause_finishes_the_task_and_a_new_gap_raises_another(case, worker):
    episode = move(offer(case, worker, ago=60), "accepted", worker, ago=50)
    assert len(due()) == 1
    session(episode, worker, ago=20)
    assert not Task.objects.open().exists()
    assert len(due()) == 1
    move(episode, "paused", worker, ago=0)
    assert due() == []


@pytest.mark.parametrize("what", ["not attended", "taken back"])
def test_a_session_that_did_not_take_place_does_not_count(case, worker, what):
    episode = move(offer(case, worker, ago=60), "accepted", worker, ago=20)
    kept = session(episode, worker, ago=3, attendance="attended" if what == "taken back" else "by_victim")
    if what == "taken back":
        with acting_as(worker.pk):
            correct_session(session=kept, key=uuid7(), text="x", content_class="advocacy", takes_back=True, by=worker)
    assert len(due()) == (0 if what == "taken back" else 1)  # it began: counted from that day


def test_a_closed_case_is_left_alone(case, worker):
    move(offer(case, worker, ago=60), "accepted", worker, ago=50)
    Case.objects.filter(pk=case.pk).update(closed_on=day(0), closure_reason="needs_met")
    assert due() == []
