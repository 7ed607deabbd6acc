"""Pages of onward referrals: what is typed is kept or refused in words, and twice is once."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from cases.actions.contacting import set_safe_contact
from cases.models import Allocation, Task
from nsvcs.identity import acting_as
from nsvcs.ids import uuid7
from referrals.actions.onward import decide_without_consent
from referrals.actions.onward_fields import fields_of
from referrals.models import Referral, SharedField
from tests.factories import CaseFactory, SafeContactFactory, UserFactory
from tests.referrals.onwards import approved, asked, look, looked_at, made, on_consent, organisation, send, sent, ticked
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
ODD = "שלום — مرحبا 👩‍👧 \N{RIGHT-TO-LEFT MARK}" * 20


@pytest.fixture
def worker():
    return UserFactory()


@pytest.fixture
def case(worker):
    return CaseFactory(portal=True, worker=worker, victim__born_on=date(2008, 2, 29))


@pytest.fixture
def manager(case):
    return UserFactory(manager=True, profile__team=case.team)


def page(referral, name="detail"):
    return reverse(f"referrals:onward_{name}", args=[referral.case_id, referral.pk])


def typed(**more):
    who = {"organisation": str(organisation().pk), "to_name": "Desk", "asked_for": "A place", "reason": "Unsafe"}
    return who | {"work_email": "", "work_phone": "", "key": "0198a5d4-0000-7000-8000-000000000002"} | more


def test_twice_is_once_and_other_words_under_one_key_are_kept_apart(client, worker, case):
    sign_in(client, worker)
    new = reverse("referrals:onward_new", args=[case.pk])
    assert client.post(new, typed())["Location"] == client.post(new, typed())["Location"]
    other = client.post(new, typed(asked_for="A call"))
    assert other.status_code == 409
    assert "A call" in other.text
    assert Referral.objects.count() == 1


def test_a_way_of_contact_that_changed_after_it_was_passed_on_is_said(client, worker, case):
    known = SafeContactFactory(victim=case.victim)
    told = on_consent(ticked(made(case, worker), worker, "name", "contact"), worker)
    untold = on_consent(ticked(made(case, worker), worker, "name"), worker)
    for referral in (told, untold):
        send(referral, worker)
    words = "How to contact the victim safely was changed after this was sent"
    sign_in(client, worker)
    assert words not in client.get(page(told)).text
    SafeContactFactory(victim=case.victim, version=known.version + 1)
    assert words in client.get(page(told)).text
    assert words not in client.get(page(untold)).text


def test_the_victims_own_address_gets_no_reminder(client, worker, case):
    SafeContactFactory(victim=case.victim, email="Anna@meadow.example")
    told = sign_in(client, worker).post(
        reverse("referrals:onward_new", args=[case.pk]), typed(work_email="anna@MEADOW.example")
    )
    assert "the victim’s own address" in told.text
    assert not Referral.objects.exists()


def test_any_script_goes_out_as_it_was_typed_and_too_much_is_given_back(client, worker, case):
    referral = on_consent(ticked(made(case, worker, asked_for=ODD), worker, summary=ODD), worker)
    shown = look(send(referral, worker)).text
    assert shown.count(ODD.strip()) == 2
    assert dict(SharedField.objects.values_list("name", "value"))["summary"] == ODD
    long = "ש" * 20_000
    other = ticked(made(case, worker), worker)
    told = {"ticked": ["name"], "summary": long, "orders": "", "version": other.version}
    refused = sign_in(client, worker).post(page(other, "what"), told)
    assert refused.status_code == 422
    assert long in refused.text
    for name in ("what", "without", "withdraw", "answer", "complete"):
        assert client.post(page(other, name), {"x": "y"}).status_code == 422, name


def test_a_number_goes_only_while_a_way_of_contact_stands(worker, case):
    referral = made(case, worker)
    values = {each.name: each.value for each in _fields(referral, worker)}
    assert (values["phone"], values["contact"]) == ("", "Do not make contact. Ask us: we arrange it.")
    safe = {"may_phone": True, "phone": "07700 900456", "weekdays": [*range(7)], "safe_name": "Ann"}
    with acting_as(worker.pk):
        told = {"values": safe, "confirmed_on": timezone.localdate(), "based_on": 0, "by": worker}
        set_safe_contact(victim=case.victim, **told)
    values = {each.name: each.value for each in _fields(referral, worker)}
    assert (values["name"], values["phone"]) == ("Ann", "")  # no hours are agreed
    safe |= {"from_time": "09:00", "to_time": "17:00", "other_rules": "Ring twice.", "caller_name": "Sam"}
    with acting_as(worker.pk):
        set_safe_contact(victim=case.victim, **told | {"values": safe, "based_on": 1})
    values = {each.name: each.value for each in _fields(referral, worker)}
    assert values["phone"] == "07700 900456"
    assert "Say you are Sam." in values["contact"]
    assert "Ring twice." in values["contact"]
    assert "07700" not in values["contact"]
    assert values["born_on"] == "29 February 2008"
    assert not [name for name, value in values.items() if case.victim.address and case.victim.address in value]


def _fields(referral, worker):
    with acting_as(worker.pk):
        return fields_of(referral)


def test_what_changed_since_the_preview_is_not_sent_unseen(client, worker, case):
    referral = on_consent(ticked(made(case, worker), worker), worker)
    stale = "0" * 64
    answered = sign_in(client, worker).post(page(referral, "check"), {"seen": stale})
    assert answered.status_code == 422
    assert "What would be sent has changed" in answered.text
    assert Referral.objects.get().state == "made"


def test_an_approval_is_of_what_goes(client, worker, case, manager):
    referral = approved(ticked(made(case, worker), worker), worker, manager)
    told = {"ticked": ["name", "asked_for", "summary"], "summary": "Two adults, one dog.", "orders": ""}
    sign_in(client, worker)
    client.post(page(referral, "what"), told | {"version": referral.version})
    assert Referral.objects.get().approval_id
    more = client.post(page(referral, "what"), told | {"ticked": ["full_name"], "version": 3}, follow=True)
    assert "the manager’s approval counts no more" in more.text
    assert "It rests on" not in more.text
    with pytest.raises(ValidationError, match="no basis"):
        send(Referral.objects.get(), worker)


def test_a_manager_decides_on_what_they_saw_and_not_on_nothing(worker, case, manager):
    nothing, changed = made(case, worker), made(case, worker)
    seen = looked_at(nothing)
    ticked(changed, worker)
    for referral in (nothing, changed):
        asking = asked(referral, worker, manager)
        with acting_as(manager.pk), pytest.raises(ValidationError):
            decide_without_consent(asking=asking, is_approved=True, reason="x", seen=seen, by=manager)


def test_a_referral_that_is_taken_back_leaves_no_task_with_the_manager(client, worker, case, manager):
    referral = ticked(made(case, worker), worker)
    asked(referral, worker, manager)
    sign_in(client, worker).post(page(referral, "withdraw"), {"code": "not_needed", "words": ""})
    assert not Task.objects.open().exists()
    sign_in(client, manager)
    assert client.get(page(referral, "decide"))["Location"] == page(referral)
    assert "Nothing waits" in client.get(reverse("onward:waiting")).text


def test_whose_time_on_the_case_is_over_sends_nothing_and_sees_nothing(client, worker, case):
    referral, _handed = sent(case, worker)
    Allocation.objects.filter(case=case).update(ends_at=case.received_at, starts_at=case.received_at)
    sign_in(client, worker)
    for name in ("detail", "link", "withdraw", "answer"):
        assert client.post(page(referral, name), {"code": "asked"}).status_code in {404, 405}, name
    assert Referral.objects.get().state == "sent"


def test_the_timeline_and_the_card_tell_of_it(client, worker, case):
    sent(case, worker)
    sign_in(client, worker)
    timeline = client.get(reverse("cases:timeline", args=[case.pk]), {"kind": "referral"}).text
    assert "Referral to Hubton Housing Help: Sent, not opened" in timeline
    hub = client.get(reverse("referrals:hub", args=[case.pk])).text
    assert "Sent, not opened" in hub
    assert "answer by" in hub


def test_another_key_asks_a_manager_once(client, worker, case, manager):
    referral = ticked(made(case, worker), worker)
    told = {"gateway": "crime", "risk": "a", "necessity": "b", "proportionality": "c", "told": "yes"}
    told |= {"not_told_because": "", "manager": str(manager.pk), "key": str(uuid7())}
    sign_in(client, worker)
    assert client.post(page(referral, "without"), told).status_code == 302
    assert client.post(page(referral, "without"), told).status_code == 302
    assert client.post(page(referral, "without"), told | {"key": str(uuid7())}).status_code == 422
    assert Task.objects.filter(assigned_to=manager).count() == 1
