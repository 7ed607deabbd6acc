"""Photos and files in one place: chosen first, then said which note they are for; and all there are."""

from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from logs.actions import say_of_file
from logs.models import Arrival, Draft, Evidence, Incident
from tests.factories import CaseFactory, EvidenceFactory, IncidentFactory
from tests.logs.test_arriving import Sender
from tests.signing_in import sign_in

PAGE = "/notes/all/files/"
WORDS = b"what he wrote to me"


@pytest.fixture
def note(case, her):
    return IncidentFactory(case=case, recorded_by=her, number=3, what_happened="He waited outside.")


def sent(note, *files, key=None, letters=()):
    uploads = [SimpleUploadedFile(f"{number}.txt", content) for number, content in enumerate(files)]
    return {"draft": str(key or uuid4()), "note": note, "uploads": uploads, "files": list(letters)}


def test_files_go_to_the_note_she_names(web, note):
    assert "Note 3" in web.get(PAGE).text
    assert web.post(PAGE, sent("3", WORDS)).url == "/notes/3/"
    assert Evidence.objects.get().incident == note
    assert "/notes/3/files/1/about/?next" in web.get("/notes/3/").text


def test_for_a_new_note_they_wait_for_it(web):
    answer = web.post(PAGE, sent("new", WORDS))
    page = web.get(answer.url).text
    assert "0.txt" in page
    form = {
        "draft": str(Draft.objects.get().pk),
        "when": "today",
        "what_happened": "",
        "files": [Arrival.objects.get().letters],
    }
    assert web.post(answer.url, form | {"press": "save"}).url == "/notes/1/saved/"
    assert Evidence.objects.get().incident == Incident.objects.get()


def test_she_may_say_later_and_then_choose_a_note(web, note):
    assert web.post(PAGE, sent("later", WORDS)).url == PAGE
    page = web.get(PAGE).text
    letters = Arrival.objects.get().letters
    assert f"/notes/files/{letters}/move/" in page
    assert web.post(f"/notes/files/{letters}/move/", {"note": ""}).status_code == 422
    assert web.post(f"/notes/files/{letters}/move/", {"note": "3"}).url == "/notes/3/"
    assert Evidence.objects.get().incident == note
    assert not Draft.objects.exists()  # nothing was written: no empty note is left to finish


def test_a_file_sent_in_pieces_goes_to_the_note_she_names(web, her, note):
    key, sender = uuid4(), Sender(her)
    sender.begin(len(WORDS), draft=key, name="a.txt")
    assert sender.put(0, WORDS).status_code == 204
    assert web.post(PAGE, sent("3", key=key, letters=[sender.letters])).url == "/notes/3/"
    assert Evidence.objects.get().incident == note
    assert not Draft.objects.filter(pk=key).exists()


@pytest.mark.parametrize(
    ("data", "words"),
    [(sent("3"), "Choose a photo or file first"), (sent("", WORDS), "Choose which note it is for"),
     (sent("99", WORDS), "Choose which note it is for"), (sent("3", b"MZ\x90\x00"), "0.txt")],
)  # fmt: skip
def test_what_is_missing_is_said(web, note, data, words):
    answer = web.post(PAGE, data)
    assert answer.status_code == 422
    assert words in answer.text
    assert not Evidence.objects.exists()


def test_somebody_elses_note_and_file_are_not_there(web, note):
    other = CaseFactory(portal=True)
    IncidentFactory(case=other, recorded_by=other.victim.user, number=8)
    assert web.post(PAGE, sent("8", WORDS)).status_code == 422
    web.post(PAGE, sent("later", WORDS))
    letters = Arrival.objects.get().letters
    assert sign_in(web, other.victim.user).get(f"/notes/files/{letters}/move/").status_code == 404


def test_all_files_are_listed_with_what_was_said_and_a_locked_one_tells_nothing(web, her, note):
    first, second = (EvidenceFactory(incident=note, uploaded_by=her, file_label=f"{n}.jpg") for n in (1, 2))
    say_of_file(key=uuid4(), evidence=second, said={"shows": "His car."}, based_on=0, by=her)
    first.custody.create(kind="locked", case=first.case, by_role="caseworker", at=first.arrived_at)
    page = web.get(PAGE).text
    assert "His car." in page
    assert "/notes/3/files/2/about/" in page
    assert "1.jpg" not in page


def test_the_page_asks_the_same_of_one_file_as_of_ten(web, her, note):
    counts = []
    for files in (1, 9):
        for _ in range(files):
            EvidenceFactory(incident=note, uploaded_by=her)
        web.get(PAGE)
        with CaptureQueriesContext(connection) as asked:
            web.get(PAGE)
        counts.append(len(asked))
    assert counts[0] == counts[1]
