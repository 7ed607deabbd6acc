"""Equipment: every move allowed and refused, months at their edges, what is overdue on the day, before and after."""

from datetime import date, timedelta
from itertools import product

import pytest

from cases.rules import add_months
from referrals.rules.equipment import (
    ALARM_MOVES,
    LOAN_MOVES,
    REQUEST_MOVES,
    AlarmState,
    LoanState,
    RequestState,
    is_overdue,
    latest_overdue,
    may_move_alarm,
    may_move_loan,
    may_move_request,
)

UNIT_MAY = {
    "in_stock": {"reserved", "faulty", "lost", "retired"},
    "reserved": {"in_stock", "on_loan", "faulty"},
    "on_loan": {"returned_to_test", "faulty", "lost"},
    "returned_to_test": {"in_stock", "faulty", "lost", "retired"},
    "faulty": {"returned_to_test", "lost", "retired"},
    "lost": {"returned_to_test", "retired"},
    "retired": set(),
}
LOAN_MAY = {
    "reserved": {"issued", "cancelled"},
    "issued": {"returned", "lost"},
    "returned": set(),
    "lost": set(),
    "cancelled": set(),
}
REQUEST_MAY = {
    "asked": {"approved", "not_possible"},
    "approved": {"ready", "not_possible"},
    "ready": {"given", "approved"},
    "given": {"returned", "lost"},
    "returned": set(),
    "lost": set(),
    "not_possible": set(),
}


@pytest.mark.parametrize(
    ("states", "moves", "may", "rule"),
    [
        (AlarmState, ALARM_MOVES, UNIT_MAY, may_move_alarm),
        (LoanState, LOAN_MOVES, LOAN_MAY, may_move_loan),
        (RequestState, REQUEST_MOVES, REQUEST_MAY, may_move_request),
    ],
    ids=["unit", "loan", "request"],
)
def test_every_move_is_allowed_or_refused_as_said(states, moves, may, rule):
    assert set(moves) == set(states)
    for current, to in product(states, states):
        assert rule(current, to) is (to in may[current]), (current, to)


def test_what_came_back_is_lent_again_only_by_way_of_its_tests():
    assert not any(may_move_alarm(AlarmState.RETURNED, to) for to in (AlarmState.RESERVED, AlarmState.ON_LOAN))
    assert not any(may_move_alarm(state, AlarmState.IN_STOCK) for state in (AlarmState.ON_LOAN, AlarmState.FAULTY))


@pytest.mark.parametrize(("shift", "late"), [(-1, False), (0, False), (1, True)])
def test_the_whole_of_the_last_day_counts(shift, late):
    due = date(2027, 3, 28)  # the clocks go forward on this day
    assert is_overdue(due, due + timedelta(days=shift)) is late


def test_the_latest_overdue_day_is_the_same_rule_turned_round():
    day = date(2027, 11, 1)
    while day < date(2029, 4, 2):  # what was done on 29 February 2028 is over a year old on 1 March 2029
        for months in (3, 12):
            latest = latest_overdue(day, months)
            assert is_overdue(add_months(latest, months), day)
            assert not is_overdue(add_months(latest + timedelta(days=1), months), day)
        day += timedelta(days=1)
