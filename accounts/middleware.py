"""Who is signed in, and for how long still."""

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import get_user, logout
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve
from django.utils.functional import SimpleLazyObject

from nsvcs.access import mark_of

STARTED, SEEN = "signed_in_at", "seen_at"
WRITE_EVERY_SECONDS = 20


def limits_of(role: str) -> tuple[int, int]:
    """Idle and longest time of a sign-in, in seconds."""
    side = "portal" if role == "victim" else "staff"
    return settings.IDLE_MINUTES[side] * 60, settings.LONGEST_MINUTES[side] * 60


def seconds_left(request: HttpRequest) -> int:
    """Seconds until this sign-in ends if nothing is done; 0 when nobody is signed in."""
    if not request.user.is_authenticated:
        return 0
    idle, longest = limits_of(request.user.role)
    now = time.time()
    session = request.session
    return int(min(session.get(SEEN, now) + idle - now, session.get(STARTED, now) + longest - now))


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
        if seconds_left(request) <= 0:
            request.lapsed_user = request.user  # type: ignore[attr-defined] # whose words may be on their way
            logout(request)
        elif now - request.session[SEEN] > WRITE_EVERY_SECONDS and not is_poll(request):
            request.session[SEEN] = now


def is_poll(request: HttpRequest) -> bool:
    """Whether the page asked for says of itself that it is a poll."""
    try:
        match = resolve(request.path_info)
    except Resolver404:
        return False
    mark = mark_of(match.func, match.view_name)
    return bool(mark and mark.is_background)
