"""A case's way through the service: statuses and allowed moves, closure reasons, the domestic abuse test."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class CaseStatus(TextChoices):
    """Where a case stands: the pathway first, then its side exits."""

    REFERRED = "referred", _("Referred")
    TRIAGED = "triaged", _("Triaged")
    CONTACT_ATTEMPTS = "contact_attempts", _("Making contact")
    NEEDS_ASSESSED = "needs_assessed", _("Needs assessed")
    PLAN_OPEN = "plan_open", _("Support plan open")
    REVIEW = "review", _("In review")
    CLOSING = "closing", _("Closing")
    CLOSED = "closed", _("Closed")
    DECLINED = "declined", _("Declined")
    UNABLE_TO_CONTACT = "unable_to_contact", _("Unable to contact")
    UNSAFE_TO_CONTACT = "unsafe_to_contact", _("Unsafe to contact")
    DUPLICATE = "duplicate", _("Duplicate")
    OUT_OF_AREA = "out_of_area", _("Out of area")
    REFERRED_ON = "referred_on", _("Referred on")


# Unsafe to contact is not an end: a person has to decide what happens next.
ENDED = frozenset(
    {
        CaseStatus.CLOSED,
        CaseStatus.DECLINED,
        CaseStatus.UNABLE_TO_CONTACT,
        CaseStatus.DUPLICATE,
        CaseStatus.OUT_OF_AREA,
        CaseStatus.REFERRED_ON,
    }
)
OPEN = frozenset(CaseStatus) - ENDED
_EARLY_EXITS = (ENDED - {CaseStatus.CLOSED, CaseStatus.UNABLE_TO_CONTACT}) | {CaseStatus.UNSAFE_TO_CONTACT}
_LATE_EXITS = frozenset(
    {
        CaseStatus.DECLINED,
        CaseStatus.UNABLE_TO_CONTACT,
        CaseStatus.UNSAFE_TO_CONTACT,
        CaseStatus.DUPLICATE,
        CaseStatus.REFERRED_ON,
    }
)

# The one table of allowed moves. An ended case comes back through triage, because the risk may have changed.
MOVES: dict[CaseStatus, frozenset[CaseStatus]] = {
    CaseStatus.REFERRED: _EARLY_EXITS | {CaseStatus.TRIAGED},
    CaseStatus.TRIAGED: _EARLY_EXITS | {CaseStatus.CONTACT_ATTEMPTS},
    CaseStatus.CONTACT_ATTEMPTS: _EARLY_EXITS | {CaseStatus.UNABLE_TO_CONTACT, CaseStatus.NEEDS_ASSESSED},
    CaseStatus.NEEDS_ASSESSED: _LATE_EXITS | {CaseStatus.PLAN_OPEN, CaseStatus.CLOSING},
    CaseStatus.PLAN_OPEN: _LATE_EXITS | {CaseStatus.REVIEW, CaseStatus.CLOSING},
    CaseStatus.REVIEW: _LATE_EXITS | {CaseStatus.PLAN_OPEN, CaseStatus.CLOSING},
    CaseStatus.CLOSING: frozenset({CaseStatus.CLOSED, CaseStatus.PLAN_OPEN, CaseStatus.UNSAFE_TO_CONTACT}),
    CaseStatus.CLOSED: frozenset({CaseStatus.TRIAGED}),
    CaseStatus.DECLINED: frozenset({CaseStatus.TRIAGED}),
    CaseStatus.UNABLE_TO_CONTACT: frozenset({CaseStatus.TRIAGED, CaseStatus.CLOSING}),
    CaseStatus.UNSAFE_TO_CONTACT: frozenset({CaseStatus.TRIAGED, CaseStatus.CONTACT_ATTEMPTS, CaseStatus.CLOSING}),
    CaseStatus.DUPLICATE: frozenset({CaseStatus.TRIAGED}),
    CaseStatus.OUT_OF_AREA: frozenset({CaseStatus.TRIAGED}),
    CaseStatus.REFERRED_ON: frozenset({CaseStatus.TRIAGED}),
}


class ClosureReason(TextChoices):
    """Why a case was closed; `SERVICE_CAPACITY` is counted apart in reports."""

    NEEDS_MET = "needs_met", _("Needs met")
    PLANNED_TRANSFER = "planned_transfer", _("Planned transfer")
    DECLINED = "declined", _("Declined")
    DISENGAGED = "disengaged", _("Disengaged")
    UNABLE_TO_CONTACT = "unable_to_contact", _("Unable to contact")
    UNSAFE_TO_CONTACT = "unsafe_to_contact", _("Unsafe to contact")
    MOVED_AREA = "moved_area", _("Moved out of the area")
    DIED = "died", _("Died")
    DUPLICATE = "duplicate", _("Duplicate")
    NOT_ELIGIBLE = "not_eligible", _("Not eligible")
    SERVICE_CAPACITY = "service_capacity", _("Service capacity")


class Relationship(TextChoices):
    """What the perpetrator is or was to the victim."""

    EX_PARTNER = "ex_partner", _("Ex-partner")
    PARTNER = "partner", _("Partner")
    FAMILY = "family", _("Family")
    EX_FRIEND = "ex_friend", _("Ex-friend")
    FRIEND = "friend", _("Friend")
    COLLEAGUE = "colleague", _("Colleague")
    CLIENT = "client", _("Client or patient")
    SERVICE_PROVIDER = "service_provider", _("Service provider")
    NEIGHBOUR = "neighbour", _("Neighbour")
    ACQUAINTANCE = "acquaintance", _("Acquaintance")
    ONLINE = "online", _("Known online only")
    STRANGER = "stranger", _("Stranger")
    UNKNOWN = "unknown", _("Not known")


PERSONALLY_CONNECTED = frozenset({Relationship.EX_PARTNER, Relationship.PARTNER, Relationship.FAMILY})
AGE_OF_DOMESTIC_ABUSE = 16


def may_move(current: CaseStatus, to: CaseStatus) -> bool:
    """Say whether a case may go from one status to another; staying where it is is no move.

    Source: The service's pathway from referral to closure, November 2026.
    """
    return to in MOVES[current]


def needs_decision(status: CaseStatus, closure_reason: str) -> bool:
    """Say whether a manager has to decide before the case goes on: it is unsafe to contact, or was closed as that.

    Source: The service's safe-contact policy, November 2026.
    """
    return status == CaseStatus.UNSAFE_TO_CONTACT or closure_reason == ClosureReason.UNSAFE_TO_CONTACT


def is_domestic_abuse(ages: tuple[int | None, int | None], relationship: Relationship) -> bool | None:
    """Say whether abusive behaviour between the two is domestic abuse; none while a fact is missing.

    Args:
        ages: Full years of the victim and of the perpetrator, in any order; none for an age not known.
        relationship: What they are or were to each other.

    Source: Domestic Abuse Act 2021 s.1 and s.2 (both 16 or over, personally connected), as in force November 2026.
    """
    if any(age is not None and age < AGE_OF_DOMESTIC_ABUSE for age in ages):
        return False
    if relationship == Relationship.UNKNOWN:
        return None
    if relationship not in PERSONALLY_CONNECTED:
        return False
    return None if None in ages else True
