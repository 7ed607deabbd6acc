"""Search first: spellings that must meet, and names that must not."""

from datetime import date

import pytest

from cases.matching import (
    FIRST_NAMES,
    LIKELY_MATCH,
    Person,
    birth_likeness,
    fold,
    normalise_phone,
    ranked,
    score,
    search_keys,
)

SIOBHAN = Person("Siobhan", "O'Neill", date(1990, 3, 4), ("07700 900123",))
SAME = [
    ("Shivaun ONeil", "Siobhan O'Neill"),
    ("siobhan oneill", "Siobhan O’Neill"),
    ("Chevonne O Neil", "Siobhan O'Neill"),
    ("Siobhan Neill", "Siobhán Ó'Néill"),
    ("Niamh Byrne", "Neve Byrne"),
    ("Shaun Murphy", "Seán Murphy"),
    ("Kate McDonald", "Catherine MacDonald"),
    ("Kathryn M'Kay", "Katherine McKay"),
    ("Jo Smith-Jones", "Joanne Smith"),
    ("Jo Jones", "Joanne Smith-Jones"),
    ("Lukasz Wisniewski", "Łukasz Wiśniewski"),
    ("Gosia Kowalska", "Małgorzata Kowalski"),
    ("Ruta Kazlauskaite", "Rūta Kazlauskienė"),
    ("Tomas Kazlauskas", "Thomas Kazlauskas"),
    ("Joao Silva", "João da Silva"),
    ("Ana Santos", "Anna Silva Santos"),
    ("Dumitru Popescu", "Dmitri Popesku"),
    ("Ayesha Chowdhury", "Aisha Choudhury"),
    ("Mohamed Hussain", "Muhammad Hussein"),
    ("Vicky Clark", "Victoria Clarke"),
    ("Sara Philips", "Sarah Phillips"),
    ("Bill Stevens", "William Stephens"),
    ("Emma Smyth", "Emma Smith"),
    ("Олена Шевченко", "Олена Шевченко"),
]
DIFFERENT = [
    ("Siobhan Smith", "Siobhan O'Neill"),
    ("John Smith", "Joan Smith"),
    ("Mark Green", "Marta Green"),
    ("Emma Walker", "Emma Wheeler"),
    ("Emma Wood", "Emma Ward"),
    ("Niamh Byrne", "Nadia Brown"),
    ("Anna Kowalska", "Anna Nowak"),
    ("Ali Khan", "Alan Kahn-Price"),
    ("Patrick Kelly", "Patricia Kelly"),
    ("Michael Lee", "Michelle Lee"),
]


def person(name: str) -> Person:
    first, last = name.split(" ", 1)
    return Person(first, last)


@pytest.mark.parametrize(("asked", "kept"), SAME)
def test_spellings_of_one_name_meet_in_sql_and_in_score(asked: str, kept: str) -> None:
    query, candidate = search_keys(*asked.split(" ", 1)), search_keys(*kept.split(" ", 1))

    assert set(query.surname_codes) & set(candidate.surname_codes)
    assert set(query.first_codes) & set(candidate.first_codes)
    assert score(person(asked), person(kept)) >= LIKELY_MATCH
    assert score(person(kept), person(asked)) == score(person(asked), person(kept))


@pytest.mark.parametrize(("asked", "kept"), DIFFERENT)
def test_different_names_stay_apart(asked: str, kept: str) -> None:
    assert score(person(asked), person(kept)) < LIKELY_MATCH


def test_the_same_name_scores_full_and_a_stranger_nothing() -> None:
    assert score(SIOBHAN, SIOBHAN) == 100
    assert score(person("Tariq Ahmed"), SIOBHAN) == 0
    assert score(Person(), SIOBHAN) == 0
    assert score(SIOBHAN, Person()) == 0


def test_a_mismatched_day_of_birth_pushes_a_common_name_down() -> None:
    other = Person("Siobhan", "O'Neill", date(1971, 12, 25))
    assert score(SIOBHAN, other) < score(SIOBHAN, Person("Siobhan", "O'Neill")) == 100


def test_a_day_of_birth_lifts_a_doubtful_first_name() -> None:
    born_on = date(1990, 3, 4)
    assert score(Person("Joan", "Smith", born_on), Person("John", "Smith", born_on)) >= LIKELY_MATCH


@pytest.mark.parametrize(
    ("candidate", "likeness"),
    [
        (date(1990, 3, 4), 1.0),
        (date(1990, 4, 3), 0.8),
        (date(1991, 3, 4), 0.6),
        (date(1990, 3, 14), 0.6),
        (date(1990, 7, 14), 0.0),
        (None, 0.0),
    ],
)
def test_birth_likeness(candidate: date | None, likeness: float) -> None:
    assert birth_likeness(SIOBHAN, Person(born_on=candidate)) == likeness


@pytest.mark.parametrize(
    "typed",
    ["7700900123", "+44 7700 900123", "07700 900123", "0044 7700 900123", "+44 (0)7700 900-123", " 07700-900123 "],
)
def test_normalise_phone_reads_every_way_of_writing_one_number(typed: str) -> None:
    assert normalise_phone(typed) == "+447700900123"


@pytest.mark.parametrize("typed", ["", "101", "hello", "07700", "07700 900123 900123 900"])
def test_normalise_phone_gives_nothing_for_what_is_no_number(typed: str) -> None:
    assert normalise_phone(typed) == ""


def test_normalise_phone_keeps_a_number_from_abroad() -> None:
    assert normalise_phone("+48 601 000 000") == "+48601000000"


def test_the_same_phone_is_a_match_whatever_the_name() -> None:
    assert score(Person(phones=("7700900123",)), SIOBHAN) >= 80
    assert score(Person("Anna", "Nowak", phones=("+447700900123",)), SIOBHAN) >= 80
    assert score(Person(phones=("07700 900124",)), SIOBHAN) == 0
    assert score(Person(phones=("none",)), Person(phones=("none",))) == 0


def test_ranked_puts_the_best_first_and_leaves_out_the_unlikely() -> None:
    people = [person(name) for name in ("Anna Nowak", "Siobhan O'Neal", "S O'Neill", "Siobhan O'Neill", "Neil Shaw")]

    found = [candidate.first + " " + candidate.last for _score, candidate in ranked(person("Siobhan O'Neill"), people)]

    assert found[0] == "Siobhan O'Neill"
    assert set(found) == {"Siobhan O'Neill", "Siobhan O'Neal", "S O'Neill"}


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("O'Neill", "oneill"),
        ("O’Neill", "oneill"),
        ("Ó Néill", "o neill"),
        ("SMITH--Jones ", "smith jones"),
        ("Łukasz", "lukasz"),
        ("Großmann", "grossmann"),
        ("Ğüneş", "gunes"),
        ("Jones 2nd", "jones nd"),
        ("  ", ""),
    ],
)
def test_fold(name: str, folded: str) -> None:
    assert fold(name) == folded


def test_odd_input_makes_keys_without_failing() -> None:
    for name in ("", "'", "-", "😀", "محمد", "O'", "Mc", "x" * 500):
        keys = search_keys(name, name)
        assert all(code[2:] for code in (*keys.first_codes, *keys.surname_codes))


def test_the_list_of_first_names_is_long_enough_and_clean() -> None:
    lines = [line for line in FIRST_NAMES.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]
    names = [name.strip() for line in lines for name in line.split(",")]

    assert len(lines) >= 150
    assert all(fold(name).replace(" ", "") == name.replace("-", "") for name in names)
    assert all(len(line.split(",")) == len({name.strip() for name in line.split(",")}) > 1 for line in lines)
