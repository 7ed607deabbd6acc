"""Writing a note in a real browser: what comes up while she types, and what the page asks of her and of her line."""

from typing import Any

import pytest
from django.core.management import call_command

from tests.browser.windows import Window
from tests.factories import CaseFactory, UserFactory


@pytest.fixture(scope="module")
def guidance(site: str) -> None:
    call_command("load_reference")


@pytest.fixture
def her(site: str, guidance: None) -> Any:
    return CaseFactory(portal=True, worker=UserFactory(name="Sam Rowan")).victim.user


def test_words_of_danger_bring_numbers_while_she_types_and_take_nothing_away(open_window, her):
    seen: Window = open_window(her)
    seen.go("/notes/new/")
    box, line = seen.page.get_by_label("What happened?"), seen.page.locator("main a[href='tel:999']")
    box.press_sequentially("He is outside")
    assert line.count() == 0
    box.dispatch_event("focusout")
    line.wait_for()
    assert seen.page.locator("[role=status][data-notices]").get_by_text("press 55 when asked").is_visible()
    assert seen.page.evaluate("document.activeElement.name") == "what_happened"
    assert seen.page.locator("dialog[open]").count() == 0
    box.press_sequentially(" and shouting. I can't go on")
    box.dispatch_event("focusout")
    seen.page.get_by_text("You do not have to be alone with this.").wait_for()
    assert line.count() == 1
    seen.page.evaluate("scrollTo(0, 0)")  # what stands under the bar at the top is no target
    seen.check()
