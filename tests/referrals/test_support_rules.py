from datetime import date

import pytest

from referrals.rules.support import (
    AWAITS_SESSION,
    ENDED,
    MOVES,
    NEEDS_REASON,
    OPEN,
    EpisodeState,
    may_hold_session,
    may_move,
    session_missed_from,
)

S = EpisodeState
ALLOWED = {
    (S.OFFERED, S.ACCEPTED), (S.OFFERED, S.DECLINED), (S.OFFERED, S.WITHDRAWN),
    (S.ACCEPTED, S.ACTIVE), (S.ACCEPTED, S.PAUSED), (S.ACCEPTED, S.WITHDRAWN),
    (S.ACTIVE, S.PAUSED), (S.ACTIVE, S.COMPLETED), (S.ACTIVE, S.WITHDRAWN),
    (S.PAUSED, S.ACTIVE), (S.PAUSED, S.COMPLETED), (S.PAUSED, S.WITHDRAWN),
}  # fmt: skip


@pytest.mark.parametrize("current", list(S))
@pytest.mark.parametrize("to", list(S))
def test_each_pair_of_states_is_allowed_or_refused(current, to):
    assert may_move(current, to) is ((current, to) in ALLOWED)


def test_every_state_is_in_the_table_and_what_has_ended_stays_so():
    assert set(MOVES) == set(S)
    assert {state for state in S if not MOVES[state]} == ENDED
    assert set(S) == OPEN | ENDED
    assert not NEEDS_REASON & {S.OFFERED, S.ACCEPTED, S.ACTIVE}
    assert AWAITS_SESSION <= OPEN


@pytest.mark.parametrize(
    ("state", "ended_on", "on", "expected"),
    [
        (S.OFFERED, None, date(2026, 6, 3), False),
        (S.DECLINED, date(2026, 6, 3), date(2026, 6, 1), False),
        (S.ACCEPTED, None, date(2026, 6, 3), True),
        (S.ACTIVE, None, date(2026, 6, 3), True),
        (S.PAUSED, None, date(2026, 6, 3), True),
        (S.COMPLETED, date(2026, 6, 3), date(2026, 6, 2), True),
        (S.COMPLETED, date(2026, 6, 3), date(2026, 6, 3), True),
        (S.COMPLETED, date(2026, 6, 3), date(2026, 6, 4), False),
        (S.WITHDRAWN, date(2026, 6, 3), date(2026, 6, 4), False),
    ],
)
def test_a_session_belongs_to_support_that_was_accepted_and_had_not_ended(state, ended_on, on, expected):
    assert may_hold_session(state, ended_on, on) is expected


@pytest.mark.parametrize(
    ("last_on", "days", "first"),
    [
        (date(2026, 6, 3), 14, date(2026, 6, 18)),
        (date(2028, 2, 15), 14, date(2028, 3, 1)),  # 29 February is a day like any other
        (date(2026, 10, 24), 1, date(2026, 10, 26)),  # the clocks go back in between
        (date(2026, 12, 24), 14, date(2027, 1, 8)),  # bank holidays are calendar days
        (date(2026, 6, 3), 0, date(2026, 6, 4)),
    ],
)
def test_a_session_is_missed_from_the_day_after_the_last_that_counts(last_on, days, first):
    assert session_missed_from(last_on, days) == first
