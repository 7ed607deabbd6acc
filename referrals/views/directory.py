"""The directory for colleagues: searched, looked at, checked, changed."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.http import AuthenticatedRequest
from cases.actions import StaleEdit
from cases.views.comparing import brought_together
from cases.views.trying import attempt, status_of
from nsvcs import htmx
from nsvcs.access import Role, allow
from reference.models import Organisation
from referrals.actions.directory import (
    add_organisation,
    change_organisation,
    check_organisation,
    retire_organisation,
    return_organisation,
)
from referrals.forms.directory import CheckForm, DirectoryForm, EntryEditForm, EntryForm, RetireForm, ReturnForm
from referrals.listing import Entry, after_days, entries_of, history

PAGE_SIZE = 25


def _entry(slug: str) -> Entry:
    found = get_object_or_404(Organisation, slug=slug)
    return entries_of([found], timezone.localdate())[0]


@allow(Role.CASEWORKER, Role.MANAGER)
@require_GET
def directory(request: AuthenticatedRequest) -> HttpResponse:
    """Every entry in use, narrowed by what is in the address; nothing there says anything of a person."""
    today = timezone.localdate()
    form = DirectoryForm(request.GET)
    page = Paginator(form.entries(today, after_days()), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "entries": entries_of(page, today)}
    return htmx.render(request, "directory/list.html", context, partial="results")


@allow(Role.CASEWORKER, Role.MANAGER)
@require_GET
def entry(request: AuthenticatedRequest, slug: str) -> HttpResponse:
    """One entry in full, with where it is from and what was done to it."""
    found = _entry(slug)
    return render(request, "directory/entry.html", {"entry": found, "history": history(found.organisation)})


@allow(Role.CASEWORKER, Role.MANAGER)
@require_http_methods(["GET", "POST"])
def check(request: AuthenticatedRequest, slug: str) -> HttpResponse:
    """Say which details one has looked at, and that they are right."""
    found = _entry(slug)
    if found.organisation.retired_on is not None:
        return redirect("directory:entry", slug)
    form = CheckForm(request.POST or None, initial={"version": found.organisation.version}, entry=found)
    context: dict[str, Any] = {"entry": found, "form": form}
    if form.is_valid():
        values = dict(form.cleaned_data)
        try:
            saved = attempt(
                form, lambda: check_organisation(organisation=found.organisation, by=request.user, **values)
            )
        except StaleEdit:
            fresh = CheckForm(initial={"version": found.organisation.version}, entry=found)
            return render(request, "directory/check.html", context | {"form": fresh, "is_stale": True}, status=409)
        if saved is not None:
            return _checked(request, saved)
    return render(request, "directory/check.html", context, status=status_of(form))


def _checked(request: AuthenticatedRequest, saved: Organisation) -> HttpResponse:
    """Say how far the check goes: an entry is as old as the detail that was looked at longest ago."""
    if not saved.is_confirmed:
        messages.warning(request, _("Saved. Nobody has confirmed a way to reach them yet, so no victim sees it."))
    elif saved.checked_on == timezone.localdate():
        messages.success(request, _("Saved. The entry counts as checked today."))
    else:
        messages.success(request, _("Saved. The entry counts as checked once the rest is looked at too."))
    return redirect("directory:entry", saved.slug)


@allow(Role.MANAGER)
@require_http_methods(["GET", "POST"])
def new(request: AuthenticatedRequest) -> HttpResponse:
    """Add an entry."""
    form = EntryForm(request.POST or None)
    if form.is_valid():
        key, values = form.cleaned_data["key"], form.values()
        added = attempt(form, lambda: add_organisation(key=key, values=values, by=request.user))
        if added is not None:
            messages.success(request, _("The entry was added. No victim sees it until somebody has checked it."))
            return redirect("directory:check", added.slug)
    return render(request, "directory/new.html", {"form": form}, status=status_of(form))


@allow(Role.MANAGER)
@require_http_methods(["GET", "POST"])
def edit(request: AuthenticatedRequest, slug: str) -> HttpResponse:
    """Change an entry; a colleague's change in the meantime is shown beside."""
    found = get_object_or_404(Organisation, slug=slug)
    form = EntryEditForm(request.POST or None, initial=EntryEditForm.of(found))
    context: dict[str, Any] = {"organisation": found, "form": form}
    if form.is_valid():
        sent = {name: form.cleaned_data[name] for name in ("key", "version")}
        try:
            saved = attempt(
                form,
                lambda: change_organisation(organisation=found, values=form.values(), by=request.user, **sent),
            )
        except StaleEdit as stale:
            now = EntryEditForm.of(stale.present)  # type: ignore[arg-type]
            fresh, differences = brought_together(form, now, form.mine())
            context |= {"form": fresh, "differences": differences, "is_stale": True}
            return render(request, "directory/edit.html", context, status=409)
        if saved is not None:
            messages.success(request, _("The entry was saved."))
            return redirect("directory:entry", slug)
    return render(request, "directory/edit.html", context, status=status_of(form))


@allow(Role.MANAGER)
@require_http_methods(["GET", "POST"])
def retire(request: AuthenticatedRequest, slug: str) -> HttpResponse:
    """Take an entry out of use."""
    found = get_object_or_404(Organisation, slug=slug)
    if found.retired_on is not None and request.method == "GET":
        return redirect("directory:entry", slug)
    form = RetireForm(request.POST or None)
    if form.is_valid():
        values = form.cleaned_data
        if attempt(form, lambda: retire_organisation(organisation=found, by=request.user, **values)):
            messages.success(request, _("The entry is retired."))
            return redirect("directory:entry", slug)
    return render(request, "directory/retire.html", {"organisation": found, "form": form}, status=status_of(form))


@allow(Role.MANAGER)
@require_http_methods(["GET", "POST"])
def bring_back(request: AuthenticatedRequest, slug: str) -> HttpResponse:
    """Take a retired entry into use again."""
    found = get_object_or_404(Organisation, slug=slug)
    if found.retired_on is None and request.method == "GET":
        return redirect("directory:entry", slug)
    form = ReturnForm(request.POST or None)
    if form.is_valid():
        key = form.cleaned_data["key"]
        if attempt(form, lambda: return_organisation(organisation=found, key=key, by=request.user)):
            messages.success(request, _("The entry is in use again. Check it: until then no victim sees it."))
            return redirect("directory:entry", slug)
    return render(request, "directory/bring_back.html", {"organisation": found, "form": form}, status=status_of(form))
