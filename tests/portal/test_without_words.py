"""A note that is only a photo or a recording with a date; what lists say of it is made when they are shown."""

from datetime import date
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse

from bundles.models import BundleDraft
from logs.actions import NothingSaid, record_incident
from logs.actions.arriving import begin_arrival
from logs.lines import line_of
from logs.models import Draft, Incident
from nsvcs.identity import acting_as
from portal.addresses import letters_of
from tests.factories import EvidenceFactory, IncidentFactory
from tests.portal.test_writing import NEW, photo, text_of, typed
from tests.signing_in import sign_in

MADE = "Photo, added 3 June 2026"


@pytest.fixture
def entry(web):
    with time_machine.travel("2026-06-03 12:00Z"):
        web.post(NEW, typed(what_happened="", uploads=[photo()]))
    return Incident.objects.get()


def test_a_photo_with_a_date_is_a_note(entry):
    assert entry.what_happened == ""
    assert entry.evidence.count() == 1


@pytest.mark.parametrize("words", ["", "   \n"])
def test_neither_words_nor_a_file_is_refused_in_words(web, words):
    response = web.post(NEW, typed(what_happened=words))
    assert response.status_code == 422
    assert "Write what happened, or add a photo or recording" in text_of(response)
    assert not Incident.objects.exists()


def test_white_space_beside_a_photo_is_no_word(web):
    web.post(NEW, typed(what_happened=" \n", uploads=[photo()]))
    assert Incident.objects.get().what_happened == ""


def test_the_action_itself_refuses_an_entry_of_nothing(case, her):
    fields = {"what_happened": " ", "occurred_on": date(2026, 6, 3)}
    with pytest.raises(NothingSaid):
        record_incident(draft_id=uuid4(), case=case, fields=fields, by=her)
    with pytest.raises(NothingSaid):
        record_incident(draft_id=uuid4(), case=case, fields=fields, arrivals=["bcdfgh"], by=her)
    assert not Incident.objects.exists()


def test_a_file_on_its_way_is_enough_and_sent_twice_is_one_note(web, her, case):
    key = uuid4()
    with acting_as(her.pk):
        arrival = begin_arrival(entry_key=key, cases=[case], size_bytes=9, name="clip.mp4", first_sha256="", by=her)
    sent = typed(key, what_happened="", files=[arrival.letters])
    first, second = web.post(NEW, sent), web.post(NEW, sent)
    assert first.url == second.url == "/notes/1/saved/"
    assert Incident.objects.get().what_happened == ""


def test_the_letters_of_a_file_that_is_not_hers_are_not_enough(web):
    response = web.post(NEW, typed(what_happened="", place="Home", files=["bcdfghjkmnpq"]))
    assert response.status_code == 422
    assert "Write what happened, or add a photo or recording" in text_of(response)
    assert Draft.objects.count() == 1


@pytest.mark.parametrize("page", ["/notes/", "/notes/all/", "/notes/all/print/", "/notes/1/"])
def test_her_pages_say_what_there_is_instead(web, entry, page):
    assert MADE in text_of(web.get(page))
    assert Incident.objects.get().what_happened == ""


@pytest.mark.parametrize("name", ["logs:list", "logs:entry", "cases:timeline", "preview:home", "preview:entries"])
def test_the_pages_of_staff_say_what_there_is_instead(client, entry, case, name):
    worker = case.allocations.get().worker
    args = [case.pk, entry.pk] if name == "logs:entry" else [case.pk]
    assert MADE in text_of(sign_in(client, worker).get(reverse(name, args=args)))


def test_the_choice_for_a_bundle_says_what_there_is_instead(client, entry, case):
    worker = case.allocations.get().worker
    draft = BundleDraft.objects.create(case=case, user=worker)
    assert MADE in text_of(sign_in(client, worker).get(reverse("bundles:draft_items", args=[case.pk, draft.pk])))


def test_with_more_detail_the_photo_is_chosen_at_the_end(web):
    key = uuid4()
    web.post(NEW, typed(key, what_happened="", press="more"))
    check = f"/notes/new/{letters_of(key)}/check/"
    page = web.get(check)
    assert "There are no words yet" in text_of(page)
    revision = page.context["draft"].revision
    refused = web.post(check, {"revision": revision})
    assert refused.status_code == 422
    assert refused.context["form"].errors.keys() == {"uploads"}
    assert web.post(check, {"revision": revision, "uploads": [photo()]}).url == "/notes/1/saved/"


def test_finishing_later_from_the_check_page_keeps_the_draft(web):
    key = uuid4()
    web.post(NEW, typed(key, press="more"))
    assert web.post(f"/notes/new/{letters_of(key)}/check/", {"press": "later"}).url == "/notes/"
    assert Draft.objects.get().used_at is None


@pytest.mark.parametrize(
    ("media_types", "line"),
    [
        (["image/jpeg"], "Photo, added 3 June 2026"),
        (["image/jpeg", "image/png"], "2 photos, added 3 June 2026"),
        (["audio/mpeg"], "Recording, added 3 June 2026"),
        (["video/mp4", "audio/mpeg"], "2 recordings, added 3 June 2026"),
        (["application/pdf"], "File, added 3 June 2026"),
        (["application/pdf", "image/png"], "2 files, added 3 June 2026"),
        ([], "No words, added 3 June 2026"),
    ],
)
def test_what_a_line_says_of_files(db, media_types, line):
    entry = IncidentFactory(what_happened="")
    for media_type in media_types:
        EvidenceFactory(incident=entry, case=entry.case, media_type=media_type)
    assert line_of(Incident.objects.with_counts().get()) == line


def test_her_own_words_are_the_line(db):
    IncidentFactory(what_happened="He rang.")
    assert line_of(Incident.objects.with_counts().get()) == "He rang."


def test_what_she_told_a_worker_is_said_to_be_told(web, case, her):
    IncidentFactory(case=case, number=1, source="on_behalf", recorded_by=her, helped_by="by phone")
    page = text_of(web.get("/notes/1/"))
    assert "How you told us" in page
    assert "by phone" in page
    assert "Who helped you write" not in page
