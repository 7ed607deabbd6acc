"""Sending in an emergency: now, on recorded reasons, and a manager looks at it afterwards."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from cases.models import ProtectedTerm, ShareLink, Task
from nsvcs.identity import acting_as
from nsvcs.ids import uuid7
from referrals.actions.onward import decide_without_consent
from referrals.actions.onward_sending import new_link, record_answer
from referrals.models import Referral, ReferralMove, SharedField, SharingDecision, WithoutConsent
from tests.factories import CaseFactory, UserFactory
from tests.referrals.onwards import (
    REASONS,
    WHY,
    answer,
    approved,
    asked,
    in_emergency,
    look,
    looked_at,
    made,
    on_consent,
    reviewed,
    ticked,
)
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker():
    return UserFactory()


@pytest.fixture
def case(worker):
    return CaseFactory(worker=worker)


@pytest.fixture
def manager(case):
    return UserFactory(manager=True, profile__team=case.team)


@pytest.fixture
def referral(case, worker):
    return ticked(made(case, worker), worker)


def page(referral, name="detail"):
    return reverse(f"referrals:onward_{name}", args=[referral.case_id, referral.pk])


def state_of(referral):
    return Referral.objects.get(pk=referral.pk).state


def test_from_the_case_to_the_link_alone_at_night(client, case, worker, manager):
    referral = made(case, worker)
    sign_in(client, worker)
    assert page(referral, "emergency") in client.get(page(referral, "basis")).text
    assert "First say what is passed on" in client.get(page(referral, "emergency")).text
    told = {"ticked": ["name", "asked_for"], "summary": "", "orders": "", "version": 1}
    then = client.post(page(referral, "what") + "?then=emergency", told)
    assert then["Location"] == page(referral, "emergency")
    shown = client.get(page(referral, "emergency"))
    assert "Ring 999 first" in shown.text
    assert "A place for two." in shown.text
    assert "say in what is passed on that the victim does not know" in shown.text
    why = {name: REASONS[name] for name in ("risk", "necessity", "proportionality")}
    why |= {"told": "yes", "not_told_because": "", "manager": str(manager.pk)}
    why["seen"] = shown.context["form"]["seen"].value()
    short = client.post(page(referral, "emergency"), why | {"necessity": ""})
    assert short.status_code == 422
    assert state_of(referral) == "made"

    sent = client.post(page(referral, "emergency"), why)

    assert "Passcode" in sent.text
    assert state_of(referral) == "sent"
    task = Task.objects.get(assigned_to=manager)
    assert task.title.startswith("Look today at what was sent in an emergency")
    assert task.due_on == timezone.localdate()
    assert "A manager has not looked at it yet" in client.get(page(referral)).text
    assert "no manager has looked yet" in client.get(reverse("referrals:onward", args=[case.pk])).text
    events = Event.objects.filter(case_ids=[case.pk], action__in=["referral.sent", "referral.asked"])
    assert {each.detail.get("basis") or each.detail.get("is_emergency") for each in events} == {"emergency", True}


def test_a_manager_sees_it_first_and_approves_it_afterwards(client, case, worker, manager, referral):
    asked(ticked(made(case, worker), worker), worker, manager)
    handed = in_emergency(referral, worker, manager)
    sign_in(client, manager)
    waiting = client.get(reverse("onward:waiting")).text
    assert "Sent already, in an emergency" in waiting
    assert waiting.index(str(referral.pk)) < waiting.index(str(WithoutConsent.objects.earliest("asked_at").referral_id))
    looked = client.get(page(referral, "decide"))
    assert "What was sent" in looked.text
    assert "Two adults, one dog." in looked.text
    seen = looked.context["form"]["seen"].value()
    said = {"decision": "yes", "reason": "It was right.", "seen": seen}
    assert client.post(page(referral, "decide"), said).status_code == 302
    assert "Sent in an emergency, approved afterwards" in client.get(page(referral)).text
    assert (
        not Task.objects.open()
        .filter(title__isnull=False, key__startswith="without_consent:")
        .exclude(key__endswith=str(WithoutConsent.objects.earliest("asked_at").pk))
    )
    assert look(handed).status_code == 200
    assert client.get(page(referral, "decide"))["Location"] == page(referral)


def test_not_approved_ends_it_at_once_and_tells_who_sent_it_what_was_seen(client, case, worker, manager, referral):
    handed = in_emergency(referral, worker, manager)
    look(handed)
    reviewed(referral, manager, is_approved=False)
    assert client.get(reverse("shared:open", args=[handed.token])).status_code == 404
    assert answer(handed).status_code == 404
    move = ReferralMove.objects.get(to_state="withdrawn")
    assert (move.code, move.by) == ("refused", manager)
    task = Task.objects.open().get(assigned_to=worker)
    assert "did not approve what was sent in an emergency" in task.title
    assert "by link 1" in task.title
    assert not Task.objects.open().filter(assigned_to=manager).exists()


@pytest.mark.parametrize("before", ["accepted", "declined", "withdrawn"])
def test_a_manager_looks_at_it_also_where_it_was_answered_or_taken_back(
    client, case, worker, manager, referral, before
):
    handed = in_emergency(referral, worker, manager)
    if before == "withdrawn":
        sign_in(client, worker).post(page(referral, "withdraw"), {"code": "asked", "words": ""})
    else:
        answer(handed, answer={"accepted": "accept", "declined": "decline"}[before], code="full")
    assert state_of(referral) == before
    assert Task.objects.open().filter(assigned_to=manager).exists()
    assert str(referral.pk) in sign_in(client, manager).get(reverse("onward:waiting")).text
    reviewed(referral, manager, is_approved=False)
    assert state_of(referral) == ("withdrawn" if before == "accepted" else before)
    with pytest.raises(ValidationError, match="decided already"):
        reviewed(referral, manager, is_approved=True)


def test_only_another_manager_looks(case, worker, manager, referral):
    in_emergency(referral, worker, manager)
    for person in (worker, UserFactory()):
        with pytest.raises(ValidationError, match="A manager decides"):
            reviewed(referral, person, is_approved=True)
    mine = ticked(made(case, manager), manager)
    in_emergency(mine, manager, UserFactory(manager=True, profile__team=case.team))
    with pytest.raises(ValidationError, match="A manager decides"):
        reviewed(mine, manager, is_approved=True)
    with pytest.raises(ValidationError, match="other than yourself"):
        in_emergency(ticked(made(case, manager), manager), manager, manager)


def test_it_is_not_sent_against_a_managers_word(client, case, worker, manager, referral):
    asking = asked(referral, worker, manager)
    with acting_as(manager.pk):
        decide_without_consent(
            asking=asking, is_approved=False, reason="Ask first.", seen=looked_at(referral), by=manager
        )
    with pytest.raises(ValidationError, match="did not approve"):
        in_emergency(referral, worker, manager)
    assert "It is not sent against their word" in sign_in(client, worker).get(page(referral, "emergency")).text
    assert not WithoutConsent.objects.filter(is_emergency=True).exists()


def test_while_a_manager_is_asked_it_can_still_be_sent_and_that_question_is_over(case, worker, manager, referral):
    first = asked(referral, worker, manager)
    in_emergency(referral, worker, manager)
    assert Task.objects.get(key=f"without_consent:{first.pk}").done_by == worker
    assert [each.is_emergency for each in WithoutConsent.objects.waiting()] == [True]


def test_an_agreement_chosen_before_is_not_what_it_rests_on(case, worker, manager, referral):
    in_emergency(on_consent(referral, worker), worker, manager)
    held = Referral.objects.get()
    assert (held.consent_id, held.approval_id, held.basis) == (None, None, "emergency")


def test_protected_words_and_a_changed_preview_stop_it_here_too(client, case, worker, manager, referral):
    sign_in(client, worker)
    why = {name: REASONS[name] for name in ("risk", "necessity", "proportionality")}
    why |= {"told": "yes", "not_told_because": "", "manager": str(manager.pk), "seen": "0" * 64}
    stale = client.post(page(referral, "emergency"), why)
    assert stale.status_code == 422
    assert "What would be sent has changed" in stale.text
    seen = stale.context["form"]["seen"].value()
    ProtectedTerm.objects.create(case=case, kind="school", words="one dog", added_by=worker)
    refused = client.post(page(referral, "emergency"), why | {"seen": seen})
    assert "Protected words stand in it" in refused.text
    assert not ShareLink.objects.exists()
    assert not WithoutConsent.objects.exists()


def test_reasons_that_took_longer_than_the_proof_are_kept_and_nothing_is_sent(client, case, worker, manager, referral):
    why = {name: REASONS[name] for name in ("risk", "necessity", "proportionality")}
    why |= {"told": "yes", "not_told_because": "", "manager": str(manager.pk), "seen": looked_at(referral)}
    sign_in(client, worker, fresh=False)
    kept = client.post(page(referral, "emergency"), why)
    assert kept.status_code == 422
    assert REASONS["risk"] in kept.text
    assert 'name="password"' in kept.text
    assert state_of(referral) == "made"
    wrong = client.post(page(referral, "emergency"), why | {"password": "not-this-one"})  # pragma: allowlist secret
    assert wrong.status_code == 422
    assert state_of(referral) == "made"
    in_emergency(referral, worker, manager)
    said = {"decision": "no", "reason": "Half a page of it.", "seen": Referral.objects.get().digest}
    kept = sign_in(client, manager, fresh=False).post(page(referral, "decide"), said)
    assert kept.status_code == 422
    assert "Half a page of it." in kept.text
    assert not SharingDecision.objects.exists()


def test_without_any_manager_it_is_sent_and_a_task_says_to_bring_one(client, case, worker, referral):
    assert "No manager may open this case" in sign_in(client, worker).get(page(referral, "emergency")).text
    in_emergency(referral, worker, None)
    assert Task.objects.get(assigned_to=worker).title.startswith("Bring a manager to look today")


def test_a_day_later_no_new_link_is_made_before_a_manager_has_looked(case, worker, manager, referral):
    in_emergency(referral, worker, manager)
    with acting_as(worker.pk):
        new_link(referral=referral, by=worker)
    with time_machine.travel(timezone.now() + timedelta(hours=24, seconds=1)):
        with acting_as(worker.pk), pytest.raises(ValidationError, match="has not looked yet"):
            new_link(referral=referral, by=worker)
        reviewed(referral, manager, is_approved=True)
        with acting_as(worker.pk):
            new_link(referral=referral, by=worker)


def test_the_task_is_due_on_the_day_it_was_sent_in_london(case, worker, manager, referral):
    with time_machine.travel(datetime(2027, 6, 14, 23, 30, tzinfo=UTC)):  # half past midnight on the 15th, summer time
        in_emergency(referral, worker, manager)
    assert Task.objects.get(assigned_to=manager).due_on.isoformat() == "2027-06-15"


def test_the_database_holds_it(case, worker, manager, referral):
    now = timezone.now()
    days = {"chase_on": now.date(), "listed_on": now.date(), "due_on": now.date(), "sent_at": now, "digest": "0" * 64}
    mine = Referral.objects.filter(pk=referral.pk)
    told = {"case": case, "asked_by": worker, **WHY}

    def refused(act):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()

    refused(lambda: WithoutConsent.objects.create(
        referral=referral, is_emergency=True, asked_at=now, **told | {"gateway": "crime"}
    ))  # fmt: skip
    other = made(case, worker)
    old = WithoutConsent.objects.create(
        referral=referral, is_emergency=True, asked_at=now - timedelta(seconds=1), **told
    )
    plain = WithoutConsent.objects.create(referral=referral, asked_at=now, **told)
    foreign = WithoutConsent.objects.create(referral=other, is_emergency=True, asked_at=now, **told)
    for each in (old, plain, foreign):
        refused(lambda: mine.update(emergency=each, state="sent", **days))  # noqa: B023
    right = WithoutConsent.objects.create(referral=referral, is_emergency=True, asked_at=now, **told)
    approval = approved(ticked(made(case, worker), worker), worker, manager).approval
    refused(lambda: mine.update(emergency=right, approval=approval))
    assert mine.update(emergency=right, state="sent", **days) == 1
    refused(lambda: mine.update(emergency=old))
    with connection.cursor() as cursor:
        cursor.execute("SELECT referral_held_back(%s)", [referral.pk])
        assert cursor.fetchone()[0] is False
        told = {"asking": right, "case": case, "asked_by": worker, "by": manager, "reason": "x", "at": now}
        SharingDecision.objects.create(pk=uuid7(), is_approved=False, **told)
        cursor.execute("SELECT referral_held_back(%s)", [referral.pk])
        assert cursor.fetchone()[0] is True


def test_what_was_sent_is_kept_and_answered_as_ever(case, worker, manager, referral):
    in_emergency(referral, worker, manager)
    assert SharedField.objects.count() == 3
    with acting_as(worker.pk):
        record_answer(referral=referral, is_accepted=True, code=None, words="", by=worker)
    assert state_of(referral) == "accepted"
