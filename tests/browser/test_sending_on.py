"""How sending goes on: a piece that hangs, a line that is back, a new token, a file paused while others wait."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Route

from jobs.actions import run_due
from logs.models import Arrival, Evidence
from tests.browser.cutting import stop_the_clock
from tests.browser.test_sending import (  # noqa: F401
    SENT,
    Line,
    case,
    choose,
    digest,
    film,
    forgive_lost_lines,
    her,
    until,
)
from tests.browser.test_time import new_token
from tests.browser.windows import Window

pytestmark = pytest.mark.usefixtures("case")
LINE_IS_BACK = "dispatchEvent(new Event('online'))"


def row(seen: Window, name: str) -> Any:
    return seen.page.locator(".app-sending__row", has_text=name)


@pytest.mark.parametrize(("said", "seconds"), [("0", 60), (LINE_IS_BACK, 5)], ids=["a-minute", "line-is-back"])
def test_a_piece_that_hangs_is_sent_again(
    open_window: Any,
    her: Any,  # noqa: F811
    tmp_path: Path,
    said: str,
    seconds: int,
) -> None:
    path, held = film(tmp_path, 6), []
    seen: Window = open_window(her)

    def each(route: Route) -> None:
        if route.request.method == "PATCH" and not held:
            held.append(route)  # no answer, and no error either
        else:
            route.continue_()

    seen.page.route(SENT, each)
    seen.go("/notes/1/add/")
    stop_the_clock(seen.page)
    choose(seen, path)
    seen.soon(lambda: held)
    seen.page.evaluate(said)
    seen.page.clock.run_for(seconds * 1000)
    seen.page.clock.resume()
    until(seen.page, "All sent")
    forgive_lost_lines(seen)


def test_a_line_that_is_back_and_drops_at_once_is_tried_again_within_seconds(
    open_window: Any,
    her: Any,  # noqa: F811
    tmp_path: Path,
) -> None:
    seen: Window = open_window(her)
    seen.go("/notes/1/add/")
    stop_the_clock(seen.page)
    line = Line(seen.page, 0)
    choose(seen, film(tmp_path, 6))
    seen.soon(lambda: line.lost == 1)
    for milliseconds, lost in ((1, 2), (1_000, 3), (3_000, 4)):
        seen.page.clock.run_for(milliseconds)
        seen.soon(lambda lost=lost: line.lost == lost)
    until(seen.page, "Waiting for signal")  # and now for ten seconds
    seen.page.evaluate(LINE_IS_BACK)
    seen.soon(lambda: line.lost == 5)
    seen.page.clock.run_for(1)
    seen.soon(lambda: line.lost == 6)
    line.mend()
    until(seen.page, "Waiting for signal")
    seen.page.clock.run_for(1_000)
    until(seen.page, "All sent")
    forgive_lost_lines(seen)


def test_a_file_that_is_paused_while_it_waits_lets_the_next_one_go(
    open_window: Any,
    her: Any,  # noqa: F811
    tmp_path: Path,
) -> None:
    seen: Window = open_window(her)
    seen.go("/notes/1/add/")
    stop_the_clock(seen.page)
    line = Line(seen.page, 0)
    choose(seen, film(tmp_path, 6), film(tmp_path, 5.5, "other.mp4"))
    seen.soon(lambda: line.lost == 1)
    seen.page.clock.run_for(1)
    until(seen.page, "Waiting for signal")
    line.mend()
    seen.touch("Pause clip.mp4")
    row(seen, "other.mp4").get_by_text("All sent").wait_for()
    seen.touch("Go on clip.mp4")
    row(seen, "clip.mp4").get_by_text("All sent").wait_for()
    forgive_lost_lines(seen)


def test_a_file_paused_before_its_turn_is_the_notes_all_the_same(
    open_window: Any,
    her: Any,  # noqa: F811
    tmp_path: Path,
) -> None:
    first, second = film(tmp_path, 6), film(tmp_path, 5.5, "other.mp4")
    seen: Window = open_window(her)
    seen.go("/notes/new/")
    seen.page.get_by_label("Today,").check()
    seen.page.get_by_label("What happened?").fill("He filmed me.")
    line = Line(seen.page, 0)
    choose(seen, first, second)
    seen.touch("Pause other.mp4")
    until(seen.page, "Waiting for signal")
    seen.touch("Save note")
    seen.page.get_by_role("heading", name="What you wrote is saved").wait_for()
    assert Arrival.objects.filter(user=her, bound_at=None).count() == 0
    assert Arrival.objects.filter(user=her).count() == 2
    line.mend()
    seen.touch("Go on other.mp4")
    seen.page.get_by_role("heading", name="Your note is saved").wait_for(timeout=45_000)
    run_due()
    kept = set(Evidence.objects.filter(uploaded_by=her).values_list("sha256", flat=True))
    assert kept == {digest(first), digest(second)}
    forgive_lost_lines(seen)


def test_a_sign_in_of_hers_in_another_window_does_not_stop_a_file(
    open_window: Any,
    her: Any,  # noqa: F811
    tmp_path: Path,
) -> None:
    seen: Window = open_window(her)
    seen.go("/notes/1/add/")
    line = Line(seen.page, 1)
    choose(seen, film(tmp_path, 11))
    until(seen.page, "Waiting for signal")
    new_token(seen)
    line.mend()
    until(seen.page, "All sent")
    forgive_lost_lines(seen)


def test_a_file_whose_beginning_was_answered_over_a_line_that_dropped_is_begun_once(
    open_window: Any,
    her: Any,  # noqa: F811
    tmp_path: Path,
) -> None:
    path, lost = film(tmp_path, 6), []
    seen: Window = open_window(her)

    def each(route: Route) -> None:
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch())  # the service has heard of it, the page has not
            route.abort("connectionfailed")
        else:
            route.continue_()

    seen.page.route("**/notes/files/", each)
    seen.go("/notes/1/add/")
    choose(seen, path)
    until(seen.page, "All sent")
    assert lost[0].status == 201
    seen.press("Add to the note")
    run_due()
    assert Arrival.objects.filter(user=her).count() == 1
    assert Evidence.objects.get(uploaded_by=her).sha256 == digest(path)
    forgive_lost_lines(seen)
