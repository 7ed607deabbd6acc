"""A case's way through the service: moving it on, closing it, taking it up again."""

from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.actions import record
from audit.models import Action
from cases.actions.locking import lock
from cases.actions.tasks import finish_kinds, raise_task
from cases.models import Case, StatusChange, Task
from cases.queries import closing_facts
from cases.rules import (
    ENDED,
    CaseStatus,
    ClosingCheck,
    ClosureReason,
    add_working_days,
    closing_checks,
    may_move,
    needs_decision,
    way_to_end,
)
from nsvcs.access import Role
from reference.models import BankHoliday

EQUIPMENT_DAYS = 5  # working days until what a closed case still has out is asked for


class NotReadyToClose(Exception):
    """Something stands against closing the case; nothing is changed.

    Args:
        checks: what, in the order to be shown.
    """

    def __init__(self, checks: list[ClosingCheck]) -> None:
        """Keep the checks."""
        super().__init__("not ready to close")
        self.checks = checks


@transaction.atomic
def move_status(*, case: Case, to: CaseStatus, reason: str, by: User) -> Case:
    """Move an open case on, with the reason beside it. Audited as a change of the case.

    Raises:
        PermissionDenied: it is unsafe to contact, and who moves it on is no manager.
        ValidationError: the table of moves does not allow it, it would end the case: that is `close_case`, or the case
            is closed: that is `reopen_case`.
    """
    case = lock(case)
    if case.is_closed:
        raise ValidationError(_("This case is closed. Open it again first."))
    _require_decider(case, by)
    if to in ENDED or not may_move(CaseStatus(case.status), to):
        raise ValidationError(_("A case cannot go from “%(now)s” to “%(to)s” in this way.") % {
            "now": case.get_status_display(), "to": to.label
        })  # fmt: skip
    step(case, to, reason, by)
    record(Action.CASE_CHANGED, target=case, case_ids=[case.pk], detail={"fields": ["status"], "to": to.value})
    return case


def may_decide(case: Case, user: User) -> bool:
    """Whether somebody may say how the case goes on: where contact was unsafe, only a manager."""
    return user.role == Role.MANAGER or not needs_decision(CaseStatus(case.status), case.closure_reason)


def _require_decider(case: Case, by: User) -> None:
    if not may_decide(case, by):
        raise PermissionDenied


def step(case: Case, to: CaseStatus, reason: str, by: User) -> None:
    """One allowed move, kept with who, when and why; the caller holds the case and writes the event."""
    StatusChange.objects.create(
        case=case, from_status=case.status, to_status=to, reason=reason, by=by, at=timezone.now()
    )
    case.status = to
    case.save(update_fields=["status"])


@transaction.atomic
def close_case(*, case: Case, reason: ClosureReason, text: str, by: User) -> Case:
    """Close a case with its reason. The portal stays open until somebody ends it. Audited.

    Tasks of first contact and of confirming safe contact are finished with it: they have lost their object. Equipment
    that a manager lets be out stays somebody's: its tasks stay open, and one more asks for it to come back.

    Raises:
        NotReadyToClose: with the checks of closure that fail now.
        ValidationError: it is closed already, or this reason does not fit where the case stands.
    """
    case = lock(case)
    if case.is_closed:
        raise ValidationError(_("This case is closed already."))
    facts = closing_facts(case)
    checks = closing_checks(facts, reason, by.role)
    if checks:
        raise NotReadyToClose(checks)
    way = way_to_end(CaseStatus(case.status), reason)
    if not way:
        raise ValidationError(_("This reason does not fit a case that stands at “%s”.") % case.get_status_display())
    for to in way:
        step(case, to, text, by)
    case.closed_on, case.closure_reason = timezone.localdate(), reason
    case.save(update_fields=["closed_on", "closure_reason"])
    finish_kinds(case, [Task.Kind.FIRST_CONTACT, Task.Kind.CONFIRM_CONTACT], by)
    if facts.lent_count:
        _ask_for_equipment(case)
    record(Action.CASE_CLOSED, target=case, case_ids=[case.pk], detail={"reason": reason.value})
    return case


def _ask_for_equipment(case: Case) -> None:
    """A closed case is on few lists: whoever holds it has a task until what is out is back or lost."""
    title = _("Equipment is still out, and the case is closed: agree on its return, or record what became of it")
    due_on = add_working_days(timezone.localdate(), EQUIPMENT_DAYS, BankHoliday.objects.days())
    raise_task(case, Task.Kind.ALARM_DUE, title, due_on, key=f"{still_out_key(case.pk)}{timezone.now().isoformat()}")


def still_out_key(case_id: UUID) -> str:
    """How the keys begin of the tasks that ask for what was still out as a case was closed."""
    return f"still_out:{case_id}:"


@transaction.atomic
def reopen_case(*, case: Case, reason: str, by: User) -> Case:
    """Take a closed case up again, at triage, with a task to look at risk and safe contact by the next working day.

    Raises:
        PermissionDenied: it was closed because contact is unsafe, and who opens it is no manager.
        ValidationError: it is open.
    """
    case = lock(case)
    if not case.is_closed:
        raise ValidationError(_("This case is open already."))
    _require_decider(case, by)
    case.closed_on, case.closure_reason = None, ""
    case.save(update_fields=["closed_on", "closure_reason"])
    step(case, CaseStatus.TRIAGED, reason, by)
    due_on = add_working_days(timezone.localdate(), 1, BankHoliday.objects.days())
    title = _("Look at risk and safe contact again: the case was reopened")
    raise_task(case, Task.Kind.BY_HAND, title, due_on)
    record(Action.CASE_REOPENED, target=case, case_ids=[case.pk])
    return case
