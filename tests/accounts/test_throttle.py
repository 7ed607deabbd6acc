"""Wrong tries slow the next one down, from the same place; nobody is shut out."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts import throttle
from accounts.models import SignInCount
from accounts.throttle import count_wrong, door, forget, is_alarm, seconds_to_wait, wrong_count

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
HERE = door("password", "amber-kettle-meadow", "here")
THERE = door("password", "amber-kettle-meadow", "there")


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_each_wrong_try_doubles_the_wait_up_to_half_a_minute():
    waits, now = [], NOW
    for _ in range(7):
        assert seconds_to_wait(HERE, now) == 0
        count_wrong(HERE, now)
        waits.append(seconds_to_wait(HERE, now))
        now += timedelta(seconds=waits[-1])
    assert waits == [1, 2, 4, 8, 16, 30, 30]


def test_a_try_is_looked_at_the_moment_its_time_has_come_and_not_before():
    count_wrong(HERE, NOW)
    count_wrong(HERE, NOW)
    assert seconds_to_wait(HERE, after(1.9)) == 1
    assert seconds_to_wait(HERE, after(2)) == 0


@pytest.mark.h("H11")
def test_five_wrong_tries_there_do_not_slow_the_first_one_here():
    for _ in range(5):
        count_wrong(THERE, NOW)
    assert seconds_to_wait(HERE, NOW) == 0


@pytest.mark.h("H12")
def test_a_thousand_guesses_from_a_hundred_places_get_at_most_120_looks_an_hour():
    looks, alarms = 0, 0
    for guess in range(1000):
        at, now = door("password", "amber-kettle-meadow", f"place {guess % 100}"), after(guess * 3.6)
        if seconds_to_wait(at, now) == 0:
            count_wrong(at, now)
            looks += 1
            alarms += is_alarm(at, now)
    assert 100 <= looks <= 120
    assert alarms == 1


def test_counts_are_forgotten_a_day_after_the_last_try():
    for _ in range(30):
        count_wrong(HERE, NOW)
    assert wrong_count(HERE, NOW + timedelta(days=1)) == 30
    assert seconds_to_wait(HERE, NOW + timedelta(days=1, seconds=1)) == 0
    assert wrong_count(HERE, NOW + timedelta(days=1, seconds=1)) == 0
    assert throttle.purge(NOW + timedelta(days=1, seconds=1)) == 2


def test_a_right_try_forgets_this_place_only():
    count_wrong(HERE, NOW)
    count_wrong(THERE, NOW)
    forget(HERE)
    assert (wrong_count(HERE, NOW), wrong_count(THERE, NOW)) == (0, 1)


def test_the_alarm_is_raised_once_an_hour_at_the_twentieth():
    hour = [is_alarm(HERE, after(n)) for n in range(40)]
    assert hour.index(True) == 19
    assert sum(hour) == 1
    assert [is_alarm(HERE, after(3700 + n)) for n in range(20)][-1]


def test_no_name_and_no_address_is_kept():
    count_wrong(HERE, NOW)
    assert not SignInCount.objects.filter(account__contains="amber").exists()
    assert door("password", " AMBER-kettle-meadow ", "here") == HERE
    assert door("factor", "amber-kettle-meadow", "here").account != HERE.account


def test_a_door_everybody_uses_is_paced_by_place_only():
    for n in range(60):
        count_wrong(door("code", "", f"place {n}", has_owner=False), NOW)
    assert seconds_to_wait(door("code", "", "another", has_owner=False), NOW) == 0
