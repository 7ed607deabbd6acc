"""The manager's page: who may open it, what it records, how it is drawn."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit.models import Action, Event
from cases.models import Task
from cases.rules import CaseStatus
from tests.factories import CaseFactory, IncidentFactory, UserFactory
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
URL = "/reports/caseload/"


@pytest.fixture
def manager():
    return UserFactory(manager=True)


@pytest.fixture
def world(manager):
    """Two workers, eight open cases, one of each thing that can be overdue."""
    today = timezone.localdate()
    one, two = UserFactory(name="Asha One"), UserFactory(name="Bill Two")
    for status in (CaseStatus.PLAN_OPEN, CaseStatus.PLAN_OPEN, CaseStatus.REVIEW):
        CaseFactory(worker=one, status=status, is_high_priority=status == CaseStatus.PLAN_OPEN)
    late = CaseFactory(worker=two, status=CaseStatus.TRIAGED, first_contact_due_on=today - timedelta(days=2))
    Task.objects.create(case=late, title="Ring the officer", due_on=today - timedelta(days=1))
    IncidentFactory(case=CaseFactory(worker=two, status=CaseStatus.PLAN_OPEN), recorded_by=two)
    CaseFactory(status=CaseStatus.REFERRED, is_high_priority=True)
    CaseFactory(closed=True, worker=one, is_high_priority=True)


def test_reverse():
    assert reverse("reports:caseload") == URL


def test_the_page_says_when_and_what_it_counts(client, manager, world):
    page = sign_in(client, manager).get(URL)
    text = page.content.decode()
    assert page.status_code == 200
    assert "As at" in text
    assert "What is counted: the case." in text
    assert "Asha One holds the most: 3 open cases" in text


@pytest.mark.parametrize("kind", ["victim", "administrator", "data_protection", "caseworker"])
def test_nobody_else_finds_it(client, kind):
    other = UserFactory() if kind == "caseworker" else UserFactory(**{kind: True})
    assert sign_in(client, other).get(URL).status_code == 404


def test_looking_is_recorded(client, manager):
    sign_in(client, manager).get(URL)
    event = Event.objects.filter(action=Action.REPORT_SEEN).get()
    assert (event.actor_id, event.detail) == (manager.pk, {"report": "caseload"})


def test_the_chart_prints_its_numbers_and_needs_no_style_of_its_own(client, manager, world):
    text = sign_in(client, manager).get(URL).content.decode()
    drawing = re.search(r"<svg.*?</svg>", text, re.S)
    assert drawing is not None
    assert re.findall(r'app-chart__number"[^>]*>(\d+)<', drawing[0]) == ["3", "2", "0", "1"]
    assert "<title" in drawing[0]
    assert "style=" not in text


def test_the_number_of_queries_does_not_grow(client, manager):
    sign_in(client, manager)

    def count():
        with CaptureQueriesContext(connection) as seen:
            client.get(URL)
        return len(seen)

    CaseFactory(worker=UserFactory())
    count()
    few = count()
    for _number in range(5):
        IncidentFactory(case=CaseFactory(worker=UserFactory()))
    assert count() == few


def test_each_number_is_the_length_of_the_list_it_opens(client, manager, world):
    text = sign_in(client, manager).get(URL).content.decode()
    links = re.findall(r'href="(/cases/[^"]*)"[^>]*>(\d+)<span', text)
    assert len(links) >= 15
    assert {"overdue", "unread", "worker", "status", "priority"} <= {
        name for url, _number in links for name in re.findall(r"[?;](\w+)=", url)
    }
    for url, number in set(links):
        listed = client.get(url.replace("&amp;", "&")).context["page"].paginator.count
        assert listed == int(number), url
