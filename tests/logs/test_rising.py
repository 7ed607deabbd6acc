"""Entries that come more often than before raise one look on the same day, with what was counted."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from cases.models import Case, Task
from jobs.actions import run_due
from logs.actions import record_incident, withdraw
from logs.models import Incident
from logs.patterns import Occasion
from logs.queries import rate_rise_of
from logs.rising import FIRST, rate_rise
from logs.working import look_at_rate
from nsvcs.identity import acting_as
from nsvcs.ids import uuid7
from reference.models import Limit
from tests.factories import CaseFactory, IncidentFactory, UserFactory
from tests.signing_in import sign_in

TODAY = date(2026, 11, 25)
OLD = 60  # days: before everything that is compared


def on(*days_ago):
    days = [TODAY - timedelta(days=ago) for ago in sorted(days_ago, reverse=True)]
    return [Occasion(number, str(day), day, day, day.replace(day=1)) for number, day in enumerate(days, 1)]


@pytest.mark.parametrize(
    ("days_ago", "counts"),
    [(0, (1, 0)), (13, (1, 0)), (14, (0, 1)), (41, (0, 1)), (42, (0, 0)), (-1, (0, 0))],
)
def test_the_latest_14_days_have_today_in_them_and_28_lie_before(days_ago, counts):
    found = rate_rise(on(days_ago), TODAY)
    assert (found.latest.count, found.before.count) == counts
    assert (found.latest.day, found.before.day) == (TODAY - timedelta(days=13), TODAY - timedelta(days=41))


@pytest.mark.parametrize(
    ("latest", "before", "asks", "ratio"),
    [
        (2, 1, False, "4.0"),  # few
        (3, 1, True, "6.0"),
        (3, 3, True, "2.0"),  # just twice as often
        (3, 4, False, "1.5"),
        (10, 10, True, "2.0"),
        (10, 11, False, "1.8"),
        (3, 0, True, None),  # a silence that ended: there is an entry from earlier still
        (2, 0, False, None),
        (0, 9, False, "0.0"),
    ],
)
def test_a_look_is_asked_for_from_three_entries_at_twice_the_rate(latest, before, asks, ratio):
    found = rate_rise(on(*range(latest), *range(14, 14 + before), OLD), TODAY)
    assert (found.latest.count, found.before.count) == (latest, before)
    assert found.asks_for_look is asks
    assert found.ratio == (Decimal(ratio) if ratio else None)


def test_a_log_that_only_begins_has_nothing_to_compare_with():
    assert not rate_rise(on(0, 1, 2, 3, 13), TODAY).asks_for_look
    assert rate_rise(on(0, 1, 2, 3, 13, 14), TODAY).asks_for_look


def test_the_numbers_of_the_entries_are_told():
    found = rate_rise(on(0, 1, 5, 20, OLD), TODAY)
    assert (found.latest.numbers, found.before.numbers) == ((3, 4, 5), (2,))


def test_what_is_known_to_the_month_alone_counts_in_neither():
    month = Occasion(9, "", None, None, date(2026, 11, 1))
    found = rate_rise([*on(0, 1, 20), month, month], TODAY)
    assert (found.latest.count, found.before.count) == (2, 1)


def test_the_days_run_over_the_29th_of_february_and_the_hour_that_is_left_out():
    found = rate_rise(on(), date(2028, 3, 6))
    assert (found.latest.day, found.before.day) == (date(2028, 2, 22), date(2028, 1, 25))


def test_the_service_s_own_numbers_count():
    assert not rate_rise(on(0, 1, 2, 20, OLD), TODAY, {**FIRST, "rise_fewest": 4}).asks_for_look
    assert not rate_rise(on(0, 1, 2, 20, OLD), TODAY, {**FIRST, "rise_percent": 700}).asks_for_look
    assert rate_rise(on(0, 1, 2, 20, OLD), TODAY, {**FIRST, "rise_percent": 600}).asks_for_look
    assert rate_rise(on(0, 1, 2), TODAY, {**FIRST, "rise_latest_days": 0}).latest_days == 1


@pytest.fixture
def case(db):
    return CaseFactory(portal=True, worker=UserFactory())


def entries(case, *days_ago):
    first = Incident.objects.filter(case=case).count() + 1
    for number, ago in enumerate(days_ago, first):
        day = timezone.localdate() - timedelta(days=ago)
        IncidentFactory(case=case, number=number, recorded_by=case.victim.user, occurred_on=day)


def write(case, days_ago=0):
    fields = {"occurred_on": timezone.localdate() - timedelta(days=days_ago), "what_happened": "He rang."}
    return record_incident(draft_id=uuid7(), case=case, fields=fields, by=case.victim.user).incident


def rises():
    return list(Task.objects.filter(kind=Task.Kind.RATE_RISE).order_by("created_at"))


def test_the_entry_that_makes_it_a_rise_raises_a_task_for_today_with_what_was_counted(case):
    entries(case, OLD, 20, 9, 8)
    write(case, days_ago=30)
    run_due()
    assert rises() == []
    write(case)
    run_due()
    [task] = rises()
    assert task.title == (
        "Red flag, entries come more often: 3 entries in the last 14 days, 2 in the 28 days before. Look today"
    )
    assert (task.due_on, task.assigned_to) == (timezone.localdate(), case.allocations.get().worker)


def test_one_rise_raises_one_task_until_its_days_have_passed(case):
    entries(case, OLD, 3, 2, 1)
    with time_machine.travel(timezone.now(), tick=True) as clock:
        write(case)
        write(case)
        run_due()
        [task] = rises()
        clock.shift(timedelta(days=20))
        entries(case, 3, 2, 1, 1, 1)
        write(case)
        run_due()
        assert rises() == [task]  # still open: it says so already
        Task.objects.update(done_at=timezone.now(), done_by=task.assigned_to)
        write(case)
        run_due()
        assert len(rises()) == 2
        Task.objects.update(done_at=timezone.now(), done_by=task.assigned_to)
        clock.shift(timedelta(days=13))
        entries(case, 5, 4, 3, 2, 1, 1, 1, 1)
        write(case)
        run_due()
        assert len(rises()) == 2


def test_two_workers_at_once_raise_one(case):
    entries(case, OLD, 2, 1, 0)
    with acting_as(case.allocations.get().worker_id):
        look_at_rate(case)
        Task.objects.update(
            created_at=timezone.now() - timedelta(days=30), done_at=timezone.now(), done_by=UserFactory()
        )
        look_at_rate(case)  # the other worker read before this one wrote
    assert len(rises()) == 1


def test_a_withdrawn_entry_does_not_count(case):
    entries(case, OLD, 2, 1)
    last = write(case)
    with acting_as(case.victim.user_id):
        withdraw(key=uuid7(), incident=last, reason="Not him.", by=case.victim.user)
    run_due()
    assert rises() == []


def test_the_number_of_questions_is_the_same_for_a_long_log(case, django_assert_num_queries):
    for _size in range(2):
        entries(case, *range(OLD, OLD + 30), 2, 1, 0)
        with django_assert_num_queries(3):
            assert rate_rise_of(Incident.objects.filter(case=case), timezone.localdate()).asks_for_look


def test_the_page_shows_the_two_counts_and_the_entries_behind_them(case, client):
    entries(case, OLD, 20, 5, 2, 1)
    worker = case.allocations.get().worker
    page = sign_in(client, worker).get(reverse("logs:patterns", args=[case.pk])).content.decode()
    assert "In the 28 days before, from" in page
    assert "Day for day, that is 6.0 times as many. It raises a red flag." in page
    assert "?numbers=3-5" in page
    Limit.objects.create(key="rise_fewest", label="x", value=9, unit="times", confidence="G", source="x", version=1)
    assert "red flag" not in client.get(reverse("logs:patterns", args=[case.pk])).content.decode()


def test_a_manager_sees_the_team_s_flags_and_who_holds_them_but_cannot_finish_them_there(case, client):
    worker = case.allocations.get().worker
    entries(case, OLD, 2, 1)
    write(case)
    run_due()
    manager = UserFactory(manager=True)
    Case.objects.filter(pk=case.pk).update(team=manager.staff_profile.team)
    page = sign_in(client, manager).get(reverse("cases:work")).content.decode()
    assert "entries come more often: 3 entries in the last 14 days" in page
    assert worker.name in page
    assert reverse("logs:patterns", args=[case.pk]) + "#rate" in page
    assert reverse("cases:task_done", args=[case.pk, rises()[0].pk]) not in page
    own = sign_in(client, worker).get(reverse("cases:work")).content.decode()
    assert reverse("cases:task_done", args=[case.pk, rises()[0].pk]) in own
