"""What the victim agreed to, as the page "Support" of a case shows it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts.models import User
from cases.models import Case, Consent

MOST = 6


def agreements_card(case: Case, user: User, now: datetime) -> Mapping[str, Any]:
    """Those that stand today, what ends first on top."""
    found = Consent.objects.visible_to(user).filter(case=case).standing(timezone.localdate(now))
    return {"standing": list(found.select_related("organisation").order_by("ends_on", "pk")[:MOST])}
