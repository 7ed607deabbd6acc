"""The bundle takes what was made when a file arrived: a document's pages, stills of a film, what was heard."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from bundles.engine import assembling
from bundles.models import Bundle
from bundles.selection.beside import as_engine_takes_it, what_was_said
from bundles.selection.freezing import withholder_for
from jobs.actions import run_due
from logs.actions import record_incident, say_of_file, type_what_is_heard
from logs.making import recipes
from logs.models import Evidence, Rendition
from nsvcs.ids import uuid7
from nsvcs.storage import file_store
from tests.bundles.test_actions import ask_for, text_of
from tests.bundles.world import make_pdf
from tests.factories import CaseFactory, UserFactory
from tests.logs import recordings, samples
from tests.logs.test_readable import letter as letter_in_word

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker():
    return UserFactory()


@pytest.fixture
def case(worker):
    return CaseFactory(portal=True, worker=worker)


@pytest.fixture
def cleaned(monkeypatch):
    """How often a bundle cleaned a document itself."""
    calls = []
    real = assembling.cleaning_of

    def counted(exhibit):
        calls.append(exhibit)
        return real(exhibit)

    monkeypatch.setattr(assembling, "cleaning_of", counted)
    return calls


def arrived(case, *files):
    fields = {"occurred_on": date(2026, 6, 3), "what_happened": "He wrote."}
    uploads = [SimpleUploadedFile(name, content) for name, content in files]
    record_incident(draft_id=uuid7(), case=case, fields=fields, files=uploads, by=case.victim.user)
    run_due()


def built(case, worker):
    bundle = ask_for(case, worker)
    run_due()
    bundle.refresh_from_db()
    assert bundle.state == "ready"
    return bundle


def taken(case, worker):
    """What the engine is given of the one file of the case."""
    bundle = Bundle(case=case, asked_at=timezone.now(), shown=[], recipient="police")
    row = Evidence.objects.with_copies().with_beside().get(case=case)
    return as_engine_takes_it(row, bundle, withholder_for(bundle))


@pytest.fixture
def letter(case, tmp_path):
    make_pdf(tmp_path / "l.pdf", pages=3, words="Letter to Anna").close()
    arrived(case, ("l.pdf", (tmp_path / "l.pdf").read_bytes()))


def test_pages_made_at_arrival_are_taken_and_not_made_again(case, worker, letter, cleaned):
    bundle = built(case, worker)
    assert cleaned == []
    assert text_of(bundle).count("Letter to Anna") == 3


def test_pages_that_are_not_what_was_made_are_made_anew(case, worker, letter, cleaned):
    row = Rendition.objects.get(kind="document")
    with file_store().path_or_copy(row.storage_name) as path:
        path.chmod(0o600)
        path.write_bytes(path.read_bytes()[:-10])
    bundle = built(case, worker)
    assert len(cleaned) == 1
    assert text_of(bundle).count("Letter to Anna") == 3


def test_pages_by_another_recipe_are_made_anew(case, worker, letter, monkeypatch):
    monkeypatch.setitem(recipes.VERSIONS, Rendition.Kind.DOCUMENT, "document-9")
    assert "copy_path" not in taken(case, worker)


def test_a_film_is_shown_by_stills_that_say_so_and_how_long_it_is(case, worker, tmp_path):
    arrived(case, ("f.mp4", recordings.film(tmp_path / "f.mp4")))
    told = taken(case, worker)
    assert told["kind"] == "image"
    assert told["copy_note"] == "Stills from a film of 3 seconds, each with its place in it."
    assert told["taken_words"] == "3 June 2026 at 20:14:05 (UTC)"
    assert "Stills from a film of 3 seconds" in text_of(built(case, worker))


def test_what_was_heard_is_printed_beside_a_recording_with_who_typed_it(case, worker, tmp_path):
    arrived(case, ("v.ogg", recordings.voice(tmp_path / "v.ogg")))
    said = {"evidence": Evidence.objects.get(), "language": "pl", "by": case.victim.user}
    type_what_is_heard(key=uuid7(), text="Old words.", based_on=0, **said)
    type_what_is_heard(key=uuid7(), text="Ring 07700 900123. I can see you.", based_on=1, **said)
    text = text_of(built(case, worker))
    assert "It is a sound recording of 2 seconds." in text
    assert "I can see you." in text
    assert "07700" not in text
    assert "Old words." not in text
    assert "Typed by the victim" in text
    assert "It does not stand for the recording." in text
    assert "Language: Polish." in text


def test_what_was_typed_after_the_choice_was_frozen_is_not_in_it(case, worker, tmp_path):
    arrived(case, ("v.ogg", recordings.voice(tmp_path / "v.ogg")))
    bundle = ask_for(case, worker)
    said = {"evidence": Evidence.objects.get(), "language": "en", "by": worker}
    type_what_is_heard(key=uuid7(), text="Too late.", based_on=0, **said)
    run_due()
    bundle.refresh_from_db()
    assert "Too late." not in text_of(bundle)


# --- what was said of a file ------------------------------------------------------------------------------------------


def said_of(evidence, by, **said):
    based_on = evidence.captions.count()
    return say_of_file(key=uuid7(), evidence=evidence, said=said, based_on=based_on, by=by)


def told_of(case, **bundle):
    shown = Bundle(**{"case": case, "asked_at": timezone.now(), "shown": [], "recipient": "police"} | bundle)
    row = Evidence.objects.select_related("incident").with_copies().with_beside().get(case=case)
    return what_was_said(row, shown, withholder_for(shown))


def test_an_exhibit_is_labelled_as_it_was_said_by_whom_on_which_day(case, worker, letter):
    evidence = Evidence.objects.get(case=case)
    taken = {"taken_on": date(2026, 6, 2), "precision": "day", "taken_by": "camera"}
    with time_machine.travel(datetime(2026, 6, 4, 12, tzinfo=UTC)):
        said_of(evidence, case.victim.user, shows="His letter. Ring 07700 900123.", language="pl", **taken)
    text = text_of(built(case, worker))
    assert "His letter." in text
    assert "07700 900123" not in text
    assert "as said by the victim on 4 June 2026, Polish" in text
    assert "a camera by itself" in text
    assert "2 June 2026" in text


def test_what_is_kept_out_of_papers_or_was_said_later_is_not_printed(case, worker, letter):
    evidence = Evidence.objects.get(case=case)
    before = timezone.now()
    said_of(evidence, worker, shows="Later.")
    assert told_of(case)["described_by"].startswith("as said by a caseworker on the victim’s behalf on")
    assert told_of(case, asked_at=before) == {}
    said_of(evidence, case.victim.user, shows="Secret.", never_disclose=True)
    assert told_of(case) == {}
    assert told_of(case, recipient="victim")["description"] == "Secret."


# --- pages to read, and pictures of several ---


def test_an_office_file_is_printed_by_its_reading_copy_which_says_so(case, worker, cleaned):
    arrived(case, ("l.docx", letter_in_word()))
    told = taken(case, worker)
    assert (told["kind"], told["copy_pages"]) == ("pdf", 1)
    text = text_of(built(case, worker))
    assert cleaned == []
    for words in ("A reading copy", "He came to the house.", "He rang", "not how they were laid out"):
        assert words in text
    assert "The next page shows this file, as a viewing copy." in text
    assert "SECRET" not in text


def test_a_file_of_words_that_cannot_be_read_has_a_page_that_says_so(case, worker):
    arrived(case, ("l.docx", samples.docx()))
    assert "No pages to read could be made of this file." in text_of(built(case, worker))


def test_an_archive_of_files_is_not_printed_and_is_listed(case, worker):
    arrived(case, ("a.zip", samples.zipped(("a.jpg", samples.jpeg()))))
    assert "Files of this kind are not printed in a bundle." in text_of(built(case, worker))


def test_each_page_of_a_scan_in_tiff_is_in_the_bundle(case, worker):
    pages = [samples.drawing(), samples.drawing(), samples.drawing()]
    arrived(case, ("s.tif", samples.encoded(pages[0], "TIFF", save_all=True, append_images=pages[1:])))
    told = taken(case, worker)
    assert (told["kind"], told["copy_pages"]) == ("pdf", 3)
    text = text_of(built(case, worker))
    assert "The next 3 pages show this file, as a viewing copy." in text
    assert "The file holds several pictures: each has a page." in text


def test_stills_of_the_film_in_a_photo_follow_the_photo(case, worker, tmp_path):
    arrived(case, ("p.jpg", samples.jpeg(exif=samples.exif()) + recordings.film(tmp_path / "f.mp4")))
    assert taken(case, worker)["copy_pages"] == 2
    assert "stills of it follow the picture" in text_of(built(case, worker))
