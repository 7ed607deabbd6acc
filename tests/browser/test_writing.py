"""Writing a note in a real browser: what comes up while she types, and what the page asks of her and of her line."""

import gzip
import time
from typing import Any

import pytest
from django.core.management import call_command

from accounts.models import Session
from logs.models import Draft, Incident
from tests.browser.windows import DESKTOP, NARROWEST, PHONE, Window, look
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


# --- all eight columns, as on paper ----------------------------------------------------------------------------------

AT_LEAST = {"width": 1024, "height": 800}
COLUMNS = ("Today,", "Where?", "What happened?", "Photo", "What did the police do?", "How did it affect you?")


def tops(seen: Window) -> set[int]:
    return {round(cell.bounding_box()["y"]) for cell in seen.page.locator(".app-note-cell:visible").all()}


@pytest.mark.parametrize("size", [DESKTOP, AT_LEAST], ids=["1280", "1024"])
def test_the_columns_stand_side_by_side_as_on_paper(open_window, her, size):
    seen: Window = open_window(her, size=size)
    seen.go("/notes/new/?table")
    assert seen.page.locator(".app-note-cell").count() == 8
    assert len(tops(seen)) == 1
    assert seen.page.locator(".app-note-table").evaluate("(table) => table.scrollWidth <= table.clientWidth")
    for label in COLUMNS:
        assert seen.page.get_by_label(label).first.is_visible()
    look(seen, f"table-{size['width']}")
    seen.check()
    seen.page.get_by_label("How did it affect you?").focus()
    look(seen, f"table-writing-{size['width']}")
    assert seen.page.get_by_label("How did it affect you?").bounding_box()["width"] > 150
    seen.check()


def test_a_phone_shows_neither_the_table_nor_the_way_to_it(open_window, her):
    seen: Window = open_window(her)
    seen.go("/notes/new/?table")
    assert len(tops(seen)) > 3
    assert not seen.page.get_by_label("How did it affect you?").is_visible()
    assert not seen.button("Write in one page instead").is_visible()
    seen.check()
    seen.go("/notes/new/")
    assert not seen.button("Write in a table, as on paper").is_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_changing_from_page_to_table_and_back_keeps_every_word(open_window, her, scripts):
    seen: Window = open_window(her, size=DESKTOP, scripts=scripts)
    seen.go("/notes/new/")
    seen.page.get_by_label("What happened?").fill("He rang nine times.")
    seen.page.get_by_label("How did it affect you?").fill("No sleep.")
    seen.press("Write in a table, as on paper")
    assert seen.page.get_by_label("What happened?").input_value() == "He rang nine times."
    seen.page.get_by_label("Where?").fill("Home")
    seen.press("Write in one page instead")
    assert seen.page.get_by_label("Where?").input_value() == "Home"
    assert seen.page.get_by_label("How did it affect you?").input_value() == "No sleep."
    assert Draft.objects.filter(user=her).count() == 1
    seen.press("Write in a table, as on paper")
    seen.page.get_by_label("Today,").check()
    seen.press("Save note")
    note = Incident.objects.get(recorded_by=her)
    assert (note.what_happened, note.place, note.impact) == ("He rang nine times.", "Home", "No sleep.")


def test_faults_are_said_in_their_columns(open_window, her):
    seen: Window = open_window(her, size=DESKTOP)
    seen.go("/notes/new/?table")
    seen.page.get_by_label("Another day").check()
    seen.press("Save note")
    seen.check_error()
    assert seen.page.locator(".app-note-cell .govuk-error-message").count() == 2
    assert len(tops(seen)) == 1
    look(seen, "table-faults")


def test_an_empty_table_can_be_left_for_the_page_and_back(open_window, her):
    seen: Window = open_window(her, size=DESKTOP)
    seen.go("/notes/new/")
    seen.press("Write in a table, as on paper")
    assert seen.page.url.endswith("/notes/new/?table")
    seen.press("Write in one page instead")
    assert seen.page.url.endswith("/notes/new/")
    assert not Draft.objects.filter(user=her).exists()


# --- quick, and light ------------------------------------------------------------------------------------------------


def test_a_note_takes_three_presses_and_the_words(open_window, her):
    """When, what happened, save: nothing else has to be touched, and on a phone nothing else of part B is shown."""
    seen: Window = open_window(her)
    seen.go("/notes/")
    touches = [
        lambda: seen.press("Add a note"),
        lambda: seen.page.get_by_label("Today,").check(),
        lambda: seen.page.get_by_label("What happened?").fill("He rang nine times."),
        lambda: seen.press("Save note"),
    ]
    began = time.monotonic()
    for touch in touches:
        touch()
    assert Incident.objects.filter(recorded_by=her).count() == 1
    assert time.monotonic() - began < 30  # what is left of a minute is hers, to type in
    assert seen.path == "/notes/1/saved/"


def test_part_a_asks_for_few_things_on_a_phone(open_window, her):
    seen: Window = open_window(her)
    seen.go("/notes/new/")
    asked = [label for label in seen.page.locator("main .govuk-fieldset__legend, main label.govuk-label").all()]
    shown = [label.inner_text() for label in asked if label.is_visible()]
    questions = [text for text in shown if text.strip().endswith(("?", "(optional)"))]
    assert len(questions) <= 8, questions


@pytest.mark.parametrize(("size", "columns"), [(NARROWEST, 1), (PHONE, 2), (DESKTOP, 2)], ids=["320", "390", "1280"])
def test_kinds_of_evidence_stand_in_as_many_columns_as_their_words_fit(open_window, her, size, columns):
    seen: Window = open_window(her, size=size)
    seen.go("/notes/new/")
    grid = seen.page.locator(".app-note-kinds .govuk-checkboxes")
    assert len(grid.evaluate("(each) => getComputedStyle(each).gridTemplateColumns").split()) == columns


def test_the_page_comes_quickly_over_a_bad_line(open_window, her):
    """The page itself, and everything a first visit fetches with it: 150 kB of page and style at most on the wire."""
    seen: Window = open_window(her)
    sizes: dict[str, tuple[int, int]] = {}

    def weigh(response: Any) -> None:
        if response.status == 200:
            body = response.body()
            sizes[response.url.removeprefix(seen.base)] = (len(body), len(gzip.compress(body, 6)))

    seen.page.on("response", weigh)
    seen.go("/notes/new/")
    seen.page.wait_for_load_state("networkidle")
    page = sizes["/notes/new/"]
    raw, packed = (sum(size[which] for size in sizes.values()) for which in (0, 1))
    print(f"page {page}, all {raw} bytes, {packed} packed, {len(sizes)} files")
    assert page[0] < 60_000
    assert page[1] < 12_000
    assert packed < 150_000


# --- how long there is -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_the_long_page_says_how_long_there_is_and_what_starts_it_again(open_window, her, scripts):
    seen: Window = open_window(her, scripts=scripts)
    seen.go("/notes/new/")
    assert seen.page.get_by_text("You are signed out after 10 minutes without typing.").is_visible() is scripts
    assert seen.page.get_by_text("You have 10 minutes on this page.").is_visible() is not scripts
    assert seen.page.get_by_text("“Save and finish later” starts the time again.").is_visible()
    assert seen.button("Save and keep writing").is_visible() is not scripts


def test_without_scripts_saving_in_between_goes_on_with_the_same_note(open_window, her):
    seen: Window = open_window(her, scripts=False)
    seen.go("/notes/new/")
    seen.page.get_by_label("What happened?").fill("He rang")
    seen.press("Save and keep writing")
    assert seen.page.get_by_label("What happened?").input_value() == "He rang"
    seen.press("Save and keep writing")
    assert Draft.objects.filter(user=her).count() == 1


# --- the draft, on every way back ------------------------------------------------------------------------------------


def begin(seen: Window, words: str) -> None:
    seen.go("/notes/new/")
    seen.page.get_by_label("What happened?").fill(words)
    seen.page.get_by_label("Where?").focus()
    seen.page.locator(".app-autosave", has_text="Saved").wait_for()


def take_up(seen: Window) -> str:
    seen.go("/notes/")
    seen.follow("Finish your note")
    return seen.page.get_by_label("What happened?").input_value()


def test_a_note_begun_on_a_phone_is_finished_at_a_desk_and_both_hold_nothing(open_window, her):
    phone: Window = open_window(her)
    begin(phone, "He rang nine times.")
    desk: Window = open_window(her, size=DESKTOP)
    assert take_up(desk) == "He rang nine times."
    desk.page.get_by_label("Today,").check()
    desk.press("Save note")
    for seen in (phone, desk):
        assert seen.kept_in_browser() == {}
    phone.go("/notes/new/")
    assert phone.page.get_by_label("What happened?").input_value() == ""
    assert Incident.objects.filter(recorded_by=her).count() == 1


def test_nothing_of_a_note_that_is_kept_is_in_the_next_one(open_window, her):
    seen: Window = open_window(her)
    begin(seen, "The first one.")
    seen.page.get_by_label("Today,").check()
    seen.press("Save note")
    seen.press("Add another note")
    assert seen.page.get_by_label("What happened?").input_value() == ""
    assert not seen.page.get_by_label("Today,").is_checked()
    assert "The first one." not in seen.page.content()
    seen.page.go_back()
    seen.page.go_back()
    assert seen.page.get_by_label("What happened?").input_value() == ""


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_note_is_back_after_its_sign_in_ran_out(open_window, her, scripts):
    seen: Window = open_window(her, scripts=scripts)
    seen.go("/notes/new/")
    seen.page.get_by_label("What happened?").fill("He rang nine times.")
    key = seen.page.context.cookies(seen.base)[0]["value"]
    seen.press("Save and finish later")
    Session.objects.filter(session_key=key).delete()
    again: Window = open_window(her, scripts=scripts)
    assert take_up(again) == "He rang nine times."
