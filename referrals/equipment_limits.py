"""The numbers for equipment, as the service has set them; where none is loaded, the service's first ones count."""

from reference.models import Limit

FIRST = {
    "alarm_test_months": 3,  # months
    "alarm_battery_months": 12,  # months
}


def limits() -> dict[str, int]:
    """Every limit of equipment by key."""
    return FIRST | dict(Limit.objects.filter(key__in=FIRST).values_list("key", "value"))
