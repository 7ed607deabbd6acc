"""Emotional-support notes are kept apart: who may read them, and that they were read."""

from collections.abc import Container
from uuid import UUID

from django.db.models import Model
from django.utils import timezone

from accounts.models import User
from audit.actions import record
from audit.models import Action
from cases.models import Allocation
from cases.rules import may_read_kept_apart
from nsvcs.access import Role


def reads_kept_apart(case_id: UUID, user: User, writers: Container[UUID] = ()) -> bool:
    """Say whether somebody may read emotional-support notes of a case; of what they wrote themselves, `writers`."""
    on_case = Allocation.objects.current(timezone.now()).of(user.pk).filter(case=case_id)
    return may_read_kept_apart(
        is_manager=user.role == Role.MANAGER, is_on_case=on_case.exists(), is_writer=user.pk in writers
    )


def seen_kept_apart(target: Model, case_id: UUID, count: int = 1) -> None:
    """Record that emotional-support notes are shown: an event of its own, beside the case being opened."""
    record(Action.KEPT_APART_SEEN, target=target, case_ids=[case_id], detail={"notes": count})
