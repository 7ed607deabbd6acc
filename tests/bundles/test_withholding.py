import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundles.disclosure.near_forms import address_lines
from bundles.disclosure.sieving import holding
from bundles.disclosure.terms import Term
from bundles.disclosure.withholding import EMAIL, MARKS, Withholder, withhold
from bundles.models import Shown
from bundles.selection.contents import LeftOut
from tests.bundles.world import contents, entry

NUMBER, ADDRESS = MARKS[Shown.PHONES], MARKS[Shown.ADDRESSES]
ONLY = Withholder(hidden=frozenset({Shown.ADDRESSES, Shown.PHONES}))


def knowing(address):
    return Withholder(hidden=frozenset({Shown.ADDRESSES}), terms=(Term("1", Shown.ADDRESSES, address),))


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
    ],
)
def test_phones_are_taken_out_in_any_spelling(text):
    assert ONLY.clean(f"He rang {text} again.") == f"He rang {NUMBER} again."


def test_emails_are_taken_out():
    assert ONLY.clean("He wrote to a@b.example again.") == f"He wrote to {EMAIL} again."


def test_a_number_in_words_is_taken_out():
    said = "He rang oh double seven double oh nine double oh two one four again."
    assert ONLY.clean(said) == f"He rang {NUMBER} again."
    assert ONLY.clean("one of two, three or four; five six") == "one of two, three or four; five six"


@pytest.mark.parametrize(
    "text",
    [
        "O7700900214",
        "o7700 900 214",
        "077OO 9OO214",
        "O77OO9OO2l4",
        "0770090021I",
        "\u041e7700900214",
        "\uff10\uff17\uff17\uff10\uff10\uff19\uff10\uff10\uff12\uff11\uff14",
        "\u0660\u0667\u0667\u0660\u0660\u0669\u0660\u0660\u0662\u0661\u0664",
        "07700*900*214",
        "07700_900_214",
        "0 7 7 0 0 9 0 0 2 1 4",
        "+447700900214",
    ],
)
def test_phones_are_taken_out_in_near_forms(text):
    assert ONLY.clean(f"He rang {text} again. I wrote it down.") == f"He rang {NUMBER} again. I wrote it down."


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("x07700900214", f"x{NUMBER}"),
        ("xO7700900214", f"x{NUMBER}"),
        ("him07700 900 214", f"him{NUMBER}"),
        ("rang+447700900214", f"rang{NUMBER}"),
        ("07700900214x", f"{NUMBER}x"),
        ("07700900214and", f"{NUMBER}and"),
        ("on3/6/2026 07700900214", f"on3/6/2026 {NUMBER}"),
        ("07700 900214 l8r", f"{NUMBER} l8r"),
        ("07700 900214 I looked", f"{NUMBER} I looked"),
    ],
)
def test_a_phone_run_into_a_word_is_taken_out_of_it(text, left):
    assert ONLY.clean(text) == left


@pytest.mark.parametrize("text", ["NR1 3AB", "nr13ab", "IP33 1AA", "NR1  3AB", "NR1\u00a03AB"])
def test_postcodes_are_taken_out(text):
    assert ONLY.clean(f"near {text}.") == f"near {ADDRESS}."


@pytest.mark.parametrize(
    "text", ["14 Quay Lane", "14  quay lane", "14, Quay\nLane", "14 Quay Ln", "Quay Lane", "QUAY LN"]
)
def test_the_known_address_is_taken_out_in_any_spelling(text):
    hidden = knowing("14 Quay Lane\nNorwich\nNR1 3AB")
    assert hidden.clean(f"outside {text} at ten") == f"outside {ADDRESS} at ten"


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
        "reference no 1234567890",
        "reference no1234567890",
        "room 1O1, then Oo and lo, l0l",
        "crime NC36/12345/26",
        "\u0663 calls on 3 June",
        "IMG_20260603_071234.jpg",
    ],
)
def test_dates_and_references_stay(text):
    assert ONLY.clean(text) == text


def test_a_number_beside_a_date_is_taken_out():
    assert ONLY.clean("01/02/2026 07700 900123") == f"01/02/2026 {NUMBER}"


def test_what_is_ticked_stays():
    text = "14 Quay Lane, NR1 3AB, 07700 900123"
    shown = Withholder(hidden=frozenset({Shown.PLACES}), terms=(Term("1", Shown.ADDRESSES, "14 Quay Lane"),))
    assert shown.clean(text) == text
    assert Withholder.of_nothing().clean(text) == text


def test_a_town_alone_is_no_address():
    assert address_lines(["14 Quay Lane, Norwich"]) == ("14 Quay Lane", "Quay Lane")


PIECES = (
    "Quay Lane", "quay  lane", "Nowak", "Nowakowa", "Kasia", "07700 900123", "oh double seven", "one two three four",
    "NR1 3AB", "a@b.example", "geo:52.6,1.29", "///tame.lamp.bird", "9C86+2V", "what3words", "maps.apple.com/x",
    "TG 123 456", "Larkfield Primary School", "AB12 CDE", "ab12cde", "[number withheld]", "[redacted: third party]",
    "\u2019", "Stał naprzeciwko", "\u0661\u0662", "\u0643\u062a\u0628", "52\u00b038' N 1\u00b017' E", "words",
    "map", "\x1e", "\x00", " ", "\n", "1", "",
)  # fmt: skip
TERMS = (Term("1", Shown.ADDRESSES, "14 Quay Lane"), Term("2", Shown.THIRD_PARTIES, "Katarzyna Nowak"))
ALL = Withholder(terms=TERMS, kept=frozenset({"[redacted: third party]"}))


@given(st.lists(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=6)), max_size=5).map("".join), max_size=9))
def test_gone_through_all_at_once_texts_become_what_each_becomes_by_itself(texts: list[str]) -> None:
    for withholder in (ALL, ONLY, Withholder.of_nothing(), Withholder(hidden=frozenset(), terms=TERMS)):
        one_by_one = {text: withholder.clean(text) for text in texts}
        assert withholder.changed(texts) == {text: after for text, after in one_by_one.items() if after != text}


def test_contents_are_withheld_from_in_every_text_and_what_holds_nothing_is_not_made_anew() -> None:
    plain, telling = entry(1), entry(2, what_happened="He knew of 14 Quay Lane.", impact="Ring 07700 900123.")
    whole = contents(plain, telling, left_out=(LeftOut("entries", 2, "asked for by a@b.example"),))
    told = withhold(whole, Withholder(hidden=frozenset({Shown.ADDRESSES, Shown.PHONES}), terms=TERMS))
    assert told.entries[1].what_happened == f"He knew of {ADDRESS}."
    assert (told.entries[1].impact, told.entries[1].digest) == (f"Ring {NUMBER}.", "")
    assert told.left_out[0].why == f"asked for by {EMAIL}"
    assert told.entries[0] == plain


def test_words_are_looked_for_in_all_texts_at_once_and_never_over_the_end_of_one() -> None:
    texts = ["abc", "", "b", "xabcx", "ab", "c"]
    assert holding(texts, {"abc", "abcx"}) == {0, 3}
    assert holding(texts, {"b"}) == {0, 2, 3, 4}
    assert holding(texts, {""}) == set(range(6))
    assert holding([], {"a"}) == holding(texts, set()) == set()
