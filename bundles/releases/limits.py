"""The numbers by which bundles leave, as the service has set them; where none is loaded, its first ones count."""

from datetime import timedelta

from bundles.releases.rules import Times
from reference.models import Limit

FIRST = {
    "release_second_hours": 72,
    "release_recall_minutes": 10,
    "release_days": 7,
    "portal_copy_days": 14,
}


def limits() -> dict[str, int]:
    """Every limit of releasing by key."""
    return FIRST | dict(Limit.objects.filter(key__in=FIRST).values_list("key", "value"))


def times() -> Times:
    """How long each part of a release stands."""
    told = limits()
    return Times(
        second_within=timedelta(hours=told["release_second_hours"]),
        recall=timedelta(minutes=told["release_recall_minutes"]),
        goes_within=timedelta(days=told["release_days"]),
    )
