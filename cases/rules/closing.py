"""Closing a case: what stands against it now, and the way through the statuses."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from cases.rules.days import london
from cases.rules.statuses import CaseStatus, ClosureReason, may_move

FEWEST_ATTEMPTS = 3  # the default of the limit `contact_attempts`


class ClosingCheck(TextChoices):
    """What stands against closing; the label is the sentence for the page."""

    HIGH_PRIORITY = "high_priority", _("The case is high priority. A manager has to close it.")
    UNREAD_ENTRIES = "unread_entries", _("There are entries in the log that nobody has read.")
    OPEN_TASKS = "open_tasks", _("There are open tasks. Finish them first.")
    TOO_FEW_ATTEMPTS = "too_few_attempts", _("Too few attempts at contact on different days and by different ways.")
    UNSAFE = "unsafe", _("The case is unsafe to contact. A manager has to decide whether it is closed.")
    OPEN_SUPPORT = "open_support", _("Support is still open. Complete or end it first.")
    OPEN_RESTORATIVE = "open_restorative", _("Restorative justice is still open. Record how it ended first.")
    AWAITED_REFERRALS = "awaited_referrals", _("A referral waits for its answer. Record the answer or take it back.")
    EQUIPMENT_ON_LOAN = "equipment_on_loan", _("Equipment is on loan to the victim. A manager has to close the case.")
    NEEDS_MANAGER = "needs_manager", _("A manager has to close a case for this reason.")


@dataclass(frozen=True)
class ClosingFacts:
    """What is known of a case when it is to be closed.

    Attributes:
        is_unsafe: It stands at “unsafe to contact”.
        open_task_count: Open tasks, without those of first contact and of confirming safe contact, which closing
            answers, and without those about equipment that is out, which goes to a manager as a whole.
        open_support_count: Episodes of support that have not ended.
        is_restorative_open: Restorative justice has begun and not ended; on hold it is open too.
        awaited_referral_count: Onward referrals that were sent and not answered.
        attempts: Each attempt at contact: when (aware) and by which channel.
        lent_count: Units of equipment that are reserved for the case or on loan to it.
        fewest_attempts: Attempts that are asked for, on as many days; the limit `contact_attempts`.
    """

    is_high_priority: bool = False
    is_unsafe: bool = False
    unread_entry_count: int = 0
    open_task_count: int = 0
    lent_count: int = 0
    open_support_count: int = 0
    is_restorative_open: bool = False
    awaited_referral_count: int = 0
    attempts: tuple[tuple[datetime, str], ...] = ()
    fewest_attempts: int = FEWEST_ATTEMPTS


WITHOUT_ATTEMPTS = frozenset({ClosureReason.UNABLE_TO_CONTACT, ClosureReason.UNSAFE_TO_CONTACT})


def closing_checks(facts: ClosingFacts, reason: ClosureReason, role: str) -> list[ClosingCheck]:
    """Return what stands against closing the case now, in the order of the page; nothing when it may be closed.

    Args:
        facts: What is known of the case.
        reason: Why it is to be closed.
        role: The role of who closes it; a manager's own check is the closing.

    Source: The service's closure policy, November 2026: a manager checks where the risk is high, where contact
        is unsafe, where nobody was reached and where equipment is on loan; at least three attempts on different days
        and by different channels; nothing that was begun for the victim is left open.
    """
    is_manager = role == "manager"
    is_unreached = reason == ClosureReason.UNABLE_TO_CONTACT
    checks = (
        (ClosingCheck.HIGH_PRIORITY, facts.is_high_priority and not is_manager),
        (ClosingCheck.UNSAFE, facts.is_unsafe and not is_manager),
        (ClosingCheck.UNREAD_ENTRIES, facts.unread_entry_count > 0),
        (ClosingCheck.OPEN_TASKS, facts.open_task_count > 0),
        (ClosingCheck.OPEN_SUPPORT, facts.open_support_count > 0),
        (ClosingCheck.OPEN_RESTORATIVE, facts.is_restorative_open),
        (ClosingCheck.AWAITED_REFERRALS, facts.awaited_referral_count > 0),
        (ClosingCheck.TOO_FEW_ATTEMPTS, is_unreached and not has_tried_enough(facts)),
        (ClosingCheck.EQUIPMENT_ON_LOAN, facts.lent_count > 0 and not is_manager),
        (ClosingCheck.NEEDS_MANAGER, reason in WITHOUT_ATTEMPTS and not is_manager),
    )
    return [check for check, holds in checks if holds]


def has_tried_enough(facts: ClosingFacts) -> bool:
    """Say whether contact was tried often enough: that many attempts, on as many days, by two channels or more.

    Source: The service's closure policy, November 2026.
    """
    days = {london(at).date() for at, _channel in facts.attempts}
    channels = {channel for _at, channel in facts.attempts}
    return len(days) >= facts.fewest_attempts and len(channels) >= min(2, facts.fewest_attempts)


# The statuses a reason may end in, the best first; what is written of the case is the reason.
_ENDS: dict[ClosureReason, tuple[CaseStatus, ...]] = {
    ClosureReason.NEEDS_MET: (CaseStatus.CLOSED,),
    ClosureReason.PLANNED_TRANSFER: (CaseStatus.REFERRED_ON, CaseStatus.CLOSED),
    ClosureReason.DECLINED: (CaseStatus.DECLINED, CaseStatus.CLOSED),
    ClosureReason.DISENGAGED: (CaseStatus.CLOSED, CaseStatus.UNABLE_TO_CONTACT),
    ClosureReason.UNABLE_TO_CONTACT: (CaseStatus.UNABLE_TO_CONTACT,),
    ClosureReason.UNSAFE_TO_CONTACT: (CaseStatus.CLOSED,),
    ClosureReason.MOVED_AREA: (CaseStatus.OUT_OF_AREA, CaseStatus.CLOSED),
    ClosureReason.DIED: (CaseStatus.CLOSED, CaseStatus.DECLINED),
    ClosureReason.DUPLICATE: (CaseStatus.DUPLICATE, CaseStatus.CLOSED),
    ClosureReason.NOT_ELIGIBLE: (CaseStatus.CLOSED, CaseStatus.DECLINED),
    ClosureReason.SERVICE_CAPACITY: (CaseStatus.CLOSED, CaseStatus.DECLINED),
}


def way_to_end(current: CaseStatus, reason: ClosureReason) -> tuple[CaseStatus, ...]:
    """Return the moves that end a case for a reason, through “closing” where the table of moves asks for it.

    Nothing is returned where the reason does not fit: nobody is "unable to contact" before contact was tried.

    Source: The service's pathway from referral to closure, November 2026.
    """
    for end in _ENDS[reason]:
        if may_move(current, end):
            return (end,)
        if may_move(current, CaseStatus.CLOSING) and may_move(CaseStatus.CLOSING, end):
            return (CaseStatus.CLOSING, end)
    return ()
