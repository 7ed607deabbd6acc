"""Rules of casework: working days, first contact, safe contact, statuses. Pure: no tables, no clock.

Numbers that the service may change come in as `limits`, by the keys of `reference.Limit`.
"""

from cases.rules.age import is_under_age, reaches_age_on
from cases.rules.apart import may_read_kept_apart
from cases.rules.closing import ClosingCheck, ClosingFacts, closing_checks, has_tried_enough, way_to_end
from cases.rules.consent import ConsentState, consent_state, last_day, recipient_key
from cases.rules.contact import (
    EVERY_DAY,
    MIDNIGHT,
    TIMED_CHANNELS,
    Channel,
    ContactDecision,
    ContactReason,
    ContactRule,
    Verdict,
    Voicemail,
    may_contact,
    rule_line,
    stricter,
)
from cases.rules.days import LONDON, add_months, add_working_days, first_contact_due
from cases.rules.statuses import (
    ENDED,
    MOVES,
    OPEN,
    CaseStatus,
    ClosureReason,
    Relationship,
    is_domestic_abuse,
    may_move,
    needs_decision,
)

__all__ = [
    "ENDED",
    "EVERY_DAY",
    "LONDON",
    "MIDNIGHT",
    "MOVES",
    "OPEN",
    "TIMED_CHANNELS",
    "CaseStatus",
    "Channel",
    "ClosingCheck",
    "ClosingFacts",
    "ClosureReason",
    "ConsentState",
    "ContactDecision",
    "ContactReason",
    "ContactRule",
    "Relationship",
    "Verdict",
    "Voicemail",
    "add_months",
    "add_working_days",
    "closing_checks",
    "consent_state",
    "first_contact_due",
    "has_tried_enough",
    "is_domestic_abuse",
    "is_under_age",
    "last_day",
    "may_contact",
    "may_move",
    "may_read_kept_apart",
    "needs_decision",
    "reaches_age_on",
    "recipient_key",
    "rule_line",
    "stricter",
    "way_to_end",
]
