"""For managers: the referrals that wait for a decision about sharing without consent."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.http import AuthenticatedRequest
from audit.actions import record
from audit.models import Action
from nsvcs.access import Role, allow
from referrals.models import WithoutConsent

PAGE_SIZE = 25


@allow(Role.MANAGER)
@require_GET
def waiting(request: AuthenticatedRequest) -> HttpResponse:
    """Askings that no manager has decided, the longest waiting first."""
    rows = WithoutConsent.objects.visible_to(request.user).waiting()
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    case_ids = list(dict.fromkeys(asking.case_id for asking in page))
    record(Action.CASE_LISTED, case_ids=case_ids, detail={"page": "onward:waiting"})
    return render(request, "referrals/onward/waiting.html", {"page": page})
