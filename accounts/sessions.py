"""The session engine: a database row that knows whose it is. Django's own engine, with the account's id beside.

A sign-in that has lapsed keeps its row for a day, emptied: it authenticates nobody, and only says whose words may still
be handed in (`docs/decisions/0053-a-lapsed-sign-in-may-still-write.md`).
"""

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.middleware import SessionMiddleware
from django.db.models import F

from accounts.limits import SIDE, WRITE_ONLY, WRITE_ONLY_SECONDS, lapses_at

__all__ = ["SessionMiddleware", "SessionStore"]


class SessionStore(DatabaseStore):
    """Keeps sessions in `accounts.Session`."""

    _is_new = False

    @classmethod
    def get_model_class(cls) -> Any:
        """Our session model."""
        from accounts.models import Session

        return Session

    def save(self, must_create: bool = False) -> None:
        """Write the row, a new one or the one there is."""
        self._is_new = must_create
        super().save(must_create)

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        """The row to save, with the id of the account that is or was signed in, and the end of its last day."""
        row: Any = super().create_model_instance(data)
        mark = data.get(WRITE_ONLY) or {}
        user_id = data.get(SESSION_KEY) or mark.get("user")
        row.user_id = UUID(user_id) if user_id else None
        if user_id:
            row.expire_date = datetime.fromtimestamp(_ends_at(data), tz=UTC)
        if not self._is_new:  # the whole row is written: what was counted meanwhile stays
            row.late_count, row.late_bytes = F("late_count"), F("late_bytes")
        return row

    def let_lapse(self, *, user_id: str, password_hash: str, until: float) -> None:
        """Empty the session: nobody is signed in by it any more; until then it may hand in words of this account."""
        self.clear()
        self[WRITE_ONLY] = {"user": user_id, "hash": password_hash, "until": until}

    def write_only(self) -> dict[str, Any] | None:
        """Whose words this session may still hand in; none once its day is over, or if it never lapsed."""
        mark: dict[str, Any] | None = self.get(WRITE_ONLY)
        return mark if mark and time.time() < mark["until"] else None

    def cycle_key(self) -> None:
        """Begin anew: whoever signs in now hands in nothing for the one before."""
        self.pop(WRITE_ONLY, None)
        super().cycle_key()


def _ends_at(data: Mapping[str, Any]) -> float:
    """When the row is worth nothing any more: a day after the sign-in lapses or has lapsed."""
    if SESSION_KEY in data:
        return lapses_at(data, data.get(SIDE, "staff")) + WRITE_ONLY_SECONDS
    return float(data[WRITE_ONLY]["until"])
