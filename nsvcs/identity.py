"""Who the database acts for: bound to one transaction, signed, and put back on leaving.

Nothing is ever bound to a session or a connection: a value left behind on a pooled connection showed the next
person somebody else's rows in every trial. `acting_as` is the one door; requests, jobs and commands all use it.
"""

import hashlib
import hmac
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.handlers.exception import response_for_exception
from django.db import connection, transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from nsvcs.access import has_own_transactions
from nsvcs.headers import with_headers_of

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


# Read first, then set: columns are worked out from left to right. Were they not, every request would fail as one that
# found an identity left behind, and none would pass with one.
BIND = """
SELECT coalesce(current_setting('nsvcs.user_id', true), ''), coalesce(current_setting('nsvcs.job_id', true), ''),
       coalesce(current_setting('nsvcs.process', true), ''),
       set_config('nsvcs.user_id', %s, true), set_config('nsvcs.job_id', %s, true),
       set_config('nsvcs.signature', %s, true), set_config('nsvcs.process', %s, true)
"""


def _bind(identity: Identity) -> Identity:
    """Bind an identity to the transaction; returns what was bound before."""
    signature = "" if identity.is_nobody else identity.signature
    with connection.cursor() as cursor:
        cursor.execute(BIND, [identity.user_id, identity.job_id, signature, identity.process])
        return Identity(*cursor.fetchone()[:3])


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
        before = _bind(Identity(str(user_id or ""), str(job_id or ""), process))
        if outermost and not before.is_nobody:
            raise IdentityLeft("a transaction began with an identity already bound")
        previous_role = _enter_role(process)
        yield
        if not outermost and not connection.needs_rollback:  # the end of the whole transaction ends what is local to it
            _bind(before)
            _leave_role(previous_role)


def rebind(user_id: UUID | str | None) -> None:
    """Change whom the present transaction acts for: signing in and out inside a request."""
    before = _bind(Identity())
    _bind(Identity(str(user_id or ""), "", before.process))


class RequestTransaction:
    """The one transaction a request is answered in: begun for its page, ended after the last step on the way out."""

    def __init__(self) -> None:
        """Nothing is open yet: a page may be refused, or open its own."""
        self._stack = ExitStack()
        self._user_id: UUID | None = None
        self._is_open = False

    def begin(self, user_id: UUID | None) -> None:
        """Open it, acting for the person signed in."""
        self._user_id = user_id
        self._stack.enter_context(acting_as(user_id))
        self._is_open = True

    def undo(self) -> None:
        """Drop what was written so far; the way out goes on in a fresh one, and meets no dead transaction."""
        if self._is_open:
            self.end(keep=False)
            self.begin(self._user_id)

    def end(self, *, keep: bool) -> None:
        """Commit or roll back.

        Raises:
            DatabaseError: the database refused at COMMIT; nothing is kept.
            TransactionManagementError: it had refused before and nobody said so; nothing is kept either.
        """
        if not self._is_open:
            return
        self._is_open = False
        is_dead = connection.needs_rollback
        if not keep:
            transaction.set_rollback(True)
        self._stack.close()
        if keep and is_dead:
            raise transaction.TransactionManagementError("a database error was passed over; nothing was kept")


class CommitMiddleware:
    """Ends the request's transaction when every other step has had its say: the outermost of all.

    The final answer decides: below 500 all is kept, from 500 on nothing is, whichever step failed.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Keep the next step."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, then commit or roll back; an answer whose rows the database refused is never sent."""
        held = request.held = RequestTransaction()  # type: ignore[attr-defined]
        try:
            response = self.get_response(request)
        except BaseException:
            held.end(keep=False)
            raise
        try:
            held.end(keep=response.status_code < 500)
        except Exception as error:
            return with_headers_of(response, response_for_exception(request, error))
        return response


class IdentityMiddleware:
    """Opens the request's transaction around the page, acting for the person signed in; `CommitMiddleware` ends it.

    What a page wrote before it failed is dropped at once. Views marked `own_transactions` open their own short ones
    and move bytes with none open.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Keep the next step."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Let the page answer; what one of 500 or above wrote is dropped."""
        response = self.get_response(request)
        if response.status_code >= 500:
            request.held.undo()  # type: ignore[attr-defined]
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: list[Any], kwargs: dict[str, Any]
    ) -> None:
        """Begin, now that it is known which page it is and who may open it."""
        if not has_own_transactions(view):
            request.held.begin(request.user.pk if request.user.is_authenticated else None)  # type: ignore[attr-defined]

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """Drop what the page wrote: a page that raises keeps nothing, also where the answer becomes a 404."""
        request.held.undo()  # type: ignore[attr-defined]
