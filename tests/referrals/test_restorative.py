"""Restorative justice by its actions: what must stand before an approach, and a withdrawal that is one step."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from audit.models import Event
from cases.actions import KeyUsed, StaleEdit, withdraw_consent
from cases.models import Case, ConsentWithdrawal, StatusChange, Task, Wall
from jobs.actions import run_due
from jobs.models import Job
from nsvcs.identity import acting_as
from nsvcs.ids import uuid7
from referrals import restoring
from referrals.actions.restorative import open_restorative, withdraw_restorative
from referrals.actions.signing_off import managers_of
from referrals.models import RestorativeMove, RestorativeReferral, SignOff, SignOffRequest
from referrals.restoring import Screen
from referrals.rules.restorative import MOVES, Outcome, Stage
from tests.factories import CaseFactory, IncidentFactory, SafeContactFactory, TeamFactory, UserFactory
from tests.referrals.restoring import World, day

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _early_june():
    with time_machine.travel("2026-06-03 10:00 +0100", tick=True):
        yield


@pytest.fixture
def world():
    return World()


@pytest.fixture
def ready(world):
    """Prepared, agreed to and signed off: the next move is the approach."""
    referral = world.at(Stage.PREPARATION)
    world.agree()
    world.signed(referral)
    return referral


def refused(world, referral, to=Stage.APPROACHED, **values):
    with pytest.raises(ValidationError) as error:
        world.move(referral, to, **values)
    referral.refresh_from_db()
    return " ".join(error.value.messages)


# --- one at a time, each move a row --------------------------------------------------------------------------------


def test_it_opens_at_the_enquiry_with_a_row(world):
    referral = world.open()
    move = RestorativeMove.objects.get()
    assert (referral.stage, move.to_stage, move.reason) == ("enquiry", "enquiry", "to be heard")
    assert Event.objects.filter(action="restorative.opened", target_id=str(referral.pk)).exists()


def test_one_is_open_at_a_time_by_the_action_and_by_the_database(world):
    world.open()
    with pytest.raises(ValidationError, match="open on this case already"):
        world.open()
    with pytest.raises(IntegrityError), transaction.atomic():
        RestorativeReferral.objects.create(case=world.case, opened_by=world.worker)


def test_after_its_end_another_may_be_opened(world):
    world.end(world.open(), Outcome.UNSUITABLE)
    assert world.open().is_open


def test_none_is_opened_on_a_closed_case(world):
    Case.objects.filter(pk=world.case.pk).update(closed_on=day(), closure_reason="needs_met", status="closed")
    with pytest.raises(ValidationError, match="closed"):
        world.open()


def test_the_same_key_opens_one(world):
    key = uuid7()
    with acting_as(world.worker.pk):
        for _again in range(2):
            open_restorative(case=world.case, key=key, reason="x", by=world.worker)
    assert RestorativeMove.objects.count() == 1


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage != Stage.CLOSED])
def test_the_action_makes_the_moves_of_the_table_and_no_other(world, stage):
    """With all that must stand; from hold it comes back to where it stood, which is suitability here."""
    referral = world.at(stage)
    world.agree()
    world.signed(referral) if stage in {Stage.PREPARATION, Stage.OTHER_PREPARATION, Stage.ON_HOLD} else None
    for to in Stage:
        is_back = stage != Stage.ON_HOLD or to in {Stage.ENQUIRY, Stage.REFERRAL, Stage.SUITABILITY}
        if to in MOVES[stage] - {Stage.CLOSED} and is_back:
            with transaction.atomic():
                moved = world.move(referral, to)
                assert moved.stage == to
                transaction.set_rollback(True)
        else:
            assert "cannot go from" in refused(world, referral, to)
    assert RestorativeMove.objects.count() == 1


def test_a_move_is_a_row_that_never_changes(world):
    world.move(world.open(), Stage.REFERRAL)
    move = RestorativeMove.objects.get(to_stage="referral")
    assert (move.from_stage, move.reason, move.by) == ("enquiry", "as agreed", world.worker)
    with pytest.raises(Exception, match="never changed|refuse|append"), transaction.atomic():
        RestorativeMove.objects.filter(pk=move.pk).update(reason="other")


def test_a_form_of_before_changes_nothing(world):
    referral = world.open()
    world.move(referral, Stage.REFERRAL)
    with pytest.raises(StaleEdit):
        world.move(referral, Stage.ON_HOLD, seen=Stage.ENQUIRY)
    with pytest.raises(StaleEdit):
        world.end(referral, Outcome.UNSUITABLE, seen=Stage.ENQUIRY)


def test_a_move_sent_twice_is_one_and_other_words_under_its_key_are_refused(world):
    referral, key = world.open(), uuid7()
    for _again in range(2):
        world.move(referral, Stage.REFERRAL, seen=Stage.ENQUIRY, key=key)
    with pytest.raises(KeyUsed):
        world.move(referral, Stage.REFERRAL, seen=Stage.ENQUIRY, key=key, reason="other")
    assert RestorativeMove.objects.count() == 2


def test_a_method_and_a_day_are_asked_for_where_they_belong(world):
    world.agree()
    referral = world.at(Stage.OTHER_PREPARATION)
    assert "Choose the method" in refused(world, referral, Stage.METHOD, method="")
    referral = world.move(referral, Stage.METHOD, method="video")
    assert "Enter the day" in refused(world, referral, Stage.HELD, held_on=None)
    assert "today or in the past" in refused(world, referral, Stage.HELD, held_on=day(1))
    held = world.move(referral, Stage.HELD, held_on=day(-1))
    assert (held.method, held.held_on) == ("video", day(-1))


def test_going_back_before_the_meeting_takes_day_and_method_away_and_the_rows_keep_them(world):
    world.agree()
    referral = world.move(world.at(Stage.METHOD), Stage.HELD)
    back = world.move(world.move(referral, Stage.METHOD, method="shuttle"), Stage.OTHER_PREPARATION)
    assert (back.method, back.held_on) == ("", None)
    assert RestorativeMove.objects.filter(on=day()).count() == 1
    assert not world.tasks("rj_due").open().exists()


def test_going_back_to_the_meeting_keeps_its_day_and_raises_nothing_more(world):
    world.agree()
    held = world.move(world.at(Stage.METHOD), Stage.HELD, held_on=day(-3))
    back = world.move(world.move(held, Stage.AGREEMENT), Stage.HELD, held_on=day())
    assert (back.held_on, world.tasks("rj_due").count()) == (day(-3), 2)


def test_from_hold_it_comes_back_to_where_it_stood(world):
    referral = world.move(world.at(Stage.REFERRAL), Stage.ON_HOLD)
    assert referral.stage_before_hold == "referral"
    assert "cannot go from" in refused(world, referral, Stage.SUITABILITY)
    assert world.move(referral, Stage.REFERRAL).stage_before_hold == ""


# --- before an approach --------------------------------------------------------------------------------------------


def test_with_agreement_and_sign_off_the_approach_is_recorded_and_the_task_is_finished(world, ready):
    assert world.move(ready, Stage.APPROACHED).stage == "approached"
    assert not world.tasks("rj_sign_off").open().exists()


def test_without_the_agreement_nothing_goes_on(world):
    referral = world.at(Stage.PREPARATION)
    world.signed(referral)
    assert "agreement to restorative justice does not stand" in refused(world, referral)


@pytest.mark.parametrize("changes", [{"purpose": "referral"}, {"until": 0}])
def test_another_agreement_or_one_that_ran_out_does_not_count(world, changes):
    referral = world.at(Stage.PREPARATION)
    world.agree(**changes)
    world.signed(referral)
    with time_machine.travel(timezone.now() + timedelta(days=1), tick=True):
        assert "does not stand" in refused(world, referral)


def test_an_agreement_taken_back_a_moment_ago_does_not_count(world):
    referral = world.at(Stage.PREPARATION)
    consent = world.agree()
    world.signed(referral)
    with acting_as(world.her.pk):
        withdraw_consent(consent=consent, how="portal", by=world.her)
    assert "does not stand" in refused(world, referral)


@pytest.mark.parametrize("stage", [Stage.APPROACHED, Stage.OTHER_PREPARATION, Stage.METHOD, Stage.HELD])
def test_further_contact_needs_the_agreement_too(world, stage):
    referral = world.at(stage)
    to = next(iter(to for to in (Stage.OTHER_PREPARATION, Stage.METHOD, Stage.HELD, Stage.AGREEMENT)
                   if to in MOVES[stage] and list(Stage).index(to) > list(Stage).index(stage)))  # fmt: skip
    assert "does not stand" in refused(world, referral, to)


def test_a_request_alone_and_a_refusal_are_no_sign_off(world):
    referral = world.at(Stage.PREPARATION)
    world.agree()
    assert "No manager’s sign-off stands" in refused(world, referral)
    request = world.ask(referral)
    assert "No manager’s sign-off stands" in refused(world, referral)
    world.answer(request, is_given=False)
    assert "No manager’s sign-off stands" in refused(world, referral)


@pytest.mark.parametrize(("days", "stands"), [(27, True), (28, False)])
def test_a_sign_off_runs_out(world, ready, days, stands):
    with time_machine.travel(timezone.now() + timedelta(days=days), tick=True):
        if stands:
            assert world.move(ready, Stage.APPROACHED).stage == "approached"
        else:
            assert "No manager’s sign-off stands" in refused(world, ready)


def new_entry(world):
    IncidentFactory(case=world.case, recorded_by=world.her, recorded_at=timezone.now())


def new_flag(world):
    Task.objects.create(case=world.case, kind="red_flag", title="x", due_on=day())


def new_status(world):
    told = {"from_status": "plan_open", "to_status": "unsafe_to_contact", "by": world.worker, "at": timezone.now()}
    StatusChange.objects.create(case=world.case, **told)


def new_safe_contact(world):
    SafeContactFactory(victim=world.case.victim, is_unsafe=True, recorded_at=timezone.now())


@pytest.mark.parametrize("happens", [new_entry, new_flag, new_status, new_safe_contact])
def test_anything_new_ends_a_sign_off_and_the_next_one_counts(world, ready, happens):
    happens(world)
    assert "No manager’s sign-off stands" in refused(world, ready)
    world.signed(ready)
    assert world.move(ready, Stage.APPROACHED).stage == "approached"


def test_an_event_of_an_order_ends_a_sign_off_once_a_room_tells_of_it(world, ready, monkeypatch):
    monkeypatch.setattr(restoring, "_happened", [lambda case, since: "an order was varied"])
    assert "No manager’s sign-off stands" in refused(world, ready)


def test_what_came_before_a_sign_off_does_not_end_it(world):
    new_entry(world)
    new_flag(world)
    referral = world.at(Stage.PREPARATION)
    world.agree()
    world.signed(referral)
    assert world.move(referral, Stage.APPROACHED)


def test_after_a_time_on_hold_contact_needs_a_sign_off_again(world, ready):
    approached = world.move(ready, Stage.APPROACHED)
    held = world.move(approached, Stage.ON_HOLD)
    new_entry(world)
    assert "No manager’s sign-off stands" in refused(world, held)
    world.signed(held)
    assert world.move(held, Stage.APPROACHED)


# --- the risk screen -----------------------------------------------------------------------------------------------


def test_no_screen_is_asked_for_while_nobody_records_one(world, ready):
    assert restoring.screen_of(world.case, timezone.now()) is None
    assert world.move(ready, Stage.APPROACHED)


def test_a_screen_that_is_not_current_stops_the_approach_and_the_sign_off(world, ready, monkeypatch):
    monkeypatch.setattr(restoring, "_screens", [])
    known = {"is_current": False}
    restoring.asks_for_screen(lambda case, now: Screen(known["is_current"], "The risk screen is 5 weeks old."))
    assert "5 weeks old" in refused(world, ready)
    request = world.ask(ready)
    with pytest.raises(ValidationError, match="5 weeks old"):
        world.answer(request)
    known["is_current"] = True
    world.answer(request)
    assert world.move(ready, Stage.APPROACHED)


# --- who signs off -------------------------------------------------------------------------------------------------


def test_every_manager_of_the_team_gets_a_task_and_the_answer_goes_to_who_asked(world):
    request = world.ask(world.at(Stage.PREPARATION))
    asked = {task.assigned_to for task in world.tasks("rj_sign_off").open()}
    assert asked == {world.manager, world.other_manager}
    world.answer(request)
    assert {task.assigned_to for task in world.tasks("rj_sign_off").open()} == {world.worker}


def test_who_asked_a_worker_and_another_teams_manager_do_not_answer(world):
    referral = world.at(Stage.PREPARATION)
    request = world.ask(referral, by=world.manager)
    stranger = UserFactory(manager=True, profile__team=TeamFactory(name="Elsewhere"))
    for by in (world.manager, world.worker):
        with pytest.raises(PermissionDenied):
            world.answer(request, by=by)
    with pytest.raises((PermissionDenied, Case.DoesNotExist)):
        world.answer(request, by=stranger)
    assert world.answer(request, by=world.other_manager).is_given


def test_the_database_refuses_an_answer_to_ones_own_request_also_under_anothers_name(world):
    request = world.ask(world.at(Stage.PREPARATION), by=world.manager)
    told = {"request": request, "case": world.case, "is_given": True, "reason": "x", "ends_on": day()}
    told |= {"at": timezone.now(), "by": world.manager}
    with pytest.raises(IntegrityError), transaction.atomic():
        SignOff.objects.create(**told, asked_by=world.manager)
    SignOff.objects.create(**told, asked_by=world.worker)
    with pytest.raises(IntegrityError, match="same_asker"):
        connection.check_constraints()


def test_a_walled_manager_is_not_asked_and_with_none_left_who_holds_the_case_is(world):
    for manager in (world.manager, world.other_manager):
        Wall.objects.create(case=world.case, person=manager, reason="x", set_by=world.worker.pk, set_at=timezone.now())
    assert managers_of(world.case, but=world.worker, now=timezone.now()) == []
    world.ask(world.at(Stage.PREPARATION))
    task = world.tasks("rj_sign_off").get()
    assert task.assigned_to == world.worker
    assert "name one" in task.title


def test_of_a_restricted_case_only_its_readers_are_asked(world):
    Case.objects.filter(pk=world.case.pk).update(is_restricted=True)
    world.case.refresh_from_db()
    assert managers_of(world.case, but=world.worker, now=timezone.now()) == []


def test_one_request_waits_at_a_time_and_one_answer_is_kept(world):
    referral = world.at(Stage.PREPARATION)
    request = world.ask(referral)
    with pytest.raises(ValidationError, match="waits for a manager already"):
        world.ask(referral)
    first = world.answer(request)
    assert world.answer(request).pk == first.pk
    with pytest.raises(ValidationError, match="answered already"):
        world.answer(request, is_given=False)
    assert SignOffRequest.objects.count() == SignOff.objects.count() == 1


@pytest.mark.parametrize("stage", [Stage.ENQUIRY, Stage.REFERRAL, Stage.HELD, Stage.CLOSED])
def test_elsewhere_none_is_asked_for(world, stage):
    with pytest.raises(ValidationError, match="No sign-off is asked for"):
        world.ask(world.at(stage))


# --- the end -------------------------------------------------------------------------------------------------------


def test_follow_ups_become_tasks_and_end_with_their_stage(world):
    world.agree()
    referral = world.move(world.at(Stage.METHOD), Stage.HELD)
    assert [str(task.due_on) for task in world.tasks("rj_due").order_by("due_on")] == ["2026-07-15", "2026-12-03"]
    referral = world.move(world.move(referral, Stage.FOLLOW_UP_WEEKS), Stage.FOLLOW_UP_MONTHS)
    assert world.tasks("rj_due").open().get().due_on.month == 12
    world.end(referral, Outcome.COMPLETED)
    assert not world.tasks("rj_due").open().exists()


@pytest.mark.parametrize("outcome", [each for each in Outcome if each != Outcome.VICTIM_WITHDREW])
def test_an_outcome_ends_it_with_a_row(world, outcome):
    stage = {Outcome.COMPLETED: Stage.HELD, Outcome.ON_HOLD: Stage.ON_HOLD}.get(outcome, Stage.APPROACHED)
    referral = world.end(world.at(stage), outcome)
    assert (referral.stage, referral.outcome, referral.is_open) == ("closed", outcome, False)
    assert RestorativeMove.objects.get(to_stage="closed").outcome == outcome


def test_an_outcome_that_does_not_fit_is_refused_and_a_withdrawal_is_another_action(world):
    for outcome in (Outcome.COMPLETED, Outcome.VICTIM_WITHDREW):
        with pytest.raises(ValidationError, match="does not fit"):
            world.end(world.open() if outcome == Outcome.COMPLETED else RestorativeReferral.objects.get(), outcome)


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage != Stage.CLOSED])
def test_the_victim_withdraws_from_every_stage_in_one_step(world, stage):
    referral = world.at(stage)
    consent = world.agree()
    with acting_as(world.worker.pk):
        for _again in range(2):
            withdraw_restorative(referral=referral, by=world.worker)
    referral.refresh_from_db()
    assert referral.outcome == "victim_withdrew"
    assert RestorativeMove.objects.filter(to_stage="closed").get().reason == ""
    assert ConsentWithdrawal.objects.get().consent == consent
    assert not Task.objects.open().filter(kind__in=["rj_due", "rj_sign_off"]).exists()


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage != Stage.CLOSED])
def test_taking_the_agreement_back_in_the_portal_ends_it_at_every_stage(world, stage):
    referral = world.at(stage)
    consent = world.agree()
    with acting_as(world.her.pk):
        withdraw_consent(consent=consent, how="portal", by=world.her)
    assert run_due() == 1
    referral.refresh_from_db()
    assert (referral.stage, referral.outcome) == ("closed", "victim_withdrew")
    assert RestorativeMove.objects.get(to_stage="closed").by == world.her
    task = Task.objects.get(kind="consent_withdrawn")
    assert task.assigned_to == world.worker
    assert "Restorative justice has ended" in task.title


def test_the_job_done_twice_ends_it_once_and_leaves_a_later_one_alone(world):
    world.at(Stage.PREPARATION)
    consent = world.agree()
    with acting_as(world.her.pk):
        withdraw_consent(consent=consent, how="portal", by=world.her)
    run_due()
    later = world.open()
    Job.objects.filter(kind="consent_withdrawn").update(state="queued")
    run_due()
    later.refresh_from_db()
    assert later.is_open
    assert RestorativeMove.objects.filter(to_stage="closed").count() == 1


def test_another_purpose_and_another_case_end_nothing(world):
    referral = world.at(Stage.PREPARATION)
    letter = world.agree(purpose="letter")
    with acting_as(world.worker.pk):
        withdraw_consent(consent=letter, by=world.worker)
    elsewhere = World()
    with acting_as(elsewhere.worker.pk):
        withdraw_consent(consent=elsewhere.agree(), by=elsewhere.worker)
    run_due()
    referral.refresh_from_db()
    assert referral.is_open


def test_after_its_end_the_victim_may_still_take_the_agreement_back(world):
    world.end(world.at(Stage.APPROACHED), Outcome.OTHER_DECLINED)
    consent = world.agree()
    with acting_as(world.her.pk):
        withdraw_consent(consent=consent, how="portal", by=world.her)
    run_due()
    assert RestorativeReferral.objects.get().outcome == "other_declined"


@pytest.mark.parametrize(
    "changes",
    [
        {"stage": "closed"},
        {"outcome": "completed"},
        {"stage": "on_hold"},
        {"stage_before_hold": "held"},
        {"held_on": day},
    ],
)
def test_the_database_holds_what_belongs_together(world, changes):
    referral = world.open()
    changes = {name: value() if callable(value) else value for name, value in changes.items()}
    with pytest.raises(IntegrityError), transaction.atomic():
        RestorativeReferral.objects.filter(pk=referral.pk).update(**changes)


def test_another_worker_reaches_nothing(world):
    referral, stranger = world.open(), UserFactory()
    CaseFactory(worker=stranger)
    with acting_as(stranger.pk):
        assert not RestorativeReferral.objects.visible_to(stranger).exists()
        assert not RestorativeMove.objects.visible_to(stranger).exists()
    with pytest.raises(Case.DoesNotExist):
        world.move(referral, Stage.REFERRAL, by=stranger)
