import pytest

from bundles.withholding import MARK, Withholder, address_lines


@pytest.mark.parametrize(
    "text",
    [
        "07700 900123",
        "07700900123",
        "+44 7700 900123",
        "(01632) 960 123",
        "0044 20 7946 0123",
        "01632-960-123",
        "a@b.example",
    ],
)
def test_phones_are_taken_out_in_any_spelling(text):
    assert Withholder().clean(f"He rang {text} again.") == f"He rang {MARK} again."


@pytest.mark.parametrize("text", ["NR1 3AB", "nr13ab", "IP33 1AA"])
def test_postcodes_are_taken_out(text):
    assert Withholder().clean(f"near {text}.") == f"near {MARK}."


@pytest.mark.parametrize("text", ["14 Quay Lane", "14  quay lane", "14, Quay\nLane"])
def test_the_known_address_is_taken_out_in_any_spelling(text):
    hidden = Withholder(addresses=address_lines(["14 Quay Lane\nNorwich\nNR1 3AB"]))
    assert hidden.clean(f"outside {text} at ten") == f"outside {MARK} at ten"


@pytest.mark.parametrize(
    "text", ["on 3 June 2026 at 14:30", "crime reference 36/12345/26", "9 calls, 3 texts", "He paid 0.50"]
)
def test_dates_and_references_stay(text):
    assert Withholder().clean(text) == text


def test_what_is_ticked_stays():
    text = "14 Quay Lane, NR1 3AB, 07700 900123"
    assert Withholder(("14 Quay Lane",), hides_addresses=False, hides_phones=False).clean(text) == text


def test_a_town_alone_is_no_address():
    assert address_lines(["14 Quay Lane, Norwich"]) == ("14 Quay Lane",)
