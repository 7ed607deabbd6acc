"""Asking after an answer: a reminder or a task at three working days, the worker's list at five, each once."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.core import mail
from django.urls import reverse

from audit.models import Event
from cases.models import ShareLink, Task, Victim, Wall
from jobs.actions import run_due
from jobs.models import Outgoing
from nsvcs.identity import acting_as
from reference.models import BankHoliday
from referrals.actions.onward_sending import record_answer
from referrals.actions.onward_working import ask_for_look
from referrals.models import Referral
from tests.factories import CaseFactory, UserFactory
from tests.referrals.onwards import answer, approved, made, send, sent, ticked
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
LOCMEM = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def worker():
    return UserFactory()


@pytest.fixture
def case(worker):
    return CaseFactory(worker=worker)


def at(day, hour=9):
    """A moment in the winter of 2026, when London has no other time than this."""
    return time_machine.travel(datetime(2026, 12, day, hour, tzinfo=UTC), tick=False)


def look(day, hour=9):
    """The hourly look on a day."""
    with at(day, hour):
        ask_for_look()
        run_due()


def sent_on_friday(case, worker, **more):
    """Friday 4 December: three working days later is Wednesday 9, five is Friday 11."""
    with at(4):
        return sent(case, worker, **more)


def titles():
    return list(Task.objects.filter(kind="referral_chase").values_list("due_on", flat=True))


def test_nothing_before_the_third_working_day_then_a_task_to_ring_once(case, worker):
    referral, _handed = sent_on_friday(case, worker)
    look(8)
    assert titles() == []
    look(9)
    look(9, 10)
    task = Task.objects.get(kind="referral_chase")
    assert (task.title, task.assigned_to) == (
        "Ring Hubton Housing Help (Duty desk) about the referral: no answer yet",
        worker,
    )
    assert not mail.outbox
    referral.refresh_from_db()
    assert (referral.due_on.day, referral.chase_on.day) == (11, 9)


def test_on_the_fifth_it_is_on_the_list_with_who_and_how_long(client, case, worker):
    sent_on_friday(case, worker)
    look(9)
    look(10)
    assert "No answer from" not in Task.objects.get(kind="referral_chase").title
    look(11)
    look(14)
    task = Task.objects.get(kind="referral_chase")
    assert task.title == (
        "No answer from Hubton Housing Help (Duty desk) for 5 working days: the referral was sent on 4 December 2026"
    )
    with at(14):
        assert "No answer from Hubton Housing Help" in sign_in(client, worker).get(reverse("cases:work")).text
    assert list(Event.objects.filter(action="referral.chased").values_list("detail__what", flat=True)) == [
        "reminder", "listed"
    ]  # fmt: skip


def test_a_task_to_ring_that_was_finished_comes_back_as_the_list(case, worker):
    sent_on_friday(case, worker)
    look(9)
    Task.objects.filter(kind="referral_chase").update(done_at=datetime(2026, 12, 9, 12, tzinfo=UTC), done_by=worker)
    look(11)
    assert Task.objects.open().get(kind="referral_chase").title.startswith("No answer from")


def test_a_bank_holiday_moves_it(case, worker):
    BankHoliday.objects.create(day="2026-12-08", name="Invented")
    sent_on_friday(case, worker)
    look(9)
    assert titles() == []
    look(10)
    assert len(titles()) == 1


def test_a_late_worker_does_both_at_once_and_a_second_look_nothing(case, worker):
    sent_on_friday(case, worker)
    look(30)
    look(31)
    assert Task.objects.get(kind="referral_chase").title.startswith("No answer from")


def test_with_mail_a_neutral_reminder_goes_instead_of_the_task(settings, case, worker):
    settings.EMAIL_BACKEND = LOCMEM
    referral, handed = sent_on_friday(case, worker, work_email="desk@hubton.example")
    ShareLink.objects.update(expires_at=datetime(2999, 1, 1, tzinfo=UTC))
    look(9)
    look(9, 10)
    (sent_mail,) = mail.outbox
    assert sent_mail.to == ["desk@hubton.example"]
    told = f"{sent_mail.subject} {sent_mail.body} {sent_mail.from_email}".lower()
    words = ("nsvcs", "victim", "referral", "stalking", "police", case.reference.lower(), "anna", handed.token.lower())
    assert not any(word in told for word in words)
    assert not Task.objects.filter(kind="referral_chase").exists()
    assert Outgoing.objects.get().state == "sent"
    assert Event.objects.filter(action="message.sent", case_ids=[case.pk]).count() == 1


@pytest.mark.parametrize("why", ["no_link", "walled", "no_basis", "no_address", "answered"])
def test_the_gate_is_passed_when_it_is_sent(settings, case, worker, why):
    settings.EMAIL_BACKEND = LOCMEM
    referral, _handed = sent_on_friday(case, worker, work_email="desk@hubton.example")
    with at(9):
        ask_for_look()
        from jobs import actions
        from jobs.models import Job

        for kind in ("look_at_referrals", "chase_referral"):
            actions.run(Job.objects.get(kind=kind).pk)
        if why == "no_link":
            ShareLink.objects.update(ended_at=datetime(2026, 12, 8, tzinfo=UTC))
        elif why == "walled":
            ShareLink.objects.update(expires_at=datetime(2999, 1, 1, tzinfo=UTC))
            Wall.objects.create(case=case, person=UserFactory(), reason="kin", set_by=worker.pk)
        elif why == "no_address":
            Victim.objects.filter(pk=case.victim_id).update(email="Desk@hubton.example")
        elif why == "no_basis":
            with acting_as(worker.pk):
                from cases.actions.consenting import withdraw_consent

                withdraw_consent(consent=referral.consent, how="phone", by=worker)
                Job.objects.filter(kind="consent_withdrawn").delete()
        else:
            with acting_as(worker.pk):
                record_answer(referral=referral, is_accepted=True, code=None, words="", by=worker)
        run_due()
    assert not mail.outbox
    assert Outgoing.objects.get().reason == {"walled": "no_link"}.get(why, why)
    assert Task.objects.filter(kind="referral_chase").exists() is (why != "answered")


def test_a_reminder_that_cannot_be_sent_waits_and_goes_once(settings, monkeypatch, case, worker):
    settings.EMAIL_BACKEND = LOCMEM
    sent_on_friday(case, worker, work_email="desk@hubton.example")
    ShareLink.objects.update(expires_at=datetime(2999, 1, 1, tzinfo=UTC))
    with monkeypatch.context() as broken:
        broken.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", lambda *_: 1 / 0)
        look(9)
    assert Outgoing.objects.get().state == "waiting"
    assert not Event.objects.filter(action="message.sent").exists()
    look(9, 12)
    assert Outgoing.objects.get().state == "sent"
    assert len(mail.outbox) == 1


def test_an_answer_ends_the_asking_and_turns_the_open_task_into_its_news(case, worker):
    with at(4):  # on an approval: the database has a clock of its own, by which an agreement of that day may have ended
        referral = ticked(made(case, worker), worker)
        handed = send(approved(referral, worker, UserFactory(manager=True, profile__team=case.team)), worker)
    Task.objects.all().delete()
    look(9)
    ShareLink.objects.update(expires_at=datetime(2999, 1, 1, tzinfo=UTC))
    assert answer(handed).status_code == 200
    run_due()
    task = Task.objects.get()
    assert (task.kind, task.title) == (
        "referral_answer", "Hubton Housing Help (Duty desk) accepted the referral: tell the victim"
    )  # fmt: skip
    look(11)
    assert Task.objects.count() == 1
    assert Referral.objects.get().listed_at is None


def test_an_answer_told_on_the_phone_is_recorded_and_finishes_the_task(client, case, worker):
    referral, handed = sent_on_friday(case, worker)
    look(9)
    sign_in(client, worker)
    page = reverse("referrals:onward_answer", args=[case.pk, referral.pk])
    assert "Choose why" in client.post(page, {"answer": "decline", "words": ""}).text
    assert client.post(page, {"answer": "decline", "code": "known", "words": "Rang."}).status_code == 302
    assert Referral.objects.get().state == "declined"
    assert not Task.objects.open().exists()
    assert client.get(reverse("shared:open", args=[handed.token])).status_code == 404
