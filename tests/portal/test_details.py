"""What we know of her, as much as her own page may show; stricter at once, looser after a talk; closing the account."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone

from audit.models import Event
from cases.actions import give_portal_access
from cases.contact import contact_rule
from cases.models import Case, Message, SafeContact, Task
from jobs.actions import run_due
from nsvcs.identity import acting_as
from tests.factories import CaseFactory, SafeContactFactory
from tests.portal.test_writing import text_of
from tests.signing_in import sign_in

DETAILS, CHANGE, STOP, END = "/notes/details/", "/notes/details/change/", "/notes/details/stop/", "/notes/account/end/"


@pytest.fixture
def agreed(case):
    victim = case.victim
    victim.address, victim.phone = "14 Larkspur Road, NR0 0AB", "07700 900999"
    victim.save()
    return SafeContactFactory(
        victim=victim, may_phone=True, may_text=True, phone="07700 900214", email="anna@post.example",
        weekdays=[0, 1, 2, 3, 4], from_time="18:00", to_time="21:00", safe_name="Annie", caller_name="Sam from the gym",
        code_word="chapter", her_code_word="teacup", safe_person="Kate 07700 900377", other_rules="Never at work",
    )  # fmt: skip


def test_the_ways_agreed_stand_in_words(web, agreed):
    page = text_of(web.get(DETAILS))
    for words in ("the number ending 214", "Monday, Tuesday", "from 6pm to 9pm", "Annie", "Texts"):
        assert words in page


@pytest.mark.parametrize(
    "secret",
    ["Larkspur", "NR0", "900214", "900999", "900377", "Kate", "gym", "chapter", "teacup", "Never at work", "anna@"],
)
def test_nothing_is_shown_that_somebody_over_her_shoulder_could_use(web, agreed, secret):
    assert secret not in text_of(web.get(DETAILS))


def test_with_nothing_agreed_the_page_says_so(web):
    assert "Nothing is agreed yet" in text_of(web.get(DETAILS))


def test_an_unsafe_record_shows_no_way(web, case, agreed):
    SafeContactFactory(victim=case.victim, version=agreed.version + 1, may_phone=True, is_unsafe=True)
    assert "Only here, on this site." in text_of(web.get(DETAILS))


def test_asking_for_a_change_is_a_message_and_a_task_and_changes_nothing(web, case, agreed):
    sent = {"key": str(uuid4()), "text": "My new number is 07700 900555"}
    web.post(CHANGE, sent)
    web.post(CHANGE, sent)
    run_due()
    assert Message.objects.get().text == sent["text"]
    task = Task.objects.get(kind="confirm_contact")
    assert task.assigned_to == case.allocations.get().worker
    assert "07700" not in task.title
    assert SafeContact.objects.count() == 1


def test_stopping_takes_back_every_way_at_once_and_loosens_nothing(web, case, agreed):
    page = web.get(STOP)
    assert "Keep things as they are" in text_of(page)
    assert SafeContact.objects.count() == 1
    web.post(STOP)
    newest = SafeContact.objects.current_for(case.victim_id)
    assert newest.version == agreed.version + 1
    assert [newest.may_phone, newest.may_text, newest.may_email, newest.may_post] == [False] * 4
    for name in ("phone", "safe_name", "code_word", "safe_person", "is_unsafe", "has_shared_device", "voicemail"):
        assert getattr(newest, name) == getattr(agreed, name)
    assert not contact_rule(case.victim).phone
    run_due()
    assert Task.objects.filter(kind="confirm_contact", case=case, done_at=None).count() == 1
    assert mail.outbox == []


def test_stopping_twice_makes_one_version(web, case, agreed):
    web.post(STOP)
    web.post(STOP)
    assert SafeContact.objects.filter(victim=case.victim).count() == 2


def test_stopping_keeps_what_was_unsafe_unsafe(web, case, agreed):
    SafeContactFactory(victim=case.victim, version=agreed.version + 1, may_phone=True, is_unsafe=True)
    web.post(STOP)
    assert SafeContact.objects.current_for(case.victim_id).is_unsafe


def test_a_copy_is_offered_before_the_account_is_closed(web):
    page = text_of(web.get(END))
    assert "Do you want a copy first?" in page
    assert "Keep my account" in page


def test_closing_signs_her_out_keeps_her_notes_and_tells_the_caseworker(web, case, her):
    second = CaseFactory(victim=case.victim, is_portal_open=True)
    page = text_of(web.post(END))
    assert "Your account is closed" in page
    her.refresh_from_db()
    assert not her.is_active
    assert not Case.objects.filter(pk__in=[case.pk, second.pk], is_portal_open=True).exists()
    assert web.get("/notes/").status_code == 302
    run_due()
    assert Task.objects.filter(kind="portal_left").count() == 2
    ended = Event.objects.filter(action="portal.ended")
    assert {pk for event in ended for pk in event.case_ids} == {case.pk, second.pk}


def test_closing_asks_for_fresh_proof(client, her):
    web = sign_in(client, her)
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        assert "confirm" in web.post(END).url
    her.refresh_from_db()
    assert her.is_active


def test_another_browser_of_hers_is_signed_out_too(web, her):
    other = sign_in(Client(), her)
    web.post(END)
    assert other.get("/notes/").status_code == 302


def test_she_can_come_back_with_a_new_code(web, case, her, agreed):
    web.post(END)
    worker = case.allocations.get().worker
    with acting_as(worker.pk):
        slip = give_portal_access(case=Case.objects.get(pk=case.pk), by=worker)
    assert slip.owner == her
    her.refresh_from_db()
    assert her.is_active
