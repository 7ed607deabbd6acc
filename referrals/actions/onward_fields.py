"""What of a case can be passed on with a referral, as it stands today; what is free text, and what may not be in it."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from cases.contact import rule_of
from cases.languages import LANGUAGES
from cases.models import Case, SafeContact
from cases.protected_words import Spotted, protected_in
from cases.rules import Channel, Verdict, may_contact
from cases.rules.contact import rule_line
from nsvcs.days import day_words
from referrals.models import Referral, Shared
from referrals.rules.onward import age_band

FREE_TEXT = (Shared.CONTACT, Shared.ASKED_FOR, Shared.SUMMARY, Shared.ORDERS, Shared.POLICE)


@dataclass(frozen=True)
class Field:
    """One thing that can be passed on: which, and what it says now; empty where nothing is recorded or safe."""

    name: Shared
    value: str

    @property
    def label(self) -> str:
        """What it is called, for us and for the partner."""
        return str(self.name.label)


def fields_of(referral: Referral) -> list[Field]:
    """Everything that can be passed on, in its order, drawn from the case as it stands."""
    case = Case.objects.select_related("victim").get(pk=referral.case_id)
    values = _of_victim(case) | _of_contact(case) | _of_referral(referral) | _of_case(case)
    return [Field(name, values[name]) for name in Shared]


def ticked_fields(referral: Referral) -> list[Field]:
    """What goes as chosen so far: ticked, and saying something."""
    return [field for field in fields_of(referral) if field.name in referral.ticked and field.value]


def _of_victim(case: Case) -> dict[Shared, str]:
    victim, today = case.victim, timezone.localdate()
    language = dict(LANGUAGES).get(victim.language, victim.language)
    spoken = _("%(language)s, interpreter needed") if victim.needs_interpreter else _("%(language)s, no interpreter")
    return {
        Shared.FULL_NAME: victim.name,
        Shared.BORN_ON: day_words(victim.born_on) if victim.born_on else "",
        Shared.AGE_BAND: age_band(victim.born_on, today) if victim.born_on else "",
        Shared.LANGUAGE: spoken % {"language": language},
    }


def _of_contact(case: Case) -> dict[Shared, str]:
    """Nothing is said of a way that is not safe at present: whoever uses it would not know."""
    record = SafeContact.objects.current_for(case.victim_id)
    rule, now = rule_of(record, case.victim), timezone.now()
    ways = (Channel.PHONE, Channel.TEXT)
    is_safe = record is not None and any(may_contact(rule, way, now).kind != Verdict.NEVER for way in ways)
    if record is None or not is_safe:
        name = record.safe_name if record else ""
        return {Shared.NAME: name or case.victim.usual_name, Shared.PHONE: "", Shared.CONTACT: _(
            "Do not make contact. Ask us: we arrange it."
        )}  # fmt: skip
    return {
        Shared.NAME: record.safe_name or case.victim.usual_name,
        Shared.PHONE: record.phone,
        Shared.CONTACT: "\n".join(_contact_lines(record, rule_line(rule, now))),
    }


def _contact_lines(record: SafeContact, line: str) -> Iterable[str]:
    yield line
    if record.caller_name:
        yield _("Say you are %(name)s.") % {"name": record.caller_name}
    if record.may_withhold_number:
        yield _("Ring from a withheld number.")
    if record.has_shared_device:
        yield _("Somebody else may see the phone or computer.")
    if record.other_rules:
        yield record.other_rules


def _of_referral(referral: Referral) -> dict[Shared, str]:
    return {
        Shared.ASKED_FOR: referral.asked_for,
        Shared.SUMMARY: referral.summary,
        Shared.ORDERS: referral.orders,
    }


def _of_case(case: Case) -> dict[Shared, str]:
    force = " ".join(part for part in (case.police_force, case.crime_reference) if part)
    urgency = _("We treat this as high priority.") if case.is_high_priority else _("Not marked as high priority.")
    return {Shared.PRIORITY: urgency, Shared.POLICE: force}


def digest_of_fields(fields: Iterable[Field]) -> str:
    """One digest of what the partner sees, in its order."""
    told = json.dumps([[field.name.value, field.value] for field in fields], ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()


def protected_fields(referral: Referral, fields: Iterable[Field], by: User) -> list[Spotted]:
    """The protected words of the case in the texts that go, each with the name of its field."""
    texts = {field.label: field.value for field in fields if field.name in FREE_TEXT}
    return protected_in(referral.case, by, texts)
