"""The numbers casework needs, as the service has set them; where none is loaded, the service's first ones count."""

from reference.models import Limit

FIRST = {
    "first_contact_high_risk": 1,  # working days
    "first_contact": 2,  # working days
    "contact_attempts": 3,  # times
    "safe_contact_days": 60,  # days
    "portal_age_floor": 13,  # years
    "consent_days": 182,  # days, as the form begins with
    "consent_longest_days": 366,  # days
    "directory_check_days": 90,  # days
    "share_link_days": 7,  # days
    "share_link_tries": 5,  # times
}


def limits() -> dict[str, int]:
    """Every limit of this room by key."""
    return FIRST | dict(Limit.objects.filter(key__in=FIRST).values_list("key", "value"))
