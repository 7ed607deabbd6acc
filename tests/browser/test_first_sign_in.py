"""A first sign-in by one-time code, hers and a colleague's, on a phone and on a desk, with every mistake on the way."""

import re

import pytest

from accounts.models import SignInCount, User
from tests.browser.forms import PAUSE_MS, code_of, give
from tests.browser.windows import SIZES, Window
from tests.factories import CaseFactory, SafeContactFactory, UserFactory

CHOSEN = "teapot-violet-harbour"


@pytest.fixture(autouse=True)
def _forget_tries(site: str) -> None:
    """All windows are one place: what another test tried wrongly would make this one wait longer."""
    SignInCount.objects.all().delete()


def code_on_slip(seen: Window) -> str:
    """The slip names no service and no matter; whoever holds it reads the code."""
    code = seen.page.locator(".app-slip__code")
    code.wait_for()
    seen.check()
    assert "NSV" not in seen.page.title() + seen.page.locator(".app-slip").inner_text()
    return code.inner_text()


def come_to_the_door(seen: Window) -> None:
    """From nothing to the page for a code, past the safety notice; `test_pages` has looked at these three."""
    seen.go("/")
    seen.press("Continue")
    seen.follow("I have a one-time code")


def use_code(seen: Window, code: str) -> None:
    """Nothing, then a wrong code, then the right one; a password that is too short, then a good one."""
    seen.refused("Continue")
    seen.page.get_by_label("One-time code").fill("AAAA-BBBB-CCCC")
    seen.refused("Continue")
    assert "This code does not work." in seen.read()
    seen.page.wait_for_timeout(PAUSE_MS)
    seen.page.get_by_label("One-time code").fill(code.lower().replace("-", " "))
    seen.press("Continue")
    seen.page.get_by_role("heading", name="Choose a password").wait_for()
    seen.check()
    seen.page.get_by_label("New password").fill("short")
    seen.refused("Save and continue")
    seen.page.get_by_label("New password").fill(CHOSEN)


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_she_starts_with_the_code_on_her_slip(open_window, site, size):
    worker = UserFactory(name="Sam Rowan")
    case = CaseFactory(worker=worker)
    SafeContactFactory(victim=case.victim, safe_name="Annie")
    giving: Window = open_window(worker, size=size)
    giving.go(f"/cases/{case.pk}/portal/")
    giving.check()
    giving.press("Open the portal and make a code")
    code = code_on_slip(giving)
    her = User.objects.get(victim=case.victim)
    assert re.fullmatch(r"[a-z]+-[a-z]+-[a-z]+", her.sign_in_name)
    seen: Window = open_window(size=size)
    come_to_the_door(seen)
    use_code(seen, code)
    assert her.sign_in_name in seen.read()
    seen.press("Save and continue")
    seen.page.get_by_role("heading", name="Hello, Annie").wait_for()
    seen.check()
    assert seen.path == "/notes/"
    a_used_code_is_refused(open_window(size=size), code)
    she_comes_back(open_window(size=size), her)


def a_used_code_is_refused(seen: Window, code: str) -> None:
    seen.go("/start/")
    seen.page.get_by_label("One-time code").fill(code)
    seen.refused("Continue")
    assert "This code does not work." in seen.read()


def she_comes_back(seen: Window, her: User) -> None:
    """With her three words and her password; a wrong one is answered kindly."""
    seen.go("/")
    seen.press("Continue")
    give(seen, her.sign_in_name, "not-the-password")
    seen.refused("Continue")
    seen.page.wait_for_timeout(PAUSE_MS)
    give(seen, her.sign_in_name, CHOSEN)
    seen.press("Continue")
    seen.page.get_by_role("heading", name="Hello, Annie").wait_for()


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_a_colleague_is_invited_and_sets_up_an_app(open_window, site, size):
    address = f"jo{size['width']}@nsvcs.example"
    code = invite(open_window(UserFactory(administrator=True), size=size), address)
    seen: Window = open_window(size=size)
    come_to_the_door(seen)
    use_code(seen, code)
    assert address in seen.read()
    seen.press("Save and continue")
    seen.page.get_by_text("Everybody who works here needs a second step.").wait_for()
    seen.go("/cases/work/")
    assert seen.path == "/account/steps/"
    seen.check()
    spare_code = set_up_app(seen)
    seen.sign_out()
    sign_in_with_spare_code(open_window(size=size), address, spare_code)


def invite(seen: Window, address: str) -> str:
    """By the administrator, who hands the slip over."""
    seen.go("/people/invite/")
    seen.refused("Make the account")
    seen.page.get_by_label("Full name").fill("Jo Field")
    seen.page.get_by_label("Work email address").fill(address)
    seen.page.get_by_label("Caseworker", exact=True).check()
    seen.press("Make the account")
    code = code_on_slip(seen)
    assert address in seen.read()
    return code


def set_up_app(seen: Window) -> str:
    """The picture's secret as text, a wrong code, a right one; then the spare codes, once. Returns one of them."""
    seen.press("Set up an app")
    seen.page.get_by_text("I cannot scan it").click()
    seen.check()
    secret = seen.page.locator(".app-text code").inner_text()
    seen.page.get_by_label("Code shown in the app").fill("000000")
    seen.refused("Save")
    assert seen.page.locator(".app-text code").text_content() == secret
    seen.page.get_by_label("Code shown in the app").fill(code_of(seen.page, secret))
    seen.press("Save")
    seen.page.get_by_role("heading", name="Spare codes").wait_for()
    seen.check()
    codes = seen.page.locator(".app-spare-codes code").all_inner_texts()
    assert len(codes) == 10
    seen.page.reload()
    assert "They were shown once" in seen.read()
    seen.follow("Continue")
    seen.page.get_by_role("heading", name="My work", exact=True).wait_for()
    seen.check()
    return codes[0]


def sign_in_with_spare_code(seen: Window, address: str, spare_code: str) -> None:
    seen.go("/")
    seen.press("Continue")
    give(seen, address, CHOSEN)
    seen.press("Continue")
    seen.page.get_by_role("heading", name="Second step").wait_for()
    seen.check()
    seen.page.get_by_label("Code").fill("00000000")
    seen.refused("Sign in")
    seen.page.wait_for_timeout(PAUSE_MS)
    seen.page.get_by_label("Code").fill(spare_code)
    seen.press("Sign in")
    seen.page.get_by_role("heading", name="My work", exact=True).wait_for()
