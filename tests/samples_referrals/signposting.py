"""Samples of signposts and the directory."""

from typing import Any

from django.utils import timezone

from nsvcs.access import CASEWORK, Role
from reference.models import Organisation
from referrals.models import Signpost
from tests.sampling import of, of_case

ENTRY = of(slug=lambda side: side.more["organisation"].slug)
SIGNPOST = of_case(pk=lambda side: side.more["signpost"].pk)
LEADS = frozenset({Role.MANAGER})

PARAMETERS = {
    "referrals:signposts": of_case(),
    "referrals:signpost_find": of_case(),
    "referrals:signpost_tell": of_case(organisation=lambda side: side.more["organisation"].pk),
    "referrals:signpost_back": SIGNPOST,
    "referrals:signpost_outcome": SIGNPOST,
    **dict.fromkeys((f"directory:{name}" for name in ("entry", "check", "edit", "retire", "bring_back")), ENTRY),
}
MAY_BE_MISSING: dict[str, frozenset[str]] = {}
ROLES = dict.fromkeys((f"directory:{name}" for name in ("new", "edit", "retire", "bring_back")), LEADS)
ROOM_ROLES = {"directory": CASEWORK}
FRESH: set[str] = set()
PAGE_COUNT = {"referrals": 5, "directory": 7}


def make(side: Any) -> dict[str, Any]:
    """An entry that everybody's side shares, and a signpost to it."""
    facts = {"name": "Helpline", "what_for": "Help", "domain": "example.org", "confidence": "G", "source": "a test"}
    entry, _is_new = Organisation.objects.get_or_create(slug="sample-helpline", defaults=facts)
    worker = side.people[Role.CASEWORKER]
    told = {"need": "general", "told_how": "phone", "by": worker}
    return {"organisation": entry, "signpost": Signpost.objects.create(case=side.case, organisation=entry, **told)}


def browse(world: Any, role: str) -> dict[str, dict[str, Any]]:
    """A signpost in the portal, another by voice, an entry to look at and a retired one."""
    if role not in {*CASEWORK, Role.VICTIM}:
        return {}
    entry = Organisation.objects.get(slug="national-stalking-helpline")
    told = {"case": world.case, "organisation": entry, "need": "stalking", "by": world.worker}
    signpost = Signpost.objects.create(told_how="portal", words="Ask for Sam. They are kind.", **told)
    retired = Organisation.objects.get(slug="hourglass")
    Organisation.objects.filter(pk=retired.pk).update(retired_on=timezone.localdate())
    named = {"case_id": world.case.pk, "pk": signpost.pk, "organisation": entry.pk}
    return {
        **dict.fromkeys((f"referrals:signpost_{name}" for name in ("tell", "back", "outcome")), named),
        "directory:": {"slug": entry.slug},
        "directory:bring_back": {"slug": retired.slug},
    }
