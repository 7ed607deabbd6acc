"""Leaving at once: button, hidden link, three presses of Shift; nothing is left on the screen or open on the server."""

import pytest
from django.conf import settings

from accounts.models import Session
from logs.drafting import content_of
from logs.models import Draft
from tests.browser.cutting import slow_line
from tests.browser.windows import DESKTOP, Window

WORDS = "He is at the door and"


def half_filled(open_window, world, **kwargs) -> tuple[Window, str]:
    """Her window with a note begun, and the key of its session."""
    seen: Window = open_window(world.her, **kwargs)
    key = seen.page.context.cookies(seen.base)[0]["value"]
    seen.go("/notes/")
    seen.press("Add a note")
    seen.page.get_by_label("What happened?").fill(WORDS)
    return seen, key


def on_the_table(open_window, world, **kwargs) -> tuple[Window, str]:
    """Her window with a note begun in the table of a wide window."""
    seen, key = half_filled(open_window, world, size=DESKTOP, **kwargs)
    seen.press("Write in a table, as on paper")
    assert seen.page.get_by_label("What happened?").input_value() == WORDS
    return seen, key


def at_a_question(open_window, world, **kwargs) -> tuple[Window, str]:
    """Her window at the second of the optional questions, with something typed there too."""
    seen, key = half_filled(open_window, world, **kwargs)
    seen.press("Add more detail first")
    seen.press("Skip")
    seen.page.get_by_label("How did it affect you?").fill(f"{WORDS} I shake")
    return seen, key


def at_the_check(open_window, world, **kwargs) -> tuple[Window, str]:
    """Her window where she looks the note over."""
    seen, key = half_filled(open_window, world, **kwargs)
    seen.page.get_by_label("Today,").check()
    seen.press("Add more detail first")
    seen.press("Go to the end and save")
    seen.page.get_by_text(WORDS).wait_for()
    return seen, key


def by_button(seen: Window) -> None:
    seen.press("Exit this page")


def by_hidden_link(seen: Window) -> None:
    seen.page.locator(".govuk-js-exit-this-page-skiplink").focus()
    seen.page.keyboard.press("Enter")


def by_shift(seen: Window) -> None:
    for _time in range(3):
        seen.page.keyboard.press("Shift")


def is_gone(seen: Window, key: str) -> None:
    """She is elsewhere, signed out on the server, and Back shows nothing of hers."""
    seen.page.get_by_role("heading", name="Weather").wait_for()
    assert seen.left_to == [settings.SAFE_EXIT_URL]
    assert not Session.objects.filter(session_key=key).exists()
    seen.page.go_back()
    seen.page.wait_for_load_state()
    assert WORDS not in seen.page.content()
    assert "/notes/" not in seen.path


@pytest.mark.h("H18")
@pytest.mark.parametrize("leave", [by_button, by_hidden_link, by_shift])
def test_one_way_out_is_enough_and_what_was_typed_is_kept(open_window, world, leave):
    Draft.objects.filter(user=world.her).delete()
    seen, key = half_filled(open_window, world)
    leave(seen)
    is_gone(seen, key)
    assert Draft.objects.filter(user=world.her).count() == 1


@pytest.mark.h("H18")
@pytest.mark.parametrize("leave", [by_button, by_hidden_link, by_shift])
@pytest.mark.parametrize("page", ["messages/", "1/add/", "1/wrong/", "details/change/"])
def test_words_typed_beside_a_note_are_kept_too(open_window, world, leave, page):
    Draft.objects.filter(user=world.her).delete()
    seen: Window = open_window(world.her)
    key = seen.page.context.cookies(seen.base)[0]["value"]
    seen.go(f"/notes/{page}")
    seen.page.locator("main textarea").fill(WORDS)
    leave(seen)
    is_gone(seen, key)
    assert content_of(Draft.objects.get(user=world.her)) == {"what_happened": WORDS}


@pytest.mark.h("H18")
def test_her_last_words_arrive_before_the_session_ends_on_a_slow_line(open_window, world):
    Draft.objects.filter(user=world.her).delete()
    seen, key = half_filled(open_window, world)
    slow_line(seen.page, "**/autosave/", 200)
    by_button(seen)
    is_gone(seen, key)
    assert Draft.objects.filter(user=world.her).count() == 1


@pytest.mark.h("H18")
@pytest.mark.parametrize("leave", [by_button, by_hidden_link])
def test_the_way_out_needs_no_scripts(open_window, world, leave):
    seen, key = half_filled(open_window, world, scripts=False)
    leave(seen)
    is_gone(seen, key)


@pytest.mark.h("H18")
@pytest.mark.parametrize("begin", [on_the_table, at_a_question, at_the_check])
@pytest.mark.parametrize("leave", [by_button, by_hidden_link, by_shift])
def test_every_page_to_write_on_has_the_same_way_out(open_window, world, begin, leave):
    Draft.objects.filter(user=world.her).delete()
    seen, key = begin(open_window, world)
    leave(seen)
    is_gone(seen, key)
    kept = content_of(Draft.objects.get(user=world.her))
    assert kept["what_happened"] == WORDS
    assert kept.get("impact", "") == (f"{WORDS} I shake" if begin is at_a_question else "")


@pytest.mark.h("H18")
@pytest.mark.parametrize("begin", [on_the_table, at_a_question, at_the_check])
@pytest.mark.parametrize("leave", [by_button, by_hidden_link])
def test_no_page_to_write_on_needs_scripts_for_it(open_window, world, begin, leave):
    seen, key = begin(open_window, world, scripts=False)
    leave(seen)
    is_gone(seen, key)


@pytest.mark.h("H18")
def test_two_presses_of_shift_and_a_pause_do_nothing(open_window, world):
    seen, key = half_filled(open_window, world)
    for _time in range(2):
        seen.page.keyboard.press("Shift")
    seen.page.wait_for_timeout(6_000)
    seen.page.keyboard.press("Shift")
    seen.page.wait_for_timeout(500)
    assert seen.path == "/notes/new/"
    assert seen.left_to == []
    assert Session.objects.filter(session_key=key).exists()
