"""The stock and its loans: one unit in one place, looked over before it is lent again, and nothing posted unasked."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from audit.models import Event
from cases.actions import KeyUsed, StaleEdit
from cases.models import Case, Task
from cases.queries import closing_facts
from nsvcs.identity import acting_as
from nsvcs.ids import uuid7
from referrals.actions.equipment import add_alarm, change_alarm, change_battery, look_over, move_alarm
from referrals.actions.equipment_loans import (
    issue_alarm,
    lose_alarm,
    mark_faulty,
    record_test,
    release_loan,
    renew_loan,
    reserve_alarm,
    return_alarm,
)
from referrals.actions.equipment_requests import answer_request
from referrals.models import (
    Alarm,
    AlarmLoan,
    AlarmLoanStep,
    AlarmMove,
    AlarmPlace,
    AlarmRenewal,
    AlarmRequest,
    AlarmTest,
)
from referrals.rules.equipment import AlarmState, LoanState, RequestState
from tests.factories import CaseFactory, SafeContactFactory, TeamFactory, UserFactory
from tests.factories.referrals import AlarmFactory, AlarmLoanFactory, AlarmPlaceFactory, AlarmRequestFactory

pytestmark = pytest.mark.django_db
CLEAN = {"tamper_check": "clean", "tracker_check": "clean", "wiped": "yes"}
READY = {"is_tamper_checked": True, "is_tracker_checked": True, "is_wiped": True, "has_passed": True, "words": ""}


@pytest.fixture
def worker():
    return UserFactory()


@pytest.fixture
def case(worker):
    return CaseFactory(worker=worker, portal=True)


@pytest.fixture
def unit():
    return AlarmFactory()


def reserve(case, unit, worker, request=None, key=None):
    with acting_as(worker.pk):
        return reserve_alarm(case=case, alarm=unit, key=key or uuid7(), request=request, by=worker)


def issue(loan, worker, **values):
    given = {"due_on": timezone.localdate() + timedelta(days=90), "handed": "meeting", "receipt": "signed"}
    given |= {"is_demonstrated": True, "demonstrated_by": worker}
    with acting_as(worker.pk):
        return issue_alarm(loan=loan, values=given | values, words="Kept by the door.", by=worker)


def state_of(unit):
    return Alarm.objects.get(pk=unit.pk).state


def agree():
    """What is looked at when a transaction ends, looked at now."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@transaction.atomic
def all_or_nothing(write):
    write()
    agree()


def test_a_unit_goes_round_from_the_stock_and_back_and_every_move_is_a_row(case, unit, worker):
    asked = AlarmRequestFactory(case=case)
    with acting_as(worker.pk):
        answer_request(request=asked, to=RequestState.APPROVED, words="Yes.", by=worker)
    loan = reserve(case, unit, worker, asked)
    assert (state_of(unit), AlarmRequest.objects.get().state) == ("reserved", "ready")
    issue(loan, worker)
    assert (state_of(unit), AlarmRequest.objects.get().state) == ("on_loan", "given")
    assert AlarmRequest.objects.get().due_on == AlarmLoan.objects.get().due_on
    assert AlarmRequest.objects.get().kind == unit.kind
    with acting_as(worker.pk):
        return_alarm(loan=loan, values=CLEAN, words="", by=worker)
        assert (state_of(unit), AlarmRequest.objects.get().state) == ("returned_to_test", "returned")
        look_over(alarm=unit, key=uuid7(), values=READY, by=worker)
    assert state_of(unit) == "in_stock"
    agree()
    moves = [(move.from_state, move.to_state) for move in AlarmMove.objects.order_by("at", "pk")]
    states = ["in_stock", "reserved", "on_loan", "returned_to_test", "in_stock"]
    assert moves == list(zip(states, states[1:], strict=False))
    steps = AlarmLoanStep.objects.order_by("at", "pk").values_list("to_state", flat=True)
    assert list(steps) == ["reserved", "issued", "returned"]
    assert [test.kind for test in AlarmTest.objects.order_by("at")] == ["issue", "after_return"]
    done = {event.action for event in Event.objects.filter(action__startswith="equipment.")}
    assert done >= {f"equipment.{what}" for what in ("answered", "reserved", "issued", "ended", "tested")}


def test_no_unit_is_on_two_loans_at_once(case, unit, worker):
    reserve(case, unit, worker)
    other = CaseFactory(worker=worker)
    with pytest.raises(ValidationError, match="Somebody else took this unit a moment ago"):
        reserve(other, unit, worker)
    with pytest.raises(IntegrityError, match="one_at_a_time"), transaction.atomic():
        AlarmLoanFactory(case=other, alarm=unit)


def test_the_same_press_twice_reserves_once_and_another_under_its_key_is_refused(case, unit, worker):
    key = uuid7()
    assert reserve(case, unit, worker, key=key) == reserve(case, unit, worker, key=key)
    with pytest.raises(KeyUsed):
        reserve(case, AlarmFactory(), worker, key=key)
    assert AlarmLoan.objects.count() == 1


@pytest.mark.parametrize("state", ["faulty", "lost", "retired", "returned_to_test"])
def test_only_what_is_in_stock_is_reserved(case, worker, state):
    with pytest.raises(ValidationError, match="cannot be lent now"):
        reserve(case, AlarmFactory(state=state), worker)


def test_nothing_is_reserved_for_a_closed_case(unit, worker):
    with pytest.raises(ValidationError, match="closed"):
        reserve(CaseFactory(worker=worker, closed=True), unit, worker)


def test_a_unit_and_its_loans_cannot_disagree_whatever_writes_them(case, unit, worker):
    loan = reserve(case, unit, worker)
    for broken in (
        lambda: Alarm.objects.filter(pk=unit.pk).update(state="in_stock"),
        lambda: Alarm.objects.filter(pk=AlarmFactory().pk).update(state="on_loan"),
        lambda: AlarmLoanFactory(case=case, alarm=AlarmFactory()),
    ):
        with pytest.raises(IntegrityError, match="disagree"):
            all_or_nothing(broken)
    assert AlarmLoan.objects.get() == loan


def test_a_reservation_is_given_up_and_the_request_waits_again(case, unit, worker):
    asked = AlarmRequestFactory(case=case, state="approved")
    loan = reserve(case, unit, worker, asked)
    with acting_as(worker.pk):
        release_loan(loan=loan, words="Another one fits better.", by=worker)
    agree()
    assert (state_of(unit), AlarmRequest.objects.get().state) == ("in_stock", "approved")
    assert AlarmLoan.objects.get().period.upper is not None
    assert AlarmRequest.objects.get().kind == ""
    reserve(case, unit, worker, asked)


def test_a_second_worker_is_told_that_the_loan_has_moved_on(case, unit, worker):
    loan = reserve(case, unit, worker)
    issue(loan, worker)
    with pytest.raises(ValidationError, match="stands at “On loan” by now"):
        issue(loan, worker)
    with acting_as(worker.pk), pytest.raises(ValidationError, match="stands at “On loan” by now"):
        release_loan(loan=loan, words="x", by=worker)


def test_nothing_is_posted_unless_safe_contact_allows_post(case, unit, worker):
    loan = reserve(case, unit, worker)
    SafeContactFactory(victim=case.victim, may_post=False)
    with pytest.raises(ValidationError, match="does not allow post"):
        issue(loan, worker, handed="post")
    SafeContactFactory(victim=case.victim, may_post=True, version=2)
    issue(loan, worker, handed="post")
    assert AlarmLoan.objects.get().handed == "post"


@pytest.mark.parametrize(("days", "late"), [(365, False), (366, True)])
def test_a_unit_with_an_overdue_battery_is_not_given_out(case, worker, days, late):
    unit = AlarmFactory(battery_changed_on=timezone.localdate() - timedelta(days=days))
    loan = reserve(case, unit, worker)
    if not late:
        assert issue(loan, worker).state == "issued"
        return
    with pytest.raises(ValidationError, match="battery"):
        issue(loan, worker)
    with acting_as(worker.pk):
        change_battery(alarm=unit, key=uuid7(), on=timezone.localdate(), words="", by=worker)
    assert issue(loan, worker).state == "issued"


def test_nothing_is_given_out_to_a_case_that_was_closed_meanwhile(case, unit, worker):
    loan = reserve(case, unit, worker)
    Case.objects.filter(pk=case.pk).update(closed_on=timezone.localdate(), closure_reason="needs_met")
    with pytest.raises(ValidationError, match="closed"):
        issue(loan, worker)
    assert state_of(unit) == "reserved"


def test_a_loan_is_renewed_by_a_row_beside_and_only_to_a_later_day(case, unit, worker):
    loan = reserve(case, unit, worker, AlarmRequestFactory(case=case, state="approved"))
    before = issue(loan, worker).due_on
    key, later = uuid7(), before + timedelta(days=30)
    with acting_as(worker.pk):
        with pytest.raises(ValidationError, match="later than the one before"):
            renew_loan(loan=loan, key=uuid7(), due_on=before, words="", by=worker)
        for _press in range(2):
            renew_loan(loan=loan, key=key, due_on=later, words="The trial is put off.", by=worker)
    assert AlarmLoan.objects.get().due_on == later == AlarmRequest.objects.get().due_on
    assert AlarmRenewal.objects.get().from_due_on == before


@pytest.mark.parametrize("check", ["tamper_check", "tracker_check"])
def test_something_found_on_what_came_back_keeps_it_apart_and_is_looked_at_today(case, unit, worker, check):
    loan = reserve(case, unit, worker)
    issue(loan, worker)
    with acting_as(worker.pk):
        return_alarm(loan=loan, values=CLEAN | {check: "found"}, words="A tag inside.", by=worker)
    agree()
    assert state_of(unit) == "faulty"
    flag = Task.objects.get(kind="red_flag")
    assert (flag.due_on, flag.assigned_to) == (timezone.localdate(), worker)


def test_what_came_back_is_not_lent_before_it_is_looked_over_wiped_and_tested(worker):
    unit = AlarmFactory(state="returned_to_test")
    with acting_as(worker.pk):
        for name in ("is_tamper_checked", "is_tracker_checked", "is_wiped"):
            with pytest.raises(ValidationError, match="before it is lent again"):
                look_over(alarm=unit, key=uuid7(), values=READY | {name: False}, by=worker)
        with pytest.raises(IntegrityError, match="looked_over"), transaction.atomic():
            AlarmTest.objects.create(
                alarm=unit, kind="after_return", has_passed=True, on=timezone.localdate(), by=worker
            )
        look_over(alarm=unit, key=uuid7(), values=READY | {"has_passed": False}, by=worker)
    assert state_of(unit) == "faulty"


def test_a_failed_test_makes_a_unit_faulty_and_what_is_lent_stays_lent_until_it_is_back(case, unit, worker):
    loan = reserve(case, unit, worker)
    issue(loan, worker)
    said = {"alarm": unit, "on": timezone.localdate(), "words": "", "by": worker}
    with acting_as(worker.pk):
        record_test(key=uuid7(), has_passed=False, **said)
        agree()
        assert (state_of(unit), AlarmLoan.objects.get().state) == ("faulty", "issued")
        with pytest.raises(ValidationError, match="End the loan"):
            move_alarm(alarm=unit, to=AlarmState.RETIRED, reason="x", by=worker)
        return_alarm(loan=loan, values=CLEAN, words="", by=worker)
        assert state_of(unit) == "faulty"
        move_alarm(alarm=unit, to=AlarmState.RETURNED, reason="New cell.", by=worker)
    agree()
    assert state_of(unit) == "returned_to_test"


def test_a_reserved_unit_that_fails_is_free_for_no_case(case, unit, worker):
    asked = AlarmRequestFactory(case=case, state="approved")
    reserve(case, unit, worker, asked)
    with acting_as(worker.pk):
        mark_faulty(alarm=unit, reason="No sound.", by=worker)
    agree()
    assert (state_of(unit), AlarmLoan.objects.get().state) == ("faulty", LoanState.CANCELLED)
    assert AlarmRequest.objects.get().state == "approved"


def test_a_lost_unit_ends_its_loan_and_comes_back_by_way_of_its_tests(case, unit, worker):
    loan = reserve(case, unit, worker, AlarmRequestFactory(case=case, state="approved"))
    issue(loan, worker)
    with acting_as(worker.pk):
        lose_alarm(loan=loan, words="Left on a bus.", by=worker)
        assert (state_of(unit), AlarmRequest.objects.get().state) == ("lost", "lost")
        move_alarm(alarm=unit, to=AlarmState.RETURNED, reason="Handed in.", by=worker)
    agree()
    assert state_of(unit) == "returned_to_test"


def test_a_unit_with_another_teams_case_is_tested_by_its_own_caseworker(unit, worker):
    other = UserFactory(profile__team=TeamFactory(name="Suffolk"))
    loan = reserve(CaseFactory(worker=other, team=other.staff_profile.team), unit, other)
    said = {"alarm": unit, "key": uuid7(), "has_passed": True, "on": timezone.localdate(), "words": "", "by": worker}
    with acting_as(worker.pk):
        with pytest.raises(ValidationError, match="another team’s case"):
            record_test(**said)
        with pytest.raises(ValidationError, match="another team’s case"):
            mark_faulty(alarm=unit, reason="x", by=worker)
        assert not AlarmLoan.objects.filter(pk=loan.pk).exists()
        with pytest.raises(ValidationError, match="End the loan"):
            move_alarm(alarm=unit, to=AlarmState.RETIRED, reason="x", by=worker)


def test_a_faulty_unit_with_another_teams_case_is_not_moved_on_behind_its_loan(worker):
    loan = AlarmLoanFactory(issued=True, alarm__state="faulty")
    with acting_as(worker.pk), pytest.raises(ValidationError, match="End the loan"):
        move_alarm(alarm=loan.alarm, to=AlarmState.RETIRED, reason="x", by=worker)
    assert state_of(loan.alarm) == "faulty"


def test_a_serial_number_is_used_once_however_it_is_written(worker):
    place = AlarmPlaceFactory()
    values = {"serial": "GPS-7", "kind": "gps_alarm", "condition": "new", "place": place}
    values |= {"battery_changed_on": None, "notes": ""}
    with acting_as(worker.pk):
        add_alarm(key=uuid7(), values=values, by=worker)
        with pytest.raises(ValidationError, match="serial number already"):
            add_alarm(key=uuid7(), values=values | {"serial": "gps-7"}, by=worker)


def test_of_two_people_who_change_a_unit_the_second_is_told(unit, worker):
    elsewhere = AlarmPlaceFactory(name="Office")
    with acting_as(worker.pk):
        values = {"place": elsewhere, "condition": "worn", "notes": "Clip bent."}
        change_alarm(alarm=unit, values=values, based_on=1, by=worker)
        with pytest.raises(StaleEdit):
            change_alarm(alarm=unit, values=values | {"notes": ""}, based_on=1, by=worker)
    assert AlarmMove.objects.get().to_place == elsewhere


def test_only_open_loans_count_against_closing(case, unit, worker):
    loan = reserve(case, unit, worker)
    with acting_as(worker.pk):
        assert closing_facts(case).lent_count == 1
        release_loan(loan=loan, words="x", by=worker)
        assert closing_facts(case).lent_count == 0


def test_the_portal_writes_no_stock_no_loan_and_no_answer_and_only_its_own_request(case, unit):
    asked, her = AlarmRequestFactory(case=case), case.victim.user
    elsewhere = AlarmRequestFactory.build(case=CaseFactory(portal=True), by=her)
    with acting_as(her.pk):
        for broken in (
            lambda: AlarmFactory.build(place=unit.place, added_by=her).save(force_insert=True),
            lambda: elsewhere.save(force_insert=True),
        ):
            with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
                broken()
        assert Alarm.objects.filter(pk=unit.pk).update(state="lost") == 0
        assert AlarmRequest.objects.filter(pk=asked.pk).update(state="approved") == 0
        assert not AlarmLoan.objects.exists()


@pytest.mark.parametrize("role", ["administrator", "data_protection", "victim", "ended", "nobody"])
def test_who_lends_nothing_neither_reads_nor_writes_the_stock(case, unit, worker, role):
    AlarmMove.objects.create(
        alarm=unit, from_state="lost", to_state="in_stock", reason="x", by=worker, at=timezone.now()
    )
    AlarmTest.objects.create(alarm=unit, kind="regular", has_passed=True, on=timezone.localdate(), by=worker)
    if role == "nobody":
        me = None
    elif role == "ended":
        me = UserFactory(is_active=False).pk
    else:
        me = UserFactory(role=role).pk
    written = {"alarm": unit, "by": worker}
    with acting_as(me):
        for model in (Alarm, AlarmPlace, AlarmMove, AlarmTest):
            assert not model.objects.exists()
        assert Alarm.objects.filter(pk=unit.pk).update(state="lost") == 0
        assert AlarmPlace.objects.filter(pk=unit.place_id).update(name="x") == 0
        for broken in (
            lambda: AlarmPlace(team=unit.place.team, name="New").save(force_insert=True),
            lambda: AlarmFactory.build(place=unit.place, added_by=worker).save(force_insert=True),
            lambda: AlarmTest(kind="regular", has_passed=True, on=timezone.localdate(), **written).save(),
            lambda: AlarmMove(from_state="in_stock", to_state="lost", at=timezone.now(), **written).save(),
        ):
            with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
                broken()
    assert state_of(unit) == "in_stock"
    with acting_as(worker.pk):
        assert Alarm.objects.filter(pk=unit.pk).exists()


def test_a_request_stays_as_it_was_written(case, worker):
    asked = AlarmRequestFactory(case=case)
    with acting_as(worker.pk), pytest.raises(DatabaseError, match="as it was written"), transaction.atomic():
        AlarmRequest.objects.filter(pk=asked.pk).update(way="post")
