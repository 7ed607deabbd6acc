"""What stands beside an original: pages of a document, what a file says, where it was made, what is heard in it."""

from datetime import date
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.models import Event
from jobs.actions import run_due
from logs import facts
from logs.actions import OtherContent, TypedMeanwhile, lock_evidence, record_incident, type_what_is_heard
from logs.models import Evidence, Transcript
from nsvcs.identity import acting_as
from nsvcs.ids import uuid7
from tests.bundles.world import make_pdf
from tests.factories import CaseFactory, EvidenceFactory, IncidentFactory, UserFactory
from tests.logs import recordings, samples
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
PLACE = "52.630833, 1.297222"
WORDS = ("He says: I can see you. أراك 🙁\n" * 500).strip()


@pytest.fixture
def worker():
    return UserFactory(name="Sam Rowan")


@pytest.fixture
def case(worker):
    return CaseFactory(portal=True, worker=worker)


@pytest.fixture
def her(case):
    return case.victim.user


def arrived(case, *files: tuple[str, bytes]):
    fields = {"occurred_on": date(2026, 6, 3), "what_happened": "He rang.", "language": "pl"}
    uploads = [SimpleUploadedFile(name, content) for name, content in files]
    kept = record_incident(draft_id=uuid7(), case=case, fields=fields, files=uploads, by=case.victim.user)
    run_due()
    return kept.incident


def file_of(incident):
    return Evidence.objects.get(incident=incident)


def address(name, evidence, *more):
    return reverse(f"logs:{name}", args=[evidence.case_id, evidence.pk, *more])


@pytest.fixture
def letter(case, tmp_path):
    make_pdf(tmp_path / "l.pdf", pages=3, words="Letter to Anna").close()
    return arrived(case, ("l.pdf", (tmp_path / "l.pdf").read_bytes()))


@pytest.fixture
def voice(case, tmp_path):
    return arrived(case, ("v.ogg", recordings.voice(tmp_path / "v.ogg")))


@pytest.fixture
def photo(case):
    return arrived(case, ("p.jpg", samples.telltale_jpeg()))


# --- pages, stills, words -------------------------------------------------------------------------------------------


def test_staff_see_the_pages_of_a_document_sandboxed_and_recorded(client, worker, letter):
    web, file = sign_in(client, worker), file_of(letter)
    page = web.get(reverse("logs:entry", args=[letter.case_id, letter.pk])).text
    assert "3 pages." in page
    for number in (1, 2, 3):
        assert address("page", file, number) in page
    sheet = web.get(address("page", file, 2))
    assert (sheet.status_code, sheet["Content-Type"]) == (200, "image/jpeg")
    assert sheet["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert Event.objects.filter(action="evidence.viewed", detail__page=2).count() == 1
    assert web.get(address("page", file, 4)).status_code == 404


@pytest.mark.parametrize("kind", ["document", "report", "text"])
def test_parts_that_are_no_pictures_are_never_sent_as_copies(client, worker, letter, kind):
    assert sign_in(client, worker).get(address("copy", file_of(letter), kind)).status_code == 404


def test_the_words_of_a_document_can_be_read_and_searched(client, worker, letter):
    page = sign_in(client, worker).get(address("words", file_of(letter)))
    assert page.text.count("Letter to Anna") == 3
    assert "Page 3" in page.text
    assert Event.objects.filter(action="evidence.viewed", detail__kind="text").exists()


def test_she_sees_the_pages_of_her_letter_and_the_stills_of_her_film(client, case, her, letter, tmp_path):
    film = arrived(case, ("f.mp4", recordings.film(tmp_path / "f.mp4")))
    web = sign_in(client, her)
    page = web.get(f"/notes/{letter.number}/").text
    assert f"/notes/{letter.number}/files/1/pages/3/" in page
    assert web.get(f"/notes/{letter.number}/files/1/pages/3/").status_code == 200
    assert web.get(f"/notes/{letter.number}/files/1/pages/4/").status_code == 404
    assert "stills from your film" in web.get(f"/notes/{film.number}/").text
    assert web.get(f"/notes/{film.number}/files/1/")["Content-Type"] == "image/jpeg"


def test_a_locked_file_shows_no_page_no_word_and_no_place(client, worker, her, photo):
    file = file_of(photo)
    with acting_as(worker.pk):
        lock_evidence(key=uuid7(), evidence=file, by=worker, reason="child_abuse", words="")
    web = sign_in(client, worker)
    assert web.post(address("says", file)).status_code == 404
    assert web.get(address("words", file)).status_code == 404
    page = web.get(reverse("logs:entry", args=[photo.case_id, photo.pk])).text
    assert "SECRET-MAKER" not in page
    hers = sign_in(client, her)
    assert "SECRET-MAKER" not in hers.get(f"/notes/{photo.number}/").text
    assert hers.post(f"/notes/{photo.number}/files/1/where/").status_code == 404
    assert not Event.objects.filter(action="evidence.place").exists()


# --- what a file says -----------------------------------------------------------------------------------------------


def test_what_a_file_says_is_shown_apart_and_its_place_only_to_who_asks(client, worker, photo):
    web, file = sign_in(client, worker), file_of(photo)
    page = web.get(reverse("logs:entry", args=[photo.case_id, photo.pk])).text
    assert "What the file says of itself" in page
    assert "SECRET-MAKER" in page
    assert PLACE not in page
    assert "52.6" not in page
    assert not Event.objects.filter(action="evidence.place").exists()
    assert web.get(address("says", file)).status_code == 405
    asked = web.post(address("says", file))
    assert PLACE in asked.text
    assert Event.objects.get(action="evidence.place").target_id == str(file.pk)


def test_she_sees_the_place_only_on_her_own_press(client, her, photo):
    web = sign_in(client, her)
    assert "52.6" not in web.get(f"/notes/{photo.number}/").text
    assert web.get(f"/notes/{photo.number}/files/1/where/").status_code == 405
    assert PLACE in web.post(f"/notes/{photo.number}/files/1/where/").text
    assert Event.objects.get(action="evidence.place").actor_id == her.pk


def test_a_stranger_asks_in_vain(client, photo):
    file = file_of(photo)
    assert sign_in(client, UserFactory()).post(address("says", file)).status_code == 404
    other = CaseFactory(portal=True).victim.user
    assert sign_in(client, other).post(f"/notes/{photo.number}/files/1/where/").status_code == 404
    assert not Event.objects.filter(action="evidence.place").exists()


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("2026:06:03 21:14:05", "3 June 2026 at 21:14:05"),
        ("2026:06:03 21:14:05 +01:00", "3 June 2026 at 21:14:05 (+01:00)"),
        ("2026-06-03T20:14:05.000000Z", "3 June 2026 at 20:14:05 (UTC)"),
        ("2026-06-03T20:14:05+0100", "3 June 2026 at 20:14:05 (+0100)"),
        ("D:20260603211405+01'00'", "3 June 2026 at 21:14:05 (+0100)"),
        ("2026-06-03", "3 June 2026"),
        ("2028:02:29 02:30:00", "29 February 2028 at 02:30:00"),
        ("2026:03:29 01:30:00", "29 March 2026 at 01:30:00"),
        ("0000:00:00 00:00:00", "0000:00:00 00:00:00"),
        ("2026:02:29 10:00:00", "2026:02:29 10:00:00"),
        ("Wed, 3 Jun 2026 21:14:05 +0100", "Wed, 3 Jun 2026 21:14:05 +0100"),
    ],
)
def test_a_files_time_is_shown_as_it_is_written_and_never_worked_out(written, words):
    assert facts.in_words("taken", written) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [("0.4", "0 seconds"), ("59.6", "1 minute"), ("125.0", "2 minutes 5 seconds"), ("1", "1 second"), ("x", "x")],
)
def test_a_length_is_said_in_minutes_and_seconds(seconds, words):
    assert facts.in_words("length", seconds) == words


# --- what is heard --------------------------------------------------------------------------------------------------


def typed(text, **changes):
    return {"text": text, "language": "pl", "based_on": "0", "key": str(uuid4()), **changes}


def test_staff_type_what_is_said_and_it_stands_beside_with_who_and_when(client, worker, voice):
    web, file = sign_in(client, worker), file_of(voice)
    answer = web.post(address("heard", file), typed(WORDS))
    assert answer.url == reverse("logs:entry", args=[voice.case_id, voice.pk])
    page = web.get(answer.url).text
    assert "Typed by a person, version 1" in page
    assert "in Polish" in page
    assert "Sam Rowan" in page
    kept = Transcript.objects.get()
    assert kept.text == WORDS
    assert (kept.number, kept.source, kept.case_id) == (1, "on_behalf", voice.case_id)
    assert Event.objects.get(action="evidence.heard").detail == {"sha256": kept.digest, "version": 1}


def test_a_correction_is_a_further_version_and_the_first_stays(client, worker, voice):
    web, file = sign_in(client, worker), file_of(voice)
    web.post(address("heard", file), typed("He says: now."))
    form = web.get(address("heard", file)).text
    assert "He says: now." in form
    web.post(address("heard", file), typed("He says: no.", based_on="1"))
    page = web.get(reverse("logs:entry", args=[voice.case_id, voice.pk])).text
    assert page.index("He says: no.") < page.index("He says: now.")
    assert list(Transcript.objects.order_by("number").values_list("number", flat=True)) == [1, 2]


def test_two_who_type_at_once_lose_nothing(client, worker, her, voice):
    web, file = sign_in(client, worker), file_of(voice)
    type_what_is_heard(key=uuid4(), evidence=file, text="Hers.", language="pl", based_on=0, by=her)
    sent = typed("Mine.")
    answer = web.post(address("heard", file), sent)
    assert answer.status_code == 409
    assert "Hers." in answer.text
    assert "Mine." in answer.text
    assert 'name="based_on" value="1"' in answer.text
    assert web.post(address("heard", file), sent | {"based_on": "1"}).status_code == 302
    assert set(Transcript.objects.values_list("text", flat=True)) == {"Hers.", "Mine."}


def test_the_same_page_sent_twice_is_kept_once_and_other_words_refused(worker, voice):
    file, key = file_of(voice), uuid4()
    said = {"key": key, "evidence": file, "language": "en", "based_on": 0, "by": worker}
    first = type_what_is_heard(text="One.", **said)
    assert type_what_is_heard(text="One.", **said) == first
    with pytest.raises(OtherContent):
        type_what_is_heard(text="Two.", **said)
    with pytest.raises(TypedMeanwhile):
        type_what_is_heard(text="Three.", **said | {"key": uuid4()})


def test_nothing_typed_is_asked_for_in_words(client, worker, voice):
    answer = sign_in(client, worker).post(address("heard", file_of(voice)), typed("  "))
    assert answer.status_code == 422
    assert "Write what is said in it" in answer.text


def test_only_a_recording_can_be_heard(client, worker, her, photo):
    assert sign_in(client, worker).get(address("heard", file_of(photo))).status_code == 404
    assert sign_in(client, her).get(f"/notes/{photo.number}/files/1/said/").status_code == 404


def test_she_writes_down_what_is_said_and_her_caseworker_sees_it(client, worker, her, voice):
    web = sign_in(client, her)
    note = f"/notes/{voice.number}/"
    assert "You cannot play it here" in web.get(note).text
    sent = {"text": "I can see you.", "based_on": "0", "key": str(uuid4())}
    assert web.post(f"{note}files/1/said/", sent).url == note
    page = web.get(note).text
    assert "I can see you." in page
    assert "written by you" in page
    assert Transcript.objects.get().language == "pl"
    theirs = sign_in(client, worker).get(reverse("logs:entry", args=[voice.case_id, voice.pk])).text
    assert "I can see you." in theirs


def test_the_entry_page_asks_the_same_of_one_file_as_of_ten(client, worker, case):
    counts = []
    for files in (1, 10):
        incident = IncidentFactory(case=case, recorded_by=case.victim.user)
        for _ in range(files):
            evidence = EvidenceFactory(incident=incident, media_type="audio/ogg", uploaded_by=case.victim.user)
            type_what_is_heard(key=uuid4(), evidence=evidence, text="x", language="en", based_on=0, by=worker)
        web = sign_in(client, worker)
        web.get(reverse("logs:entry", args=[case.pk, incident.pk]))
        with CaptureQueriesContext(connection) as asked:
            web.get(reverse("logs:entry", args=[case.pk, incident.pk]))
        counts.append(len(asked))
    assert counts[0] == counts[1]
