"""The portal from right to left: nothing wider than a phone, nothing on the wrong side, and axe has nothing to say."""

from datetime import date
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from logs.models import PatternSwitch
from tests.browser.windows import DESKTOP, NARROWEST, Window
from tests.factories import AllocationFactory, CaseFactory, IncidentFactory, UserFactory
from tests.portal.test_neutral import ADDRESSES

PAGES = tuple(ADDRESSES[name] for name in ("home", "new", "entries", "entry", "messages", "details", "counts", "help"))


@pytest.fixture(scope="module")
def her(site: str) -> Any:
    call_command("load_reference")
    case = CaseFactory(portal=True)
    AllocationFactory(case=case, worker=UserFactory(name="Sam Rowan"))
    for number in (1, 2, 3):
        IncidentFactory(case=case, number=number, recorded_by=case.victim.user, occurred_on=date(2026, 5, number))
    PatternSwitch.objects.create(case=case, is_shown=True, by=case.victim.user, at=timezone.now())
    return case.victim.user


def arabic(seen: Window) -> Window:
    seen.page.context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": "ar", "url": seen.base}])
    return seen


@pytest.mark.parametrize("size", [NARROWEST, DESKTOP], ids=["narrowest", "desktop"])
@pytest.mark.parametrize("path", PAGES)
def test_pages_stand_from_right_to_left(open_window, her, path, size):
    seen = arabic(open_window(her, size=size))
    seen.go(path)
    assert seen.page.locator("html").get_attribute("dir") == "rtl"
    seen.check()


def test_words_begin_at_the_right(open_window, her):
    seen = arabic(open_window(her, size=DESKTOP))
    seen.go(ADDRESSES["home"])
    title, aside = seen.page.locator("h1").bounding_box(), seen.page.locator(".govuk-grid-column-one-third").first
    assert title["x"] > aside.bounding_box()["x"]
    assert seen.page.evaluate("getComputedStyle(document.querySelector('h1')).direction") == "rtl"


def test_a_telephone_number_keeps_the_order_of_its_parts(open_window, her):
    seen = arabic(open_window(her))
    seen.go(ADDRESSES["home"])
    places = seen.page.locator("a[href^='tel:']", has_text="0300 303").last.evaluate(
        "link => [0, link.textContent.length - 1].map((at) => { const range = document.createRange();"
        " range.setStart(link.firstChild, at); range.setEnd(link.firstChild, at + 1);"
        " return range.getBoundingClientRect().x; })"
    )
    assert places[0] < places[1]
