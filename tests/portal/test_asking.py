"""Asking to borrow something: three questions, a look over, where it stands; one request at a time."""

import re
from datetime import date, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import IntegrityError
from django.utils import timezone

from audit.models import Event
from cases.models import Case, Task
from jobs.actions import run_due
from logs.drafting import content_of
from logs.models import Draft
from nsvcs.identity import acting_as
from portal.asking import THINGS
from referrals.actions.equipment_requests import answer_request
from referrals.models import Alarm, AlarmRequest
from referrals.rules.equipment import RequestState
from tests.factories import CaseFactory
from tests.factories.referrals import AlarmRequestFactory
from tests.portal.test_lapsing import let_lapse
from tests.portal.test_writing import text_of
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
ASK, NEW = "/notes/ask/", "/notes/ask/new/"


@pytest.fixture
def worker(case):
    return case.allocations.get().worker


def typed(key=None, **more):
    said = {"key": str(key or uuid4()), "risks": ["followed", "home"], "risk_words": "Since the spring."}
    said |= {"places": ["out"], "where_words": "", "way": "post", "way_words": "To my sister."}
    return said | more


def asked_of(key="state"):
    return AlarmRequest.objects.values_list(key, flat=True).get()


def test_three_questions_are_looked_over_and_then_sent(web, case, worker):
    key = uuid4()
    look = text_of(web.post(NEW, typed(key, press="check")))
    assert "Check your answers" in look
    assert "Someone following me or waiting for me" in look
    assert "To my sister." in look
    assert not AlarmRequest.objects.exists()
    assert web.post(NEW, typed(key, press="send")).url == ASK
    assert (asked_of(), asked_of("case_id"), asked_of("by_id")) == ("asked", case.pk, case.victim.user_id)
    page = text_of(web.get(ASK))
    assert "Your caseworker will answer you." in page
    assert "It does not call the police." in page
    assert Event.objects.filter(action="equipment.seen", case_ids=[case.pk]).exists()


def test_her_answers_can_be_changed_and_nothing_typed_is_lost(web):
    key = uuid4()
    page = text_of(web.post(NEW, typed(key, press="change")))
    assert "Since the spring." in page
    assert re.search(rf'name="key"[^>]*value="{key}"', page)
    assert len(re.findall(r'name="risks"[^>]*checked', page)) == 2
    assert not AlarmRequest.objects.exists()


def test_what_is_missing_is_said_at_its_question(web):
    response = web.post(NEW, {"key": str(uuid4()), "press": "send", "risk_words": "x" * 20_000})
    assert response.status_code == 422
    page = text_of(response)
    for sentence in ("Tick what worries you", "Tick where you would use it", "Choose how you can get it"):
        assert sentence in page
    assert "x" * 20_000 in page


def test_it_is_a_task_of_today_for_whoever_holds_the_case_until_it_is_answered(web, case, worker):
    web.post(NEW, typed(press="send"))
    run_due()
    task = Task.objects.get()
    assert (task.kind, task.assigned_to, task.due_on) == ("alarm_asked", worker, timezone.localdate())
    with acting_as(worker.pk):
        answer_request(request=AlarmRequest.objects.get(), to=RequestState.APPROVED, words="Of course.", by=worker)
    assert Task.objects.get().done_by == worker
    page = text_of(web.get(ASK))
    assert "We are getting it ready for you." in page
    assert "Of course." in page


def test_words_of_danger_bring_up_the_numbers_and_a_task_of_today(web, worker):
    words = {"risk_words": "He is outside now."}
    look = text_of(web.post(NEW, typed(press="check", **words)))
    assert "tel:999" in look.split("Check your answers")[2]
    page = text_of(web.post(NEW, typed(press="send", **words), follow=True))
    assert "If you cannot speak, press 55 when asked." in page
    run_due()
    assert {task.kind for task in Task.objects.all()} == {"alarm_asked", "red_flag"}


def test_one_request_is_open_at_a_time_and_a_second_one_is_not_lost(web, case, worker):
    web.post(NEW, typed(press="send"))
    assert web.get(NEW).url == ASK
    response = web.post(NEW, typed(press="send", risk_words="He came again."))
    assert response.status_code == 409
    assert "You have asked for something already." in text_of(response)
    assert "He came again." in text_of(response)
    assert AlarmRequest.objects.count() == 1
    with acting_as(worker.pk):
        answer_request(request=AlarmRequest.objects.get(), to=RequestState.NOT_POSSIBLE, words="None left.", by=worker)
    assert "None left." in text_of(web.get(ASK))
    assert web.post(NEW, typed(press="send")).status_code == 302
    assert AlarmRequest.objects.count() == 2


def test_the_same_page_sent_twice_is_kept_once(web):
    key = uuid4()
    for _press in range(2):
        assert web.post(NEW, typed(key, press="send")).url == ASK
    assert AlarmRequest.objects.count() == 1


def test_two_windows_at_once_leave_one_request(web, case, her, monkeypatch):
    AlarmRequestFactory(case=case, by=her)
    monkeypatch.setattr("portal.views.asking.may_ask_about", lambda user: list(Case.objects.filter(pk=case.pk)))
    response = web.post(NEW, typed(press="send", risk_words="In another window."))
    assert response.status_code == 409
    assert "In another window." in text_of(response)


def test_a_no_without_words_is_no_answer(case, her, client, worker):
    asked = AlarmRequestFactory(case=case, by=her)
    page = sign_in(client, worker).post(
        f"/cases/{case.pk}/support/equipment/asked/{asked.pk}/", {"to": "not_possible", "words": ""}
    )
    assert page.status_code == 422
    assert asked_of() == "asked"


def test_answers_that_come_after_her_sign_in_lapsed_are_kept_as_an_unfinished_note(web):
    let_lapse(web)
    assert web.post(NEW, typed(press="send")).status_code == 302
    assert content_of(Draft.objects.get()) == {"what_happened": "Since the spring.\nTo my sister."}
    assert not AlarmRequest.objects.exists()


def test_what_is_kept_while_she_types_is_done_with_once_it_is_sent(web):
    key = uuid4()
    kept = web.post("/notes/keep/", typed(key, risk_words="He is outside now.")).json()
    assert kept["notices"] == ["now"]
    assert Draft.objects.get().used_at is None
    web.post(NEW, typed(key, press="send"))
    assert Draft.objects.get().used_at is not None


def test_with_several_matters_she_says_which_and_only_those_without_a_request_are_offered(web, case, her):
    other = CaseFactory(victim=case.victim, is_portal_open=True, portal_label="The shop")
    page = text_of(web.get(NEW))
    assert "What is this about?" in page
    assert "The shop" in page
    assert web.post(NEW, typed(press="send")).status_code == 422
    AlarmRequestFactory(case=other, by=her)
    assert "What is this about?" not in text_of(web.get(NEW))


def test_another_persons_request_is_on_no_page_of_hers(web):
    AlarmRequestFactory(case=CaseFactory(portal=True), risk_words="x")
    assert "You asked on" not in text_of(web.get(ASK))


def test_a_closed_case_leads_to_the_phone(web, case):
    Case.objects.filter(pk=case.pk).update(closed_on=date(2026, 6, 1), closure_reason="needs_met")
    assert "You cannot ask here now. Call us instead." in text_of(web.get(ASK))


def test_a_closed_case_leads_to_the_phone_also_after_something_was_lent(web, case, her):
    AlarmRequestFactory(case=case, by=her, state="lost", due_on=date(2027, 3, 1))
    Case.objects.filter(pk=case.pk).update(closed_on=date(2026, 6, 1), closure_reason="needs_met")
    page = text_of(web.get(ASK))
    assert "You cannot ask here now. Call us instead." in page
    assert "You can ask for another one." not in page


def test_while_something_is_asked_for_the_page_says_why_there_is_no_button(web, case, her):
    AlarmRequestFactory(case=case, by=her, state="lost", due_on=date(2027, 3, 1))
    assert "You can ask for another one." in text_of(web.get(ASK))
    AlarmRequestFactory(case=case, by=her, state="approved")
    page = text_of(web.get(ASK))
    assert "You have asked for something already." in page
    assert "Rather talk? Call us:" in page
    assert "You can ask for another one." not in page


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("asked", "Asked"),
        ("approved", "Agreed"),
        ("ready", "It is ready."),
        ("given", "We need it back by 1 March 2027."),
        ("returned", "You gave it back."),
        ("lost", "It is lost."),
        ("not_possible", "We cannot lend you this."),
    ],
)
def test_every_state_is_said_in_her_words(web, case, her, state, words):
    AlarmRequestFactory(case=case, by=her, state=state, due_on=date(2027, 3, 1))
    assert words in text_of(web.get(ASK))


@pytest.mark.parametrize(("to", "word"), [("approved", "Agreed"), ("not_possible", "Not possible")])
def test_home_says_for_14_days_how_it_was_answered(web, case, her, worker, to, word):
    asked = AlarmRequestFactory(case=case, by=her)
    assert 'href="/notes/ask/"' not in to_do(web)
    with acting_as(worker.pk):
        answer_request(request=asked, to=RequestState(to), words="None left.", by=worker)
    assert 'href="/notes/ask/"' in to_do(web)
    assert word in to_do(web)
    with time_machine.travel(timezone.now() + timedelta(days=14, minutes=5)):
        again = sign_in(web, her)
        assert 'href="/notes/ask/"' not in to_do(again)


def to_do(web):
    page = text_of(web.get("/notes/"))
    return page.split("app-tiles")[0]


@pytest.mark.parametrize("kind", Alarm.Kind.values)
def test_what_is_put_aside_for_her_is_named_in_her_words(web, case, her, kind):
    AlarmRequestFactory(case=case, by=her, state="given", kind=kind, due_on=date(2027, 3, 1))
    assert f">{THINGS[kind]}</strong>" in web.get(ASK).text


def test_no_thing_is_named_before_one_is_put_aside(case, her):
    with pytest.raises(IntegrityError, match="referrals_alarmrequest_kind"):
        AlarmRequestFactory(case=case, by=her, state="asked", kind="second_phone")
