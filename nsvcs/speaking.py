"""The language a page speaks: colleagues' pages English, a victim's the one she chose, and who has checked it."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from nsvcs.access import Role, open_to_all
from nsvcs.languages import SOURCE_LANGUAGE, Check, checks


class StaffInEnglishMiddleware:
    """Colleagues read English, whatever their browser asks for: their pages are in no other language."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Keep the next step."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Turn to English once it is known who asks."""
        if getattr(request.user, "role", Role.VICTIM) != Role.VICTIM:
            translation.activate(SOURCE_LANGUAGE)
            request.LANGUAGE_CODE = SOURCE_LANGUAGE
        return self.get_response(request)


@open_to_all
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Keep the language for as long as this browser is open, and go back to the page."""
    code, back = request.POST.get("language", ""), request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    path = urlsplit(back)
    response = redirect(path.path + (f"?{path.query}" if path.query else "") if is_ours and path.path else "/")
    if code in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, code, secure=settings.LANGUAGE_COOKIE_SECURE, httponly=True, samesite="Lax"
        )
    return response


def switcher(request: HttpRequest) -> dict[str, Any]:
    """What the foot of a page needs: the other languages, and who has checked this one."""
    here = translation.get_language() or SOURCE_LANGUAGE
    others = [{"code": code, "name": name} for code, name in settings.LANGUAGES if code != here]
    is_translated = here != SOURCE_LANGUAGE
    return {"languages": others, "is_translated": is_translated, "translation_check": check_of(here)}


def is_spoken(language: str) -> bool:
    """Whether a piece in this language is in the page's own."""
    return language.split("-")[0] == (translation.get_language() or SOURCE_LANGUAGE).split("-")[0]


def is_from_right(language: str) -> bool:
    """Whether a language is written from right to left."""
    return language.split("-")[0] in settings.LANGUAGES_BIDI


@lru_cache
def check_of(language: str) -> Check | None:
    """Who has checked a language, and when; none while nobody has."""
    return checks().get(language)
