"""Who holds a case and who may open it; closing it and taking it up again. Each on a page of its own."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import AuthenticatedRequest
from accounts.models import User
from audit.models import Action
from audit.queries import openings
from cases.access import visible_case
from cases.actions import (
    NotReadyToClose,
    close_case,
    end_grant,
    give_cover,
    give_grant,
    may_decide,
    reallocate,
    reopen_case,
    restrict,
    set_wall,
)
from cases.closing_ways import standing_against, with_ways
from cases.forms.holding import (
    AllocateForm,
    CloseForm,
    CoverForm,
    GrantForm,
    ReopenForm,
    WallForm,
    all_colleagues,
    colleagues,
)
from cases.models import CaseGrant, Wall
from cases.queries import holder_name, lent_count
from cases.rules import ClosureReason
from cases.views.trying import attempt, status_of
from nsvcs.access import Role, allow


@allow(Role.MANAGER)
@require_http_methods(["GET", "POST"])
def case_allocate(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """Give a case to somebody, or pass it on with its open tasks."""
    case = visible_case(request, pk)
    form = AllocateForm(request.POST or None, people=colleagues(case))
    if form.is_valid():
        worker = form.person()
        if attempt(form, lambda: reallocate(case=case, worker=worker, by=request.user)):
            messages.success(request, _("The case is with %(name)s now.") % {"name": worker.name})
            return redirect("cases:detail", case.pk)
    context = {"case": case, "form": form, "holder_name": holder_name(case, request.user, timezone.now())}
    return render(request, "cases/allocate.html", context, status=status_of(form))


@allow(Role.MANAGER)
@require_http_methods(["GET", "POST"])
def case_cover(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """Let a colleague work the case until a day, beside who holds it."""
    case = visible_case(request, pk)
    form = CoverForm(request.POST or None, people=colleagues(case))
    if form.is_valid():
        worker, last = form.person(), form.cleaned_data["ends_on"]
        if attempt(form, lambda: give_cover(case=case, worker=worker, ends_on=last, by=request.user)):
            messages.success(request, _("%(name)s covers the case.") % {"name": worker.name})
            return redirect("cases:detail", case.pk)
    return render(request, "cases/cover.html", {"case": case, "form": form}, status=status_of(form))


@allow(Role.CASEWORKER, Role.MANAGER)
@require_http_methods(["GET", "POST"])
def case_close(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """Close the case with its reason, or say all that stands against it."""
    case = visible_case(request, pk)
    form, against = CloseForm(request.POST or None), standing_against(case, request.user)
    if form.is_valid():
        reason, text = ClosureReason(form.cleaned_data["reason"]), form.cleaned_data["text"]
        try:
            if attempt(form, lambda: close_case(case=case, reason=reason, text=text, by=request.user)):
                messages.success(request, _("The case is closed. The portal stays as it was."))
                return redirect("cases:detail", case.pk)
        except NotReadyToClose as refusal:
            against = refusal.checks
            for check in against:
                form.add_error(None, check.label)
    context = {"case": case, "form": form, "against": with_ways(case, request.user, against)}
    context["lent_count"] = lent_count(case)
    return render(request, "cases/close.html", context, status=status_of(form))


@allow(Role.CASEWORKER, Role.MANAGER)
@require_http_methods(["GET", "POST"])
def case_reopen(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """Take a closed case up again, at triage."""
    case, form = visible_case(request, pk), ReopenForm(request.POST or None)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        if attempt(form, lambda: reopen_case(case=case, reason=reason, by=request.user)):
            messages.success(request, _("The case is open again. Look at risk and safe contact first."))
            return redirect("cases:detail", case.pk)
    context = {"case": case, "form": form, "may_decide": may_decide(case, request.user)}
    return render(request, "cases/reopen.html", context, status=status_of(form))


def _someone(role: str) -> str:
    """Who looked, where it was none of the staff."""
    return _("The victim") if role == Role.VICTIM else _("The service itself")


@allow(Role.CASEWORKER, Role.MANAGER, Role.DATA_PROTECTION)
@require_GET
def case_access(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """Who opened this case, day by day; who may read it; for managers, who is shut out."""
    case = visible_case(request, pk)
    seen = openings(case.pk)[:200]
    names = dict(User.objects.staff().filter(pk__in={row.actor_id for row in seen}).values_list("pk", "name"))
    roles, done = dict(Role.choices), dict(Action.choices)
    rows = [
        {
            "row": row,
            "name": names.get(row.actor_id) or _someone(row.role),
            "role": roles.get(row.role),
            "what": done.get(row.action),
        }
        for row in seen
    ]
    grants = (
        CaseGrant.objects.visible_to(request.user).filter(case=case).select_related("person").order_by("-starts_at")
    )
    walls = Wall.objects.visible_to(request.user).filter(case=case).select_related("person")
    shown = walls if request.user.role == Role.MANAGER else walls.none()
    context = {
        "case": case,
        "rows": rows,
        "grants": grants.order_by("-starts_at"),
        "walls": shown,
        "now": timezone.now(),
    }
    return render(request, "cases/access.html", context)


@allow(Role.MANAGER)
@require_http_methods(["GET", "POST"])
def case_grant(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """Let a named colleague read the case until a day."""
    case = visible_case(request, pk)
    form = GrantForm(request.POST or None, people=all_colleagues())
    if form.is_valid():
        person, last, reason = form.person(), form.cleaned_data["ends_on"], form.cleaned_data["reason"]
        if attempt(form, lambda: give_grant(case=case, person=person, ends_on=last, reason=reason, by=request.user)):
            messages.success(request, _("%(name)s can read the case.") % {"name": person.name})
            return redirect("cases:access", case.pk)
    return render(request, "cases/grant.html", {"case": case, "form": form}, status=status_of(form))


@allow(Role.MANAGER)
@require_POST
def case_grant_end(request: AuthenticatedRequest, pk: UUID, grant_id: UUID) -> HttpResponse:
    """End a colleague's access now."""
    grant = CaseGrant.objects.visible_to(request.user).filter(pk=grant_id, case_id=pk).first()
    if grant is None:
        raise Http404
    end_grant(grant=grant, by=request.user)
    messages.success(request, _("The access has ended."))
    return redirect("cases:access", pk)


@allow(Role.MANAGER)
@require_http_methods(["GET", "POST"])
def case_wall(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """Shut a colleague out of the case."""
    case = visible_case(request, pk)
    form = WallForm(request.POST or None, people=all_colleagues())
    if form.is_valid():
        person, reason = form.person(), form.cleaned_data["reason"]
        if attempt(form, lambda: set_wall(case=case, person=person, reason=reason, by=request.user)):
            messages.success(request, _("%(name)s is shut out of the case.") % {"name": person.name})
            return redirect("cases:access", case.pk)
    return render(request, "cases/wall.html", {"case": case, "form": form}, status=status_of(form))


@allow(Role.MANAGER)
@require_http_methods(["GET", "POST"])
def case_restrict(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """Name the readers of a case one by one, or stop doing so; which of the two is in what was pressed."""
    case, wanted = visible_case(request, pk), request.POST.get("to")
    if wanted in {"readers", "managers"}:
        restrict(case=case, is_restricted=wanted == "readers", by=request.user)
        messages.success(request, _("Who may open this case was changed."))
        return redirect("cases:access", case.pk)
    return render(request, "cases/restrict.html", {"case": case})
