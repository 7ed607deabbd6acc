"""What a worker has to do, gathered for one page: the most urgent first, each part bounded."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.utils import timezone

from accounts.models import User
from cases.limits import limits
from cases.models import Case, Task
from cases.queries import unread_entries, unread_messages, work_tasks
from nsvcs.access import Role
from reference.models import Organisation

MOST = 50
SOON_DAYS = 7


@dataclass(frozen=True)
class DirectoryDue:
    """Entries of the directory that wait for a check."""

    again: int  # checked once, and too long ago
    never: int

    @property
    def count(self) -> int:
        """All of them."""
        return self.again + self.never


@dataclass(frozen=True)
class MyWork:
    """One worker's day.

    Args:
        flags: red flags to look at today, also those of a day before.
        team_flags: for a manager, those of the team that wait on somebody else's list, the longest waiting first.
        entries: entries nobody has read, the oldest first, each with its case.
        messages: what victims wrote and nobody has read, the oldest first, each with its case.
        overdue_contacts: own cases without a first contact whose day has passed.
        left: cases of somebody who works on cases no more, for who passes them on, each with `worker_name`.
        unheld: references of restricted cases of a manager's team that nobody holds; they are opened with a reason.
        unallocated: cases that wait for a worker, for those who give or take them.
        overdue: tasks due before today.
        today: tasks due today.
        soon: tasks due within a week.
        later_count: how many come after that.
        finished: what was finished today, to be taken up again if by mistake.
        directory: for who leads or is on duty, how much of the directory waits for a check.
    """

    flags: list[Task]
    team_flags: list[Task]
    entries: list[Any]
    messages: list[Any]
    overdue_contacts: list[Case]
    left: list[Case]
    unheld: list[str]
    unallocated: list[Case]
    overdue: list[Task]
    today: list[Task]
    soon: list[Task]
    later_count: int
    finished: list[Task]
    directory: "DirectoryDue | None"

    def case_ids(self) -> list[UUID]:
        """Every case that the page shows."""
        tasks = [*self.flags, *self.team_flags, *self.overdue, *self.today, *self.soon, *self.finished]
        cases = [*self.overdue_contacts, *self.left, *self.unallocated]
        shown = [row.case_id for row in [*self.entries, *self.messages, *tasks]] + [case.pk for case in cases]
        return list(dict.fromkeys(shown))


def my_work(user: User, now: datetime) -> MyWork:
    """Gather one worker's day. A worker on duty also sees what waits for a worker, and its tasks."""
    today = timezone.localdate(now)
    takes_waiting = user.role == Role.MANAGER or bool(user.staff_profile.is_on_duty)
    mine = Case.objects.visible_to(user).allocated_to(user.pk, now)
    waiting = Case.objects.visible_to(user).unallocated(now)
    to_do = work_tasks(user, now, with_unassigned=takes_waiting)
    due = list(to_do.filter(due_on__lte=_soon(today)))
    flags = [task for task in due if task.kind in Task.FLAGS and task.due_on <= today]
    tasks = [task for task in due if task not in flags]
    # Their keys, not the question: asked inside the next one, it would be answered again for every entry.
    seen = list((mine | waiting if takes_waiting else mine).values_list("pk", flat=True))
    return MyWork(
        flags=flags,
        team_flags=_team_flags(user, today, flags) if user.role == Role.MANAGER else [],
        entries=list(unread_entries(user, seen)[:MOST]),
        messages=list(unread_messages(user, seen)[:MOST]),
        overdue_contacts=list(
            mine.first_contact_overdue(today).with_safe_name().order_by("first_contact_due_on")[:MOST]
        ),
        left=_left(user, now) if user.role == Role.MANAGER else [],
        unheld=_unheld() if user.role == Role.MANAGER else [],
        unallocated=list(waiting.with_safe_name().order_by("received_at")[:MOST]) if takes_waiting else [],
        overdue=[task for task in tasks if task.due_on < today][:MOST],
        today=[task for task in tasks if task.due_on == today],
        soon=[task for task in tasks if task.due_on > today][:MOST],
        later_count=to_do.filter(due_on__gt=_soon(today)).count(),
        finished=finished_today(user, now),
        directory=_directory(today) if takes_waiting else None,
    )


def _directory(today: date) -> DirectoryDue:
    due = Organisation.objects.for_staff().due_for_check(today, limits()["directory_check_days"])
    counted = models.Count("pk", filter=models.Q(checked_on=None))
    found = due.order_by().aggregate(every=models.Count("pk"), never=counted)
    return DirectoryDue(found["every"] - found["never"], found["never"])


def _team_flags(user: User, today: date, own: list[Task]) -> list[Task]:
    """Red flags are for whoever holds the case and for the manager, both on the same day (domain section 3.6)."""
    found: Any = Task.objects.visible_to(user).filter(kind__in=Task.FLAGS, done_at=None, due_on__lte=today)
    named = Case.objects.with_safe_name()
    return list(
        found.exclude(pk__in=[task.pk for task in own])
        .select_related("assigned_to")
        .prefetch_related(models.Prefetch("case", queryset=named))
        .order_by("due_on", "created_at")[:MOST]
    )


def _left(user: User, now: datetime) -> list[Case]:
    """The longest waiting first."""
    found = Case.objects.visible_to(user).left_behind(now).with_worker(now).with_safe_name()
    return list(found.order_by("received_at")[:MOST])


def _unheld() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT restricted_unheld()")
        found: list[str] = cursor.fetchone()[0]
    return found


def _soon(today: date) -> date:
    return today + timedelta(days=SOON_DAYS)


def finished_today(user: User, now: datetime) -> list[Task]:
    """The worker's own finished tasks of today, the last first."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    done: Any = Task.objects.visible_to(user).filter(done_by=user, done_at__gte=midnight).select_related("case")
    return list(done.order_by("-done_at")[:5])
