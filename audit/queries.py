"""Reading the trail. Pages come here and nowhere else; the database answers only for cases the reader may see."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection


@dataclass(frozen=True)
class Opening:
    """How often somebody of one role looked at a case on one day (Europe/London)."""

    day: date
    role: str
    actor_id: UUID | None
    action: str
    times: int


def openings(case_id: UUID) -> list[Opening]:
    """Who looked at a case, newest day first; empty for a case the reader may not see."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT day, actor_role, actor_id, action, times FROM audit_openings(%s)", [str(case_id)])
        return [Opening(*row) for row in cursor.fetchall()]


@dataclass(frozen=True)
class Head:
    """The newest link of a case's chain: its number, its digest in hexadecimal, and when what it seals happened."""

    sequence: int
    digest: str
    at: datetime


def head_of(case_id: UUID) -> Head | None:
    """The newest link; none for a case the reader may not see, or of which nothing is sealed yet."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sequence, digest, at FROM audit_head(%s)", [str(case_id)])
        row = cursor.fetchone()
        return Head(*row) if row else None
