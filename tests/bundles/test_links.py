"""Links are taken off a page when it is made, and led to their places when the file is finished."""

import hashlib
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from bundles.engine import links, setting, tables
from bundles.engine.assembling import BuildFailed, build
from bundles.engine.leading import text
from nsvcs.typesetting import Typesetter
from tests.bundles.world import KEY, contents, entry, make_pdf, pdf_exhibit


@pytest.fixture
def page(tmp_path: Path) -> Any:
    """A page with a link of ours, and one that runs something."""
    with pikepdf.new() as pdf:
        made = pdf.add_blank_page().obj
        ours = Dictionary(S=Name.URI, URI=String("nsvcs:entry-1"))
        runs = Dictionary(S=Name.Launch)
        marks = [Dictionary(Subtype=Name.Link, Rect=Array([1, 2, 3, 4]), A=action) for action in (ours, runs)]
        made.Annots = Array([pdf.make_indirect(mark) for mark in marks])
        yield made


def test_all_that_lies_on_a_page_is_taken_and_what_is_no_link_of_ours_leads_nowhere(page: Any) -> None:
    objects = [each.objgen[0] for each in page.Annots]

    rows, numbers = links.take(page)

    assert [row.address for row in rows] == ["nsvcs:entry-1", ""]
    assert rows[0].box == (1, 2, 3, 4)
    assert numbers == objects
    assert "/Annots" not in page


@pytest.mark.parametrize("is_ours", [True, False])
def test_note_is_believed_on_our_own_pages_alone_and_stays_on_none(page: Any, is_ours: bool) -> None:
    page[links.NOTE] = String('[[[1,2,3,4],"nsvcs:cover"]]')

    found = links.noted(page, is_ours=is_ours)

    assert [row.address for row in found] == (["nsvcs:cover"] if is_ours else [])
    assert links.NOTE not in page


def test_part_keeps_no_link_and_a_note_of_each(tmp_path: Path) -> None:
    values = tables.chapter([entry(1, exhibits=("E1",)), entry(2)], Typesetter())
    made = setting.set_pages(values | {"out": str(tmp_path / "out.pdf")})

    with pikepdf.open(tmp_path / "out.pdf") as pdf:
        assert not any("/Annots" in page.obj for page in pdf.pages)
        found = [row for page in pdf.pages for row in links.noted(page.obj, is_ours=True)]
        assert {row.address.partition(":")[0] for row in found} == {"nsvcs", "nsvcs-page"}
    assert made["faults"] == []


def test_document_cannot_smuggle_links_into_the_bundle(tmp_path: Path) -> None:
    with make_pdf(tmp_path / "letter.pdf") as pdf:
        pdf.pages[0].obj[links.NOTE] = String('[[[0,0,500,800],"nsvcs:cover"]]')
        pdf.save(tmp_path / "noted.pdf")
    digest = hashlib.sha256((tmp_path / "noted.pdf").read_bytes()).hexdigest()
    copy: dict[str, Any] = {"copy_path": str(tmp_path / "noted.pdf"), "copy_sha256": digest, "copy_pages": 1}
    letter = pdf_exhibit(tmp_path / "letter.pdf", "E1", **copy)

    built = build(contents(entry(1, exhibits=("E1",)), exhibits=(letter,)), tmp_path / "out.pdf", tmp_path, key=KEY)

    with pikepdf.open(built.path) as pdf:
        assert not any(links.NOTE in page.obj for page in pdf.pages)
        page = pdf.pages[built.page_map["exhibits"]["E1"][1] - 1]
        assert [round(float(link.Rect[3])) < 60 for link in page.obj.Annots] == [
            True
        ]  # back to the index, and no other


def test_document_with_a_link_on_its_page_is_no_part_of_a_bundle(tmp_path: Path) -> None:
    with make_pdf(tmp_path / "letter.pdf") as pdf:
        link = Dictionary(Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=Dictionary(URI=String("nsvcs:cover")))
        pdf.pages[0].obj.Annots = Array([pdf.make_indirect(link)])
        pdf.save(tmp_path / "linked.pdf")
    digest = hashlib.sha256((tmp_path / "linked.pdf").read_bytes()).hexdigest()
    copy: dict[str, Any] = {"copy_path": str(tmp_path / "linked.pdf"), "copy_sha256": digest, "copy_pages": 1}
    letter = pdf_exhibit(tmp_path / "letter.pdf", "E1", **copy)

    with pytest.raises(BuildFailed) as failed:
        build(contents(entry(1, exhibits=("E1",)), exhibits=(letter,)), tmp_path / "out.pdf", tmp_path, key=KEY)
    assert failed.value.code == "links_differ"


@pytest.mark.parametrize("words", ["plain", r"a (b) \ c", "naïve – 我 😀", "two\nlines"])
def test_words_are_said_as_they_are(words: str) -> None:
    assert str(pikepdf.Object.parse(text(words))) == words
