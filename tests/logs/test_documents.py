"""What is made of a PDF at arrival, and what is said of it to those who see the copy."""

import json
import struct
import zlib
from pathlib import Path

import pikepdf
import pytest
from django.urls import reverse
from pikepdf import Array, Dictionary, Name, String

from jobs.actions import run_due
from jobs.child import ChildFailed
from logs import reading, sheets
from logs.making import steps
from logs.models import Evidence
from nsvcs.storage import file_store
from tests.bundles.world import make_pdf
from tests.factories import CaseFactory, UserFactory
from tests.logs import samples
from tests.logs.test_cleaning import with_its_list_at_the_end
from tests.logs.test_making import bytes_of, part, send, states
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker():
    return UserFactory()


def arrived(worker, content: bytes) -> Evidence:
    evidence = send(content, case=CaseFactory(portal=True, worker=worker))
    run_due()
    return evidence


def page_of(client, worker, evidence: Evidence) -> str:
    sign_in(client, worker)
    return client.get(reverse("logs:entry", args=[evidence.case_id, evidence.incident_id])).text


def original_of(evidence: Evidence) -> bytes:
    with file_store().open(evidence.storage_name) as file:
        return file.read()


def with_links(folder: Path) -> bytes:
    path = folder / "links.pdf"
    with make_pdf(path) as pdf:
        link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 99, 99]))
        link.A = Dictionary(S=Name.URI, URI=String("http://tracker.invalid/"))
        pdf.pages[0].Annots = Array([pdf.make_indirect(link)])
        pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))
        pdf.attachments["secret.txt"] = b"SECRET"
        pdf.save(path)
    return path.read_bytes()


def test_2_a_cut_off_document_is_shown_as_a_repaired_view(client, worker):
    whole = with_its_list_at_the_end(5)
    content = whole[: int(len(whole) * 0.7)]
    evidence = arrived(worker, content)
    document = part(evidence, "document")
    assert (document.notes, original_of(evidence)) == (["mended"], content)
    assert "Repaired view: the original is damaged." in page_of(client, worker, evidence)


def test_2_pages_that_are_lost_are_named(client, worker, tmp_path):
    with make_pdf(tmp_path / "a.pdf", pages=6) as pdf:
        pdf.save(tmp_path / "b.pdf", object_stream_mode=pikepdf.ObjectStreamMode.disable)
    whole = (tmp_path / "b.pdf").read_bytes()
    evidence = arrived(worker, whole[: int(len(whole) * 0.6)])
    lost = part(evidence, "document").details["lost"]
    assert lost
    assert f"Pages that could not be read: {lost[0]} to 6." in page_of(client, worker, evidence)


def test_4_restrictions_are_noted_beside_the_copy(client, worker):
    content = samples.pdf(owner="x")
    evidence = arrived(worker, content)
    assert states(evidence)["document"] == "ok"
    assert "asks not to be printed or changed" in page_of(client, worker, evidence)
    assert original_of(evidence) == content


def test_6_what_is_not_in_the_copy_is_counted_by_kind_and_said(client, worker, tmp_path):
    evidence = arrived(worker, with_links(tmp_path))
    counted = {"script": 1, "link": 1, "attachment": 1}
    assert counted.items() <= part(evidence, "document").details["removed"].items()
    assert "Not in the copy: 1 script, 1 link, 1 attached file" in page_of(client, worker, evidence)
    told = json.loads(bytes_of(part(evidence, "report")))
    assert ["Beside the pages", "attachment", "1"] in told["fields"]
    assert "SECRET" not in json.dumps(told)


def bursting_parts() -> bytes:
    """A small file whose one stream of parts unpacks to more than any limit."""
    packed = zlib.compressobj(9)
    stream = packed.compress(b"5 0 ") + b"".join(packed.compress(b" " * 10_000_000) for _ in range(200))
    stream += packed.flush()
    head = b"<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>" % len(stream)
    written = b"%%PDF-1.5\n9 0 obj\n%s\nstream\n%s\nendstream\nendobj\n" % (head, stream)
    entries = b"".join(struct.pack(">BIB", *each) for each in ((1, 9, 0), (2, 9, 0)))
    at = len(written)
    head = b"<</Type/XRef/W[1 4 1]/Index[9 1 5 1]/Size 10/Root 5 0 R/Length %d>>" % len(entries)
    return written + b"8 0 obj\n%s\nstream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF" % (head, entries, at)


def test_7_a_document_whose_list_of_parts_bursts_is_not_opened(worker):
    content = bursting_parts()
    assert len(content) < 3_000_000
    assert states(arrived(worker, content))["document"] in {"too_large", "memory", "damaged"}


def test_8_a_page_far_larger_than_paper_is_said_to_be_smaller_here(client, worker, tmp_path):
    with make_pdf(tmp_path / "a.pdf", pages=2) as pdf:
        pdf.pages[1].MediaBox = Array([0, 0, 200_000, 200_000])
        pdf.save(tmp_path / "b.pdf")
    evidence = arrived(worker, (tmp_path / "b.pdf").read_bytes())
    assert part(evidence, "document").details["large"] == [2]
    assert "Pages far larger than paper, made smaller here: 2." in page_of(client, worker, evidence)


def test_13_an_archive_behind_a_document_dies_in_the_copy(worker, tmp_path):
    make_pdf(tmp_path / "a.pdf").close()
    content = (tmp_path / "a.pdf").read_bytes() + samples.zipped(("a.html", samples.HTML))
    evidence = arrived(worker, content)
    assert (evidence.media_type, states(evidence)["document"]) == ("application/pdf", "ok")
    assert b"PK\3\4" not in bytes_of(part(evidence, "document"))
    assert original_of(evidence) == content


def test_pages_that_could_not_be_drawn_are_said_to_be_so(client, worker, tmp_path, monkeypatch):
    make_pdf(tmp_path / "a.pdf").close()
    ask = steps._child

    def refuse(target, *args):
        if target == sheets.DRAW:
            raise ChildFailed("refused:too_large")
        return ask(target, *args)

    monkeypatch.setattr(steps, "_child", refuse)
    evidence = arrived(worker, (tmp_path / "a.pdf").read_bytes())
    assert (states(evidence)["document"], states(evidence)["sheet"]) == ("ok", "too_large")
    assert "It grows too large when it is opened, so it is not opened here. The original is kept" in page_of(
        client, worker, evidence
    )


# --- words that can be searched -------------------------------------------------------------------------------------


def half_scanned(folder: Path, scans: int = 1) -> bytes:
    """A page of text, then scans: a picture each, with the line a scanner writes beside it."""
    path = folder / "scan.pdf"
    dots = samples.jpeg(600, 800)
    with make_pdf(path, words="Letter to Anna about the flat") as pdf:
        for _ in range(scans):
            page = pdf.add_blank_page(page_size=(595, 842))
            image = pikepdf.Stream(
                pdf, dots, Type=Name.XObject, Subtype=Name.Image, Width=600, Height=800, ColorSpace=Name.DeviceRGB,
                BitsPerComponent=8, Filter=Name.DCTDecode,
            )  # fmt: skip
            page.add_resource(image, Name.XObject, Name.Scan)
            page.add_resource(pdf.pages[0].Resources.Font.F1, Name.Font, Name.F1)
            line = b"BT /F1 8 Tf 9 9 Td (Scanned by a machine on 3 June) Tj ET"
            page.contents_add(b"q 595 0 0 800 0 42 cm /Scan Do Q " + line)
        pdf.save(path)
    return path.read_bytes()


def words_page(client, worker, evidence: Evidence) -> str:
    sign_in(client, worker)
    return client.get(reverse("logs:words", args=[evidence.case_id, evidence.pk])).text


def test_without_a_reader_the_pages_that_cannot_be_searched_are_named(client, worker, tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "is_here", lambda: False)
    evidence = arrived(worker, half_scanned(tmp_path, scans=2))
    text = part(evidence, "text")
    assert (text.details, text.notes) == ({"unread": [2, 3]}, ["no_reader"])
    said = "Words in the pictures of these pages were not read and cannot be searched: 2 to 3."
    assert said in page_of(client, worker, evidence)
    assert said in words_page(client, worker, evidence)


def test_with_a_reader_scanned_pages_are_read_and_named_beside_the_others(client, worker, tmp_path, reader):
    evidence = arrived(worker, half_scanned(tmp_path))
    text = part(evidence, "text")
    assert (text.details, text.notes) == ({"read": [2]}, ["by_machine"])
    first, second = bytes_of(text).decode().split("\f")
    assert "Letter to Anna" in first
    assert second.endswith("He rang 11 times")
    assert "Read off pictures by a machine: pages 2." in words_page(client, worker, evidence)


def test_of_very_many_scanned_pages_the_unread_ones_are_named(worker, tmp_path, reader, monkeypatch):
    monkeypatch.setattr(steps, "MOST_READ", 2)
    text = part(arrived(worker, half_scanned(tmp_path, scans=4)), "text")
    assert text.details == {"read": [2, 3], "unread": [4, 5]}


@pytest.mark.parametrize("code", ["time", "memory"])
def test_pages_that_take_too_long_to_read_cost_no_words_written_in_the_file(
    worker, tmp_path, reader, monkeypatch, code
):
    def fail(_pictures):
        raise ChildFailed(code)

    monkeypatch.setattr(steps, "_read", fail)
    text = part(arrived(worker, half_scanned(tmp_path, scans=2)), "text")
    assert (text.details, text.notes) == ({"unread": [2, 3]}, [])
    assert "Letter to Anna" in bytes_of(text).decode()


def test_pages_beyond_those_that_are_shown_are_read_too(worker, tmp_path, reader, monkeypatch):
    monkeypatch.setattr(sheets, "MOST_SHEETS", 1)
    assert part(arrived(worker, half_scanned(tmp_path, scans=2)), "text").details == {"read": [2, 3]}


def test_words_that_are_too_many_to_keep_say_up_to_where(client, worker, tmp_path, monkeypatch):
    monkeypatch.setattr(steps, "MOST_CHARACTERS", 30)
    make_pdf(tmp_path / "a.pdf", pages=5, words="Letter to Anna").close()
    evidence = arrived(worker, (tmp_path / "a.pdf").read_bytes())
    assert "Only the first 2 pages can be searched." in page_of(client, worker, evidence)
