"""A browser window that watches itself: what goes wrong on a page is remembered and fails the test."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request, Response

PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
SIZES = {"phone": PHONE, "desktop": DESKTOP}
NARROWEST = {"width": 320, "height": 640}
ALL_SIZES = {"narrowest": NARROWEST, **SIZES}
TAGS = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
}
AXE = Axe.from_file(Path(settings.BASE_DIR) / "node_modules" / "axe-core" / "axe.min.js")
# Chromium writes a line for every answer of 400 and above; a form with errors is one of them.
STATUS_LINE = "Failed to load resource: the server responded with a status of 4"
# A picture opened by itself is framed by the browser's own page, whose style our policy for files does not allow.
FRAME_LINE, FILES = "Applying inline style violates", "/files/"
VIOLATIONS = "(options) => axe.run(document, options).then((told) => told.violations)"
KEPT = """async () => ({
  local: localStorage.length, session: sessionStorage.length,
  databases: (await indexedDB.databases()).length, caches: (await caches.keys()).length,
  workers: (await navigator.serviceWorker.getRegistrations()).length })"""
STAYS = "(button) => Boolean(button.form?.querySelector('[data-held]')) && document.body.matches('.js-enabled')"
LOST_LINKS = """() => [...document.querySelectorAll('.govuk-error-summary a')]
  .map((link) => link.getAttribute('href'))
  .filter((href) => !href.startsWith('#') || !document.getElementById(href.slice(1)))"""


@dataclass
class Window:
    """One page of one person's browser."""

    page: Page
    base: str
    problems: list[str] = field(default_factory=list)
    left_to: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Note console errors, broken answers and every step outside; nothing outside can be reached anyway."""
        self.page.context.on("request", self._request)
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.problems.append(f"script: {error} at {self.page.url}"))
        self.page.on("response", self._answer)

    def _request(self, request: Request) -> None:
        address = request.url
        if address == settings.SAFE_EXIT_URL and request.is_navigation_request():
            self.left_to.append(address)
        elif not address.startswith(f"{self.base}/") and urlsplit(address).scheme not in {"data", "blob"}:
            self.problems.append(f"asked another site: {address}")

    def _console(self, message: ConsoleMessage) -> None:
        is_frame = message.text.startswith(FRAME_LINE) and FILES in message.location["url"] + self.page.url
        if message.type == "error" and not is_frame and not message.text.startswith(STATUS_LINE):
            self.problems.append(f"console: {message.text} at {self.page.url}")

    def _answer(self, response: Response) -> None:
        if response.status >= 500 or (response.status == 404 and "/static/" in response.url):
            self.problems.append(f"{response.status}: {response.url}")

    def go(self, path: str, status: int = 200) -> None:
        """Open a page of the service."""
        response = self.page.goto(self.base + path)
        assert response is not None
        assert response.status == status, f"{path} answered {response.status}"

    @property
    def path(self) -> str:
        return urlsplit(self.page.url).path

    def open_by(self, what: Locator) -> None:
        """Click what leads to a page, and wait until that page is whole: a click by itself returns on the old one."""
        with self.page.expect_navigation():
            what.click()

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def press(self, name: str) -> None:
        """Press the button of this name, which leads to a page."""
        button = self.button(name)
        if button.evaluate(STAYS):
            self._see_another_page(button)
        else:
            self.open_by(button)

    def _see_another_page(self, button: Locator) -> None:
        """A form whose page stays until it is answered: the answer is another address, or comes in its place."""
        self._run("() => { document.querySelector('#main-content').dataset.before = ''; }")
        button.click()
        self.page.locator("#main-content:not([data-before])").wait_for()
        self.page.wait_for_load_state()

    def touch(self, name: str) -> None:
        """Press the button of this name, which stays on the page, takes a file, or waits for something."""
        self.button(name).click()

    def follow(self, name: str) -> None:
        """Follow the link of this name, which leads to a page."""
        self.open_by(self.link(name))

    def link(self, name: str) -> Locator:
        """The link of this name in the page's own part, else anywhere."""
        inside = self.page.locator("#main-content").get_by_role("link", name=name, exact=True)
        return (inside if inside.count() else self.page.get_by_role("link", name=name, exact=True)).first

    def choose(self, menu: str, name: str) -> None:
        """Follow a link of a menu, which a narrow window keeps folded."""
        if self.button(menu).is_visible():
            self.touch(menu)
        self.open_by(self.page.get_by_role("navigation", name=menu).get_by_role("link", name=name, exact=True))

    def read(self) -> str:
        """The words on the page."""
        return self.page.locator("body").inner_text()

    def check_many(self) -> None:
        """Before a walk over many pages: each has axe from its beginning, instead of being sent all of it anew."""
        self.page.add_init_script(AXE.axe_script)

    def check(self) -> None:
        """The page as it stands: axe, error links, width."""
        if self._run("() => typeof axe === 'undefined'"):
            self._run(AXE.axe_script)
        found = self.page.evaluate(VIOLATIONS, TAGS)
        self.problems += [f"axe: {_told(rule)} at {self.page.url}" for rule in found]
        self.problems += [f"error link to nothing: {link} at {self.page.url}" for link in self._run(LOST_LINKS)]
        self._check_width()

    def sign_out(self) -> None:
        """By the button every signed-in page has, at its top or its foot."""
        self.open_by(self.button("Sign out").first)
        self.page.get_by_role("heading", name="You are signed out").wait_for()

    def refused(self, name: str) -> None:
        """Press a button whose form has faults, and look at how it says so."""
        self.press(name)
        self.check_error()

    def fill_date(self, question: str, day: date) -> None:
        """Type a day into the three boxes of a question."""
        group = self.page.get_by_role("group", name=question)
        for part, number in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
            group.get_by_label(part).fill(str(number))

    def check_error(self) -> None:
        """A form came back: said in the title, focus in the summary, each link leads to a box."""
        self.page.locator(".govuk-error-summary").wait_for()
        self.page.wait_for_load_state()
        if not self.page.title().startswith("Error:"):
            self.problems.append(f"no “Error:” in the title at {self.page.url}")
        if not self._run("() => !!document.activeElement.closest('.govuk-error-summary')"):
            self.problems.append(f"focus is not in the error summary at {self.page.url}")
        self.check()

    def _check_width(self) -> None:
        self._note_overflow()
        if self.page.viewport_size == PHONE:
            self.page.set_viewport_size(NARROWEST)
            self._note_overflow()
            self.page.set_viewport_size(PHONE)

    def _note_overflow(self) -> None:
        wide, width = self._run("() => [document.documentElement.scrollWidth, window.innerWidth]")
        if wide > width:
            self.problems.append(f"page is {wide} px wide in a window of {width} px at {self.page.url}")

    def soon(self, holds: Callable[[], object], seconds: int = 30) -> None:
        """Wait for what the page does not show, such as a row that its last request writes."""
        end = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < end, f"not so after {seconds} s"
            self.page.wait_for_timeout(50)

    def kept_in_browser(self) -> dict[str, int]:
        """What the site keeps on the device beside its cookies, by kind."""
        return {kind: count for kind, count in self._run(KEPT).items() if count}

    def _run(self, script: str) -> Any:
        return self.page.evaluate(script)


def _told(rule: dict[str, Any]) -> str:
    places = "; ".join(str(node["html"])[:160] for node in rule["nodes"][:3])
    return f"{rule['id']} ({rule['help']}): {places}"


@contextmanager
def window(
    browser: Browser, base: str, size: dict[str, int], session: str = "", scripts: bool = True
) -> Iterator[Window]:
    """Open a window of a browser with nothing in it but perhaps a sign-in; its problems fail the test."""
    context = browser.new_context(
        viewport=size, locale="en-GB", timezone_id="Europe/London", java_script_enabled=scripts, accept_downloads=True
    )
    context.set_default_timeout(20_000)  # nobody waits so long where nothing is wrong and the machine has time
    if session:
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": base, "httpOnly": True}])
    opened = Window(context.new_page(), base)
    opened.watch()
    yield opened
    context.close()
    assert not opened.problems, "\n".join(opened.problems)


def look(seen: Window, name: str) -> None:
    """Leave a picture of the page where `BROWSER_PICTURES` says, for a person to look at."""
    if folder := os.environ.get("BROWSER_PICTURES"):
        seen.page.screenshot(path=Path(folder) / f"{name.replace(':', '-')}.png", full_page=True)
