"""Signposts of a case: found in the directory, told, taken back, and whether they helped."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.http import AuthenticatedRequest
from cases.access import visible_case
from cases.models import Case
from cases.noticing import notice_offer
from cases.views.noticing import notify
from cases.views.trying import attempt, status_of
from nsvcs.access import Role, allow
from reference.models import Organisation
from referrals.actions.signposting import record_outcome, take_back_signpost, tell_victim, telling
from referrals.forms.directory import SearchForm
from referrals.forms.signposting import OutcomeForm, TakeBackForm, TellForm
from referrals.listing import entries_of
from referrals.models import Signpost

MOST = 50


@allow(Role.CASEWORKER, Role.MANAGER)
@require_GET
def signposts(request: AuthenticatedRequest, case_id: UUID) -> HttpResponse:
    """What the victim was told of, the newest first."""
    case = visible_case(request, case_id)
    found = Signpost.objects.visible_to(request.user).filter(case=case).for_list()
    return render(request, "referrals/signposts.html", {"case": case, "signposts": found})


@allow(Role.CASEWORKER, Role.MANAGER)
@require_http_methods(["GET", "POST"])
def signpost_find(request: AuthenticatedRequest, case_id: UUID) -> HttpResponse:
    """Search the directory for this victim. Posted, so that what they need is in no address."""
    case, form = visible_case(request, case_id), SearchForm(request.POST or None)
    rows = Organisation.objects.for_staff()
    found = list(form.filter(rows)[: MOST + 1]) if form.is_bound else []
    context = {"case": case, "form": form, "entries": entries_of(found[:MOST], timezone.localdate())}
    context |= {"is_search": form.is_bound, "has_more": len(found) > MOST}
    return render(request, "referrals/signpost_find.html", context)


@allow(Role.CASEWORKER, Role.MANAGER)
@require_http_methods(["GET", "POST"])
def signpost_tell(request: AuthenticatedRequest, case_id: UUID, organisation: int) -> HttpResponse:
    """Record that the victim is told of one entry."""
    case = visible_case(request, case_id)
    row = get_object_or_404(Organisation, pk=organisation)
    offer = notice_offer(case, timezone.now())
    form = TellForm(request.POST or None, organisation=row, facts=telling(case, row), offer=offer)
    if form.is_valid():
        values = dict(form.cleaned_data)
        key = values.pop("key")
        told = attempt(form, lambda: tell_victim(case=case, organisation=row, key=key, values=values, by=request.user))
        if told:
            messages.success(request, _("It is recorded that the victim was told."))
            notify(request, case, form, told.pk)
            return redirect("referrals:signposts", case.pk)
    entry = entries_of([row], timezone.localdate())[0]
    context = {"case": case, "entry": entry, "form": form}
    return render(request, "referrals/signpost_tell.html", context, status=status_of(form))


@allow(Role.CASEWORKER, Role.MANAGER)
@require_http_methods(["GET", "POST"])
def signpost_back(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """Take one back."""
    case = visible_case(request, case_id)
    signpost, form = _signpost(request, case, pk), TakeBackForm(request.POST or None)
    if form.is_valid():
        words = form.cleaned_data["words"]
        if attempt(form, lambda: take_back_signpost(signpost=signpost, words=words, by=request.user)):
            messages.success(request, _("The signpost is taken back."))
            return redirect("referrals:signposts", case.pk)
    context = {"case": case, "signpost": signpost, "form": form}
    return render(request, "referrals/signpost_back.html", context, status=status_of(form))


@allow(Role.CASEWORKER, Role.MANAGER)
@require_http_methods(["GET", "POST"])
def signpost_outcome(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """Record whether it helped."""
    case = visible_case(request, case_id)
    signpost, form = _signpost(request, case, pk), OutcomeForm(request.POST or None)
    if form.is_valid():
        values = form.cleaned_data
        if attempt(form, lambda: record_outcome(signpost=signpost, by=request.user, **values)):
            messages.success(request, _("What came of it is recorded."))
            return redirect("referrals:signposts", case.pk)
    context = {"case": case, "signpost": signpost, "form": form}
    return render(request, "referrals/signpost_outcome.html", context, status=status_of(form))


def _signpost(request: AuthenticatedRequest, case: Case, pk: UUID) -> Signpost:
    found = Signpost.objects.visible_to(request.user).filter(case=case).for_list()
    return get_object_or_404(found, pk=pk)
