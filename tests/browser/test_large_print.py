"""Large print and easy read: 18 points or more on the screen and on paper, nothing cut off, no script needed."""

from typing import Any

import pytest
from django.core.management import call_command

from logs.actions import amend
from nsvcs.identity import acting_as
from nsvcs.ids import uuid7
from portal.showing import advice_pages, easy_pages
from tests.browser.windows import ALL_SIZES, NARROWEST
from tests.factories import AllocationFactory, CaseFactory, IncidentFactory, UserFactory

POINT = 96 / 72  # pixels of a style sheet
LARGE = ("/notes/reading/", "/notes/reading/7/", "/notes/all/print/", "/about/access/", "/about/sign/")
PAGES = (*(f"{address}?size=large" for address in LARGE), "/about/easy/", "/about/large/", "/notes/reading/1/easy/")
WORDS = "He stood outside. " * 200 + "x" * 300 + " هو هناك 😶 the end"
# The size, in pixels, of every piece of text in the page's own part that can be seen.
SIZES_OF_TEXT = """() => [...document.querySelectorAll('#main-content, #main-content *')]
  .filter((each) => [...each.childNodes].some((node) => node.nodeType === 3 && node.data.trim())
    && each.checkVisibility() && !each.matches('option, .govuk-visually-hidden, script, template'))
  .map((each) => [parseFloat(getComputedStyle(each).fontSize), each.tagName, each.textContent.trim().slice(0, 40)])"""
CUT_OFF = """() => [...document.querySelectorAll('#main-content *')]
  .filter((each) => each.scrollWidth > each.clientWidth + 1 && each.clientWidth
    && getComputedStyle(each).overflowX !== 'visible' && !each.matches('.govuk-visually-hidden'))
  .map((each) => each.outerHTML.slice(0, 80))"""
COLUMNS = """() => [...document.querySelectorAll('#main-content dt, #main-content dd')]
  .map((each) => each.getBoundingClientRect().left)"""


@pytest.fixture(scope="module")
def her(site: str) -> Any:
    call_command("load_reference")
    case = CaseFactory(portal=True)
    AllocationFactory(case=case, worker=UserFactory(name="Sam Rowan"))
    note = IncidentFactory(case=case, number=1, recorded_by=case.victim.user, what_happened=WORDS)
    with acting_as(case.victim.user.pk):
        amend(key=uuid7(), incident=note, by=case.victim.user, text="He rang later.", language="en")
    return case.victim.user


@pytest.mark.parametrize("address", PAGES)
def test_every_word_is_18_points_or_more_on_the_screen_and_on_paper(open_window, her, address):
    seen = open_window(her, size=NARROWEST)
    seen.go(address)
    for media in ("screen", "print"):
        seen.page.emulate_media(media=media)
        told = seen.page.evaluate(SIZES_OF_TEXT)
        assert told
        assert [each for each in told if each[0] < 18 * POINT] == [], media
        assert seen.page.evaluate(CUT_OFF) == []


def test_her_notes_stand_in_one_column_and_whole(open_window, her):
    seen = open_window(her)
    seen.go("/notes/all/print/?size=large")
    for media in ("screen", "print"):
        seen.page.emulate_media(media=media)
        for width in (320, 700, 1280):
            seen.page.set_viewport_size({"width": width, "height": 900})
            assert len(set(seen.page.evaluate(COLUMNS))) == 1
            assert "the end" in seen.page.locator("#main-content").inner_text()


@pytest.mark.parametrize("address", PAGES)
def test_pages_in_large_print_are_without_faults(open_window, her, address):
    seen = open_window(her)
    seen.go(address)
    for size in ALL_SIZES.values():
        seen.page.set_viewport_size(size)
        seen.check()


def test_every_easy_page_is_without_faults_and_one_leads_to_the_next(open_window, her):
    seen = open_window(her, size=NARROWEST)
    seen.go("/about/easy/")
    seen.follow("Is it safe to start?")
    for _number, page in easy_pages(advice_pages()):
        assert seen.page.locator("h1").inner_text() == page.title
        seen.check()
        following = seen.page.get_by_role("link", name="Next:")
        if following.count():
            seen.open_by(following)
    seen.follow("The full page")
    seen.follow("This page in easy read")
    assert seen.page.locator("h1").inner_text() == page.title


def test_with_scripts_off_she_gets_from_the_foot_to_her_notes_in_large_print(open_window, her):
    seen = open_window(her, scripts=False)
    seen.go("/notes/")
    seen.open_by(seen.page.locator("footer").get_by_role("link", name="Large print"))
    seen.follow("My notes")
    assert "the end" in seen.page.locator("#main-content").inner_text()
    seen.follow("In the usual size")
    assert seen.path == "/notes/all/print/"
