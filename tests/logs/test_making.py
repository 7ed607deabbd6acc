"""What becomes of each kind of file, the bad ones too: rows 1 to 18 of the list of bad inputs."""

import io
import json
import os
from datetime import date, timedelta
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.utils import timezone
from PIL import Image

from audit.models import Event
from cases.models import Case
from jobs.actions import ask, run_due
from jobs.models import Job
from logs import reading, saying, sheets
from logs.actions import record_incident
from logs.filetypes import sniff
from logs.making import recipes, showing, steps, sweeping, working
from logs.making.recipes import recipe_of, version
from logs.models import CustodyEvent, Evidence, EvidenceFact, Rendition
from nsvcs.identity import acting_as
from nsvcs.ids import uuid7
from nsvcs.storage import file_store
from tests.bundles.world import make_pdf
from tests.factories import CaseFactory
from tests.logs import recordings, samples

pytestmark = pytest.mark.django_db
Kind = Rendition.Kind


def send(content: bytes, name: str = "a", case: Case | None = None) -> Evidence:
    case = case or CaseFactory(portal=True)
    fields = {"occurred_on": date(2026, 6, 3), "what_happened": "He rang."}
    files = [SimpleUploadedFile(name, content)]
    kept = record_incident(draft_id=uuid7(), case=case, fields=fields, files=files, by=case.victim.user)
    return Evidence.objects.get(incident=kept.incident)


def made_of(content: bytes) -> Evidence:
    evidence = send(content)
    run_due()
    assert Job.objects.get(kind="copy").state == Job.State.DONE
    return evidence


def part(evidence: Evidence, kind: str, number: int = 1) -> Rendition:
    return Rendition.objects.get(evidence=evidence, kind=kind, number=number)


def bytes_of(row: Rendition) -> bytes:
    with file_store().open(row.storage_name) as file:
        return file.read()


def states(evidence: Evidence) -> dict[str, str]:
    rows = Rendition.objects.filter(evidence=evidence, number=1)
    return {row.kind: row.error_code or row.state for row in rows}


def facts_of(evidence: Evidence) -> dict[str, str]:
    return {fact.kind: fact.value for fact in EvidenceFact.objects.filter(evidence=evidence)}


def pdf_of(folder: Path, pages: int = 2, **changes) -> bytes:
    path = folder / "made.pdf"
    make_pdf(path, pages=pages, **changes).close()
    return path.read_bytes()


# --- the rows of bad inputs ----------------------------------------------------------------------------------------

CORRUPT = b"%PDF-1.7\n" + bytes(range(256)) * 40


def test_1_a_corrupt_pdf_is_kept_and_said_to_be_damaged():
    evidence = made_of(CORRUPT)
    assert states(evidence) == {"report": "ok", "document": "damaged", "sheet": "no_copy", "text": "no_copy"}
    assert list(evidence.custody.order_by("at").values_list("kind", flat=True)) == ["arrived", "not_copied"]


def test_2_a_cut_off_pdf_shows_what_could_be_read_and_says_so(tmp_path):
    content = pdf_of(tmp_path, pages=3)
    evidence = made_of(content[: int(len(content) * 0.9)])
    assert states(evidence)["document"] in {"ok", "damaged"}
    if states(evidence)["document"] == "ok":
        assert part(evidence, "document").notes == ["mended"]


def test_3_a_pdf_with_a_password_says_so():
    assert states(made_of(samples.pdf(password="x")))["document"] == "password"


def test_4_a_pdf_with_restrictions_only_is_shown_and_the_original_untouched():
    content = samples.pdf(owner="x")
    evidence = made_of(content)
    assert states(evidence)["document"] == "ok"
    assert b"restrictions" in bytes_of(part(evidence, "report"))
    with file_store().open(evidence.storage_name) as file:
        assert file.read() == content


def test_5_an_empty_file_is_refused_in_words(tmp_path):
    assert sniff(samples.written(tmp_path, b"")).code == "empty"


def test_6_scripts_actions_and_attachments_do_not_come_along(tmp_path):
    path = tmp_path / "h.pdf"
    with make_pdf(path) as pdf:
        pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))
        pdf.attachments["secret.txt"] = b"SECRET-ATTACHED"
        pdf.save(path, compress_streams=False)
    evidence = made_of(path.read_bytes())
    with pikepdf.open(io.BytesIO(bytes_of(part(evidence, "document")))) as clean:
        assert "/OpenAction" not in clean.Root
        assert not clean.attachments
        assert all("/AA" not in page.obj for page in clean.pages)


def test_7_a_pdf_that_bursts_is_not_opened(tmp_path):
    path = tmp_path / "b.pdf"
    with make_pdf(path) as pdf:
        pdf.pages[0].Contents = pikepdf.Stream(pdf, b"q Q " * 110_000_000)
        pdf.save(path, compress_streams=True, recompress_flate=True)
    assert path.stat().st_size < 2_000_000
    assert states(made_of(path.read_bytes()))["document"] in {"too_large", "memory"}


def test_8_an_enormous_page_is_scaled_onto_a4(tmp_path):
    path = tmp_path / "large.pdf"
    with make_pdf(path) as pdf:
        pdf.pages[0].MediaBox = pikepdf.Array([0, 0, 200_000, 200_000])
        pdf.save(path)
    evidence = made_of(path.read_bytes())
    with pikepdf.open(io.BytesIO(bytes_of(part(evidence, "document")))) as clean:
        assert max(float(side) for side in clean.pages[0].mediabox) < 850
    assert max(part(evidence, "sheet").width, part(evidence, "sheet").height) < 2_000


@pytest.mark.parametrize("form", ["HEIF", "AVIF"])
def test_9_pictures_of_new_phones_are_decoded(form):
    evidence = made_of(samples.encoded(samples.drawing(), form))
    assert states(evidence)["page"] == "ok"
    assert (part(evidence, "page").width, part(evidence, "page").media_type) == (400, "image/jpeg")


def test_11_a_cut_off_photo_shows_what_there_is_and_is_marked():
    content = samples.encoded(Image.effect_noise((400, 300), 90).convert("RGB"), "JPEG")
    assert part(made_of(content[: len(content) // 2]), "page").notes == ["damaged"]


def test_12_a_picture_made_to_burst_is_refused(tmp_path):
    assert sniff(samples.written(tmp_path, samples.huge_png())).code == "too_many_pixels"


def test_13_a_page_or_archive_behind_a_picture_dies_in_the_copy():
    evidence = made_of(samples.jpeg() + samples.zipped(("a.html", samples.HTML)))
    assert b"PK\3\4" not in bytes_of(part(evidence, "page")) + bytes_of(part(evidence, "thumbnail"))


def test_14_a_web_page_named_as_a_picture_is_refused(tmp_path):
    assert sniff(samples.written(tmp_path, samples.HTML, "photo.jpg")).code == "web_page"


@pytest.mark.parametrize(
    "content",
    [
        samples.encoded(samples.drawing(mode="CMYK"), "JPEG"),
        samples.encoded(Image.new("I;16", (50, 50), 40_000), "PNG"),
        samples.encoded(samples.drawing(mode="RGBA"), "PNG"),
        samples.jpeg(icc_profile=samples.icc_profile()),
    ],
    ids=["cmyk", "16 bit", "alpha", "profile"],
)
def test_15_every_kind_of_colour_becomes_plain_red_green_and_blue(content):
    copy = bytes_of(part(made_of(content), "page"))
    with Image.open(io.BytesIO(copy)) as image:
        assert (image.mode, image.info.get("icc_profile")) == ("RGB", None)


def test_16_a_moving_picture_shows_its_first_frame_and_a_sheet_of_the_others():
    evidence = made_of(samples.animated_gif())
    assert "first_frame_only" in part(evidence, "page").notes
    assert part(evidence, "stills").page_count > 1


def test_17_a_film_becomes_a_sheet_of_stills_with_its_length(tmp_path):
    evidence = made_of(recordings.film(tmp_path / "f.mp4", location="+52.6309+001.2973/"))
    sheet = part(evidence, "stills")
    assert (sheet.page_count, sheet.media_type) == (12, "image/jpeg")
    found = facts_of(evidence)
    assert (found["length"], found["format"], found["place"]) == ("3.0", "mpeg4", "52.630900, 1.297300")
    assert b"52.63" not in bytes_of(sheet)


def test_17_a_film_held_upright_is_shown_upright(tmp_path):
    film = recordings.turned(recordings.film(tmp_path / "f.mp4", seconds=1))
    sheet = part(made_of(film), "stills")
    with Image.open(io.BytesIO(bytes_of(sheet))) as image:
        assert image.height > image.width / 3 * 2  # stills are tall


def test_17_a_damaged_film_shows_what_can_be_read_or_says_why(tmp_path):
    film = recordings.film(tmp_path / "f.mp4")
    broken = bytearray(film)
    middle = film.index(b"mdat") + 2_000
    broken[middle : middle + 4_000] = os.urandom(4_000)
    assert states(made_of(bytes(broken)))["stills"] in {"ok", "unreadable"}


@pytest.mark.parametrize(
    ("form", "codec", "rate"), [("ogg", "libopus", 48_000), ("ipod", "aac", 44_100), ("wav", "pcm_s16le", 8_000)]
)
def test_18_a_voice_note_says_how_long_it_is_and_has_no_picture(tmp_path, form, codec, rate):
    evidence = made_of(recordings.voice(tmp_path / "v", form, codec, rate))
    assert 1.8 < float(facts_of(evidence)["length"]) < 2.3
    assert set(states(evidence)) == {"report"}


def test_18_a_voice_note_that_is_no_sound_is_kept_without_a_fact():
    evidence = made_of(samples.ogg())
    assert states(evidence) == {"report": "ok"}


# --- parts ----------------------------------------------------------------------------------------------------------


def test_a_document_gets_its_pages_pictures_of_them_and_its_words(tmp_path):
    evidence = made_of(pdf_of(tmp_path, pages=3, words="Letter to Anna"))
    assert states(evidence) == {"report": "ok", "document": "ok", "sheet": "ok", "text": "ok"}
    assert part(evidence, "document").page_count == 3
    assert Rendition.objects.filter(evidence=evidence, kind="sheet").count() == 3
    assert "Letter to Anna" in bytes_of(part(evidence, "text")).decode()
    assert {row.original_sha256 for row in evidence.renditions.all()} == {evidence.sha256}
    kinds = (Kind.REPORT, Kind.DOCUMENT, Kind.SHEET, Kind.TEXT)
    assert {row.recipe for row in evidence.renditions.all()} == {recipe_of(kind) for kind in kinds}


def test_only_the_first_pages_of_a_long_document_become_pictures(tmp_path, monkeypatch):
    evidence = made_of(pdf_of(tmp_path, pages=sheets.MOST_SHEETS + 3))
    assert part(evidence, "document").page_count == sheets.MOST_SHEETS + 3
    assert Rendition.objects.filter(evidence=evidence, kind="sheet").count() == sheets.MOST_SHEETS


def test_words_that_a_page_hides_are_in_no_part(tmp_path):
    path = tmp_path / "h.pdf"
    with make_pdf(path, words="SECRET-HIDDEN") as pdf:
        pdf.pages[0].CropBox = pikepdf.Array([0, 0, 50, 50])
        pdf.save(path)
    evidence = made_of(path.read_bytes())
    assert part(evidence, "document").pictured == [1]
    with pypdfium2.PdfDocument(bytes_of(part(evidence, "document"))) as clean:
        assert "SECRET" not in clean[0].get_textpage().get_text_bounded()
    assert not part(evidence, "text").storage_name


def test_what_a_photo_says_is_beside_it_and_never_in_a_copy():
    evidence = made_of(samples.telltale_jpeg())
    found = facts_of(evidence)
    assert (found["device"], found["place"]) == ("SECRET-MAKER", "52.630833, 1.297222")
    told = json.loads(bytes_of(part(evidence, "report")))
    assert ["EXIF", "Make", "SECRET-MAKER"] in told["fields"]
    assert b"SECRET" not in bytes_of(part(evidence, "page"))


def test_without_a_reader_a_picture_says_that_its_words_cannot_be_searched(monkeypatch):
    monkeypatch.setattr(reading, "is_here", lambda: False)
    assert states(made_of(samples.jpeg()))["text"] == "no_reader"


def test_the_library_reads_a_screenshot_on_a_machine_without_the_program(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    evidence = made_of(samples.screenshot("I saw you at 14 Marsh Lane"))
    assert "I saw you at 14 Marsh Lane" in bytes_of(part(evidence, "text")).decode()


def test_with_a_reader_the_words_of_a_picture_and_of_a_scan_are_read(tmp_path, reader):
    evidence = made_of(samples.jpeg())
    text = part(evidence, "text")
    assert (bytes_of(text).decode(), text.notes, text.recipe) == ("He rang 11 times", ["by_machine"], "text-2+read")
    Job.objects.all().delete()
    scan = part(made_of(samples.pdf(pages=2)), "text")
    assert bytes_of(scan).decode() == "He rang 11 times\fHe rang 11 times"


# --- what is in the store already ---


@pytest.fixture
def old(tmp_path):
    """A document from before its parts were made at arrival, and no job in hand."""
    evidence = send(pdf_of(tmp_path))
    Job.objects.all().delete()
    return evidence


def test_what_is_in_the_store_already_gets_its_parts_too(old):
    call_command("make_copies", "--here", stdout=io.StringIO())
    assert set(states(old)) == {"report", "document", "sheet", "text"}
    assert sweeping.ask_for_missing_parts() == 0


def test_a_new_recipe_makes_new_parts_beside_the_old(old, monkeypatch):
    call_command("make_copies", "--here", stdout=io.StringIO())
    monkeypatch.setitem(recipes.VERSIONS, Kind.SHEET, "sheet-2")
    call_command("make_copies", "--here", stdout=io.StringIO())
    assert set(old.renditions.filter(kind="sheet").values_list("recipe", flat=True)) == {"sheet-1", "sheet-2"}
    fetched = Evidence.objects.with_copies().get(pk=old.pk)
    assert {each.recipe for each in showing.newest_parts(fetched, "sheet")} == {"sheet-2"}


def test_a_file_of_which_nothing_comes_is_asked_for_once_a_day(old):
    with file_store().path_or_copy(old.storage_name) as path:
        path.unlink()
    assert sweeping.ask_for_missing_parts() == 1
    assert sweeping.ask_for_missing_parts() == 0
    run_due()
    assert sweeping.ask_for_missing_parts() == 0
    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1)):
        assert sweeping.ask_for_missing_parts() == 1


def test_the_sweep_sees_no_case(old):
    with acting_as(process="worker"):
        assert Evidence.objects.count() == 0


# --- the job --------------------------------------------------------------------------------------------------------


def test_a_job_that_runs_again_makes_nothing_anew(tmp_path):
    evidence = made_of(pdf_of(tmp_path))
    before = set(Rendition.objects.values_list("pk", flat=True))
    ask(name="copy", key="copy:again", object_id=evidence.pk, case_id=evidence.case_id, by=None)
    run_due()
    assert set(Rendition.objects.values_list("pk", flat=True)) == before
    assert EvidenceFact.objects.filter(evidence=evidence).count() == len(facts_of(evidence))


class Killed(BaseException):
    """The worker is gone from one moment to the next."""


def test_a_worker_killed_between_two_steps_loses_only_the_one_it_was_at(tmp_path, monkeypatch):
    evidence = send(pdf_of(tmp_path))
    real = steps._child

    def dies(target, *args):
        if target == sheets.DRAW:
            raise Killed
        return real(target, *args)

    monkeypatch.setattr(steps, "_child", dies)
    with pytest.raises(Killed):
        run_due()
    assert set(states(evidence)) == {"report", "document"}
    first = set(Rendition.objects.values_list("pk", flat=True))
    monkeypatch.setattr(steps, "_child", real)
    Job.objects.filter(kind="copy").update(state=Job.State.QUEUED, silent_after=None)
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        run_due()
    assert set(states(evidence)) == {"report", "document", "sheet", "text"}
    assert first < set(Rendition.objects.values_list("pk", flat=True))


def test_one_step_that_fails_in_passing_holds_up_no_other(tmp_path, monkeypatch):
    evidence = send(pdf_of(tmp_path))
    real = steps._child

    def fails(target, *args):
        if target == saying.SAYING:
            raise working.ChildFailed("crash")
        return real(target, *args)

    monkeypatch.setattr(steps, "_child", fails)
    run_due()
    assert set(states(evidence)) == {"document", "sheet", "text"}
    assert Job.objects.get(kind="copy").state == Job.State.QUEUED


def test_a_changed_or_missing_original_is_never_copied():
    evidence = send(samples.jpeg())
    with file_store().path_or_copy(evidence.storage_name) as path:
        path.chmod(0o600)
        path.write_bytes(samples.jpeg(200, 100))
    run_due()
    job = Job.objects.get(kind="copy")
    assert (job.state, job.error_code) == (Job.State.FAILED, "original_changed")
    assert not Rendition.objects.exists()


def test_what_was_made_is_in_the_trail_without_a_word_of_it(tmp_path):
    made_of(pdf_of(tmp_path, words="Letter to Anna"))
    rows = Event.objects.filter(action="copy.made")
    assert {row.detail["recipe"] for row in rows} == {
        recipe_of(k) for k in (Kind.REPORT, Kind.DOCUMENT, Kind.SHEET, Kind.TEXT)
    }
    assert CustodyEvent.objects.filter(kind="copied").count() == 1


def test_all_recipes_have_one_word():
    assert version() == "re2-pa2-th2-fi1-do2-re2-sh1-st1-te2" or version().endswith("read")
