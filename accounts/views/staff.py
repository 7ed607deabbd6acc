"""The administrator's pages: who works here, in which role and team, and from when to when not."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.actions import (
    change_hours,
    change_role_and_team,
    end_access,
    invite_staff,
    record_leave,
    remove_leave,
    reset_factors,
    restore_access,
    save_team,
    set_last_day,
)
from accounts.forms import HoursForm, InviteForm, LastDayForm, LeaveForm, RoleForm, TeamForm
from accounts.http import AuthenticatedRequest
from accounts.models import Team, User, WorkingTimeReduction
from accounts.views.slip import slip_page
from nsvcs.access import Role, allow
from nsvcs.forms import form_status

ADMIN = Role.ADMINISTRATOR


@allow(ADMIN)
@require_GET
def staff(request: AuthenticatedRequest) -> HttpResponse:
    """Everybody who works here."""
    people = User.objects.visible_to(request.user).for_list()
    page = Paginator(people, 25).get_page(request.GET.get("page"))
    shown = list(page)
    leave = WorkingTimeReduction.objects.on(timezone.localdate()).filter(user__in=shown).order_by("ends_on")
    until = dict(leave.values_list("user", "ends_on"))
    rows = [(person, until.get(person.pk)) for person in shown]
    return render(request, "accounts/staff.html", {"page": page, "rows": rows})


@allow(ADMIN, fresh=True)
@require_http_methods(["GET", "POST"])
def invite(request: AuthenticatedRequest) -> HttpResponse:
    """Invite a colleague: the answer is the slip with their code, shown this once."""
    form = InviteForm(request.POST or None)
    if form.is_valid():
        try:
            user, code = invite_staff(**form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return slip_page(request, user, code)
    return render(request, "accounts/invite.html", {"form": form}, status=form_status(form))


@allow(ADMIN)
@require_GET
def staff_member(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """One colleague's account."""
    person = get_object_or_404(User.objects.visible_to(request.user).for_list(), pk=pk)
    leave = WorkingTimeReduction.objects.of(person.pk).filter(ends_on__gte=timezone.localdate()).order_by("starts_on")
    return render(
        request, "accounts/staff_member.html", {"person": person, "leave": leave, "is_self": person == request.user}
    )


@allow(ADMIN)
@require_http_methods(["GET", "POST"])
def staff_role(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """Change role, team and duty; nobody changes their own role."""
    person = get_object_or_404(User.objects.visible_to(request.user).for_list(), pk=pk)
    profile = person.staff_profile
    now = {"role": person.role, "team": str(profile.team_id or ""), "is_on_duty": profile.is_on_duty}
    form = RoleForm(request.POST or None, initial=now)
    if person == request.user:
        del form.fields["role"]
    if form.is_valid():
        change_role_and_team(user=person, by=request.user, **{"role": person.role, **form.cleaned_data})
        messages.success(request, _("Saved."))
        return redirect("accounts:staff_member", pk=pk)
    return render(request, "accounts/staff_role.html", {"form": form, "person": person}, status=form_status(form))


@allow(ADMIN)
@require_http_methods(["GET", "POST"])
def staff_hours(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """Change the hours a week."""
    person = get_object_or_404(User.objects.visible_to(request.user).for_list(), pk=pk)
    form = HoursForm(request.POST or None, initial={"weekly_hours": person.staff_profile.weekly_hours})
    if form.is_valid():
        change_hours(user=person, weekly_hours=form.cleaned_data["weekly_hours"], by=request.user)
        messages.success(request, _("Saved."))
        return redirect("accounts:staff_member", pk=pk)
    return render(request, "accounts/staff_hours.html", {"form": form, "person": person}, status=form_status(form))


@allow(ADMIN)
@require_http_methods(["GET", "POST"])
def staff_leave(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """Record days away."""
    person = get_object_or_404(User.objects.visible_to(request.user), pk=pk)
    form = LeaveForm(request.POST or None)
    if form.is_valid():
        record_leave(user=person, by=request.user, **form.cleaned_data)
        messages.success(request, _("The leave was recorded."))
        return redirect("accounts:staff_member", pk=pk)
    return render(request, "accounts/staff_leave.html", {"form": form, "person": person}, status=form_status(form))


@allow(ADMIN)
@require_POST
def leave_remove(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Take recorded leave back."""
    people = User.objects.visible_to(request.user)
    leave = get_object_or_404(WorkingTimeReduction.objects.select_related("user").filter(user__in=people), pk=pk)
    remove_leave(leave=leave, by=request.user)
    messages.success(request, _("The leave was taken back."))
    return redirect("accounts:staff_member", pk=leave.user_id)


@allow(ADMIN, fresh=True)
@require_http_methods(["GET", "POST"])
def staff_last_day(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """Say from which day on a colleague works here no more."""
    colleagues = User.objects.visible_to(request.user).exclude(pk=request.user.pk)
    person = get_object_or_404(colleagues, pk=pk, is_active=True)
    form = LastDayForm(request.POST or None, initial={"last_day": person.last_day})
    if form.is_valid():
        set_last_day(user=person, last_day=form.cleaned_data["last_day"], by=request.user)
        messages.success(request, _("Saved."))
        return redirect("accounts:staff_member", pk=pk)
    return render(request, "accounts/staff_last_day.html", {"form": form, "person": person}, status=form_status(form))


@allow(ADMIN, fresh=True)
@require_http_methods(["GET", "POST"])
def staff_end(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """End access now, or open it again."""
    person = get_object_or_404(User.objects.visible_to(request.user).exclude(pk=request.user.pk), pk=pk)
    if request.method == "POST" and person.is_active:
        end_access(user=person, by=request.user)
        messages.success(request, _("Access has ended. Nobody is signed in to this account any more."))
    elif request.method == "POST":
        restore_access(user=person, by=request.user)
        messages.success(request, _("The account is open again. Give a code so that they can sign in."))
    else:
        return render(request, "accounts/staff_end.html", {"person": person})
    return redirect("accounts:staff_member", pk=pk)


@allow(ADMIN, fresh=True)
@require_http_methods(["GET", "POST"])
def staff_factors(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """Reset the second factor of somebody who lost it."""
    person = get_object_or_404(User.objects.visible_to(request.user).exclude(pk=request.user.pk), pk=pk)
    if request.method == "POST":
        reset_factors(user=person, by=request.user)
        messages.success(request, _("The second step was reset. They set up a new one when they next sign in."))
        return redirect("accounts:staff_member", pk=pk)
    return render(request, "accounts/staff_factors.html", {"person": person})


@allow(ADMIN)
@require_GET
def teams(request: AuthenticatedRequest) -> HttpResponse:
    """The teams."""
    return render(request, "accounts/teams.html", {"teams": Team.objects.with_people()})


@allow(ADMIN)
@require_http_methods(["GET", "POST"])
def team(request: AuthenticatedRequest, pk: int | None = None) -> HttpResponse:
    """Make a team, or rename or close one."""
    found = get_object_or_404(Team, pk=pk) if pk else None
    now = {"name": found.name, "is_active": found.is_active} if found else None
    form = TeamForm(request.POST or None, initial=now)
    if form.is_valid():
        try:
            save_team(team=found, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error("name", error.messages[0])
        else:
            messages.success(request, _("Saved."))
            return redirect("accounts:teams")
    return render(request, "accounts/team.html", {"form": form, "team": found}, status=form_status(form))
