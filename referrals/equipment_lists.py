"""What pages of equipment show: the stock narrowed, what is late, which loans of a page one may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from accounts.models import User
from cases.models import Case
from cases.rules import add_months
from referrals.equipment_limits import limits
from referrals.models import Alarm, AlarmLoan, AlarmRequest
from referrals.models.equipment import AlarmQuerySet
from referrals.rules.equipment import AlarmState, RequestState, latest_overdue

LATE = ("tests", "returns", "batteries")
OUT = (AlarmState.RESERVED, AlarmState.ON_LOAN)
WAITING = (RequestState.ASKED, RequestState.APPROVED)


def late(units: AlarmQuerySet, what: str, user: User, today: date) -> AlarmQuerySet:
    """Those of some units that are late: for a test, to come back, for a battery.

    What is late to come back is known of the cases that one may open, since the loan says so and not the unit.
    """
    numbers = limits()
    if what == "tests":
        return units.test_overdue(latest_overdue(today, numbers["alarm_test_months"]))
    if what == "batteries":
        return units.battery_overdue(latest_overdue(today, numbers["alarm_battery_months"]))
    overdue = AlarmLoan.objects.visible_to(user).return_overdue(today)
    return units.filter(pk__in=list(overdue.values_list("alarm_id", flat=True)))


def late_counts(user: User, today: date) -> list[tuple[str, int]]:
    """How many units are late, in each way."""
    return [(what, late(Alarm.objects.all(), what, user, today).count()) for what in LATE]


def with_loans(units: Sequence[Alarm], user: User) -> list[tuple[Alarm, AlarmLoan | None]]:
    """Some units, each with the loan it is on now where one may open its case."""
    loans: Any = AlarmLoan.objects.visible_to(user).open().filter(alarm__in=[unit.pk for unit in units])
    running = {loan.alarm_id: loan for loan in loans.select_related("case")}
    return [(unit, running.get(unit.pk)) for unit in units]


def battery_due_on(unit: Alarm, months: int) -> date | None:
    """The last day for the next change of a battery; none without one to change, or of a unit that is gone."""
    is_gone = unit.state in {AlarmState.LOST, AlarmState.RETIRED}
    return add_months(unit.battery_changed_on, months) if unit.battery_changed_on and not is_gone else None


def next_test_on(unit: Alarm, months: int) -> date | None:
    """The last day for the next test of a unit that works and is with a victim; none for any other."""
    is_lent = unit.state == AlarmState.ON_LOAN
    return add_months(unit.tested_on, months) if is_lent and unit.tested_on else None


@dataclass(frozen=True)
class Lent:
    """The equipment of one case: what was asked for, what is here now, what was."""

    requests: list[AlarmRequest]
    running: list[tuple[AlarmLoan, date | None]]
    past: list[AlarmLoan]

    @property
    def waiting(self) -> list[AlarmRequest]:
        """Requests that wait for a colleague: for an answer, or for a unit to be reserved."""
        return [each for each in self.requests if each.state in WAITING]

    @property
    def settled(self) -> list[AlarmRequest]:
        """The other requests."""
        return [each for each in self.requests if each.state not in WAITING]


def lent_to(case: Case, user: User) -> Lent:
    """Gather the equipment of a case, the newest first; what is lent comes with the day of its next test."""
    asked: Any = AlarmRequest.objects.visible_to(user).filter(case=case).prefetch_related("steps__by")
    found: Any = AlarmLoan.objects.visible_to(user).filter(case=case).for_list()
    loans: list[AlarmLoan] = list(found.prefetch_related("steps__by", "renewals__by"))
    months = limits()["alarm_test_months"]
    return Lent(
        requests=list(asked.order_by("-at", "-pk")),
        running=[(loan, next_test_on(loan.alarm, months)) for loan in loans if loan.is_open],
        past=[loan for loan in loans if not loan.is_open],
    )


def card(case: Case, user: User, now: datetime) -> dict[str, Any]:
    """What the page "Support" shows of equipment: what waits for an answer, what is here."""
    requests: Any = AlarmRequest.objects.visible_to(user).filter(case=case).open()
    loans: Any = AlarmLoan.objects.visible_to(user).filter(case=case).open().for_list()
    asked = [request for request in requests.order_by("at") if request.state != RequestState.READY]
    return {"requests": asked, "loans": list(loans), "today": timezone.localdate(now)}
