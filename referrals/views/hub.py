"""The page from which everything done for a victim is reached."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.http import AuthenticatedRequest
from cases.access import visible_case
from nsvcs.access import Role, allow
from referrals.hub import cards


@allow(Role.CASEWORKER, Role.MANAGER)
@require_safe
def hub(request: AuthenticatedRequest, case_id: UUID) -> HttpResponse:
    """What stands now in each part, and where it is changed."""
    case = visible_case(request, case_id)
    context = {"case": case, "cards": cards(case, request.user, timezone.now())}
    return render(request, "referrals/hub.html", context)
