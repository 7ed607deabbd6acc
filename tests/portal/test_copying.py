"""A copy of her own notes: warned, proved, made by the worker, hers alone, gone after some hours."""

import re
from datetime import date, timedelta

import pikepdf
import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from bundles.building.own_copies import _contents
from bundles.building.sweeping import stored_names
from bundles.models import OwnCopy
from jobs.actions import run, run_due
from jobs.models import Job
from logs.actions import add_translation, record_incident
from logs.models import Evidence, Rendition
from nsvcs.identity import acting_as
from nsvcs.ids import uuid7
from nsvcs.storage import file_store
from tests.bundles.test_actions import photo, text_of
from tests.factories import CaseFactory, IncidentFactory, UserFactory
from tests.logs.clamd import running
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
COPY = "/notes/all/copy/"


@pytest.fixture
def case():
    return CaseFactory(portal=True, worker=UserFactory(name="Priya Anand"))


@pytest.fixture
def she(client, case):
    IncidentFactory(
        case=case, number=1, what_happened="He came to 12 Mill Lane", language="pl", never_disclose=["what_happened"]
    )
    return sign_in(client, case.victim.user)


def asked(web, **more):
    return web.post(COPY, {"key": str(uuid7()), **more})


def made(web):
    assert asked(web).status_code == 302
    run_due()
    return OwnCopy.objects.get()


def words_in(copy):
    with file_store().open(copy.storage_name) as file, pikepdf.open(file) as pdf:
        return len(pdf.pages), str(pdf.docinfo.get("/Title", ""))


def address_in(page):
    return re.search(rf"{COPY}[a-z]{{6}}/", page.text)[0]


def test_the_page_warns_before_anything_is_made(she):
    page = she.get(COPY)
    assert "Anyone who opens this phone or computer can read a copy on it." in page.text
    assert "<title>A copy for you" in page.text
    assert reverse("portal:print") in page.text


def test_without_fresh_proof_she_is_asked_who_she_is(she):
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        for answer in (she.get(COPY), asked(she)):
            assert answer.status_code == 302
            assert "/confirm/" in answer["Location"]
    assert not OwnCopy.objects.exists()


def test_the_top_of_the_page_says_that_it_is_being_made(she):
    page = she.get(asked(she).url).text
    assert page.index("We are making it.") < page.index("<h1")


def test_the_worker_makes_it_and_she_takes_it_under_a_name_that_says_nothing(she, case):
    copy = made(she)
    assert copy.state == "ready"
    page = she.get(COPY)
    file = she.get(address_in(page))
    assert file.status_code == 200
    assert re.fullmatch(r'attachment; filename="document-[a-z0-9]{6}\.pdf"', file["Content-Disposition"])
    assert b"".join(file.streaming_content)[:5] == b"%PDF-"
    pages, title = words_in(copy)
    assert (pages, title) == (copy.page_count, "Document")  # what a viewer shows in its title says nothing either
    with connection.cursor() as cursor:
        cursor.execute("SELECT action FROM audit_event WHERE action LIKE 'own_copy.%%' ORDER BY id")
        assert [row[0] for row in cursor.fetchall()] == ["own_copy.asked", "own_copy.made", "own_copy.taken"]


def test_the_same_press_makes_one_copy(she):
    key = str(uuid7())
    for _press in range(2):
        assert asked(she, key=key).status_code == 302
    run_due()
    assert OwnCopy.objects.count() == 1


def test_after_its_hours_it_is_gone_and_the_sweep_may_take_the_file(she):
    copy = made(she)
    address = address_in(she.get(COPY))
    with acting_as(process="worker"):
        assert stored_names([copy.storage_name]) == {copy.storage_name}
    OwnCopy.objects.update(expires_at=timezone.now() - timedelta(hours=1))
    assert she.get(address).status_code == 404
    assert address not in she.get(COPY).text
    with acting_as(process="worker"):
        assert stored_names([copy.storage_name]) == set()


def test_nobody_else_takes_it(client, she, case):
    made(she)
    address = address_in(she.get(COPY))
    other = CaseFactory(portal=True)
    assert sign_in(client, other.victim.user).get(address).status_code == 404
    assert sign_in(client, case.allocations.first().worker).get(address).status_code == 404


def test_an_ended_account_gets_no_copy(she, case):
    asked(she)
    user = case.victim.user
    type(user).objects.filter(pk=user.pk).update(is_active=False)
    run_due()
    assert OwnCopy.objects.get().state == "waiting"
    assert OwnCopy.objects.get().storage_name == ""


def test_there_is_nothing_to_copy_without_notes(client):
    web = sign_in(client, CaseFactory(portal=True).victim.user)
    assert "There is nothing to copy yet." in web.get(COPY).text
    asked(web)
    assert not OwnCopy.objects.exists()


def test_her_own_copy_holds_what_others_do_not_see_and_the_translation_beside(she, case, monkeypatch):
    from bundles.building import own_copies

    worker, entry = case.allocations.first().worker, case.incidents.get()
    with acting_as(worker.pk):
        add_translation(
            key=uuid7(), incident=entry, piece="what_happened", text="In English", language_to="en",
            role="interpreter", name="Ana Popescu", translated_on=date(2026, 6, 3), by=worker,
        )  # fmt: skip
    seen = []
    build = own_copies.build
    monkeypatch.setattr(
        own_copies, "build", lambda contents, *rest, **more: seen.append(contents) or build(contents, *rest, **more)
    )
    made(she)
    (told,) = seen[0].entries
    assert told.what_happened == "He came to 12 Mill Lane"
    assert [(each.text, each.by_words) for each in told.translations] == [("In English", "an interpreter, Ana Popescu")]


# --- files that are not ready ----------------------------------------------------------------------------------------


def noted(case, file):
    fields = {"occurred_on": date(2026, 6, 3), "what_happened": "He stood outside."}
    record_incident(draft_id=uuid7(), case=case, fields=fields, files=[file], by=case.victim.user)


def only_the_copy():
    """The worker takes up the copy first, and what waits behind it has not been done."""
    copy = OwnCopy.objects.get()
    run(Job.objects.get(object_id=copy.pk).pk)
    copy.refresh_from_db()
    return copy


def test_a_picture_sent_a_moment_ago_is_made_ready_and_shown(settings, she, case):
    with running() as clamd:
        settings.CLAMD_URL = clamd.url
        noted(case, photo())
        asked(she, with_files="on")
        assert "New pictures and files are made ready first." in she.get(COPY).text
        copy = only_the_copy()
    assert (copy.state, len(copy.shown_files), copy.unready_count) == ("ready", 1, 0)
    assert "not ready yet" not in she.get(COPY).text


def test_a_file_that_could_not_be_checked_is_named_with_the_reason_and_the_page_says_so(settings, she, case):
    with running() as clamd:
        settings.CLAMD_URL, clamd.says = clamd.url, "Heuristics.Limits.Exceeded FOUND"
        noted(case, photo())
        asked(she, with_files="on")
        copy = only_the_copy()
    assert (copy.state, copy.shown_files, copy.unready_count) == ("ready", [], 1)
    assert "had not been checked for viruses when this document was made" in " ".join(text_of(copy).split())
    page = she.get(COPY).text
    assert "1 file was not ready yet. The copy names it but does not show it." in page
    assert "You can make a new copy later." in page


def test_words_alone_wait_for_no_file(she, case):
    noted(case, photo())
    asked(she)
    copy = only_the_copy()
    assert (copy.state, copy.shown_files, copy.unready_count) == ("ready", [], 0)
    assert not Rendition.objects.exists()


def test_more_files_ask_no_more_of_the_database(she, case):
    """What the engine is given of each file is read for all of them at once."""
    asked_of = []
    for wanted in (2, 8):
        for _number in range(wanted - Evidence.objects.count()):
            noted(case, photo())
        run_due()
        asked(she, with_files="on")
        copy, by = OwnCopy.objects.order_by("-asked_at").first(), case.victim.user
        with acting_as(by.pk), CaptureQueriesContext(connection) as seen:
            assert len(_contents(copy, by).exhibits) == wanted
        asked_of.append(len(seen))
        run_due()
    assert asked_of[0] == asked_of[1]
