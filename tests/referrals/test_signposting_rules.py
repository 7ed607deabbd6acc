"""The pure rules: how long a check counts, what a check confirms, in which ways a victim may be told."""

from datetime import date, timedelta
from itertools import product

import pytest

from referrals.rules.directory import Standing, after_change, after_check, check_due_on, is_check_due
from referrals.rules.signposting import NotThisWay, Telling, ToldHow, why_not

TODAY = date(2026, 11, 26)
LONG_AGO = date(2026, 8, 1)
REACHED_BY = ("phone", "domain")
PRESENT = ["phone", "domain", "hours"]


@pytest.mark.parametrize(
    ("checked_on", "due_on"),
    [
        (date(2026, 11, 26), date(2027, 2, 24)),
        (date(2027, 12, 1), date(2028, 2, 29)),
        (date(2027, 12, 2), date(2028, 3, 1)),
        (date(2026, 12, 28), date(2027, 3, 28)),  # the clocks go forward on that day
        (date(2026, 7, 27), date(2026, 10, 25)),  # and back on that one
        (date(2026, 9, 26), date(2026, 12, 25)),  # a bank holiday counts as any day
    ],
)
def test_an_entry_is_due_on_the_90th_day_and_not_before(checked_on, due_on):
    assert check_due_on(checked_on, 90) == due_on
    assert not is_check_due(checked_on, due_on - timedelta(days=1), 90)
    assert is_check_due(checked_on, due_on, 90)
    assert is_check_due(checked_on, due_on + timedelta(days=1), 90)


def test_an_entry_that_nobody_checked_is_due_already():
    assert check_due_on(None, 90) is None
    assert is_check_due(None, TODAY, 90)


def checked(standing, *ticked, looked=()):
    return after_check(
        standing, present=PRESENT, ticked=ticked, reached_by=REACHED_BY, looked=dict(looked), today=TODAY
    )


NOT_YET = Standing(False, frozenset({"domain"}), None)
CONFIRMED = Standing(True, frozenset({"hours"}), LONG_AGO)


def test_a_first_check_confirms_what_was_looked_at_and_nothing_else():
    assert checked(NOT_YET, "phone") == Standing(True, frozenset({"domain", "hours"}), TODAY)
    assert checked(NOT_YET, *PRESENT) == Standing(True, frozenset(), TODAY)


def test_hours_alone_confirm_no_entry_but_count_once_a_way_to_reach_it_is_looked_at():
    after = checked(NOT_YET, "hours")
    assert after == Standing(False, frozenset({"phone", "domain"}), None)
    yesterday = TODAY - timedelta(days=1)
    assert checked(after, "phone", looked={"hours": yesterday}) == Standing(True, frozenset({"domain"}), yesterday)


def test_what_was_not_looked_at_stays_as_it_was_and_keeps_the_entry_old():
    assert checked(CONFIRMED, "phone") == CONFIRMED
    assert checked(CONFIRMED, "hours") == Standing(True, frozenset(), LONG_AGO)
    assert checked(CONFIRMED, "phone", "domain") == Standing(True, frozenset({"hours"}), TODAY)


def test_a_check_on_two_days_counts_from_the_earlier():
    yesterday = TODAY - timedelta(days=1)
    assert checked(CONFIRMED, "phone", looked={"domain": yesterday}).checked_on == yesterday


def test_a_changed_detail_waits_and_one_that_is_gone_waits_for_nothing():
    assert after_change(CONFIRMED, present=PRESENT, changed=["phone"]).unconfirmed == {"phone", "hours"}
    gone = after_change(CONFIRMED, present=["phone", "domain"], changed=["hours"])
    assert gone == Standing(True, frozenset(), LONG_AGO)


@pytest.mark.parametrize("how", ToldHow)
@pytest.mark.parametrize("facts", list(product((False, True), repeat=4)))
def test_each_way_of_telling_in_each_situation(how, facts):
    retired, for_portal, portal_open, post = facts
    expected = {
        ToldHow.PHONE: not retired,
        ToldHow.IN_PERSON: not retired,
        ToldHow.PORTAL: not retired and for_portal and portal_open,
        ToldHow.POST: not retired and for_portal and post,
    }
    assert (why_not(how, Telling(*facts)) is None) is expected[how]


def test_the_reason_is_the_one_to_mend_first():
    assert why_not(ToldHow.PHONE, Telling(True, True, True, True)) == NotThisWay.RETIRED
    assert why_not(ToldHow.PORTAL, Telling(False, False, False, False)) == NotThisWay.NOT_CONFIRMED
    assert why_not(ToldHow.PORTAL, Telling(False, True, False, False)) == NotThisWay.PORTAL_CLOSED
    assert why_not(ToldHow.POST, Telling(False, True, True, False)) == NotThisWay.NO_POST
