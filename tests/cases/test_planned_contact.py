"""The next contact, as agreed: kept, shown to both, a task on its day, and only by a way she agreed to."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.utils import timezone

from cases.models import PlannedContact, Task
from tests.factories import AllocationFactory, CaseFactory, SafeContactFactory, UserFactory
from tests.portal.test_writing import text_of
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
DAY = date(2026, 6, 9)


@pytest.fixture(autouse=True)
def _early_june():
    with time_machine.travel("2026-06-03 10:00 +0100", tick=True):
        yield


@pytest.fixture
def case():
    found = CaseFactory(portal=True, worker=UserFactory(name="Sam Rowan"))
    SafeContactFactory(victim=found.victim, may_phone=True, may_text=False)
    return found


@pytest.fixture
def page(client, case):
    return sign_in(client, case.allocations.get().worker)


def plan(on=DAY, **fields):
    typed = {"on_day": on.day, "on_month": on.month, "on_year": on.year} if on else {}
    return {"key": str(uuid4()), "what": "plan", "part": "morning", "channel": "phone"} | typed | fields


def send(page, case, **fields):
    return page.post(f"/cases/{case.pk}/contacts/next/", plan(**fields))


def test_a_plan_is_on_both_pages_and_raises_a_task_on_its_day(page, case, client):
    assert send(page, case).status_code == 302
    assert "9 June 2026, in the morning, by phone" in text_of(page.get(f"/cases/{case.pk}/"))
    task = Task.objects.get(kind="planned_contact")
    assert (task.due_on, task.assigned_to) == (DAY, case.allocations.get().worker)
    home = text_of(sign_in(client, case.victim.user).get("/notes/"))
    assert "Tuesday 9 June, in the morning, by phone" in home


def test_a_new_plan_takes_the_place_of_the_old_one_and_its_task(page, case):
    send(page, case)
    send(page, case, on=DAY + timedelta(days=1))
    assert PlannedContact.objects.count() == 2
    assert Task.objects.open().filter(kind="planned_contact").get().due_on == DAY + timedelta(days=1)
    assert "10 June 2026" in text_of(page.get(f"/cases/{case.pk}/"))


def test_nothing_agreed_takes_the_plan_away(page, case):
    send(page, case)
    send(page, case, on=None, what="none")
    assert "Nothing agreed" in text_of(page.get(f"/cases/{case.pk}/"))
    assert not Task.objects.open().filter(kind="planned_contact").exists()


@pytest.mark.parametrize(("shift", "is_shown"), [(-1, True), (0, True), (1, False)])
def test_the_portal_shows_it_until_its_day_is_over(page, case, client, shift, is_shown):
    send(page, case)
    with time_machine.travel(timezone.now() + (DAY + timedelta(days=shift) - timezone.localdate())):
        home = text_of(sign_in(client, case.victim.user).get("/notes/"))
    assert ("Tuesday 9 June" in home) is is_shown


@pytest.mark.parametrize("channel", ["text", "email", "post"])
def test_a_way_she_has_not_agreed_to_is_refused(page, case, channel):
    response = send(page, case, channel=channel)
    assert response.status_code == 422
    assert "The victim has not agreed to this way of contact" in text_of(response)
    assert not PlannedContact.objects.exists()


def test_with_an_unsafe_record_no_call_is_planned(page, case):
    SafeContactFactory(victim=case.victim, version=9, may_phone=True, is_unsafe=True)
    assert send(page, case).status_code == 422


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"on": None}, "Enter the day"),
        ({"channel": ""}, "Choose how"),
        ({"on": date(2026, 6, 2)}, "must be 3 June 2026 or later"),
        ({"what": ""}, "Choose what is agreed"),
    ],
)
def test_faults_are_said(page, case, fields, words):
    response = send(page, case, **fields)
    assert response.status_code == 422
    assert words in text_of(response)


def test_sent_twice_it_is_kept_once(page, case):
    sent = plan()
    for _again in range(2):
        page.post(f"/cases/{case.pk}/contacts/next/", sent)
    assert PlannedContact.objects.count() == 1
    assert Task.objects.filter(kind="planned_contact").count() == 1


def test_a_stranger_finds_nothing(client, case):
    sign_in(client, UserFactory())
    assert client.get(f"/cases/{case.pk}/contacts/next/").status_code == 404


@pytest.mark.parametrize(("days", "is_news"), [(14, True), (15, False)])
def test_a_change_of_caseworker_is_said_for_two_weeks(client, case, days, is_news):
    old = case.allocations.get()
    old.ends_at = timezone.now()
    old.save()
    AllocationFactory(case=case, worker=UserFactory(name="Ruth Hale"), starts_at=timezone.now())
    with time_machine.travel(timezone.now() + timedelta(days=days)):
        home = text_of(sign_in(client, case.victim.user).get("/notes/"))
    assert ("Ruth Hale took over from someone else on 3 June 2026." in home) is is_news


def test_a_first_caseworker_is_no_change(client, case):
    assert "took over" not in text_of(sign_in(client, case.victim.user).get("/notes/"))
