"""Two people take the same unit at the same moment, each in a transaction of their own."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, OperationalError, connection, transaction
from django.utils import timezone

from nsvcs.identity import acting_as
from nsvcs.ids import uuid7
from referrals.actions.equipment_loans import issue_alarm, release_loan, reserve_alarm
from referrals.models import Alarm, AlarmLoan
from tests.factories import AllocationFactory, CaseFactory, UserFactory
from tests.factories.referrals import AlarmFactory, AlarmLoanFactory, AlarmRequestFactory

pytestmark = pytest.mark.commits
EXCLUSION, DEADLOCK = "23P01", "40P01"


def at_once(*acts):
    """Each act in a thread and connection of its own, begun together; what each of them said."""
    told, start = [], Barrier(len(acts))

    def do(act):
        start.wait(timeout=20)
        try:
            told.append(act())
        except (IntegrityError, OperationalError, ValidationError) as refused:
            told.append(refused)
        finally:
            connection.close()

    threads = [Thread(target=do, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


def test_of_two_workers_at_the_same_moment_one_has_the_unit_and_one_is_told_plainly(own_database):
    unit, workers = AlarmFactory(), [UserFactory(), UserFactory()]
    cases = [CaseFactory(worker=worker) for worker in workers]

    def reserve(case, worker):
        with acting_as(worker.pk):
            return reserve_alarm(case=case, alarm=unit, key=uuid7(), request=None, by=worker)

    told = at_once(*(lambda c=case, w=worker: reserve(c, w) for case, worker in zip(cases, workers, strict=True)))

    refused = next(each for each in told if isinstance(each, ValidationError))
    assert refused.messages == ["Somebody else took this unit a moment ago. Choose another one."]
    assert AlarmLoan.objects.get() in told
    assert Alarm.objects.get().state == "reserved"


def test_of_two_workers_who_answer_one_request_with_two_units_one_is_told_plainly(own_database):
    workers = [UserFactory(), UserFactory()]
    case = CaseFactory(worker=workers[0], portal=True)
    AllocationFactory(case=case, worker=workers[1], role="cover", ends_at=timezone.now() + timedelta(days=1))
    asked, units = AlarmRequestFactory(case=case, state="approved"), [AlarmFactory(), AlarmFactory()]

    def reserve(unit, worker):
        with acting_as(worker.pk):
            return reserve_alarm(case=case, alarm=unit, key=uuid7(), request=asked, by=worker)

    told = at_once(*(lambda u=unit, w=worker: reserve(u, w) for unit, worker in zip(units, workers, strict=True)))

    refused = next(each for each in told if isinstance(each, ValidationError))
    assert refused.messages == ["This request was dealt with a moment ago. Look at it again first."]
    assert AlarmLoan.objects.get() in told
    assert sorted(Alarm.objects.values_list("state", flat=True)) == ["in_stock", "reserved"]


def test_a_unit_that_is_given_out_and_given_up_at_the_same_moment_is_one_of_the_two(own_database):
    worker = UserFactory()
    loan = AlarmLoanFactory(case=CaseFactory(worker=worker))
    given = {"due_on": timezone.localdate() + timedelta(days=9), "handed": "meeting", "receipt": "said"}
    given |= {"is_demonstrated": False, "demonstrated_by": None}

    def give():
        with acting_as(worker.pk):
            return issue_alarm(loan=loan, values=given, words="", by=worker)

    def give_up():
        with acting_as(worker.pk):
            return release_loan(loan=loan, words="x", by=worker)

    told = at_once(give, give_up)

    assert len([each for each in told if isinstance(each, ValidationError)]) == 1
    assert (AlarmLoan.objects.get().state, Alarm.objects.get().state) in {
        ("issued", "on_loan"), ("cancelled", "in_stock")
    }  # fmt: skip


def test_two_open_ended_loans_cannot_both_commit_even_where_nothing_is_held_before(own_database):
    """The constraint alone: two connections write rows, and neither has looked at the unit.

    Where both rows are written before either is checked, each waits for the other, and the database ends one of them.
    """
    unit, meet = AlarmFactory(), Barrier(2)
    cases, worker = [CaseFactory(), CaseFactory()], UserFactory()

    def write(case):
        with transaction.atomic():
            connection.ensure_connection()
            meet.wait(timeout=20)
            AlarmLoanFactory(case=case, alarm=unit, by=worker)
            Alarm.objects.filter(pk=unit.pk).update(state="reserved")
        return "kept"

    told = at_once(*(lambda c=case: write(c) for case in cases))

    told.remove("kept")
    (refused,) = told
    assert "referrals_alarmloan" in str(refused)
    assert refused.__cause__.sqlstate in {EXCLUSION, DEADLOCK}
    assert AlarmLoan.objects.count() == 1
