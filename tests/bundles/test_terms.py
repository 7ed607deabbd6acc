"""Protected words are found in every near form, and nothing else is."""

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bundles.disclosure.folding import number_words, outline, read
from bundles.disclosure.near_forms import forms_of
from bundles.disclosure.terms import Finder, Term

ADDRESS = Term("address", "addresses", "22 Acacia Avenue, Norwich NR1 3AB")
PHONE = Term("phone", "phones", "07700 900123")
MAIL = Term("mail", "phones", "jo.bloggs@mail.example")
PLATE = Term("plate", "vehicles", "AB12 CDE")
NAME = Term("name", "third_parties", "Anna Kowalska")
SCHOOL = Term("school", "school", "St Mary’s Primary")
WORK = Term("work", "workplace", "Marks & Spencer")


def without(term: Term, text: str) -> str:
    kept, end = "", 0
    for hit in Finder([term]).found(text):
        assert (hit.kind, hit.term_id) == (term.kind, term.id)
        kept, end = kept + text[end : hit.start] + "*", hit.end
    return kept + text[end:]


@pytest.mark.parametrize(
    ("term", "text"),
    [
        (ADDRESS, "22 Acacia Avenue"),
        (ADDRESS, "22 ACACIA AVE"),
        (ADDRESS, "22, acacia\nav"),
        (ADDRESS, "Acacia-Avenue"),
        (ADDRESS, "AcaciaAvenue"),
        (ADDRESS, "22acaciaavenue"),
        (ADDRESS, "A c a c i a A v e n u e"),
        (ADDRESS, "twenty-two Acacia Avenue"),
        (ADDRESS, "Twenty Two Acacia Ave"),
        (ADDRESS, "two two Acacia Avenue"),
        (ADDRESS, "Acac1a Avenue"),
        (ADDRESS, "\u0410cacia Av\u0435nue"),
        (ADDRESS, "Aca\u00adcia Ave\u200bnue"),
        (Term("a", "addresses", "Twenty-two Acacia Avenue"), "22 Acacia Avenue"),
        (Term("a", "addresses", "122 High Street"), "one hundred and twenty-two High St"),
        (PHONE, "07700900123"),
        (PHONE, "07700-900-123"),
        (PHONE, "+44 7700 900123"),
        (PHONE, "+44 (0)7700 900 123"),
        (PHONE, "0044 7700900123"),
        (PHONE, "7700 900123"),
        (PHONE, "O77OO 9OO l23"),
        (PHONE, "0.7.7.0.0.9.0.0.1.2.3"),
        (PHONE, "oh double seven double oh nine double oh one two three"),
        (PHONE, "zero seven seven hundred nine hundred one two three"),
        (PHONE, "nought seven seven nought nought, 900 123"),
        (MAIL, "Jo.Bloggs@Mail.example"),
        (MAIL, "jo dot bloggs at mail dot example"),
        (MAIL, "jo . bloggs @ mail . example"),
        (PLATE, "AB12CDE"),
        (PLATE, "ab12 cde"),
        (PLATE, "AB 12 CDE"),
        (PLATE, "ABI2 CDE"),
        (PLATE, "A-B-1-2-C-D-E"),
        (NAME, "ANNA KOWALSKA"),
        (NAME, "Kowalska, Anna"),
        (NAME, "A. Kowalska"),
        (NAME, "A Kowalska"),
        (NAME, "Kowalska"),
        (NAME, "Kowalska’s"),
        (NAME, "Kowalskas"),
        (NAME, "K\u00f3walsk\u00e0"),
        (NAME, "Ko\u0301walska"),
        (NAME, "\u041a\u043ewalska"),
        (NAME, "K.o.w.a.l.s.k.a"),
        (NAME, "K o w a l s k a"),
        (NAME, "Kowa-\nlska"),
        (NAME, "K0walska"),
        (NAME, "Anne Kowalska"),
        (Term("n", "third_parties", "Jürgen Müller"), "Mueller"),
        (Term("n", "third_parties", "Jürgen Müller"), "Muller"),
        (Term("n", "children", "Robert Hill", with_first_name=True), "Bobby"),
        (Term("n", "third_parties", "Ηλίας"), "ΗΛΙΑΣ"),
        (Term("n", "third_parties", "Анна"), "анна"),
        (SCHOOL, "St. Mary's primary"),
        (SCHOOL, "Saint Marys Primary"),
        (WORK, "Marks and Spencer"),
        (WORK, "marks spencer"),
    ],
)
def test_a_near_form_is_found_and_nothing_beside_it(term, text):
    assert without(term, f"He said {text}; then left.") == "He said *; then left."
    assert without(term, text) == "*"


@pytest.mark.parametrize(
    ("term", "text"),
    [
        (NAME, "Anna rang. I am a walker."),
        (Term("n", "staff_surnames", "Park"), "went to the park and parked, parking"),
        (Term("n", "children", "May"), "I may go. On 3 May, in May 2026, since May, May 2026."),
        (Term("n", "third_parties", "Will Hill"), "it will go downhill, over the hill"),
        (Term("n", "third_parties", "Al"), "all also Albert al"),
        (Term("n", "third_parties", "Ali"), "all of it, ill, alive"),
        (Term("n", "third_parties", "Bob"), "808 calls"),
        (Term("n", "third_parties", "Dan"), "Danish and danger, a Dane"),
        (Term("n", "workplace", "Weston"), "we drove west on the bypass"),
        (Term("n", "vehicles", "101"), "lol"),
        (PHONE, "077009001234 is another number, and 0770090012"),
        (ADDRESS, "Acacia trees stood along the avenue"),
        (Term("n", "third_parties", "Robert Hill"), "Bob and Robert"),
    ],
)
def test_what_is_no_near_form_stays(term, text):
    assert without(term, text) == text


def test_an_everyday_word_goes_in_small_letters_where_that_was_ticked():
    assert without(Term("n", "third_parties", "Mark", in_any_case=True), "i saw mark") == "i saw *"
    assert without(Term("n", "third_parties", "Mark"), "i saw mark; Mark ran") == "i saw mark; * ran"


def test_finds_over_each_other_are_one_and_all_of_it_goes():
    finder = Finder([Term("1", "addresses", "14 Park Lane"), Term("2", "places", "Park Lane Norwich")])
    hits = finder.found("at 14 Park Lane Norwich.")
    assert [(hit.term_id, hit.start, hit.end) for hit in hits] == [("1", 3, 23)]
    assert {hit.term_id for hit in finder.every("at 14 Park Lane Norwich.")} == {"1", "2"}


def test_no_terms_find_nothing():
    assert Finder([]).found("anything at all, one two three") == []


def test_a_term_of_marks_alone_finds_nothing():
    assert Finder([Term("1", "always", "\u0301 - .")]).found("a - . b") == []


MANY = [
    Term(str(n), "third_parties", f"Namea{n} Surna{chr(97 + n % 26)}{chr(97 + n // 26)}x")
    if n % 2
    else Term(str(n), "addresses", f"{n} Acacia{n} Street Court Lane, Norwich")
    for n in range(200)
]


@pytest.mark.parametrize(
    "piece",
    ["He was parked opposite the shop when I came out at one. ", "a ", "a", "1l", "acacia1 ", "one ", "'s", "\u0301",
     "one double ", "one hundred and ", "\u202e\u05d0\u05d1 ", "\U0001f600", "St ", "0 ", "I", "-", "\n"],
)  # fmt: skip
def test_two_hundred_terms_are_looked_for_in_the_longest_text_at_once(piece):
    finder, text = Finder(MANY), (piece * 20_000)[:20_000]
    begun = time.process_time()
    finder.found(text)
    assert time.process_time() - begun < 0.9


def test_terms_made_to_be_slow_are_not():
    hostile = [Term(str(n), "addresses", "abc" * n) for n in range(2, 30)]
    hostile += [Term("l", "addresses", "1l" * 60), Term("s", "addresses", " ".join(["Saint", "Street"] * 20))]
    finder = Finder(hostile)
    for text in ("abc " * 2_000, "abc" * 3_000, "1l" * 2_000, "st " * 6_666):
        begun = time.process_time()
        assert len(finder.found(text)) <= 1 or text.startswith("st")
        assert time.process_time() - begun < 5


PLAIN = st.text(alphabet="qxzwj QXZWJ.,\n'", max_size=60)
SEPARATORS = st.sampled_from(["", "-", ".", "_", "\u00b7", "\u200b", "\u00ad"])


@st.composite
def disguised(draw):
    """A term, and one near form of it made by chance."""
    term = draw(st.sampled_from([ADDRESS, PHONE, PLATE, NAME, SCHOOL]))
    letters = draw(st.sampled_from([form.letters for form in forms_of(term)]))
    between = draw(SEPARATORS)
    text = between.join(draw(st.sampled_from([letter, letter.upper()])) for letter in letters)
    return term, text


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(disguised(), PLAIN, PLAIN)
def test_every_near_form_is_found_wherever_it_stands(both, before, after):
    term, text = both
    whole = f"{before} ({text}) {after}"
    hits = Finder([term]).found(whole)
    assert any(hit.start <= len(before) + 2 and hit.end >= len(before) + 2 + len(text) for hit in hits)
    assert all(0 <= hit.start < hit.end <= len(whole) for hit in hits)
    assert all(one.end <= other.start for one, other in zip(hits, hits[1:], strict=False))


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_read_without_a_fault(text):
    for hit in Finder([ADDRESS, PHONE, NAME, PLATE, SCHOOL]).found(text):
        assert 0 <= hit.start < hit.end <= len(text)


ODD = st.one_of(
    st.characters(), st.sampled_from("abcIl1o0\u00e9\u00b7\u201c\ufb01\u2460\u00df\u0130\u00bd\u0131\u0663\uff21 \n-")
)


@settings(deadline=None)
@given(st.text(alphabet=ODD, max_size=14))
def test_the_outline_of_a_text_is_that_of_what_is_read_in_it(text: str) -> None:
    """So a text whose outline has none of the forms' need not be read."""
    found = outline(text)
    assert found is None or found == outline(read(text).plain)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("oh double seven oh nine hundred", 4),  # "oh" is a cry, too
        ("oh seven 7 0 0 nine 00 four six one", 5),
        ("One came. " + "He stood there until the bus had gone. " * 2 + "Two came.", 1),
    ],
)
def test_words_of_numbers_are_counted_where_they_follow_each_other(text: str, count: int) -> None:
    assert number_words(text) == count


def test_signs_and_accents_do_not_hide_a_number_in_words_or_an_address() -> None:
    text = "\u00b7 Caf\u00e9 \u2192 Acacia Avenue \u00b7 oh double seven double oh nine double oh one two three \u2022"
    assert without(ADDRESS, text).count("*") == 1
    assert without(PHONE, text).count("*") == 1
