"""Easy read keeps its own rules: one short sentence on a line, headings that ask, nothing the full page lacks."""

import re

import pytest

from reference.loading import SEED, load_reference, read_rows
from reference.models import Advice
from reference.reading import banned_words, measure
from tests.reference.test_loading import printed

LONGEST = 10  # words
EASY = {row["slug"]: row for row in read_rows(SEED / "advice.easy.en.toml", "easy")}
FULL = {row["slug"]: row for row in read_rows(SEED / "advice.en.toml", "advice")}
LINES = [
    pytest.param(line, id=f"{slug} {line}")
    for slug, row in EASY.items()
    for line in [f"## {row['title']}", *row["body"].splitlines()]
    if line
]
PICTURES_OF_SPEECH = re.compile(
    r"let go|keep(?:ing)? an eye|get(?:ting)? in touch|look out for|peace of mind|one step|put you in touch|go through",
    re.IGNORECASE,
)
SENTENCE = re.compile(r"[A-Z\"][^.?!]*[.?!]")


@pytest.mark.parametrize("line", LINES)
def test_a_line_is_one_short_sentence(line: str) -> None:
    said = line.removeprefix("## ").removeprefix("- ")
    assert len(said.split()) <= LONGEST
    if line.startswith("- "):
        assert said[-1] not in ",;:"
    else:
        assert SENTENCE.fullmatch(said.replace('".', '."').removesuffix('"'))
    assert line.endswith("?") == line.startswith("## ")
    assert not PICTURES_OF_SPEECH.search(line)
    assert banned_words(line) == []


@pytest.mark.parametrize("slug", EASY)
def test_a_page_is_the_form_of_a_full_one_and_easier(slug: str) -> None:
    easy, full = EASY[slug], FULL[slug]
    assert easy["topic"] == full["topic"]
    assert measure(easy["body"]).grade < min(measure(full["body"]).grade, 4)
    assert measure(easy["body"]).average_sentence < measure(full["body"]).average_sentence


@pytest.mark.parametrize("slug", EASY)
def test_no_number_and_no_saying_is_there_that_the_full_page_lacks(slug: str) -> None:
    full = FULL[slug]["body"]
    for said in re.findall(r"\d[\d ]*\d|\d|\"[^\"]+\"", EASY[slug]["body"]):
        assert said.strip('"').rstrip(".") in full, said


@pytest.mark.parametrize("slug", [slug for slug in EASY if "55" in FULL[slug]["body"]])
def test_the_silent_way_is_told_beside_999(slug: str) -> None:
    assert re.search(r"Call 999\.\n(?:Call 999 .*\n)?If you cannot speak, press 55 when asked\.", EASY[slug]["body"])


def test_there_are_six_and_nobody_is_said_to_have_checked_them() -> None:
    assert len(EASY) == 6
    assert all(row["source"] and "checked_on" not in row and "checked_by" not in row for row in EASY.values())


@pytest.mark.django_db
def test_each_line_stands_by_itself_and_none_is_among_the_full_pages() -> None:
    load_reference()
    page = Advice.objects.easy_read().get(slug="before-you-start")
    assert '<p class="govuk-body">Call 999.</p>\n<p class="govuk-body">If you cannot speak, press 55' in page.body_html
    assert not Advice.objects.for_portal().filter(audience="easy").exists()
    assert Advice.objects.page("before-you-start").audience == "portal"


@pytest.mark.django_db
def test_easy_read_is_checked_by_itself() -> None:
    load_reference()
    pages = Advice.objects.filter(slug="keep-a-log")
    printed("confirm_reference", "advice", "keep-a-log", "--by", "A. Manager")
    assert dict(pages.values_list("audience", "checked_by")) == {"portal": "A. Manager", "easy": ""}
    printed("confirm_reference", "easy", "keep-a-log", "--by", "A group of readers")
    assert dict(pages.values_list("audience", "checked_by")) == {"portal": "A. Manager", "easy": "A group of readers"}
