"""Who may open a case beside its workers, and who never may."""

from datetime import date, timedelta
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.actions import record
from audit.models import Action
from cases.actions.allocating import end_of
from cases.actions.locking import lock
from cases.models import Case, CaseGrant, Wall
from nsvcs.access import CASEWORK, Role
from nsvcs.casetext import to_bytes
from nsvcs.ids import uuid7

LONGEST_GRANT_DAYS = 365
FIRST_READER_DAYS = 90


@transaction.atomic
def give_grant(*, case: Case, person: User, ends_on: date, reason: str, by: User) -> CaseGrant:
    """Let a named colleague read the case until the end of a day (Europe/London), with a reason. Audited.

    Raises:
        PermissionDenied: not a manager.
        ValidationError: the day is past or more than a year away, the person is no caseworker, or is shut out.
    """
    if by.role != Role.MANAGER:
        raise PermissionDenied
    case, today = lock(case), timezone.localdate()
    if not 0 <= (ends_on - today).days <= LONGEST_GRANT_DAYS:
        raise ValidationError({"ends_on": _("The last day must be today or later, and within a year.")})
    is_fit = person.is_active and person.role in CASEWORK | {Role.DATA_PROTECTION}
    if not is_fit or Wall.objects.filter(case=case, person=person).exists():
        raise ValidationError(_("%(name)s cannot be given access to this case.") % {"name": person.name})
    grant = CaseGrant.objects.create(
        case=case, person=person, kind=CaseGrant.Kind.READER, starts_at=timezone.now(), ends_at=end_of(ends_on),
        reason=reason, granted_by=by.pk,
    )  # fmt: skip
    record(Action.CASE_GRANTED, target=grant, case_ids=[case.pk], detail={"person": str(person.pk)})
    return grant


@transaction.atomic
def end_grant(*, grant: CaseGrant, by: User) -> None:
    """End a colleague's access now. Audited.

    Raises:
        PermissionDenied: not a manager.
    """
    if by.role != Role.MANAGER:
        raise PermissionDenied
    now = timezone.now()
    if CaseGrant.objects.filter(pk=grant.pk, ends_at__gt=now).update(ends_at=now):
        detail = {"person": str(grant.person_id), "ended": True}
        record(Action.CASE_GRANTED, target=grant, case_ids=[grant.case_id], detail=detail)


@transaction.atomic
def set_wall(*, case: Case, person: User, reason: str, by: User) -> Wall:
    """Shut a colleague out of a case from now on, whatever team, allocation or grant they have. Audited.

    Who works on it now has to be replaced first, so that the case is never left with nobody. They are not told why.

    Raises:
        PermissionDenied: not a manager.
        ValidationError: it is oneself, or somebody who works on the case now.
    """
    if by.role != Role.MANAGER:
        raise PermissionDenied
    case = lock(case)
    if person == by:
        raise ValidationError(_("Ask another manager to shut you out of a case."))
    if case.allocations.current(timezone.now()).filter(worker=person).exists():
        raise ValidationError(_("%(name)s works on this case. Give it to somebody else first.") % {"name": person.name})
    wall, is_new = Wall.objects.get_or_create(case=case, person=person, defaults={"reason": reason, "set_by": by.pk})
    if is_new:
        record(Action.CASE_WALLED, target=wall, case_ids=[case.pk], detail={"person": str(person.pk)})
    return wall


@transaction.atomic
def open_with_reason(*, reference: str, reason: str, by: User) -> UUID | None:
    """Open an older or restricted case of the manager's own team for eight hours. Audited; the reason is kept.

    Returns the case's id; none when there is no such case, or none that may be opened: the two look the same.
    """
    grant = uuid7()
    with connection.cursor() as cursor:
        cursor.execute("SELECT open_with_reason(%s, %s, %s)", [reference, grant, to_bytes(reason)])
        found: UUID | None = cursor.fetchone()[0]
    if found is not None:
        detail = {"grant": str(grant), "person": str(by.pk), "kind": CaseGrant.Kind.OLDER_CASE.value}
        record(Action.CASE_GRANTED, case_ids=[found], detail=detail)
    return found


@transaction.atomic
def restrict(*, case: Case, is_restricted: bool, by: User) -> Case:
    """Name a case's readers one by one, or stop doing so. The manager who does it becomes the first reader. Audited.

    Raises:
        PermissionDenied: not a manager.
    """
    if by.role != Role.MANAGER:
        raise PermissionDenied
    case = lock(case)
    if is_restricted and not case.is_restricted:
        until = timezone.localdate() + timedelta(days=FIRST_READER_DAYS)
        give_grant(case=case, person=by, ends_on=until, reason=_("Restricted the case"), by=by)
    record(Action.CASE_CHANGED, target=case, case_ids=[case.pk], detail={"fields": ["is_restricted"]})
    Case.objects.filter(pk=case.pk).update(is_restricted=is_restricted)
    return case
