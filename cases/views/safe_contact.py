"""How she may be reached: needs fresh proof, because a changed number can put her in danger."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import AuthenticatedRequest
from cases.access import visible_case
from cases.actions import StaleEdit, set_safe_contact
from cases.forms.people import SafeContactForm
from cases.models import SafeContact
from cases.views.comparing import differences
from nsvcs import forms
from nsvcs.access import Role, allow


@allow(Role.CASEWORKER, Role.MANAGER, fresh=True)
@require_http_methods(["GET", "POST"])
def case_safe_contact(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """Record anew how she may be reached, or confirm what stands; older versions are kept below."""
    case = visible_case(request, pk)
    form = SafeContactForm(request.POST or None, initial=SafeContactForm.of(case.safe_contact))
    found, is_stale = [], False
    if form.is_valid():
        day, based_on = form.cleaned_data["confirmed_on"], form.cleaned_data["version"]
        try:
            set_safe_contact(
                victim=case.victim, values=form.values(), confirmed_on=day, based_on=based_on, by=request.user
            )
        except StaleEdit as edit:
            is_stale, present = True, edit.present
            found = differences(form, present, getattr(present, "version", 0))
        else:
            messages.success(request, _("How to reach the victim safely was saved."))
            return redirect("cases:detail", case.pk)
    older = SafeContact.objects.visible_to(request.user).filter(victim=case.victim_id).order_by("-version")[:10]
    context = {"case": case, "form": form, "differences": found, "is_stale": is_stale, "older": older}
    return render(request, "cases/safe_contact.html", context, status=409 if is_stale else forms.form_status(form))
