"""A copy of her own notes to take with her: warned first, after fresh proof, gone after some hours."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import AuthenticatedRequest
from bundles.actions import CopyGone, ask_own_copies, kept_for, own_copies, take_own_copy, take_portal_copy
from bundles.models import OwnCopy, PortalCopy
from logs.files import send_file
from logs.models import Incident
from nsvcs import forms
from nsvcs.access import LANDING, Role, allow, own_transactions
from nsvcs.identity import acting_as
from portal.addresses import letters_of

MOST = 50


class CopyForm(forms.Form):
    """What is to be in it."""

    with_files = forms.BooleanField(label=_("Put my pictures and files in it too"), required=False)
    key = forms.KeyField()
    mark_optional = False


@allow(Role.VICTIM, fresh=True)
@require_http_methods(["GET", "HEAD", "POST"])
def own_copy(request: AuthenticatedRequest) -> HttpResponse:
    """Warn, ask what is to be in it, and list those that are made or being made."""
    form = CopyForm(request.POST or None)
    if form.is_valid():
        ask_own_copies(key=form.cleaned_data["key"], with_files=form.cleaned_data["with_files"], by=request.user)
        messages.success(request, gettext("We are making it. You can leave this page."))
        return redirect("portal:copy")
    now = timezone.now()
    copies = [(letters_of(copy.pk), copy, copy.can_be_taken(now)) for copy in own_copies(request.user, now)]
    hours = int(kept_for().total_seconds() // 3600)
    has_notes = Incident.objects.visible_to(request.user).exists()
    lying = PortalCopy.objects.visible_to(request.user).lying(now).order_by("-put_at")
    given = [(letters_of(copy.pk), copy) for copy in lying[:MOST]]
    context = {"form": form, "copies": copies, "given": given, "hours": hours, "has_notes": has_notes}
    return render(request, "portal/copy.html", context, status=forms.form_status(form))


@allow(Role.VICTIM, fresh=True, download=True)
@require_safe
@own_transactions
def own_copy_file(request: AuthenticatedRequest, letters: str) -> HttpResponseBase:
    """The file itself, under a name that says nothing; recorded."""
    with acting_as(request.user.pk):
        copy = _hers(request, letters)
        if LANDING in request.GET:
            return render(request, "portal/copy_begun.html", {"letters": letters})
        try:
            if isinstance(copy, PortalCopy):
                take_portal_copy(copy=copy, by=request.user)
            else:
                take_own_copy(copy=copy, by=request.user)
        except CopyGone:
            raise Http404 from None
    return send_file(copy.storage_name, "application/pdf", copy.size_bytes)


def _hers(request: AuthenticatedRequest, letters: str) -> OwnCopy | PortalCopy:
    """A copy that she asked for, or one that was put here for her."""
    asked = OwnCopy.objects.visible_to(request.user).order_by("-asked_at")[:MOST]
    given = PortalCopy.objects.visible_to(request.user).order_by("-put_at")[:MOST]
    for copy in (*asked, *given):
        if letters_of(copy.pk) == letters:
            return copy
    raise Http404
