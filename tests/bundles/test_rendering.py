import json
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Array

from bundles.engine import label_pages, rendering
from bundles.engine.assembling import build
from bundles.engine.parts import CSS
from bundles.engine.rendering import Sheet
from bundles.selection.choice import Pattern
from nsvcs.fonts import write_fonts_conf
from nsvcs.typesetting import Typesetter
from tests.bundles.test_assembling import page_texts
from tests.bundles.world import KEY, contents, entry, in_child, make_pdf, pdf_exhibit
from tests.logs.test_cleaning import with_its_list_at_the_end


def says(sheet: Sheet) -> str:
    """What the page before a document says of it."""
    rows = label_pages.sheets([sheet], Typesetter())["data"]["sheets"][0]["says"]
    return " ".join(row["w"] for row in rows)


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

    said = says(sheet)

    assert words in said
    assert ("picture" in said) == bool(pictured)


def test_exhibit_that_broke_off_is_a_repaired_view_on_its_page_on_every_page_and_in_the_list(tmp_path: Path) -> None:
    whole = with_its_list_at_the_end(4)
    path = tmp_path / "cut.pdf"
    path.write_bytes(whole[: int(len(whole) * 0.8)])
    frozen = contents(entry(1, exhibits=("E1",)), exhibits=(pdf_exhibit(path, "E1"),))

    built = build(frozen, tmp_path / "out.pdf", tmp_path / "work", key=KEY)

    texts = page_texts(built.path)
    first, last = built.page_map["exhibits"]["E1"]
    assert "Repaired view. The file is damaged." in texts[first - 1]
    for page in range(first, last):
        assert f"Repaired view, page {page - first + 1} of {last - first}" in texts[page]
    with pikepdf.open(built.path) as pdf:
        listed = json.loads(pdf.attachments["manifest.json"].get_file().read_bytes())
    assert listed["exhibits"][0]["is_repaired_view"]


def test_a_long_table_of_facts_has_its_headings_on_each_page_and_no_letter_twice(tmp_path: Path) -> None:
    rows = tuple((f"Week {number}", str(number), f"entry {number}") for number in range(1, 61))
    html = rendering.patterns([(1, Pattern("By week", "60 weeks.", ("Week from Monday", "Entries", "Which"), rows))])
    told = {"html": html, "css": str(CSS), "fonts_conf": str(write_fonts_conf(tmp_path)), "out": str(tmp_path / "p")}

    made = in_child("bundles.engine.printing:render", told, 60)

    texts = page_texts(tmp_path / "p")
    assert made["pages"] == len(texts) > 1
    assert all("Week from Monday Entries Which" in text for text in texts)
    assert sum(text.count("entry 33") for text in texts) == 1


def test_a_figure_of_thousands_of_entries_names_each_in_the_time_that_a_page_may_take(tmp_path: Path) -> None:
    """One cell with all of them took minutes, and no bundle of five thousand entries could be made."""
    odd, even = (", ".join(map(str, range(first, 5001, 2))) for first in (1, 2))
    rows = (("Following", "2500", "1", odd), ("Calls", "2500", "2", even))
    heads = ("Behaviour", "Entries", "First in entry", "Which")
    calls = Pattern("Behaviours", "2 kinds.", heads, rows, (("Calls", 2500),))
    weeks = Pattern("By week", "1 week.", ("Week from Monday", "Entries"), (("1 June 2026", "2"),))
    frozen = contents(entry(1), patterns=(weeks, calls, weeks))

    made = build(frozen, tmp_path / "out.pdf", tmp_path / "work", key=KEY)

    texts = page_texts(made.path)
    words = " ".join(texts).replace(",", " ").split()
    assert [word for word in words if word == "4999"] == ["4999"]
    assert set(map(str, range(1, 5001))) <= set(words)
    first, *others = (number for number, text in enumerate(texts) if "Behaviour Entries First in entry Which" in text)
    assert len(others) > 5
    assert others[-1] == first + len(others)
    assert "The table it is counted from begins on the next page." in texts[first - 1]
    assert "By week" in texts[first - 2]
    assert "By week" in texts[others[-1] + 1]


def test_exhibit_says_what_is_not_in_its_copy(tmp_path: Path) -> None:
    make_pdf(tmp_path / "a.pdf").close()
    details = {"removed": {"link": 2, "attachment": 1}, "restricted": True, "lost": [3, 4], "failed": [2]}
    sheet = Sheet(1, pdf_exhibit(tmp_path / "a.pdf", "E1"), document_pages=9, pictured=(2, 5), details=details)

    printed = says(sheet)

    assert "Page 5 of the document is shown as a picture, because part of it was cut off" in printed
    said = (
        "Not in the copy: 2 links, 1 attached file.",
        "asks not to be printed or changed",
        "Pages that could not be read: 3 to 4.",
        "because they could not be copied otherwise: 2.",
    )
    assert all(words in printed for words in said)
