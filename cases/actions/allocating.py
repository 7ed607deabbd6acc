"""Who holds a case: giving it, passing it on, cover for a time."""

from datetime import date, datetime, time, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.actions import record
from audit.models import Action
from cases.actions.locking import lock
from cases.actions.statuses import step
from cases.models import Allocation, Case, Wall
from cases.rules import LONDON, CaseStatus
from nsvcs.access import CASEWORK, Role


@transaction.atomic
def allocate(*, case: Case, worker: User, by: User) -> Allocation:
    """Give a case that waits to a worker; a new one is thereby triaged. For managers. Audited.

    Raises:
        PermissionDenied: somebody else than a manager gives it to another than themselves.
        ValidationError: somebody holds it already, or the worker cannot be given it.
    """
    if by.role != Role.MANAGER and worker != by:
        raise PermissionDenied
    case = lock(case)
    if Allocation.objects.current(timezone.now()).primary().filter(case=case).exists():
        raise ValidationError(_("This case has a caseworker already. Open it again to see who."))
    allocation = _give(case, worker, by)
    if case.status == CaseStatus.REFERRED:
        step(case, CaseStatus.TRIAGED, _("Allocated"), by)
    return allocation


@transaction.atomic
def reallocate(*, case: Case, worker: User, by: User) -> Allocation:
    """Pass a case on: the present worker's time ends now, open tasks go with the case. For managers. Audited.

    Raises:
        PermissionDenied: not a manager.
        ValidationError: the worker holds it already or cannot be given it.
    """
    if by.role != Role.MANAGER:
        raise PermissionDenied
    case = lock(case)
    now = timezone.now()
    held = Allocation.objects.current(now).primary().filter(case=case).first()
    if held is None:
        return allocate(case=case, worker=worker, by=by)
    if held.worker_id == worker.pk:
        raise ValidationError(_("%(name)s holds this case already.") % {"name": worker.name})
    before = held.worker_id
    Allocation.objects.filter(pk=held.pk).update(ends_at=now)
    allocation = _give(case, worker, by, now)
    case.tasks.open().filter(assigned_to_id=before).update(assigned_to=worker)
    return allocation


@transaction.atomic
def give_cover(*, case: Case, worker: User, ends_on: date, by: User) -> Allocation:
    """Let a colleague work the case until the end of a day (Europe/London), beside who holds it. Audited.

    Raises:
        PermissionDenied: not a manager.
        ValidationError: the day is past, or the worker is on the case or cannot be given it.
    """
    if by.role != Role.MANAGER:
        raise PermissionDenied
    case = lock(case)
    if ends_on < timezone.localdate():
        raise ValidationError({"ends_on": _("The last day of cover must be today or later.")})
    if Allocation.objects.current(timezone.now()).filter(case=case, worker=worker).exists():
        raise ValidationError(_("%(name)s is on this case already.") % {"name": worker.name})
    return _give(case, worker, by, role=Allocation.Role.COVER, ends_at=end_of(ends_on))


def end_of(day: date) -> datetime:
    """The instant a day in London is over."""
    return datetime.combine(day + timedelta(days=1), time(0), LONDON)


def _give(
    case: Case,
    worker: User,
    by: User,
    at: datetime | None = None,
    *,
    role: Allocation.Role = Allocation.Role.PRIMARY,
    ends_at: datetime | None = None,
) -> Allocation:
    """The allocation itself, if the worker may have it, and its event."""
    is_fit = worker.is_active and worker.role in CASEWORK
    if not is_fit or Wall.objects.filter(case=case, person=worker).exists():
        raise ValidationError(_("%(name)s cannot be given this case.") % {"name": worker.name})
    allocation = Allocation.objects.create(
        case=case, worker=worker, role=role, starts_at=at or timezone.now(), ends_at=ends_at, allocated_by=by.pk
    )
    if role == Allocation.Role.PRIMARY:
        case.tasks.open().filter(assigned_to=None).update(assigned_to=worker)
    detail = {"worker": str(worker.pk), "role": role.value}
    record(Action.CASE_ALLOCATED, target=allocation, case_ids=[case.pk], detail=detail)
    return allocation
