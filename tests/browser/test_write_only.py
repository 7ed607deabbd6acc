"""A page left open until its sign-in is over: it goes on saving, says so, and shows nothing."""

import pytest

from accounts.actions import end_sessions
from accounts.limits import SEEN
from accounts.models import Session
from accounts.sessions import SessionStore
from logs.drafting import content_of
from logs.models import Draft
from tests.browser.windows import look

WORDS = "He has been at the gate since seven"


def let_lapse(user):
    for row in Session.objects.of(user.pk):
        store = SessionStore(row.session_key)
        if SEEN in store:  # not one of the last test, which has lapsed already
            store[SEEN] -= 3600
            store.save()


@pytest.fixture
def seen(open_window, world):
    Draft.objects.filter(user=world.her).delete()
    window = open_window(world.her)
    window.go("/notes/new/")
    return window


def kept(world):
    return [content_of(draft).get("what_happened", "") for draft in Draft.objects.filter(user=world.her)]


def test_what_is_typed_after_the_end_is_kept_and_the_line_says_so(seen, world):
    let_lapse(world.her)
    box = seen.page.get_by_label("What happened?")
    box.fill(WORDS)
    box.blur()
    seen.page.get_by_text("You were signed out. What you wrote is kept.").wait_for()
    box.fill(WORDS + ", and he is still there")
    seen.press("Save note")
    assert seen.path in {"/sign-in/", "/before/"}
    seen.page.get_by_text("What you wrote is kept").wait_for()
    assert WORDS not in seen.page.content()
    assert kept(world) == [WORDS + ", and he is still there"]


def test_leaving_the_page_after_the_end_keeps_the_last_words(seen, world):
    let_lapse(world.her)
    seen.page.get_by_label("What happened?").fill(WORDS)
    seen.page.goto(seen.base + "/safer-way/")
    seen.soon(lambda: kept(world) == [WORDS])


def test_without_scripts_nothing_is_lost_either(open_window, world):
    Draft.objects.filter(user=world.her).delete()
    plain = open_window(world.her, scripts=False)
    plain.go("/notes/new/")
    plain.page.get_by_label("What happened?").fill(WORDS)
    let_lapse(world.her)
    plain.press("Save note")
    assert "What you wrote is kept" in plain.page.content()
    assert kept(world) == [WORDS]


def leave_in_another_tab(window, _world):
    window.page.context.new_page().goto(window.base + "/exit")


ENDINGS = {"signed out elsewhere": lambda _window, world: end_sessions(world.her.pk), "exit": leave_in_another_tab}


@pytest.mark.parametrize("end", ENDINGS.values(), ids=ENDINGS)
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_what_is_sent_after_the_sign_in_was_ended_comes_back_to_be_copied(open_window, world, scripts, end):
    window = open_window(world.her, scripts=scripts)
    window.go("/notes/new/")
    window.page.get_by_label("What happened?").fill(WORDS)
    end(window, world)
    window.touch("Save note")
    window.page.get_by_text("You were signed out. This was not kept.").wait_for()
    assert WORDS in window.read()
    if scripts:
        window.problems[:] = [each for each in window.problems if "401" not in each]  # the browser writes it down
        window.check()
        look(window, "write-only-over")
