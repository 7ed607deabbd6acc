"""The other people of a case: who is doing this, and who works on it elsewhere."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import AuthenticatedRequest
from cases.access import visible_case
from cases.actions import (
    StaleEdit,
    add_perpetrator,
    add_professional,
    change_perpetrator,
    change_professional,
)
from cases.forms.others import NewPerpetratorForm, NewProfessionalForm, PerpetratorEditForm, ProfessionalEditForm
from cases.models import CasePerpetrator, Professional
from cases.views.comparing import brought_together
from cases.views.trying import attempt, status_of
from nsvcs.access import Role, allow


@allow(Role.CASEWORKER, Role.MANAGER)
@require_http_methods(["GET", "POST"])
def perpetrator_new(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """Add a perpetrator, always as a new person: nobody else's case is searched."""
    case, form = visible_case(request, pk), NewPerpetratorForm(request.POST or None)
    if form.is_valid():
        values = dict(form.cleaned_data)
        key = values.pop("key")
        if attempt(form, lambda: add_perpetrator(case=case, key=key, values=values, by=request.user)):
            messages.success(request, _("The perpetrator was added."))
            return redirect("cases:detail", case.pk)
    return render(request, "cases/perpetrator_new.html", {"case": case, "form": form}, status=status_of(form))


@allow(Role.CASEWORKER, Role.MANAGER)
@require_http_methods(["GET", "POST"])
def perpetrator_edit(request: AuthenticatedRequest, pk: UUID, link_id: UUID) -> HttpResponse:
    """Change what is known of a perpetrator; a colleague's change in the meantime is shown beside."""
    case = visible_case(request, pk)
    links = CasePerpetrator.objects.visible_to(request.user).select_related("perpetrator", "facts")
    link = get_object_or_404(links, pk=link_id, case_id=case.pk)
    form = PerpetratorEditForm(request.POST or None, initial=PerpetratorEditForm.of(link))
    context: dict[str, Any] = {"case": case, "form": form}
    if form.is_valid():
        version = form.cleaned_data["version"]
        try:
            change_perpetrator(link=link, version=version, values=form.content(), by=request.user)
        except StaleEdit as edit:
            present = PerpetratorEditForm.of(edit.present)  # type: ignore[arg-type]
            return _stale_page(request, "cases/perpetrator_edit.html", context, present)
        messages.success(request, _("The details were saved."))
        return redirect("cases:detail", case.pk)
    return render(request, "cases/perpetrator_edit.html", context, status=status_of(form))


@allow(Role.CASEWORKER, Role.MANAGER)
@require_http_methods(["GET", "POST"])
def professional_new(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """Add somebody who works on the matter elsewhere."""
    case, form = visible_case(request, pk), NewProfessionalForm(request.POST or None)
    if form.is_valid():
        values = dict(form.cleaned_data)
        key = values.pop("key")
        if attempt(form, lambda: add_professional(case=case, key=key, values=values, by=request.user)):
            messages.success(request, _("The professional was added."))
            return redirect("cases:detail", case.pk)
    return render(request, "cases/professional_new.html", {"case": case, "form": form}, status=status_of(form))


@allow(Role.CASEWORKER, Role.MANAGER)
@require_http_methods(["GET", "POST"])
def professional_edit(request: AuthenticatedRequest, pk: UUID, professional_id: UUID) -> HttpResponse:
    """Change a professional's details; a colleague's change in the meantime is shown beside."""
    case = visible_case(request, pk)
    found = Professional.objects.visible_to(request.user)
    professional = get_object_or_404(found, pk=professional_id, case_id=case.pk)
    form = ProfessionalEditForm(request.POST or None, initial=ProfessionalEditForm.of(professional))
    context: dict[str, Any] = {"case": case, "form": form}
    if form.is_valid():
        version = form.cleaned_data["version"]
        try:
            change_professional(professional=professional, version=version, values=form.content(), by=request.user)
        except StaleEdit as edit:
            present = ProfessionalEditForm.of(edit.present)  # type: ignore[arg-type]
            return _stale_page(request, "cases/professional_edit.html", context, present)
        messages.success(request, _("The details were saved."))
        return redirect("cases:detail", case.pk)
    return render(request, "cases/professional_edit.html", context, status=status_of(form))


def _stale_page(
    request: AuthenticatedRequest, template: str, context: dict[str, Any], present: dict[str, Any]
) -> HttpResponse:
    """The form on the record as it stands, with both versions of what differs."""
    form, found = brought_together(context["form"], present, context["form"].mine())
    return render(request, template, context | {"form": form, "differences": found, "is_stale": True}, status=409)
