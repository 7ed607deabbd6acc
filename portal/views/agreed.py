"""What she agreed to, and stopping it: one press, and nobody asks why."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.http import AuthenticatedRequest
from cases.actions import withdraw_consent
from cases.models import Consent, Told
from nsvcs.access import Role, allow
from portal.agreed import agreed_with, by_letters


@allow(Role.VICTIM)
@require_safe
def agreed(request: AuthenticatedRequest) -> HttpResponse:
    """What, with whom, until when; and what she stopped before."""
    found = agreed_with(request.user, timezone.localdate())
    parts = {"now": [each for each in found if each.may_stop], "before": [each for each in found if not each.may_stop]}
    return render(request, "portal/agreed.html", parts)


@allow(Role.VICTIM)
@require_POST
def stop(request: AuthenticatedRequest, number: int) -> HttpResponse:
    """Stop one at once. A page from before, which means another one by this number, is shown anew."""
    found = list(Consent.objects.visible_to(request.user).filter(number=number))
    if not found:
        raise Http404
    consent = by_letters(found, request.POST.get("which", ""))
    if consent is None:
        messages.error(request, _("This page was out of date. Look at it again."))
    else:
        withdraw_consent(consent=consent, how=Told.PORTAL, by=request.user)
        messages.success(request, _("Stopped. We end what we began with it."))
    return redirect("portal:agreed")
