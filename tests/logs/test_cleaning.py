import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from pikepdf import Array, Dictionary, Name, String

from jobs.child import Refused
from logs import carrying, cleaning
from logs.making import telling
from tests.bundles.world import make_pdf


def cleaned(path: Path) -> Path:
    out = path.with_suffix(".clean")
    cleaning.clean({"path": str(path), "out": str(out)})
    return out


def text(path: Path) -> list[str]:
    with pypdfium2.PdfDocument(path) as pdf:
        return [page.get_textpage().get_text_bounded() for page in pdf]


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    path = tmp_path / "h.pdf"
    pdf = make_pdf(path)
    page = pdf.pages[0]
    page.AA = Dictionary(O=Dictionary(S=Name.URI, URI=String("http://tracker.invalid/page")))
    link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 99, 99]))
    link.A = Dictionary(S=Name.URI, URI=String("http://tracker.invalid/link"))
    attached = pdf.make_stream(b"SECRET-FILE")
    note = Dictionary(Type=Name.Annot, Subtype=Name.FileAttachment, Rect=Array([0, 0, 9, 9]))
    note.FS = Dictionary(Type=Name.Filespec, F=String("SECRET-NAME"), EF=Dictionary(F=attached))
    page.Annots = Array([pdf.make_indirect(link), pdf.make_indirect(note)])
    page.PieceInfo = Dictionary(X=Dictionary(Private=String("SECRET-PIECE")))
    pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String("app.alert('SECRET-SCRIPT')"))
    pdf.attachments["SECRET-ATTACHMENT.txt"] = pikepdf.AttachedFileSpec(pdf, b"SECRET-ATTACHED")
    pdf.docinfo["/Author"] = "SECRET-AUTHOR"
    with pdf.open_metadata() as metadata:
        metadata["dc:title"] = "SECRET-XMP"
    pdf.save(path)
    pdf.close()
    return path


def everything(path: Path) -> bytes:
    with pikepdf.open(path) as pdf:
        found = [b"".join([thing.unparse(resolved=False), _stream(thing)]) for thing in pdf.objects]
        return b"\n".join([*found, pdf.trailer.unparse()])


def _stream(thing: Any) -> bytes:
    if not isinstance(thing, pikepdf.Stream):
        return b""
    return thing.read_raw_bytes() if thing.get("/Filter") == Name.DCTDecode else thing.read_bytes()


def test_pages_stay_and_everything_that_acts_or_hides_goes(hostile: Path) -> None:
    assert b"SECRET-FILE" in everything(hostile)

    out = cleaned(hostile)

    assert "Letter page 1" in text(out)[0]
    left = everything(out)
    for trace in (b"SECRET", b"tracker", b"/URI", b"/JavaScript", b"/Annots", b"/AA", b"/EF", b"/PieceInfo"):
        assert trace not in left, trace


def test_filled_field_is_drawn(tmp_path: Path) -> None:
    path = tmp_path / "form.pdf"
    pdf = make_pdf(path)
    field = Dictionary(Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T=String("n"), V=String("FILLED"))
    field.Rect, field.DA, field.F = Array([100, 500, 300, 530]), String("/Helv 12 Tf 0 g"), 4
    font = pdf.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
    field = pdf.make_indirect(field)
    pdf.pages[0].Annots = Array([field])
    pdf.Root.AcroForm = Dictionary(
        Fields=Array([field]), DR=Dictionary(Font=Dictionary(Helv=font)), NeedAppearances=True
    )
    pdf.save(path)
    pdf.close()

    out = cleaned(path)

    assert "FILLED" in text(out)[0]
    assert b"/Widget" not in everything(out)


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_turned_and_cropped_page_lies_upright_on_a4(tmp_path: Path, turn: int) -> None:
    path = tmp_path / "turned.pdf"
    pdf = make_pdf(path, size=(400, 300))
    pdf.pages[0].Rotate = turn
    pdf.pages[0].CropBox = Array([50, 50, 390, 290])
    pdf.save(path)
    pdf.close()

    with pikepdf.open(cleaned(path)) as out:
        page = out.pages[0]
        size = [round(float(side)) for side in page.mediabox]
        assert size == ([0, 0, 842, 595] if turn in {0, 180} else [0, 0, 595, 842])
        assert Name.Rotate not in page.obj
        drawing = page.resources.XObject.Document
        assert [float(side) for side in drawing.BBox] == ([0, 0, 340, 240] if turn in {0, 180} else [0, 0, 240, 340])


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_turned_page_lies_upright_as_it_is(tmp_path: Path, turn: int) -> None:
    path = tmp_path / "turned.pdf"
    pdf = make_pdf(path, size=(400, 300))
    pdf.pages[0].Rotate = turn
    pdf.save(path)
    pdf.close()

    with pikepdf.open(cleaned(path)) as out:
        size = [round(float(side)) for side in out.pages[0].mediabox]
        assert size == ([0, 0, 842, 595] if turn in {0, 180} else [0, 0, 595, 842])
        assert [float(side) for side in out.pages[0].resources.XObject.Document.BBox] == [0, 0, 400, 300]


def test_enormous_page_is_brought_to_a4(tmp_path: Path) -> None:
    pdf = make_pdf(tmp_path / "big.pdf")
    pdf.pages[0].MediaBox = Array([0, 0, 200_000, 200_000])
    pdf.save(tmp_path / "big.pdf")
    pdf.close()

    with pikepdf.open(cleaned(tmp_path / "big.pdf")) as out:
        assert float(out.pages[0].mediabox[3]) == pytest.approx(841.89)


def test_locked_document_is_refused_by_name(tmp_path: Path) -> None:
    make_pdf(tmp_path / "a.pdf").close()
    with pikepdf.open(tmp_path / "a.pdf") as pdf:
        pdf.save(tmp_path / "locked.pdf", encryption=pikepdf.Encryption(user="u", owner="o"))

    with pytest.raises(Refused) as caught:
        cleaned(tmp_path / "locked.pdf")

    assert caught.value.code == "password"


def test_restricted_document_without_a_password_is_shown(tmp_path: Path) -> None:
    make_pdf(tmp_path / "a.pdf").close()
    with pikepdf.open(tmp_path / "a.pdf") as pdf:
        pdf.save(tmp_path / "restricted.pdf", encryption=pikepdf.Encryption(user="", owner="o"))

    assert "Letter page 1" in text(cleaned(tmp_path / "restricted.pdf"))[0]


@pytest.mark.parametrize("data", [b"", b"\x00" * 500, b"%PDF-1.7\nrubbish"])
def test_damaged_document_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "bad.pdf").write_bytes(data)

    with pytest.raises(Refused) as caught:
        cleaned(tmp_path / "bad.pdf")

    assert caught.value.code == "damaged"


@pytest.mark.parametrize(("size", "times"), [(5_000_000, 1), (800_000, 3)], ids=["large", "named many times"])
def test_page_that_unpacks_too_large_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int, times: int
) -> None:
    monkeypatch.setattr(cleaning, "MOST_DECODED_BYTES", 1_000_000)
    with make_pdf(tmp_path / "bomb.pdf") as pdf:
        pdf.pages[0].Contents = Array([pdf.make_stream(b" " * size)] * times)
        pdf.save(tmp_path / "bomb.pdf")

    with pytest.raises(Refused) as caught:
        cleaned(tmp_path / "bomb.pdf")

    assert caught.value.code == "too_large"


# --- pages that hold more than is seen -----------------------------------------------------------------------------

ADDRESS = "12 SECRET Lane"


@pytest.fixture
def page_with_an_address(tmp_path: Path) -> Iterator[pikepdf.Pdf]:
    """A page with a line above its middle and an address with a picture at its foot."""
    pdf = make_pdf(tmp_path / "letter.pdf")
    page = pdf.pages[0]
    page.contents_add(f"BT /F1 18 Tf 72 60 Td ({ADDRESS}) Tj ET q 90 0 0 90 300 60 cm /Pic Do Q".encode())
    dots = pdf.make_stream(b"SECRET-PICTURE" + bytes(3 * 100 - 14), Type=Name.XObject, Subtype=Name.Image)
    dots.Width, dots.Height, dots.BitsPerComponent, dots.ColorSpace = 10, 10, 8, Name.DeviceRGB
    page.add_resource(dots, Name.XObject, Name.Pic)
    yield pdf
    pdf.close()


def outcome(pdf: pikepdf.Pdf, tmp_path: Path) -> tuple[dict[str, Any], Path]:
    pdf.save(tmp_path / "in.pdf")
    out = tmp_path / "out.pdf"
    return cleaning.clean({"path": str(tmp_path / "in.pdf"), "out": str(out)}), out


def assert_only_what_was_seen(result: dict[str, Any], out: Path) -> None:
    assert result["pictured"] == [1]
    assert text(out)[0].strip() == ""
    assert b"SECRET" not in everything(out) + out.read_bytes()
    with pypdfium2.PdfDocument(out) as pdf:
        darkest, _ = pdf[0].render(scale=1).to_pil().convert("L").getextrema()
    assert darkest < 100  # the line that was seen is still there
    assert sorted(each.name for each in out.parent.iterdir()) == ["in.pdf", "letter.pdf", "out.pdf"]


def crop(pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
    page.CropBox = Array([0, 200, 595, 842])


def crop_backwards(pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
    page.CropBox = Array([595, 842, 0, 200])


def crop_by_inheritance(pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
    page.obj.Parent.CropBox = Array([0, 200, 595, 842])


def make_the_sheet_smaller(pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
    page.MediaBox = Array([0, 200, 595, 842])


def move_into_a_drawing(pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
    page.contents_coalesce()
    kind = {"/Type": Name.XObject, "/Subtype": Name.Form, "/BBox": Array([0, 0, 595, 842])}
    drawing = pdf.make_stream(page.Contents.read_bytes(), {**kind, "/Resources": page.obj.Resources})
    page.obj.Resources = Dictionary(XObject=Dictionary(All=drawing))
    page.Contents = pdf.make_stream(b"q 1 0 0 1 0 -160 cm /All Do Q")


def push_off_the_edge(pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
    page.contents_add(b"1 0 0 1 0 -250 cm", prepend=True)


HIDERS = [crop, crop_backwards, crop_by_inheritance, make_the_sheet_smaller, move_into_a_drawing, push_off_the_edge]


@pytest.mark.parametrize("hide", HIDERS)
def test_what_was_cut_off_a_page_is_not_left_in_the_copy(
    tmp_path: Path, page_with_an_address: pikepdf.Pdf, hide: Callable[[pikepdf.Pdf, pikepdf.Page], None]
) -> None:
    hide(page_with_an_address, page_with_an_address.pages[0])

    assert_only_what_was_seen(*outcome(page_with_an_address, tmp_path))


def test_hidden_layer_is_neither_shown_nor_left_in_the_copy(tmp_path: Path) -> None:
    pdf = make_pdf(tmp_path / "letter.pdf")
    layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String("Notes")))
    pdf.Root.OCProperties = Dictionary(OCGs=Array([layer]), D=Dictionary(OFF=Array([layer])))
    pdf.pages[0].add_resource(layer, Name.Properties, Name.L1)
    pdf.pages[0].contents_add(f"/OC /L1 BDC BT /F1 90 Tf 72 300 Td ({ADDRESS}) Tj ET EMC".encode())

    result, out = outcome(pdf, tmp_path)
    pdf.close()

    assert_only_what_was_seen(result, out)
    with pypdfium2.PdfDocument(out) as shown:
        foot = shown[0].render(scale=1).to_pil().convert("L").crop((80, 450, 500, 650))
    assert foot.getextrema()[0] > 240


def test_page_cropped_by_less_than_a_letter_stays_text(tmp_path: Path) -> None:
    pdf = make_pdf(tmp_path / "letter.pdf")
    pdf.pages[0].CropBox = Array([0.6, 0.6, 594.5, 841.5])
    pdf.pages[0].contents_add(b"1 1 1 rg -50 -50 900 1200 re f", prepend=True)  # painted white beyond its edge

    result, out = outcome(pdf, tmp_path)
    pdf.close()

    assert result["pictured"] == []
    assert "Letter page 1" in text(out)[0]


def test_page_that_hides_nothing_brings_nothing_of_its_cropped_neighbour(
    tmp_path: Path, page_with_an_address: pikepdf.Pdf
) -> None:
    crop(page_with_an_address, page_with_an_address.pages[0])
    second = page_with_an_address.add_blank_page(page_size=(595, 842))
    second.obj.Resources = page_with_an_address.pages[0].obj.Resources
    second.contents_add(b"BT /F1 24 Tf 72 700 Td (Second) Tj ET")

    result, out = outcome(page_with_an_address, tmp_path)

    assert (result["pages"], result["is_mended"], result["pictured"]) == (2, False, [1])
    assert "Second" in text(out)[1]
    assert b"SECRET" not in everything(out)


@pytest.mark.parametrize("side", [1_500, 200_000])
def test_picture_of_a_page_is_bounded_however_large_the_page(tmp_path: Path, side: int) -> None:
    pdf = make_pdf(tmp_path / "big.pdf")
    pdf.pages[0].MediaBox = Array([0, 0, side, side])
    pdf.pages[0].CropBox = Array([0, side / 2, side, side])

    result, out = outcome(pdf, tmp_path)
    pdf.close()

    assert result["pictured"] == [1]
    with pikepdf.open(out) as copy:
        dots = next(thing for thing in copy.objects if isinstance(thing, pikepdf.Stream) and "/Width" in thing)
        assert int(dots.Width) <= 200 / 72 * 842
        assert int(dots.Height) == pytest.approx(int(dots.Width) / 2, abs=2)


def test_page_that_cannot_be_taken_over_is_a_picture_and_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = pikepdf.Page.as_form_xobject

    def fails_once(page: pikepdf.Page, **options: Any) -> pikepdf.Object:
        if page.index == 1:
            raise pikepdf.PdfError("no")
        return real(page, **options)

    monkeypatch.setattr(pikepdf.Page, "as_form_xobject", fails_once)
    with make_pdf(tmp_path / "letter.pdf", pages=3) as pdf:
        result, out = outcome(pdf, tmp_path)

    assert (result["failed"], result["pictured"], result["lost"]) == ([2], [2], [])
    assert [page.strip() for page in text(out)] == ["Letter page 1", "", "Letter page 3"]


@pytest.mark.parametrize(("side", "large"), [(1_600, []), (200_000, [1])])
def test_page_larger_than_paper_is_said_to_be(tmp_path: Path, side: int, large: list[int]) -> None:
    with make_pdf(tmp_path / "big.pdf", pages=2) as pdf:
        pdf.pages[0].MediaBox = Array([0, 0, side, side])
        result, out = outcome(pdf, tmp_path)

    assert result["large"] == large
    with pikepdf.open(out) as copy:
        assert max(float(side) for page in copy.pages for side in page.mediabox) < 842


@pytest.mark.parametrize("side", ["99999999999", "-5", "0"])
def test_page_of_no_size_that_makes_sense_holds_up_no_other(tmp_path: Path, side: str) -> None:
    with make_pdf(tmp_path / "big.pdf", pages=2) as pdf:
        pdf.pages[0].MediaBox = pikepdf.Object.parse(f"[0 0 {side} {side}]".encode())
        result, out = outcome(pdf, tmp_path)

    assert result["pages"] == 2
    assert "Letter page 2" in text(out)[1]


def test_restrictions_are_noted(tmp_path: Path) -> None:
    make_pdf(tmp_path / "a.pdf").close()
    with pikepdf.open(tmp_path / "a.pdf") as pdf:
        pdf.save(tmp_path / "restricted.pdf", encryption=pikepdf.Encryption(user="", owner="o"))

    told = cleaning.clean({"path": str(tmp_path / "restricted.pdf"), "out": str(tmp_path / "out.pdf")})

    assert told["is_restricted"]


# --- what broke off ------------------------------------------------------------------------------------------------


def with_its_list_at_the_end(pages: int = 6) -> bytes:
    """A document whose pages stand before the list of them, as most programs write it."""
    written = b"%PDF-1.4\n3 0 obj\n<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>\nendobj\n"
    for number in range(pages):
        drawn = b"BT /F1 24 Tf 72 700 Td (Letter page %d) Tj ET" % (number + 1)
        page = b"<</Type/Page/Parent 2 0 R/Contents %d 0 R>>" % (10 + 2 * number)
        written += b"%d 0 obj\n<</Length %d>>stream\n%s\nendstream\nendobj\n" % (10 + 2 * number, len(drawn), drawn)
        written += b"%d 0 obj\n%s\nendobj\n" % (11 + 2 * number, page)
    kids = b" ".join(b"%d 0 R" % (11 + 2 * number) for number in range(pages))
    above = b"/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R>>>>"
    written += b"2 0 obj\n<</Type/Pages/Kids[%s]/Count %d%s>>\nendobj\n" % (kids, pages, above)
    return (
        written + b"1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\ntrailer<</Root 1 0 R/Size 99>>\nstartxref\n9\n%%EOF"
    )


def saved(tmp_path: Path, **options: Any) -> bytes:
    with make_pdf(tmp_path / "whole.pdf", pages=6) as pdf:
        pdf.save(tmp_path / "saved.pdf", **options)
    return (tmp_path / "saved.pdf").read_bytes()


WAYS: dict[str, Callable[[Path], bytes]] = {
    "list at the end": lambda _: with_its_list_at_the_end(),
    "plain": lambda folder: saved(folder, object_stream_mode=pikepdf.ObjectStreamMode.disable),
    "packed": lambda folder: saved(folder, object_stream_mode=pikepdf.ObjectStreamMode.generate),
    "for the web": lambda folder: saved(folder, linearize=True),
}


@pytest.mark.parametrize("share", [0.95, 0.8, 0.65])
@pytest.mark.parametrize("way", WAYS)
def test_document_that_broke_off_shows_the_pages_that_are_left_and_says_so(
    tmp_path: Path, way: str, share: float
) -> None:
    whole = WAYS[way](tmp_path)
    path = tmp_path / "cut.pdf"
    path.write_bytes(whole[: int(len(whole) * share)])
    digest = hashlib.sha256(path.read_bytes()).hexdigest()

    told = cleaning.clean({"path": str(path), "out": str(tmp_path / "out.pdf")})

    assert told["is_mended"]
    shown = text(tmp_path / "out.pdf")
    assert len(shown) == told["pages"] >= 3
    for number, words in enumerate(shown, 1):
        expected = cleaning.LOST if number in told["lost"] else f"Letter page {number}"
        assert words.strip() == expected
    assert len(told["lost"]) < told["pages"]
    assert hashlib.sha256(path.read_bytes()).hexdigest() == digest
    assert sorted(each.name for each in tmp_path.iterdir() if each.suffix == ".pdf") == sorted(
        {"cut.pdf", "out.pdf"} | ({"whole.pdf", "saved.pdf"} if way != "list at the end" else set())
    )


def test_a_document_inside_a_broken_one_is_not_taken_for_its_pages(tmp_path: Path) -> None:
    inner = with_its_list_at_the_end().replace(b"Letter", b"SECRET")
    outer = with_its_list_at_the_end(4)
    held = b"90 0 obj\n<</Type/EmbeddedFile/Length %d>>stream\n%s\nendstream\nendobj\n" % (len(inner), inner)
    at = outer.index(b"10 0 obj")
    path = tmp_path / "cut.pdf"
    path.write_bytes((outer[:at] + held + outer[at:])[: -len(outer) // 4])

    told = cleaning.clean({"path": str(path), "out": str(tmp_path / "out.pdf")})

    assert told["is_mended"]
    assert not any("SECRET" in words for words in text(tmp_path / "out.pdf"))
    assert b"SECRET" not in everything(tmp_path / "out.pdf")


def test_locked_document_that_broke_off_is_damaged(tmp_path: Path) -> None:
    whole = saved(tmp_path, encryption=pikepdf.Encryption(user="u", owner="o", R=4, aes=True))
    (tmp_path / "cut.pdf").write_bytes(whole[: int(len(whole) * 0.95)])

    with pytest.raises(Refused) as caught:
        cleaned(tmp_path / "cut.pdf")

    assert caught.value.code == "damaged"


# --- what is beside the pages --------------------------------------------------------------------------------------


def carried_in(path: Path) -> dict[str, int]:
    with pikepdf.open(path) as pdf:
        return carrying.carried(pdf)


def test_everything_beside_the_pages_is_counted_by_kind(hostile: Path) -> None:
    expected = {"script": 1, "action": 1, "link": 1, "attachment": 2, "about": 2}
    assert carried_in(hostile) == expected
    told = cleaning.clean({"path": str(hostile), "out": str(hostile.with_suffix(".out"))})
    assert told["removed"] == expected


def test_forms_comments_media_and_signatures_are_counted(tmp_path: Path) -> None:
    with make_pdf(tmp_path / "a.pdf") as pdf:
        box = Array([0, 0, 9, 9])
        kinds = (Name.Text, Name.Highlight, Name.Screen, Name.Popup, Name.Link)
        notes = [Dictionary(Type=Name.Annot, Subtype=kind, Rect=box) for kind in kinds]
        notes[-1].A = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))
        signed = Dictionary(Type=Name.Annot, Subtype=Name.Widget, FT=Name.Sig, T=String("s"), Rect=box)
        signed.V = Dictionary(Type=Name.Sig, Filter=Name("/Adobe.PPKLite"))
        signed.AA = Dictionary(E=Dictionary(S=Name.URI, URI=String("http://tracker.invalid/")))
        sends = Dictionary(Type=Name.Annot, Subtype=Name.Widget, FT=Name.Btn, T=String("b"), Rect=box)
        sends.A = Dictionary(S=Name.SubmitForm, F=String("http://tracker.invalid/"))
        notes += [signed, sends]
        pdf.pages[0].Annots = Array([pdf.make_indirect(each) for each in notes])
        pdf.Root.AcroForm = Dictionary(Fields=Array(list(pdf.pages[0].Annots)[-2:]), XFA=String("x"))
        pdf.save(tmp_path / "b.pdf")

    assert carried_in(tmp_path / "b.pdf") == {
        "script": 1, "action": 2, "link": 1, "field": 2, "comment": 2, "media": 1, "signature": 1, "form_program": 1,
    }  # fmt: skip


def test_a_plain_letter_carries_nothing(tmp_path: Path) -> None:
    make_pdf(tmp_path / "a.pdf").close()

    assert carried_in(tmp_path / "a.pdf") == {}


def test_what_was_taken_out_is_said_in_words() -> None:
    said = telling.removed_in_words({"script": 1, "link": 3, "field": 2, "about": 2})

    assert said == [
        "Not in the copy: 1 script, 3 links, what the file says of itself, such as its author.",
        "Drawn as far as it is seen, the rest not in the copy: 2 boxes of a form.",
    ]


def test_every_kind_that_is_counted_has_words() -> None:
    said = telling.removed_in_words(dict.fromkeys(carrying.KINDS, 7), telling.ENGLISH)

    assert " ".join(said).count("7 ") == len(carrying.KINDS) - 2
    assert {*telling.GONE, *telling.DRAWN} == set(carrying.KINDS)
