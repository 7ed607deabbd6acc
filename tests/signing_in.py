"""A signed-in browser for tests: what signing in with password and second factor leaves behind, without the forms."""

import time

from django.contrib.auth import HASH_SESSION_KEY
from django.test import Client

from accounts.limits import SEEN, SIDE, STARTED, side_of
from accounts.models import User
from nsvcs.access import FRESH_SECONDS


def sign_in(client: Client, user: User, *, fresh: bool = True) -> Client:
    """Sign `user` in on `client`, second factor and fresh proof included; `fresh=False` makes the proof an old one."""
    client.force_login(user, backend="accounts.backends.Backend")
    now = time.time()
    proved_at = now if fresh else now - FRESH_SECONDS - 1
    session = client.session
    assert session[HASH_SESSION_KEY] == user.get_session_auth_hash()
    session[STARTED] = session[SEEN] = now
    session[SIDE] = side_of(user.role)
    session["account_authentication_methods_user"] = str(user.pk)
    session["account_authentication_methods"] = [{"method": "password", "at": proved_at}]
    if user.is_staff_member:
        session["account_authentication_methods"] += [{"method": "mfa", "type": "totp", "at": proved_at}]
    session.save()
    return client
