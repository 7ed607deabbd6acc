"""Rules of onward referrals: who may move one where, when an answer is due, which band an age is in."""

from datetime import date
from itertools import product

import pytest

from referrals.rules.onward import (
    AWAITED,
    ENDED,
    MOVES,
    Mover,
    ReferralState,
    age_band,
    answer_days,
    may_move,
    waiting_days,
)

S = ReferralState
LIMITS = {"referral_chase": 3, "referral_listed": 5, "referral_answer": 5}
HOLIDAYS = frozenset({date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1), date(2027, 3, 26), date(2027, 3, 29)})
ALLOWED = {
    (S.MADE, S.SENT, Mover.STAFF),
    (S.MADE, S.WITHDRAWN, Mover.STAFF),
    (S.MADE, S.WITHDRAWN, Mover.CONSENT),
    (S.SENT, S.VIEWED, Mover.PARTNER),
    (S.SENT, S.ACCEPTED, Mover.STAFF),
    (S.SENT, S.DECLINED, Mover.STAFF),
    (S.SENT, S.WITHDRAWN, Mover.STAFF),
    (S.SENT, S.WITHDRAWN, Mover.CONSENT),
    (S.VIEWED, S.ACCEPTED, Mover.STAFF),
    (S.VIEWED, S.ACCEPTED, Mover.PARTNER),
    (S.VIEWED, S.DECLINED, Mover.STAFF),
    (S.VIEWED, S.DECLINED, Mover.PARTNER),
    (S.VIEWED, S.WITHDRAWN, Mover.STAFF),
    (S.VIEWED, S.WITHDRAWN, Mover.CONSENT),
    (S.ACCEPTED, S.COMPLETED, Mover.STAFF),
    (S.ACCEPTED, S.WITHDRAWN, Mover.STAFF),
    (S.ACCEPTED, S.WITHDRAWN, Mover.CONSENT),
}


def test_every_move_is_allowed_or_refused():
    assert {(now, to, who) for now, to, who in product(S, S, Mover) if may_move(now, to, who)} == ALLOWED


def test_the_table_names_every_state_and_ends_lead_nowhere():
    assert set(MOVES) == set(S)
    assert {state for state in S if not MOVES[state]} == ENDED
    assert {S.SENT, S.VIEWED} == AWAITED


@pytest.mark.parametrize(
    ("sent_on", "chase_on", "due_on"),
    [
        (date(2026, 11, 23), date(2026, 11, 26), date(2026, 11, 30)),  # Monday: Thursday, Monday
        (date(2026, 11, 27), date(2026, 12, 2), date(2026, 12, 4)),  # Friday
        (date(2026, 11, 28), date(2026, 12, 2), date(2026, 12, 4)),  # Saturday, Sunday: as on the Friday
        (date(2026, 11, 29), date(2026, 12, 2), date(2026, 12, 4)),
        (date(2026, 12, 24), date(2026, 12, 31), date(2027, 1, 5)),  # over Christmas and New Year
        (date(2027, 3, 25), date(2027, 4, 1), date(2027, 4, 5)),  # over Easter and the change to summer time
        (date(2028, 2, 28), date(2028, 3, 2), date(2028, 3, 6)),  # over a 29 February
    ],
)
def test_an_answer_is_chased_on_the_third_working_day_and_due_on_the_fifth(sent_on, chase_on, due_on):
    days = answer_days(sent_on, LIMITS, HOLIDAYS)
    assert (days.chase_on, days.listed_on, days.due_on) == (chase_on, due_on, due_on)


@pytest.mark.parametrize(
    ("today", "days"),
    [
        (date(2026, 11, 27), 0),
        (date(2026, 11, 29), 0),
        (date(2026, 11, 30), 1),
        (date(2026, 12, 3), 4),
        (date(2026, 12, 4), 5),
        (date(2026, 12, 5), 5),
        (date(2026, 12, 7), 6),
    ],
)
def test_the_days_of_waiting_are_working_days(today, days):
    assert waiting_days(date(2026, 11, 27), today, HOLIDAYS) == days


@pytest.mark.parametrize(
    ("born_on", "today", "band"),
    [
        (date(2014, 11, 27), date(2026, 11, 26), "0-11"),
        (date(2014, 11, 26), date(2026, 11, 26), "12-15"),
        (date(2008, 2, 29), date(2026, 2, 28), "16-17"),
        (date(2008, 2, 29), date(2026, 3, 1), "18-24"),
        (date(2001, 11, 26), date(2026, 11, 25), "18-24"),
        (date(2001, 11, 26), date(2026, 11, 26), "25-34"),
        (date(1951, 11, 27), date(2026, 11, 26), "65-74"),
        (date(1951, 11, 26), date(2026, 11, 26), "75+"),
        (date(2026, 11, 26), date(2026, 11, 26), "0-11"),
    ],
)
def test_a_birthday_is_the_first_day_of_the_next_band(born_on, today, band):
    assert age_band(born_on, today) == band
