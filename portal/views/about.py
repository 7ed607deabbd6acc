"""Pages behind the links at the foot: safety online, other ways to read and talk, what is kept. Open to everybody."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from nsvcs.access import Role, open_to_all
from portal.showing import advice_pages, are_english, easy_pages, is_large
from reference.models import Organisation

# Ways to reach help without hearing or speaking, in the directory.
DEAF = ("deaf",)
# The one easy-read page that stands open before anybody signs in: it says nothing of what the site is about.
OPEN_TO_ALL = "before-you-start"


def _is_hers(request: HttpRequest) -> bool:
    return getattr(request.user, "role", "") == Role.VICTIM


def _page(request: HttpRequest, name: str, **shown: Any) -> HttpResponse:
    """In her own frame when she is signed in, so that the way back is there."""
    is_hers = _is_hers(request)
    frame = "portal_base.html" if is_hers else "public_base.html"
    context = {"frame": frame, "is_hers": is_hers, "is_large": is_large(request)}
    return render(request, f"portal/{name}.html", context | shown)


@open_to_all
@require_safe
def online(request: HttpRequest) -> HttpResponse:
    """What a browser and a phone can tell others, and what leaving does not do."""
    return _page(request, "about_online")


@open_to_all
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """For whom this site works, where it does not, and whom to tell."""
    return _page(request, "about_accessibility")


@open_to_all
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept, who opens it, and how to get a copy."""
    return _page(request, "about_privacy")


@open_to_all
@require_safe
def sign_language(request: HttpRequest) -> HttpResponse:
    """What we do for who signs, and the ways to reach 999 that somebody of the service has checked."""
    return _page(request, "about_sign", ways=list(Organisation.objects.for_portal().tagged(DEAF)), has_english=True)


@open_to_all
@require_safe
def easy_read(request: HttpRequest) -> HttpResponse:
    """The easy-read pages; for who is not signed in, only the one that does not tell what this site is about."""
    found = easy_pages(advice_pages())
    pages = found if _is_hers(request) else [(of, page) for of, page in found if page.slug == OPEN_TO_ALL]
    shown = {"pages": pages, "has_english": are_english(page for _of, page in pages)}
    shown["unchecked"] = any(page.checked_on is None for _of, page in pages)
    return _page(request, "about_easy", **shown, is_large=True, is_easy=True)


@open_to_all
@require_safe
def large_print(request: HttpRequest) -> HttpResponse:
    """How to read and print in big letters."""
    return _page(request, "about_large", is_large=True)
