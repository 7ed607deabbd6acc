"""A row of the eight columns that is taller than a page is broken, whatever makes it tall: no letter of it is lost."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pypdfium2
import pytest

from bundles.engine import setting, tables
from bundles.selection.choice import Preset
from bundles.selection.contents import Amendment, Translation
from nsvcs.typesetting import Typesetter
from tests.bundles.world import MADE_AT, entry

WIDE = Preset("x", "court", "Court", date(2026, 3, 2), 1, "s", layout="columns", type_size=9)
WORDS = "I sleep at my sister’s and go to work another way, later than before. "
FIELDS = [name for name, _label in tables.COLUMNS]
TRANSLATED = Translation(
    field="impact", language="pl", text=WORDS * 12, by_words="an interpreter", translated_on=date(2026, 6, 4)
)


def pages_of(folder: Path, **changes) -> int:
    row = entry(1, **dict.fromkeys(FIELDS, "") | {"what_happened": "He came.", **changes})
    values = tables.chapter([row, entry(2)], Typesetter(), WIDE)
    return setting.set_pages(values | {"out": str(folder / "out.pdf")})["pages"]


@pytest.mark.parametrize("letters", [280, 560, 840, 1120, 1400, 4200])
@pytest.mark.parametrize("field", FIELDS)
def test_many_letters_in_one_column_are_all_printed(tmp_path, field, letters):
    assert pages_of(tmp_path, **{field: (WORDS * 60)[:letters]}) >= 1  # a letter that is lost is refused


@pytest.mark.parametrize(
    "changes",
    [
        {"what_happened": "Again.\n" * 60},
        {"impact": "他在外面站了很久。" * 60},
        {"impact": "לא ישנתי כל הלילה " * 40},
        {"impact": "😀" * 300},
        {"impact": WORDS * 5, "translations": (TRANSLATED,)},
        {"exhibits": tuple(f"KP/{number}" for number in range(1, 80))},
        {"evidence_words": WORDS * 5, "exhibits": tuple(f"KP/{number}" for number in range(1, 18))},
    ],
    ids=["lines", "Han", "Hebrew", "emoji", "translation", "files", "words and files"],
)
def test_whatever_makes_a_row_tall_it_is_broken(tmp_path, changes):
    assert pages_of(tmp_path, **changes) >= 2


def test_what_fits_a_page_stays_on_one(tmp_path):
    short = tables.chapter([entry(1, impact=WORDS * 4)], Typesetter(), WIDE)["data"]["months"][0]["entries"][0]
    long = tables.chapter([entry(1, impact=WORDS * 9)], Typesetter(), WIDE)["data"]["months"][0]["entries"][0]
    assert (short["short"], long["short"]) == (True, False)
    assert pages_of(tmp_path, impact=WORDS * 4) == 1


@pytest.mark.parametrize("size", [8.0, 8.5, 9.0])
def test_a_row_at_the_limit_fits_at_each_size(tmp_path, size):
    for count in range(4, 12):
        row = entry(1, **dict.fromkeys(FIELDS, "") | {"what_happened": "He came.", "impact": WORDS * count})
        values = tables.chapter([row], Typesetter(), replace(WIDE, type_size=size))
        assert setting.set_pages(values | {"out": str(tmp_path / "out.pdf")})["pages"] >= 1


@pytest.mark.parametrize("letters", [70, 3_000, 20_000])
def test_what_was_added_to_a_short_entry_may_be_of_any_length(tmp_path, letters):
    later = Amendment("addition", (WORDS * 300)[:letters], "the victim", MADE_AT)
    row = entry(1, **dict.fromkeys(FIELDS, "") | {"what_happened": "He came.", "amendments": (later, later)})
    values = tables.chapter([row, entry(2)], Typesetter(), WIDE)
    assert setting.set_pages(values | {"out": str(tmp_path / "out.pdf")})["pages"] >= letters // 5_000


def test_each_page_of_the_table_names_its_columns(tmp_path):
    assert pages_of(tmp_path, impact=WORDS * 30) > 1
    with pypdfium2.PdfDocument(tmp_path / "out.pdf") as pdf:
        for page in pdf:
            words = " ".join(page.get_textpage().get_text_bounded().split())
            assert words.startswith("Date and time Location What happened Evidence Police contact")


@pytest.mark.parametrize(
    "words", ["Again.\n" * 70, WORDS * 13, WORDS * 40, "a" * 890], ids=["lines", "fits", "long", "word"]
)
def test_a_cell_of_a_list_is_printed_however_tall(tmp_path, words):
    heads = [("When", 45), ("Contact", 0), ("Entry", 38)]
    rows = [[("1 June 2026", ""), (words, ""), ("Entry 1", "entry-1")], [(words, ""), ("None", ""), ("", "")]]
    values = tables.listing("police", "Police contact", ["What it is."], heads, rows, WIDE)
    assert setting.set_pages(values | {"out": str(tmp_path / "out.pdf")})["pages"] >= 1


def test_a_list_names_its_columns_once_a_page_beneath_its_title(tmp_path):
    rows = [[(f"Row {number}", ""), ("x", "")] for number in range(90)]
    values = tables.listing("police", "Police contact", ["What it is."], [("When", 45), ("Who rang", 0)], rows, WIDE)
    assert setting.set_pages(values | {"out": str(tmp_path / "out.pdf")})["pages"] > 1
    with pypdfium2.PdfDocument(tmp_path / "out.pdf") as pdf:
        texts = [" ".join(page.get_textpage().get_text_bounded().split()) for page in pdf]
    assert texts[0].startswith("Police contact What it is. When Who rang Row 0")
    assert [text.count("Who rang") for text in texts] == [1] * len(texts)
    assert all(text.startswith("When Who rang Row") for text in texts[1:])


def test_what_stands_beneath_a_card_is_never_alone_on_a_page(tmp_path):
    cards = replace(WIDE, layout="cards", type_size=12.0)
    rows = [entry(number, what_happened=WORDS * (number % 14 + 1), impact=WORDS * (number % 4)) for number in range(60)]
    setting.set_pages(tables.chapter(rows, Typesetter(), cards) | {"out": str(tmp_path / "out.pdf")})
    with pypdfium2.PdfDocument(tmp_path / "out.pdf") as pdf:
        firsts = [page.get_textpage().get_text_bounded().split()[0] for page in pdf]
    assert len(firsts) > 10
    assert not {"Left", "Recorded"} & set(firsts)
