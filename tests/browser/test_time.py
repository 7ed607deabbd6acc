"""How long there is: said, warned of, started again; and when it runs out while there is no signal or another token."""

import time
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from accounts.limits import SEEN
from accounts.models import Session
from accounts.sessions import SessionStore
from logs.drafting import content_of
from logs.models import Draft, Incident
from tests.browser.windows import Window, look
from tests.factories import AllocationFactory, CaseFactory, UserFactory
from tests.signing_in import sign_in

WORDS = "He has been at the gate since seven"
IDLE = 600
TWO_MINUTES = 120
BETWEEN_SAVINGS = 11  # no words wait longer


@pytest.fixture
def her(site: str) -> Any:
    case = CaseFactory(portal=True)
    AllocationFactory(case=case, worker=UserFactory(name="Sam Rowan"))
    return case.victim.user


@pytest.fixture
def seen(open_window: Any, her: Any) -> Window:
    """Her phone, whose clock the test turns."""
    opened: Window = open_window(her)
    opened.page.clock.install()
    return opened


def write(seen: Window) -> None:
    seen.go("/notes/new/")
    seen.page.get_by_label("Today,").check()
    seen.page.get_by_label("What happened?").fill(WORDS)


def let_it_be_saved(seen: Window, user: Any, on_its_way: set[Any]) -> None:
    """Until all she typed is on the server and nothing more is on its way: each saving starts the time again."""
    seen.page.clock.fast_forward(BETWEEN_SAVINGS * 1000)
    seen.soon(lambda: [content_of(draft)["what_happened"] for draft in Draft.objects.filter(user=user)] == [WORDS])
    seen.soon(lambda: not on_its_way)


def savings(seen: Window) -> set[Any]:
    """The savings that are on their way, now and later."""
    found: set[Any] = set()
    seen.page.on("request", lambda request: found.add(request) if "/autosave/" in request.url else None)
    for over in ("requestfinished", "requestfailed"):
        seen.page.on(over, lambda request: found.discard(request))
    return found


def pass_on_the_server(user: Any, seconds: int) -> None:
    for row in Session.objects.of(user.pk):
        store = SessionStore(row.session_key)
        if SEEN in store:
            store[SEEN] -= seconds
            store.save()


def seen_at(user: Any) -> float:
    stores = [SessionStore(row.session_key) for row in Session.objects.of(user.pk)]
    return max(float(store[SEEN]) for store in stores if SEEN in store)


def test_two_minutes_before_the_end_she_is_asked_and_can_stay(seen, her):
    on_its_way = savings(seen)
    write(seen)
    let_it_be_saved(seen, her, on_its_way)
    assert seen.page.get_by_text("You are signed out after 10 minutes without typing.").is_visible()
    pass_on_the_server(her, IDLE - TWO_MINUTES)
    seen.page.clock.fast_forward((IDLE - TWO_MINUTES - BETWEEN_SAVINGS - 35) * 1000)
    assert not seen.page.get_by_role("dialog").is_visible()
    seen.page.clock.fast_forward(36_000)
    seen.page.get_by_role("heading", name="Are you still there?").wait_for()
    seen.page.get_by_text("About 2 minutes left.").wait_for()
    assert seen.page.evaluate("document.activeElement.textContent") == "Stay signed in"
    seen.check()
    look(seen, "time-warning")
    seen.touch("Stay signed in")
    seen.page.get_by_role("dialog").wait_for(state="hidden")
    assert time.time() - seen_at(her) < 10
    assert seen.page.get_by_label("What happened?").input_value() == WORDS


def test_when_another_window_goes_on_nobody_is_asked(seen, her):
    write(seen)
    asked = []
    seen.page.on("request", lambda request: asked.append(request.url) if "account/time" in request.url else None)
    seen.page.clock.fast_forward((IDLE - TWO_MINUTES + 1) * 1000)
    seen.soon(lambda: asked)
    seen.page.wait_for_timeout(500)
    assert not seen.page.get_by_role("dialog").is_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_save_and_finish_later_starts_the_time_again(open_window, her, scripts):
    seen: Window = open_window(her, scripts=scripts)
    write(seen)
    pass_on_the_server(her, 400)
    before = seen_at(her)
    seen.press("Save and finish later")
    assert seen_at(her) - before > 390
    assert content_of(Draft.objects.get(user=her))["what_happened"] == WORDS


def forgive(seen: Window) -> None:
    seen.problems[:] = [each for each in seen.problems if "net::ERR_" not in each]


def test_time_that_runs_out_without_signal_covers_the_words_and_drops_none(seen, her):
    write(seen)
    seen.page.context.set_offline(True)
    seen.touch("Save note")
    seen.page.get_by_text("There is no signal. Your words are still on this page. Keep it open.").wait_for()
    pass_on_the_server(her, IDLE + 60)
    seen.page.clock.fast_forward((IDLE + 30) * 1000)
    seen.page.get_by_role("dialog").wait_for()
    assert seen.path == "/notes/new/"
    cover = seen.page.evaluate("getComputedStyle(document.querySelector('dialog'), '::backdrop').backgroundColor")
    assert cover.startswith("rgb("), cover  # nothing shines through
    look(seen, "time-covered")
    seen.check()
    seen.touch("Stay signed in")
    seen.page.get_by_role("dialog").wait_for(state="hidden")
    assert seen.page.get_by_label("What happened?").input_value() == WORDS
    seen.page.context.set_offline(False)
    seen.page.wait_for_url(lambda url: "/notes/" not in url)
    assert "You were signed out. What you wrote is kept." in seen.read()
    assert WORDS not in seen.page.content()
    assert [content_of(draft)["what_happened"] for draft in Draft.objects.filter(user=her)] == [WORDS]
    forgive(seen)


def test_with_nothing_to_lose_the_page_is_left_even_without_signal(seen, her):
    seen.go("/notes/")
    seen.page.context.set_offline(True)
    seen.page.clock.fast_forward((IDLE + 30) * 1000)
    seen.soon(lambda: seen.path != "/notes/")  # the browser's own page, since nothing can be reached
    seen.page.context.set_offline(False)
    forgive(seen)


# --- a token that went stale -----------------------------------------------------------------------------------------


def new_token(seen: Window) -> None:
    """As after a sign-in in another window."""
    seen.page.context.clear_cookies(name=settings.CSRF_COOKIE_NAME)
    seen.page.context.request.get(seen.base + "/notes/")


def test_a_new_token_of_her_own_is_taken_and_the_note_is_kept_at_the_first_press(open_window, her):
    seen: Window = open_window(her)
    write(seen)
    new_token(seen)
    seen.press("Save note")
    assert Incident.objects.get(recorded_by=her).what_happened == WORDS


def test_a_page_of_hers_is_never_sent_as_another_persons(open_window, her, site):
    seen: Window = open_window(her)
    write(seen)
    other = CaseFactory(portal=True).victim.user
    key = sign_in(Client(), other).cookies[settings.SESSION_COOKIE_NAME].value
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": key, "url": seen.base, "httpOnly": True}
    seen.page.context.add_cookies([cookie])
    new_token(seen)
    seen.touch("Save note")
    seen.page.get_by_text("This is not sent. Your words are still on this page.").wait_for()
    assert seen.page.get_by_label("What happened?").input_value() == WORDS
    assert not Incident.objects.filter(recorded_by__in=[her, other]).exists()
    assert not Draft.objects.filter(user=other).exists()
