"""How long a sign-in lasts, and what is left of it afterwards: a day in which it may hand in words and do nothing else.

All of it stands in the session's own data, so that the row can say when it is over.
"""

import time
from typing import Any

from django.conf import settings

STARTED, SEEN, SIDE = "signed_in_at", "seen_at", "side"
# In the data of a sign-in that has lapsed: whose it was, under which password, until when words are taken.
WRITE_ONLY = "write_only"
WRITE_ONLY_SECONDS = 24 * 60 * 60
# What one lapsed sign-in may hand in: a page left open all evening saves itself every few seconds, and two full
# uploads fit. More than that is no longer somebody finishing a note.
LATE_MOST_WRITES = 1_000
LATE_MOST_BYTES = 420 * 1024 * 1024


def side_of(role: str) -> str:
    """Which limits hold for a role: `portal` or `staff`."""
    return "portal" if role == "victim" else "staff"


def limits_of(side: str) -> tuple[int, int]:
    """Idle and longest time of a sign-in on one side, in seconds."""
    return settings.IDLE_MINUTES[side] * 60, settings.LONGEST_MINUTES[side] * 60


def lapses_at(data: Any, side: str) -> float:
    """When a sign-in ends if nothing more is done, in seconds since 1970; `data` is what its session holds."""
    idle, longest = limits_of(side)
    now = time.time()
    return float(min(data.get(SEEN, now) + idle, data.get(STARTED, now) + longest))
