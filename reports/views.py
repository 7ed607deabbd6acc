"""The manager's pages."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.http import AuthenticatedRequest
from audit.actions import record
from audit.models import Action
from nsvcs.access import Role, allow
from reports import queries


@allow(Role.MANAGER)
@require_GET
def caseload(request: AuthenticatedRequest) -> HttpResponse:
    """Who holds what, what is overdue, and what nobody has taken up."""
    now = timezone.now()
    names = [{"text": status.label, "is_number": True} for status in queries.STATUSES]
    context = {
        "as_at": now,
        "columns": [{"text": _("Caseworker")}, *names, {"text": _("All open"), "is_number": True}],
        "everybody": queries.EVERYBODY,
        "figures": queries.headline(request.user, now),
        "caseload": queries.caseload(request.user, now),
        "capacity": queries.capacity(request.user, now),
    }
    record(Action.REPORT_SEEN, detail={"report": "caseload"})
    return render(request, "reports/caseload.html", context)
