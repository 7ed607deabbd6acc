"""Samples: what a victim agreed to."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from cases.models import Consent
from tests.sampling import Parameters, of

if TYPE_CHECKING:
    from tests.samples import Side


def make(side: "Side") -> dict[str, Any]:
    """One agreement; its number is its side's alone, so that no other side's address leads to one of hers."""
    today: date = timezone.localdate()
    told = {"purpose": "restorative", "recipient_name": "Hub", "recipient_key": "hub", "what": "Talk to the hub"}
    told |= {"starts_on": today, "ends_on": today + timedelta(days=90), "given_on": today, "how_given": "phone"}
    number = side.incident.number
    consent = Consent.objects.create(case=side.case, number=number, recorded_by=side.people["caseworker"], **told)
    return {"consent": consent}


PARAMETERS: dict[str, Parameters] = {
    "cases:consents": of(pk=lambda side: side.case.pk),
    "cases:consent_new": of(pk=lambda side: side.case.pk),
    "cases:consent_withdraw": of(pk=lambda side: side.case.pk, consent_id=lambda side: side.more["consent"].pk),
    "portal:agreed_stop": of(number=lambda side: side.more["consent"].number),
}
MAY_BE_MISSING: dict[str, frozenset[str]] = {}
ROLES: dict[str, frozenset[str]] = {}
ROOM_ROLES: dict[str, frozenset[str]] = {}
FRESH: set[str] = set()
PAGE_COUNT = {"cases": 3, "portal": 2}
