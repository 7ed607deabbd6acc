"""A notice of something new: chosen, neutral, only where safe contact leaves a way open, and one at a time."""

from datetime import datetime, time, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from cases.models import Case, Message, SafeContact
from cases.noticing import notice_offer, send_notice
from cases.rules import LONDON, Channel
from jobs.actions import run_due
from jobs.models import Outgoing
from nsvcs.identity import acting_as
from reference.models import Organisation
from referrals.models import Signpost
from tests.cases.test_outgoing import FORBIDDEN
from tests.factories import CaseFactory, SafeContactFactory, TeamFactory, UserFactory
from tests.factories.referrals import AlarmRequestFactory
from tests.portal.test_writing import text_of
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
QUESTION = "Does a notice go to the victim?"


@pytest.fixture
def worker():
    return UserFactory()


@pytest.fixture
def case(worker):
    return CaseFactory(worker=worker, portal=True)


@pytest.fixture
def page(client, worker):
    return sign_in(client, worker)


def agree(case, **changed):
    said = {"may_text": False, "may_email": True, "email": "anna@example.org", "from_time": time(0), "to_time": time(0)}
    return SafeContactFactory(victim=case.victim, **said | changed)


def helpline():
    facts = {"name": "Helpline", "what_for": "Help.", "domain": "helpline.example.org", "source": "a test"}
    facts |= {"confidence": "V", "checked_on": timezone.localdate(), "checked_by": "A. Manager"}
    return Organisation.objects.create(slug="helpline", remit_tags=["general"], **facts)


def places(case):
    """Each page on which a worker writes what the victim reads in the portal, with what is typed there."""
    asked = AlarmRequestFactory(case=case)
    return {
        "message": (reverse("cases:messages", args=[case.pk]), {"text": "Something about the hearing."}),
        "signpost": (
            reverse("referrals:signpost_tell", args=[case.pk, helpline().pk]),
            {"need": "general", "told_how": "portal", "words": "They know the court well."},
        ),
        "answer": (
            reverse("referrals:equipment_answer", args=[case.pk, asked.pk]),
            {"to": "approved", "words": "The alarm is here."},
        ),
    }


@pytest.mark.parametrize("place", ["message", "signpost", "answer"])
def test_the_notice_that_is_chosen_goes_out_and_names_nothing(page, case, place):
    agree(case, caller_name="Sam from the gym")
    address, typed = places(case)[place]
    shown = text_of(page.get(address))
    assert QUESTION in shown
    assert shown.index("No notice") < shown.index("By email, now")
    assert page.post(address, typed | {"notice": "email", "key": str(uuid4())}).status_code == 302
    run_due()
    [sent] = mail.outbox
    whole = sent.message().as_string()
    assert not FORBIDDEN.search(whole)
    assert not any(word in whole for word in ("hearing", "Helpline", "alarm", case.victim.last_name, case.reference))
    assert Event.objects.filter(action="message.sent", case_ids=[case.pk]).count() == 1


@pytest.mark.parametrize("place", ["message", "signpost", "answer"])
@pytest.mark.parametrize("chosen", [{}, {"notice": "none"}])
def test_without_a_choice_nothing_goes_out(page, case, place, chosen):
    agree(case)
    address, typed = places(case)[place]
    assert page.post(address, typed | chosen | {"key": str(uuid4())}).status_code == 302
    assert not Outgoing.objects.exists()


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        (None, "No safe contact is recorded."),
        ({"is_unsafe": True}, "This case is marked unsafe to contact."),
        ({"may_email": False, "email": ""}, "The victim has not agreed to this way of contact."),
        ({"confirmed_on": 61}, "Safe contact was confirmed too long ago."),
        ({"weekdays": []}, "No days and hours are agreed for this way of contact."),
    ],
)
def test_where_safe_contact_leaves_no_way_nothing_is_asked_and_the_page_says_why(page, case, changed, says):
    if changed is not None:
        if "confirmed_on" in changed:
            changed = {"confirmed_on": timezone.localdate() - timedelta(days=changed["confirmed_on"])}
        agree(case, **changed)
    address = reverse("cases:messages", args=[case.pk])
    shown = text_of(page.get(address))
    assert QUESTION not in shown
    assert f"No notice goes to the victim. {says}" in shown
    answer = page.post(address, {"text": "Hello.", "notice": "email", "key": str(uuid4())}, follow=True)
    assert "No notice goes out: safe contact has changed while you wrote." in text_of(answer)
    assert Message.objects.get().text == "Hello."
    assert not Outgoing.objects.exists()


def test_nothing_is_asked_where_the_portal_is_shut_or_nothing_can_be_sent_from_here(case, worker, settings):
    agree(case)
    with acting_as(worker.pk):
        assert [way for way, _words in notice_offer(case, timezone.now()).ways] == [Channel.EMAIL]
        settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
        assert notice_offer(case, timezone.now()).why_not == "Neither texts nor emails are set up here."
        case.is_portal_open = False
        assert notice_offer(case, timezone.now()).why_not == "The portal is not open."


def test_outside_the_agreed_hours_it_says_when_it_goes_and_it_goes_then(page, case):
    address = reverse("cases:messages", args=[case.pk])
    with time_machine.travel(datetime(2027, 3, 26, 12, tzinfo=LONDON)):  # the clocks go forward two nights later
        agree(case, from_time=time(18), to_time=time(20), weekdays=[6], confirmed_on=timezone.localdate())
        client = sign_in(page, case.allocations.get().worker)
        assert "By email, when the agreed hours begin: 6pm, Sunday 28 March" in text_of(client.get(address))
        client.post(address, {"text": "Hello.", "notice": "email", "key": str(uuid4())})
        run_due()
        assert mail.outbox == []
    for hour, count in ((17, 0), (18, 1)):
        with time_machine.travel(datetime(2027, 3, 28, hour, 1, tzinfo=LONDON)):
            run_due()
        assert len(mail.outbox) == count


def test_safe_contact_that_changes_before_it_goes_holds_it_and_a_person_is_asked(page, case):
    agree(case, from_time=time(0), to_time=time(0))
    page.post(reverse("cases:messages", args=[case.pk]), {"text": "Hi.", "notice": "email", "key": str(uuid4())})
    SafeContact.objects.create(
        victim=case.victim, version=2, is_unsafe=True, confirmed_on=timezone.localdate(),
        recorded_by=case.allocations.get().worker_id,
    )  # fmt: skip
    run_due()
    assert mail.outbox == []
    assert Outgoing.objects.get().state == "held"
    assert case.tasks.get().kind == "message_held"


def test_a_second_press_and_a_second_thing_send_no_second_notice(page, case, worker):
    agree(case)
    address, key = reverse("cases:messages", args=[case.pk]), str(uuid4())
    for _press in range(2):
        assert page.post(address, {"text": "Hello.", "notice": "email", "key": key}).status_code == 302
    page.post(address, {"text": "And this.", "notice": "email", "key": str(uuid4())})
    assert (Message.objects.count(), Outgoing.objects.count()) == (2, 1)
    run_due()
    first = Message.objects.earliest("at")
    with acting_as(worker.pk):  # the first is out: what is new after it may have one of its own, what was told has not
        assert send_notice(case=case, about=first.pk, channel=Channel.EMAIL, by=worker) is None
        assert send_notice(case=case, about=uuid4(), channel=Channel.EMAIL, by=worker)


def test_told_by_voice_there_is_nothing_to_read_and_no_notice(page, case):
    agree(case)
    address, typed = places(case)["signpost"]
    answer = page.post(address, typed | {"told_how": "phone", "notice": "email", "key": str(uuid4())})
    assert answer.status_code == 422
    assert "Nothing new is in the portal then. Choose no notice." in text_of(answer)
    assert not Signpost.objects.exists()


def test_nobody_sends_a_notice_to_another_teams_case(case):
    stranger = UserFactory(profile__team=TeamFactory(name="Suffolk"))
    with acting_as(stranger.pk), pytest.raises(Case.DoesNotExist):
        send_notice(case=case, about=uuid4(), channel=Channel.EMAIL, by=stranger)
