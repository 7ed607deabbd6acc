"""Sending an onward referral in an emergency: one page with what goes, why, and the press."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import AuthenticatedRequest
from accounts.proof import missing_proof
from cases.access import visible_case
from cases.views.trying import attempt, status_of
from nsvcs.access import CASEWORK, allow
from referrals.actions.onward_emergency import is_refused, send_in_emergency
from referrals.actions.onward_fields import digest_of_fields, protected_fields, ticked_fields
from referrals.actions.onward_sending import ProtectedWords
from referrals.forms.onward import EmergencyForm
from referrals.rules.onward import ReferralState
from referrals.views.onward import managers_of, one_referral
from referrals.views.onward_sending import link_page
from referrals.views.proving import ask_above


@allow(*CASEWORK, fresh=True, keeps_typed=True)
@require_http_methods(["GET", "POST"])
def onward_emergency(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """What goes now, on which reasons, and who looks at it today; posted, it is sent."""
    case = visible_case(request, case_id)
    referral = one_referral(request, case, pk)
    if referral.state != ReferralState.MADE:
        return redirect("referrals:onward_detail", case.pk, referral.pk)
    fields = ticked_fields(referral)
    seen = digest_of_fields(fields)
    form = EmergencyForm(request.POST or None, managers=managers_of(case, request.user), initial={"seen": seen})
    proof = missing_proof(request) if request.method == "POST" else None
    if proof is not None:
        ask_above(form, proof)
    elif form.is_valid():
        told = {
            "values": form.values(),
            "manager": form.chosen_manager,
            "seen": form.cleaned_data["seen"],
            "by": request.user,
        }
        try:
            if handed := attempt(form, lambda: send_in_emergency(referral=referral, **told)):
                return link_page(request, case, referral, handed)
        except ProtectedWords:
            form.add_error(None, _("Nothing was sent: protected words stand in it. See below where."))
    if form.is_bound:
        form.look_again(seen)
    context = {
        "case": case,
        "referral": referral,
        "form": form,
        "proof": proof,
        "fields": [(field.label, field.value) for field in fields],
        "is_whole": bool(fields) and len(fields) == len(referral.ticked),
        "found": protected_fields(referral, fields, request.user),
        "is_refused": is_refused(referral),
    }
    return render(request, "referrals/onward/emergency.html", context, status=status_of(form))
