"""Portal text is easy to read and says nothing it must not."""

import pytest

from reference.loading import SEED, read_rows
from reference.reading import (
    GRADE_AIMED_AT,
    GRADE_ALLOWED,
    LONGEST_AVERAGE_SENTENCE,
    banned_words,
    measure,
    syllables,
)

PAGES = {row["slug"]: f"{row['title']}\n{row['body']}" for row in read_rows(SEED / "advice.en.toml", "advice")}
DIRECTORY = {row["slug"]: row["what_for"] for row in read_rows(SEED / "organisations.toml", "organisation")}
EVERYTHING = " ".join(PAGES.values())


@pytest.mark.parametrize("slug", PAGES)
def test_every_page_is_easy_to_read(slug: str) -> None:
    reading = measure(PAGES[slug])

    assert reading.average_sentence <= LONGEST_AVERAGE_SENTENCE
    assert reading.grade <= GRADE_AIMED_AT
    assert max(measure(line).average_sentence for line in PAGES[slug].splitlines()) <= LONGEST_AVERAGE_SENTENCE + 5


@pytest.mark.parametrize("slug", [*PAGES, *DIRECTORY])
def test_no_page_says_a_banned_word(slug: str) -> None:
    assert banned_words((PAGES | DIRECTORY)[slug]) == []


@pytest.mark.parametrize(
    "words",
    [
        "Utilise it",
        "sent via email",
        "the perpetrator",
        "an alleged victim",
        "You should block them",
        "try to reply to him",
    ],
)
def test_banned_words_are_found(words: str) -> None:
    assert banned_words(words)


def test_words_near_a_banned_one_are_left_alone() -> None:
    assert banned_words("We do not advise blocking. It is obviously pleasing. Do not reply to them.") == []


def test_the_count_finds_a_hard_text_hard_and_an_easy_one_easy() -> None:
    hard = "Applicants demonstrating eligibility may alternatively institute proceedings necessitating representation."
    assert measure(hard).grade > GRADE_ALLOWED
    assert measure("The cat sat on the mat. It was a fat cat.").grade < 1
    assert measure("").words == 0
    assert measure("").grade < 0


@pytest.mark.parametrize(
    ("word", "count"),
    [("people", 2), ("the", 1), ("police", 2), ("stopped", 1), ("wanted", 2), ("able", 2), ("evidence", 3), ("12", 1)],
)
def test_syllables(word: str, count: int) -> None:
    assert syllables(word) == count


@pytest.mark.parametrize(
    "said",
    [
        "Fixated", "Obsessive", "Unwanted", "Repeated", "This list is not complete", "Nobody has to threaten you",
        "Keep a log", "Change your route", "personal alarm", "old SIM card", "do not advise blocking", "no reply",
        "Stalking protection order", "Non-molestation order", "NCDV", "Police can ask a court", "It is free",
        "if you have not", "Call 999", "Call 101", "Report online", "police station", "Crimestoppers",
        "a clean list can be noticed", "Nothing is changed in secret", "police or a court may ask for your log",
    ],
)  # fmt: skip
def test_what_the_booklet_says_is_there(said: str) -> None:
    assert said.lower() in EVERYTHING.lower()
