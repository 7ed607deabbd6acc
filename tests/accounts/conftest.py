"""Browsers and people for the tests of signing in."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from accounts.keys import seal_secret
from tests.factories import UserFactory

SECRET = "JBSWY3DPEHPK3PXP"  # pragma: allowlist secret


def app_code(steps: int = 0) -> str:
    """What an authenticator app shows now, or some steps from now."""
    return format_hotp_value(hotp_value(SECRET, int(time.time()) // 30 + steps))


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
