"""One case: overview, timeline, its facts and the victim's."""

from typing import Any
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
from cases.actions.apart import reads_kept_apart
from cases.forms.people import CaseForm, VictimForm
from cases.forms.timeline import TimelineFilter
from cases.forms.versions import VersionedForm
from cases.models import Case
from cases.overview import overview
from cases.queries import moments, timeline_keys
from cases.views.comparing import brought_together
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
    asked = TimelineFilter(request.GET)
    keys = timeline_keys(case, request.user, asked.wanted())
    page = Paginator(keys, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "case": case,
        "page": page,
        "moments": moments(case, request.user, list(page.object_list)),
        "asked": asked,
        "chips": asked.chips(),
        "reads_apart": reads_kept_apart(case.pk, request.user),
    }
    return htmx.render(request, "cases/timeline.html", context, partial="results")


@allow(Role.CASEWORKER, Role.MANAGER)
@require_http_methods(["GET", "POST"])
def case_edit_victim(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """Change the victim's details; a colleague's change in the meantime is shown beside, never overwritten."""
    case = visible_case(request, pk)
    form = VictimForm(request.POST or None, initial=VictimForm.of(case.victim))
    present: dict[str, Any] | None = None
    if form.is_valid():
        version = form.cleaned_data["version"]
        try:
            change_victim(victim=case.victim, version=version, values=form.content(), by=request.user)
        except StaleEdit as edit:
            present = VictimForm.of(edit.present)  # type: ignore[arg-type]
        else:
            messages.success(request, _("The details were saved."))
            return redirect("cases:detail", case.pk)
    return _edit_page(request, "cases/edit_victim.html", case, form, present)


@allow(Role.CASEWORKER, Role.MANAGER)
@require_http_methods(["GET", "POST"])
def case_edit(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """Change the case's own facts; a colleague's change in the meantime is shown beside, never overwritten."""
    case = visible_case(request, pk)
    form = CaseForm(request.POST or None, initial=CaseForm.of(case))
    present: dict[str, Any] | None = None
    if form.is_valid():
        version = form.cleaned_data["version"]
        try:
            change_case(case=case, version=version, values=form.content(), by=request.user)
        except StaleEdit as edit:
            present = CaseForm.of(edit.present)  # type: ignore[arg-type]
        else:
            messages.success(request, _("The case was saved."))
            return redirect("cases:detail", case.pk)
    return _edit_page(request, "cases/edit.html", case, form, present)


def _edit_page(
    request: AuthenticatedRequest, template: str, case: Case, form: VersionedForm, present: dict[str, Any] | None
) -> HttpResponse:
    """The form; when the edit was stale, on the record as it stands, with both versions of what differs."""
    if present is None:
        return render(request, template, {"case": case, "form": form}, status=forms.form_status(form))
    form, found = brought_together(form, present, form.mine())
    context = {"case": case, "form": form, "differences": found, "is_stale": True}
    return render(request, template, context, status=409)
