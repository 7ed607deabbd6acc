"""The numbers this room's rules need, as the service has set them; where none is loaded, its first ones count."""

from collections.abc import Mapping

from logs.rising import FIRST as FIRST_OF_A_RISE
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
    """Those of files on their way, by key."""
    return _as_set(FIRST)


def rise_limits() -> dict[str, int]:
    """Those of when entries come more often, by key."""
    return _as_set(FIRST_OF_A_RISE)


def _as_set(first: Mapping[str, int]) -> dict[str, int]:
    return {**first, **dict(Limit.objects.filter(key__in=first).values_list("key", "value"))}
