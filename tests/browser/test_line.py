"""A line that drops while a note is being sent: the words stay in sight, the page says so, and it arrives once."""

from collections.abc import Iterator
from typing import Any

import pytest

from cases.models import Message
from logs.drafting import content_of
from logs.models import Amendment, Draft, Incident
from tests.browser.cutting import Shut, cut_line
from tests.browser.test_no_signal import FIRST, KEY, kept, turn_on, waiting
from tests.browser.windows import PHONE, Window, look, window
from tests.factories import AllocationFactory, CaseFactory, UserFactory

WORDS = "He rang nine times at the gate"
PLACE = "Turnpike Lane"
NO_SIGNAL = "There is no signal. Your words are still on this page."
TROUBLE = "Something went wrong on our side. Your words are still on this page."
POSTS = "**/notes/**"
BY_ITSELF = 30_000  # the page tries again after five seconds, and then after ten
NOTHING_KEPT: dict[str, int] = {}


@pytest.fixture
def case(site: str) -> Any:
    case = CaseFactory(portal=True)
    AllocationFactory(case=case, worker=UserFactory(name="Sam Rowan"))
    return case


@pytest.fixture
def her(case: Any) -> Any:
    return case.victim.user


@pytest.fixture
def seen(open_window: Any, her: Any) -> Iterator[Window]:
    """Her phone; what a cut line or a broken server itself writes is no fault of the page."""
    opened: Window = open_window(her)
    yield opened
    own = ("net::ERR_", "the server responded with a status of 5", "500: ", "502: ", "503: ")
    opened.problems[:] = [each for each in opened.problems if not any(line in each for line in own)]


def write(seen: Window, words: str = WORDS) -> None:
    seen.go("/notes/new/")
    seen.page.get_by_label("Today,").check()
    seen.page.get_by_label("What happened?").fill(words)


def drafted(her: Any) -> str:
    draft = Draft.objects.filter(user=her).first()
    return str(content_of(draft)["what_happened"]) if draft else ""


def write_where_it_is_on(seen: Window, words: str = WORDS) -> None:
    """And wait until the page knows whose phone it is: it asks that first, and then sends what waits."""
    asked: list[str] = []
    seen.page.on("request", lambda request: asked.append(request.url) if "/no-signal/key/" in request.url else None)
    write(seen, words)
    seen.soon(lambda: len(asked) > 1)


def says(seen: Window, text: str) -> None:
    seen.page.locator("[data-held-line]", has_text=text).wait_for()


def words_are_there(seen: Window) -> None:
    assert seen.page.get_by_label("What happened?").input_value() == WORDS
    assert seen.path == "/notes/new/"


def answer_with(seen: Window, status: int, *, times: int = 1, headers: dict[str, str] | None = None) -> list[str]:
    """The next forms sent are answered so, and never reach the service; autosaves neither."""
    asked: list[str] = []

    def each(route: Any) -> None:
        if route.request.method != "POST" or len(asked) >= times:
            return route.continue_()
        asked.append(route.request.url)
        return route.fulfill(status=status, body="<h1>x</h1>", headers={"Content-Type": "text/html"} | (headers or {}))

    seen.page.route(POSTS, each)
    return asked


# --- no signal -------------------------------------------------------------------------------------------------------


def test_with_no_signal_the_words_stay_and_are_sent_once_when_it_is_back(seen, her):
    write(seen)
    seen.page.context.set_offline(True)
    seen.touch("Save note")
    says(seen, NO_SIGNAL)
    words_are_there(seen)
    assert seen.button("Try again").is_visible()
    seen.page.evaluate("scrollTo(0, 0)")
    seen.check()
    look(seen, "line-no-signal")
    assert seen.kept_in_browser() == NOTHING_KEPT
    seen.touch("Try again")
    says(seen, NO_SIGNAL)
    with seen.page.expect_navigation():
        seen.page.context.set_offline(False)
    assert seen.path == "/notes/1/saved/"
    assert [note.what_happened for note in Incident.objects.filter(recorded_by=her)] == [WORDS]
    assert seen.kept_in_browser() == NOTHING_KEPT


def test_it_tries_again_by_itself_where_the_browser_does_not_notice(seen, her):
    write(seen)
    asked = answer_with(seen, 503)
    seen.touch("Save note")
    says(seen, TROUBLE)
    seen.page.wait_for_url("**/saved/", timeout=BY_ITSELF)
    assert len(asked) == 1
    assert Incident.objects.filter(recorded_by=her).count() == 1


@pytest.mark.parametrize("status", [500, 502, 503, 429])
def test_a_server_in_trouble_never_takes_the_words_from_the_page(seen, her, status):
    write(seen)
    answer_with(seen, status, times=2)
    seen.touch("Save note")
    says(seen, TROUBLE)
    words_are_there(seen)
    assert not Incident.objects.filter(recorded_by=her).exists()


def test_an_answer_that_nobody_expected_leaves_the_words_to_be_copied(seen, her):
    write(seen)
    answer_with(seen, 404)
    seen.touch("Save note")
    says(seen, "This is not sent. Your words are still on this page. Copy them before you leave it.")
    words_are_there(seen)


def test_a_server_that_dies_after_it_has_kept_the_note_is_asked_again_and_keeps_it_once(seen, her):
    write(seen)
    lost: list[int] = []

    def dies(route: Any) -> None:
        if route.request.method != "POST" or lost or "autosave" in route.request.url:
            return route.continue_()
        lost.append(route.fetch(max_redirects=0).status)
        return route.abort("connectionreset")

    seen.page.route(POSTS, dies)
    seen.touch("Save note")
    says(seen, NO_SIGNAL)
    words_are_there(seen)
    assert lost == [200]
    assert Incident.objects.filter(recorded_by=her).count() == 1
    with seen.page.expect_navigation():
        seen.touch("Try again")
    assert "This note was already saved. We kept it once." in seen.page.content()
    assert Incident.objects.filter(recorded_by=her).count() == 1


def test_a_line_cut_in_the_middle_of_the_words_loses_none(browser, site, her, open_window):
    long = "Ж не спал всю ночь 😟 " * 700
    session = open_window(her).page.context.cookies()[0]["value"]
    with cut_line(site, []) as line, window(browser, line.address, PHONE, session) as seen:
        seen.page.route("**/autosave/", lambda route: route.abort())
        write(seen, long)
        line.cuts.append(line.sent + 12_000)
        seen.touch("Save note")
        seen.page.wait_for_url("**/saved/", timeout=BY_ITSELF)
        assert line.dropped == 1
        seen.problems.clear()
    assert [note.what_happened for note in Incident.objects.filter(recorded_by=her)] == [long]


def test_two_presses_on_a_slow_line_keep_one_note(seen, her):
    write(seen)
    slow: list[Any] = []
    seen.page.route("**/notes/new/", lambda route: slow.append(route))
    seen.touch("Save note")
    says(seen, "Sending. Keep this page open.")
    seen.page.wait_for_timeout(1_100)
    seen.touch("Save note")
    seen.button("Save and finish later").click()
    assert len(slow) == 1
    with seen.page.expect_navigation():
        slow[0].continue_()
    assert seen.path == "/notes/1/saved/"
    assert Incident.objects.filter(recorded_by=her).count() == 1


def test_what_is_typed_while_it_is_being_sent_is_shown_and_not_dropped(seen, her):
    write(seen)
    slow: list[Any] = []
    seen.page.route("**/notes/new/", lambda route: slow.append(route) if not slow else route.continue_())
    seen.touch("Save note")
    says(seen, "Sending")
    seen.page.get_by_label("What happened?").fill(f"{WORDS}, and once more")
    slow[0].continue_()
    seen.page.get_by_role("heading", name="You saved this note before").wait_for()
    assert seen.page.get_by_label("What you wrote").input_value() == f"{WORDS}, and once more"
    seen.check()
    seen.press("Add to the note")
    assert Amendment.objects.get(incident__recorded_by=her).text == f"{WORDS}, and once more"


def test_a_sentence_half_written_is_not_sent_for_her_when_signal_is_back(seen, her):
    write(seen)
    seen.page.context.set_offline(True)
    seen.touch("Save note")
    says(seen, NO_SIGNAL)
    seen.page.get_by_label("What happened?").fill(f"{WORDS} and then he")
    says(seen, "This is not sent yet. You changed your words.")
    seen.page.context.set_offline(False)
    seen.page.wait_for_timeout(1_500)
    assert not Incident.objects.filter(recorded_by=her).exists()
    with seen.page.expect_navigation():
        seen.touch("Try again")
    assert Incident.objects.get(recorded_by=her).what_happened == f"{WORDS} and then he"


def test_what_is_typed_after_a_press_that_failed_goes_on_being_saved(seen, her):
    write(seen)
    answer_with(seen, 502, times=1)
    seen.touch("Save note")
    says(seen, TROUBLE)
    box = seen.page.get_by_label("What happened?")
    box.fill(f"{WORDS} and then he")
    box.blur()
    seen.soon(lambda: drafted(her) == f"{WORDS} and then he")  # what was typed before may be saved once more first


def test_exit_is_not_asked_about_while_words_wait(seen, her):
    asked: list[str] = []
    seen.page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    write(seen)
    answer_with(seen, 502, times=1)
    seen.touch("Save note")
    says(seen, TROUBLE)
    seen.press("Exit this page")
    seen.page.get_by_role("heading", name="Weather").wait_for()
    assert asked == []
    assert content_of(Draft.objects.get(user=her))["what_happened"] == WORDS


@pytest.mark.parametrize("leave", ["Exit this page", ""], ids=["exit", "another-address"])
def test_leaving_while_it_is_being_sent_loses_no_word(seen, her, leave):
    write(seen)
    box = seen.page.get_by_label("What happened?")
    with seen.page.expect_response(lambda answer: "/autosave/" in answer.url and answer.ok, timeout=20_000):
        box.blur()
    box.fill(f"{WORDS} and once more")
    seen.page.route("**/notes/new/", lambda route: None)  # a line so slow that it is still on its way
    seen.touch("Save note")
    says(seen, "Sending. Keep this page open.")
    if leave:
        seen.press(leave)
        seen.page.get_by_role("heading", name="Weather").wait_for()
    else:
        seen.go("/notes/help/")
    seen.soon(lambda: drafted(her) == f"{WORDS} and once more")
    assert not Incident.objects.filter(recorded_by=her).exists()


# --- faults and the other pages --------------------------------------------------------------------------------------


def test_a_fault_is_said_as_before_and_nothing_is_lost(seen, her):
    seen.go("/notes/new/")
    seen.page.get_by_label("Another day").check()
    seen.page.get_by_label("What happened?").fill(WORDS)
    seen.touch("Save note")
    seen.check_error()
    words_are_there(seen)
    look(seen, "line-fault")
    seen.page.get_by_label("Today,").check()
    seen.press("Save note")
    assert Incident.objects.get(recorded_by=her).what_happened == WORDS


def test_a_question_of_part_b_stays_until_it_is_answered(seen, her):
    write(seen)
    seen.press("Add more detail first")
    seen.press("Skip")
    seen.page.get_by_label("How did it affect you?").fill("No sleep")
    seen.page.context.set_offline(True)
    seen.touch("Continue")
    says(seen, NO_SIGNAL)
    assert seen.page.get_by_label("How did it affect you?").input_value() == "No sleep"
    seen.page.evaluate("scrollTo(0, 0)")
    seen.check()
    look(seen, "line-step")
    with seen.page.expect_navigation():
        seen.page.context.set_offline(False)
    assert seen.path.endswith("/3/")
    assert content_of(Draft.objects.get(user=her))["impact"] == "No sleep"


def test_a_message_waits_on_its_page_and_is_sent_once(seen, her):
    seen.go("/notes/messages/")
    seen.page.get_by_label("Write a message").fill(WORDS)
    seen.page.context.set_offline(True)
    seen.touch("Send")
    says(seen, NO_SIGNAL)
    assert seen.page.get_by_label("Write a message").input_value() == WORDS
    seen.page.evaluate("scrollTo(0, 0)")
    seen.check()
    look(seen, "line-message")
    seen.page.context.set_offline(False)
    seen.page.locator(".app-thread", has_text=WORDS).wait_for()
    assert "Your message is sent." in seen.page.content()
    assert seen.page.get_by_label("Write a message").input_value() == ""
    assert Message.objects.filter(by=her).count() == 1


def test_what_is_added_to_a_note_waits_too(seen, her):
    write(seen)
    seen.press("Save note")
    seen.go("/notes/1/add/")
    seen.page.get_by_label("What would you like to add?").fill(PLACE)
    seen.page.context.set_offline(True)
    seen.touch("Add to the note")
    says(seen, NO_SIGNAL)
    with seen.page.expect_navigation():
        seen.page.context.set_offline(False)
    assert [each.text for each in Amendment.objects.filter(incident__recorded_by=her)] == [PLACE]


# --- where she writes without signal ---------------------------------------------------------------------------------


def test_where_it_is_turned_on_the_same_press_locks_the_note_on_the_phone(seen, her):
    turn_on(seen)
    write_where_it_is_on(seen, FIRST)
    seen.page.get_by_label("Where?").fill(PLACE)
    seen.page.context.set_offline(True)
    seen.touch("Save note")
    seen.page.locator("[data-no-signal-line]", has_text="1 note is locked on this phone").wait_for()
    assert not seen.page.get_by_label("What happened?").is_visible()
    assert FIRST not in seen.page.content()
    seen.check()
    look(seen, "line-locked")
    found = kept(seen)
    assert not any(word in found for word in (*FIRST.split(), *PLACE.split()) if len(word) > 3)
    key = waiting(seen)[0]["entry"]
    seen.page.context.set_offline(False)
    seen.page.locator("[data-no-signal-line]", has_text="1 note from this phone was sent").wait_for()
    note = Incident.objects.get(recorded_by=her)
    assert (str(note.pk), note.what_happened, note.place) == (key, FIRST, PLACE)
    assert note.written_offline.device_written_at <= note.written_offline.received_at
    assert not Draft.objects.open_for(her).exists()


def test_a_note_that_had_arrived_and_is_locked_as_well_is_kept_once(seen, her):
    turn_on(seen)
    write_where_it_is_on(seen)
    key = Shut(seen.page, KEY)
    lost: list[int] = []

    def dies(route: Any) -> None:
        if lost:
            return route.continue_()
        lost.append(route.fetch(max_redirects=0).status)
        return route.abort("connectionreset")

    seen.page.route("**/notes/new/", dies)
    seen.touch("Save note")
    seen.page.locator("[data-no-signal-line]", has_text="1 note is locked on this phone").wait_for()
    assert Incident.objects.filter(recorded_by=her).count() == 1
    key.open()
    seen.go("/notes/")
    seen.page.locator("[data-no-signal-line]", has_text="1 note from this phone was sent").wait_for()
    assert Incident.objects.filter(recorded_by=her).count() == 1
    assert not Draft.objects.open_for(her).exists()
