"""What changes a case: each action's result, its refusal, its event."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from audit.models import Action, Event
from cases import actions
from cases.models import Allocation, Case, Contact, ContentClass, SafeContact, Task
from cases.rules import CaseStatus, ClosingCheck, ClosureReason
from nsvcs.identity import acting_as
from tests.factories import CaseFactory, IncidentFactory, SafeContactFactory, UserFactory

pytestmark = pytest.mark.django_db

FRIDAY = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


def person(**changed):
    return {
        "first_name": "Siobhan",
        "last_name": "O'Neill",
        "phone": "07700 900123",
        "source": "police",
        "referrer": "",
        "summary": "Followed home.",
        "received_at": FRIDAY,
        **changed,
    }


def new_case(by, key=None, victim=None, worker=None, **changed):
    with acting_as(by.pk):
        return actions.open_new_case(key=key or uuid4(), victim=victim, values=person(**changed), worker=worker, by=by)


def contact(**changed):
    return {
        "channel": "phone",
        "outcome": "no_answer",
        "at": timezone.now() - timedelta(hours=1),
        "content_class": "administrative",
        "text": "Rang twice.",
        **changed,
    }


def recorded(action, case=None):
    events = Event.objects.filter(action=action)
    return events.filter(case_ids__contains=[case.pk]).count() if case else events.count()


# --- opening -----------------------------------------------------------------------------------------------------


def test_open_new_case_fills_what_it_was_told_and_starts_the_clock():
    worker = UserFactory()
    case = new_case(worker, is_high_priority=True, crime_reference="36/1234/26")
    case.refresh_from_db()
    assert case.reference.startswith("NSV-2026-")
    assert (case.victim.first_name, case.victim.phone_keys) == ("Siobhan", ["+447700900123"])
    assert case.victim.surname_codes
    assert case.first_contact_due_on == date(2026, 11, 23)  # Monday: one working day, the weekend does not count
    assert case.crime_reference == "36/1234/26"
    assert Allocation.objects.get(case=case).worker == worker
    task = Task.objects.get(case=case)
    assert (task.kind, task.due_on, task.assigned_to) == ("first_contact", date(2026, 11, 23), worker)
    assert case.inbound_referrals.get().summary == "Followed home."
    assert recorded(Action.CASE_CREATED, case) == 1


def test_an_ordinary_case_has_two_working_days():
    case = new_case(UserFactory())
    assert case.first_contact_due_on == date(2026, 11, 24)


def test_the_same_key_opens_one_case_and_other_words_are_refused():
    worker, key = UserFactory(), uuid4()
    first = new_case(worker, key)
    assert new_case(worker, key) == first
    with pytest.raises(actions.KeyUsed):
        new_case(worker, key, first_name="Anna")
    assert Case.objects.count() == 1
    assert recorded(Action.CASE_CREATED) == 1


def test_a_second_case_of_a_known_victim_keeps_her_record():
    worker = UserFactory()
    first = new_case(worker)
    second = new_case(worker, victim=first.victim, first_name="Somebody", summary="Again.")
    second.victim.refresh_from_db()
    assert second.victim_id == first.victim_id
    assert second.victim.first_name == "Siobhan"


def test_a_worker_off_duty_keeps_the_case_a_manager_may_leave_it_waiting_or_give_it():
    worker, manager, colleague = UserFactory(), UserFactory(manager=True), UserFactory()
    assert new_case(worker).allocations.get().worker == worker
    assert not new_case(manager).allocations.exists()
    assert not new_case(UserFactory(profile__is_on_duty=True)).allocations.exists()
    assert new_case(manager, worker=colleague).allocations.get().worker == colleague
    with pytest.raises(PermissionDenied):
        new_case(worker, worker=colleague)


# --- contact -----------------------------------------------------------------------------------------------------


def test_an_attempt_moves_a_new_case_on_but_does_not_stop_the_clock():
    worker = UserFactory()
    case = new_case(worker)
    with acting_as(worker.pk):
        actions.record_contact(case=case, key=uuid4(), values=contact(), by=worker)
    case.refresh_from_db()
    assert case.status == CaseStatus.CONTACT_ATTEMPTS
    assert [move.to_status for move in case.status_changes.order_by("at")] == [
        "referred",
        "triaged",
        "contact_attempts",
    ]
    assert case.first_contacted_at is None
    assert case.tasks.open().count() == 1
    assert recorded(Action.CONTACT_RECORDED, case) == 1


def test_a_conversation_stops_the_clock_and_finishes_the_task():
    worker = UserFactory()
    case = new_case(worker)
    spoken = contact(outcome="spoke")
    with acting_as(worker.pk):
        actions.record_contact(case=case, key=uuid4(), values=spoken, by=worker)
    case.refresh_from_db()
    assert case.first_contacted_at == spoken["at"]
    assert not case.tasks.open().exists()


@pytest.mark.parametrize("outcome", ["somebody_else", "wrong_number"])
def test_when_somebody_else_answers_a_task_asks_for_safe_contact(outcome):
    worker = UserFactory()
    case = CaseFactory(worker=worker)
    with acting_as(worker.pk):
        actions.record_contact(case=case, key=uuid4(), values=contact(outcome=outcome), by=worker)
    task = case.tasks.get(kind="confirm_contact")
    assert (task.due_on, task.assigned_to) == (timezone.localdate(), worker)


def test_a_contact_is_kept_once_under_its_key():
    worker, key, values = UserFactory(), uuid4(), contact()
    case = CaseFactory(worker=worker)
    with acting_as(worker.pk):
        actions.record_contact(case=case, key=key, values=values, by=worker)
        actions.record_contact(case=case, key=key, values=values, by=worker)
        with pytest.raises(actions.KeyUsed) as caught:
            actions.record_contact(case=case, key=key, values=values | {"text": "Other words."}, by=worker)
    assert caught.value.kept.text == "Rang twice."
    assert Contact.objects.count() == 1
    assert recorded(Action.CONTACT_RECORDED) == 1


# --- safe contact ------------------------------------------------------------------------------------------------


def set_contact(by, victim, values, based_on=0, confirmed_on=None):
    with acting_as(by.pk):
        return actions.set_safe_contact(
            victim=victim, values=values, based_on=based_on, by=by, confirmed_on=confirmed_on or timezone.localdate()
        )


def test_a_new_record_is_a_new_version_and_the_old_one_stays():
    worker = UserFactory()
    case = CaseFactory(worker=worker)
    set_contact(worker, case.victim, {"may_text": True, "phone": "07700 900123"})
    second = set_contact(worker, case.victim, {"is_unsafe": True}, based_on=1)
    assert (second.version, second.may_text) == (2, False)
    assert SafeContact.objects.count() == 2
    assert recorded(Action.SAFE_CONTACT_SET, case) == 2


def test_a_record_based_on_an_older_one_is_refused_and_shows_the_present():
    worker = UserFactory()
    case = CaseFactory(worker=worker)
    set_contact(worker, case.victim, {"is_unsafe": True})
    with pytest.raises(actions.StaleEdit) as caught:
        set_contact(worker, case.victim, {"may_phone": True}, based_on=0)
    assert caught.value.present.is_unsafe


@pytest.mark.parametrize(
    ("values", "may"),
    [
        ({"may_email": True, "email": "Her@Example.org"}, True),
        ({"may_email": True, "email": "other@example.org"}, False),
        ({"may_email": False, "email": "her@example.org"}, False),
        ({"may_email": True, "email": "her@example.org", "has_shared_device": True}, False),
        ({"may_email": True, "email": "her@example.org", "is_unsafe": True}, False),
    ],
)
def test_recovery_by_email_follows_safe_contact(values, may):
    worker = UserFactory()
    case = CaseFactory(worker=worker, portal=True, victim__user__email="her@example.org")
    set_contact(worker, case.victim, values)
    case.victim.user.refresh_from_db()
    assert case.victim.user.may_recover_by_email is may


def test_a_merge_keeps_the_stricter_of_both():
    worker = UserFactory()
    case = CaseFactory(worker=worker)
    day = timezone.localdate()
    both = {"may_text": True, "may_phone": True, "phone": "07700 900123", "safe_name": "Anna", "weekdays": [0, 1, 2]}
    set_contact(worker, case.victim, both, confirmed_on=day)
    other = both | {"may_phone": False, "weekdays": [2, 3], "has_shared_device": True}
    with acting_as(worker.pk):
        kept = actions.merge_safe_contact(
            victim=case.victim, values=other, confirmed_on=day - timedelta(days=9), by=worker
        )
    assert (kept.may_text, kept.may_phone, kept.weekdays, kept.has_shared_device) == (True, False, [2], True)
    assert kept.confirmed_on == day - timedelta(days=9)


# --- notes and tasks ---------------------------------------------------------------------------------------------


def test_a_note_is_kept_once_under_its_key():
    worker, key = UserFactory(), uuid4()
    case = CaseFactory(worker=worker)
    with acting_as(worker.pk):
        for _time in range(2):
            actions.add_note(case=case, key=key, text="Rang her sister.", content_class=ContentClass.SAFETY, by=worker)
        with pytest.raises(actions.KeyUsed):
            actions.add_note(case=case, key=key, text="Other.", content_class=ContentClass.SAFETY, by=worker)
    assert case.notes.get().text == "Rang her sister."
    assert recorded(Action.NOTE_ADDED, case) == 1


def test_a_key_that_a_strangers_note_has_is_refused_without_a_word_about_it():
    worker, stranger, key = UserFactory(), UserFactory(), uuid4()
    case, hidden = CaseFactory(worker=worker), CaseFactory(worker=stranger)
    with acting_as(stranger.pk):
        actions.add_note(case=hidden, key=key, text="x", content_class=ContentClass.SAFETY, by=stranger)
    with acting_as(worker.pk), pytest.raises(actions.KeyUsed) as caught:
        actions.add_note(case=case, key=key, text="x", content_class=ContentClass.SAFETY, by=worker)
    assert caught.value.kept is None


def test_a_task_is_finished_and_taken_up_again():
    worker = UserFactory()
    case = CaseFactory(worker=worker)
    with acting_as(worker.pk):
        task = actions.add_task(
            case=case, key=uuid4(), title="Ring housing", due_on=date(2026, 12, 1), assigned_to=worker, by=worker
        )
        assert actions.finish_task(task=task, by=worker)
        assert not actions.finish_task(task=task, by=worker)
        assert actions.unfinish_task(task=task, by=worker)
    task.refresh_from_db()
    assert task.done_at is None
    assert [recorded(a, case) for a in (Action.TASK_ADDED, Action.TASK_FINISHED, Action.TASK_UNFINISHED)] == [1, 1, 1]


# --- editing -----------------------------------------------------------------------------------------------------


def test_a_change_counts_the_version_and_refuses_a_stale_one():
    worker = UserFactory()
    case = CaseFactory(worker=worker)
    with acting_as(worker.pk):
        actions.change_case(case=case, values={"crime_reference": "36/1"}, version=1, by=worker)
        with pytest.raises(actions.StaleEdit) as caught:
            actions.change_case(case=case, values={"crime_reference": "36/2"}, version=1, by=worker)
        changed = actions.change_victim(victim=case.victim, values={"last_name": "Lewandowska"}, version=1, by=worker)
        with pytest.raises(actions.StaleEdit):
            actions.change_victim(victim=case.victim, values={"last_name": "Smith"}, version=1, by=worker)
    assert caught.value.present.crime_reference == "36/1"
    assert changed.version == 2
    assert "r:lewandowska" in changed.surname_codes
    assert Event.objects.get(action=Action.VICTIM_CHANGED).detail == {"fields": ["last_name"]}


def test_saving_without_a_change_is_no_change():
    worker = UserFactory()
    case = CaseFactory(worker=worker)
    with acting_as(worker.pk):
        held = actions.change_case(case=case, values={"crime_reference": ""}, version=1, by=worker)
    assert held.version == 1
    assert recorded(Action.CASE_CHANGED) == 0


# --- allocating --------------------------------------------------------------------------------------------------


def test_a_manager_gives_passes_on_and_covers_a_case():
    manager, first, second = UserFactory(manager=True), UserFactory(), UserFactory()
    case = new_case(manager)
    with acting_as(manager.pk):
        actions.allocate(case=case, worker=first, by=manager)
        with pytest.raises(ValidationError):
            actions.allocate(case=case, worker=second, by=manager)
        assert case.tasks.open().get().assigned_to == first
        actions.reallocate(case=case, worker=second, by=manager)
        actions.give_cover(case=case, worker=first, ends_on=timezone.localdate(), by=manager)
    case.refresh_from_db()
    assert case.status == CaseStatus.TRIAGED
    assert case.tasks.open().get().assigned_to == second
    current = Allocation.objects.current(timezone.now()).filter(case=case)
    assert {(a.worker, a.role) for a in current} == {(second, "primary"), (first, "cover")}
    assert recorded(Action.CASE_ALLOCATED, case) == 3


@pytest.mark.parametrize("verb", ["reallocate", "give_cover", "give_grant", "set_wall", "restrict"])
def test_only_a_manager_decides_who_is_on_a_case(verb):
    worker, other = UserFactory(), UserFactory()
    case = CaseFactory(worker=worker)
    extra = {
        "reallocate": {"worker": other},
        "give_cover": {"worker": other, "ends_on": timezone.localdate()},
        "give_grant": {"person": other, "ends_on": timezone.localdate(), "reason": "x"},
        "set_wall": {"person": other, "reason": "x"},
        "restrict": {"is_restricted": True},
    }[verb]
    with acting_as(worker.pk), pytest.raises(PermissionDenied):
        getattr(actions, verb)(case=case, by=worker, **extra)


def test_somebody_shut_out_cannot_be_given_the_case_and_a_worker_on_it_cannot_be_shut_out():
    manager, worker, outsider = UserFactory(manager=True), UserFactory(), UserFactory()
    case = CaseFactory(worker=worker)
    with acting_as(manager.pk):
        actions.set_wall(case=case, person=outsider, reason="a relation", by=manager)
        for give in (
            lambda: actions.reallocate(case=case, worker=outsider, by=manager),
            lambda: actions.give_cover(case=case, worker=outsider, ends_on=timezone.localdate(), by=manager),
            lambda: actions.give_grant(
                case=case, person=outsider, ends_on=timezone.localdate(), reason="x", by=manager
            ),
            lambda: actions.set_wall(case=case, person=worker, reason="x", by=manager),
            lambda: actions.set_wall(case=case, person=manager, reason="x", by=manager),
        ):
            with pytest.raises(ValidationError):
                give()
    assert recorded(Action.CASE_WALLED, case) == 1
    assert recorded(Action.CASE_ALLOCATED, case) == 0


def test_a_manager_opens_an_older_case_with_a_reason_and_nobody_elses():
    manager, worker = UserFactory(manager=True), UserFactory()
    older = CaseFactory(closed=True, closed_on=date(2025, 1, 1))
    with acting_as(manager.pk):
        assert not Case.objects.filter(pk=older.pk).exists()
        assert actions.open_with_reason(reference=older.reference, reason="Police ask", by=manager) == older.pk
        assert Case.objects.filter(pk=older.pk).exists()
        assert actions.open_with_reason(reference="NSV-2020-000001", reason="x", by=manager) is None
    with acting_as(worker.pk):
        assert actions.open_with_reason(reference=older.reference, reason="x", by=worker) is None
    assert older.grants.get().reason == "Police ask"
    assert recorded(Action.CASE_GRANTED, older) == 1


def test_restricting_a_case_leaves_the_manager_a_reader():
    manager, other = UserFactory(manager=True), UserFactory(manager=True)
    case = CaseFactory(worker=UserFactory())
    with acting_as(manager.pk):
        actions.restrict(case=case, is_restricted=True, by=manager)
        assert Case.objects.filter(pk=case.pk).exists()
    with acting_as(other.pk):
        assert not Case.objects.filter(pk=case.pk).exists()


def test_a_grant_ends_at_once_when_it_is_taken_back():
    manager, reader = UserFactory(manager=True), UserFactory()
    case = CaseFactory()
    with acting_as(manager.pk):
        grant = actions.give_grant(case=case, person=reader, ends_on=timezone.localdate(), reason="x", by=manager)
    with acting_as(reader.pk):
        assert Case.objects.filter(pk=case.pk).exists()
    with acting_as(manager.pk):
        actions.end_grant(grant=grant, by=manager)
    with acting_as(reader.pk):
        assert not Case.objects.filter(pk=case.pk).exists()


# --- statuses ----------------------------------------------------------------------------------------------------


def test_move_status_keeps_who_and_why_and_refuses_what_the_table_does_not_allow():
    worker = UserFactory()
    case = CaseFactory(worker=worker, status="contact_attempts")
    with acting_as(worker.pk):
        actions.move_status(case=case, to=CaseStatus.NEEDS_ASSESSED, reason="Talked it through", by=worker)
        for to in (CaseStatus.REFERRED, CaseStatus.CLOSED, CaseStatus.DECLINED):
            with pytest.raises(ValidationError):
                actions.move_status(case=case, to=to, reason="x", by=worker)
    case.refresh_from_db()
    move = case.status_changes.get()
    assert (move.from_status, move.to_status, move.by, move.reason) == (
        "contact_attempts",
        "needs_assessed",
        worker,
        "Talked it through",
    )
    assert recorded(Action.CASE_CHANGED, case) == 1


def test_close_case_goes_through_closing_and_leaves_the_portal_open():
    worker = UserFactory()
    case = CaseFactory(worker=worker, portal=True, status="plan_open")
    with acting_as(worker.pk):
        actions.close_case(case=case, reason=ClosureReason.NEEDS_MET, text="Agreed with her", by=worker)
    case.refresh_from_db()
    assert (case.status, case.closed_on, case.is_portal_open) == ("closed", timezone.localdate(), True)
    assert [move.to_status for move in case.status_changes.order_by("at")] == ["closing", "closed"]
    assert recorded(Action.CASE_CLOSED, case) == 1


def test_close_case_names_all_that_stands_against_it():
    worker = UserFactory()
    case = CaseFactory(worker=worker, status="plan_open", is_high_priority=True)
    IncidentFactory(case=case)
    with acting_as(worker.pk):
        actions.add_task(case=case, key=uuid4(), title="x", due_on=timezone.localdate(), assigned_to=None, by=worker)
        with pytest.raises(actions.NotReadyToClose) as caught:
            actions.close_case(case=case, reason=ClosureReason.NEEDS_MET, text="x", by=worker)
    assert caught.value.checks == [ClosingCheck.HIGH_PRIORITY, ClosingCheck.UNREAD_ENTRIES, ClosingCheck.OPEN_TASKS]
    case.refresh_from_db()
    assert case.status == "plan_open"


def test_reopen_case_returns_to_triage_with_a_task():
    worker = UserFactory()
    case = CaseFactory(worker=worker, closed=True)
    with acting_as(worker.pk):
        actions.reopen_case(case=case, reason="He is back", by=worker)
        with pytest.raises(ValidationError):
            actions.reopen_case(case=case, reason="x", by=worker)
    case.refresh_from_db()
    assert (case.status, case.closed_on, case.closure_reason) == ("triaged", None, "")
    assert case.tasks.open().count() == 1
    assert recorded(Action.CASE_REOPENED, case) == 1


def test_a_safe_contact_record_answers_the_task_to_confirm_it():
    worker = UserFactory()
    case = CaseFactory(worker=worker)
    SafeContactFactory(victim=case.victim)
    with acting_as(worker.pk):
        actions.record_contact(case=case, key=uuid4(), values=contact(outcome="wrong_number"), by=worker)
    set_contact(worker, case.victim, {"may_text": True, "phone": "07700 900124"}, based_on=1)
    assert not case.tasks.open().exists()


def test_a_closed_case_is_moved_on_only_by_opening_it_again():
    """Else it would stand at triage and still be closed."""
    worker = UserFactory()
    case = CaseFactory(worker=worker, closed=True)
    with acting_as(worker.pk), pytest.raises(ValidationError, match="Open it again first"):
        actions.move_status(case=case, to=CaseStatus.TRIAGED, reason="A slip", by=worker)
    case.refresh_from_db()
    assert (case.status, case.is_closed) == (CaseStatus.CLOSED, True)
