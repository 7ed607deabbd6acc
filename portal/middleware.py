"""Words that arrive after a sign-in has lapsed: kept as an unfinished note, and offered once their writer is back."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.middleware import lapsed_writer
from accounts.models import Session, User
from logs.models import Draft
from nsvcs.access import Role
from nsvcs.identity import acting_as
from portal.late import AUTOSAVES, Keep, hands_in_words, keep_files, sent_in, words_of, writing_page


class LapsedWritingMiddleware:
    """Keeps what was written too slowly, before the sign-in page takes its place.

    It goes into a draft, which nobody but its writer can open; the token proves that it came from a page made for her.
    The page itself stays closed: she has to sign in to see a word of it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Keep the next step."""
        self.get_response = get_response
        self._tokens = CsrfViewMiddleware(get_response)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """On the way out, tell whoever has just signed in what is waiting."""
        was_signed_in = request.user.is_authenticated
        response = self.get_response(request)
        if request.user.is_authenticated and not was_signed_in:
            _offer(request, request.user)
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Keep the words and say so; a whole page is then answered by the sign-in page, as any other."""
        if request.method != "POST" or request.user.is_authenticated or request.resolver_match is None:
            return None
        name = request.resolver_match.view_name
        if not hands_in_words(name) or self._tokens.process_view(request, view, tuple(args), kwargs) is not None:
            return None
        writer = lapsed_writer(request)
        if writer is None:
            return _not_kept(request, is_autosave=name in AUTOSAVES)
        keep = writing_page(writer, name)
        return self._keep(request, writer, keep, kwargs, is_autosave=name in AUTOSAVES) if keep else None

    def _keep(
        self, request: HttpRequest, writer: User, keep: Keep, kwargs: dict[str, Any], *, is_autosave: bool
    ) -> HttpResponseBase | None:
        size_bytes = int(request.META.get("CONTENT_LENGTH") or 0)
        with acting_as(writer.pk):
            has_room = Session.objects.take_late(request.session.session_key or "", size_bytes)
            sent = sent_in(request, kwargs)
            kept = keep(sent, writer) if has_room else None
        if is_autosave:
            return _autosaved(kept, has_room=has_room)
        if not has_room:
            return render(request, "portal/late_full.html", {"words": words_of(request)}, status=429)
        if kept is not None:
            messages.info(request, _("You were signed out. What you wrote is kept. Sign in to finish it."))
            if not keep_files(sent, kept, writer):
                messages.warning(request, _("Not all files could be kept. Choose them again when you are back."))
        return None


def _not_kept(request: HttpRequest, *, is_autosave: bool) -> HttpResponseBase | None:
    """The sign-in is over for good: nothing may be kept, and what was typed is not thrown away without a word."""
    words = words_of(request)
    if not (words or request.FILES):
        return None
    if is_autosave:
        return _autosaved(None, has_room=False, status=401)
    context = {"words": words, "is_over": True, "had_files": bool(request.FILES)}
    return render(request, "portal/late_full.html", context, status=401)


def _autosaved(kept: Draft | None, *, has_room: bool, status: int = 429) -> JsonResponse:
    """Says that it was kept, and nothing else of what is there."""
    if not has_room:
        said = _("You were signed out. Copy your words. Then sign in.")
        return JsonResponse({"is_kept": False, "said": said}, status=status)
    said = _("You were signed out. What you wrote is kept. Sign in to finish it.") if kept else ""
    return JsonResponse({"is_kept": kept is not None, "said": said}, status=401)


def _offer(request: HttpRequest, user: User) -> None:
    with acting_as(user.pk):
        late = Draft.objects.visible_to(user).filter(used_at=None, came_late_at__isnull=False)
        is_waiting = late.exists()
    if is_waiting and user.role == Role.VICTIM:
        messages.info(request, _("What you wrote before is kept. You can finish it from the first page."))
    elif is_waiting:
        messages.info(request, _("An entry you were writing is kept. You find it where you were writing it."))
