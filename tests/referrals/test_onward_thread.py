"""An onward referral from end to end: made, sent on an agreement, read and answered by a partner outside."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from cases.actions.consenting import withdraw_consent
from cases.models import Case, ProtectedTerm, ShareLink, ShareOpening, Task, Wall
from cases.rules import CaseStatus
from jobs.actions import run_due
from nsvcs.identity import acting_as
from referrals.actions.onward_sending import new_link
from referrals.models import Referral, ReferralMove, SharedField
from tests.factories import CaseFactory, SafeContactFactory, UserFactory
from tests.referrals.onwards import agreed, answer, look, made, on_consent, organisation, sent, ticked
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker():
    return UserFactory()


@pytest.fixture
def case(worker):
    return CaseFactory(portal=True, worker=worker, victim__address="7 Quayside Walk, Hubton")


def page(referral, name="detail"):
    return reverse(f"referrals:onward_{name}", args=[referral.case_id, referral.pk])


def state_of(referral):
    return Referral.objects.get(pk=referral.pk).state


def gone(token):
    answered = Client().get(reverse("shared:open", args=[token]))
    return answered.status_code, answered.text


def test_a_worker_makes_one_step_by_step_and_a_partner_accepts_it(client, worker, case):
    sign_in(client, worker)
    organisation_id, consent = str(organisation().pk), agreed(case, worker)
    who = {"organisation": organisation_id, "to_name": "Duty desk", "asked_for": "A place for two", "reason": "Unsafe"}
    new = client.post(
        reverse("referrals:onward_new", args=[case.pk]),
        who | {"work_email": "", "work_phone": "", "key": "0198a5d4-0000-7000-8000-000000000001"},
    )
    referral = Referral.objects.get()
    assert new["Location"] == page(referral, "basis")
    assert client.post(page(referral, "basis"), {"consent": str(consent.pk)})["Location"] == page(referral, "what")
    assert "checked" not in client.get(page(referral, "what")).text
    told = {"ticked": ["name", "asked_for", "summary"], "summary": "Two adults.", "orders": "", "version": 1}
    assert client.post(page(referral, "what"), told)["Location"] == page(referral, "check")
    checked = client.get(page(referral, "check")).text
    seen = re.search(r'name="seen" value="(\w{64})"', checked)[1]
    handed = client.post(page(referral, "check"), {"seen": seen}).text
    token, passcode = re.search(r"/d/([\w-]+)/", handed)[1], re.search(r">([A-Z2-9]{4}-[A-Z2-9]{4})</code>", handed)[1]

    address = reverse("shared:open", args=[token])
    shown = Client().post(address, {"passcode": passcode})
    assert "Two adults." in shown.text
    assert "Quayside" not in shown.text
    assert state_of(referral) == "viewed"
    thanks = Client().post(address, {"answer": "accept", "words": "Ring Jo.", "passcode": passcode})
    assert thanks.status_code == 200
    assert state_of(referral) == "accepted"
    assert gone(token) == gone("no-such-link")

    run_due()
    task = Task.objects.get(kind="referral_answer")
    assert task.assigned_to == worker
    detail = client.get(page(referral)).text
    assert "Ring Jo." in detail
    assert token not in detail
    assert passcode not in detail
    assert client.post(page(referral, "complete"), {"words": "Moved in."}).status_code == 302
    assert state_of(referral) == "completed"


def test_what_the_partner_sees_is_what_was_previewed(client, worker, case):
    referral = on_consent(ticked(made(case, worker), worker), worker)
    sign_in(client, worker)
    checked = client.get(page(referral, "check")).text
    preview = re.search(r'<dl class="govuk-summary-list.*?</dl>', checked, re.S)[0]
    seen = re.search(r'name="seen" value="(\w{64})"', checked)[1]
    handed = client.post(page(referral, "check"), {"seen": seen}).text
    token, passcode = re.search(r"/d/([\w-]+)/", handed)[1], re.search(r">([A-Z2-9]{4}-[A-Z2-9]{4})</code>", handed)[1]
    shown = Client().post(reverse("shared:open", args=[token]), {"passcode": passcode}).text
    assert re.search(r'<dl class="govuk-summary-list.*?</dl>', shown, re.S)[0] == preview
    assert set(SharedField.objects.values_list("name", flat=True)) == {"name", "asked_for", "summary"}


def test_the_page_outside_says_nothing_of_the_matter_and_is_kept_nowhere(worker, case):
    _referral, handed = sent(case, worker)
    before = Client().get(reverse("shared:open", args=[handed.token]))
    shown = look(handed)
    after = answer(handed)
    told = (case.reference, case.victim.last_name, "Hubton", "nsvcs", "victim", "police", "stalking", "referral")
    for each in (before, after):
        assert not any(word.lower() in each.text.lower() for word in told)
    for each in (before, shown, after):
        assert "no-store" in each["Cache-Control"]
        assert "Set-Cookie" not in each or "session" not in str(each.cookies).lower()
        title = re.search(r"<title>(.*?)</title>", each.text, re.S)[1]
        assert not any(word.lower() in (title + str(dict(each.items()))).lower() for word in told)


def test_a_decline_has_a_code_and_is_told(worker, case):
    referral, handed = sent(case, worker)
    look(handed)
    assert answer(handed, answer="decline").status_code == 422
    assert state_of(referral) == "viewed"
    assert answer(handed, answer="decline", code="full", words="In May again").status_code == 200
    move = ReferralMove.objects.get(to_state="declined")
    assert (move.code, move.words, move.who, move.by) == ("full", "In May again", "partner", None)
    run_due()
    assert "No place at the moment".lower() in Task.objects.get(kind="referral_answer").title


def test_every_try_is_kept_and_recorded(worker, case):
    referral, handed = sent(case, worker)
    look(handed, "WRONG-CODE")
    assert answer(handed, passcode="WRONG-CODE").status_code == 422
    assert state_of(referral) == "sent"
    look(handed)
    answer(handed)
    kept = ShareOpening.objects.order_by("at").values_list("outcome", flat=True)
    assert list(kept) == ["wrong", "wrong", "shown", "answered"]
    told = Event.objects.filter(case_ids=[case.pk], action__startswith="share_link.").order_by("pk")
    assert [each.rsplit(".")[1] for each in told.values_list("action", flat=True)] == [
        "made", "refused", "refused", "opened", "answered"
    ]  # fmt: skip


def test_a_second_answer_and_every_dead_link_are_one_page(worker, case):
    unknown = gone("no-such-link")
    referral, handed = sent(case, worker)
    answer(handed)
    assert (answer(handed, answer="decline", code="full").status_code, gone(handed.token)) == (404, unknown)
    assert state_of(referral) == "accepted"
    _locked, other = sent(case, worker)
    ShareLink.objects.filter(pk=other.link.pk).update(wrong_count=5)
    assert gone(other.token) == unknown
    ShareLink.objects.filter(pk=other.link.pk).update(wrong_count=0, expires_at=timezone.now())
    assert gone(other.token) == unknown
    ShareLink.objects.filter(pk=other.link.pk).update(expires_at=timezone.now() + timedelta(days=1))
    assert gone(other.token)[0] == 200
    Wall.objects.create(case=case, person=UserFactory(), reason="kin", set_by=worker.pk)
    assert gone(other.token) == unknown


def test_of_a_link_that_a_wall_has_shut_the_page_says_so_and_a_new_one_opens(client, worker, case):
    referral, handed = sent(case, worker)
    sign_in(client, worker)
    assert "It opens until" in client.get(page(referral)).text
    Wall.objects.create(case=case, person=UserFactory(), reason="kin", set_by=worker.pk)

    shut = client.get(page(referral)).text

    assert gone(handed.token)[0] == 404
    assert "It opens until" not in shut
    assert "who may see this case was changed after it was made" in shut
    assert "No link to it opens any more" in shut
    with acting_as(worker.pk):
        other = new_link(referral=referral, by=worker)
    assert look(other).status_code == 200
    opened = client.get(page(referral)).text
    assert "It opens until" in opened
    assert "No link to it opens any more" not in opened


def test_a_new_link_opens_what_was_sent_and_ends_the_one_before(worker, case):
    referral, handed = sent(case, worker)
    with acting_as(worker.pk):
        other = new_link(referral=referral, by=worker)
    assert gone(handed.token) == gone("no-such-link")
    assert "Two adults" in look(other).text


def test_a_consent_taken_back_kills_the_link_at_once_and_withdraws_it(client, worker, case):
    referral, handed = sent(case, worker)
    look(handed)
    with acting_as(case.victim.user.pk):
        withdraw_consent(consent=referral.consent, how="portal", by=case.victim.user)
    assert gone(handed.token) == gone("no-such-link")
    assert answer(handed).status_code == 404
    run_due()
    assert state_of(referral) == "withdrawn"
    move = ReferralMove.objects.get(to_state="withdrawn")
    assert (move.who, move.code, move.by) == ("consent", "consent", None)
    title = Task.objects.get(kind="consent_withdrawn").title
    assert "Opened" in title
    assert "Name to use, What is asked for and Summary" in title
    seen = sign_in(client, worker).get(page(referral)).text
    assert "by link 1" in seen
    run_due()
    assert Task.objects.filter(kind="consent_withdrawn").count() == 1


def test_protected_words_and_the_address_stop_it_with_the_place(client, worker, case):
    ProtectedTerm.objects.create(case=case, kind="school", words="Larkfield Primary", added_by=worker)
    referral = on_consent(ticked(made(case, worker), worker, summary="Child at LARKFIELD primary."), worker)
    checked = sign_in(client, worker).get(page(referral, "check"))
    assert "LARKFIELD primary" in checked.text
    assert "Summary" in checked.text
    assert 'name="seen"' not in checked.text
    from referrals.actions.onward_fields import digest_of_fields, ticked_fields

    with acting_as(worker.pk):
        seen = digest_of_fields(ticked_fields(referral))
    assert client.post(page(referral, "check"), {"seen": seen}).status_code == 422
    assert state_of(referral) == "made"
    assert not ShareLink.objects.exists()


def test_a_crime_reference_with_a_protected_word_in_it_stops_it_too(client, worker, case):
    ProtectedTerm.objects.create(case=case, kind="school", words="Larkfield Primary", added_by=worker)
    Case.objects.filter(pk=case.pk).update(crime_reference="36/1 (Larkfield Primary)")
    referral = on_consent(ticked(made(case, worker), worker, "name", "police"), worker)
    checked = sign_in(client, worker).get(page(referral, "check")).text
    assert "Protected words stand in it" in checked
    assert "Police force and crime reference" in checked


def test_a_link_is_shut_once_the_way_of_contact_it_tells_was_changed(worker, case):
    known = SafeContactFactory(victim=case.victim)
    told, handed = sent(case, worker, fields=("name", "contact"))
    untold, other = sent(case, worker, fields=("name",))
    assert look(handed).status_code == 200

    SafeContactFactory(victim=case.victim, version=known.version + 1)

    assert gone(handed.token) == gone("no-such-link")
    with acting_as(worker.pk), pytest.raises(ValidationError, match="was changed since"):
        new_link(referral=told, by=worker)
    assert look(other).status_code == 200
    with acting_as(worker.pk):
        new_link(referral=untold, by=worker)


def test_a_link_that_tells_how_to_make_contact_is_shut_where_contact_is_unsafe(worker, case):
    SafeContactFactory(victim=case.victim)
    _told, handed = sent(case, worker, fields=("name", "contact"))

    Case.objects.filter(pk=case.pk).update(status=CaseStatus.UNSAFE_TO_CONTACT)

    assert gone(handed.token) == gone("no-such-link")
