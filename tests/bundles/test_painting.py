"""Areas taken out of pages are gone from the file, not covered in it."""

import io

import pikepdf
import pytest
from PIL import Image
from pypdfium2 import PdfDocument

from bundles.disclosure.painting import PARTS, redact, show
from jobs.child import Refused
from tests.bundles.world import make_pdf

WHOLE_LINE = [0, 0, PARTS, 2_000]


def text_of(path):
    with PdfDocument(path) as document:
        return [page.get_textpage().get_text_range() for page in document]


@pytest.fixture
def letter(tmp_path):
    make_pdf(tmp_path / "letter.pdf", pages=3, words="Quay Lane 14")
    return tmp_path / "letter.pdf"


def redacted(path, *areas, is_picture=False):
    out = path.with_suffix(".out")
    redact({"path": str(path), "out": str(out), "is_picture": is_picture, "areas": [list(area) for area in areas]})
    return out


def test_a_painted_page_is_a_picture_without_text_and_the_others_stay(letter):
    out = redacted(letter, (2, WHOLE_LINE, "redacted: health"))
    first, second, third = text_of(out)
    assert ("Quay Lane 14 page 1" in first, second.strip(), "Quay Lane 14 page 3" in third) == (True, "", True)
    with pikepdf.open(out) as pdf:
        image = pdf.pages[1].Resources.XObject.Page
        assert (int(image.BitsPerComponent), image.ColorSpace) == (1, "/DeviceGray")
        streams = [each.read_bytes() for each in pdf.objects if isinstance(each, pikepdf.Stream) and "/Filter" in each]
    assert sum(b"page 2" in stream for stream in streams) == 0
    assert b"page 2" not in out.read_bytes()


def test_what_only_a_painted_page_draws_is_not_in_the_file_by_way_of_another(tmp_path):
    path = tmp_path / "shared.pdf"
    pdf = make_pdf(path, pages=2)
    form = {"Type": pikepdf.Name.XObject, "Subtype": pikepdf.Name.Form, "BBox": [0, 0, 9, 9]}
    drawn = {name: pdf.make_stream(f"% {name} of the page".encode(), **form) for name in ("First", "Second")}
    shared = pdf.make_indirect(
        pikepdf.Dictionary(XObject=pikepdf.Dictionary(**drawn), Font=pdf.pages[0].Resources.Font)
    )
    for page, name in zip(pdf.pages, drawn, strict=True):
        page.obj.Resources = shared
        page.contents_add(f"/{name} Do".encode())
    pdf.save(path)
    out = redacted(path, (2, WHOLE_LINE, "redacted: health"))
    with pikepdf.open(out) as made:
        streams = b"".join(each.read_bytes() for each in made.objects if isinstance(each, pikepdf.Stream))
    assert b"First of the page" in streams
    assert b"Second of the page" not in streams


def test_the_area_is_one_colour_in_every_pixel(tmp_path):
    path = tmp_path / "photo.jpg"
    Image.effect_noise((400, 300), 90).convert("RGB").save(path, "JPEG", comment=b"SECRET")
    out = redacted(path, (1, [2_500, 2_500, 7_500, 7_500], ""), is_picture=True)
    with Image.open(out) as picture:
        inner = picture.convert("L").crop((120, 96, 280, 208))
        assert inner.getextrema()[1] < 16
        assert picture.convert("L").crop((0, 0, 90, 60)).getextrema()[1] > 200
    assert b"SECRET" not in out.read_bytes()


def test_a_photograph_in_a_document_keeps_its_tones(tmp_path):
    path, made = tmp_path / "scan.pdf", io.BytesIO()
    Image.linear_gradient("L").resize((600, 800)).save(made, "PDF")
    path.write_bytes(made.getvalue())
    out = redacted(path, (1, [0, 0, 1_000, 1_000], ""))
    with pikepdf.open(out) as pdf:
        assert int(pdf.pages[0].Resources.XObject.Page.BitsPerComponent) == 8


@pytest.mark.parametrize("page", [0, 4])
def test_an_area_on_no_page_is_refused(letter, page):
    with pytest.raises(Refused):
        redacted(letter, (page, WHOLE_LINE, ""))


def test_a_turned_page_is_painted_as_it_is_seen(tmp_path):
    path = tmp_path / "turned.pdf"
    pdf = make_pdf(path, words="Turned")
    pdf.pages[0].obj.Rotate = 90
    pdf.save(path)
    out = redacted(path, (1, [0, 0, 500, 500], ""))
    with pikepdf.open(out) as made:
        assert [round(float(side)) for side in made.pages[0].mediabox] == [0, 0, 842, 595]


def test_what_it_will_look_like_is_shown_by_the_same_painting(letter):
    out = letter.with_suffix(".png")
    areas = [[1, WHOLE_LINE, "redacted: health"], [2, WHOLE_LINE, ""]]
    told = show({"path": str(letter), "out": str(out), "is_picture": False, "page": 1, "areas": areas})
    with Image.open(out) as picture:
        assert (picture.width, picture.height) == (told["width"], told["height"])
        assert picture.getpixel((5, 5)) == (0, 0, 0)
        assert picture.getpixel((5, picture.height - 5)) == (255, 255, 255)
