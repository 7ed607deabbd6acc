"""On what a referral may be sent: an agreement that covers it, or a manager's approval; and what the database holds."""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from cases.actions.consenting import withdraw_consent
from cases.models import ShareLink, Task, Victim, Wall
from nsvcs.identity import acting_as
from nsvcs.ids import uuid7
from referrals.actions.onward import choose_consent, decide_without_consent
from referrals.actions.onward_sending import new_link, withdraw_referral
from referrals.models import Referral, SharedField, SharingDecision, WithoutConsent
from referrals.rules.onward import MOVES, ReferralState, WithdrawCode
from tests.factories import CaseFactory, TeamFactory, UserFactory
from tests.referrals.onwards import (
    WHY,
    agreed,
    approved,
    asked,
    looked_at,
    made,
    on_consent,
    organisation,
    send,
    sent,
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


def page(referral, name):
    return reverse(f"referrals:onward_{name}", args=[referral.case_id, referral.pk])


def refused(act):
    """Whether the database refuses it, whoever asks."""
    with pytest.raises(IntegrityError), transaction.atomic():
        act()
    return True


# --- agreements ----------------------------------------------------------------------------------------------------


def test_without_a_basis_nothing_is_sent(case, worker):
    with pytest.raises(ValidationError, match="no basis"):
        send(ticked(made(case, worker), worker), worker)
    assert not ShareLink.objects.exists()


@pytest.mark.parametrize(
    ("starts", "days", "covers"), [(-30, 29, False), (-30, 30, True), (0, 0, True), (0, 30, True), (1, 30, False)]
)
def test_an_agreement_covers_from_its_first_day_to_its_last(case, worker, starts, days, covers):
    referral = ticked(made(case, worker), worker)
    consent = agreed(case, worker, starts=starts, days=days)
    with acting_as(worker.pk):
        if not covers:
            with pytest.raises(ValidationError, match="does not cover"):
                choose_consent(referral=referral, consent=consent, by=worker)
            return
        choose_consent(referral=referral, consent=consent, by=worker)
    send(referral, worker)
    assert Referral.objects.get().state == "sent"


def test_another_purpose_recipient_or_case_does_not_cover_it(case, worker):
    referral = ticked(made(case, worker), worker)
    other_case = agreed(CaseFactory(worker=worker), worker)
    other_recipient = agreed(case, worker, organisation("elsewhere", "Elsewhere"))
    other_purpose = agreed(case, worker, purpose="letter")
    now = timezone.now()
    days = {"chase_on": now.date(), "listed_on": now.date(), "due_on": now.date(), "sent_at": now, "digest": "0" * 64}
    for consent in (other_case, other_recipient, other_purpose):
        with acting_as(worker.pk), pytest.raises(ValidationError):
            choose_consent(referral=referral, consent=consent, by=worker)
        assert refused(lambda: Referral.objects.update(consent=consent, state="sent", **days))  # noqa: B023


def test_it_is_asked_again_at_sending(case, worker):
    referral = on_consent(ticked(made(case, worker), worker), worker)
    with acting_as(worker.pk):
        withdraw_consent(consent=referral.consent, how="phone", by=worker)
    with pytest.raises(ValidationError, match="no basis"):
        send(referral, worker)
    now = timezone.now()
    days = {"chase_on": now.date(), "listed_on": now.date(), "due_on": now.date(), "sent_at": now, "digest": "0" * 64}
    assert refused(lambda: Referral.objects.update(state="sent", **days))


def test_an_agreement_that_ran_out_shuts_the_link(client, case, worker):
    referral, handed = sent(case, worker)
    consent = referral.consent
    with connection.cursor() as cursor:  # what no page can do: let the days pass
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE cases_consent DISABLE TRIGGER never_changed")
        cursor.execute(
            "UPDATE cases_consent SET given_on = given_on - 60, starts_on = starts_on - 60, ends_on = current_date - 1"
            " WHERE id = %s", [consent.pk],
        )  # fmt: skip
        cursor.execute("ALTER TABLE cases_consent ENABLE TRIGGER never_changed")
    assert client.get(reverse("shared:open", args=[handed.token])).status_code == 404
    with acting_as(worker.pk), pytest.raises(ValidationError, match="has ended"):
        new_link(referral=referral, by=worker)
    assert "What it rests on has ended" in sign_in(client, worker).get(page(referral, "detail")).text


# --- without consent -----------------------------------------------------------------------------------------------


def test_a_manager_decides_on_a_page_of_their_own(client, case, worker, manager):
    referral = ticked(made(case, worker), worker)
    sign_in(client, worker)
    told = {name: WHY[name] for name in ("gateway", "risk", "necessity", "proportionality")}
    told |= {"told": "no", "not_told_because": "", "manager": str(manager.pk), "key": str(uuid7())}
    assert "Write why the victim was not told" in client.post(page(referral, "without"), told).text
    assert client.post(page(referral, "without"), told | {"not_told_because": "Not safe."}).status_code == 302
    task = Task.objects.get(assigned_to=manager)
    assert client.get(page(referral, "decide")).status_code == 404

    sign_in(client, manager)
    assert case.reference in client.get(reverse("onward:waiting")).text
    looked = client.get(page(referral, "decide"))
    assert "Threats to kill." in looked.text
    seen = looked.context["form"]["seen"].value()
    assert client.post(page(referral, "decide"), {"decision": "yes", "reason": "", "seen": seen}).status_code == 422
    assert (
        client.post(page(referral, "decide"), {"decision": "yes", "reason": "Real.", "seen": seen}).status_code == 302
    )
    task.refresh_from_db()
    assert task.done_by == manager
    assert case.reference not in client.get(reverse("onward:waiting")).text
    assert Task.objects.open().get(assigned_to=worker).title.startswith("A manager approved")
    send(Referral.objects.get(), worker)
    assert Event.objects.get(action="referral.sent").detail["basis"] == "approval"
    assert not Task.objects.open().filter(assigned_to=worker).exists()


def test_a_manager_who_looked_before_a_change_looks_at_it_and_then_decides(client, case, worker, manager):
    referral = ticked(made(case, worker), worker)
    asked(referral, worker, manager)
    address = page(referral, "decide")
    sign_in(client, manager)
    said = {"decision": "yes", "reason": "Real."}
    before = {"seen": client.get(address).context["form"]["seen"].value()}
    ticked(Referral.objects.get(), worker, "name", summary="")
    told = client.post(address, said | before)
    assert told.status_code == 422
    assert not SharingDecision.objects.exists()
    looked = {"seen": told.context["form"]["seen"].value()}
    assert client.post(address, said | looked).status_code == 302
    assert Referral.objects.get().approval_id


def test_the_asker_never_decides_nor_does_a_caseworker(case, worker, manager):
    mine = made(case, manager)
    other = UserFactory(manager=True, profile__team=case.team)
    asking = asked(mine, manager, other)
    for person in (manager, worker):
        with acting_as(person.pk), pytest.raises(ValidationError):
            decide_without_consent(asking=asking, is_approved=True, reason="x", seen=looked_at(mine), by=person)
    told = {"asking": asking, "case": case, "is_approved": True, "reason": "x", "at": timezone.now()}
    assert refused(lambda: SharingDecision.objects.create(asked_by=manager, by=manager, **told))
    SharingDecision.objects.create(asked_by=worker, by=manager, **told)  # a lie about who asked
    with pytest.raises(IntegrityError), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_what_was_refused_or_is_anothers_is_no_basis(case, worker, manager):
    no, yes = made(case, worker), approved(ticked(made(case, worker), worker), worker, manager)
    asking = asked(no, worker, manager)
    with acting_as(manager.pk):
        decision = decide_without_consent(
            asking=asking, is_approved=False, reason="Ask first.", seen=looked_at(no), by=manager
        )
    now = timezone.now()
    days = {"chase_on": now.date(), "listed_on": now.date(), "due_on": now.date(), "sent_at": now, "digest": "0" * 64}
    mine = Referral.objects.filter(pk=no.pk)
    for each in (decision, yes.approval):
        days["digest"] = each.digest
        assert refused(lambda: mine.update(approval=each, state="sent", **days))  # noqa: B023


def test_an_approval_is_of_the_values_and_of_nothing_else(client, case, worker, manager):
    referral = approved(ticked(made(case, worker), worker, "name", "full_name", "asked_for"), worker, manager)
    lapsed = "What would be shown is not what the manager approved"
    sign_in(client, worker)
    assert 'name="seen"' in client.get(page(referral, "check")).text
    Victim.objects.filter(pk=case.victim_id).update(last_name="Changed-Since")
    with pytest.raises(ValidationError, match="no basis"):
        send(referral, worker)
    for name in ("detail", "basis", "check"):
        assert lapsed in client.get(page(referral, name)).text, name
    assert 'name="seen"' not in client.get(page(referral, "check")).text
    now = timezone.now()
    days = {"chase_on": now.date(), "listed_on": now.date(), "due_on": now.date(), "sent_at": now, "digest": "0" * 64}
    assert refused(lambda: Referral.objects.filter(pk=referral.pk).update(state="sent", **days))
    again = approved(referral, worker, manager)
    assert lapsed not in client.get(page(referral, "check")).text
    send(again, worker)
    assert dict(SharedField.objects.values_list("name", "value"))["full_name"].endswith("Changed-Since")


def test_a_manager_who_looked_before_a_value_changed_looks_again(client, case, worker, manager):
    referral = ticked(made(case, worker), worker, "full_name")
    asked(referral, worker, manager)
    seen = sign_in(client, manager).get(page(referral, "decide")).context["form"]["seen"].value()
    Victim.objects.filter(pk=case.victim_id).update(last_name="Changed-Since")
    told = client.post(page(referral, "decide"), {"decision": "yes", "reason": "Real.", "seen": seen})
    assert told.status_code == 422
    assert "Changed-Since" in told.text
    assert not SharingDecision.objects.exists()


def test_one_asking_waits_at_a_time_and_told_means_no_reason(case, worker, manager):
    referral = made(case, worker)
    asking = asked(referral, worker, manager)
    with pytest.raises(ValidationError, match="asked already"):
        asked(referral, worker, manager)
    row = {field.attname: getattr(asking, field.attname) for field in WithoutConsent._meta.fields} | {"id": uuid7()}
    assert refused(lambda: WithoutConsent.objects.create(**row | {"is_told": False}))
    assert refused(lambda: WithoutConsent.objects.create(**row | {"not_told_because": "x"}))


def test_a_manager_who_is_walled_or_of_another_team_is_not_offered(client, case, worker, manager):
    UserFactory(manager=True, name="Somebody Elsewhere", profile__team=TeamFactory(name="Elsewhere"))
    shut_out = UserFactory(manager=True, name="Somebody Shutout", profile__team=case.team)
    Wall.objects.create(case=case, person=shut_out, reason="kin", set_by=worker.pk)
    text = sign_in(client, worker).get(page(made(case, worker), "without")).text
    assert manager.name in text
    assert "Somebody" not in text


# --- what the database holds ---------------------------------------------------------------------------------------


PATHS = {"made": (), "sent": ("sent",), "viewed": ("sent", "viewed"), "accepted": ("sent", "viewed", "accepted")}
PATHS |= {"declined": ("sent", "declined"), "withdrawn": ("withdrawn",), "completed": (*PATHS["accepted"], "completed")}


def test_the_database_knows_the_table_of_moves(case, worker, manager):
    moment = timezone.now()
    days = dict.fromkeys(("chase_on", "listed_on", "due_on"), moment.date()) | {"sent_at": moment}
    for now in ReferralState:
        referral = approved(ticked(made(case, worker), worker), worker, manager)
        rows, days["digest"] = Referral.objects.filter(pk=referral.pk), referral.approval.digest
        for state in PATHS[now]:
            assert rows.update(state=state, **(days if state == "sent" else {})) == 1
        for to in set(ReferralState) - {now}:
            more = days if now == "made" and to != "withdrawn" else {}
            with suppress(IntegrityError), transaction.atomic():
                assert rows.update(state=to, **more) == 1
                assert to in MOVES[now]
                transaction.set_rollback(True)
                continue
            assert to not in MOVES[now], (now, to)


def test_what_was_sent_stays_as_it_was(case, worker):
    referral, _handed = sent(case, worker)
    rows = Referral.objects.filter(pk=referral.pk)
    for change in ({"summary": "other"}, {"ticked": ["name"]}, {"to_name": "other"}, {"digest": "1" * 64}):
        assert refused(lambda: rows.update(**change))  # noqa: B023
    assert rows.update(work_email="desk@hubton.example") == 1


def test_a_stale_page_and_a_number_without_its_rule_are_refused(client, case, worker):
    referral = ticked(made(case, worker), worker)
    sign_in(client, worker)
    told = {"ticked": ["name"], "summary": "", "orders": "", "version": 1}
    stale = client.post(page(referral, "what"), told)
    assert stale.status_code == 422
    assert "changed this in the meantime" in stale.text
    alone = client.post(page(referral, "what"), told | {"ticked": ["phone"], "version": referral.version})
    assert "a number never goes without it" in alone.text
    nothing = client.post(page(referral, "what"), told | {"ticked": ["orders"], "version": referral.version})
    assert "There is nothing to pass on for: Court orders" in nothing.text
    assert "Tick what is to be passed on" in client.post(page(referral, "what"), told | {"ticked": []}).text


@pytest.mark.parametrize("kind", ["stranger", "administrator"])
def test_a_stranger_finds_no_referral(client, case, worker, kind):
    referral, _handed = sent(case, worker)
    person = UserFactory() if kind == "stranger" else UserFactory(administrator=True)
    assert sign_in(client, person).get(page(referral, "detail")).status_code == 404
    with acting_as(person.pk):
        assert not Referral.objects.exists()
        with suppress(DatabaseError), transaction.atomic():
            assert Referral.objects.update(state="withdrawn") == 0


def test_it_is_taken_back_in_one_step_once(client, case, worker):
    referral, handed = sent(case, worker)
    assert sign_in(client, worker).post(page(referral, "withdraw"), {"code": ""}).status_code == 422
    assert client.post(page(referral, "withdraw"), {"code": "asked", "words": ""}).status_code == 302
    assert client.get(reverse("shared:open", args=[handed.token])).status_code == 404
    assert client.post(page(referral, "withdraw"), {"code": "asked"}).status_code == 422
    with acting_as(worker.pk), pytest.raises(ValidationError):
        withdraw_referral(referral=referral, code=WithdrawCode.ASKED, words="", by=worker)
    assert timedelta() < timezone.now() - Referral.objects.get().sent_at
