"""Where somebody stands once a download has begun: a file alone would leave the browser on the page before."""

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render

from accounts.http import AuthenticatedRequest
from audit.actions import record
from audit.models import Action
from cases.models import Case
from nsvcs.access import LANDING


def lands(request: AuthenticatedRequest) -> bool:
    """Whether the page is asked for from which the download begins; asking who it is leads here."""
    return LANDING in request.GET


def landing_page(request: AuthenticatedRequest, case: Case, back: str) -> HttpResponse:
    """The page that begins the download by itself, with scripts off too, and leads back to `back`. Recorded."""
    page = request.resolver_match.view_name if request.resolver_match else ""
    record(Action.CASE_OPENED, target=case, case_ids=[case.pk], detail={"page": page})
    rest = urlencode([(name, value) for name, value in request.GET.items() if name != LANDING])
    address = f"{request.path}?{rest}" if rest else request.path
    return render(request, "cases/download.html", {"case": case, "address": address, "back": back})
