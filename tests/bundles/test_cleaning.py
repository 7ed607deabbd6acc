from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from pikepdf import Array, Dictionary, Name, String

from bundles import cleaning
from jobs.child import Refused
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
    return thing.read_bytes() if isinstance(thing, pikepdf.Stream) else b""


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
        assert [float(side) for side in drawing.BBox] == [50, 50, 390, 290]


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


def test_document_that_unpacks_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cleaning, "MOST_DECODED_BYTES", 1_000_000)
    pdf = make_pdf(tmp_path / "bomb.pdf")
    pdf.pages[0].contents_add(b" " * 5_000_000)
    pdf.save(tmp_path / "bomb.pdf")
    pdf.close()

    with pytest.raises(Refused) as caught:
        cleaned(tmp_path / "bomb.pdf")

    assert caught.value.code == "too_large"
