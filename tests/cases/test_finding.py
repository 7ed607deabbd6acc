"""Finding a case by the numbers of a victim: their own, the safe ones, the end of one."""

from importlib import import_module

import pytest
from django.apps import apps
from django.urls import reverse
from django.utils import timezone

from cases.actions import change_victim, set_safe_contact
from tests.cases.test_pages import keyed
from tests.factories import CaseFactory, SafeContactFactory, UserFactory
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker():
    return UserFactory()


@pytest.fixture
def page(client, worker):
    return sign_in(client, worker)


@pytest.mark.parametrize("words", ["07700 900214", "07700900215", "900214", "900 215", "00900-214"])
def test_find_knows_the_safe_numbers_and_the_end_of_a_number(page, worker, words):
    mine, other = CaseFactory(worker=worker), CaseFactory(worker=UserFactory())
    for each in (mine, other):
        for version, phone in enumerate(("07700 900215", "07700 900214")):
            values = {"may_phone": True, "phone": phone}
            set_safe_contact(
                victim=each.victim, values=values, confirmed_on=timezone.localdate(), based_on=version, by=worker
            )
    answer = page.post(reverse("cases:find"), {"q": words})
    assert answer.context["cases"] == [mine]
    # A change of the details does not lose them.
    mine.victim.refresh_from_db()
    change_victim(victim=mine.victim, values={"phone": "07700 900333"}, version=1, by=worker)
    assert page.post(reverse("cases:find"), {"q": words}).context["cases"] == [mine]


@pytest.mark.parametrize("words", ["0214", "77009", "900214 Anna", "0009002144"])
def test_find_takes_no_few_digits_no_middle_and_no_words_for_the_end_of_a_number(page, worker, words):
    mine = CaseFactory(worker=worker)
    mine.victim.phone = "07700 900214"
    keyed(mine.victim)
    assert page.post(reverse("cases:find"), {"q": words}).context["cases"] == []


def test_safe_numbers_recorded_before_are_found_too_and_it_can_be_taken_back(page, worker):
    mine = CaseFactory(worker=worker)
    SafeContactFactory(victim=mine.victim, phone="07700 900214")
    step = import_module("cases.migrations.0011_safe_numbers")
    step.add_safe_numbers(apps, None)
    assert page.post(reverse("cases:find"), {"q": "900214"}).context["cases"] == [mine]
    step.leave_own_number(apps, None)
    assert page.post(reverse("cases:find"), {"q": "900214"}).context["cases"] == []
