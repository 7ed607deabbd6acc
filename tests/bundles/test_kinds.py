"""What each kind takes out, by its form, by column and by word; and what it leaves."""

import re
import time
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bundles.disclosure.terms import Term
from bundles.disclosure.withholding import AS_THEY_ARE, COLUMNS, EMAIL, MARKS, POSITION, Withholder, withhold
from bundles.models import Shown
from bundles.selection.contents import Translation
from tests.bundles.world import contents, entry

ALL = Withholder()


def only(kind, *terms):
    return Withholder(hidden=frozenset({kind}), terms=terms)


@pytest.mark.parametrize(
    "text",
    [
        "52.6309, 1.2974",
        "52.6309 N 1.2974 E",
        "-52.630912,1.297412",
        "52°37′51″N 1°17′50″E",
        "https://maps.google.com/?q=52.63,1.29&z=1",
        "https://maps.app.goo.gl/AbC123xyz",
        "https://www.google.co.uk/maps/place/x/@52.6,1.2",
        "https://what3words.com/filled.count.soap",
        "///filled.count.soap",
        "what3words filled.count.soap",
        "What three words is filled.count.soap",
        "TG 2345 0876",
        "9F43J8QX+2V",
        "geo:52.6309,1.2974",
    ],
)
@pytest.mark.parametrize("kind", [Shown.ADDRESSES, Shown.PLACES])
def test_a_map_position_stays_only_where_addresses_and_places_are_shown(kind, text):
    assert only(kind).clean(f"He sent {text} to me") == f"He sent {POSITION} to me"
    assert only(Shown.STAFF_SURNAMES).clean(f"He sent {text} to me") == f"He sent {text} to me"


@pytest.mark.parametrize("text", ["22 Acacia Avenue", "7a, Mill Lane", "103 St Benedicts Street", "NR1 3AB"])
def test_an_address_that_nobody_listed_is_taken_out_by_its_form(text):
    assert only(Shown.ADDRESSES).clean(f"He waited at {text} again") == f"He waited at {MARKS[Shown.ADDRESSES]} again"


@pytest.mark.parametrize(
    "text", ["AB12 CDE", "AB12CDE", "ab12cde", "A123 BCD", "ABC 123D", "ABC123D", "AIZ 1234", "BIG 4321"]
)
def test_a_number_plate_is_taken_out_by_its_form(text):
    assert only(Shown.VEHICLES).clean(f"in a red {text} again") == f"in a red {MARKS[Shown.VEHICLES]} again"


@pytest.mark.parametrize(
    "text",
    ["Oakfield Primary School", "St Mary’s Nursery", "City College", "Mill Reach Primary"],
)
def test_a_school_is_taken_out_by_its_form(text):
    assert only(Shown.SCHOOL).clean(f"outside {text} again") == f"outside {MARKS[Shown.SCHOOL]} again"


@pytest.mark.parametrize(
    "text",
    [
        "He rang at 7.15, then 8.30 and 9.45.",
        "on 3.6.2026 and 1.2.2026",
        "He drove up the M11 and back in 20 min, at 30 mph.",
        "crime reference 36/12345/26, NC36/12345/26",
        "the school, my school, after school",
        "It cost 12.50, or 1.250.00.",
        "He stood in the road, at the close of day, on the way.",
        "chapter 2 of Great Expectations",
        "I rang 101, and 999.",
        "version 1.2.3 of the app",
        "CPS and PCSO 4412 came",
    ],
)
def test_what_only_looks_alike_stays(text):
    assert ALL.clean(text) == text


@pytest.mark.parametrize(("column", "kind"), COLUMNS.items())
def test_a_column_goes_as_a_whole_with_its_translations_and_the_digest(column, kind):
    translated = Translation(column, "pl", "an interpreter", date(2026, 6, 1), "coś")
    whole = contents(entry(1, **{column: "anything at all"}, translations=(translated,)))
    told = withhold(whole, only(kind)).entries[0]
    assert (getattr(told, column), told.translations, told.digest) == (MARKS[kind], (), "")
    other = withhold(whole, only(Shown.STAFF_SURNAMES)).entries[0]
    assert other == whole.entries[0]


def test_an_empty_column_stays_empty():
    assert withhold(contents(entry(1, place="")), only(Shown.PLACES)).entries[0].place == ""


def test_each_kind_takes_out_its_own_words_alone_and_always_goes_whatever_is_shown():
    terms = tuple(Term(kind, kind, f"Xanadu{place}x") for place, kind in enumerate([*MARKS, "always"]))
    text = " ".join(term.words for term in terms)
    for place, kind in enumerate(MARKS):
        told = only(kind, *terms).clean(text).split("Xanadu")
        assert MARKS[kind] in " ".join(told)
        assert f"{place}x" not in re.findall(r"Xanadu(\d+x)", only(kind, *terms).clean(text))
    shown = Withholder(hidden=frozenset(), terms=terms)
    assert shown.clean(text) == text.replace(f"Xanadu{len(MARKS)}x", "[withheld]")


def test_a_name_of_a_column_of_codes_is_not_read_as_a_text():
    secret = Term("1", Shown.PLACES, "Police")
    told = withhold(contents(entry(1)), only(Shown.PLACES, secret))
    assert told.profile == "Police"  # a code that the engine goes by
    assert all(names for names in AS_THEY_ARE.values())


def test_the_bundles_own_words_and_marks_are_not_torn():
    terms = tuple(Term(words, Shown.PLACES, words) for words in ("address", "withheld", "place", "number"))
    text = "At 22 Acacia Avenue he rang 07700 900301 from jo@mail.example"
    hidden = Withholder(terms=tuple(replace(term, in_any_case=True) for term in terms))
    once = hidden.clean(text)
    assert once == f"At {MARKS[Shown.ADDRESSES]} he rang {MARKS[Shown.PHONES]} from {EMAIL}"
    assert hidden.clean(once) == once


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200))
def test_cleaning_twice_is_cleaning_once_and_keeps_the_order(text):
    terms = (Term("1", Shown.PLACES, "Mill House"), Term("2", Shown.PHONES, "07700 900301"))
    hidden = Withholder(terms=terms)
    once = hidden.clean(text)
    assert hidden.clean(once) == once
    pieces = [each for each in re.split(r"\[[^\]]*withheld\]", once) if each]
    at = 0
    for piece in pieces:
        at = text.index(piece, at) + len(piece)


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="abcdefghij \n.,", max_size=200))
def test_a_text_without_anything_of_the_kind_is_not_changed(text):
    assert Withholder(terms=(Term("1", Shown.PLACES, "Quayside Wharf"),)).clean(text) == text


@pytest.mark.parametrize(
    "piece",
    ["A", "Aa ", "A1", "0", "07 ", "(0", "+", "1.1 ", "52.123 ", "a.", "/", "//a.b", "https://maps.google", "@", "a@b.",
     "St ", "A of ", "1°1'", "what3words ", "C of E ", "1 Aa ", "AB12", "\u0660", "O0", "\u202e", "\U0001f600"],
)  # fmt: skip
def test_no_text_is_slow_to_clean(piece):
    text = (piece * 20_000)[:20_000]
    begun = time.process_time()
    ALL.clean(text)
    assert time.process_time() - begun < 1.5, piece
