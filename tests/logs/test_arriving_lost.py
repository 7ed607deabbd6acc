"""A colleague sends a file and loses the case before it is looked at: the case keeps it, and they are told so."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection
from django.urls import reverse
from django.utils import timezone

from cases.models import Allocation, Case, Wall
from jobs.actions import run_due
from logs.actions import arriving
from logs.actions.arriving import bind_arrivals
from logs.models import Arrival, CustodyEvent, Evidence
from nsvcs.identity import acting_as
from nsvcs.ids import uuid7
from tests.factories import CaseFactory, IncidentFactory, UserFactory
from tests.logs.test_arriving import FILM, Sender, staff_sender

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _is_left_to_a_worker(monkeypatch):
    """As a long film is: none of these is looked at in the request that brings its end."""
    monkeypatch.setattr(arriving, "AT_ONCE_BYTES", 0)


@pytest.fixture
def case():
    return CaseFactory(portal=True)


@pytest.fixture
def entry(case):
    return IncidentFactory(case=case)


@pytest.fixture
def sender(case):
    found = staff_sender(case)
    found.worker = Allocation.objects.get(case=case).worker
    return found


def add(sender, entry):
    """Send a whole film and add it to the entry, while nobody has looked at it yet."""
    letters = sender.send(FILM, note=entry.pk)
    with acting_as(sender.worker.pk):
        bind_arrivals(entry_key=entry.pk, letters=[letters], by=sender.worker)


def lose(case, worker):
    Allocation.objects.filter(case=case, worker=worker).update(ends_at=timezone.now())


def wall(case, worker):
    Wall.objects.create(case=case, person=worker, reason="a relative", set_by=worker.pk)


def work_page(sender):
    page = sender.browser.get(reverse("cases:work"))
    assert page.status_code == 200
    return " ".join(page.text.split())


@pytest.mark.parametrize("how", [lose, wall])
def test_what_was_added_in_time_is_the_cases_and_its_sender_is_told_no_more_than_that(case, entry, sender, how):
    add(sender, entry)
    how(case, sender.worker)
    assert "still being looked at. It is then kept with its case." in work_page(sender)
    run_due()
    file = Evidence.objects.get()
    assert (file.incident, file.case, file.uploaded_by) == (entry, case, sender.worker)
    arrived = CustodyEvent.objects.get(evidence=file, kind="arrived")
    assert (arrived.by_id, arrived.by_role) == (sender.worker.pk, "caseworker")
    page = work_page(sender)
    assert "kept with its case." in page
    for told in (case.reference, "clip.mp4", str(case.pk), str(entry.pk), str(file.pk)):
        assert told not in page
    run_due()
    assert Evidence.objects.count() == 1


def test_what_was_not_added_is_not_kept_and_the_page_says_when_it_goes(case, entry, sender):
    sender.send(FILM, note=entry.pk)
    lose(case, sender.worker)
    run_due()
    assert not Evidence.objects.exists()
    assert "it was not added to an entry in time. It is deleted on" in work_page(sender)


def test_what_did_not_all_come_is_said_too(case, entry, sender):
    sender.begin(len(FILM), note=entry.pk)
    sender.put(0, FILM[:100])
    assert "you can no longer see" not in work_page(sender)
    lose(case, sender.worker)
    assert "not all of it came in time. What came is deleted on" in work_page(sender)
    assert sender.ask("HEAD", sender.address).status_code == 404


def test_who_still_sees_the_case_and_everybody_else_is_told_nothing(case, entry, sender):
    add(sender, entry)
    colleague = staff_sender(CaseFactory())
    for each in (sender, colleague):
        assert "you can no longer see" not in work_page(each)
    lose(case, sender.worker)
    assert "you can no longer see" not in work_page(colleague)


def test_what_her_portal_was_closed_upon_is_kept_with_the_case_as_well(case):
    her = case.victim.user
    entry = IncidentFactory(case=case, recorded_by=her)
    browser = Sender(her)
    letters = browser.send(FILM, note=entry.number)
    with acting_as(her.pk):
        bind_arrivals(entry_key=entry.pk, letters=[letters], by=her)
    Case.objects.update(is_portal_open=False)
    run_due()
    assert Evidence.objects.get().uploaded_by == her


def test_nobody_has_a_file_taken_over_who_never_had_the_case(case, entry, sender):
    """Not by the database either: a row made up for somebody else's entry leads to no case."""
    stranger = UserFactory()
    add(sender, entry)
    Arrival.objects.update(user=stranger)
    with acting_as(stranger.pk, process="worker"), connection.cursor() as cursor:
        cursor.execute("SELECT case_of_arrival(%s)", [Arrival.objects.get().pk])
        assert cursor.fetchone() == (None,)
    run_due()
    assert not Evidence.objects.exists()


def test_only_a_job_of_that_very_case_takes_it_over(case, entry, sender):
    add(sender, entry)
    pk = Arrival.objects.get().pk
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        acting_as(sender.worker.pk),
        connection.cursor() as one,
    ):
        one.execute("SELECT * FROM hand_over_arrival(%s)", [pk])
    for said in ({"user_id": sender.worker.pk}, {"job_id": uuid7()}):
        with acting_as(process="worker", **said), connection.cursor() as cursor:
            cursor.execute("SELECT * FROM hand_over_arrival(%s)", [pk])
            assert cursor.fetchall() == []


def test_after_a_week_the_page_says_no_more_of_it(case, entry, sender):
    add(sender, entry)
    lose(case, sender.worker)
    run_due()
    row = Arrival.objects.get()
    assert timedelta(days=6) < row.expires_at - timezone.now() < timedelta(days=8)
    Arrival.objects.update(expires_at=timezone.now() - timedelta(hours=1))
    with acting_as(process="worker"), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM expire_arrivals()")
    assert "you can no longer see" not in work_page(sender)
    assert Evidence.objects.exists()
