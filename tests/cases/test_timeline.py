"""The timeline: narrowed by headings and single kinds, and leading to where a thing is done."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases.forms.timeline import TimelineFilter
from cases.models import Contact, Message, Note, Task
from cases.places import OF_KIND, place_of
from cases.queries import stream_groups
from cases.streams import brought
from nsvcs.links import address
from tests.factories import CaseFactory, IncidentFactory, UserFactory
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
LEADS_NOWHERE = {"by_hand"}


@pytest.fixture
def worker():
    return UserFactory()


@pytest.fixture
def case(worker):
    found = CaseFactory(worker=worker, status="plan_open")
    Contact.objects.create(
        case=found, channel="phone", outcome="no_answer", at=timezone.now(), by=worker, content_class="advocacy"
    )
    Message.objects.create(case=found, text="See you on Monday", by=worker, is_from_victim=False)
    Note.objects.create(case=found, text="The locks were paid for.", content_class="safety", by=worker)
    IncidentFactory(case=found, recorded_by=worker)
    return found


@pytest.fixture
def page(client, worker):
    return sign_in(client, worker)


def questions(page, case, query):
    with CaptureQueriesContext(connection) as seen:
        assert asked(page, case, query).status_code == 200
    return len(seen)


def asked(page, case, query=""):
    return page.get(f"{reverse('cases:timeline', args=[case.pk])}?{query}")


def test_every_kind_stands_under_one_heading():
    kinds = [kind for kinds in stream_groups().values() for kind in kinds]
    assert len(kinds) == len(set(kinds)) == 6 + len(brought())
    assert len(stream_groups()) == 5


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 4),
        ("group=contact", 2),
        ("group=risk", 1),
        ("group=contact&group=work", 3),
        ("group=contact&kind=message", 2),  # a heading and one of its own kinds
        ("group=risk&kind=note", 2),
        ("kind=message", 1),
        ("kind=message&kind=nonsense&group=nonsense", 1),
        ("kind=nonsense", 4),
    ],
)
def test_headings_and_single_kinds_narrow_it_together(page, case, query, count):
    shown = asked(page, case, query)
    assert shown.context["page"].paginator.count == count
    ticked = set(re.findall(r'name="(?:group|kind)" value="(\w+)" id="\w+" checked', shown.text))
    assert ticked == set(re.findall(r"=(?!nonsense)(\w+)", query))


def test_each_thing_that_is_ticked_can_be_taken_away_by_one_link(page, case):
    shown = asked(page, case, "group=contact&kind=note")
    assert "?kind=note" in shown.text
    assert "?group=contact" in shown.text
    assert [each["text"] for each in TimelineFilter(shown.wsgi_request.GET).chips()] == [
        "Contact with the victim", "Notes",
    ]  # fmt: skip


def test_a_script_gets_the_same_results_alone(page, case):
    part = page.get(
        f"{reverse('cases:timeline', args=[case.pk])}?group=contact",
        headers={"HX-Request": "true", "HX-Target": "results"},
    ).text
    assert "2 things on the timeline" in part
    assert "<form" not in part


def test_every_kind_of_task_leads_to_a_page_that_there_is():
    assert set(Task.Kind.values) - set(OF_KIND) == LEADS_NOWHERE
    case = CaseFactory()
    for kind, place in OF_KIND.items():
        assert address(place.name, case.pk), kind


@pytest.mark.parametrize(
    ("kind", "key", "name"),
    [
        ("red_flag", "red_flag:0190", "logs:list"),
        ("red_flag", "red_flag:equipment:0190", "referrals:equipment"),
        ("by_hand", "without_consent:0190", "referrals:onward"),
        ("by_hand", "letter_gone:0190", "referrals:letters"),
        ("rj_due", None, "referrals:restorative"),
    ],
)
def test_a_task_leads_to_where_it_is_done(kind, key, name):
    assert place_of(Task(kind=kind, key=key)).name == name


def test_tasks_on_the_timeline_lead_somewhere_and_finished_ones_by_hand_do_not(page, case, worker):
    said = {"case": case, "due_on": timezone.localdate()}
    Task.objects.create(**said, title="Answer it", kind="alarm_asked")
    Task.objects.create(**said, title="Ring the landlord")
    Task.objects.create(**said, title="Buy a stamp", done_at=timezone.now(), done_by=worker)
    text = asked(page, case, "kind=task").text
    assert re.search(rf'href="{reverse("referrals:equipment", args=[case.pk])}">Task: Answer it', text)
    assert re.search(rf'href="{reverse("cases:detail", args=[case.pk])}">Task: Ring the landlord', text)
    assert re.search(r"<h3[^>]*>Task: Buy a stamp", text)


def test_the_page_asks_as_much_with_headings_and_with_every_kind(page, case, worker):
    Task.objects.create(case=case, due_on=timezone.localdate(), title="x")
    before = questions(page, case, query := "group=contact&group=work&group=risk")
    for number in range(8):
        Task.objects.create(case=case, due_on=timezone.localdate(), title=f"{number}", kind="alarm_due")
        Note.objects.create(case=case, text="x", content_class="emotional", by=worker)
    assert questions(page, case, query) <= before


def test_words_from_right_to_left_and_pictures_keep_their_direction(page, case, worker):
    text = "\u0645\u0631\u062d\u0628\u0627 \U0001f54a" * 1000
    Note.objects.create(case=case, text=text, content_class="safety", by=worker)
    shown = asked(page, case, "kind=note")
    assert text in unescape(shown.text)
    assert 'class="app-text" dir="auto"' in shown.text
