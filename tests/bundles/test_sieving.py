"""What is told of many texts at once is what is told of each by itself: nothing slips through for being in company."""

import random
import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bundles.disclosure import spotting
from bundles.disclosure.folding import is_said, outline
from bundles.disclosure.near_forms import ALWAYS
from bundles.disclosure.sieving import APART, HEAP, Many, heaps, matching, shape_of
from bundles.disclosure.terms import Finder, Term
from bundles.disclosure.withholding import PATTERNS, Withholder
from bundles.models import Shown

# Hard to read: from right to left, joined up, in other letters, with what nobody sees between, in words and figures.
PIECES = (
    "14 Quay Lane", "fourteen quay lane", "QUAYLANE", "Quay\u200bLane", "Q\u00adu\u00ada\u00ady L a n e", "Quay",
    "Lane", "Katarzyna Nowak", "Nowakowej", "\u039dowak", "K0walska", "Kowalsk\u0061\u0328", "\u041a\u043ewalska",
    "Ko\u0301walska", "07700 900123", "O77OO 9OO l23", "oh double seven double oh nine double oh one two three",
    "double 0", "77 oh", "oh 77", "\u0660\u0667\u0667\u0660\u0660\u0669\u0660\u0660\u0661\u0662\u0663",
    "\uff10\uff17\uff17\uff10\uff10", "077009", "00123", "one two three four", "\u017feven", "\u0130ki", "K",
    "six hundred and twelve", "+44", "(0)", "7700.900.123", "12 345 678 9", "NR1 3AB", "nr13ab", "22 Acacia Gdns",
    "9 High St", "St", "Park", "52.6309, 1.2974", "52\u00b038' N 1\u00b017' E", ".123", "TG 123 456", "geo:52.6,1.29",
    "9C86+2V", "///tame.lamp.bird", "what3words", "what 3 words a.bc.de.fg", "w3w.co/x", "maps.app.goo.gl/x",
    "a@b.example", "@", "Larkfield Primary School", "AB12 CDE", "ab12cde", "A1 BCD", "BIG 1234", "LIZ 4321",
    "[number withheld]", "[redacted: third party]", "[", "3 June 2026 at 21:14:05", "16 January 2025, about 10:15pm",
    "\U0001f600", "\u05e9\u05dc\u05d5\u05dd", "\u0643\u062a\u0628 \u0669", "\u202e", "\u2019", "\u201c", "\u20ac",
    "\u00a0", "\u0301", "\u00e9", "Sta\u0142", "\u00df", "\ufb01", "\u2460", "\u24b6", "\u00bd", "\u00b2", "\x00",
    "\x1e", " ", "\n", "-", "1", "I", "l", "",
)  # fmt: skip
TEXT = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=6)), max_size=7).map("".join)
TEXTS = st.lists(TEXT, max_size=9)
TERMS = (
    Term("1", Shown.ADDRESSES, "14 Quay Lane"),
    Term("2", Shown.THIRD_PARTIES, "Katarzyna Nowak"),
    Term("3", Shown.PHONES, "07700 900123"),
    Term("4", ALWAYS, "Kowalska"),
)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TEXTS)
def test_what_is_told_of_many_texts_is_what_is_told_of_each(texts: list[str]) -> None:
    many = Many(texts)
    assert many.outlines == [outline(text) for text in texts]
    assert many.shapes == [shape_of(text) for text in texts]
    assert [shape in many.said for shape in many.shapes] == [is_said(text) for text in texts]


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TEXTS)
def test_where_nothing_is_looked_for_nothing_is_to_be_found(texts: list[str]) -> None:
    many, finder = Many(texts), Finder(TERMS)
    assert not any(finder.found(text) for text in finder.unread(many))
    quiet = spotting.formless(many)
    assert not [(text, spot) for text in quiet for _, spot, _ in PATTERNS if any(spot(text))]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TEXTS)
def test_texts_in_company_become_what_each_becomes_by_itself(texts: list[str]) -> None:
    withholder = Withholder(terms=TERMS, kept=frozenset({"[redacted: third party]"}))
    by_itself = {text: after for text in texts if (after := withholder.clean(text)) != text}
    assert withholder.changed(texts) == by_itself


def test_every_sign_has_the_same_outline_in_company() -> None:
    signs = [chr(at) for at in range(0x1_0000) if not 0xD800 <= at < 0xE000]
    texts = [f"aB{sign}L1" for sign in signs if sign != APART]
    assert Many(texts).outlines == [outline(text) for text in texts]


def test_a_large_log_is_sieved_in_heaps_and_none_of_its_texts_is_lost() -> None:
    chance = random.Random(1)
    texts = ["x" * chance.randrange(40_000) for _ in range(200)]
    told = [many.texts for many in heaps(texts)]
    assert [text for some in told for text in some] == texts
    assert len(told) > 1
    assert all(sum(map(len, some[:-1])) <= HEAP for some in told)
    assert list(heaps([])) == []


def test_a_pattern_is_counted_in_each_text() -> None:
    assert matching(["a1b2", "", "c", "3"], re.compile(r"\d")) == {0: 2, 3: 1}
