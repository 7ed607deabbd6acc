"""Emotional-support notes of a case: told of on the timeline, read on a page of their own, in nothing that leaves."""

import ast
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import Action, Event
from cases.models import CaseGrant, Contact, Note
from cases.rules import may_read_kept_apart
from tests.factories import CaseFactory, UserFactory
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parent.parent.parent
STAFF_WRITING = {"Contact", "Note", "SessionNote", "SupportSession", "EpisodeAim", "EpisodeMove"}


@pytest.fixture
def worker():
    return UserFactory(name="Priya Anand")


@pytest.fixture
def case(worker):
    return CaseFactory(worker=worker, status="plan_open")


@pytest.fixture
def note(case, worker):
    Note.objects.create(case=case, text="The locks were paid for.", content_class="administrative", by=worker)
    return Note.objects.create(case=case, text="Cried about the move.", content_class="emotional", by=worker)


@pytest.fixture
def contact(case, worker):
    return Contact.objects.create(
        case=case, channel="phone", outcome="spoke", at=timezone.now(), by=worker, content_class="emotional",
        text="Wakes at three.", with_whom="a sister", minutes=12,
    )  # fmt: skip


def reader_of(case, **more):
    person, now = UserFactory(**more), timezone.now()
    period = {"starts_at": now, "ends_at": now + timedelta(days=1), "granted_by": person.pk}
    CaseGrant.objects.create(case=case, person=person, kind="reader", reason="a request", **period)
    return person


def timeline(client, case, **narrowed):
    return client.get(reverse("cases:timeline", args=[case.pk]), narrowed).text


def page_of(case, row):
    return reverse("cases:kept_apart", args=[case.pk, row.pk])


@pytest.mark.parametrize(
    ("manager", "on_case", "writer", "expected"),
    [(False, False, False, False), (True, False, False, True), (False, True, False, True), (False, False, True, True)],
)
def test_kept_apart_notes_are_for_those_on_the_case_their_writer_and_managers(manager, on_case, writer, expected):
    assert may_read_kept_apart(is_manager=manager, is_on_case=on_case, is_writer=writer) is expected


def test_the_timeline_tells_of_them_to_everybody_and_says_what_they_say_to_nobody(client, case, worker, note, contact):
    for person in (worker, UserFactory(manager=True), reader_of(case), reader_of(case, data_protection=True)):
        shown = timeline(sign_in(client, person), case)
        assert "The locks were paid for." in shown
        assert "Cried about the move." not in shown
        assert "Wakes at three." not in shown
        assert shown.count("Kept apart") == 2
        assert "12 minutes" in shown


def test_who_works_on_the_case_reads_them_and_that_is_an_event(client, case, worker, note, contact):
    shown = timeline(sign_in(client, worker), case)
    for row in (note, contact):
        assert page_of(case, row) in shown
        assert row.text in client.get(page_of(case, row)).text
    assert Event.objects.filter(action=Action.KEPT_APART_SEEN, case_ids=[case.pk]).count() == 2
    assert sign_in(client, UserFactory(manager=True)).get(page_of(case, note)).status_code == 200


@pytest.mark.parametrize("who", [{}, {"data_protection": True}], ids=["a colleague", "the lead"])
def test_a_named_reader_learns_that_there_are_some_and_reads_none(client, case, note, who):
    shown = timeline(sign_in(client, reader_of(case, **who)), case)
    assert page_of(case, note) not in shown
    assert "Those on the case and managers read it." in shown
    assert client.get(page_of(case, note)).status_code == 404
    assert not Event.objects.filter(action=Action.KEPT_APART_SEEN).exists()


def test_who_wrote_one_reads_it_after_the_case_went_to_somebody_else(client, case, worker, note):
    case.allocations.update(ends_at=timezone.now())
    now = timezone.now()
    CaseGrant.objects.create(
        case=case, person=worker, kind="reader", reason="x", granted_by=worker.pk, starts_at=now,
        ends_at=now + timedelta(days=1),
    )  # fmt: skip
    assert page_of(case, note) in timeline(sign_in(client, worker), case)
    assert client.get(page_of(case, note)).status_code == 200


def test_the_page_shows_nothing_but_what_is_kept_apart_of_this_case(client, case, worker, note):
    other = CaseFactory(worker=worker)
    plain = Note.objects.without_kept_apart().get(case=case)
    sign_in(client, worker)
    assert client.get(page_of(case, plain)).status_code == 404
    assert client.get(page_of(other, note)).status_code == 404


def test_a_contact_of_that_kind_without_a_word_hides_nothing(client, case, worker):
    Contact.objects.create(
        case=case, channel="phone", outcome="no_answer", at=timezone.now(), by=worker, content_class="emotional"
    )
    assert "Kept apart" not in timeline(sign_in(client, worker), case)


def imported(path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.Attribute):
            yield node.attr


@pytest.mark.parametrize("room", ["bundles", "portal"])
def test_what_leaves_the_building_takes_up_no_writing_of_staff(room):
    """Should a bundle or the portal once take up notes, this is where `without_kept_apart` is asked for."""
    modules = [path for path in (ROOT / room).rglob("*.py") if "migrations" not in path.parts]
    assert len(modules) > 10
    found = {(str(path), name) for path in modules for name in imported(path) if name in STAFF_WRITING}
    assert {(path, name) for path, name in found if not _is_anothers(path, name)} == set()


def _is_anothers(path, name):
    """The bundle's own picture of an amendment is called a note there."""
    return path.endswith("freezing.py") and name == "Note"
