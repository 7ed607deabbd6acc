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
        "01632\u2011960\u2011123",
        "07700\u00a0900\u00a0123",
        "7700 900123",
        "447700900123",
        "44 7700 900 123",
        "a@b.example",
    ],
)
def test_phones_are_taken_out_in_any_spelling(text):
    assert Withholder().clean(f"He rang {text} again.") == f"He rang {MARK} again."


@pytest.mark.parametrize("text", ["NR1 3AB", "nr13ab", "IP33 1AA", "NR1  3AB", "NR1\u00a03AB"])
def test_postcodes_are_taken_out(text):
    assert Withholder().clean(f"near {text}.") == f"near {MARK}."


@pytest.mark.parametrize(
    "text", ["14 Quay Lane", "14  quay lane", "14, Quay\nLane", "14 Quay Ln", "Quay Lane", "QUAY LN"]
)
def test_the_known_address_is_taken_out_in_any_spelling(text):
    hidden = Withholder(addresses=address_lines(["14 Quay Lane\nNorwich\nNR1 3AB"]))
    assert hidden.clean(f"outside {text} at ten") == f"outside {MARK} at ten"


@pytest.mark.parametrize(
    "text",
    [
        "on 3 June 2026 at 14:30",
        "on 01/02/2026 14:30",
        "from 03/02/2026 - 05/02/2026",
        "on 1.2.2026 14.30 and 01-02-2026 09.15",
        "on 2026-02-01 09:15",
        "crime reference 36/12345/26",
        "reference 1234567890",
        "car AB12 CDE",
        "near the M1 4pm",
        "9 calls, 3 texts",
        "He paid 0.50",
    ],
)
def test_dates_and_references_stay(text):
    assert Withholder().clean(text) == text


def test_a_number_beside_a_date_is_taken_out():
    assert Withholder().clean("01/02/2026 07700 900123") == f"01/02/2026 {MARK}"


def test_what_is_ticked_stays():
    text = "14 Quay Lane, NR1 3AB, 07700 900123"
    assert Withholder(("14 Quay Lane",), hides_addresses=False, hides_phones=False).clean(text) == text


def test_a_town_alone_is_no_address():
    assert address_lines(["14 Quay Lane, Norwich"]) == ("14 Quay Lane", "Quay Lane")
