"""Signing in through the forms, as a person does it."""

import time

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Page

from accounts.factors import USED
from accounts.keys import open_secret
from accounts.models import User
from accounts.sessions import SessionStore
from nsvcs.access import FRESH_SECONDS
from tests.browser.windows import Window

STEP_SECONDS, SPARE_SECONDS = 30, 6
PAUSE_MS = 1_100  # a wrong try makes the next one wait a second
METHODS = "account_authentication_methods"


def code_of(page: Page, secret: str) -> str:
    """What an authenticator app shows now; not just before it changes, since a code is good for its half minute."""
    left = STEP_SECONDS - time.time() % STEP_SECONDS
    if left < SPARE_SECONDS:
        page.wait_for_timeout(1_000 * left + 100)
    return format_hotp_value(hotp_value(secret, int(time.time()) // STEP_SECONDS))


def give(seen: Window, name: str, password: str) -> None:
    """Fill in the sign-in page."""
    seen.page.get_by_label("Sign-in name or email").fill(name)
    seen.page.get_by_label("Password", exact=True).fill(password)


def sign_in_with_app(seen: Window, user: User, password: str) -> None:
    """Past the notice, password, code of the app; a code used a moment ago in another test may be used again."""
    app = Authenticator.objects.get(user=user, type=Authenticator.Type.TOTP)
    app.data.pop(USED, None)
    app.save()
    seen.go("/")
    seen.press("Continue")
    give(seen, user.sign_in_name, password)
    seen.press("Continue")
    seen.check()
    seen.page.get_by_label("Code").fill(code_of(seen.page, open_secret(app.data["secret"])))
    seen.press("Sign in")


def let_proof_grow_old(seen: Window) -> None:
    """What was proved in this window was proved more than five minutes ago."""
    cookie = next(each for each in seen.page.context.cookies(seen.base) if each["name"] == "s")
    session = SessionStore(cookie["value"])
    session[METHODS] = [{**proof, "at": proof["at"] - FRESH_SECONDS - 1} for proof in session[METHODS]]
    session.save()
