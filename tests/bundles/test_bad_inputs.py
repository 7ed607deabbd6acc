"""The 24 bad inputs of a bundle, each sent as she would send it, and all in one bundle: none stops it, none is lost.

The number before a name is the row of the list that the bundle was designed by.
"""

import io
import json
import random
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from pypdfium2 import PdfDocument

from jobs.actions import run_due
from logs.actions import check_files, lock_evidence, record_incident
from logs.models import Evidence
from nsvcs.identity import acting_as
from nsvcs.ids import uuid7
from nsvcs.storage import file_store
from tests.bundles.test_actions import ask_for
from tests.bundles.world import make_pdf
from tests.factories import CaseFactory, UserFactory
from tests.logs import recordings, samples

pytestmark = pytest.mark.django_db
MOST_AT_ONCE = 8
NOT_SHOWN = "This exhibit cannot be shown on a page."


@dataclass
class Sent:
    """One file as it is sent, and what its pages in the bundle have to say; or why it is refused at once."""

    row: int
    name: str
    content: bytes
    says: tuple[str, ...] = ()
    refused: str = ""
    pages: int = 1
    lock: bool = False
    mark: str = field(default="", compare=False)


def _pdf(tmp_path, make: Callable[[pikepdf.Pdf], None] | None = None, pages: int = 3, **options: object) -> bytes:
    pdf = make_pdf(tmp_path / "made.pdf", pages=pages, words="Letter of June")
    if make:
        make(pdf)
    out = io.BytesIO()
    pdf.save(out, **options)
    pdf.close()
    return out.getvalue()


def _armed(pdf: pikepdf.Pdf) -> None:
    name, text = pikepdf.Name, pikepdf.String
    pdf.Root.OpenAction = pikepdf.Dictionary(S=name.JavaScript, JS=text("app.alert('SECRET-SCRIPT')"))
    pdf.attachments["SECRET-ATTACHMENT.txt"] = pikepdf.AttachedFileSpec(pdf, b"SECRET-ATTACHED")
    link = pikepdf.Dictionary(Type=name.Annot, Subtype=name.Link, Rect=pikepdf.Array([0, 0, 99, 99]))
    link.A = pikepdf.Dictionary(S=name.URI, URI=text("http://tracker.invalid/link"))
    pdf.pages[0].Annots = pikepdf.Array([pdf.make_indirect(link)])


def _enormous(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].MediaBox = pikepdf.Array([0, 0, 200_000, 200_000])


def _bomb(tmp_path) -> bytes:
    """A page whose drawing takes 2 GB when it is opened and some hundred kB in the file."""
    pdf = make_pdf(tmp_path / "bomb.pdf", pages=1)
    once = pikepdf.Stream(pdf, b" " * 64_000_000)
    pdf.pages[0].Contents = pikepdf.Array([pdf.make_indirect(once)] * 40)
    out = io.BytesIO()
    pdf.save(out, compress_streams=True, recompress_flate=True)
    pdf.close()
    return out.getvalue()


def _picture(mode: str, form: str, **options: object) -> bytes:
    return samples.encoded(samples.drawing(mode=mode), form, **options)


def _sixteen_bit() -> bytes:
    out = io.BytesIO()
    Image.frombytes("I;16", (200, 100), random.Random(1).randbytes(40_000)).save(out, "PNG")
    return out.getvalue()


def _pages_of_colour(count: int) -> bytes:
    frames = [Image.new("RGB", (60, 90), ("red", "green", "blue")[number % 3]) for number in range(count)]
    return samples.encoded(frames[0], "TIFF", save_all=True, append_images=frames[1:])


def _zip_bomb() -> bytes:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(60_000_000))
    return inner.getvalue()


def _escaping_zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in ("../../etc/passwd", "/absolute.txt", "twin.txt"):
            archive.writestr(name, b"one")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("twin.txt", b"two")
    return out.getvalue()


def _chat(messages: int) -> bytes:
    lines = [f"[03/04/2026, 9:{n % 60:02d}\u202fpm] Sam: I see you {n}" for n in range(messages)]
    return "\ufeff".encode() + "\n".join(lines).encode()


def _texts(doctype: str = "") -> bytes:
    body = "I am outside &#55357;&#56832; again"
    row = f'<sms address="+447700900111" date="1780520400000" type="1" body="{body}" contact_name="S"/>'
    return f'<?xml version="1.0"?>{doctype}<smses count="1">{row}</smses>'.encode()


def sent_files(tmp_path) -> Iterator[Sent]:
    """Each as rows of the list describe it."""
    whole = _pdf(tmp_path)
    damaged, locked = "The document is damaged", "The document is locked with a password."
    yield Sent(1, "1.pdf", b"%PDF-1.7\n" + random.Random(1).randbytes(9_000), (NOT_SHOWN, damaged))
    yield Sent(2, "2.pdf", whole[: len(whole) * 9 // 10], ("Letter of June page 1",), pages=2)
    yield Sent(3, "3.pdf", _pdf(tmp_path, encryption=pikepdf.Encryption(user="u", owner="o")), (NOT_SHOWN, locked))
    owner = pikepdf.Encryption(user="", owner="o", allow=pikepdf.Permissions(print_highres=False, extract=False))
    yield Sent(
        4, "4.pdf", _pdf(tmp_path, encryption=owner), ("Letter of June page 3", "asks not to be printed"), pages=4
    )
    yield Sent(5, "5.pdf", b"", refused="empty")
    yield Sent(6, "6.pdf", _pdf(tmp_path, _armed), ("Letter of June page 1", "attached file"), pages=4)
    yield Sent(7, "7.pdf", _bomb(tmp_path), (NOT_SHOWN, "grows too large"))
    yield Sent(8, "8.pdf", _pdf(tmp_path, _enormous), ("Letter of June page 3", "larger than"), pages=4)
    yield Sent(9, "9.heic", samples.heic())
    yield Sent(9, "9.avif", _picture("RGB", "AVIF"))
    film = recordings.film(tmp_path / "film.mp4")
    yield Sent(10, "10.jpg", samples.jpeg(exif=samples.exif(1)) + film, ("film",))
    yield Sent(11, "11.jpg", samples.jpeg(1200, 900, quality=95)[:-9_000], ("The file is damaged",))
    yield Sent(12, "12.png", samples.huge_png(), refused="too_many_pixels")
    yield Sent(13, "13.jpg", samples.jpeg() + samples.zipped(("SECRET-INSIDE.txt", b"SECRET-ZIP")))
    yield Sent(14, "14.jpg", samples.HTML, refused="web_page")
    yield Sent(15, "15-cmyk.jpg", _picture("CMYK", "JPEG"))
    yield Sent(15, "15-sixteen.png", _sixteen_bit())
    yield Sent(15, "15-alpha.png", _picture("RGBA", "PNG", icc_profile=samples.icc_profile()))
    yield Sent(16, "16.gif", samples.animated_gif())
    yield Sent(16, "16.tiff", _pages_of_colour(3), pages=4)
    yield Sent(17, "17.mp4", film, ("film", "Stills"))
    yield Sent(18, "18.ogg", recordings.voice(tmp_path / "v.ogg"), (NOT_SHOWN, "sound recording of 2 seconds"))
    yield Sent(19, "19.zip", _zip_bomb(), refused="zip_too_big")
    yield Sent(20, "20.zip", _escaping_zip(), refused="zip_unsafe")
    yield Sent(21, "תיק \u202egpj.exe 😀 " + "x" * 255 + ".txt", "שלום من here 😀".encode(), ("שלום",), pages=2)
    yield Sent(22, "22.txt", _chat(3_000), ("I see you 1",), pages=2)
    yield Sent(23, "23.xml", _texts(), ("I am outside \N{GRINNING FACE} again",), pages=2)
    yield Sent(23, "23 entity.xml", _texts('<!DOCTYPE x [<!ENTITY e "SECRET-ENTITY">]>'), (NOT_SHOWN,))
    twin = samples.jpeg(320, 240)
    yield Sent(24, "24.jpg", twin)
    yield Sent(24, "24 again.jpg", twin, ("same file as Exhibit",))
    yield Sent(24, "24 locked.jpg", samples.jpeg(330, 240), (NOT_SHOWN, "kept by the service"), lock=True)


def _arrive(case, worker, files: list[Sent]) -> None:
    """Send those that are kept, several with an entry, and learn the mark that each was given."""
    for start in range(0, len(files), MOST_AT_ONCE):
        some = files[start : start + MOST_AT_ONCE]
        uploads = [SimpleUploadedFile(each.name, each.content) for each in some]
        fields = {"occurred_on": date(2026, 6, 3), "what_happened": "He sent these."}
        kept = record_incident(draft_id=uuid7(), case=case, fields=fields, files=uploads, by=case.victim.user)
        rows = Evidence.objects.filter(incident=kept.incident).order_by("exhibit_number")
        for each, row in zip(some, rows, strict=True):
            each.mark = f"E{row.exhibit_number}"
            if each.lock:
                with acting_as(worker.pk):
                    lock_evidence(key=uuid7(), evidence=row, reason="child_abuse", words="", by=worker)
    run_due()


def _pages(bundle) -> tuple[dict[str, list[str]], bytes]:
    """The words of each exhibit's pages by its mark, and the bundle's own bytes."""
    with file_store().path_or_copy(bundle.storage_name) as path, pikepdf.open(path) as pdf, PdfDocument(path) as read:
        listed = json.loads(pdf.attachments["manifest.json"].get_file().read_bytes())
        words = [page.get_textpage().get_text_range() for page in read]
        found = {each["mark"]: words[each["first_page"] - 1 : each["last_page"]] for each in listed["exhibits"]}
        streams = [thing for thing in pdf.objects if isinstance(thing, pikepdf.Stream)]
        opened = [thing.read_raw_bytes() + _decoded(thing) for thing in streams]
        return found, b"".join([path.read_bytes(), *opened])


def _decoded(stream: pikepdf.Stream) -> bytes:
    try:
        return stream.read_bytes()
    except pikepdf.PdfError:  # a picture
        return b""


@pytest.mark.timeout(180)
def test_all_24_bad_inputs_in_one_bundle(tmp_path):
    worker = UserFactory()
    case = CaseFactory(portal=True, worker=worker)
    sent = list(sent_files(tmp_path))
    assert {each.row for each in sent} == set(range(1, 25))
    told = check_files([SimpleUploadedFile(f"{at}", each.content) for at, each in enumerate(sent)])
    assert {int(each.label): each.code for each in told} == {
        at: each.refused for at, each in enumerate(sent) if each.refused
    }
    kept = [each for each in sent if not each.refused]
    _arrive(case, worker, kept)
    bundle = ask_for(case, worker)
    run_due()
    bundle.refresh_from_db()
    assert (bundle.state, bundle.error_code, bundle.error_item) == ("ready", "", "")
    pages, whole = _pages(bundle)
    wrong = [f"{each.row} {each.name}: {fault}" for each in kept for fault in _faults(each, pages[each.mark])]
    assert not wrong, "\n".join(wrong)
    assert list(pages) == [each.mark for each in kept]  # none lost, none twice
    assert b"SECRET" not in whole
    assert b"tracker.invalid" not in whole


def _faults(sent: Sent, pages: list[str]) -> Iterator[str]:
    text = "\n".join(pages)
    if f"Exhibit {sent.mark}" not in pages[0]:
        yield "its first page does not carry its mark"
    if len(pages) < sent.pages:
        yield f"{len(pages)} pages"
    for words in sent.says:
        if words not in re.sub(r"\s+", " ", text) and words not in text:
            yield f"does not say {words!r} but {text[:900]!r}"
    if (NOT_SHOWN in sent.says) != (NOT_SHOWN in text):
        yield f"is {'' if NOT_SHOWN in text else 'not '}a placeholder: {text[:400]!r}"
