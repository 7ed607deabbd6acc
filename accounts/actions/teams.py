"""Roles, teams, hours and leave: what the administrator keeps."""

from datetime import date
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions.ending import end_sessions
from accounts.actions.enrolment import require_administrator
from accounts.models import StaffProfile, Team, User, WorkingTimeReduction
from audit.actions import record
from audit.models import Action
from nsvcs.access import STAFF


@transaction.atomic
def change_role_and_team(*, user: User, role: str, team: Team | None, is_on_duty: bool, by: User) -> None:
    """Change a colleague's role, team and duty. A new role starts with a new sign-in.

    Raises:
        PermissionDenied: not an administrator, a portal account, or one's own role.
    """
    require_administrator(by)
    if role not in STAFF or not user.is_staff_member or (user.pk == by.pk and role != user.role):
        raise PermissionDenied
    profile, _made = StaffProfile.objects.get_or_create(user=user)
    wanted = {"team": team, "is_on_duty": is_on_duty}
    changed = [name for name, value in wanted.items() if getattr(profile, name) != value]
    for name in changed:
        setattr(profile, name, wanted[name])
    profile.save(update_fields=["team", "is_on_duty"])
    if role != user.role:
        changed.append("role")
        user.role = role
        user.save(update_fields=["role"])
        end_sessions(user.pk)
    if changed:
        record(Action.ACCOUNT_CHANGED, target=user, detail={"fields": sorted(changed)})


@transaction.atomic
def change_hours(*, user: User, weekly_hours: Decimal, by: User) -> None:
    """Record how many hours a week a colleague works.

    Raises:
        PermissionDenied: not an administrator, or a portal account.
        ValidationError: not between 0 and 60.
    """
    require_administrator(by)
    if not user.is_staff_member:
        raise PermissionDenied
    if not 0 <= weekly_hours <= 60:
        raise ValidationError(_("Hours a week must be between 0 and 60."))
    StaffProfile.objects.update_or_create(user=user, defaults={"weekly_hours": weekly_hours})
    record(Action.ACCOUNT_CHANGED, target=user, detail={"fields": ["weekly_hours"]})


@transaction.atomic
def record_leave(*, user: User, starts_on: date, ends_on: date, by: User) -> WorkingTimeReduction:
    """Record a colleague's leave, both days included; why they are away is not asked.

    Raises:
        PermissionDenied: not an administrator, or a portal account.
        ValidationError: the last day is before the first.
    """
    require_administrator(by)
    if not user.is_staff_member:
        raise PermissionDenied
    leave = WorkingTimeReduction(user=user, starts_on=starts_on, ends_on=ends_on, recorded_by=by.pk)
    leave.full_clean()
    leave.save()
    record(Action.ACCOUNT_LEAVE, target=user, detail={"leave": str(leave.pk)})
    return leave


@transaction.atomic
def remove_leave(*, leave: WorkingTimeReduction, by: User) -> None:
    """Take back leave that was recorded by mistake, or that somebody did not take.

    Raises:
        PermissionDenied: not an administrator.
    """
    require_administrator(by)
    record(Action.ACCOUNT_LEAVE, target=leave.user, detail={"removed": str(leave.pk)})
    leave.delete()


@transaction.atomic
def save_team(*, name: str, is_active: bool = True, team: Team | None = None, by: User | None) -> Team:
    """Make a team, or rename or close one.

    Args:
        name: the office's name.
        is_active: false closes it to new colleagues; those in it stay.
        team: the one to change; none makes a new one.
        by: an administrator, or none for a command.

    Raises:
        PermissionDenied: not an administrator.
        ValidationError: no name, or another team has it.
    """
    require_administrator(by)
    team = team or Team()
    team.name, team.is_active = name.strip(), is_active
    team.full_clean()
    team.save()
    record(Action.TEAM_CHANGED, target=team, by=by.pk if by else None)
    return team
