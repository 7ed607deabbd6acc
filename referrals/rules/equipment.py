"""Equipment on loan: where a unit, a loan and a request may stand, and when a test, a battery or a unit is due."""

from datetime import date, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from cases.rules import add_months


class AlarmState(TextChoices):
    """Where a unit stands."""

    IN_STOCK = "in_stock", _("In stock")
    RESERVED = "reserved", _("Reserved")
    ON_LOAN = "on_loan", _("On loan")
    RETURNED = "returned_to_test", _("Returned, to be tested")
    FAULTY = "faulty", _("Faulty")
    LOST = "lost", _("Lost")
    RETIRED = "retired", _("Retired")


# The one table of allowed moves of a unit. What came back is lent again only by way of its tests.
ALARM_MOVES: dict[AlarmState, frozenset[AlarmState]] = {
    AlarmState.IN_STOCK: frozenset({AlarmState.RESERVED, AlarmState.FAULTY, AlarmState.LOST, AlarmState.RETIRED}),
    AlarmState.RESERVED: frozenset({AlarmState.IN_STOCK, AlarmState.ON_LOAN, AlarmState.FAULTY}),
    AlarmState.ON_LOAN: frozenset({AlarmState.RETURNED, AlarmState.FAULTY, AlarmState.LOST}),
    AlarmState.RETURNED: frozenset({AlarmState.IN_STOCK, AlarmState.FAULTY, AlarmState.LOST, AlarmState.RETIRED}),
    AlarmState.FAULTY: frozenset({AlarmState.RETURNED, AlarmState.LOST, AlarmState.RETIRED}),
    AlarmState.LOST: frozenset({AlarmState.RETURNED, AlarmState.RETIRED}),
    AlarmState.RETIRED: frozenset(),
}


class LoanState(TextChoices):
    """Where a loan stands."""

    RESERVED = "reserved", _("Reserved")
    ISSUED = "issued", _("On loan")
    RETURNED = "returned", _("Returned")
    LOST = "lost", _("Lost")
    CANCELLED = "cancelled", _("Reservation given up")


LOAN_MOVES: dict[LoanState, frozenset[LoanState]] = {
    LoanState.RESERVED: frozenset({LoanState.ISSUED, LoanState.CANCELLED}),
    LoanState.ISSUED: frozenset({LoanState.RETURNED, LoanState.LOST}),
    LoanState.RETURNED: frozenset(),
    LoanState.LOST: frozenset(),
    LoanState.CANCELLED: frozenset(),
}
OPEN_LOANS = (LoanState.RESERVED, LoanState.ISSUED)


class RequestState(TextChoices):
    """Where a request from the portal stands."""

    ASKED = "asked", _("Asked")
    APPROVED = "approved", _("Approved")
    READY = "ready", _("Ready")
    GIVEN = "given", _("Given")
    RETURNED = "returned", _("Returned")
    LOST = "lost", _("Lost")
    NOT_POSSIBLE = "not_possible", _("Not possible")


REQUEST_MOVES: dict[RequestState, frozenset[RequestState]] = {
    RequestState.ASKED: frozenset({RequestState.APPROVED, RequestState.NOT_POSSIBLE}),
    RequestState.APPROVED: frozenset({RequestState.READY, RequestState.NOT_POSSIBLE}),
    RequestState.READY: frozenset({RequestState.GIVEN, RequestState.APPROVED}),
    RequestState.GIVEN: frozenset({RequestState.RETURNED, RequestState.LOST}),
    RequestState.RETURNED: frozenset(),
    RequestState.LOST: frozenset(),
    RequestState.NOT_POSSIBLE: frozenset(),
}
# While one of these stands, another request would be asked twice.
OPEN_REQUESTS = (RequestState.ASKED, RequestState.APPROVED, RequestState.READY)


class Check(TextChoices):
    """What looking a returned unit over for something came to."""

    CLEAN = "clean", _("Looked: nothing found")
    FOUND = "found", _("Looked: something found")
    NOT_DONE = "not_done", _("Not looked at yet")


def may_move_alarm(current: AlarmState, to: AlarmState) -> bool:
    """Say whether a unit may go from one state to another.

    Source: The service's equipment policy, November 2026 (states of the asset list).
    """
    return to in ALARM_MOVES[current]


def may_move_loan(current: LoanState, to: LoanState) -> bool:
    """Say whether a loan may go from one state to another.

    Source: The service's equipment policy, November 2026.
    """
    return to in LOAN_MOVES[current]


def may_move_request(current: RequestState, to: RequestState) -> bool:
    """Say whether a request may go from one state to another.

    Source: The service's equipment policy, November 2026.
    """
    return to in REQUEST_MOVES[current]


def latest_overdue(today: date, months: int) -> date:
    """Return the latest day whose term of so many months was over before today: what was done by then is overdue.

    The last day of the term still counts. For comparing a column with one day instead of adding months to each row.

    Source: The service's equipment policy, November 2026: lent units are tested every 3 months, batteries changed
        yearly; both to be confirmed.
    """
    day = today - timedelta(days=31 * months + 1)  # no month is longer: certainly overdue
    while add_months(day + timedelta(days=1), months) < today:
        day += timedelta(days=1)
    return day


def is_overdue(due_on: date, today: date) -> bool:
    """Say whether something that is due on a day is late; the whole of that day still counts (Europe/London).

    Source: The service's equipment policy, November 2026.
    """
    return due_on < today
