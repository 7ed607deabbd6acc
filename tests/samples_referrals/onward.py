"""Samples of onward referrals: one that nobody has sent, and that a manager may decide about."""

from typing import TYPE_CHECKING, Any

from nsvcs.access import CASEWORK, Role
from referrals.models import Referral
from tests.referrals.onwards import asked, made, ticked
from tests.sampling import Parameters, of_case

if TYPE_CHECKING:
    from tests.browser.world import World
    from tests.samples import Side

OF_ONE = [
    "detail",
    "basis",
    "without",
    "emergency",
    "decide",
    "what",
    "check",
    "link",
    "withdraw",
    "answer",
    "complete",
]


def make(side: "Side") -> dict[str, Any]:
    """One referral of the side's caseworker."""
    worker = side.people[Role.CASEWORKER]
    referral = ticked(made(side.case, worker), worker)
    asked(referral, worker, side.people[Role.MANAGER])
    return {"onward": referral}


def browse(world: "World", role: str) -> dict[str, dict[str, Any]]:
    """The same for the walk."""
    if role not in CASEWORK:
        return {}
    referral = Referral.objects.filter(case=world.case).first()
    if referral is None:
        referral = ticked(made(world.case, world.worker), world.worker)
        asked(referral, world.worker, world.manager)
    return {f"referrals:onward_{name}": {"case_id": world.case.pk, "pk": referral.pk} for name in OF_ONE}


PARAMETERS: dict[str, Parameters] = {
    "referrals:onward": of_case(),
    "referrals:onward_new": of_case(),
    **dict.fromkeys((f"referrals:onward_{name}" for name in OF_ONE), of_case(pk=lambda side: side.more["onward"].pk)),
}
MAY_BE_MISSING: dict[str, frozenset[str]] = {}
ROLES: dict[str, frozenset[str]] = {"referrals:onward_decide": frozenset({Role.MANAGER})}
ROOM_ROLES: dict[str, frozenset[str]] = {"onward": frozenset({Role.MANAGER})}
FRESH = {"referrals:onward_check", "referrals:onward_emergency", "referrals:onward_link", "referrals:onward_decide"}
PAGE_COUNT = {"referrals": 13, "onward": 1}
