"""Pages behind the links at the foot: safety online, how usable this site is, what it keeps. Open to everybody."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from nsvcs.access import Role, open_to_all


def _page(request: HttpRequest, name: str) -> HttpResponse:
    """In her own frame when she is signed in, so that the way back is there."""
    is_hers = getattr(request.user, "role", "") == Role.VICTIM
    frame = "portal_base.html" if is_hers else "public_base.html"
    return render(request, f"portal/{name}.html", {"frame": frame, "is_hers": is_hers})


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
