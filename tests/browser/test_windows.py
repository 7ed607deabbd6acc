"""The windows themselves: what they must notice, and that a page without faults passes."""

import pytest

from tests.browser.windows import DESKTOP, SIZES, Window

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
    seen.page.wait_for_timeout(200)
    told = "\n".join(seen.problems)
    for word in ("image-alt", "html-has-lang", "2000", "elsewhere.example", "spoken"):
        assert word in told
    seen.problems.clear()


def test_a_window_notices_what_a_page_keeps(open_window):
    seen: Window = open_window()
    seen.go("/no-such-page/", status=404)
    seen.page.evaluate("() => localStorage.setItem('a', 'b')")
    assert seen.kept_in_browser() == {"local": 1}
