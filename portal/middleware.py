"""Words that arrive after her sign-in has run out: kept as an unfinished note, for when she is back."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.translation import gettext as _

from accounts.models import User
from logs.actions import save_draft
from nsvcs.access import Role
from nsvcs.identity import acting_as
from nsvcs.ids import uuid7
from portal.views.writing import draft_id_of, save_quietly

WRITING = frozenset({"portal:new", "portal:draft", "portal:step", "portal:autosave"})
# Pages that add to a note that is kept, and the box of theirs that holds words.
WORDS = {
    "portal:entry_add": "text",
    "portal:entry_wrong": "reason",
    "portal:messages": "text",
    "portal:details_change": "text",
}


class LapsedWritingMiddleware:
    """Keeps what was written too slowly, before the sign-in page takes its place.

    It goes into a draft, which nobody but she can open; the token proves that it came from a page made for her. The
    page itself stays closed: she has to sign in to see a word of it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Keep the next step."""
        self.get_response = get_response
        self._tokens = CsrfViewMiddleware(get_response)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Nothing to do on the way in or out."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: list[Any], kwargs: dict[str, Any]
    ) -> None:
        """Keep the words and say so; what the request is answered with is decided by the next steps."""
        user, name = getattr(request, "lapsed_user", None), request.resolver_match and request.resolver_match.view_name
        if user is None or user.role != Role.VICTIM or request.method != "POST" or name not in WRITING | WORDS.keys():
            return
        if self._tokens.process_view(request, view, tuple(args), kwargs) is not None:
            return
        with acting_as(user.pk):
            is_kept = _keep(request.POST, str(name), user)
        if is_kept and name != "portal:autosave":
            messages.info(request, _("You were signed out. What you wrote is kept. Sign in to finish it."))


def _keep(sent: QueryDict, name: str, user: User) -> bool:
    if name in WRITING:
        draft = save_quietly(sent, draft_id_of(sent), user)
        return draft is not None and bool(draft.revision)
    words = sent.get(WORDS[name], "")
    if words.strip():
        save_draft(draft_id=uuid7(), content={"what_happened": words}, by=user)
    return bool(words.strip())
