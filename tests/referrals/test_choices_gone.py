"""What was offered when a form was opened and is gone when it is sent: said in words, and nothing typed is lost."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.actions import withdraw_consent
from cases.models import Consent, Professional
from nsvcs.identity import acting_as
from referrals.models import Letter, LetterTemplate, SupportSession
from tests.factories import AllocationFactory, CaseFactory, UserFactory
from tests.referrals.onwards import agreed, made
from tests.referrals.support_world import move, offer
from tests.referrals.test_letters import agree
from tests.referrals.test_letters import template as load_template
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
ECHO = "is not one of the available choices"


@pytest.fixture
def worker():
    return UserFactory()


@pytest.fixture
def case(worker):
    return CaseFactory(worker=worker)


@pytest.fixture
def page(client, worker):
    return sign_in(client, worker)


def back(consent, worker):
    with acting_as(worker.pk):
        withdraw_consent(consent=consent, by=worker)


@pytest.fixture
def letter(page, case):
    """Where a letter is written, and what is typed there."""
    load_template()
    assert LetterTemplate.objects.exists()
    typed = {"name_used": "Anna Meadow", "request": "A new lock, please", "key": str(uuid4())}
    return reverse("referrals:letter_write", args=[case.pk, "housing"]), typed


def test_an_agreement_taken_back_between_reading_a_letter_and_making_it(page, case, worker, letter):
    (address, typed), consent = letter, agree(case, worker)
    typed["recipient"] = str(consent.pk)
    shown = page.post(address, typed)
    seen = shown.context["form"]["seen"].value()
    assert shown.status_code == 200
    back(consent, worker)
    refused = page.post(address, typed | {"make": "yes", "seen": seen})
    assert refused.status_code == 422
    assert "That agreement was taken back or has ended. Choose whom it is to" in refused.text
    assert str(consent.pk) not in refused.text
    assert "A new lock, please" in refused.text
    assert not Letter.objects.exists()


def test_what_was_ticked_for_a_letter_and_the_case_does_not_have_any_more(page, case, worker, letter):
    officer = Professional.objects.create(case=case, kind="officer", name="PC Lee Brandon")
    address, typed = letter
    typed |= {"recipient": "other", "to_name": "Broads Homes", "included": ["officer", "matter"]}
    assert "PC Lee Brandon" in page.post(address, typed).text
    Professional.objects.filter(pk=officer.pk).update(is_current=False)
    refused = page.post(address, typed)
    assert refused.status_code == 422
    assert "Tick again what may go in" in refused.text
    assert ECHO not in refused.text


def test_an_agreement_taken_back_before_a_referral_rests_on_it(page, case, worker):
    referral, first, second = made(case, worker), agreed(case, worker), agreed(case, worker)
    address = reverse("referrals:onward_basis", args=[case.pk, referral.pk])
    assert page.get(address).status_code == 200
    back(first, worker)
    refused = page.post(address, {"consent": str(first.pk)})
    assert refused.status_code == 422
    assert "That agreement was taken back or has ended. Choose one that stands" in refused.text
    assert str(first.pk) not in refused.text
    assert Consent.objects.filter(pk=second.pk).standing(timezone.localdate()).exists()


def test_a_colleague_who_left_the_case_before_the_session_was_saved(page, case, worker):
    colleague = UserFactory(name="Tom Ash")
    AllocationFactory(case=case, worker=colleague, role="cover", ends_at=timezone.now() + timedelta(days=1))
    episode = move(offer(case, worker), "accepted", worker)
    address = reverse("referrals:session_new", args=[case.pk, episode.pk])
    assert "Tom Ash" in page.get(address).text
    case.allocations.filter(worker=colleague).update(ends_at=timezone.now())
    typed = {
        "attendance": "attended", "day": "yesterday", "at": "2:30pm", "minutes": "30", "mode": "phone",
        "worker": str(colleague.pk), "content_class": "advocacy", "note": "Rang the officer", "key": str(uuid4()),
    }  # fmt: skip
    refused = page.post(address, typed)
    assert refused.status_code == 422
    assert "That colleague is not on the case any more. Choose who held it" in refused.text
    assert "Rang the officer" in refused.text
    assert not SupportSession.objects.exists()
