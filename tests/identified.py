"""A net under every request of a test: no row of anybody's is asked for outside an identity.

Tests connect as a role that sees all, so a view that forgets whom it acts for works here, and sees nothing on a
service that runs. Such a query fails at once instead.
"""

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from nsvcs.identity import BIND

GUARDED = frozenset({"staff", "shared", "own"})
ENTERED = re.compile(r'SET LOCAL ROLE "(\w+)"')
ROLES = frozenset({"nsvcs_web", "nsvcs_worker"})


class Unidentified(AssertionError):
    """A request asked for rows with nobody to act for."""


@cache
def guarded_tables() -> re.Pattern[str]:
    """The tables whose rows only their people see, as the ORM writes their names."""
    models = [each for each in apps.get_models() if getattr(each, "statement", None)]
    names = [each._meta.db_table for each in models if each.statement.policy in GUARDED]
    return re.compile("|".join(f'"{name}"' for name in names))


class Watch:
    """Follows which role the transaction is in, by what is sent to the database."""

    def __init__(self) -> None:
        """Outside, as a request begins."""
        self.is_inside = False

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        """Let a query through, or stop it."""
        if not connection.in_atomic_block:
            self.is_inside = False
        if entered := ENTERED.match(sql):
            self.is_inside = entered[1] in ROLES
        elif not self.is_inside and sql != BIND and (table := guarded_tables().search(sql)):
            raise Unidentified(f"{table[0]} is asked for outside `acting_as`")
        return execute(sql, params, many, context)


class IdentifiedMiddleware:
    """Watches the queries of each request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Keep the next step."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request under watch."""
        with connection.execute_wrapper(Watch()):
            return self.get_response(request)
