"""Protected words in other texts that leave: found with their near forms, each with its place."""

import pytest

from cases import protected_words
from cases.models import Professional, ProtectedTerm
from cases.protected_words import protected_in
from nsvcs.identity import acting_as
from tests.factories import CaseFactory, SafeContactFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker():
    return UserFactory(name="Priya Anand")


@pytest.fixture
def case(worker):
    return CaseFactory(worker=worker, victim__address="7 Quayside Walk, Hubton", victim__phone="07700 900111")


def found(case, worker, **texts):
    with acting_as(worker.pk):
        return [(each.place, each.words) for each in protected_in(case, worker, texts)]


def test_what_was_protected_and_where_the_victim_is_are_found_by_place(case, worker):
    ProtectedTerm.objects.create(case=case, kind="school", words="Larkfield Primary", added_by=worker)
    SafeContactFactory(victim=case.victim, phone="07700 900222")
    told = found(case, worker, one="At larkfield PRIMARY.", two="7 Quayside Walk, or 07700900222.", three="Nothing.")
    assert [place for place, _words in told] == ["one", "two", "two"]
    assert ("one", "larkfield PRIMARY") in told


def test_names_of_who_helps_may_stand_there_and_ended_words_too(case, worker):
    Professional.objects.create(case=case, kind="officer", name="Lee Brandon")
    ProtectedTerm.objects.create(
        case=case, kind="places", words="the allotment", added_by=worker, ended_by=worker, ended_at="2026-01-01T00:00Z"
    )
    assert found(case, worker, one="Ask Priya Anand or PC Lee Brandon, at the allotment.") == []


def test_with_nothing_that_finds_them_nothing_may_leave(case, worker, monkeypatch):
    monkeypatch.setattr(protected_words, "_spotters", [])
    with pytest.raises(LookupError):
        found(case, worker, one="Nothing.")
