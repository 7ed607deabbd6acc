"""Samples: what a victim agreed to, and restorative justice that waits for a sign-off."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from cases.models import Consent
from nsvcs.access import Role
from referrals.models import RestorativeMove, RestorativeReferral, SignOffRequest
from tests.sampling import Parameters, of, of_case

if TYPE_CHECKING:
    from tests.samples import Side


def make(side: "Side") -> dict[str, Any]:
    """One agreement; its number is its side's alone, so that no other side's address leads to one of hers."""
    today: date = timezone.localdate()
    told = {"purpose": "restorative", "recipient_name": "Hub", "recipient_key": "hub", "what": "Talk to the hub"}
    told |= {"starts_on": today, "ends_on": today + timedelta(days=90), "given_on": today, "how_given": "phone"}
    number = side.incident.number
    consent = Consent.objects.create(case=side.case, number=number, recorded_by=side.people[Role.CASEWORKER], **told)
    referral = RestorativeReferral.objects.create(
        case=side.case, stage="preparation", opened_by=side.people[Role.CASEWORKER]
    )
    RestorativeMove.objects.create(
        referral=referral, case=side.case, to_stage="enquiry", reason="x", by=side.people[Role.CASEWORKER]
    )
    asked = SignOffRequest.objects.create(
        referral=referral, case=side.case, reason="x", asked_by=side.people[Role.CASEWORKER]
    )
    return {"consent": consent, "restorative": referral, "sign_off_request": asked}


RESTORATIVE = of_case(pk=lambda side: side.more["restorative"].pk)


PARAMETERS: dict[str, Parameters] = {
    **dict.fromkeys(("referrals:restorative", "referrals:restorative_new"), of_case()),
    **dict.fromkeys((f"referrals:restorative_{name}" for name in ("move", "end", "withdraw")), RESTORATIVE),
    "referrals:sign_off_ask": RESTORATIVE,
    "referrals:sign_off_answer": of_case(
        pk=lambda side: side.more["restorative"].pk, request_id=lambda side: side.more["sign_off_request"].pk
    ),
    "cases:consents": of(pk=lambda side: side.case.pk),
    "cases:consent_new": of(pk=lambda side: side.case.pk),
    "cases:consent_withdraw": of(pk=lambda side: side.case.pk, consent_id=lambda side: side.more["consent"].pk),
    "portal:agreed_stop": of(number=lambda side: side.more["consent"].number),
}
MAY_BE_MISSING: dict[str, frozenset[str]] = {}
ROLES: dict[str, frozenset[str]] = {"referrals:sign_off_answer": frozenset({Role.MANAGER})}
ROOM_ROLES: dict[str, frozenset[str]] = {"referrals:sign_off_answer": frozenset({Role.MANAGER})}
FRESH: set[str] = set()
PAGE_COUNT = {"cases": 3, "portal": 2, "referrals": 7}
