"""One case: overview, timeline, its facts and the victim's."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.http import AuthenticatedRequest
from cases.access import visible_case
from cases.actions import StaleEdit, change_case, change_victim
from cases.forms.people import CaseForm, VictimForm
from cases.models import Case, Victim
from cases.overview import overview
from cases.queries import Stream, moments, timeline_keys
from cases.views.comparing import differences
from nsvcs import forms, htmx
from nsvcs.access import Role, allow

PAGE_SIZE = 25


@allow(Role.CASEWORKER, Role.MANAGER, Role.DATA_PROTECTION)
@require_GET
def case_detail(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """The case at a glance: what is to be done, who is in it, how to reach her."""
    case = visible_case(request, pk)
    context = {"case": case, "overview": overview(case, request.user, timezone.now()), "today": timezone.localdate()}
    return render(request, "cases/detail.html", context)


@allow(Role.CASEWORKER, Role.MANAGER, Role.DATA_PROTECTION)
@require_GET
def case_timeline(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """Everything that happened on the case in one stream, newest first."""
    case = visible_case(request, pk)
    kinds = [kind for kind in request.GET.getlist("kind") if kind in Stream.values]
    page = Paginator(timeline_keys(case, request.user, kinds), PAGE_SIZE).get_page(request.GET.get("page"))
    shown = moments(case, request.user, list(page.object_list))
    choices = [{"value": kind.value, "text": kind.label, "is_on": kind.value in kinds} for kind in Stream]
    context = {"case": case, "page": page, "moments": shown, "choices": choices}
    return htmx.render(request, "cases/timeline.html", context, partial="results")


@allow(Role.CASEWORKER, Role.MANAGER)
@require_http_methods(["GET", "POST"])
def case_edit_victim(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """Change the victim's details; a colleague's change in the meantime is shown beside, never overwritten."""
    case = visible_case(request, pk)
    form = VictimForm(request.POST or None, initial=VictimForm.of(case.victim))
    stale: Victim | Case | None = None
    if form.is_valid():
        values = dict(form.cleaned_data)
        try:
            change_victim(victim=case.victim, version=values.pop("version"), values=values, by=request.user)
        except StaleEdit as edit:
            stale = edit.present  # type: ignore[assignment]
        else:
            messages.success(request, _("The details were saved."))
            return redirect("cases:detail", case.pk)
    return _edit_page(request, "cases/edit_victim.html", case, form, stale)


@allow(Role.CASEWORKER, Role.MANAGER)
@require_http_methods(["GET", "POST"])
def case_edit(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """Change the case's own facts; a colleague's change in the meantime is shown beside, never overwritten."""
    case = visible_case(request, pk)
    form = CaseForm(request.POST or None, initial=CaseForm.of(case))
    stale: Victim | Case | None = None
    if form.is_valid():
        values = dict(form.cleaned_data)
        try:
            change_case(case=case, version=values.pop("version"), values=values, by=request.user)
        except StaleEdit as edit:
            stale = edit.present  # type: ignore[assignment]
        else:
            messages.success(request, _("The case was saved."))
            return redirect("cases:detail", case.pk)
    return _edit_page(request, "cases/edit.html", case, form, stale)


def _edit_page(
    request: AuthenticatedRequest, template: str, case: Case, form: forms.Form, stale: Victim | Case | None
) -> HttpResponse:
    """The form; when the edit was stale, with both versions of what differs."""
    found = differences(form, stale, stale.version) if stale is not None else []
    status = 409 if stale is not None else forms.form_status(form)
    context = {"case": case, "form": form, "differences": found, "is_stale": stale is not None}
    return render(request, template, context, status=status)
