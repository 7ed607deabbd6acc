"""Who is signed in, and for how long still."""

import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user, logout
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject

from accounts.backends import Backend
from accounts.limits import SEEN, SIDE, STARTED, WRITE_ONLY_SECONDS, lapses_at, side_of
from accounts.models import User
from nsvcs.access import mark_of

WRITE_EVERY_SECONDS = 20


def seconds_left(request: HttpRequest) -> int:
    """Seconds until this sign-in ends if nothing is done; 0 when nobody is signed in."""
    if not request.user.is_authenticated:
        return 0
    return int(lapses_at(request.session, side_of(request.user.role)) - time.time())


def lapsed_writer(request: HttpRequest) -> User | None:
    """Whose words this browser may still hand in, its sign-in having lapsed within the last day.

    It is nobody's where the account has ended or its password was changed since; each of these deletes the session
    anyway.
    """
    mark = request.session.write_only()  # type: ignore[attr-defined]
    user = Backend().get_user(UUID(mark["user"])) if mark else None
    if mark is None or user is None or not constant_time_compare(mark["hash"], user.get_session_auth_hash()):
        return None
    return user


class SignInMiddleware:
    """Puts the account on the request, and ends a sign-in that was idle or lasted too long."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Keep the next step."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Load the account, hold the limits, answer."""
        request.user = SimpleLazyObject(lambda: get_user(request))  # type: ignore[assignment]
        if request.user.is_authenticated:
            self.hold_limits(request)
        return self.get_response(request)

    def hold_limits(self, request: HttpRequest) -> None:
        """End what is over; count this request as life unless it is a poll."""
        now = time.time()
        request.session.setdefault(STARTED, now)
        request.session.setdefault(SEEN, now)
        request.session.setdefault(SIDE, side_of(request.user.role))  # type: ignore[union-attr]
        if seconds_left(request) <= 0:
            let_lapse(request)
        elif now - request.session[SEEN] > WRITE_EVERY_SECONDS and not is_poll(request):
            request.session[SEEN] = now


def let_lapse(request: HttpRequest) -> None:
    """The sign-in is over: nobody is signed in, and for a day from then on this browser may hand in words alone."""
    user: Any = request.user
    until = lapses_at(request.session, side_of(user.role)) + WRITE_ONLY_SECONDS
    if until <= time.time():
        logout(request)
        return
    request.session.let_lapse(  # type: ignore[attr-defined]
        user_id=str(user.pk), password_hash=user.get_session_auth_hash(), until=until
    )
    request.user = AnonymousUser()


def is_poll(request: HttpRequest) -> bool:
    """Whether the page asked for says of itself that it is a poll."""
    try:
        match = resolve(request.path_info)
    except Resolver404:
        return False
    mark = mark_of(match.func, match.view_name)
    return bool(mark and mark.is_background)
