"""Closing a case: what was begun for the victim is ended first, and what a manager lets be out stays somebody's."""

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.actions import close_case
from cases.actions.statuses import NotReadyToClose
from cases.closing_ways import WAYS
from cases.models import Task
from cases.rules import CaseStatus, ClosingCheck, ClosureReason
from nsvcs.identity import acting_as
from nsvcs.ids import uuid7
from nsvcs.links import address
from referrals.actions.equipment_loans import lose_alarm
from referrals.actions.onward_sending import record_answer
from referrals.actions.restorative import open_restorative, withdraw_restorative
from tests.factories import CaseFactory, UserFactory
from tests.factories.referrals import AlarmLoanFactory
from tests.referrals.onwards import in_emergency, made, reviewed, sent, ticked
from tests.referrals.support_world import move, offer
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker():
    return UserFactory()


@pytest.fixture
def case(worker):
    return CaseFactory(worker=worker, status=CaseStatus.CLOSING)


def stands_against(case, worker):
    """What the worker is told; nothing when the case is closed by it."""
    case.refresh_from_db()
    with acting_as(worker.pk):
        try:
            close_case(case=case, reason=ClosureReason.NEEDS_MET, text="All done.", by=worker)
        except NotReadyToClose as refused:
            return refused.checks
    return []


def test_close_case_refuses_while_a_referral_waits_for_its_answer(case, worker):
    referral = sent(case, worker)[0]
    assert stands_against(case, worker) == [ClosingCheck.AWAITED_REFERRALS]

    with acting_as(worker.pk):
        record_answer(referral=referral, is_accepted=True, code=None, words="", by=worker)

    assert stands_against(case, worker) == []


def test_close_case_refuses_while_no_manager_has_looked_at_what_was_sent_in_an_emergency(case, worker):
    manager = UserFactory(manager=True, profile__team=case.team)
    referral = ticked(made(case, worker), worker)
    in_emergency(referral, worker, manager)
    with acting_as(worker.pk):
        record_answer(referral=referral, is_accepted=True, code=None, words="", by=worker)
    assert stands_against(case, worker) == [ClosingCheck.OPEN_TASKS]

    reviewed(referral, manager, is_approved=True)

    assert stands_against(case, worker) == []


def test_close_case_refuses_while_support_is_open(case, worker):
    episode = offer(case, worker)
    assert stands_against(case, worker) == [ClosingCheck.OPEN_SUPPORT]

    move(episode, "declined", worker)

    assert stands_against(case, worker) == []


def test_close_case_refuses_while_restorative_justice_is_open(case, worker):
    with acting_as(worker.pk):
        referral = open_restorative(case=case, key=uuid7(), reason=f"Asked on {timezone.localdate()}", by=worker)
    assert stands_against(case, worker) == [ClosingCheck.OPEN_RESTORATIVE]

    with acting_as(worker.pk):
        withdraw_restorative(referral=referral, by=worker)

    assert stands_against(case, worker) == []


# --- equipment that is out -----------------------------------------------------------------------------------------


@pytest.fixture
def loan(case, worker):
    loan = AlarmLoanFactory(case=case, issued=True, by=worker)
    said = {"case": case, "kind": "alarm_due", "due_on": timezone.localdate(), "assigned_to": worker}
    Task.objects.create(**said, title="Lent equipment is due for its test", key=f"alarm_test:{loan.pk}:2026-01-01")
    return loan


def test_a_manager_closes_while_equipment_is_out_and_its_tasks_stay_somebodys(case, worker, loan):
    assert stands_against(case, worker) == [ClosingCheck.EQUIPMENT_ON_LOAN]
    assert stands_against(case, UserFactory(manager=True)) == []
    case.refresh_from_db()
    assert case.is_closed
    late, asked = case.tasks.open().order_by("created_at")
    assert late.title == "Lent equipment is due for its test"
    assert "still out" in asked.title
    assert {late.assigned_to, asked.assigned_to} == {worker}
    assert asked.due_on > timezone.localdate()

    with acting_as(worker.pk):
        lose_alarm(loan=loan, words="Gone from the bag", by=worker)

    assert not case.tasks.open().exists()


def test_a_case_without_equipment_asks_for_none_as_it_is_closed(case, worker):
    assert stands_against(case, worker) == []
    assert not case.tasks.exists()


def test_any_other_open_task_stops_a_manager_too(case, worker, loan):
    Task.objects.create(case=case, title="Ring the landlord", due_on=timezone.localdate())
    assert stands_against(case, UserFactory(manager=True)) == [ClosingCheck.OPEN_TASKS]


# --- the page ------------------------------------------------------------------------------------------------------


def test_every_check_has_a_way_on_that_there_is(case):
    assert set(WAYS) == set(ClosingCheck)
    for name, _rest, _text in WAYS.values():
        assert address(name, case.pk), name


def test_the_page_says_what_stands_against_it_before_anything_is_pressed(client, case, worker, loan):
    offer(case, worker)
    page = sign_in(client, worker).get(reverse("cases:close", args=[case.pk])).text
    assert "Support is still open" in page
    for name, rest in (("referrals:episodes", ""), ("referrals:equipment", ""), ("cases:task_new", "?ask=closing")):
        assert f'href="{reverse(name, args=[case.pk])}{rest}"' in page
    asking = client.get(reverse("cases:task_new", args=[case.pk]), {"ask": "closing"}).text
    assert "Finish this task, then close the case" in asking


def test_the_page_shows_the_way_on_after_a_refusal_too(client, case, worker, loan):
    sent = {"reason": "unsafe_to_contact", "text": "x"}
    refused = sign_in(client, worker).post(reverse("cases:close", args=[case.pk]), sent)
    assert refused.status_code == 422
    assert "A manager has to close a case for this reason." in refused.text
    assert refused.text.count("Ask a manager to close it") == 2


def test_a_manager_reads_that_equipment_is_out_and_closes_all_the_same(client, case, loan):
    sign_in(client, UserFactory(manager=True))
    address_of = reverse("cases:close", args=[case.pk])
    page = client.get(address_of).text
    assert "Equipment is out" in page
    assert "What stands against it now" not in page
    assert client.post(address_of, {"reason": "needs_met", "text": "x"}).status_code == 302
