"""The windows themselves: what they must notice, and that a page without faults passes."""

import pytest

from nsvcs.starting.browser import find_browser
from tests.browser.conftest import ROOT, launch
from tests.browser.windows import DESKTOP, PHONE, SIZES, Window, window

BAD = "<html><title></title><body><img src='/static/img/icon.svg'><div style='width:2000px'>x</div>"


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_a_wrong_address_gets_a_page_without_faults(open_window, size):
    seen = open_window(size=size)
    seen.go("/no-such-page/", status=404)
    seen.check()
    assert "Page not found" in seen.read() or "cannot find" in seen.read()
    assert seen.kept_in_browser() == {}


def test_a_window_notices_what_is_wrong(open_window):
    seen: Window = open_window(size=DESKTOP)
    seen.go("/health", status=200)
    seen.page.set_content(BAD)
    seen.check()
    seen.page.evaluate("() => { fetch('https://elsewhere.example/x').catch(() => {}); console.error('spoken'); }")
    for word in ("image-alt", "html-has-lang", "2000", "elsewhere.example", "spoken"):
        seen.soon(lambda word=word: word in "\n".join(seen.problems))
    seen.problems.clear()


def test_a_window_notices_what_a_page_keeps(open_window):
    seen: Window = open_window()
    seen.go("/no-such-page/", status=404)
    seen.page.evaluate("() => localStorage.setItem('a', 'b')")
    assert seen.kept_in_browser() == {"local": 1}


def test_without_a_system_browser_the_packed_one_does(browser, site, monkeypatch):
    monkeypatch.setattr("shutil.which", lambda name: None)
    found = find_browser(ROOT / "var", ROOT / "node_modules")
    assert found.program.is_relative_to(ROOT / "var")
    packed = launch(browser.browser_type, found)
    for size in (PHONE, DESKTOP):  # a second window after the first is closed
        with window(packed, site, size) as seen:
            seen.go("/before/")
            seen.press("Continue")
            seen.check()
            assert seen.path == "/sign-in/"
    packed.close()
