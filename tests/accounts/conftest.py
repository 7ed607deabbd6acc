"""Browsers and people for the tests of signing in."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from accounts.keys import seal_secret
from demo.codes import STEP_SECONDS
from tests.factories import UserFactory

SECRET = "JBSWY3DPEHPK3PXP"  # pragma: allowlist secret
SPARE_SECONDS = 3


def app_code(steps: int = 0) -> str:
    """What an authenticator app shows now, or some steps from now; never in the last moments of its half minute, as
    it would be another by the time it is looked at."""
    left = STEP_SECONDS - time.time() % STEP_SECONDS
    if left < SPARE_SECONDS:
        time.sleep(left + 0.1)
    return format_hotp_value(hotp_value(SECRET, int(time.time()) // STEP_SECONDS + steps))


@pytest.fixture
def worker():
    """A caseworker whose authenticator app really works."""
    user = UserFactory(factor=False)
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": seal_secret(SECRET)})
    return user


@pytest.fixture
def her():
    """Somebody with a portal account."""
    return UserFactory(victim=True)
