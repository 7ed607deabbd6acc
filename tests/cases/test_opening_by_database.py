"""The doors of the database for a case: whom it is about is said once, and only of one's own people."""

from uuid import uuid4

import pytest
from django.db import DatabaseError, ProgrammingError, connection, transaction
from django.utils import timezone

from audit.models import Action, Event
from cases.models import Case, CaseGrant, Victim, Wall
from nsvcs.casetext import EMPTY
from nsvcs.identity import acting_as
from tests.factories import CaseFactory, TeamFactory, UserFactory, VictimFactory
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
OPEN = "SELECT open_case(%s, %s, %s, %s, %s, %s, %s, %s)"


@pytest.fixture
def worker():
    return UserFactory()


def open_as(user, victim_id, *, is_new):
    values = [uuid4(), victim_id, is_new, user.staff_profile.team_id, user.pk, uuid4(), timezone.now(), EMPTY]
    with acting_as(user.pk), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(OPEN, values)


@pytest.mark.h("H03")
@pytest.mark.parametrize("is_new", [False, None])
def test_a_case_about_somebody_elses_victim_is_refused_whatever_is_said_of_new(worker, is_new):
    theirs = CaseFactory(worker=UserFactory())
    with pytest.raises(ProgrammingError, match="not allowed"):
        open_as(worker, theirs.victim_id, is_new=is_new)
    assert Case.objects.count() == 1
    own = CaseFactory(worker=worker)
    open_as(worker, own.victim_id, is_new=False)
    assert Case.objects.filter(victim=own.victim).count() == 2


@pytest.mark.h("H03")
@pytest.mark.parametrize("role", ["victim", "administrator", "data_protection"])
def test_nobody_opens_a_case_who_does_no_casework(role):
    person = UserFactory(**{role: True})
    if role == "victim":
        CaseFactory(is_portal_open=True, victim=VictimFactory(user=person))
    team = UserFactory().staff_profile.team_id
    values = [uuid4(), uuid4(), True, team, person.pk, uuid4(), timezone.now(), EMPTY]
    with (
        pytest.raises(ProgrammingError, match="not allowed"),
        acting_as(person.pk),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(OPEN, values)


@pytest.mark.parametrize(
    ("role", "said"),
    [("caseworker", True), ("manager", True), ("victim", False), ("administrator", False), ("data_protection", False)],
)
def test_only_who_does_casework_is_told_that_somebody_like_this_is_known(role, said):
    CaseFactory(team=TeamFactory(name="Suffolk"), victim__phone_keys=["+447700900123"])
    with acting_as(UserFactory(role=role).pk), connection.cursor() as cursor:
        cursor.execute("SELECT hidden_match('{}', '{}', '{+447700900123}', NULL)")
        assert cursor.fetchone() == (said,)


@pytest.mark.h("H03")
def test_ones_own_case_cannot_be_turned_to_another_victim(worker):
    own, theirs = CaseFactory(worker=worker), CaseFactory(worker=UserFactory())
    with acting_as(worker.pk), pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Case.objects.filter(pk=own.pk).update(victim_id=theirs.victim_id)
    with acting_as(worker.pk):
        own.save()  # saying the same again is no change
        assert not Victim.objects.filter(pk=theirs.victim_id).exists()


@pytest.mark.h("H02")
@pytest.mark.parametrize("why_not", ["shut out", "another team", "no such case"])
def test_a_reason_opens_no_case_that_is_shut_and_says_the_same_of_each(client, why_not):
    manager = UserFactory(manager=True)
    team = TeamFactory(name="Suffolk") if why_not == "another team" else manager.staff_profile.team
    case = CaseFactory(is_restricted=True, team=team)
    if why_not == "shut out":
        Wall.objects.create(case=case, person=manager, reason="a neighbour", set_by=manager.pk)
    reference = "NSV-2019-000001" if why_not == "no such case" else case.reference
    sign_in(client, manager)
    answer = client.post("/cases/with-reason/", {"reference": reference, "reason": "A complaint came in"})
    assert answer.status_code == 422
    assert answer.context["form"].errors["reference"] == ["There is no case with this reference that you can open."]
    assert not CaseGrant.objects.exists()
    assert Event.objects.last().action == Action.DENIED
