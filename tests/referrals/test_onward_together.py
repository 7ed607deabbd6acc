"""Two at once: whoever comes second finds what the first has done."""

from contextlib import suppress
from threading import Barrier, Thread

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from cases.actions.consenting import withdraw_consent
from cases.actions.sharing import LinkDead, door
from cases.models import ShareLink, ShareOpening
from jobs.actions import run_due
from nsvcs.identity import acting_as
from referrals.actions.onward_partner import answer_referral
from referrals.models import Referral, ReferralMove
from referrals.rules.onward import DeclineCode
from tests.factories import CaseFactory, UserFactory
from tests.referrals.onwards import made, on_consent, send, sent, ticked


def together(*acts):
    """Do all of them at the same moment, each on a connection of its own."""
    start = Barrier(len(acts))

    def run(act):
        try:
            start.wait(5)
            with suppress(ValidationError, LinkDead):
                act()
        finally:
            connection.close()

    threads = [Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.commits
def test_a_consent_taken_back_while_it_is_sent_ends_it_either_way(own_database):
    worker = UserFactory()
    case = CaseFactory(worker=worker)
    referral = on_consent(ticked(made(case, worker), worker), worker)

    def take_back():
        with acting_as(worker.pk):
            withdraw_consent(consent=referral.consent, how="phone", by=worker)

    together(take_back, lambda: send(referral, worker))
    run_due()
    assert Referral.objects.get().state == "withdrawn"
    assert not any(link.opens(timezone.now()) for link in ShareLink.objects.of("referral", referral.pk))


@pytest.mark.commits
def test_of_two_answers_at_once_one_counts(own_database):
    worker = UserFactory()
    referral, handed = sent(CaseFactory(worker=worker), worker)

    def answer(code):
        with acting_as():
            told = {"is_accepted": code is None, "code": code, "words": "", "passcode": handed.passcode}
            answer_referral(found=door(handed.token), token=handed.token, **told)

    together(lambda: answer(None), lambda: answer(DeclineCode.FULL), lambda: answer(DeclineCode.KNOWN))
    moves = ReferralMove.objects.filter(referral=referral, who="partner").exclude(to_state="viewed")
    assert moves.count() == 1
    assert Referral.objects.get().state == moves.get().to_state
    assert ShareOpening.objects.filter(outcome="answered").count() == 1
