"""A unit in stock, one reserved for the case and one on loan to it, and a request of hers."""

from typing import TYPE_CHECKING, Any

from nsvcs.access import CASEWORK
from tests.factories.referrals import AlarmFactory, AlarmLoanFactory, AlarmPlaceFactory, AlarmRequestFactory
from tests.sampling import Parameters, of, of_case

if TYPE_CHECKING:
    from tests.browser.world import World
    from tests.samples import Side


def make(side: "Side") -> dict[str, Any]:
    """What the pages of equipment lead to."""
    place = AlarmPlaceFactory(team=side.team)
    worker = side.people["caseworker"]
    own = {"case": side.case, "by": worker}
    return {
        "unit": AlarmFactory(place=place, added_by=worker),
        "asked": AlarmRequestFactory(case=side.case, by=side.people["victim"]),
        "reserved": AlarmLoanFactory(alarm__place=place, **own),
        "lent": AlarmLoanFactory(issued=True, alarm__place=place, **own),
    }


LENT = of_case(pk=lambda side: side.more["lent"].pk)
RESERVED = of_case(pk=lambda side: side.more["reserved"].pk)
UNIT = of(pk=lambda side: side.more["unit"].pk)
PARAMETERS: dict[str, Parameters] = {
    "referrals:equipment": of_case(),
    "referrals:equipment_reserve": of_case(),
    "referrals:equipment_answer": of_case(pk=lambda side: side.more["asked"].pk),
    **dict.fromkeys((f"referrals:equipment_{name}" for name in ("receipt", "renew", "return", "lost")), LENT),
    **dict.fromkeys((f"referrals:equipment_{name}" for name in ("issue", "release")), RESERVED),
    "equipment:detail": UNIT,
    "equipment:edit": UNIT,
    "equipment:act": of(pk=lambda side: side.more["unit"].pk, name=lambda side: "test"),
}
MAY_BE_MISSING: dict[str, frozenset[str]] = {}
ROLES: dict[str, frozenset[str]] = {}
ROOM_ROLES: dict[str, frozenset[str]] = {"equipment": CASEWORK}
FRESH: set[str] = set()
PAGE_COUNT = {"referrals": 9, "equipment": 6, "portal": 2}
SAME_FOR_ALL_SIDES = {"equipment:detail", "equipment:edit", "equipment:act"}  # the stock is every team's


def browse(world: "World", role: str) -> dict[str, dict[str, Any]]:
    """What the walk needs: units in each of the states that have pages of their own, for this role alone."""
    by = {"case": world.case, "by": world.worker}
    lent, reserved = AlarmLoanFactory(issued=True, **by), AlarmLoanFactory(**by)
    case_id = {"case_id": world.case.pk}
    unit = {"pk": AlarmFactory().pk}
    asked = world.case.alarm_requests.first() or AlarmRequestFactory(case=world.case, by=world.her)
    return {
        "referrals:equipment_answer": case_id | {"pk": asked.pk},
        **dict.fromkeys(
            (f"referrals:equipment_{name}" for name in ("receipt", "renew", "return", "lost")),
            case_id | {"pk": lent.pk},
        ),
        **dict.fromkeys(
            (f"referrals:equipment_{name}" for name in ("issue", "release")), case_id | {"pk": reserved.pk}
        ),
        "equipment:": unit,
        "equipment:act": unit | {"name": "retire"},
    }
