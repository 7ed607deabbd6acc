"""Tasks: added by hand or raised by something that happened, finished, taken up again."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.actions import record
from audit.models import Action
from cases.actions.once import keep_once
from cases.models import Allocation, Case, Task


def primary_worker_id(case: Case) -> UUID | None:
    """Who holds the case now; none when it waits for allocation: then its tasks are the duty worker's."""
    current = Allocation.objects.current(timezone.now()).primary().filter(case=case)
    return current.values_list("worker_id", flat=True).first()


def raise_task(
    case: Case, kind: Task.Kind, title: str, due_on: date, *, key: str | None = None, to: User | None = None
) -> None:
    """A task that something raised, for `to` or who holds the case; the same `key` raises one. The caller audits."""
    task = Task(
        case=case, kind=kind, title=title, due_on=due_on, key=key,
        assigned_to_id=to.pk if to else primary_worker_id(case), created_at=timezone.now(),
    )  # fmt: skip
    Task.objects.bulk_create([task], ignore_conflicts=key is not None)


def finish_kinds(case: Case, kinds: Iterable[Task.Kind], by: User) -> None:
    """Finish the open tasks of some kinds, which something else has answered. The caller audits."""
    case.tasks.open().filter(kind__in=list(kinds)).update(done_at=timezone.now(), done_by=by)


def finish_key(key: str, by: User) -> None:
    """Finish the open task that was raised under a key, which something else has answered. The caller audits."""
    Task.objects.open().filter(key=key).update(done_at=timezone.now(), done_by=by)


@transaction.atomic
def add_task(*, case: Case, key: UUID, title: str, due_on: date, assigned_to: User | None, by: User) -> Task:
    """Add a task by hand. Audited; the same key and content once.

    The form's `key` becomes the task's. The whole of `due_on` still counts (Europe/London). Assigned to nobody, it
    is the duty worker's.

    Raises:
        KeyUsed: the key stands for another task.
    """
    task, is_new = keep_once(
        Task, key, case_id=case.pk, title=title, due_on=due_on, created_by=by.pk,
        assigned_to_id=assigned_to.pk if assigned_to else None,
    )  # fmt: skip
    if is_new:
        record(Action.TASK_ADDED, target=task, case_ids=[case.pk])
    return task


@transaction.atomic
def finish_task(*, task: Task, by: User) -> bool:
    """Finish a task; a second press changes nothing. Audited. Returns whether this press finished it."""
    changed = Task.objects.open().filter(pk=task.pk).update(done_at=timezone.now(), done_by=by)
    if changed:
        record(Action.TASK_FINISHED, target=task, case_ids=[task.case_id])
    return bool(changed)


@transaction.atomic
def unfinish_task(*, task: Task, by: User) -> bool:
    """Take a finished task up again; its day stays as it was. Audited. Returns whether this press did it."""
    changed = Task.objects.filter(pk=task.pk, done_at__isnull=False).update(done_at=None, done_by=None)
    if changed:
        record(Action.TASK_UNFINISHED, target=task, case_ids=[task.case_id], detail={"by": str(by.pk)})
    return bool(changed)
