import pytest

from nsvcs.typesetting import LONGEST_WORD, PIECE, Typesetter, direction


@pytest.mark.parametrize(
    "text",
    [
        "plain",
        "Łódź",
        "Привет",
        "שלום",
        "مرحبا",
        "😀",
        "👨‍👩‍👧",
        "❤️",
        "e\u0301",
        "½ € “ ” …",
        "他又来了",
        "また来た",
        "또 왔다",
    ],
)
def test_text_that_a_font_has_is_left_as_it_is(text: str) -> None:
    setter = Typesetter()

    assert setter.plain(text) == text
    assert setter.codes == 0


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("\x00", "[U+0000]"),
        ("\x1b", "[U+001B]"),
        ("\u202e", "[U+202E]"),
        ("\u2066", "[U+2066]"),
        ("\ud800", "[U+D800]"),
        ("\U000f0000", "[U+F0000]"),
        ("ส", "[U+0E2A]"),
    ],
)
def test_character_that_cannot_be_printed_is_its_code_and_counted(text: str, printed: str) -> None:
    setter = Typesetter()

    assert setter.plain(f"a{text}b") == f"a{printed}b"
    assert setter.codes == 1


def test_lines_are_those_that_were_written() -> None:
    assert [line.text for line in Typesetter().lines("one\r\n\r\ntwo\rthree\n")] == ["one", "", "two", "three", ""]


@pytest.mark.parametrize(
    ("text", "expected"), [("hello", "ltr"), ("1. שלום", "rtl"), ("مرحبا hello", "rtl"), ("123", "ltr"), ("", "ltr")]
)
def test_first_strong_letter_gives_the_direction(text: str, expected: str) -> None:
    assert direction(text) == expected


@pytest.mark.parametrize("letter", ["a", "e\u0301", "👨‍👩‍👧"])
def test_endless_word_is_cut_for_the_layout_and_loses_nothing(letter: str) -> None:
    text = letter * 3000

    lines = Typesetter().lines(text)

    assert "".join(line.text for line in lines) == text
    assert max(len(line.text) for line in lines) <= PIECE + 64
    assert not any(line.text.startswith("\u0301") for line in lines)


def test_what_stands_beside_a_word_without_end_stays_whole() -> None:
    row = "She sent " + "x" * (LONGEST_WORD + 1) + " and then " + "y" * LONGEST_WORD + " more"

    texts = [line.text for line in Typesetter().lines(row)]

    assert "".join(texts) == row
    assert texts[0] == "She sent "
    assert texts[-1] == " and then " + "y" * LONGEST_WORD + " more"


def test_long_row_of_ordinary_words_stays_one() -> None:
    assert len(Typesetter().lines("word " * 4000)) == 1
