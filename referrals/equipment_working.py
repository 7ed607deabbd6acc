"""What a request and a late loan ask of whoever holds the case: she may not write into their tasks herself."""

from datetime import date

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.actions.tasks import raise_task
from cases.models import Task
from cases.rules import add_months
from jobs.actions import ask
from jobs.working import Work
from nsvcs.identity import acting_as
from referrals.actions.equipment_loans import due_key, found_title
from referrals.actions.equipment_requests import task_key
from referrals.equipment_limits import limits
from referrals.models import AlarmLoan, AlarmRequest
from referrals.rules.equipment import AlarmState, LoanState, RequestState, is_overdue, latest_overdue


def alarm_asked(work: Work) -> None:
    """She asked for something: a task for the same day, unless it was answered meanwhile."""
    with work.acting():
        request = AlarmRequest.objects.select_related("case").get(pk=work.object_id)
        if request.state == RequestState.ASKED:
            title = _("The victim asks to borrow equipment: answer the request")
            raise_task(request.case, Task.Kind.ALARM_ASKED, title, timezone.localdate(), key=task_key(request))
        work.finish()


def alarm_danger(work: Work) -> None:
    """The words of a request may mean danger: somebody looks on the same day."""
    with work.acting():
        request = AlarmRequest.objects.select_related("case").get(pk=work.object_id)
        title = _("Red flag in a request for equipment: look today")
        raise_task(
            request.case, Task.Kind.RED_FLAG, title, timezone.localdate(), key=f"red_flag:equipment:{request.pk}"
        )
        work.finish()


def alarm_found(work: Work) -> None:
    """Something was found on a unit in stock: find the case it was with last, and ask for a look at that."""
    with work.acting():
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM alarm_last_lent(%s)", [work.object_id])
            found = cursor.fetchone()
        if found:
            loan_id, case_id = found
            key = f"alarm_found_on:{work.object_id}"
            ask(name="alarm_found_on", key=key, object_id=loan_id, case_id=case_id, by=None)
        work.finish()


def alarm_found_on(work: Work) -> None:
    """Somebody looks at the case on the same day."""
    with work.acting():
        loan = AlarmLoan.objects.select_related("case").get(pk=work.object_id)
        key = f"red_flag:equipment:{loan.pk}:{work.job.pk}"
        raise_task(loan.case, Task.Kind.RED_FLAG, found_title(), timezone.localdate(), key=key)
        work.finish()


def ask_for_late() -> int:
    """Ask for a look at every loan that is late to come back or for a test; returns how many. Once a day."""
    today = timezone.localdate()
    with acting_as(process="worker"):
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM alarms_due(%s, %s)", [today, _tested_until(today)])
            found = cursor.fetchall()
        for loan_id, case_id in found:
            key = f"alarm_due:{loan_id}:{today}"
            ask(name="alarm_due", key=key, object_id=loan_id, case_id=case_id, by=None)
    return len(found)


def alarm_due(work: Work) -> None:
    """Raise what is late now: one task for each day that was agreed, one for each test."""
    with work.acting():
        loan = AlarmLoan.objects.select_related("case", "alarm").get(pk=work.object_id)
        if loan.state == LoanState.ISSUED:
            _raise_late(loan, timezone.localdate())
        work.finish()


def _raise_late(loan: AlarmLoan, today: date) -> None:
    kind, tested_on = Task.Kind.ALARM_DUE, loan.alarm.tested_on
    if loan.due_on is not None and is_overdue(loan.due_on, today):
        title = _("Lent equipment is due back: agree on its return, or renew the loan")
        raise_task(loan.case, kind, title, today, key=f"{due_key(loan, 'return')}{loan.due_on}")
    if loan.alarm.state == AlarmState.ON_LOAN and tested_on is not None and tested_on <= _tested_until(today):
        due_on = add_months(tested_on, limits()["alarm_test_months"])
        title = _("Lent equipment is due for its test")
        raise_task(loan.case, kind, title, today, key=f"{due_key(loan, 'test')}{due_on}")


def _tested_until(today: date) -> date:
    return latest_overdue(today, limits()["alarm_test_months"])
