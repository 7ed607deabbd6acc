"""Safe contact: from the record a worker made with her to the rule that every message passes when it is sent."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Q

from cases.limits import limits
from cases.models import Case, Contact, SafeContact, Victim
from cases.rules import LONDON, CaseStatus, ClosureReason, ContactRule, Voicemail, stricter

# Answers that say the number may not be hers: a person has to look before anything else is tried.
DOUBTFUL = frozenset({Contact.Outcome.SOMEBODY_ELSE, Contact.Outcome.WRONG_NUMBER})

# What a worker records with her; a new version holds all of it.
FIELDS = (
    "is_unsafe", "may_phone", "may_text", "may_email", "may_post", "phone", "email", "weekdays", "from_time",
    "to_time", "voicemail", "may_withhold_number", "has_shared_device", "safe_name", "caller_name", "code_word",
    "her_code_word", "safe_person", "other_rules",
)  # fmt: skip


def contact_rule(victim: Victim) -> ContactRule | None:
    """Return the rule that counts now: the newest record's; none when there is none, and none means no contact."""
    return rule_of(SafeContact.objects.current_for(victim.pk), victim)


def rule_of(record: SafeContact | None, victim: Victim) -> ContactRule | None:
    """Return one record as a rule. What happened after she confirmed it puts it out of force.

    What happened counts by its own day and time: an old thing written down late does not; on the day it was confirmed
    only what happened after the record was made. So does a call that somebody else answered. A case at the status
    "unsafe to contact", or closed for that, rules everything out, whatever the record says.
    """
    if record is None:
        return None
    cases = Case.objects.filter(victim=victim)
    unsafe = Q(status=CaseStatus.UNSAFE_TO_CONTACT) | Q(closure_reason=ClosureReason.UNSAFE_TO_CONTACT)
    since = Q(incidents__occurred_on__gt=record.confirmed_on) | Q(incidents__occurred_at__gt=record.recorded_at)
    answered = Contact.objects.filter(case__in=cases, outcome__in=DOUBTFUL, at__gt=_settled_at(record))
    return ContactRule(
        phone=record.may_phone,
        text=record.may_text,
        email=record.may_email,
        post=record.may_post,
        portal=victim.user_id is not None,
        days=frozenset(record.weekdays),
        from_time=record.from_time,
        to_time=record.to_time,
        voicemail=Voicemail(record.voicemail),
        safe_name=record.safe_name,
        confirmed_on=record.confirmed_on,
        expires_after_days=limits()["safe_contact_days"],
        is_unsafe=record.is_unsafe or cases.filter(unsafe).exists(),
        has_incident_since=cases.filter(since).exists(),
        has_doubt_since=answered.exists(),
    )


def _settled_at(record: SafeContact) -> datetime:
    """Up to when a record speaks: until it was made, and at the latest until the day it was confirmed was over."""
    return min(record.recorded_at, datetime.combine(record.confirmed_on + timedelta(days=1), time(0), LONDON))


def may_recover(record: SafeContact, sign_in_email: str) -> bool:
    """Say whether an account may be recovered by e-mail: only by a safe address that is the account's own.

    A phone or computer that somebody else may see rules it out: what is sent there can be read there.
    """
    is_safe = record.may_email and not record.is_unsafe and not record.has_shared_device
    return is_safe and bool(record.email) and record.email.casefold() == sign_in_email.casefold()


def merged(one: SafeContact, other: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a record made of two that disagree: only what both allow is allowed.

    A number, address or name that differs is left out, and with it the way of contact it belongs to.
    """
    both = {name: getattr(one, name) for name in FIELDS}
    rule = stricter(_plain_rule(both), _plain_rule(other))
    agreed = {name: value if value == other.get(name) else "" for name, value in both.items() if isinstance(value, str)}
    return agreed | {
        "is_unsafe": rule.is_unsafe,
        "may_phone": rule.phone and bool(agreed["phone"]),
        "may_text": rule.text and bool(agreed["phone"]),
        "may_email": rule.email and bool(agreed["email"]),
        "may_post": rule.post,
        "weekdays": sorted(rule.days),
        "from_time": rule.from_time,
        "to_time": rule.to_time,
        "voicemail": rule.voicemail,
        "safe_name": rule.safe_name,
        "may_withhold_number": both["may_withhold_number"] and bool(other.get("may_withhold_number")),
        "has_shared_device": both["has_shared_device"] or bool(other.get("has_shared_device", True)),
        "other_rules": "\n".join(
            dict.fromkeys(text for text in (both["other_rules"], other.get("other_rules")) if text)
        ),
    }


def _plain_rule(values: Mapping[str, Any]) -> ContactRule:
    """A record's values as a rule, for comparing; everything left out is unknown and so not allowed."""
    return ContactRule(
        phone=bool(values.get("may_phone")),
        text=bool(values.get("may_text")),
        email=bool(values.get("may_email")),
        post=bool(values.get("may_post")),
        days=frozenset(values.get("weekdays") or ()),
        from_time=values.get("from_time"),
        to_time=values.get("to_time"),
        voicemail=Voicemail(values.get("voicemail") or Voicemail.NEVER),
        safe_name=str(values.get("safe_name") or ""),
        is_unsafe=bool(values.get("is_unsafe")),
    )
