"""Messages: what is sent says nothing, and nothing is sent that safe contact does not allow at that moment."""

import re
from datetime import UTC, datetime, time, timedelta

import pytest
from django.core import mail
from django.utils import timezone

from audit.models import Action, Event
from cases.contact import contact_rule
from cases.models import Case, Contact
from cases.outgoing import SENDABLE, WRITABLE, write_message
from cases.rules import Channel
from jobs.actions import run_due
from jobs.models import Job, Outgoing
from nsvcs.identity import acting_as
from tests.factories import CaseFactory, IncidentFactory, SafeContactFactory, UserFactory

pytestmark = pytest.mark.django_db

FORBIDDEN = re.compile(
    r"victim|stalk|harass|police|court|case|crime|support|nsvcs|norfolk|suffolk|NSV-|catch22|refuge|abuse|safe contact",
    re.IGNORECASE,
)
texts: list[tuple[str, str]] = []


def keep_text(number: str, text: str) -> None:
    texts.append((number, text))


@pytest.fixture(autouse=True)
def _gateway(settings):
    settings.TEXT_BACKEND = "tests.cases.test_outgoing.keep_text"
    texts.clear()


def agreed(**changed):
    """A case whose victim has agreed to texts and e-mail at any time."""
    worker = UserFactory()
    case = CaseFactory(worker=worker)
    SafeContactFactory(
        victim=case.victim, may_email=True, email="anna@example.org", from_time=time(0), to_time=time(0), **changed
    )
    return case, worker


def send(case, worker, channel=Channel.TEXT, template="something_new"):
    with acting_as(worker.pk):
        message = write_message(case=case, channel=channel, template=template, by=worker)
    run_due()
    message.refresh_from_db()
    return message


def sent_count():
    return len(texts) + len(mail.outbox)


@pytest.mark.h("H19")
@pytest.mark.parametrize("channel", SENDABLE)
@pytest.mark.parametrize("template", sorted(WRITABLE))
def test_what_is_sent_says_nothing_of_the_matter(channel, template):
    case, worker = agreed(caller_name="Sam from the gym")
    message = send(case, worker, channel, template)
    assert message.state == Outgoing.State.SENT
    assert sent_count() == 1
    whole = texts[0][1] if texts else mail.outbox[0].message().as_string()
    names = (case.victim.last_name, case.reference, str(case.pk), worker.name)
    assert not FORBIDDEN.search(whole)
    assert not any(name in whole for name in names)
    assert Event.objects.filter(action=Action.MESSAGE_SENT, case_ids=[case.pk]).count() == 1


@pytest.mark.h("H20")
@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"is_unsafe": True}, "unsafe"),
        ({"may_text": False}, "not_this_way"),
        ({"confirmed_on": lambda: timezone.localdate() - timedelta(days=61)}, "expired"),
        ({"weekdays": []}, "no_hours"),
        ({"phone": ""}, "no_address"),
    ],
)
def test_what_is_not_allowed_is_held_and_a_person_is_asked(changed, reason):
    plain = {name: value() if callable(value) else value for name, value in changed.items()}
    case, worker = agreed(**plain)
    message = send(case, worker)
    assert (message.state, message.reason, sent_count()) == ("held", reason, 0)
    task = case.tasks.get()
    assert (task.kind, task.assigned_to) == ("message_held", worker)
    assert Event.objects.filter(action=Action.MESSAGE_HELD, case_ids=[case.pk]).count() == 1


@pytest.mark.h("H20")
def test_no_record_means_no_message():
    worker = UserFactory()
    case = CaseFactory(worker=worker)
    assert contact_rule(case.victim) is None
    message = send(case, worker)
    assert (message.state, message.reason, sent_count()) == ("held", "no_record", 0)


@pytest.mark.h("H20")
def test_something_that_happened_since_holds_it_and_an_old_thing_written_late_does_not():
    case, worker = agreed(confirmed_on=timezone.localdate() - timedelta(days=5))
    IncidentFactory(case=case, occurred_on=timezone.localdate() - timedelta(days=5))
    assert send(case, worker).state == "sent"
    IncidentFactory(case=case, occurred_on=timezone.localdate() - timedelta(days=4))
    assert send(case, worker).reason == "incident_since"


@pytest.mark.h("H20")
def test_on_the_day_it_was_confirmed_what_happened_after_the_record_counts_and_what_happened_before_does_not():
    case, worker = agreed()
    now = timezone.now()
    IncidentFactory(case=case, occurred_on=timezone.localdate(), occurred_at=now - timedelta(hours=1))
    assert send(case, worker).state == "sent"
    IncidentFactory(case=case, occurred_on=timezone.localdate(), occurred_at=now + timedelta(hours=1))
    assert send(case, worker).reason == "incident_since"


@pytest.mark.h("H20")
def test_a_case_at_the_status_unsafe_to_contact_sends_nothing_whatever_the_record_says():
    case, worker = agreed()
    Case.objects.filter(pk=case.pk).update(status="unsafe_to_contact")
    assert send(case, worker).reason == "unsafe"
    assert sent_count() == 0


@pytest.mark.h("H20")
@pytest.mark.parametrize("outcome", ["somebody_else", "wrong_number"])
def test_after_somebody_else_answered_nothing_is_sent_until_it_is_confirmed_again(outcome):
    case, worker = agreed()
    answered = {"channel": "phone", "outcome": outcome, "by": worker, "content_class": "safety"}
    Contact.objects.create(case=case, at=timezone.now() - timedelta(days=1), **answered)
    assert send(case, worker).state == "sent"
    Contact.objects.create(case=case, at=timezone.now(), **answered)
    assert send(case, worker).reason == "doubtful"
    SafeContactFactory(victim=case.victim, version=2, from_time=time(0), to_time=time(0))
    assert send(case, worker).state == "sent"


@pytest.mark.h("H20")
def test_the_sixtieth_day_still_counts():
    case, worker = agreed(confirmed_on=timezone.localdate() - timedelta(days=60))
    assert send(case, worker).state == "sent"


@pytest.mark.h("H20")
def test_outside_her_hours_it_waits_and_the_gate_is_passed_anew(time_machine):
    time_machine.move_to(datetime(2026, 3, 10, 12, 0, tzinfo=UTC), tick=False)
    case, worker = agreed()
    SafeContactFactory(victim=case.victim, version=2, from_time=time(18), to_time=time(20))
    message = send(case, worker)
    assert (message.state, message.reason, sent_count()) == ("waiting", "outside_hours", 0)
    assert message.not_before == datetime(2026, 3, 10, 18, 0, tzinfo=UTC)
    time_machine.move_to(datetime(2026, 3, 10, 18, 1, tzinfo=UTC), tick=False)
    SafeContactFactory(victim=case.victim, version=3, is_unsafe=True)  # by evening it is no longer safe
    run_due()
    message.refresh_from_db()
    assert (message.state, message.reason, sent_count()) == ("held", "unsafe", 0)


def test_without_a_gateway_a_text_is_held_and_never_said_to_be_sent(settings):
    settings.TEXT_BACKEND = ""
    case, worker = agreed()
    message = send(case, worker)
    assert (message.state, message.reason) == ("held", "no_gateway")


def test_a_second_delivery_of_the_job_sends_nothing_twice():
    case, worker = agreed()
    send(case, worker)
    Job.objects.update(state="queued", not_before=timezone.now())
    run_due()
    assert sent_count() == 1


def test_nobody_writes_a_message_for_a_case_that_is_not_theirs():
    case, _worker = agreed()
    stranger = UserFactory()
    with acting_as(stranger.pk), pytest.raises(Exception, match="does not exist"):
        write_message(case=case, channel=Channel.TEXT, template="something_new", by=stranger)


@pytest.mark.parametrize("template", ["recover", "no_such_template"])
def test_staff_write_only_what_stands_in_their_list(template):
    case, worker = agreed()
    with acting_as(worker.pk), pytest.raises(KeyError):
        write_message(case=case, channel=Channel.EMAIL, template=template, by=worker)
