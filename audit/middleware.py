"""Writes the denied rows, from outside the access middleware: a refusal is an event like any other."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from audit.actions import record
from audit.models import Action
from nsvcs.identity import acting_as

REFUSALS = {403, 404}


class DeniedMiddleware:
    """One row for each page that a signed-in person was refused; the address itself is not kept, only its name."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Keep the next step."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Let the page answer, then record a refusal."""
        response = self.get_response(request)
        match = request.resolver_match
        if response.status_code in REFUSALS and match is not None and request.user.is_authenticated:
            ids = {key: str(value) for key, value in match.kwargs.items()}
            with acting_as(request.user.pk):
                record(Action.DENIED, detail={"page": match.view_name, "ids": ids})
        return response
