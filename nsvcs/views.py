"""The front door, which sends each person to theirs; and the page for a form that came with an old token."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_GET

from nsvcs.access import EVERYONE, Role, allow
from nsvcs.context import form_owner, url_or_none
from nsvcs.languages import SOURCE_LANGUAGE

FRONT_PAGES = {
    Role.VICTIM: "portal:home",
    Role.CASEWORKER: "cases:work",
    Role.MANAGER: "reports:caseload",
    Role.DATA_PROTECTION: "locks:list",
    Role.ADMINISTRATOR: "accounts:staff",
}


@allow(*EVERYONE)
@require_GET
def front(request: HttpRequest) -> HttpResponse:
    """Each role's own first page; whoever has none yet sees their account."""
    name = FRONT_PAGES.get(Role(request.user.role), "accounts:mine")  # type: ignore[union-attr]
    return redirect(url_or_none(name) or "accounts:mine")


def server_error(request: HttpRequest) -> HttpResponse:
    """The page of last resort, in the language of the page that failed; if that fails too, the one that needs nothing.

    The language is read from the request: what a thread spoke last may be somebody else's.
    """
    try:
        with translation.override(getattr(request, "LANGUAGE_CODE", SOURCE_LANGUAGE)):
            return HttpResponse(render_to_string("500_spoken.html"), status=500)
    except Exception:  # whatever it is, she gets a page
        return HttpResponse(render_to_string("500.html"), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose token no longer fits, mostly because of a new sign-in in another tab: it can be sent again.

    Only what came from a page of ours is offered again: a browser does not let another site choose the Origin it
    states. And to nobody but the account whose page it was: somebody else may have signed in on the same device, and
    sees nothing of it. Passwords are not written back, and who is not signed in starts anew.
    """
    typed = [(name, value) for name in request.POST for value in request.POST.getlist(name)]
    if not typed:  # the line was cut while it was being sent: no token could be read, nor anything else
        return render(request, "400.html", status=400)
    is_ours = request.headers.get("Origin") in settings.CSRF_TRUSTED_ORIGINS
    is_theirs = request.user.is_authenticated and constant_time_compare(
        request.POST.get("form_owner", ""), form_owner(request)
    )
    has_password = any("password" in name for name, _value in typed)
    if not (is_ours and is_theirs) or has_password:
        return render(request, "403_stale.html", status=403)
    typed = [(name, value) for name, value in typed if name != "csrfmiddlewaretoken"]
    return render(request, "send_again.html", {"typed": typed, "lost_files": bool(request.FILES)}, status=403)
