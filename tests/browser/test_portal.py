"""Her own way through the portal in a real browser: quick, calm, nothing lost, with scripts and without."""

from datetime import date
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from pypdfium2 import PdfDocument, PdfPage

from cases.actions import send_message
from cases.models import Case
from logs.models import Draft, Evidence, Incident
from nsvcs.identity import acting_as
from nsvcs.ids import uuid7
from tests.browser.cutting import stop_the_clock
from tests.browser.windows import DESKTOP, NARROWEST, SIZES, Window
from tests.factories import AllocationFactory, CaseFactory, IncidentFactory, SafeContactFactory, UserFactory
from tests.portal.test_writing import photo


@pytest.fixture(scope="module")
def guidance(site: str) -> None:
    call_command("load_reference")


@pytest.fixture
def her(site: str, guidance: None) -> Any:
    case = CaseFactory(portal=True)
    AllocationFactory(case=case, worker=UserFactory(name="Sam Rowan"))
    SafeContactFactory(victim=case.victim, safe_name="Annie")
    IncidentFactory(case=case, number=1, recorded_by=case.victim.user, occurred_on=date(2026, 5, 2))
    return case.victim.user


def notes_of(user: Any) -> Any:
    return Incident.objects.filter(recorded_by=user).order_by("number")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_note_with_a_photo_in_one_page(open_window, her, scripts):
    seen: Window = open_window(her, scripts=scripts)
    seen.go("/notes/")
    seen.press("Add a note")
    seen.page.get_by_label("Today,").check()
    seen.page.get_by_label("About what time?").fill("2:30pm")
    seen.page.get_by_label("What happened?").fill("He drove past twice, slowly. كان ينظر إليّ 😟")
    seen.page.locator("input[type=file]:not([capture])").set_input_files(
        {"name": "road.jpg", "mimeType": "image/jpeg", "buffer": photo().read()}
    )
    seen.press("Save note")
    seen.page.get_by_role("heading", name="Your note is saved").wait_for()
    assert seen.path == "/notes/2/saved/"
    note = notes_of(her).get(number=2)
    assert note.what_happened == "He drove past twice, slowly. كان ينظر إليّ 😟"
    assert Evidence.objects.filter(incident=note).count() == 1
    seen.follow("See this note")
    seen.page.get_by_text("about 2:30pm").wait_for()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_saving_by_itself_is_promised_only_where_it_happens(open_window, her, scripts):
    seen: Window = open_window(her, scripts=scripts)
    seen.go("/notes/new/")
    assert seen.page.get_by_text("We save as you type").is_visible() is scripts
    assert seen.page.get_by_text("To stop and go on later").is_visible() is not scripts


def test_what_is_typed_is_saved_when_the_phone_is_put_away(open_window, her):
    seen: Window = open_window(her)
    seen.go("/notes/new/")
    stop_the_clock(seen.page)  # nothing is saved because some time has passed
    seen.page.get_by_label("What happened?").fill("He is on the st")
    seen.page.evaluate("Object.defineProperty(document, 'hidden', { value: true })")
    seen.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    seen.page.locator(".app-autosave", has_text="Saved").wait_for()
    assert Draft.objects.filter(user=her).count() == 1


def test_the_line_that_says_it_is_saved_stands_under_the_box(open_window, her):
    seen: Window = open_window(her)
    seen.go("/notes/new/")
    box = seen.page.get_by_label("What happened?").bounding_box()
    line = seen.page.locator(".app-autosave").bounding_box()
    assert 0 <= line["y"] - (box["y"] + box["height"]) < 60


def test_an_error_that_is_followed_does_not_end_under_the_bar(open_window, her):
    seen: Window = open_window(her)
    seen.go("/notes/new/")
    seen.press("Save note")
    seen.page.locator(".govuk-error-summary a").last.click()
    label, bar = seen.page.locator("label", has_text="What happened?"), seen.page.locator(".app-exit")
    assert label.bounding_box()["y"] >= bar.bounding_box()["y"] + bar.bounding_box()["height"]


def test_an_unfinished_note_of_one_endless_word_stays_inside_the_page(open_window, her):
    seen: Window = open_window(her, size=NARROWEST)
    seen.go("/notes/new/")
    seen.page.get_by_label("What happened?").fill("a" * 500)
    seen.press("Save and finish later")
    seen.page.get_by_text("“aaa").wait_for()
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= NARROWEST["width"]


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_a_note_with_faults_says_what_to_do(open_window, her, size):
    seen: Window = open_window(her, size=size)
    seen.go("/notes/new/")
    seen.page.get_by_label("Another day").check()
    seen.press("Save note")
    seen.page.locator(".govuk-error-summary:focus").wait_for()
    seen.check_error()
    assert "Write what happened" in seen.read()
    assert "Enter the day it happened" in seen.read()


def test_all_eight_columns_on_one_page_at_a_desk(open_window, her):
    seen: Window = open_window(her, size=DESKTOP)
    seen.go("/notes/new/")
    assert seen.page.get_by_label("How did it affect you?").is_visible()
    assert not seen.page.get_by_role("button", name="Add more detail first").is_visible()


def test_what_is_typed_is_saved_by_itself_and_found_again(open_window, her):
    seen: Window = open_window(her)
    seen.go("/notes/new/")
    seen.page.get_by_label("What happened?").fill("He is back, I have to st")
    seen.page.get_by_label("Where?").focus()
    seen.page.locator(".app-autosave", has_text="Saved").wait_for()
    assert Draft.objects.filter(user=her).count() == 1
    seen.press("Exit this page")
    seen.page.get_by_role("heading", name="Weather").wait_for()
    again: Window = open_window(her)
    again.go("/notes/")
    again.check()
    again.follow("Finish your note")
    assert again.page.get_by_label("What happened?").input_value() == "He is back, I have to st"
    again.check()
    again.follow("Delete this unfinished note")
    again.check()
    again.press("Delete it")
    assert not Draft.objects.filter(user=her).exists()


def test_a_note_saved_in_two_windows_is_kept_once_and_other_words_are_shown(open_window, her):
    seen: Window = open_window(her, size=DESKTOP)
    seen.go("/notes/new/")
    seen.page.get_by_label("Today,").check()
    seen.page.get_by_label("What happened?").fill("First words.")
    key = seen.page.locator("input[name=draft]").input_value()
    seen.press("Save note")
    other: Window = open_window(her)
    other.go("/notes/new/")
    other.page.evaluate("(key) => { document.querySelector('input[name=draft]').value = key; }", key)
    other.page.get_by_label("Today,").check()
    other.page.get_by_label("What happened?").fill("Other words.")
    other.page.get_by_text("This was finished in another window.").wait_for()
    other.press("Save note")
    other.check()
    assert "You saved this note before" in other.read()
    other.press("Add to the note")
    assert other.path == "/notes/2/"
    assert "Other words." in other.read()
    assert notes_of(her).count() == 2
    connection.close()


def test_words_of_danger_bring_up_numbers_on_the_page(open_window, her):
    seen: Window = open_window(her)
    seen.go("/notes/new/")
    seen.page.get_by_label("Today,").check()
    seen.page.get_by_label("What happened?").fill("He is outside my house now")
    seen.press("Save note")
    seen.check()
    assert "If you cannot speak, press 55 when asked." in seen.page.locator("main").inner_text()


def printed(seen: Window, path: str) -> list[tuple[int, int]]:
    seen.go(path)
    with PdfDocument(seen.page.pdf(prefer_css_page_size=True)) as paper:
        return [(round(width * 25.4 / 72), round(height * 25.4 / 72)) for width, height in map(PdfPage.get_size, paper)]


def is_in_view(seen: Window, what: Any) -> bool:
    """Whether it stands whole in the window, below the bar of the exit button."""
    box, height = what.bounding_box(), seen.page.viewport_size["height"]
    bar = seen.page.locator(".app-exit").bounding_box()
    return bar["y"] + bar["height"] <= box["y"] and box["y"] + box["height"] <= height


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_numbers_are_in_view_at_once_when_a_message_speaks_of_danger(open_window, her, scripts):
    """The thread is long, and the newest message is where the page stands after sending."""
    case = Case.objects.get(victim__user=her)
    with acting_as(her.pk):
        for number in range(8):
            send_message(case=case, key=uuid7(), text=f"A longer message, number {number}. " * 6, by=her)
    seen: Window = open_window(her, scripts=scripts)
    seen.go("/notes/")
    seen.choose("Menu", "Messages")
    newest, box = seen.page.locator(".app-thread__item").last, seen.page.get_by_label("Write a message")
    assert is_in_view(seen, newest)
    assert is_in_view(seen, box)
    assert is_in_view(seen, seen.page.get_by_text("We do not read messages at night."))
    box.fill("He is outside my door. " * 12)
    seen.press("Send")
    assert is_in_view(seen, seen.page.locator("main a[href='tel:999']"))
    if scripts:
        seen.check()


def test_the_blank_sheet_is_one_page_on_its_side(open_window, her):
    assert printed(open_window(her, size=DESKTOP), "/notes/blank/") == [(297, 210)]


def test_printed_notes_begin_on_the_first_page(open_window, her):
    seen: Window = open_window(her, size=DESKTOP)
    assert printed(seen, "/notes/all/print/") == [(210, 297)]
