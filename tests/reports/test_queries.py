"""The figures: a small world, added up."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import WorkingTimeReduction
from cases.models import Allocation, Task
from cases.rules import CaseStatus
from logs.models import IncidentSeen
from nsvcs.identity import acting_as
from reports import queries
from tests.factories import AllocationFactory, CaseFactory, IncidentFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 18, 9, 30, tzinfo=UTC)
TODAY = date(2026, 11, 18)
EARLIER = NOW - timedelta(days=30)


@pytest.fixture
def manager():
    return UserFactory(manager=True, name="Mo Manager")


@pytest.fixture
def priya():
    return UserFactory(name="Priya Worker")


def held(worker, **fields):
    case = CaseFactory(**fields)
    AllocationFactory(case=case, worker=worker, starts_at=EARLIER)
    return case


def asked(figure, user):
    with acting_as(user.pk):
        return figure(user, NOW)


def test_caseload_counts_each_open_case_in_one_cell(manager, priya):
    held(priya, status=CaseStatus.PLAN_OPEN)
    held(priya, status=CaseStatus.PLAN_OPEN)
    held(priya, status=CaseStatus.REVIEW)
    held(manager, status=CaseStatus.TRIAGED)
    CaseFactory(status=CaseStatus.REFERRED)
    held(priya, closed=True, closed_on=TODAY)
    found = asked(queries.caseload, manager)
    assert [(str(each.name), each.number) for each in found.holders] == [
        ("Mo Manager", 1), ("Priya Worker", 3), ("Not allocated", 1)
    ]  # fmt: skip
    assert found.number == sum(found.by_status.values()) == 5
    assert found.by_status[CaseStatus.PLAN_OPEN] == 2


def test_cover_and_second_workers_do_not_count_a_case_twice(manager, priya):
    case = held(priya)
    AllocationFactory(case=case, worker=manager, role=Allocation.Role.SECOND, starts_at=EARLIER)
    found = asked(queries.caseload, manager)
    assert found.number == 1
    assert found.fullest is not None
    assert found.fullest.worker_id == priya.pk


def test_an_ended_allocation_no_longer_counts(manager, priya):
    case = CaseFactory()
    AllocationFactory(case=case, worker=priya, starts_at=EARLIER, ends_at=NOW - timedelta(hours=1))
    found = asked(queries.caseload, manager)
    assert found.fullest is None
    assert asked(queries.unallocated, manager).number == 1


def test_another_teams_cases_and_restricted_ones_are_not_counted(manager):
    CaseFactory(team=TeamFactory(name="Suffolk"))
    CaseFactory(is_restricted=True)
    assert asked(queries.caseload, manager).number == 0


@pytest.mark.parametrize(("due_in", "number"), [(-1, 1), (0, 0), (1, 0)])
def test_first_contact_is_overdue_the_day_after_it_was_due(manager, due_in, number):
    CaseFactory(first_contact_due_on=TODAY + timedelta(days=due_in))
    assert asked(queries.first_contacts_overdue, manager).number == number


def test_first_contact_made_is_not_overdue(manager):
    CaseFactory(first_contact_due_on=TODAY - timedelta(days=9), first_contacted_at=NOW - timedelta(days=10))
    assert asked(queries.first_contacts_overdue, manager).number == 0


def test_tasks_overdue_counts_cases_and_the_tasks_behind_them(manager, priya):
    case = held(priya)
    for days in (1, 5):
        Task.objects.create(case=case, title="Ring the officer", due_on=TODAY - timedelta(days=days))
    Task.objects.create(case=held(priya), title="Ring her", due_on=TODAY)
    Task.objects.create(
        case=held(priya), title="Done", due_on=TODAY - timedelta(days=3), done_at=NOW, done_by=priya
    )  # fmt: skip
    found = asked(queries.tasks_overdue, manager)
    assert (found.number, found.behind) == (1, 2)


def test_entries_unread_counts_cases_and_the_entries_behind_them(manager, priya):
    case = held(priya)
    for _number in range(3):
        incident = IncidentFactory(case=case)
    IncidentSeen.objects.create(incident=incident, case=case, by=priya)
    found = asked(queries.entries_unread, manager)
    assert (found.number, found.behind) == (1, 2)


@pytest.mark.parametrize(("starts", "ends", "away"), [(-3, -1, False), (-3, 0, True), (0, 0, True), (1, 4, False)])
def test_leave_counts_from_its_first_day_to_its_last(manager, priya, starts, ends, away):
    first, last = TODAY + timedelta(days=starts), TODAY + timedelta(days=ends)
    WorkingTimeReduction.objects.create(user=priya, starts_on=first, ends_on=last, recorded_by=manager.pk)
    found = {each.name: each for each in asked(queries.capacity, manager)}
    assert found["Priya Worker"].is_on_leave is away
    assert not found["Mo Manager"].is_on_leave


def test_capacity_has_hours_cases_and_the_urgent_ones(manager, priya):
    held(priya, is_high_priority=True)
    held(priya)
    found = {each.name: each for each in asked(queries.capacity, manager)}
    assert (found["Priya Worker"].number, found["Priya Worker"].high_priority) == (2, 1)
    assert found["Priya Worker"].weekly_hours == 37


def test_a_colleague_of_another_team_who_holds_a_case_has_a_line(manager):
    suffolk = UserFactory(name="Tom Elsewhere", profile__team=TeamFactory(name="Suffolk"))
    held(suffolk)
    found = asked(queries.caseload, manager)
    assert "Tom Elsewhere" in [each.name for each in found.holders]


def test_the_number_of_queries_does_not_grow_with_the_data(manager):
    def count():
        with (
            acting_as(manager.pk),
            CaptureQueriesContext(
                connection,
            ) as seen,
        ):
            queries.headline(manager, NOW)
            queries.caseload(manager, NOW)
            queries.capacity(manager, NOW)
        return len(seen)

    held(UserFactory())
    few = count()
    for _number in range(6):
        IncidentFactory(case=held(UserFactory(), status=CaseStatus.PLAN_OPEN))
    assert count() == few <= 13


def test_somebody_whose_access_has_ended_is_said_to_be_gone_while_they_hold_a_case(manager):
    gone = UserFactory(name="Gwen Gone", is_active=False)
    held(gone)
    found = {each.name: each for each in asked(queries.capacity, manager)}
    assert (found["Gwen Gone"].is_gone, found["Gwen Gone"].number) == (True, 1)
    assert not found[manager.name].is_gone


def test_cases_of_somebody_no_longer_here_are_counted_until_they_are_passed_on(manager):
    held(UserFactory(is_active=False))
    held(UserFactory(last_day=TODAY - timedelta(days=1)))
    held(UserFactory(last_day=TODAY))
    assert asked(queries.left_behind, manager).number == 2
