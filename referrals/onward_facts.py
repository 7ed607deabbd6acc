"""What other pages of a case show of its onward referrals: the card on "Support", the steps on the timeline."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import models
from django.utils import timezone

from accounts.models import User
from cases.models import Case
from referrals.models import Referral, ReferralMove
from referrals.rules.onward import ENDED

SHOWN = 4


def onward_facts(case: Case, user: User, now: datetime) -> Mapping[str, Any]:
    """Return the newest referrals, those that stand first, and how many more there are, in two queries."""
    rows = Referral.objects.visible_to(user).filter(case=case)
    over = models.ExpressionWrapper(models.Q(state__in=ENDED), models.BooleanField())
    latest = list(rows.select_related("organisation").order_by(over.asc(), "-made_at", "-pk")[:SHOWN])
    return {"latest": latest, "more": max(0, rows.count() - len(latest)), "today": timezone.localdate(now)}


def onward_moments(case: Case, user: User) -> models.QuerySet[Any, Any]:
    """Return the steps of a case's referrals, for its timeline."""
    return ReferralMove.objects.visible_to(user).filter(case=case)
