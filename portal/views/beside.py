"""Beside one of her files: where it says that it was made, if she asks, and what is said in it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import AuthenticatedRequest
from audit.actions import record
from audit.models import Action
from logs.actions import (
    BeingTried,
    NotLocked,
    OtherContent,
    TooManyTries,
    TypedMeanwhile,
    ask_for_place,
    give_password,
    needs_password,
    type_what_is_heard,
)
from logs.arriving_http import stays_while_sending
from logs.models import Evidence
from logs.standing import Use
from nsvcs.access import Role, allow
from nsvcs.forms import form_status
from portal.forms import OpenForm, SaidForm
from portal.keeping import done_with
from portal.views.reading import her_file, hers


def _open_file(request: AuthenticatedRequest, number: int, place: int) -> Evidence:
    """One of her files, unless it is locked or a virus was found in it: then nothing of it is shown."""
    evidence, _shown = her_file(request, number, place)
    if not evidence.standing.may_show:
        raise Http404
    return evidence


@allow(Role.VICTIM)
@require_POST
def entry_file_where(request: AuthenticatedRequest, number: int, place: int) -> HttpResponse:
    """Where a file says that it was made: only when she presses to see it."""
    incident = hers(request, number)
    evidence = _open_file(request, number, place)
    where = ask_for_place(evidence=evidence, by=request.user)
    context = {"entry": incident, "place": place, "where": where}
    context["language_back"] = reverse("portal:entry", args=[incident.number])  # asking again would be recorded again
    return render(request, "portal/where.html", context)


@allow(Role.VICTIM)
@require_http_methods(["GET", "POST"])
@stays_while_sending
def entry_file_said(request: AuthenticatedRequest, number: int, place: int) -> HttpResponse:
    """Write down what is said in a recording; what was written before stays."""
    incident = hers(request, number)
    evidence = _open_file(request, number, place)
    if not evidence.can_be_heard:
        raise Http404
    record(Action.EVIDENCE_VIEWED, target=evidence, case_ids=[evidence.case_id])
    newest = evidence.transcripts.first()
    begun = {"text": newest.text, "based_on": newest.number} if newest else {}
    form = SaidForm(request.POST or None, initial=begun)
    context: dict[str, Any] = {"entry": incident, "place": place, "form": form, "newest": newest}
    status = form_status(form)
    if form.is_valid():
        try:
            language = newest.language if newest else incident.language
            type_what_is_heard(evidence=evidence, language=language, by=request.user, **form.cleaned_data)
        except (OtherContent, TypedMeanwhile) as other:
            status = 409
            _say(form, other)
        else:
            done_with(sent=request.POST, by=request.user)
            messages.success(request, _("What is said in it is kept."))
            return redirect("portal:entry", number)
    return render(request, "portal/said.html", context, status=status)


@allow(Role.VICTIM)
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("password")
def entry_file_open(request: AuthenticatedRequest, number: int, place: int) -> HttpResponse:
    """Give the password of a locked file, so that its pages can be shown; the password is not kept."""
    incident = hers(request, number)
    evidence = _open_file(request, number, place)
    if not needs_password(evidence) or not evidence.standing.may(Use.COPY):
        raise Http404
    record(Action.EVIDENCE_OPENED, target=evidence, case_ids=[evidence.case_id])
    form = OpenForm(request.POST or None)
    status = form_status(form)
    if form.is_valid():
        try:
            give_password(evidence=evidence, password=form.cleaned_data["password"], by=request.user)
        except NotLocked:
            raise Http404 from None
        except BeingTried:
            status = 409
            form.add_error("password", _("We are trying a password now. Look again in a few minutes."))
        except TooManyTries:
            status = 409
            form.add_error("password", _("There were too many wrong passwords today. Try again tomorrow."))
        else:
            messages.success(request, _("We are trying the password. Look again in a few minutes."))
            return redirect("portal:entry", number)
    return render(request, "portal/open.html", {"entry": incident, "place": place, "form": form}, status=status)


def _say(form: Any, other: Exception) -> None:
    """Why nothing was kept. What she wrote stays in the box; sending it again keeps it too."""
    form.data = form.data.copy()
    if isinstance(other, TypedMeanwhile):
        form.data["based_on"] = str(other.newest.number)
        form.add_error("text", _("Someone wrote this down just now. It is above. Send yours again to add it."))
    else:
        form.add_error("text", _("You sent other words from this page before. Open it again to add these."))
