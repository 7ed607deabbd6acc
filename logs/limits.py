"""The numbers that files on their way need, as the service has set them; where none is loaded, its first ones count."""

from reference.models import Limit

FIRST = {
    "upload_max_bytes": 200 * 1024**2,
    "upload_recording_bytes": 2 * 1024**3,
    "upload_unfinished_files": 20,  # times
    "upload_unfinished_bytes": 8 * 1024**3,
    "upload_case_bytes": 50 * 1024**3,
    "upload_unfinished_days": 7,  # days
    "upload_waiting_days": 90,  # days
}


def limits() -> dict[str, int]:
    """Every limit of this room by key."""
    return FIRST | dict(Limit.objects.filter(key__in=FIRST).values_list("key", "value"))
