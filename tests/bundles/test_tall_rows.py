"""A row of the eight columns that is taller than a page is broken, whatever makes it tall: no letter of it is lost."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bundles.engine import setting, tables
from bundles.selection.choice import Preset
from bundles.selection.contents import Translation
from nsvcs.typesetting import Typesetter
from tests.bundles.world import entry

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
