"""What is written, by whom, and that nobody writes otherwise."""

import uuid

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from accounts.models import Team
from audit.actions import record
from audit.models import Action, Event, Unsealed
from audit.queries import openings
from nsvcs.identity import acting_as
from tests.factories import CaseFactory, UserFactory
from tests.signing_in import sign_in


def last():
    return Event.objects.latest("id")


@pytest.mark.django_db
def test_an_event_says_who_what_where_and_of_which_case():
    worker = UserFactory()
    case = CaseFactory(worker=worker)
    with acting_as(worker.pk):
        record(Action.CASE_OPENED, target=case, case_ids=[case.pk])
    event = last()
    assert (event.actor_id, event.actor_role, event.place) == (worker.pk, "caseworker", "staff")
    assert (event.target_type, event.target_id, event.case_ids) == ("cases.case", str(case.pk), [case.pk])
    assert event.stream == f"case:{case.pk}"
    assert Unsealed.objects.filter(event_id=event.pk).exists()


@pytest.mark.django_db
@pytest.mark.parametrize(("role", "process", "place"), [("victim", "web", "portal"), ("manager", "worker", "worker")])
def test_the_place_is_the_front_door_or_the_worker(role, process, place):
    user = UserFactory(role=role)
    with acting_as(user.pk, process=process):
        record(Action.CASE_LISTED, case_ids=[uuid.uuid4(), uuid.uuid4()])
    assert (last().place, last().stream) == (place, f"user:{user.pk}")


@pytest.mark.django_db
def test_a_command_of_the_owner_names_the_person_who_ran_it():
    manager = UserFactory(manager=True)
    record(Action.TEAM_CHANGED, by=manager.pk)
    assert (last().actor_id, last().place, last().stream) == (manager.pk, "command", f"user:{manager.pk}")


@pytest.mark.django_db
@pytest.mark.parametrize("process", ["web", "worker"])
def test_web_and_worker_cannot_write_in_another_name(process):
    worker, other = UserFactory(), UserFactory()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL SESSION AUTHORIZATION nsvcs_{process}")
        with acting_as(worker.pk, process=process):
            record(Action.CASE_LISTED, by=other.pk)
        record(Action.SIGN_IN_FAILED, by=other.pk)
        cursor.execute("SET LOCAL SESSION AUTHORIZATION DEFAULT")
    assert list(Event.objects.order_by("id").values_list("actor_id", flat=True)) == [worker.pk, None]


REFUSED = [
    "SELECT * FROM {table}",
    "UPDATE {table} SET {column} = {column}",
    "DELETE FROM {table}",
    "TRUNCATE {table}",
    "INSERT INTO {table} SELECT * FROM {table}",
    "ALTER TABLE {table} DISABLE TRIGGER ALL",
    "ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE {table} OWNER TO nsvcs_web",
    "DROP TABLE {table}",
    "GRANT SELECT ON {table} TO nsvcs_web",
]
TABLES = {"audit_event": "action", "audit_seal": "stream", "audit_digest": "day", "audit_unsealed": "event_id"}


@pytest.mark.h("H40")
@pytest.mark.django_db
@pytest.mark.parametrize("process", ["web", "worker"])
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("statement", REFUSED)
def test_web_and_worker_never_touch_the_trail_itself(statement, table, process):
    worker = UserFactory()
    sql = statement.format(table=table, column=TABLES[table])
    with (
        pytest.raises(DatabaseError, match=r"permission denied|must be owner"),
        acting_as(worker.pk, process=process),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)


@pytest.mark.h("H40")
@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "SET session_replication_role = replica",
        "SELECT audit_seal_some(1)",
        "SELECT audit_heads(now())",
        "SELECT audit_keep_digest(current_date, '{}', '')",
        "DROP TRIGGER never_changed ON audit_event",
    ],
)
def test_web_is_refused_the_ways_around(statement):
    with pytest.raises(DatabaseError), acting_as(UserFactory().pk), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.h("H40")
@pytest.mark.django_db
@pytest.mark.parametrize("table", ["audit_event", "audit_seal", "audit_digest"])
@pytest.mark.parametrize("verb", ["DELETE FROM {}", "TRUNCATE {}"])
def test_even_the_owner_is_refused_by_the_trigger(table, verb):
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(verb.format(table))


@pytest.mark.h("H40")
@pytest.mark.commits
@pytest.mark.urls("tests.audit.urls")
def test_a_page_whose_event_cannot_be_written_fails_and_keeps_nothing(own_database):
    browser = sign_in(Client(raise_request_exception=False), UserFactory())
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_event ADD CONSTRAINT nothing CHECK (false) NOT VALID")
    assert browser.get("/writes").status_code == 500
    assert not Team.objects.filter(name="written").exists()
    assert browser.get("/other").status_code == 500  # a refusal that cannot be recorded is not an answer either


@pytest.mark.h("H02")
@pytest.mark.commits
@pytest.mark.urls("tests.audit.urls")
@pytest.mark.parametrize("address", ["/other", "/missing/0190163d-8694-7b4c-a5d5-8e1f4f1a2b3c"])
def test_a_refusal_is_one_event_with_the_page_and_ids_only(own_database, address):
    worker = UserFactory()
    assert sign_in(Client(), worker).get(address).status_code == 404
    assert Event.objects.filter(action=Action.DENIED, actor_id=worker.pk).count() == 1
    ids = {"pk": address.rpartition("/")[2]} if "missing" in address else {}
    assert last().detail == {"page": "missing" if ids else "other", "ids": ids}


@pytest.mark.django_db
def test_only_who_may_open_the_case_reads_who_opened_it():
    worker, stranger = UserFactory(), UserFactory()
    case = CaseFactory(worker=worker)
    with acting_as(worker.pk):
        record(Action.CASE_OPENED, case_ids=[case.pk])
        record(Action.CASE_OPENED, case_ids=[case.pk])
        assert [(row.actor_id, row.times) for row in openings(case.pk)] == [(worker.pk, 2)]
    for other in (stranger.pk, UserFactory(administrator=True).pk, None):
        with acting_as(other):
            assert openings(case.pk) == []


SHOWS_THE_CASE = [
    Action.CASE_OPENED,
    Action.ENTRIES_LISTED,
    Action.ENTRY_OPENED,
    Action.EVIDENCE_VIEWED,
    Action.EVIDENCE_DOWNLOADED,
    Action.PORTAL_PREVIEWED,
    Action.BUNDLE_VIEWED,
    Action.BUNDLE_DOWNLOADED,
]


@pytest.mark.django_db
@pytest.mark.parametrize("action", SHOWS_THE_CASE)
def test_whoever_looked_is_listed_by_whichever_way_they_came(action):
    worker = UserFactory()
    case = CaseFactory(worker=worker)
    with acting_as(worker.pk):
        record(action, case_ids=[case.pk])
        assert [row.action for row in openings(case.pk)] == [action]
