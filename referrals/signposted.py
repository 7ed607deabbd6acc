"""What the hub shows of a case's signposts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from accounts.models import User
from cases.models import Case
from referrals.models import Signpost

SHOWN = 3


def gather(case: Case, user: User, _now: datetime) -> Mapping[str, Any]:
    """The newest signposts of a case, and how many more there are."""
    found = Signpost.objects.visible_to(user).filter(case=case)
    latest = list(found.for_list()[:SHOWN])
    return {"latest": latest, "more": max(found.count() - SHOWN, 0)}
