"""What the data migrations do with what is there, on a copy of the database, there and back."""

from uuid import uuid4

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from nsvcs.casetext import EMPTY, to_bytes


def migrate(name):
    MigrationExecutor(connection).migrate([("cases", name)])


def asked(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [tuple(bytes(each) if isinstance(each, memoryview) else each for each in row) for row in cursor]


@pytest.mark.usefixtures("own_database")
def test_words_of_a_perpetrator_go_to_the_oldest_place_alone_and_come_back():
    migrate("0013_words_of_one_case")
    person, places = uuid4(), sorted([uuid4(), uuid4()])
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # two places without their cases
        cursor.execute(
            "INSERT INTO cases_perpetrator (id, name, legal_status, description, version, created_at)"
            " VALUES (%s, %s, 'suspect', %s, 1, now())",
            [person, EMPTY, to_bytes("Blue hatchback.")],
        )
        for place in places:
            cursor.execute(
                "INSERT INTO cases_caseperpetrator (id, case_id, perpetrator_id, relationship, portal_label, version,"
                " legal_status, description) VALUES (%s, %s, %s, 'unknown', '', 1, 'alleged', %s)",
                [place, uuid4(), person, EMPTY],
            )
        cursor.execute("SET session_replication_role = origin")
    migrate("0015_shared_person")
    words, told = "SELECT legal_status, description FROM {} ORDER BY id", ("suspect", to_bytes("Blue hatchback."))
    assert asked(words.format("cases_caseperpetrator")) == [told, ("alleged", EMPTY)]
    migrate("0013_words_of_one_case")
    assert asked(words.format("cases_perpetrator")) == [told]
    migrate("0015_shared_person")
