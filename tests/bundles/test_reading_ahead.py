"""Pictures in files are read when their copies are made; the gate of a bundle reads only what is left."""

import io
from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from bundles.models import BundleCheck, PictureWords
from cases.models import ProtectedTerm
from jobs import child
from jobs.actions import run, run_due
from jobs.models import Job
from logs import reading
from logs.actions import record_incident
from logs.models import Evidence
from nsvcs.ids import uuid7
from tests.bundles.test_actions import ask_for
from tests.bundles.test_files_kept_apart import lock
from tests.bundles.world import make_pdf
from tests.factories import CaseFactory, UserFactory
from tests.logs.recordings import film, voice
from tests.logs.samples import screenshot

pytestmark = pytest.mark.django_db
SAYS = ("I know about Willowbank", "You will not get away", "Answer me now")


@pytest.fixture
def worker(db: Any) -> Any:
    return UserFactory()


@pytest.fixture
def case(worker: Any) -> Any:
    return CaseFactory(portal=True, worker=worker)


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each target was called in a child process."""
    counted: Counter[str] = Counter()
    real = child.run

    def run_and_count(target: str, payload: Mapping[str, Any], **limits: Any) -> child.Outcome:
        counted[target] += len(payload["sources"]) if target == reading.READ else 1
        return real(target, payload, **limits)

    monkeypatch.setattr(child, "run", run_and_count)
    return counted


def scan(*pages: str, beside: str = "") -> bytes:
    """A document whose pages are pictures with words in them; words written `beside` the pictures too."""
    pdf = pikepdf.new()
    for words in pages:
        with Image.open(io.BytesIO(screenshot(words))) as opened:
            picture = opened.convert("RGB")
        page = pdf.add_blank_page(page_size=(595, 842))
        image = pdf.make_stream(
            picture.tobytes(), Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=picture.width,
            Height=picture.height, ColorSpace=pikepdf.Name.DeviceRGB, BitsPerComponent=8,
        )  # fmt: skip
        page.add_resource(image, pikepdf.Name.XObject, pikepdf.Name.Scan)
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        page.add_resource(pdf.make_indirect(font), pikepdf.Name.Font, pikepdf.Name.F1)
        height = 500 * picture.height // picture.width
        drawn = f"q 500 0 0 {height} 40 {700 - height} cm /Scan Do Q BT /F1 9 Tf 40 780 Td ({beside}) Tj ET"
        page.Contents = pdf.make_stream(drawn.encode())
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


def send(case: Any, *contents: tuple[str, bytes]) -> None:
    files = [SimpleUploadedFile(name, content) for name, content in contents]
    fields = {"occurred_on": date(2026, 6, 3), "what_happened": "He wrote."}
    record_incident(draft_id=uuid7(), case=case, fields=fields, files=files, by=case.victim.user)


def words_read() -> str:
    return "\n".join(row.words for row in PictureWords.objects.all())


LONG = " ".join(["word"] * 40)


@pytest.mark.parametrize("beside", ["", LONG], ids=["a scan", "pictures beside words"])
def test_pages_of_a_document_are_read_at_arrival_once_and_the_gate_finds_them(
    case: Any, worker: Any, calls: Counter[str], beside: str
) -> None:
    send(case, ("a.pdf", scan(*SAYS, beside=beside)))
    run_due()
    assert PictureWords.objects.count() == len(SAYS)
    assert all(said.split()[-1] in words_read() for said in SAYS)
    assert calls[reading.READ] == len(SAYS)  # a scan's words, which can be searched, are those that the gate takes

    ProtectedTerm.objects.create(case=case, kind="addresses", words="Willowbank", added_by=worker)
    bundle = ask_for(case, worker)
    run_due()

    assert calls[reading.READ] == len(SAYS)
    found = BundleCheck.objects.get(bundle=bundle, code="pictures", colour="red", is_soft=False)
    assert (found.item, found.what) == ("E1", "addresses")


def test_stills_of_a_film_are_read_too(case: Any, worker: Any, calls: Counter[str], tmp_path: Any) -> None:
    send(case, ("a.mp4", film(tmp_path / "film.mp4")))
    run_due()
    before = calls[reading.READ]
    assert before == PictureWords.objects.count() == 1

    bundle = ask_for(case, worker)
    run_due()

    assert calls[reading.READ] == before
    assert BundleCheck.objects.filter(bundle=bundle, code="pictures", colour="yellow").count() == 0


def test_a_file_without_pictures_in_its_pages_is_not_read(case: Any, tmp_path: Any, calls: Counter[str]) -> None:
    make_pdf(tmp_path / "a.pdf", words="A letter of no weight").close()
    send(case, ("a.pdf", (tmp_path / "a.pdf").read_bytes()))
    run_due()
    assert Job.objects.get(kind="read_ahead").state == Job.State.DONE
    assert not PictureWords.objects.exists()
    assert not calls[reading.READ]


def test_a_file_of_which_nothing_is_shown_asks_for_no_reading(case: Any, tmp_path: Any) -> None:
    send(case, ("a.ogg", voice(tmp_path / "voice.ogg")))
    run_due()
    assert not Job.objects.filter(kind="read_ahead").exists()


def copied(case: Any) -> Job:
    """The job that reads a file whose copies have been made."""
    send(case, ("a.pdf", scan(*SAYS, beside=LONG)))
    copy = Job.objects.get(kind="copy")
    for kind in ("scan", "copy"):
        for job in Job.objects.filter(kind=kind, state=Job.State.QUEUED):
            run(job.pk)
    copy.refresh_from_db()
    assert copy.state == Job.State.DONE
    return Job.objects.get(kind="read_ahead")


def test_a_file_that_was_locked_meanwhile_is_not_read(case: Any, worker: Any) -> None:
    job = copied(case)
    lock(Evidence.objects.get(), worker)
    run(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.DONE
    assert not PictureWords.objects.exists()


def test_a_second_run_reads_nothing_again(case: Any, calls: Counter[str]) -> None:
    job = copied(case)
    run(job.pk)
    read = calls[reading.READ]
    Job.objects.filter(pk=job.pk).update(state=Job.State.QUEUED)
    run(job.pk)
    assert calls[reading.READ] == read == len(SAYS)
