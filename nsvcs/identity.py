"""Who the database acts for: bound to one transaction, signed, and put back on leaving.

Nothing is ever bound to a session or a connection: a value left behind on a pooled connection showed the next
person somebody else's rows in every trial. `acting_as` is the one door; requests, jobs and commands all use it.
"""

import hashlib
import hmac
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from nsvcs.access import has_own_transactions

BLOCK_BYTES = 64


class IdentityLeft(RuntimeError):
    """A transaction began with somebody's identity already in it."""


@dataclass(frozen=True)
class Identity:
    """Whom a transaction acts for: a person, or a system job standing for itself."""

    user_id: str = ""
    job_id: str = ""
    process: str = ""

    @property
    def is_nobody(self) -> bool:
        """Neither a person nor a job."""
        return not self.user_id and not self.job_id

    @property
    def signature(self) -> str:
        """HMAC-SHA256 over both ids; the database checks it once per query."""
        return hmac.new(identity_key(), f"{self.user_id}|{self.job_id}".encode(), hashlib.sha256).hexdigest()


@lru_cache(maxsize=1)
def identity_key() -> bytes:
    """The key that signs identities, derived from MASTER_KEY."""
    return hmac.new(settings.MASTER_KEY.encode(), b"nsvcs database identity v1", hashlib.sha256).digest()


def key_pads() -> tuple[bytes, bytes]:
    """Inner and outer HMAC pads of the key: what the database keeps, since it has sha256() but no hmac()."""
    key = identity_key().ljust(BLOCK_BYTES, b"\0")
    return bytes(b ^ 0x36 for b in key), bytes(b ^ 0x5C for b in key)


def _bind(identity: Identity) -> None:
    signature = "" if identity.is_nobody else identity.signature
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('nsvcs.user_id', %s, true), set_config('nsvcs.job_id', %s, true),"
            " set_config('nsvcs.signature', %s, true), set_config('nsvcs.process', %s, true)",
            [identity.user_id, identity.job_id, signature, identity.process],
        )


def _bound() -> Identity:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(current_setting('nsvcs.user_id', true), ''),"
            " coalesce(current_setting('nsvcs.job_id', true), ''), coalesce(current_setting('nsvcs.process', true), '')"
        )
        return Identity(*cursor.fetchone())


def _enter_role(process: str) -> str:
    """Enter the database role of `process` for this transaction; returns the role to go back to, or ''."""
    role = settings.IDENTITY_ROLE[process]
    if not role:
        return ""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        previous: str = cursor.fetchone()[0]
        cursor.execute(f"SET LOCAL ROLE {connection.ops.quote_name(role)}")
    return previous


def _leave_role(previous: str) -> None:
    if previous:
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL ROLE {connection.ops.quote_name(previous)}")


@contextmanager
def acting_as(
    user_id: UUID | str | None = None, *, job_id: UUID | str | None = None, process: str = "web"
) -> Iterator[None]:
    """Open a transaction (or a savepoint) that acts for one person or one job, and put back what was before.

    Args:
        user_id: the person; none means nobody, who sees no row of any case.
        job_id: a system job, which then sees the one case of its own row.
        process: `web` or `worker`: the database role that is entered where the connection is not that role itself.

    Raises:
        IdentityLeft: the outermost transaction began with an identity in it.
    """
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        before = _bound()
        if outermost and not before.is_nobody:
            raise IdentityLeft("a transaction began with an identity already bound")
        previous_role = _enter_role(process)
        _bind(Identity(str(user_id or ""), str(job_id or ""), process))
        yield
        if not connection.needs_rollback:
            _bind(before)
            _leave_role(previous_role)


def rebind(user_id: UUID | str | None) -> None:
    """Change whom the present transaction acts for: signing in and out inside a request."""
    _bind(Identity(str(user_id or ""), "", _bound().process))


class IdentityMiddleware:
    """Runs each view inside one transaction that acts for the person signed in.

    The page is rendered inside it too, and an answer of 500 or above rolls it back. Views marked
    `own_transactions` open their own short ones and move bytes with none open.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Keep the next step."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Nothing here: the view is run by `process_view`, when it is known which one it is."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Run the view, and render its page, in the transaction of whoever is signed in."""
        if has_own_transactions(view):
            return None
        with acting_as(request.user.pk if request.user.is_authenticated else None):
            response: HttpResponseBase = view(request, *args, **kwargs)
            render = getattr(response, "render", None)
            if callable(render):
                response = render()
            if response.status_code >= 500:
                transaction.set_rollback(True)
        return response
