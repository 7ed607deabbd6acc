"""Letters that left: what happened is recorded as it happened, and what is still in hand stays."""

from datetime import date, datetime, time, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from audit.models import Action, Event
from cases.actions import withdraw_consent
from cases.models import Task
from cases.rules import LONDON
from nsvcs.identity import acting_as
from nsvcs.ids import uuid7
from referrals.actions.letters import MayNotLeave, give_letter
from referrals.models import LetterGiven
from referrals.rules.letters import Way
from tests.factories import CaseFactory, SafeContactFactory, UserFactory
from tests.referrals.support_world import day
from tests.referrals.test_letters import TO, agree, give, made, take
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
POSTED = Way.POST_RECIPIENT


@pytest.fixture
def worker():
    return UserFactory(name="Priya Anand")


@pytest.fixture
def manager():
    return UserFactory(manager=True)


@pytest.fixture
def case(worker):
    found = CaseFactory(worker=worker)
    SafeContactFactory(victim=found.victim, may_post=True)
    return found


def ago(days, hour=12):
    """A moment of an earlier day."""
    return datetime.combine(timezone.localdate() - timedelta(days=days), time(hour), LONDON)


def back(consent, worker):
    with acting_as(worker.pk):
        withdraw_consent(consent=consent, by=worker)


def no_post(case):
    """A newer version, as the victim said it since."""
    SafeContactFactory(victim=case.victim, version=2, may_post=False)


def left(letter, way, worker, *, on=0, to_name=TO):
    """Recorded with the tick that says so."""
    with acting_as(worker.pk):
        return give_letter(letter=letter, key=uuid7(), way=way, to_name=to_name, on=day(on), has_left=True, by=worker)


@pytest.fixture
def before(case, worker):
    """A letter and the agreement to it, of four days ago, both as they stood then."""
    with time_machine.travel(ago(4), tick=True):
        letter, consent = made(case, worker), agree(case, worker, until=30)
        take(letter, POSTED, worker)
    return letter, consent


def test_what_was_posted_while_it_was_agreed_is_recorded_after_the_agreement_was_taken_back(before, worker, manager):
    letter, consent = before
    with time_machine.travel(ago(1), tick=True):
        back(consent, worker)
    given = give(letter, POSTED, worker, ago=2)  # nothing is asked: it stood to the end of that day
    assert (given.on, given.consent, given.against) == (day(2), consent, "")
    assert given.was_written_later
    assert not manager.tasks.exists()


@pytest.mark.parametrize("on", [1, 0], ids=["the day it was taken back", "after it was taken back"])
def test_from_the_day_it_was_taken_back_on_nothing_is_recorded_unless_it_is_out_of_our_hands(before, worker, on):
    letter, consent = before
    with time_machine.travel(ago(1), tick=True):
        back(consent, worker)
    with pytest.raises(MayNotLeave, match="not agreed"):
        give(letter, POSTED, worker, ago=on)
    assert not LetterGiven.objects.exists()
    with pytest.raises(MayNotLeave):  # and what is in hand stays there
        take(letter, POSTED, worker)


def test_what_left_on_the_day_it_was_taken_back_may_have_left_before(before, worker, manager):
    letter, consent = before
    with time_machine.travel(ago(1), tick=True):
        back(consent, worker)
    given = left(letter, POSTED, worker, on=1)
    assert (given.consent, given.against) == (consent, "")
    assert not manager.tasks.exists()


def test_what_left_after_that_is_recorded_as_what_it_is_and_the_managers_are_told(before, worker, manager):
    letter, consent = before
    with time_machine.travel(ago(1), tick=True):
        back(consent, worker)
    given = left(letter, POSTED, worker)
    assert (given.consent, given.against) == (None, "consent")
    task = manager.tasks.get()
    assert "not allowed" in task.title
    assert task.due_on == timezone.localdate()
    event = Event.objects.get(action=Action.LETTER_GIVEN)
    assert event.detail["against"] == "consent"


def test_what_left_under_no_agreement_at_all_is_recorded_and_without_a_manager_the_holder_is_told(case, worker):
    letter = made(case, worker)
    assert left(letter, Way.HAND_RECIPIENT, worker).against == "consent"
    assert case.tasks.get(key__startswith="letter_gone:").assigned_to == worker


def test_an_agreement_that_had_run_out_or_had_not_begun_lets_nothing_out(case, worker):
    with time_machine.travel(ago(4), tick=True):
        letter = made(case, worker)
        agree(case, worker, until=1)  # its last day is three days ago
    with pytest.raises(MayNotLeave):
        give(letter, POSTED, worker, ago=2)
    assert give(letter, POSTED, worker, ago=3).against == ""
    agree(case, worker)  # from today
    with pytest.raises(MayNotLeave):
        give(letter, POSTED, worker, ago=1)


@pytest.mark.parametrize("day_of", ["2027-03-28", "2027-10-31", "2028-02-29"])
def test_a_day_the_clocks_change_and_a_leap_day_are_days_like_any_other(case, worker, day_of):
    then = date.fromisoformat(day_of)
    with time_machine.travel(datetime.combine(then, time(9), LONDON), tick=True):
        letter, consent = made(case, worker), agree(case, worker)
    with time_machine.travel(datetime.combine(then + timedelta(days=1), time(0, 1), LONDON), tick=True):
        back(consent, worker)
        given = give(letter, POSTED, worker, ago=1)
    assert (given.on, given.consent, given.against) == (then, consent, "")


def test_post_to_the_victim_that_was_downloaded_that_day_had_passed_its_gate(case, worker, manager):
    letter = made(case, worker)
    take(letter, Way.POST_VICTIM, worker)
    no_post(case)
    with pytest.raises(MayNotLeave, match="post"):
        give(letter, Way.POST_VICTIM, worker, to_name="Anna")
    assert left(letter, Way.POST_VICTIM, worker, to_name="Anna").against == ""
    assert not manager.tasks.exists()


def test_post_to_the_victim_that_nothing_let_out_is_looked_at_today(case, worker, manager):
    letter = made(case, worker)
    no_post(case)
    assert left(letter, Way.POST_VICTIM, worker, to_name="Anna").against == "post"
    assert manager.tasks.get().kind == Task.Kind.BY_HAND


def test_the_same_is_said_twice_after_the_agreement_ended(before, worker):
    letter, consent = before
    key = uuid7()
    first = give(letter, POSTED, worker, key=key)
    back(consent, worker)
    assert give(letter, POSTED, worker, key=key) == first


# --- the page ------------------------------------------------------------------------------------------------------


def sent(ago_days, **more):
    then = day(ago_days)
    parts = {"on_day": then.day, "on_month": then.month, "on_year": then.year}
    return {"way": POSTED.value, "to_name": TO, "key": str(uuid7())} | parts | more


def test_the_page_offers_every_way_says_which_is_shut_and_asks_whether_it_left(client, case, before, worker, manager):
    letter, consent = before
    back(consent, worker)
    address = reverse("referrals:letter_give", args=[case.pk, letter.pk])
    page = sign_in(client, worker).get(address).text
    assert "Not allowed now: The victim has not agreed" in page
    assert "It had left already" in page
    refused = client.post(address, sent(0))
    assert refused.status_code == 422
    assert "Tick this if it is out of our hands" in refused.text
    saved = client.post(address, sent(0, has_left="on"), follow=True)
    assert "The victim took the agreement back since" in saved.text
    assert "should not have left" not in saved.text


def test_a_day_before_the_agreement_is_asked_about_though_it_may_leave_now(client, case, worker, manager):
    with time_machine.travel(ago(4), tick=True):
        letter = made(case, worker)
    agree(case, worker)
    address = reverse("referrals:letter_give", args=[case.pk, letter.pk])
    assert "It had left already" not in sign_in(client, worker).get(address).text
    refused = client.post(address, sent(2))
    assert "It had left already" in refused.text
    saved = client.post(address, sent(2, has_left="on"), follow=True).text
    assert "The managers of the team have a task" in saved
    assert "It should not have left that way." in saved
    timeline = client.get(reverse("cases:timeline", args=[case.pk]), {"kind": "letter_given"}).text
    assert "It should not have left that way." in timeline
