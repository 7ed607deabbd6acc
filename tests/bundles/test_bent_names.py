"""Names and places as Polish and Lithuanian bend them are found; everyday words beside them are not."""

import re
from pathlib import Path

import pytest

from bundles.disclosure.declension import bent, bent_together, everyday, family_of
from bundles.disclosure.near_forms import MOST_BENT, MOST_FORMS, forms_of
from bundles.disclosure.spotting import phones
from bundles.disclosure.terms import Finder, Term

ROOT = Path(__file__).resolve().parents[2]
# As the registers of the two countries and of ours have them most often.
_FIRST_NAMES = """
Anna Maria Katarzyna Agnieszka Barbara Ewa Magdalena Joanna Aleksandra Zofia Julia Maja Kasia Ola Hanna Olga Marta
Piotr Krzysztof Andrzej Tomasz Jan Paweł Michał Marcin Jakub Adam Marek Łukasz Antoni Jerzy Szymon Kuba Mateusz
Jonas Vytautas Petras Lukas Matas Mindaugas Tomas Saulius Paulius Rimantas Algirdas Gintys Rūta Eglė Ieva Rasa Dalia
Oliver George Harry Jack Charlie Thomas Oscar James William Olivia Amelia Emily Jessica Sophie Grace Lily Mia Chloe
"""
_SURNAMES = """
Nowak Kowalski Kowalska Wiśniewski Wójcik Kamińska Lewandowski Zieliński Woźniak Dudek Pawlak Zaręba Moniuszko Kubiak
Kazlauskas Kazlauskienė Jankauskas Petrauskaitė Stankevičius Butkus Paulauskytė Balčiūnas Žukauskienė
Smith Jones Taylor Brown Williams Wilson Johnson Davies Patel Robinson Wright Thompson Evans Walker White Hughes
"""
FIRST_NAMES, SURNAMES = _FIRST_NAMES.split(), _SURNAMES.split()


def left(term: Term, text: str) -> str:
    kept, end = "", 0
    for hit in Finder([term]).found(text):
        kept, end = kept + text[end : hit.start] + "*", hit.end
    return kept + text[end:]


def name(words: str, kind: str = "third_parties", **more: bool) -> Term:
    return Term("1", kind, words, **more)


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("Kowalski", "brat Kowalskiego, dałam Kowalskiemu, z Kowalskim, u Kowalskich, Kowalscy, Kowalską"),
        ("Anna Kowalska", "Annie Kowalskiej, Annę Kowalską, z Anną Kowalską, A. Kowalskiej, Kowalskiej"),
        ("Nowak", "Nowaka, Nowakowi, Nowakiem, o Nowaku, Nowakowie, Nowaków, Nowakami"),
        ("Marek Dudek", "Marka Dudka, Markowi Dudkowi, z Markiem Dudkiem, Marku Dudku, Dudka"),
        ("Jonas Kazlauskas", "Jono Kazlausko, Jonui Kazlauskui, Joną Kazlauską, Jonu Kazlausku, Kazlauskaitė"),
        ("Kazlauskienė", "Kazlauskienės, Kazlauskienei, Kazlauskienę, Kazlauskiene, Kazlauskas, Kazlauskaitei"),
        ("Butkus", "Butkaus, Butkui, Butkų, Butkumi, Butkienė, Butkutė"),
        ("Jokūbaitis", "Jokūbaičio, Jokūbaičiui, Jokūbaitį, Jokūbaičiu"),
        ("Zaręba", "Zaręby, Zarębie, Zarębę, Zarębą, Zarębowie, Zarębów"),
        ("Moniuszko", "Moniuszki, Moniuszce, Moniuszkę, Moniuszką"),
        ("Anna Kowalska-Nowak", "Anny Kowalskiej-Nowak, Kowalskiej-Nowak"),
    ],
)  # fmt: skip
def test_each_bent_form_of_a_name_is_found(words, text):
    rest = left(name(words), text)
    assert set(re.sub(r"\b(?:brat|dałam|z|o|u)\b", "", rest)) <= set("* ,")


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("Anna", "Anny, Annie, Annę, Anną, Anno"),
        ("Ewa", "Ewy, Ewie, Ewę, Ewą, Ewo"),
        ("Zofia", "Zofii, Zofię, Zofią, Zofio"),
        ("Kasia", "Kasi, Kasię, Kasią, Kasiu"),
        ("Maja", "Mai, Maję, Mają, Maju"),
        ("Ola", "Oli, Olę, Olą, Olu"),
        ("Barbara", "Barbary, Barbarze, Barbarę"),
        ("Olga", "Olgi, Oldze, Olgę"),
        ("Marta", "Marty, Marcie, Martę"),
        ("Paweł", "Pawła, Pawłowi, Pawłem, Pawle"),
        ("Jan", "Jana, Janowi, Janem, Janie"),
        ("Jerzy", "Jerzego, Jerzemu, Jerzym"),
        ("Antoni", "Antoniego, Antoniemu, Antonim"),
        ("Piotr", "Piotra, Piotrowi, Piotrem, Piotrze"),
        ("Jakub", "Jakuba, Jakubowi, Jakubem, Jakubie"),
        ("Harry", "Harry’ego, Harry'emu, Harrym"),
        ("Luke", "Luke’a, Luke'owi"),
        ("Jonas", "Jono, Jonui, Joną, Jonu, Jone, Jonai"),
        ("Petrus", "Petraus, Petrui, Petrų, Petrumi"),
        ("Gintys", "Ginčio, Ginčiui, Gintį, Ginčiu"),
        ("Eglė", "Eglės, Eglei, Eglę, Egle, Eglėje"),
        ("Rasa", "Rasos, Rasai, Rasą, Rasoje"),
    ],
)
def test_each_bent_form_of_a_first_name_is_found(words, text):
    assert set(left(name(words, "children"), text)) <= set("*, '’")
    full = Term("1", "children", f"{words} Quixote", with_first_name=True)
    assert set(left(full, text)) <= set("*, '’")


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("Warszawa", "Warszawy, Warszawie, Warszawę, Warszawą"),
        ("Poznań", "Poznania, Poznaniu, Poznaniem"),
        ("Toruń", "Torunia, Toruniu"),
        ("Kraków", "Krakowa, Krakowie, Krakowem"),
        ("Gdańsk", "Gdańska, Gdańsku"),
        ("Łódź", "Łodzi, Łodzią"),
        ("Katowice", "Katowic, Katowicach, Katowicami"),
        ("Zakopane", "Zakopanego, Zakopanem"),
        ("Opole", "Opola, Opolu"),
        ("Vilnius", "Vilniaus, Vilniuje, Vilnių"),
        ("Kaunas", "Kauno, Kaune, Kauną"),
        ("Klaipėda", "Klaipėdos, Klaipėdoje, Klaipėdą"),
        ("Alytus", "Alytaus, Alytuje"),
    ],
)
def test_each_bent_form_of_a_place_is_found(words, text):
    assert set(left(name(words, "places"), text)) <= set("*, ")


def test_both_words_of_a_name_are_in_the_same_case():
    assert ("anny", "kowalskiej") in bent_together("anna", "kowalska")
    assert ("anny", "kowalska") not in bent_together("anna", "kowalska")
    assert family_of("kowalski") == ("kowalska",)
    assert "kazlauskiene" in family_of("kazlauskas")


@pytest.mark.parametrize("words", [*FIRST_NAMES, *SURNAMES, *map(" ".join, zip(FIRST_NAMES, SURNAMES, strict=False))])
def test_no_name_has_more_forms_than_a_tree_takes(words):
    forms = forms_of(name(words, with_first_name=True))
    assert len(forms) <= MOST_FORMS
    assert len(forms) < MOST_FORMS + MOST_BENT


def english() -> str:
    """What stands in our own documents, tens of thousands of words."""
    return "\n".join(path.read_text() for path in sorted(ROOT.glob("docs/**/*.md")))


def test_bent_names_hit_no_words_of_everyday_english():
    """Whatever is found beyond the names themselves in a long English text that names nobody of them."""
    text = english()
    assert len(text.split()) > 20_000
    terms = [Term(words, "children", words) for words in (*FIRST_NAMES, *SURNAMES)]
    own = {words.casefold() for words in (*FIRST_NAMES, *SURNAMES)}
    found = {text[hit.start : hit.end] for hit in Finder(terms).every(text)}
    assert {words for words in found if words.casefold().removesuffix("s") not in own and words.islower()} == set()


def test_a_bent_form_is_never_an_everyday_word_and_a_short_one_needs_its_capital():
    forms = {form for words in (*FIRST_NAMES, *SURNAMES) for form in bent(words.lower(), is_surname=True)}
    assert not forms & everyday()
    assert left(name("Ewa"), "ewy; Ewy") == "ewy; *"
    assert left(name("Mark"), "marka; Marka") == "marka; *"
    assert left(name("Mark", in_any_case=True), "marka") == "*"


@pytest.mark.parametrize(
    "words", ["", "x", "Mill House", "12 Acacia Avenue", "ΑΝΝΑ", "安娜", "O’Neil", "-", "a-b-c", "ū" * 200]
)
def test_what_no_rule_is_for_is_left_as_it_is(words):
    forms_of(name(words))
    forms_of(name(words, "places"))


def test_kinds_that_are_neither_names_nor_places_are_not_bent():
    assert left(Term("1", "school", "Nowak"), "Nowaka") == "Nowaka"


@pytest.mark.parametrize(
    "text",
    [
        "oh double seven double 0 9 double oh one 2 3",
        "07700 9 double 0 123",
        "0 double 7 double 0 900 one two three",
        "double 0 double 7 00 900123",
        "oh 7700 900 123",
        "o double 70 0 900 123",
        "zero 7 7 zero zero 9 0 0 1 2 three",
        "07700 nine hundred 123",
        "0 77 00 9 double zero 1 2 3",
        "٠ double ٧ 00 900123",
    ],
)
def test_a_number_said_half_in_words_and_half_in_figures_is_found(text):
    wanted = Term("1", "phones", "07700 900123")
    expected = "*" if not text.startswith("double 0 ") else None
    found = left(wanted, f"ring {text} now")
    assert found == f"ring {expected} now" if expected else "900123" not in found
    assert [text[start:end] for start, end in phones(text)] or expected is None


def test_a_figure_said_three_times_is_three_figures_and_so_are_three_of_them():
    for text in ("07700 triple 0 123", "07700 triple 000 123", "07700 treble oh 123"):
        assert left(Term("1", "phones", "07700 000123"), text) == "*"


@pytest.mark.parametrize("text", ["double 12 pages", "oh 3 people", "I had 2 or 3, one 4, no 5", "double"])
def test_figures_beside_words_are_no_number_by_themselves(text):
    assert list(phones(text)) == []
