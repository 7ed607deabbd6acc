"""Each rule by a page that breaks it, and one that breaks none."""

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from bundles.engine import archival
from bundles.engine.assembling import build
from nsvcs.fonts import REGULAR
from tests.bundles.world import KEY, contents, entry, make_pdf, pdf_exhibit, picture_exhibit

MADE_AT = "D:20260601093000Z"


@pytest.fixture
def sound() -> Iterator[pikepdf.Pdf]:
    """A page with its font in the file, grey and sRGB, a link that is printed, headings in order; and its claim."""
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page()
        font = Dictionary(Type=Name.Font, Subtype=Name.TrueType, BaseFont=Name("/AAAAAA+NotoSans"))
        font.FontDescriptor = pdf.make_indirect(
            Dictionary(Type=Name.FontDescriptor, FontFile2=pikepdf.Stream(pdf, REGULAR.read_bytes()))
        )
        page.Resources = Dictionary(Font=Dictionary(F1=pdf.make_indirect(font)))
        page.Contents = pikepdf.Stream(pdf, b"0.5 g 1 0 0 rg BT /F1 12 Tf (k is a letter) Tj ET")
        page.Annots = Array([link(pdf)])
        headings = [Dictionary(S=Name(f"/H{level}")) for level in (1, 2, 3, 2)]
        pdf.Root.StructTreeRoot = pdf.make_indirect(Dictionary(K=Array(headings)))
        pdf.trailer.Info = pdf.make_indirect(Dictionary(Title=String("Document")))
        archival.claim(pdf, MADE_AT)
        yield pdf


def link(pdf: pikepdf.Pdf, flags: int = 4) -> pikepdf.Object:
    return pdf.make_indirect(Dictionary(Type=Name.Annot, Subtype=Name.Link, F=flags, Rect=Array([0, 0, 9, 9])))


def test_page_that_breaks_no_rule_may_be_called_so(sound: pikepdf.Pdf) -> None:
    assert archival.faults(sound) == []


def font_elsewhere(pdf: pikepdf.Pdf) -> None:
    del pdf.pages[0].Resources.Font.F1.FontDescriptor["/FontFile2"]


def no_profile(pdf: pikepdf.Pdf) -> None:
    del pdf.Root["/OutputIntents"]


def no_word_for_it(pdf: pikepdf.Pdf) -> None:
    del pdf.Root["/Metadata"]


def not_printed(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].Annots = Array([link(pdf, flags=0)])


def hidden(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].Annots = Array([link(pdf, flags=4 | 2)])


def heading_skipped(pdf: pikepdf.Pdf) -> None:
    pdf.Root.StructTreeRoot.K = Array([Dictionary(S=Name.H2)])


def inks(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].Contents = pikepdf.Stream(pdf, b"0 0 0 1 k 0 0 9 9 re f")


def inks_of_a_picture(pdf: pikepdf.Pdf) -> None:
    picture = pikepdf.Stream(pdf, b"....", Subtype=Name.Image, ColorSpace=Name.DeviceCMYK)
    pdf.pages[0].Resources.XObject = Dictionary(P=pdf.make_indirect(picture))


def inks_below(pdf: pikepdf.Pdf) -> None:
    inner = pikepdf.Stream(pdf, b"0 0 0 1 K", Subtype=Name.Form)
    outer = pikepdf.Stream(pdf, b"/I Do", Subtype=Name.Form, Resources=Dictionary(XObject=Dictionary(I=inner)))
    pdf.pages[0].Resources.XObject = Dictionary(O=pdf.make_indirect(outer))


def script(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


def action_of_a_link(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].Annots[0].A = Dictionary(S=Name.Launch)


def page_action(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].obj.AA = Dictionary()


def smoothed(pdf: pikepdf.Pdf) -> None:
    picture = pikepdf.Stream(pdf, b".", Subtype=Name.Image, ColorSpace=Name.DeviceGray, Interpolate=True)
    pdf.pages[0].Resources.XObject = Dictionary(P=pdf.make_indirect(picture))


def layers(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OCProperties = Dictionary()


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (font_elsewhere, "fonts"),
        (no_profile, "output_intent"),
        (no_word_for_it, "identifier"),
        (not_printed, "annotations"),
        (hidden, "annotations"),
        (heading_skipped, "headings"),
        (inks, "colour"),
        (inks_of_a_picture, "colour"),
        (inks_below, "colour"),
        (script, "actions"),
        (action_of_a_link, "actions"),
        (page_action, "actions"),
        (smoothed, "pictures"),
        (layers, "layers"),
    ],
)
def test_page_that_breaks_a_rule_is_found(sound: pikepdf.Pdf, spoil: Callable[[pikepdf.Pdf], None], fault: str) -> None:
    spoil(sound)

    assert archival.faults(sound) == [fault]


def test_locked_file_is_found(sound: pikepdf.Pdf, tmp_path: Path) -> None:
    sound.save(tmp_path / "f.pdf", encryption=pikepdf.Encryption(owner="x", user=""))

    with pikepdf.open(tmp_path / "f.pdf") as pdf:
        assert archival.page_faults(pdf) == ["encryption"]


def test_profile_is_the_same_each_time_and_is_one_of_red_green_blue() -> None:
    first = archival.colour_profile()
    archival.colour_profile.cache_clear()

    assert hashlib.sha256(archival.colour_profile()).digest() == hashlib.sha256(first).digest()
    assert first[16:20] == b"RGB "


def claimed(path: Path) -> tuple[dict[str, object], bool]:
    with pikepdf.open(path) as pdf:
        listed = json.loads(pdf.attachments["manifest.json"].get_file().read_bytes())
        return listed["archival"], archival.faults(pdf) == []


def test_bundle_of_our_own_pages_is_one_and_still_is_under_its_seal(tmp_path: Path) -> None:
    shown = picture_exhibit(tmp_path, "KP/1")
    frozen = contents(entry(1, exhibits=("KP/1",)), entry(2), exhibits=(shown,))

    built = build(frozen, tmp_path / "out.pdf", tmp_path / "work", key=KEY)

    assert claimed(built.path) == ({"claims": "PDF/A-3b", "faults": []}, True)
    with pikepdf.open(built.path) as pdf:
        assert len(pdf.Root.AF) == 1


def test_bundle_with_a_page_from_outside_that_fails_claims_nothing_and_says_why(tmp_path: Path) -> None:
    make_pdf(tmp_path / "a.pdf").close()  # its font is not in the file
    frozen = contents(entry(1, exhibits=("KP/1",)), exhibits=(pdf_exhibit(tmp_path / "a.pdf", "KP/1"),))

    built = build(frozen, tmp_path / "out.pdf", tmp_path / "work", key=KEY)

    assert claimed(built.path) == ({"claims": "", "faults": ["fonts"]}, False)
    with pikepdf.open(built.path) as pdf:
        assert "/Metadata" not in pdf.Root
