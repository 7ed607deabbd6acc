"""Writing from right to left is copied out of the long tables as it was written: each letter once, in its order."""

import unicodedata
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from bundles.engine import setting, tables
from bundles.selection.choice import Preset
from nsvcs.typesetting import RIGHT_TO_LEFT, Typesetter
from tests.bundles.test_editions import COURT, FAMILY
from tests.bundles.test_nothing_is_left import by_pdfium, by_pdfjs, by_pdfminer, by_pypdf
from tests.bundles.world import entry

LINES = (
    "كَانَ يَنتَظِرُ أَمَامَ البَابِ",
    "سَلَامٌ وَلَا أَحَدَ لِلْبَيْتِ الْأَوَّلُ",
    "كان ينتظر أمام الباب لا سلام",
    "ٱللَّهِ هَٰذَا ٱلرَّحْمَٰنِ",
    "מִי עָמַד לִפְנֵי הַבַּיִת שֶׁלִּי",
    "מי עמד לפני הבית שלי",
    "مِهرَبان است چِرا گُفت",
)
# A text as people write: vowel signs, brackets, digits of both kinds, another writing, faces, all mixed.
MIXED = "كَتَبَ John Smith فِي ١٢ يَونيو 2026 (نَعَمْ). 😀👨‍👩‍👧 הוּא עָמַד [שׁוּב] «لا»! "
Reader = Callable[[Path], list[str]]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A part with every line; an English entry before and after, as a page has it."""
    out = tmp_path_factory.mktemp("turned") / "part.pdf"
    rows = [entry(1), entry(2, what_happened="\n".join(LINES), language="ar"), entry(3)]
    setting.set_pages(tables.chapter(rows, Typesetter()) | {"out": str(out)})
    return out


def plain(text: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKC", " ".join(text.split())))


def read(reader: Reader, path: Path) -> str:
    return plain("\n".join(reader(path)))


def turned(text: str) -> Counter[str]:
    """The letters of writing from right to left, and the marks upon them."""
    letters = unicodedata.normalize("NFD", plain(text))
    return Counter(
        each for each in letters if unicodedata.bidirectional(each) in RIGHT_TO_LEFT or "\u0591" <= each <= "\u0670"
    )


@pytest.mark.parametrize("reader", [by_pdfium, by_pypdf, by_pdfminer, by_pdfjs])
def test_each_letter_is_copied_out_once(page: Path, reader: Reader) -> None:
    assert turned(read(reader, page)) == turned("\n".join(LINES))


@pytest.mark.parametrize("line", LINES)
def test_a_reader_that_knows_the_direction_finds_the_line_as_it_was_written(page: Path, line: str) -> None:
    assert plain(line) in read(by_pdfium, page)


@pytest.mark.parametrize("line", LINES)
def test_a_reader_that_does_not_finds_it_as_it_is_drawn(page: Path, line: str) -> None:
    assert plain(line) in plain("\n".join(by_pdfminer(page))[::-1])


def test_readers_that_part_words_find_each_word_in_its_order(page: Path) -> None:
    """One of them takes a sign at the very end of a word for a word of its own."""
    by_one, by_other = read(by_pypdf, page), read(by_pdfjs, page)
    words = [word for line in LINES for word in line.split() if "ٱ" not in word]
    assert [word for word in words if plain(word) not in by_one] == []
    assert [word for word in words if plain(without_last_mark(word)) not in by_other] == []


def without_last_mark(word: str) -> str:
    return word.rstrip("".join(each for each in word if unicodedata.combining(each)))


@pytest.mark.parametrize("preset", [FAMILY, COURT])
def test_twenty_thousand_letters_of_it_with_brackets_and_faces_are_printed(tmp_path: Path, preset: Preset) -> None:
    """Readers turn brackets and halves of faces; no part is refused for that."""
    text, out = (MIXED * (20_000 // len(MIXED) + 1))[:20_000], tmp_path / "part.pdf"
    rows = [entry(1, what_happened=text, language="ar")]
    values = tables.chapter(rows, Typesetter(), preset)

    setting.set_pages(values | {"out": str(out)})

    assert turned("\n".join(by_pdfium(out))) == turned(text)


def test_headings_stay_where_they_are_beside_an_entry_in_another_language(page: Path) -> None:
    """The direction of a text is its own lines': that of an entry would carry our words to the other side."""
    import pypdfium2

    with pypdfium2.PdfDocument(page) as pdf:
        text = pdf[0].get_textpage()
        everything = text.get_text_range()
        lefts = {
            round(text.get_charbox(place)[0])
            for place in range(len(everything))
            if everything.startswith("What happened", place)
        }
    assert len(lefts) == 1
