"""The case at a glance, in a number of queries that does not grow with the case."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts.models import User
from cases.models import (
    Allocation,
    Case,
    CasePerpetrator,
    Consent,
    Contact,
    InboundReferral,
    PlannedContact,
    Professional,
    SafeContact,
    StatusChange,
    Task,
)
from cases.queries import unread_entry_count

MOST_TASKS = 10


@dataclass(frozen=True)
class Overview:
    """What the overview page shows beside the case itself."""

    tasks: list[Any]
    finished: list[Any]
    last_contact: Contact | None
    last_spoken: Contact | None
    workers: list[Allocation]
    perpetrators: list[CasePerpetrator]
    professionals: list[Professional]
    former_professionals: list[Professional]
    arrival: InboundReferral | None
    last_move: StatusChange | None
    unread_count: int
    safe_contact: SafeContact | None
    is_first_contact_overdue: bool
    planned: PlannedContact | None
    agreed_count: int


def overview(case: Case, user: User, now: datetime) -> Overview:
    """Gather what the overview shows, each part by the one filter."""
    tasks = Task.objects.visible_to(user).filter(case=case)
    contacts: Any = Contact.objects.visible_to(user).filter(case=case).select_related("by").order_by("-at")
    workers: Any = Allocation.objects.visible_to(user).filter(case=case)
    links: Any = CasePerpetrator.objects.visible_to(user).filter(case=case).select_related("perpetrator", "facts")
    professionals = list(Professional.objects.visible_to(user).filter(case=case).order_by("kind", "name"))
    done = tasks.filter(done_at__isnull=False).select_related("done_by").order_by("-done_at")
    last = contacts.first()
    is_spoken = last is None or last.outcome == Contact.Outcome.SPOKE
    return Overview(
        tasks=list(tasks.filter(done_at=None).select_related("assigned_to").order_by("due_on")[:MOST_TASKS]),
        finished=list(done[:3]),
        last_contact=last,
        last_spoken=last if is_spoken else contacts.filter(outcome=Contact.Outcome.SPOKE).first(),
        workers=list(workers.current(now).select_related("worker").order_by("starts_at")),
        perpetrators=list(links.order_by("pk")),
        professionals=[each for each in professionals if each.is_current],
        former_professionals=[each for each in professionals if not each.is_current],
        arrival=InboundReferral.objects.visible_to(user).filter(case=case).order_by("received_at").first(),
        last_move=StatusChange.objects.visible_to(user).filter(case=case).order_by("-at").first(),
        unread_count=unread_entry_count(case),
        safe_contact=case.safe_contact,
        planned=PlannedContact.objects.visible_to(user).filter(case=case).newest().first(),
        agreed_count=Consent.objects.visible_to(user).filter(case=case).standing(timezone.localdate(now)).count(),
        is_first_contact_overdue=case.is_first_contact_overdue(timezone.localdate(now)),
    )
