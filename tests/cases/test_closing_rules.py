"""Closing: every check alone, the attempts at their edges, and a way to the end from every status."""

from datetime import UTC, datetime

import pytest

from cases.rules import (
    ENDED,
    CaseStatus,
    ClosingCheck,
    ClosingFacts,
    ClosureReason,
    closing_checks,
    has_tried_enough,
    may_move,
    way_to_end,
)


def day(number: int, hour: int = 12) -> datetime:
    return datetime(2026, 10, number, hour, tzinfo=UTC)


ENOUGH = ((day(1), "phone"), (day(2), "phone"), (day(5), "text"))


@pytest.mark.parametrize(
    ("attempts", "enough"),
    [
        ((), False),
        (ENOUGH[:2], False),
        (ENOUGH, True),
        (((day(1), "phone"), (day(2), "phone"), (day(5), "phone")), False),  # one way only
        (((day(1, 9), "phone"), (day(1, 17), "text"), (day(5), "text")), False),  # two on one day
        # Half past eleven at night in London is the day before midnight UTC would say in summer.
        (((day(1), "phone"), (day(2, 22), "text"), (day(2, 23), "text")), True),
    ],
)
def test_attempts_count_by_london_day_and_by_channel(attempts, enough):
    assert has_tried_enough(ClosingFacts(attempts=attempts)) is enough


@pytest.mark.parametrize(
    ("facts", "reason", "role", "checks"),
    [
        (ClosingFacts(), ClosureReason.NEEDS_MET, "caseworker", []),
        (ClosingFacts(is_high_priority=True), ClosureReason.NEEDS_MET, "caseworker", [ClosingCheck.HIGH_PRIORITY]),
        (ClosingFacts(is_high_priority=True), ClosureReason.NEEDS_MET, "manager", []),
        (ClosingFacts(unread_entry_count=1), ClosureReason.DIED, "manager", [ClosingCheck.UNREAD_ENTRIES]),
        (ClosingFacts(open_task_count=1), ClosureReason.DIED, "manager", [ClosingCheck.OPEN_TASKS]),
        (ClosingFacts(open_support_count=1), ClosureReason.DIED, "manager", [ClosingCheck.OPEN_SUPPORT]),
        (ClosingFacts(is_restorative_open=True), ClosureReason.DIED, "manager", [ClosingCheck.OPEN_RESTORATIVE]),
        (ClosingFacts(awaited_referral_count=1), ClosureReason.DIED, "manager", [ClosingCheck.AWAITED_REFERRALS]),
        (ClosingFacts(lent_count=1), ClosureReason.NEEDS_MET, "caseworker", [ClosingCheck.EQUIPMENT_ON_LOAN]),
        (ClosingFacts(lent_count=1), ClosureReason.NEEDS_MET, "manager", []),
        (ClosingFacts(attempts=ENOUGH), ClosureReason.UNABLE_TO_CONTACT, "manager", []),
        (ClosingFacts(attempts=ENOUGH), ClosureReason.UNABLE_TO_CONTACT, "caseworker", [ClosingCheck.NEEDS_MANAGER]),
        (ClosingFacts(), ClosureReason.UNABLE_TO_CONTACT, "manager", [ClosingCheck.TOO_FEW_ATTEMPTS]),
        (ClosingFacts(), ClosureReason.UNSAFE_TO_CONTACT, "caseworker", [ClosingCheck.NEEDS_MANAGER]),
    ],
)
def test_each_check_of_closing(facts, reason, role, checks):
    assert closing_checks(facts, reason, role) == checks


def test_every_way_to_the_end_is_made_of_allowed_moves():
    for current in set(CaseStatus) - ENDED:
        for reason in ClosureReason:
            here = current
            for to in way_to_end(current, reason):
                assert may_move(here, to)
                here = to
            assert here in ENDED or here == current


def test_nobody_is_unable_to_be_contacted_before_contact_was_tried():
    assert way_to_end(CaseStatus.REFERRED, ClosureReason.UNABLE_TO_CONTACT) == ()
    assert way_to_end(CaseStatus.CONTACT_ATTEMPTS, ClosureReason.UNABLE_TO_CONTACT) == (CaseStatus.UNABLE_TO_CONTACT,)


def test_a_plan_that_is_open_ends_through_closing():
    assert way_to_end(CaseStatus.PLAN_OPEN, ClosureReason.NEEDS_MET) == (CaseStatus.CLOSING, CaseStatus.CLOSED)
