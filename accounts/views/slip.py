"""The slip with a one-time code: shown in one answer, printed or copied by hand, and kept nowhere."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods

from accounts.actions import give_code
from accounts.actions.enrolment import CODE_LASTS
from accounts.http import AuthenticatedRequest
from accounts.models import User
from nsvcs.access import Role, allow


def slip_page(request: HttpRequest, user: User, code: str) -> HttpResponse:
    """The slip itself. It names no service and no matter: whoever finds it learns nothing from it."""
    hours = int(CODE_LASTS["staff" if user.is_staff_member else "portal"].total_seconds() // 3600)
    return render(request, "accounts/slip.html", {"owner": user, "code": code, "hours": hours})


@allow(Role.ADMINISTRATOR, Role.CASEWORKER, Role.MANAGER, fresh=True)
@require_http_methods(["GET", "POST"])
def slip(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """Give somebody a one-time code: colleagues by the administrator, a portal account by who sees its case."""
    owner = get_object_or_404(User.objects.may_get_code_from(request.user), pk=pk, is_active=True)
    if request.method == "POST":
        return slip_page(request, owner, give_code(user=owner, by=request.user))
    return render(request, "accounts/slip_ask.html", {"owner": owner})
