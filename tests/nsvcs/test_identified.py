"""The net under the tests' requests itself: it stops what asks outside an identity, and nothing else."""

import pytest
from django.db import connection

from accounts.models import Team
from cases.models import Case
from nsvcs.identity import acting_as
from tests.factories import CaseFactory, UserFactory
from tests.identified import Unidentified, Watch

pytestmark = pytest.mark.django_db


@pytest.fixture
def _watched():
    with connection.execute_wrapper(Watch()):
        yield


@pytest.mark.usefixtures("_watched")
def test_rows_of_people_are_asked_for_in_somebodys_name_alone():
    with pytest.raises(Unidentified):
        Case.objects.count()
    with acting_as():
        assert Case.objects.count() == 0
    with pytest.raises(Unidentified):
        Case.objects.count()
    assert Team.objects.count() >= 0  # a table that everybody sees


def test_somebody_sees_their_own_under_watch():
    worker = UserFactory()
    CaseFactory(worker=worker)
    with connection.execute_wrapper(Watch()), acting_as(worker.pk):
        assert Case.objects.count() == 1
