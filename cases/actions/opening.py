"""A new case: the victim, what we were told, who holds it, and the clock of first contact."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.actions import record
from audit.models import Action
from cases.actions.editing import CASE_FIELDS, VICTIM_FIELDS, set_search_keys
from cases.actions.once import KeyUsed, same_content
from cases.actions.tasks import raise_task
from cases.limits import limits
from cases.models import Case, InboundReferral, StatusChange, Task, Victim
from cases.rules import first_contact_due
from nsvcs.access import Role
from nsvcs.casetext import EMPTY
from nsvcs.ids import uuid7
from reference.models import BankHoliday

ARRIVAL_FIELDS = ("source", "referrer", "summary", "received_at")


def may_leave_unallocated(user: User) -> bool:
    """Whether somebody could still see a case that nobody holds: a manager, or a worker on duty."""
    return user.role == Role.MANAGER or bool(user.staff_profile.is_on_duty)


@transaction.atomic
def open_new_case(
    *, key: UUID, victim: Victim | None, values: Mapping[str, Any], worker: User | None, by: User
) -> Case:
    """Open a case in the worker's own team. Audited; the same key and content once.

    `values` hold the victim's fields (for a new victim), the case's, and how it arrived: source, referrer, summary,
    received_at (aware), which starts the clock. The first contact is due so many working days later, as a task.
    The case goes to `worker`, else to the opener; a manager or a worker on duty may leave it waiting.

    Raises:
        KeyUsed: the key stands for another case.
        PermissionDenied: a caseworker gives it to somebody else; that is for a manager.
    """
    kept = Case.objects.filter(pk=key).select_related("victim").first()
    if kept is not None:
        return _same(kept, victim, values)
    if worker is not None and worker != by and by.role != Role.MANAGER:
        raise PermissionDenied
    if worker is None and not may_leave_unallocated(by):
        worker = by
    case = _born(key, victim, values, worker, by)
    if victim is None:
        _fill_victim(case.victim, values)
    _fill_case(case, values, by)
    title = _("Make first contact")
    due_on = case.first_contact_due_on or timezone.localdate()
    raise_task(case, Task.Kind.FIRST_CONTACT, title, due_on, key=f"first_contact:{case.pk}")
    record(Action.CASE_CREATED, target=case, case_ids=[case.pk], detail={"is_new_victim": victim is None})
    return case


def _same(kept: Case, victim: Victim | None, values: Mapping[str, Any]) -> Case:
    """The case that this key opened before, if it was opened with the same words."""
    arrival = kept.inbound_referrals.order_by("received_at").first()
    is_same = arrival is not None and same_content(arrival, {name: values[name] for name in ARRIVAL_FIELDS})
    person = {name: values[name] for name in VICTIM_FIELDS if name in values} if victim is None else {"pk": victim.pk}
    if not is_same or not same_content(kept.victim, person):
        raise KeyUsed(kept)
    return kept


def _born(key: UUID, victim: Victim | None, values: Mapping[str, Any], worker: User | None, by: User) -> Case:
    """The case with the least that must stand, made by the database where nobody can see it yet."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT open_case(%s, %s, %s, %s, %s, %s, %s, %s)",
            [
                key,
                victim.pk if victim else uuid7(),
                victim is None,
                by.staff_profile.team_id,
                worker.pk if worker else None,
                uuid7(),
                values["received_at"],
                EMPTY,
            ],
        )
    return Case.objects.select_related("victim").get(pk=key)


def _fill_victim(victim: Victim, values: Mapping[str, Any]) -> None:
    for name in VICTIM_FIELDS:
        if name in values:
            setattr(victim, name, values[name])
    set_search_keys(victim)
    victim.save()


def _fill_case(case: Case, values: Mapping[str, Any], by: User) -> None:
    for name in CASE_FIELDS:
        if name in values:
            setattr(case, name, values[name])
    holidays = BankHoliday.objects.days()
    case.first_contact_due_on = first_contact_due(case.received_at, case.is_high_priority, limits(), holidays)
    case.save()
    StatusChange.objects.create(case=case, to_status=case.status, by=by, at=timezone.now())
    InboundReferral.objects.create(
        case=case, recorded_by=by.pk, **{name: values[name] for name in ARRIVAL_FIELDS if name in values}
    )
