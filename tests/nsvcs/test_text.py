import pytest

from nsvcs.text import clean_text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "He rang.\n\tTwice.",
        "שלום עולם",
        "e\u0301 and \u00e9",
        "👩‍👧 \u200d\u200f",
        "\u2028x",
        "  spaces  ",
        "a\u0300" * 500,
    ],
)
def test_ordinary_text_of_any_script_is_untouched(text):
    cleaned = clean_text(text)
    assert (cleaned.text, cleaned.notices, cleaned.error) == (text, (), "")


@pytest.mark.parametrize("ending", ["\r\n", "\r", "\v", "\f", "\x85"])
def test_line_ends_become_newlines_without_a_notice(ending):
    cleaned = clean_text(f"one{ending}two")
    assert (cleaned.text, cleaned.notices) == ("one\ntwo", ())


def test_control_characters_go_with_a_notice():
    cleaned = clean_text("a\x00b\x1bc\x9fd\ud83d")
    assert cleaned.text == "abcd"
    assert cleaned.notices == ("We took out 4 invisible control characters. Your words have not changed.",)


def test_direction_overrides_go_with_a_notice():
    cleaned = clean_text("photo\u202egpj.exe\u2069")
    assert cleaned.text == "photogpj.exe"
    assert "direction" in cleaned.notices[0]


def test_limit_is_counted_after_cleaning_and_inclusive():
    assert clean_text("x\r\n" * 10_000).error == ""


def test_too_long_text_is_kept_whole_and_told_by_how_much():
    cleaned = clean_text("é" * 20_123)
    assert len(cleaned.text) == 20_123
    assert "20,123 characters long" in cleaned.error
    assert "Take out 123" in cleaned.error
