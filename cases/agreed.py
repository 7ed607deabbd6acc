"""What was agreed and taken back, as the timeline of a case shows it."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.models import Case, Consent, ConsentWithdrawal
from cases.streams import Group, RoomStream, bring

PAPERS = Group.PAPERS


def bring_moments() -> None:
    """Put both on the timeline."""
    given = ("organisation", "recorded_by")
    bring(RoomStream("consent", _("Agreements"), _given, "cases/_moment_consent.html", "recorded_at", given, PAPERS))
    back = ("consent__organisation", "by")
    bring(
        RoomStream(
            "consent_end", _("Agreements taken back"), _back, "cases/_moment_consent_end.html", "at", back, PAPERS
        )
    )


def _given(case: Case, user: User) -> models.QuerySet[Any, Any]:
    return Consent.objects.visible_to(user).filter(case=case)


def _back(case: Case, user: User) -> models.QuerySet[Any, Any]:
    return ConsentWithdrawal.objects.visible_to(user).filter(case=case)
