"""Her own way in: given on a slip, ended on a page of its own."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import AuthenticatedRequest
from accounts.views.slip import slip_page
from cases.access import visible_case
from cases.actions import end_portal, give_portal_access
from cases.actions.portal import too_young_words
from nsvcs.access import Role, allow


@allow(Role.CASEWORKER, Role.MANAGER, fresh=True)
@require_http_methods(["GET", "POST"])
def case_portal(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """Give a one-time code: the answer is the slip, shown once and kept nowhere."""
    case = visible_case(request, pk)
    refusal = ""
    if request.method == "POST":
        try:
            slip = give_portal_access(case=case, by=request.user)
        except ValidationError as error:
            refusal = error.messages[0]
        else:
            return slip_page(request, slip.owner, slip.code)
    context = {"case": case, "refusal": refusal, "too_young": too_young_words(case.victim)}
    return render(request, "cases/portal.html", context, status=422 if refusal else 200)


@allow(Role.CASEWORKER, Role.MANAGER, fresh=True)
@require_http_methods(["GET", "POST"])
def case_portal_end(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """End the portal for this case at once."""
    case = visible_case(request, pk)
    if request.method == "POST":
        if case.is_portal_open:
            end_portal(case=case, by=request.user)
            messages.success(request, _("The portal is ended. What the victim wrote stays in the log."))
        return redirect("cases:portal", case.pk)
    return render(request, "cases/portal_end.html", {"case": case})
