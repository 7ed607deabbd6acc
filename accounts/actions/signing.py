"""What signing in and out writes down."""

import hashlib
import logging
import secrets
import time
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from accounts import throttle
from accounts.limits import SEEN, SIDE, STARTED, side_of
from accounts.models import KnownDevice, SignIn, User
from accounts.sources import browser_words, client_address
from audit.actions import record
from audit.models import Action
from nsvcs.identity import rebind

log = logging.getLogger(__name__)
DEVICE_LASTS = timedelta(days=90)


def device_cookie_name() -> str:
    """The name of the cookie that marks a known browser; bound to this host alone where there is HTTPS."""
    return "__Host-d" if settings.IS_HTTPS else "d"


@transaction.atomic
def begin_sign_in(*, request: HttpRequest, by: User) -> None:
    """Record that somebody signed in, on a session that is new, and act for them from here on in this transaction."""
    now = timezone.now()
    request.session[STARTED] = request.session[SEEN] = time.time()
    request.session[SIDE] = side_of(by.role)
    rebind(by.pk)
    SignIn.objects.create(
        user=by,
        session_key=request.session.session_key or "",
        address=client_address(request),
        agent=browser_words(request),
        at=now,
    )
    record(Action.SIGNED_IN, target=by)


@transaction.atomic
def end_sign_in(*, request: HttpRequest) -> None:
    """Sign out: the session's row is deleted, so the cookie is worth nothing from now on. No error for nobody."""
    if request.user.is_authenticated:
        record(Action.SIGNED_OUT, target=request.user)
        own = SignIn.objects.filter(user_id=request.user.pk, session_key=request.session.session_key)
        own.update(ended_at=timezone.now())
    logout(request)
    rebind(None)


@transaction.atomic
def failed_sign_in(*, at: throttle.Door, user: User | None, step: str) -> int:
    """Count and record a wrong try, and tell the staff when there are many. Nothing is ever sent to its owner.

    Args:
        at: the door that was tried.
        user: whose account it was; none when there is no such account.
        step: `password`, `factor` or `code`.

    Returns:
        how many wrong tries there were from this place.
    """
    count = throttle.count_wrong(at)
    record(Action.SIGN_IN_FAILED, target=user, detail={"step": step})
    if throttle.is_alarm(at):
        record(Action.SIGN_IN_FAILED, target=user, detail={"step": step, "alarm": throttle.ALARM_COUNT})
        log.warning("sign-in alarm: %s wrong tries within an hour, account %s", throttle.ALARM_COUNT, user and user.pk)
    return count


def is_known_device(*, request: HttpRequest, user: User | None) -> bool:
    """Whether this browser signed this account in before."""
    value = request.COOKIES.get(device_cookie_name(), "")
    if not value or user is None:
        return False
    since = timezone.now() - DEVICE_LASTS
    return KnownDevice.objects.filter(user=user, digest=_digest(value), used_at__gte=since).exists()


def remember_device(*, request: HttpRequest, response: HttpResponseBase, by: User) -> None:
    """Mark this browser as known to one account; each sign-in gives it a new value."""
    if old := request.COOKIES.get(device_cookie_name(), ""):
        KnownDevice.objects.filter(user=by, digest=_digest(old)).delete()
    value = secrets.token_urlsafe(32)
    KnownDevice.objects.create(user=by, digest=_digest(value), used_at=timezone.now())
    response.set_cookie(
        device_cookie_name(),
        value,
        max_age=DEVICE_LASTS,
        secure=settings.IS_HTTPS,
        httponly=True,
        samesite="Lax",
    )


def _digest(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()
