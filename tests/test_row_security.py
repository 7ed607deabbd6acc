"""The second layer alone: what the database shows when the app's own filter is forgotten."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from cases.models import Allocation, Case, CaseGrant, CasePerpetrator, PerpetratorFacts, Victim, Wall
from logs.models import Amendment, Draft, Incident
from nsvcs.identity import acting_as
from tests.factories import (
    AllocationFactory,
    CaseFactory,
    CasePerpetratorFactory,
    IncidentFactory,
    TeamFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def seen_by(user, model=Case):
    with acting_as(user and user.pk):
        return set(model.objects.values_list("pk", flat=True))


@pytest.mark.h("H03")
def test_a_worker_sees_her_own_cases_and_nobody_sees_none():
    worker = UserFactory()
    own, other = CaseFactory(worker=worker), CaseFactory(worker=UserFactory())
    entry = IncidentFactory(case=own)
    IncidentFactory(case=other)
    assert seen_by(worker) == {own.pk}
    assert seen_by(worker, Victim) == {own.victim_id}
    assert seen_by(worker, Incident) == {entry.pk}
    assert seen_by(None) == set() == seen_by(None, Incident)


def test_an_allocation_counts_from_its_first_instant_to_its_last():
    worker, now = UserFactory(), timezone.now()
    case = CaseFactory()
    allocation = AllocationFactory(
        case=case, worker=worker, starts_at=now - timedelta(days=2), ends_at=now - timedelta(seconds=1)
    )
    assert seen_by(worker) == set()
    Allocation.objects.filter(pk=allocation.pk).update(ends_at=now + timedelta(hours=1))
    assert seen_by(worker) == {case.pk}
    Allocation.objects.filter(pk=allocation.pk).update(starts_at=now + timedelta(minutes=1))
    assert seen_by(worker) == set()


def test_the_duty_worker_sees_what_nobody_in_the_team_holds():
    duty = UserFactory(profile__is_on_duty=True)
    waiting = CaseFactory()
    CaseFactory(worker=UserFactory())
    CaseFactory(team=TeamFactory(name="Suffolk"))
    CaseFactory(is_restricted=True)
    assert seen_by(duty) == {waiting.pk}


def test_a_manager_sees_the_team_and_what_closed_within_90_days():
    manager, today = UserFactory(manager=True), timezone.localdate()
    open_case = CaseFactory(worker=UserFactory())
    recent = CaseFactory(closed=True, closed_on=today - timedelta(days=89))
    CaseFactory(closed=True, closed_on=today - timedelta(days=90))
    CaseFactory(is_restricted=True)
    CaseFactory(team=TeamFactory(name="Suffolk"))
    assert seen_by(manager) == {open_case.pk, recent.pk}


@pytest.mark.parametrize("role", ["administrator", "data_protection"])
def test_administrator_and_data_protection_see_no_case(role):
    person = UserFactory(**{role: True}, profile__is_on_duty=True)
    CaseFactory(worker=person)
    CaseFactory()
    assert seen_by(person) == set()


@pytest.mark.parametrize("role", ["administrator", "victim"])
def test_a_grant_given_by_mistake_opens_nothing_to_who_does_no_casework(role):
    person, now = UserFactory(**{role: True}), timezone.now()
    CaseGrant.objects.create(
        case=CaseFactory(), person=person, kind="reader", reason="a slip", granted_by=person.pk,
        starts_at=now, ends_at=now + timedelta(days=1),
    )  # fmt: skip
    assert seen_by(person) == set()


def test_a_grant_opens_one_case_for_its_time():
    reader, now = UserFactory(), timezone.now()
    case = CaseFactory(is_restricted=True)
    CaseGrant.objects.create(
        case=case, person=reader, kind="reader", reason="second opinion", granted_by=reader.pk,
        starts_at=now, ends_at=now + timedelta(days=1),
    )  # fmt: skip
    assert seen_by(reader) == {case.pk}
    CaseGrant.objects.update(ends_at=now + timedelta(microseconds=1))
    assert seen_by(reader) == set()


def test_a_wall_beats_team_allocation_and_grant():
    manager, now = UserFactory(manager=True), timezone.now()
    case = CaseFactory(worker=manager)
    CaseGrant.objects.create(
        case=case,
        person=manager,
        kind="reader",
        reason="x",
        granted_by=manager.pk,
        starts_at=now,
        ends_at=now + timedelta(days=1),
    )
    Wall.objects.create(case=case, person=manager, reason="neighbour of the suspect", set_by=manager.pk)
    assert seen_by(manager) == set()


def test_an_ended_account_sees_nothing():
    worker = UserFactory(is_active=False)
    CaseFactory(worker=worker)
    assert seen_by(worker) == set()


def test_she_sees_her_own_log_and_no_staff_table_while_the_portal_is_open():
    case = CaseFactory(portal=True)
    CaseFactory(portal=True)
    entry = IncidentFactory(case=case)
    her = case.victim.user
    assert seen_by(her) == {case.pk}
    assert seen_by(her, Incident) == {entry.pk}
    assert seen_by(her, Allocation) == set()
    Case.objects.filter(pk=case.pk).update(is_portal_open=False)
    assert seen_by(her, Incident) == set()


@pytest.mark.h("H03")
def test_she_sees_who_did_it_by_its_label_and_nothing_that_staff_know_of_them():
    worker, other = UserFactory(), UserFactory()
    case = CaseFactory(portal=True, worker=worker)
    link = CasePerpetratorFactory(case=case, portal_label="D")
    theirs = CasePerpetratorFactory(case=CaseFactory(worker=other), perpetrator=link.perpetrator)
    assert seen_by(case.victim.user, CasePerpetrator) == {link.pk}
    assert seen_by(case.victim.user, PerpetratorFacts) == set() == seen_by(None, PerpetratorFacts)
    assert seen_by(worker, PerpetratorFacts) == {link.pk}
    assert seen_by(other, PerpetratorFacts) == {theirs.pk}
    with acting_as(case.victim.user.pk):
        assert PerpetratorFacts.objects.update(legal_status="acquitted") == 0
        assert CasePerpetrator.objects.select_related("facts").filter(facts__isnull=False).count() == 0


def test_a_draft_is_its_writers_alone():
    worker, manager = UserFactory(), UserFactory(manager=True)
    Draft.objects.create(user=worker, updated_at=timezone.now())
    assert len(seen_by(worker, Draft)) == 1
    assert seen_by(manager, Draft) == set()


def test_nobody_writes_into_a_case_that_is_not_theirs():
    worker = UserFactory()
    other = CaseFactory(worker=UserFactory())
    with pytest.raises(DatabaseError, match="row-level security"), acting_as(worker.pk):
        IncidentFactory(case=other, recorded_by=worker)


@pytest.mark.parametrize("verb", ["update", "delete"])
def test_an_entry_is_never_changed_or_deleted(verb):
    worker = UserFactory()
    entry = IncidentFactory(case=CaseFactory(worker=worker))
    change = {"update": "UPDATE logs_incident SET number = 9", "delete": "DELETE FROM logs_incident"}[verb]
    with pytest.raises(DatabaseError, match="permission denied"), acting_as(worker.pk), connection.cursor() as cursor:
        cursor.execute(change)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)  # even for the owner
    entry.refresh_from_db()


def test_a_grandchild_cannot_claim_another_case_than_its_parents():
    worker = UserFactory()
    entry, own = IncidentFactory(), CaseFactory(worker=worker)
    Amendment.objects.create(
        incident=entry, case=own, kind="addition", text="x", source="portal", recorded_by=worker,
        recorded_at=timezone.now(), digest="",
    )  # fmt: skip
    with pytest.raises(DatabaseError, match="same_case"):
        connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize("signature", ["", "0" * 64, None])
def test_a_forged_identity_is_nobody(signature):
    worker = UserFactory()
    CaseFactory(worker=worker)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE nsvcs_web")
        cursor.execute("SELECT set_config('nsvcs.user_id', %s, true)", [str(worker.pk)])
        if signature is not None:
            cursor.execute("SELECT set_config('nsvcs.signature', %s, true)", [signature])
        cursor.execute("SELECT count(*) FROM cases_case")
        assert cursor.fetchone() == (0,)
        cursor.execute("RESET ROLE")


def test_identity_ends_with_its_block_and_the_one_before_comes_back():
    first, second = UserFactory(), UserFactory()
    CaseFactory(worker=first)
    with acting_as(first.pk):
        with acting_as(second.pk):
            assert Case.objects.count() == 0
        assert Case.objects.count() == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('nsvcs.user_id', true), current_user")
        assert cursor.fetchone() == ("", "nsvcs_test")


def test_the_array_is_what_the_rules_gave_when_they_were_one_query():
    before = import_module("cases.migrations.0002_who_may_see").MY_STAFF_CASES
    now, today, suffolk = timezone.now(), timezone.localdate(), TeamFactory(name="Suffolk")
    people = [
        UserFactory(role=role, profile__is_on_duty=on_duty, profile__team=team, is_active=is_active)
        for role in ("caseworker", "manager", "data_protection", "administrator")
        for on_duty, team, is_active in [(True, suffolk, True), (False, TeamFactory(), True), (True, suffolk, False)]
    ]
    cases = [
        *CaseFactory.create_batch(2, team=suffolk),
        CaseFactory(is_restricted=True),
        *(CaseFactory(team=team, closed=True, closed_on=today - timedelta(days=days))
          for team in (suffolk, TeamFactory()) for days in (1, 89, 90, 91)),
    ]  # fmt: skip
    hour, long = timedelta(hours=1), timedelta(days=400)
    for number, case in enumerate(cases * len(people)):
        person = people[number % len(people)]
        starts, ends = [(-long, None), (-long, hour), (-long, -hour), (hour, None), (-hour, long)][number % 5]
        if number % 3 == 0:
            AllocationFactory(
                case=case, worker=person, role="second", starts_at=now + starts, ends_at=ends and now + ends
            )
        elif number % 7 == 1:
            CaseGrant.objects.create(
                case=case, person=person, kind="reader", starts_at=now + starts, ends_at=now + (ends or long),
                reason="x", granted_by=person.pk,
            )  # fmt: skip
        elif number % 11 == 2:
            Wall.objects.get_or_create(case=case, person=person, defaults={"reason": "x", "set_by": person.pk})
    AllocationFactory(case=cases[0], worker=people[1], starts_at=now + hour)
    AllocationFactory(case=cases[1], worker=people[1], starts_at=now - hour, ends_at=now + hour)
    numbers = []
    for person in people:
        with acting_as(person.pk), connection.cursor() as cursor:
            cursor.execute("RESET ROLE")  # the rules read tables that the web's role does not
            cursor.execute("SELECT my_staff_cases()")
            found = set(cursor.fetchone()[0])
            cursor.execute(before)
            assert found == set(cursor.fetchone()[0])
            numbers.append(len(found))
    assert len(set(numbers)) > 3, numbers
