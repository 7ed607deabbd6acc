"""What is done on a case: contact, note, task, status."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import AuthenticatedRequest
from cases.access import visible_case
from cases.actions import (
    add_note,
    add_task,
    finish_task,
    may_decide,
    move_status,
    plan_contact,
    record_contact,
    unfinish_task,
)
from cases.forms.work import ContactForm, NoteForm, PlanForm, StatusForm, TaskForm
from cases.models import Task
from cases.rules import CaseStatus
from cases.views.trying import attempt, status_of
from nsvcs.access import Role, allow


@allow(Role.CASEWORKER, Role.MANAGER)
@require_http_methods(["GET", "POST"])
def contact_new(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """Record an attempt to reach her, or a conversation."""
    case, form = visible_case(request, pk), ContactForm(request.POST or None)
    if form.is_valid():
        key, values = form.cleaned_data["key"], form.values()
        if attempt(form, lambda: record_contact(case=case, key=key, values=values, by=request.user)):
            messages.success(request, _("The contact was saved."))
            return redirect("cases:detail", case.pk)
    return render(request, "cases/contact_new.html", {"case": case, "form": form}, status=status_of(form))


@allow(Role.CASEWORKER, Role.MANAGER)
@require_http_methods(["GET", "POST"])
def contact_plan(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """Say when the victim will hear from us next; the portal shows it."""
    case, form = visible_case(request, pk), PlanForm(request.POST or None)
    if form.is_valid():
        key, values = form.cleaned_data["key"], form.values()
        if attempt(form, lambda: plan_contact(case=case, key=key, by=request.user, **values)):
            messages.success(request, _("The next contact was saved."))
            return redirect("cases:detail", case.pk)
    return render(request, "cases/contact_plan.html", {"case": case, "form": form}, status=status_of(form))


@allow(Role.CASEWORKER, Role.MANAGER)
@require_http_methods(["GET", "POST"])
def note_new(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """Add a note."""
    case, form = visible_case(request, pk), NoteForm(request.POST or None)
    if form.is_valid():
        values = form.cleaned_data
        if attempt(form, lambda: add_note(case=case, by=request.user, **values)):
            messages.success(request, _("The note was saved."))
            return redirect("cases:timeline", case.pk)
    return render(request, "cases/note_new.html", {"case": case, "form": form}, status=status_of(form))


@allow(Role.CASEWORKER, Role.MANAGER)
@require_http_methods(["GET", "POST"])
def task_new(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """Add a task."""
    case = visible_case(request, pk)
    form = TaskForm(request.POST or None, user=request.user, case=case, asks=request.GET.get("ask", ""))
    if form.is_valid():
        values = {name: form.cleaned_data[name] for name in ("key", "title", "due_on")}
        worker = form.worker()
        if attempt(form, lambda: add_task(case=case, assigned_to=worker, by=request.user, **values)):
            messages.success(request, _("The task was added."))
            return redirect("cases:detail", case.pk)
    return render(request, "cases/task_new.html", {"case": case, "form": form}, status=status_of(form))


@allow(Role.CASEWORKER, Role.MANAGER)
@require_POST
def task_done(request: AuthenticatedRequest, pk: UUID, task_id: UUID) -> HttpResponse:
    """Finish a task; the page it was on shows it under "finished", to be taken up again."""
    finish_task(task=_task(request, pk, task_id), by=request.user)
    messages.success(request, _("The task is finished."))
    return _back(request, pk)


@allow(Role.CASEWORKER, Role.MANAGER)
@require_POST
def task_undone(request: AuthenticatedRequest, pk: UUID, task_id: UUID) -> HttpResponse:
    """Take a finished task up again."""
    unfinish_task(task=_task(request, pk, task_id), by=request.user)
    messages.success(request, _("The task is open again."))
    return _back(request, pk)


def _task(request: AuthenticatedRequest, case_id: UUID, task_id: UUID) -> Task:
    task = Task.objects.visible_to(request.user).filter(pk=task_id, case_id=case_id).first()
    if task is None:
        raise Http404
    return task


def _back(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """To the page the button was on; only two are known."""
    return redirect("cases:work") if request.POST.get("back") == "work" else redirect("cases:detail", pk)


@allow(Role.CASEWORKER, Role.MANAGER)
@require_http_methods(["GET", "POST"])
def case_status(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """Move an open case on along its way, with the reason."""
    case = visible_case(request, pk)
    if case.is_closed and request.method == "GET":
        return redirect("cases:reopen", case.pk)
    form = StatusForm(request.POST or None, case=case)
    context = {"case": case, "form": form, "may_decide": may_decide(case, request.user)}
    if form.is_valid():
        to, reason = CaseStatus(form.cleaned_data["to"]), form.cleaned_data["reason"]
        if attempt(form, lambda: move_status(case=case, to=to, reason=reason, by=request.user)):
            messages.success(request, _("The status was changed."))
            return redirect("cases:detail", case.pk)
    return render(request, "cases/status.html", context, status=status_of(form))
