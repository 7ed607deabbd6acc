"""Samples: what a victim agreed to, and restorative justice that waits for a sign-off."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from accounts.models import User
from cases.models import Case, Consent
from nsvcs.access import CASEWORK, Role
from referrals.models import RestorativeMove, RestorativeReferral, SignOffRequest
from tests.sampling import Parameters, of, of_case

if TYPE_CHECKING:
    from tests.browser.world import World
    from tests.samples import Side

NUMBER = 900  # of the walk's agreement


def make(side: "Side") -> dict[str, Any]:
    """One agreement; its number is its side's alone, so that no other side's address leads to one of hers."""
    return samples_of(side.case, side.people[Role.CASEWORKER], side.incident.number)


def samples_of(case: Case, worker: User, number: int) -> dict[str, Any]:
    """What the pages need of one case."""
    today: date = timezone.localdate()
    told = {"purpose": "restorative", "recipient_name": "Hub", "recipient_key": "hub", "what": "Talk to the hub"}
    told |= {"starts_on": today, "ends_on": today + timedelta(days=90), "given_on": today, "how_given": "phone"}
    consent = Consent.objects.create(case=case, number=number, recorded_by=worker, **told)
    referral = RestorativeReferral.objects.create(case=case, stage="preparation", opened_by=worker)
    RestorativeMove.objects.create(referral=referral, case=case, to_stage="enquiry", reason="x", by=worker)
    asked = SignOffRequest.objects.create(referral=referral, case=case, reason="x", asked_by=worker)
    return {"consent": consent, "restorative": referral, "sign_off_request": asked}


def browse(world: "World", role: str) -> dict[str, dict[str, Any]]:
    """The same for the walk: what stands in her portal, and on the pages of whoever works on her case."""
    if role not in {*CASEWORK, Role.VICTIM}:
        return {}
    consent = Consent.objects.filter(case=world.case, number=NUMBER).first()
    if consent is None:
        consent = samples_of(world.case, world.worker, NUMBER)["consent"]
    asked = SignOffRequest.objects.get(case=world.case)
    of_one = {"case_id": world.case.pk, "pk": asked.referral_id, "request_id": asked.pk}
    names = ("restorative_move", "restorative_end", "restorative_withdraw", "sign_off_ask", "sign_off_answer")
    return {
        **dict.fromkeys((f"referrals:{name}" for name in names), of_one),
        "cases:consent_withdraw": {"pk": world.case.pk, "consent_id": consent.pk},
        "portal:agreed_stop": {"number": NUMBER},
    }


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
ROOM_ROLES: dict[str, frozenset[str]] = {}
FRESH: set[str] = set()
PAGE_COUNT = {"cases": 3, "portal": 2, "referrals": 7}
