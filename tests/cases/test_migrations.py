"""What the data migrations do with what is there, on a copy of the database, there and back."""

from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from nsvcs.casetext import EMPTY, to_bytes
from tests.factories import CasePerpetratorFactory, PerpetratorFactory

BUILT_UPON_IT = {"referrals"}
RELEASED = "0012_why_safe_again"


def migrate(name):
    """This app alone: the database is thrown away, and to undo what others built upon it takes longer than all else."""
    executor, wanted = MigrationExecutor(connection), [("cases", name)]
    applied = executor.loader.applied_migrations
    for step in [step for step in applied if step[0] in BUILT_UPON_IT]:  # their models name what is undone here
        del applied[step]
    steps = [step for step in executor.migration_plan(wanted) if step[0].app_label == "cases"]
    executor.migrate(wanted, plan=steps)


def change(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def asked(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return [tuple(bytes(each) if isinstance(each, memoryview) else each for each in row) for row in cursor]


@pytest.mark.timeout(180)
@pytest.mark.usefixtures("own_database")
def test_words_of_a_perpetrator_go_to_the_oldest_place_alone_and_come_back():
    person = PerpetratorFactory()
    places = [CasePerpetratorFactory(perpetrator=person) for _ in range(2)]
    migrate(RELEASED)
    words, told = "SET legal_status = 'suspect', description = %s", ("suspect", to_bytes("Red van."))
    change(f"UPDATE cases_perpetrator {words}", told[1])
    migrate("0015_shared_person")
    kept = [(place.pk, place.case_id) for place in places]
    facts = "SELECT place_id, case_id, legal_status, description, version FROM cases_perpetratorfacts ORDER BY place_id"
    assert asked(facts) == [(*kept[0], *told, 1), (*kept[1], "alleged", EMPTY, 1)]
    change(f"UPDATE cases_perpetratorfacts {words} WHERE place_id = %s", to_bytes("A moped."), places[0].pk)
    migrate(RELEASED)
    assert asked("SELECT legal_status, description FROM cases_perpetrator") == [("suspect", to_bytes("A moped."))]
    migrate("0014_to_their_case")
    migrate("0013_words_of_one_case")
    migrate("0015_shared_person")
    assert [row[2:4] for row in asked(facts)] == [("suspect", to_bytes("A moped.")), ("alleged", EMPTY)]


def test_every_step_of_every_app_of_ours_can_be_undone():
    ours = {app.label for app in apps.get_app_configs() if Path(app.path).parent == settings.BASE_DIR}
    steps = MigrationLoader(None).disk_migrations.values()
    told = [(step, change) for step in steps if step.app_label in ours for change in step.operations]
    assert len({step for step, _change in told}) > 50
    assert [str(step) for step, change in told if not change.reversible] == []
