"""What the portal's pages ask for, each question from the account's own point of view."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from accounts.models import User
from audit.queries import openings
from cases.models import Case, CasePerpetrator, SafeContact, Victim
from logs.models import Incident
from nsvcs.access import STAFF, Role


@dataclass(frozen=True)
class Seen:
    """How often people of one role looked at her notes on one day."""

    day: date
    who: str
    times: int


def cases_to_write_in(user: User) -> list[Case]:
    """The cases a new note may belong to: her open ones, else the newest whose portal is still open; maybe none."""
    cases = list(Case.objects.visible_to(user).order_by("-received_at"))
    return [case for case in cases if not case.is_closed] or cases[:1]


def who_it_may_be(user: User, cases: list[Case]) -> list[CasePerpetrator]:
    """Those recorded for these cases, by the labels agreed with her; nothing else of them is read."""
    links = CasePerpetrator.objects.visible_to(user).filter(case__in=cases).exclude(portal_label="")
    return list(links.order_by("pk"))


def her_language(user: User) -> str:
    """Her language as her caseworker knows it; English if nothing is known."""
    return Victim.objects.visible_to(user).values_list("language", flat=True).first() or "en"


def safe_name(user: User) -> str:
    """The name to greet her by: the one agreed for safe contact, else what she is known as; empty if none."""
    victim = Victim.objects.visible_to(user).first()
    if victim is None:
        return ""
    contact = SafeContact.objects.visible_to(user).current_for(victim.pk)
    return (contact.safe_name if contact else "") or victim.usual_name


def caseworkers() -> list[str]:
    """Names of the workers her cases are with now, as the database tells whoever is signed in."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT name FROM my_caseworkers() ORDER BY name")
        return [name for (name,) in cursor.fetchall()]


def months(user: User) -> list[date]:
    """First days of the months in which something of hers happened, newest first."""
    return months_of(Incident.objects.visible_to(user))


def months_of(incidents: Any) -> list[date]:
    """First days of the months in which these happened, newest first."""
    return list(incidents.dates("occurred_on", "month", order="DESC"))


def seen_by_staff(user: User) -> list[Seen]:
    """Who looked at her notes, by role and day, newest first; her own visits are left out."""
    counts: dict[tuple[date, str], int] = {}
    for case in Case.objects.visible_to(user):
        for opening in openings(case.pk):
            if opening.role in STAFF:
                counts[opening.day, opening.role] = counts.get((opening.day, opening.role), 0) + opening.times
    return [Seen(day, str(Role(role).label), times) for (day, role), times in sorted(counts.items(), reverse=True)]
