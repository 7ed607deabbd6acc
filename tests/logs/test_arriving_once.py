"""A file whose beginning was answered over a line that dropped: the page asks again, and it is one file."""

import pytest

from logs.models import Arrival
from nsvcs.ids import uuid7
from tests.factories import CaseFactory
from tests.logs.test_arriving import FILM, PIECE, Sender

pytestmark = pytest.mark.django_db


@pytest.fixture
def sender():
    return Sender(CaseFactory(portal=True).victim.user)


@pytest.fixture
def draft():
    return uuid7()


def test_a_file_begun_again_because_the_answer_was_lost_is_begun_once(sender, draft):
    key = uuid7()
    sender.begin(len(FILM), draft=draft, key=key)
    sender.put(0, FILM[:PIECE])
    first = sender.address
    assert sender.begin(len(FILM), draft=draft, key=key).status_code == 201
    assert sender.address == first
    assert sender.offset() == PIECE
    assert Arrival.objects.count() == 1


def test_another_file_under_the_same_key_and_anybody_else_s_are_files_of_their_own(sender, draft):
    key, other = uuid7(), CaseFactory(portal=True).victim.user
    for asked, said in [
        (sender, {"length": len(FILM), "draft": draft}),
        (sender, {"length": len(FILM) + 1, "draft": draft}),
        (sender, {"length": len(FILM), "draft": uuid7()}),
        (Sender(other), {"length": len(FILM), "draft": uuid7()}),
    ]:
        assert asked.begin(key=key, **said).status_code == 201
    assert Arrival.objects.count() == 4
    assert Arrival.objects.filter(begun_key=key).count() == 2


def test_a_key_that_is_none_is_refused(sender, draft):
    assert sender.begin(len(FILM), draft=draft, key="x").status_code == 404
    assert not Arrival.objects.exists()
