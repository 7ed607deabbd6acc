"""The table of moves, move by move; what it may end with; when a sign-off stands; the days of the follow-ups."""

from datetime import date, timedelta
from itertools import product

import pytest

from referrals.rules.restorative import (
    WAY,
    Outcome,
    SignOffFacts,
    SignOffState,
    Stage,
    follow_up_days,
    may_ask_sign_off,
    may_come_back,
    may_end,
    may_move,
    needs_agreement,
    needs_sign_off,
    sign_off_state,
)
from tests.each import over

# Written a second time, by hand: one letter for each stage.
E, R, S, P, A, Q, M, H, G, W, F, D, C = Stage
ALLOWED = {
    E: {R, D, C},
    R: {S, E, D, C},
    S: {P, R, D, C},
    P: {A, S, D, C},
    A: {Q, P, S, D, C},
    Q: {M, A, S, D, C},
    M: {H, Q, S, D, C},
    H: {G, W, M, D, C},
    G: {W, H, D, C},
    W: {F, G, D, C},
    F: {W, D, C},
    D: {E, R, S, P, A, Q, M, H, G, W, F, C},
    C: set(),
}
ENDS = {
    Outcome.COMPLETED: {H, G, W, F},
    Outcome.VICTIM_WITHDREW: {E, R, S, P, A, Q, M, H, G, W, F, D},
    Outcome.OTHER_DECLINED: {A, Q, M, D},
    Outcome.UNSUITABLE: {E, R, S, P, A, Q, M, D},
    Outcome.NO_TRACE: {S, P, A, D},
    Outcome.ON_HOLD: {D},
}
LIMITS = {"rj_follow_up_weeks": 6, "rj_follow_up_months": 6}


def named(pair):
    return " to ".join(pair)


@over(list(product(Stage, Stage)), named)
def test_every_move_is_allowed_or_refused_as_the_table_says(pair):
    stage, to = pair
    assert may_move(stage, to) is (to in ALLOWED[stage])


@over(list(product(Stage, Outcome)), named)
def test_every_outcome_fits_where_the_list_says(pair):
    stage, outcome = pair
    assert may_end(stage, outcome) is (stage in ENDS[outcome])


def test_every_outcome_is_reached_from_somewhere_and_nothing_comes_back_from_closed():
    assert set(ENDS) == set(Outcome)
    assert not any(may_end(Stage.CLOSED, outcome) for outcome in Outcome)


@over(list(product(WAY, Stage)), named)
def test_from_hold_it_comes_back_to_where_it_stood_or_further_back(pair):
    held_at, to = pair
    assert may_come_back(held_at, to) is (to in WAY and WAY.index(to) <= WAY.index(held_at))


def test_the_agreement_is_needed_wherever_somebody_speaks_with_the_perpetrator():
    assert {stage for stage in Stage if needs_agreement(stage)} == {A, Q, M, H, G}


def test_a_sign_off_is_needed_before_every_approach_and_after_a_time_on_hold():
    needed = {(stage, to) for stage in Stage for to in ALLOWED[stage] if needs_sign_off(stage, to)}
    assert needed == {(P, A), (Q, A), (D, A), (D, Q), (D, M), (D, H), (D, G)}


def test_a_sign_off_is_asked_for_once_risk_is_looked_at_and_before_it_was_held():
    assert {stage for stage in Stage if may_ask_sign_off(stage)} == {S, P, A, Q, M, D}


LAST = date(2026, 6, 30)


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        (SignOffFacts(False), SignOffState.NONE),
        (SignOffFacts(True), SignOffState.WAITING),
        (SignOffFacts(True, True), SignOffState.REFUSED),
        (SignOffFacts(True, True, LAST), SignOffState.STANDING),
        (SignOffFacts(True, True, LAST, "an entry"), SignOffState.FALLEN),
    ],
)
def test_where_a_sign_off_stands(facts, state):
    assert sign_off_state(facts, LAST) == state


@pytest.mark.parametrize(("shift", "state"), [(-1, "standing"), (0, "standing"), (1, "expired")])
def test_the_last_day_still_counts(shift, state):
    assert sign_off_state(SignOffFacts(True, True, LAST), LAST + timedelta(days=shift)) == state


@pytest.mark.parametrize(
    ("held_on", "weeks", "months"),
    [
        (date(2026, 6, 3), date(2026, 7, 15), date(2026, 12, 3)),
        (date(2026, 8, 31), date(2026, 10, 12), date(2027, 3, 1)),  # 28 February is a Sunday
        (date(2027, 8, 29), date(2027, 10, 11), date(2028, 2, 29)),  # a leap year; 10 October is a Sunday
        (date(2026, 11, 13), date(2026, 12, 29), date(2027, 5, 13)),  # 25 and 28 December are bank holidays
        (date(2026, 9, 14), date(2026, 10, 26), date(2027, 3, 15)),  # over a change of the clocks
        (date(2028, 2, 29), date(2028, 4, 11), date(2028, 8, 29)),
    ],
)
def test_the_follow_ups_come_on_their_days_or_the_next_working_day(held_on, weeks, months):
    holidays = frozenset({date(2026, 12, 25), date(2026, 12, 28)})
    assert follow_up_days(held_on, LIMITS, holidays) == (weeks, months)
