"""Passkeys in a real browser, with a virtual authenticator: set up, used as second step and as proof, taken away."""

from collections.abc import Callable
from typing import cast

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import ViewportSize

from accounts.models import User
from tests.browser.forms import PAUSE_MS, give
from tests.browser.windows import DESKTOP, PHONE, SIZES, Window
from tests.factories import CaseFactory, UserFactory
from tests.factories.accounts import PASSWORD

BUILT_IN = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
}
Finger = Callable[[bool], None]


def give_device(seen: Window) -> Finger:
    """Let the window's device make and keep passkeys; the answer says whose finger is on it from now on."""
    device = seen.page.context.new_cdp_session(seen.page)
    device.send("WebAuthn.enable")
    key = device.send("WebAuthn.addVirtualAuthenticator", {"options": BUILT_IN})["authenticatorId"]
    return lambda is_owner: device.send(
        "WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": is_owner}
    )


def passkeys(user: User) -> int:
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN).count()


def look_at_both_widths(seen: Window) -> None:
    """The page as it stands, first at the other width."""
    mine = seen.page.viewport_size or PHONE
    for size in (*(each for each in SIZES.values() if each != mine), mine):
        seen.page.set_viewport_size(cast(ViewportSize, size))
        seen.check()


@pytest.mark.parametrize(("role", "size"), [("her", PHONE), ("worker", DESKTOP)], ids=["her-phone", "worker-desktop"])
def test_a_passkey_is_set_up_used_and_taken_away(open_window, site, role, size):
    user = UserFactory() if role == "worker" else CaseFactory(portal=True).victim.user
    heading = "My work" if role == "worker" else "Hello"
    seen: Window = open_window(user, size=size)
    finger = give_device(seen)
    set_up(seen, user, finger)
    sign_in_with_passkey(seen, user, heading, finger)
    prove_with_passkey(seen)
    take_away(seen, user)


def set_up(seen: Window, user: User, finger: Finger) -> None:
    """Somebody else's finger gets a sentence, a forged answer a fault; then it is kept under the name given."""
    seen.go("/account/steps/")
    seen.press("Set up a passkey")
    seen.page.get_by_label("What do you want to call it?").fill("Kitchen laptop")
    a_stranger_gets_nothing(seen, finger, "Set up")
    forged(seen, "Set up")
    assert passkeys(user) == 0
    seen.page.get_by_label("What do you want to call it?").fill("Kitchen laptop")
    seen.press("Set up")
    seen.page.get_by_text("Your passkey is set up.").wait_for()
    look_at_both_widths(seen)
    assert passkeys(user) == 1


def a_stranger_gets_nothing(seen: Window, finger: Finger, button: str) -> None:
    finger(False)
    before = seen.path
    seen.touch(button)
    seen.page.get_by_text("That did not work. Try again, or use another way.").wait_for()
    look_at_both_widths(seen)
    assert seen.path == before
    finger(True)
    seen.page.wait_for_timeout(PAUSE_MS)  # a second press within a second is taken for a double click


def forged(seen: Window, button: str) -> None:
    """What no browser would send comes back as a fault of the form."""
    seen.page.evaluate("() => { document.querySelector('[data-passkey]').value = '{}'; }")
    seen.refused(button)
    look_at_both_widths(seen)
    assert "That passkey did not work." in seen.read()


def sign_in_with_passkey(seen: Window, user: User, heading: str, finger: Finger) -> None:
    """Password, then the key."""
    seen.sign_out()
    seen.go("/before/")
    seen.press("Continue")
    give(seen, user.sign_in_name, PASSWORD)
    seen.press("Continue")
    seen.page.get_by_role("heading", name="Second step").wait_for()
    a_stranger_gets_nothing(seen, finger, "Use my passkey")
    forged(seen, "Use my passkey")
    seen.press("Use my passkey")
    seen.page.get_by_role("heading", name=heading).first.wait_for()


def prove_with_passkey(seen: Window) -> None:
    """Where a password is asked for again, the key will do."""
    seen.go("/confirm/?next=/account/password/")
    seen.open_by(seen.page.locator("main a[href*='/confirm/passkey/']"))
    forged(seen, "Use my passkey")
    seen.press("Use my passkey")
    seen.page.get_by_role("heading", name="Change your password").wait_for()


def take_away(seen: Window, user: User) -> None:
    seen.go("/account/steps/")
    assert "Kitchen laptop" in seen.read()
    seen.open_by(seen.page.locator("main a[href*='/passkey/'][href*='/remove/']"))
    look_at_both_widths(seen)
    seen.press("Remove the passkey")
    seen.page.get_by_text("Your passkey was removed.").wait_for()
    assert passkeys(user) == 0
