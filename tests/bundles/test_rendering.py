from pathlib import Path

import pytest
from pikepdf import Array

from bundles import rendering
from bundles.assembling import build
from bundles.rendering import Sheet
from nsvcs.typesetting import Typesetter
from tests.bundles.test_assembling import page_texts
from tests.bundles.world import KEY, contents, entry, make_pdf, pdf_exhibit


def test_exhibit_says_which_page_is_a_picture_and_holds_nothing_that_was_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "letter.pdf"
    pdf = make_pdf(path, 3)
    pdf.pages[1].contents_add(b"BT /F1 18 Tf 72 60 Td (12 Elm Lane) Tj ET")
    pdf.pages[1].CropBox = Array([0, 200, 595, 842])
    pdf.save(path)
    pdf.close()
    frozen = contents(entry(1, exhibits=("E1",)), exhibits=(pdf_exhibit(path, "E1"),))

    texts = page_texts(build(frozen, tmp_path / "out.pdf", tmp_path / "work", key=KEY).path)

    words = "Page 2 of the document is shown as a picture, because part of it was cut off or hidden in the original."
    assert f"The next 3 pages show this document, as a viewing copy. {words}" in texts[-4]
    assert "Letter page 1" in texts[-3]
    assert "Letter" not in texts[-2]
    assert "Exhibit E1" in texts[-2]
    assert "Letter page 3" in texts[-1]
    assert "Elm" not in " ".join(texts)


@pytest.mark.parametrize(
    ("pages", "pictured", "words"),
    [
        (3, (), ""),
        (1, (1,), "The page is shown as a picture, because part of it was"),
        (2, (1, 2), "All of them are shown as pictures, because part of each was"),
        (9, (2, 3, 4, 7), "Pages 2 to 4, 7 of the document are shown as pictures, because"),
        (90, tuple(range(1, 90, 2)), "45 pages of the document are shown as pictures, because"),
    ],
)
def test_pictured_pages_are_told_in_words(tmp_path: Path, pages: int, pictured: tuple[int, ...], words: str) -> None:
    make_pdf(tmp_path / "a.pdf").close()
    sheet = Sheet(1, pdf_exhibit(tmp_path / "a.pdf", "E1"), document_pages=pages, pictured=pictured)

    html = rendering.sheets([sheet], Typesetter())

    assert words in html
    assert ("picture" in html) == bool(pictured)
