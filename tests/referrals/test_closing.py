"""Closing a case: what was begun for the victim is ended first, each part by its own hands."""

import pytest
from django.utils import timezone

from cases.actions import close_case
from cases.actions.statuses import NotReadyToClose
from cases.rules import CaseStatus, ClosingCheck, ClosureReason
from nsvcs.identity import acting_as
from nsvcs.ids import uuid7
from referrals.actions.onward_sending import record_answer
from referrals.actions.restorative import open_restorative, withdraw_restorative
from tests.factories import CaseFactory, UserFactory
from tests.referrals.onwards import sent
from tests.referrals.support_world import move, offer

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
