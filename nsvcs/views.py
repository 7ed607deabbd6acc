"""The front door: sends each person to theirs."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from nsvcs.access import EVERYONE, Role, allow
from nsvcs.context import url_or_none

FRONT_PAGES = {
    Role.VICTIM: "portal:home",
    Role.CASEWORKER: "cases:work",
    Role.MANAGER: "reports:caseload",
    Role.DATA_PROTECTION: "privacy:requests",
    Role.ADMINISTRATOR: "accounts:staff",
}


@allow(*EVERYONE)
@require_GET
def front(request: HttpRequest) -> HttpResponse:
    """Each role's own first page; whoever has none yet sees their account."""
    name = FRONT_PAGES.get(Role(request.user.role), "accounts:mine")  # type: ignore[union-attr]
    return redirect(url_or_none(name) or "accounts:mine")
