"""Finding a case by the numbers of a victim; and the filters of the list, each taken away by itself."""

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


def test_the_list_says_which_filters_are_set_and_takes_them_away_one_by_one(page, worker):
    asked = {"worker": str(worker.pk), "status": "plan_open", "unread": "on", "sort": "status", "page": "2"}
    chips = page.get(reverse("cases:list"), asked | {"state": "open", "team": "999"}).context["chips"]
    kept = "state=open&team=999"
    assert [(str(chip["text"]), chip["href"]) for chip in chips] == [
        ("Status: Support plan open", f"?worker={worker.pk}&unread=on&sort=status&{kept}"),
        ("Caseworker: Me", f"?status=plan_open&unread=on&sort=status&{kept}"),
        ("New entries nobody has read", f"?worker={worker.pk}&status=plan_open&sort=status&{kept}"),
    ]
    answer = page.get(reverse("cases:list"), {"state": "all"}, headers={"HX-Request": "true"})
    assert "Take away the filter" in answer.text
    assert "Cases: All" in answer.text
    assert page.get(reverse("cases:list")).context["chips"] == []


def test_the_timeline_takes_kinds_away_one_by_one(page, worker):
    address = reverse("cases:timeline", args=[CaseFactory(worker=worker).pk])
    chips = page.get(address, {"kind": ["note", "task", "wrong"]}).context["chips"]
    assert [(str(chip["text"]), chip["href"]) for chip in chips] == [("Notes", "?kind=task"), ("Tasks", "?kind=note")]
