"""Files sent from a real browser: over a line that drops, after a reload, while the note is saved, without scripts."""

import hashlib
import json
import random
import re
from math import inf
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from playwright.sync_api import Browser, Page, Route
from playwright.sync_api import Error as PlaywrightError

from jobs.actions import run_due
from logs.models import Arrival, Evidence
from nsvcs.tus import PIECE_BYTES
from tests.browser.cutting import cut_line
from tests.browser.windows import DESKTOP, PHONE, SIZES, Window, look, window
from tests.factories import AllocationFactory, CaseFactory, IncidentFactory, UserFactory

MB = 1024 * 1024
BY_ITSELF = 45_000  # the longest wait before another try is half a minute
SENT = re.compile(r"/notes/files/[a-z]+/$")
KEPT_WORDS = """async () => {
  const found = [JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage })];
  for (const { name } of await indexedDB.databases()) found.push(name);
  for (const key of await caches.keys()) {
    found.push(key);
    for (const request of await (await caches.open(key)).keys()) found.push(request.url);
  }
  return found.join(" ") + JSON.stringify(history.state) + location.href;
}"""

# Every word that a page says in its boxes for files, also one that stands for a moment.
LISTEN = """() => {
  window.said = [];
  const words = (each) => [...each.addedNodes].map((node) => node.textContent);
  const hear = (seen) => window.said.push(...seen.flatMap(words));
  new MutationObserver(hear).observe(document.querySelector("[data-rows]"), { childList: true, subtree: true });
}"""


@pytest.fixture
def case(site: str) -> Any:
    call_command("load_reference", verbosity=0)
    case = CaseFactory(portal=True)
    AllocationFactory(case=case, worker=UserFactory(name="Sam Rowan"))
    IncidentFactory(case=case, number=1, recorded_by=case.victim.user)
    return case


@pytest.fixture
def her(case: Any) -> Any:
    return case.victim.user


def film(folder: Path, megabytes: float, name: str = "clip.mp4") -> Path:
    """A file that begins as an MP4 does, the rest in a box that players skip."""
    path, free = folder / name, int(megabytes * MB) - 24
    rest = random.Random(megabytes)
    with path.open("wb") as file:
        file.write(b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + free.to_bytes(4, "big") + b"free")
        left = free - 8
        while left:
            file.write(rest.randbytes(min(MB, left)))
            left -= min(MB, left)
    return path


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def choose(seen: Window, *paths: Path) -> None:
    seen.page.locator("input[type=file]:not([capture])").set_input_files([str(path) for path in paths])


def words(page: Page) -> str:
    return page.locator("[data-state-words]").inner_text()


def until(page: Page, text: str, timeout: int = BY_ITSELF) -> None:
    page.locator("[data-state-words]", has_text=text).wait_for(timeout=timeout)


class Line:
    """Lets so many pieces through, then none, until it is mended.

    Its route stays: if it were taken away while a piece is being handed to it, that piece would hang, unheard of, as on
    no real line.
    """

    def __init__(self, page: Page, pieces: float) -> None:
        self.pieces, self.passed, self.lost = pieces, 0, 0
        page.route(SENT, self.each)

    def each(self, route: Route) -> None:
        if route.request.method != "PATCH" or self.passed < self.pieces:
            self.passed += route.request.method == "PATCH"
            route.continue_()
        else:
            self.lost += 1
            route.abort("connectionfailed")

    def mend(self) -> None:
        self.pieces = inf


def at_the_top(seen: Window) -> None:
    """Look at the page from its top: further down the button to leave floats over a box, as it is meant to."""
    seen.page.evaluate("window.scrollTo(0, 0)")
    seen.check()


def forgive_lost_lines(seen: Window) -> None:
    """The browser writes a line for each request that failed; here that is what is tried."""
    seen.problems[:] = [each for each in seen.problems if "net::ERR_" not in each]


@pytest.mark.timeout(120)
def test_a_film_of_180_mb_over_a_line_that_drops_twice_arrives_bit_for_bit(
    browser: Browser, site: str, her: Any, tmp_path: Path, open_window: Any
) -> None:
    path = film(tmp_path, 180)
    session = open_window(her).page.context.cookies()[0]["value"]
    with cut_line(site, [32 * MB, 101 * MB]) as line, window(browser, line.address, PHONE, session) as seen:
        seen.go("/notes/new/")
        seen.page.get_by_label("What happened?").fill("He filmed me from his car.")
        choose(seen, path)
        until(seen.page, "All sent", timeout=90_000)
        assert line.dropped == 2
        assert line.sent < 200 * MB
        run_due()
        until(seen.page, "Safe")
        assert seen.page.evaluate(KEPT_WORDS).count("clip") == 0
        assert seen.kept_in_browser() == {}
        seen.page.get_by_label("Today,").check()
        seen.press("Save note")
        forgive_lost_lines(seen)
    evidence = Evidence.objects.get(uploaded_by=her)
    assert evidence.sha256 == digest(path)
    assert digest(Path(settings.MEDIA_ROOT) / evidence.storage_name) == digest(path)
    assert evidence.size_bytes == 180 * MB


def test_after_a_reload_the_same_file_goes_on_where_it_was(open_window: Any, her: Any, tmp_path: Path) -> None:
    path, other = film(tmp_path, 12), film(tmp_path, 12.0001, "other.mp4")
    seen: Window = open_window(her)
    seen.go("/notes/new/")
    line = Line(seen.page, 1)
    choose(seen, path)
    until(seen.page, "Waiting for signal")
    assert seen.path != "/notes/new/"
    seen.page.reload()
    assert "You had not finished sending a file of 12.0" in words(seen.page)
    assert "Choose the same file again to go on" in words(seen.page)
    at_the_top(seen)
    look(seen, "sending-after-reload")
    line.mend()
    asked: list[str] = []
    seen.page.on("request", lambda request: asked.append(request.method) if SENT.search(request.url) else None)
    renamed = path.rename(tmp_path / "renamed.mp4")
    choose(seen, renamed)
    until(seen.page, "All sent")
    assert asked[:3] == ["HEAD", "PATCH", "PATCH"]
    assert asked.count("PATCH") == 2
    assert Arrival.objects.filter(user=her).count() == 1
    choose(seen, other)
    seen.page.locator(".app-sending__row").nth(1).wait_for()
    seen.page.locator("[data-state=checking]").nth(1).wait_for()
    assert Arrival.objects.filter(user=her).count() == 2
    forgive_lost_lines(seen)


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_a_note_is_saved_while_its_file_is_still_being_sent(
    open_window: Any, her: Any, tmp_path: Path, size: Any
) -> None:
    path = film(tmp_path, 11)
    seen: Window = open_window(her, size=size)
    seen.go("/notes/new/")
    seen.page.get_by_label("Today,").check()
    seen.page.get_by_label("What happened?").fill("He filmed me.")
    line = Line(seen.page, 1)
    choose(seen, path)
    until(seen.page, "Waiting for signal")
    at_the_top(seen)
    look(seen, f"sending-{size['width']}")
    seen.touch("Save note")
    seen.page.get_by_role("heading", name="What you wrote is saved").wait_for()
    assert her.pk in set(Arrival.objects.exclude(bound_at=None).values_list("user", flat=True))
    seen.check()
    look(seen, f"sending-saved-{size['width']}")
    line.mend()
    seen.page.get_by_role("heading", name="Your note is saved").wait_for(timeout=BY_ITSELF)
    run_due()
    assert Evidence.objects.get(uploaded_by=her).sha256 == digest(path)
    forgive_lost_lines(seen)


def test_going_on_without_waiting_leaves_the_file_to_be_finished_from_the_note(
    open_window: Any, her: Any, tmp_path: Path
) -> None:
    path = film(tmp_path, 11)
    seen: Window = open_window(her)
    seen.go("/notes/1/add/")
    line = Line(seen.page, 1)
    choose(seen, path)
    until(seen.page, "Waiting for signal")
    seen.touch("Add to the note")
    seen.follow("Go on without waiting")
    seen.page.get_by_text("A file has not been fully sent").wait_for()
    seen.check()
    look(seen, "sending-note")
    seen.go("/notes/")
    seen.check()
    look(seen, "sending-home")
    seen.follow("Finish sending a file")
    line.mend()
    choose(seen, path)
    until(seen.page, "All sent")
    run_due()
    assert Evidence.objects.get(uploaded_by=her).incident.number == 1
    forgive_lost_lines(seen)


def test_sending_is_paused_gone_on_with_and_taken_back_by_keyboard(open_window: Any, her: Any, tmp_path: Path) -> None:
    path = film(tmp_path, 11)
    seen: Window = open_window(her, size=DESKTOP)
    seen.go("/notes/new/")
    line = Line(seen.page, 1)
    choose(seen, path)
    until(seen.page, "Waiting for signal")
    seen.button("Pause clip.mp4").focus()
    seen.page.keyboard.press("Enter")
    until(seen.page, "Paused")
    seen.check()
    line.mend()
    seen.button("Go on clip.mp4").focus()
    seen.page.keyboard.press("Enter")
    until(seen.page, "All sent")
    seen.button("Remove clip.mp4").focus()
    seen.page.keyboard.press("Space")
    seen.page.locator(".app-sending__row").wait_for(state="detached")
    seen.soon(lambda: not Arrival.objects.filter(user=her).exists())
    assert seen.page.evaluate("document.activeElement.classList.contains('govuk-file-upload-button')")
    forgive_lost_lines(seen)


def test_a_small_file_is_not_said_to_be_of_no_size(open_window: Any, her: Any, tmp_path: Path) -> None:
    seen: Window = open_window(her)
    seen.go("/notes/new/")
    seen.page.evaluate(LISTEN)
    choose(seen, film(tmp_path, 10 / 1024))
    assert seen.page.locator(".app-sending__row .app-sending__size").inner_text() == "10.0 KB"
    until(seen.page, "Safe")
    said = "window.said.filter((each) => each.includes(' of '))"
    assert [each.split(" · ")[0] for each in seen.page.evaluate(said)][-1:] == ["Sending: 100% – 10.0 of 10.0 KB"]


def test_what_cannot_be_kept_is_said_in_words_while_it_is_sent(open_window: Any, her: Any, tmp_path: Path) -> None:
    path = tmp_path / "holiday.mp4"
    path.write_bytes(b"MZ" + b"\0" * 58 + b"\x80\0\0\0" + b"\0" * 64 + b"PE\0\0\x64\x86" + b"\0" * (2 * PIECE_BYTES))
    seen: Window = open_window(her)
    seen.go("/notes/new/")
    choose(seen, path)
    until(seen.page, "Could not read")
    assert "This is a program" in words(seen.page)
    assert seen.page.locator("input[name=files]:enabled").count() == 0
    seen.check()
    look(seen, "sending-refused")


def test_without_scripts_files_go_with_the_form_and_unfinished_ones_are_listed(
    open_window: Any, her: Any, tmp_path: Path
) -> None:
    path = film(tmp_path, 11)
    seen: Window = open_window(her)
    seen.go("/notes/1/add/")
    Line(seen.page, 1)
    choose(seen, path)
    until(seen.page, "Waiting for signal")
    seen.go("/notes/")
    forgive_lost_lines(seen)
    plain: Window = open_window(her, scripts=False)
    plain.go("/notes/1/add/")
    assert "You had not finished sending" in plain.read()
    plain.open_by(plain.page.locator("[data-remove]"))
    plain.press("Remove the file")
    assert not Arrival.objects.filter(user=her).exists()
    choose(plain, path)
    plain.press("Add to the note")
    assert Evidence.objects.get(uploaded_by=her).sha256 == digest(path)


def test_staff_send_files_the_same_way(open_window: Any, case: Any, tmp_path: Path) -> None:
    path = film(tmp_path, 6)
    worker = case.allocations.get().worker
    seen: Window = open_window(worker, size=DESKTOP)
    entry = case.incidents.get()
    seen.go(f"/cases/{case.pk}/log/{entry.pk}/add/")
    choose(seen, path)
    until(seen.page, "All sent")
    seen.check()
    look(seen, "sending-staff")
    seen.press("Add this")
    run_due()
    assert Evidence.objects.get(incident=entry).uploaded_by == worker


def test_a_lost_sign_in_is_said_and_the_file_goes_on_after_the_next(open_window: Any, her: Any, tmp_path: Path) -> None:
    path = film(tmp_path, 11)
    seen: Window = open_window(her)
    seen.go("/notes/1/add/")
    line = Line(seen.page, 1)
    choose(seen, path)
    until(seen.page, "Waiting for signal")
    seen.page.context.clear_cookies()
    line.mend()
    until(seen.page, "You were signed out", timeout=BY_ITSELF)
    forgive_lost_lines(seen)
    again: Window = open_window(her)
    again.go("/notes/1/add/")
    choose(again, path)
    until(again.page, "All sent")


def test_the_page_of_an_upload_is_told_nothing_but_how_far_it_is(open_window: Any, her: Any, tmp_path: Path) -> None:
    seen: Window = open_window(her)
    seen.go("/notes/1/add/")
    choose(seen, film(tmp_path, 1))
    until(seen.page, "Safe")
    letters = Arrival.objects.get(user=her).letters
    with pytest.raises(PlaywrightError):
        seen.page.evaluate("() => caches.match('/notes/files/').then((found) => found.text())")
    told = json.loads(seen.page.evaluate(f"() => fetch('/notes/files/?files={letters}').then((each) => each.text())"))
    assert set(told["files"][0]) == {"letters", "state", "received", "words"}


LINE_OF = """
const line = new EventTarget();
line.type = "%s";
Object.defineProperty(navigator, "connection", { get: () => line });
"""


def test_on_wifi_only_a_file_waits_for_it_and_goes_on_by_itself(open_window: Any, her: Any, tmp_path: Path) -> None:
    seen: Window = open_window(her)
    seen.page.add_init_script(LINE_OF % "cellular")
    seen.go("/notes/1/add/")
    box = seen.page.get_by_label("Send on Wi-Fi only")
    assert not box.is_checked()
    box.check()
    choose(seen, film(tmp_path, 6))
    until(seen.page, "Waiting for Wi-Fi")
    seen.check()
    assert not Arrival.objects.filter(user=her).exists()
    seen.page.evaluate("navigator.connection.type = 'wifi', navigator.connection.dispatchEvent(new Event('change'))")
    until(seen.page, "All sent")
    assert seen.kept_in_browser() == {}


def test_where_the_browser_cannot_tell_the_line_that_is_said(open_window: Any, her: Any) -> None:
    seen: Window = open_window(her)
    seen.page.add_init_script(LINE_OF % "unknown")
    seen.go("/notes/1/add/")
    assert "This browser cannot tell us if you are on Wi-Fi" in seen.read()
    assert not seen.page.get_by_label("Send on Wi-Fi only").is_visible()
