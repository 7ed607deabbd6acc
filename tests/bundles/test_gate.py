"""The gate looks a finished file over: whatever is planted in it is found, with its page."""

import io
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from bundles.disclosure.terms import Term
from bundles.disclosure.withholding import PATTERNS
from bundles.engine.assembling import Built, build
from bundles.gate import gating, looking
from bundles.gate.marks import Marks
from bundles.gate.pictures import profile_words
from bundles.gate.terms import SPOTS, Terms
from jobs import child
from logs import reading
from tests.bundles.world import KEY, contents, entry, exhibit, make_pdf, metadata_jpeg, pdf_exhibit, picture_exhibit
from tests.logs.samples import icc_profile, screenshot

# What is planted is meant to be out of order.
pytestmark = pytest.mark.filterwarnings("ignore:This document has .* form widget")
ADDRESS = "14 Marsh Lane"
TERMS = [asdict(Term("t1", "addresses", ADDRESS))]
FOUND = {"what": "addresses", "term": "t1", "is_soft": False}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("gate")


@pytest.fixture(scope="module")
def built(folder: Path) -> Built:
    make_pdf(folder / "a.pdf", 2).close()
    (folder / "v").write_bytes(b"a video")
    exhibits = (pdf_exhibit(folder / "a.pdf", "E1"), exhibit(folder / "v", "E11"), picture_exhibit(folder, "E2"))
    frozen = contents(entry(1, exhibits=("E1", "E11", "E2")), entry(2), exhibits=exhibits)
    return build(frozen, folder / "out.pdf", folder / "work", key=KEY)


@pytest.fixture
def copy(built: Built, tmp_path: Path) -> Path:
    return Path(shutil.copy(built.path, tmp_path / "copy.pdf"))


def looked(path: Path, pages: int, terms: list[dict[str, Any]] | None = None) -> list[dict[str, Any]]:
    """The finds; without their page, place and term where these say nothing."""
    asked = {"path": str(path), "pages": pages, "terms": TERMS if terms is None else terms, "first": 1}
    found = [*looking.look(asked)["finds"], *looking.search(asked)["finds"]]
    return [{key: value for key, value in find.items() if value not in {None, ""}} for find in found]


def change(path: Path, pages: int, plant: Any) -> list[dict[str, Any]]:
    """Plant something in a copy, and look at it."""
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        plant(pdf)
        pdf.save(path)
    return looked(path, pages)


def test_a_sealed_bundle_passes_every_check(built: Built) -> None:
    assert looked(built.path, built.pages) == []


def test_every_page_with_a_picture_is_named_to_be_read_by_its_digest(built: Built) -> None:
    told = looking.look({"path": str(built.path), "pages": built.pages, "terms": []})
    (place,) = told["pictures"]
    first, last = built.page_map["exhibits"]["E2"]
    assert (place["item"], place["is_one"]) == ("E2", True)
    assert first <= place["page"] <= last
    assert len(place["sha256"]) == 64


def test_more_pages_than_planned_are_red(built: Built, copy: Path) -> None:
    assert {"code": "pages", "what": "count"} in looked(copy, built.pages + 1)
    planted = change(copy, built.pages, lambda pdf: pdf.add_blank_page())
    assert {"code": "pages", "what": "count"} in planted


def test_a_file_that_is_no_pdf_is_red(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"no PDF")
    assert looked(tmp_path / "a", 1) == [{"code": "pages", "what": "unreadable"}] * 2  # by both who open it


def test_an_exhibit_s_page_under_another_s_mark_is_red(built: Built, copy: Path) -> None:
    """E1 is not taken for carried because E11 stands there."""
    (one, _), (eleven, _) = built.page_map["exhibits"]["E1"], built.page_map["exhibits"]["E11"]

    def swap(pdf: pikepdf.Pdf) -> None:
        pdf.pages[one - 1].Contents, pdf.pages[eleven - 1].Contents = (
            pdf.pages[eleven - 1].Contents, pdf.pages[one - 1].Contents,
        )  # fmt: skip
        first, second = pdf.pages[one - 1].Resources, pdf.pages[eleven - 1].Resources
        pdf.pages[one - 1].Resources, pdf.pages[eleven - 1].Resources = second, first

    marks = [find for find in change(copy, built.pages, swap) if find["code"] == "marks"]
    assert marks == [
        {"code": "marks", "page": one, "item": "E1", "what": "missing"},
        {"code": "marks", "page": eleven, "item": "E11", "what": "missing"},
    ]


def write_on_page(pdf: pikepdf.Pdf, number: int, words: str) -> None:
    page = pdf.pages[number - 1]
    font = pdf.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
    page.add_resource(font, Name.Font, Name.PlantedFont)
    page.contents_add(f"BT /PlantedFont 8 Tf 50 50 Td ({words}) Tj ET".encode())


@pytest.mark.h("H33")
@pytest.mark.parametrize("words", [ADDRESS, "14, marsh lane", "14 Marsh Ln.", "MARSH LANE"])
def test_a_withheld_term_or_near_form_in_the_text_is_found_on_its_page(built: Built, copy: Path, words: str) -> None:
    first, _ = built.page_map["exhibits"]["E11"]
    found = change(copy, built.pages, lambda pdf: write_on_page(pdf, first, words))
    assert found == [{"code": "text", "page": first, "item": "E11", **FOUND}]


def in_bookmark(pdf: pikepdf.Pdf) -> None:
    with pdf.open_outline() as outline:
        outline.root[-1].title = f"Letter to {ADDRESS}, page 1"


def in_xmp(pdf: pikepdf.Pdf) -> None:
    with pdf.open_metadata(set_pikepdf_as_editor=False) as told:
        told["dc:title"] = f"Letter to {ADDRESS}"


def in_info(pdf: pikepdf.Pdf) -> None:
    pdf.trailer.Info.Title = String(f"Letter to {ADDRESS}")


def in_named_place(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Names.Dests = pdf.make_indirect(Dictionary(Names=Array([String(ADDRESS), pdf.pages[0].obj])))


def in_alternative_text(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Planted = pdf.make_indirect(Dictionary(Type=Name.StructElem, Alt=String(f"View of {ADDRESS}")))


def in_page_label(pdf: pikepdf.Pdf) -> None:
    pdf.Root.PageLabels = Dictionary(Nums=Array([0, Dictionary(S=Name.D, P=String(f"{ADDRESS} "))]))


def in_list(pdf: pikepdf.Pdf) -> None:
    said = pdf.attachments["manifest.json"].get_file().read_bytes()
    said = said.replace(b'"reference": "', f'"reference": "{ADDRESS} '.encode(), 1)
    pdf.attachments["manifest.json"] = pikepdf.AttachedFileSpec(pdf, said, filename="manifest.json")


@pytest.mark.h("H33")
@pytest.mark.parametrize(
    ("plant", "code"),
    [
        (in_bookmark, "bookmarks"),
        (in_xmp, "metadata"),
        (in_info, "metadata"),
        (in_named_place, "names"),
        (in_alternative_text, "names"),
        (in_page_label, "names"),
        (in_list, "manifest"),
    ],
)
def test_a_withheld_term_beside_the_text_is_found(built: Built, copy: Path, plant: Any, code: str) -> None:
    found = change(copy, built.pages, plant)
    assert [(find["code"], find["term"]) for find in found if "term" in find] == [(code, "t1")]


def test_a_bookmark_s_find_names_the_page_it_leads_to(built: Built, copy: Path) -> None:
    (found,) = change(copy, built.pages, in_bookmark)
    assert 1 <= found["page"] <= built.pages


def note(**fields: Any) -> Any:
    def plant(pdf: pikepdf.Pdf) -> None:
        one = Dictionary(Type=Name.Annot, Rect=Array([0, 0, 9, 9]), **fields)
        pdf.pages[1].obj.Annots = Array([*pdf.pages[1].obj.get("/Annots", []), pdf.make_indirect(one)])

    return plant


def with_script(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


def with_page_action(pdf: pikepdf.Pdf) -> None:
    pdf.pages[2].obj.AA = Dictionary(O=Dictionary(S=Name.URI, URI=String("https://tracker.invalid/")))


def with_form(pdf: pikepdf.Pdf) -> None:
    pdf.Root.AcroForm = Dictionary(Fields=Array([pdf.make_indirect(Dictionary(FT=Name.Tx, T=String("a")))]))


def with_orphan_action(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Planted = pdf.make_indirect(Dictionary(S=Name.Launch, F=String("a.exe")))


@pytest.mark.parametrize(
    ("plant", "what", "page"),
    [
        (with_script, "script", None),
        (with_page_action, "action", 3),
        (with_form, "form", None),
        (with_orphan_action, "action", None),
        (note(Subtype=Name.Link, A=Dictionary(S=Name.URI, URI=String("https://tracker.invalid/"))), "link", 2),
        (note(Subtype=Name.Text), "note", 2),
        (note(Subtype=Name.Widget, FT=Name.Btn), "form", 2),
    ],
)
def test_what_acts_or_leads_outside_is_red(built: Built, copy: Path, plant: Any, what: str, page: int | None) -> None:
    found = [find for find in change(copy, built.pages, plant) if find["code"] == "active"]
    assert (what, page) in {(find["what"], find.get("page")) for find in found}


def test_another_attachment_is_red(built: Built, copy: Path) -> None:
    def attach(pdf: pikepdf.Pdf) -> None:
        pdf.attachments["a.txt"] = pikepdf.AttachedFileSpec(pdf, b"a", filename="a.txt")

    assert {"code": "attachments", "what": "attached"} in change(copy, built.pages, attach)


def picture_of(pdf: pikepdf.Pdf) -> Any:
    return next(
        thing for thing in pdf.objects if isinstance(thing, pikepdf.Stream) and thing.get("/Subtype") == "/Image"
    )


def with_camera_data(pdf: pikepdf.Pdf) -> None:
    picture_of(pdf).write(metadata_jpeg(), filter=Name.DCTDecode)


def with_xmp_in_picture(pdf: pikepdf.Pdf) -> None:
    picture_of(pdf).Metadata = pdf.make_stream(b"<x/>", Type=Name.Metadata)


def test_camera_data_in_a_picture_is_red_with_its_page(built: Built, copy: Path) -> None:
    found = change(copy, built.pages, with_camera_data)
    first, last = built.page_map["exhibits"]["E2"]
    assert {find["what"] for find in found} == {"segment e1", "segment fe", "trailer"}
    assert all(find["code"] == "picture_data" and first <= find["page"] <= last for find in found)


def test_a_description_in_a_picture_s_dictionary_is_red(built: Built, copy: Path) -> None:
    found = change(copy, built.pages, with_xmp_in_picture)
    assert [(find["code"], find["what"]) for find in found] == [("picture_data", "metadata")]


def profile_called(name: str) -> bytes:
    body = b"desc" + bytes(4) + len(name).to_bytes(4, "big") + name.encode() + b"\0"
    return (
        bytes(128) + (1).to_bytes(4, "big") + b"desc" + (144).to_bytes(4, "big") + len(body).to_bytes(4, "big") + body
    )


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("sRGB IEC61966-2.1", []),
        ("Anna's laptop screen", [("profile", None)]),
        ("A screen of 14 Marsh Lane", [("addresses", None), ("profile", "yellow")]),
        ("LG ULTRAWIDE", [("profile", "yellow")]),
    ],
)
def test_a_colour_profile_that_names_somebody_s_device_is_told(built: Built, copy: Path, name: str, found: Any) -> None:
    def plant(pdf: pikepdf.Pdf) -> None:
        profile = pdf.make_stream(profile_called(name), N=3)
        picture_of(pdf).ColorSpace = Array([Name.ICCBased, profile])

    told = [(find["what"], find.get("colour")) for find in change(copy, built.pages, plant)]
    assert told == found


def test_a_profile_of_today_s_way_of_writing_is_read_too() -> None:
    assert "sRGB" in profile_words(icc_profile())


@pytest.mark.h("H33")
@pytest.mark.parametrize(
    ("words", "is_soft"), [("I saw you at 14 Marsh Lane today", False), ("I saw you at I4 Marsh Lane today", True)]
)
def test_a_term_in_a_picture_is_read_and_found_and_only_a_near_one_is_soft(
    tmp_path: Path, words: str, is_soft: bool
) -> None:
    (tmp_path / "a.png").write_bytes(screenshot(words))
    asked = reading.payload([tmp_path / "a.png"], 2000, tmp_path)
    (text,) = child.run(reading.READ, asked, memory_mb=512, seconds=60).result["texts"]
    if is_soft:
        text = words  # what a machine makes of small print differs; here it is one letter
    read = [{"page": 4, "item": "E2", "sha256": "a" * 64, "words": text}]
    (found,) = looking.words({"read": read, "terms": TERMS})["finds"]
    assert found["is_soft"] is is_soft
    assert (found["code"], found["page"], found["item"], found["term"]) == ("pictures", 4, "E2", "t1")


def test_without_terms_nothing_is_looked_for() -> None:
    assert Terms([]).found(ADDRESS) == []


NUMBER, POSTCODE = "07700 900461", "NR1 3JS"


def test_what_a_file_says_is_looked_through_by_form_too(tmp_path: Path) -> None:
    make_pdf(tmp_path / "a.pdf", words=f"Ring {NUMBER}, {POSTCODE}").close()
    frozen = contents(entry(1, exhibits=("E1",)), exhibits=(pdf_exhibit(tmp_path / "a.pdf", "E1"),))
    made = build(frozen, tmp_path / "out.pdf", tmp_path / "work", key=KEY)
    asked = {"path": str(made.path), "pages": made.pages, "terms": [], "first": 1}
    first, last = made.page_map["exhibits"]["E1"]
    assert last == first + 1
    found = looking.search(asked | {"hidden": ["addresses", "phones", "vehicles"]})["finds"]
    place = {"code": "text", "page": last, "item": "E1", "is_soft": True}
    assert found == [place | {"what": "addresses"}, place | {"what": "phones"}]
    assert looking.search(asked | {"hidden": ["vehicles"]})["finds"] == []


def test_a_number_in_a_picture_is_found_by_its_form_once_and_not_beside_a_term_of_its_kind() -> None:
    read = [{"page": 4, "item": "E3", "sha256": "a" * 64, "words": f"{NUMBER} Not in your contacts {NUMBER}"}]
    (found,) = looking.words({"read": read, "terms": TERMS, "hidden": ["phones"]})["finds"]
    assert (found["what"], found["is_soft"], found.get("term")) == ("phones", True, None)
    terms = [asdict(Term("t2", "phones", NUMBER))]
    (found,) = looking.words({"read": read, "terms": terms, "hidden": ["phones"]})["finds"]
    assert (found["term"], found["is_soft"]) == ("t2", False)


def test_files_are_looked_through_for_all_that_texts_are_gone_through_for() -> None:
    told = [(kinds, spot) for kinds, spot, _mark in PATTERNS]
    assert [({str(kind) for kind in kinds}, spot) for kinds, spot in told] == list(SPOTS)


def test_each_page_is_searched_once_in_whichever_stretch(
    built: Built, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "PAGES_AT_ONCE", 2)

    def on_every_page(pdf: pikepdf.Pdf) -> None:
        for number in range(1, built.pages + 1):
            write_on_page(pdf, number, ADDRESS)

    change(copy, built.pages, on_every_page)
    asked = {"path": str(copy), "terms": TERMS}
    found = looking.search(asked | {"first": 1, "last": 3})["finds"]
    found += looking.search(asked | {"first": 4})["finds"]
    assert [find["page"] for find in found if find["code"] == "text"] == list(range(1, built.pages + 1))
    assert looking.search(asked | {"first": built.pages + 1})["finds"] == []


@pytest.mark.parametrize("pages", [0, 1, 299, 300, 301, 2603])
def test_stretches_have_every_page_once_and_the_last_goes_to_the_end(pages: int) -> None:
    found = gating._stretches(pages)
    searched = [number for first, last in found for number in range(first, (last or max(pages, first)) + 1)]
    assert searched == list(range(1, max(pages, 1) + 1))
    assert [last for _first, last in found].index(None) == len(found) - 1


@pytest.mark.parametrize(("first", "mark"), [(None, ""), (9, "E9")])
def test_a_page_belongs_to_the_exhibit_whose_pages_it_is_among(first: int | None, mark: str) -> None:
    rows = [{"mark": "E2", "first_page": 5, "last_page": 6}, {"mark": "E1", "first_page": 3, "last_page": 4}]
    rows += [{"mark": mark, "first_page": first, "last_page": first}] if first else []
    marks = Marks({"exhibits": rows})
    assert [marks.on(page) for page in range(2, 10)] == ["", "E1", "E1", "E2", "E2", "", "", mark]
    assert (marks.beginning_on(5), marks.beginning_on(6)) == (["E2"], [])


def test_a_find_holds_no_withheld_word(built: Built, copy: Path) -> None:
    def everywhere(pdf: pikepdf.Pdf) -> None:
        in_bookmark(pdf)
        in_info(pdf)
        write_on_page(pdf, 1, ADDRESS)

    out = io.StringIO()
    print(change(copy, built.pages, everywhere), file=out)
    assert "Marsh" not in out.getvalue()
