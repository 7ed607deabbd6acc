"""The manager's figures: one function each, which says what is counted, by which date, and as at when.

Everything begins at what the reader may see, so a figure never counts a case that its list would not show.
Each number carries the filters of `cases:list` that open exactly its cases.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User, WorkingTimeReduction
from cases.models import Allocation, Case, Task
from cases.models.access import AllocationQuerySet
from cases.models.cases import CaseQuerySet
from cases.rules import OPEN, CaseStatus
from cases.rules.days import london
from logs.models import Incident
from nsvcs.access import CASEWORK

GONE = "gone"  # in the list's address: cases whose worker is no longer here
NOBODY = "none"  # in the list's address: cases that no worker holds
EVERYBODY: dict[str, str] = {}  # no filter: the list's own default is all open cases
STATUSES = tuple(status for status in CaseStatus if status in OPEN)


@dataclass(frozen=True)
class Figure:
    """One number on the page.

    Args:
        label: what it is, in words.
        number: cases.
        filters: what the list's address carries to show exactly these cases.
        behind: how many things stand behind it, where a case can have several; none where it cannot.
        basis: which date decides.
    """

    label: str | Promise
    number: int
    filters: dict[str, str]
    basis: str | Promise
    behind: int | None = None


@dataclass(frozen=True)
class Holder:
    """One worker's open cases, or those of nobody, by status."""

    worker_id: UUID | None
    name: str | Promise
    numbers: dict[str, int]

    @property
    def number(self) -> int:
        """All their open cases."""
        return sum(self.numbers.values())

    @property
    def filters(self) -> dict[str, str]:
        """What shows all of them in the list."""
        return {"worker": str(self.worker_id) if self.worker_id else NOBODY}


@dataclass(frozen=True)
class Caseload:
    """Open cases by worker and status; every open case is in exactly one cell."""

    holders: tuple[Holder, ...]
    statuses: tuple[CaseStatus, ...] = STATUSES

    @property
    def number(self) -> int:
        """All open cases."""
        return sum(holder.number for holder in self.holders)

    @property
    def by_status(self) -> dict[str, int]:
        """The bottom line: all open cases of each status."""
        total: Counter[str] = Counter()
        for holder in self.holders:
            total.update(holder.numbers)
        return dict(total)

    @property
    def fullest(self) -> Holder | None:
        """The worker with the most open cases; none when nobody holds any."""
        held = [holder for holder in self.holders if holder.worker_id and holder.number]
        return max(held, key=lambda holder: holder.number, default=None)


@dataclass(frozen=True)
class Capacity:
    """What a worker has time for, beside what they hold."""

    worker_id: UUID
    name: str
    weekly_hours: Decimal
    is_on_leave: bool
    is_gone: bool
    number: int
    high_priority: int
    filters: dict[str, str] = field(default_factory=dict)

    @property
    def high_priority_filters(self) -> dict[str, str]:
        """What shows those of high priority in the list."""
        return self.filters | {"priority": "high"}


def caseload(user: User, now: datetime) -> Caseload:
    """Open cases by the worker who holds them and by status.

    Unit: the case. Basis: who is its primary caseworker, and its status, at `now`. As at `now`. Cover and second
    workers are not counted; cases that nobody holds are a line of their own. Colleagues with no case have a line too.
    """
    found: dict[UUID, dict[str, int]] = {}
    rows = _held(user, now).values_list("worker_id", "case__status").annotate(number=Count("pk")).order_by()
    for worker_id, status, number in rows:
        found.setdefault(worker_id, {})[status] = number
    waiting = Case.objects.visible_to(user).unallocated(now).values_list("status").annotate(number=Count("pk"))
    nobody = Holder(None, _("Not allocated"), dict(waiting.order_by()))
    people = _workers(user, found)
    return Caseload((*(Holder(each.pk, each.name, found.get(each.pk, {})) for each in people), nobody))


def capacity(user: User, now: datetime) -> tuple[Capacity, ...]:
    """Hours a week, leave today, and open cases held, for each colleague.

    Unit: the case. Basis: who is its primary caseworker at `now`; leave that covers today (Europe/London), both ends
    included. As at `now`.
    """
    urgent = Count("pk", filter=Q(case__is_high_priority=True))
    rows = _held(user, now).values_list("worker_id").annotate(number=Count("pk"), urgent=urgent).order_by()
    numbers = {worker_id: (number, urgent) for worker_id, number, urgent in rows}
    people, today = _workers(user, numbers), _today(now)
    away = set(WorkingTimeReduction.objects.on(today).filter(user__in=people).values_list("user_id", flat=True))
    return tuple(
        Capacity(
            each.pk, each.name, each.staff_profile.weekly_hours, each.pk in away,
            not each.is_active or each.has_left(today), *numbers.get(each.pk, (0, 0)), filters={"worker": str(each.pk)},
        )
        for each in people
    )  # fmt: skip


def first_contacts_overdue(user: User, now: datetime) -> Figure:
    """Open cases where nobody has spoken with the victim and the day for it has passed.

    Unit: the case. Basis: the day first contact was due, before today (Europe/London). As at `now`.
    """
    number = _open_cases(user).filter(first_contacted_at=None, first_contact_due_on__lt=_today(now)).count()
    return Figure(_("First contact overdue"), number, {"overdue": "first_contact"}, _("the day first contact was due"))


def tasks_overdue(user: User, now: datetime) -> Figure:
    """Open cases with a task that is not finished and was due before today.

    Unit: the case; behind it the tasks. Basis: the task's day, before today (Europe/London). As at `now`.
    """
    overdue = _by_case(user, Task.objects.visible_to(user).filter(done_at=None, due_on__lt=_today(now)))
    number, behind = len(overdue), sum(overdue.values())
    return Figure(_("With overdue tasks"), number, {"overdue": "task"}, _("the day a task was due"), behind)


def entries_unread(user: User, now: datetime) -> Figure:
    """Open cases with an entry in the log that no worker has read.

    Unit: the case; behind it the entries. Basis: none of the entry's readers, at `now`. As at `now`.
    """
    unread = _by_case(user, Incident.objects.visible_to(user).unread())
    number, behind = len(unread), sum(unread.values())
    return Figure(_("With unread entries"), number, {"unread": "1"}, _("read by no worker so far"), behind)


def unallocated(user: User, now: datetime) -> Figure:
    """Open cases that no caseworker holds.

    Unit: the case. Basis: no primary caseworker at `now`. As at `now`.
    """
    number = Case.objects.visible_to(user).unallocated(now).count()
    return Figure(_("Not allocated"), number, {"worker": NOBODY}, _("no caseworker at this moment"))


def left_behind(user: User, now: datetime) -> Figure:
    """Open cases whose caseworker is no longer here.

    Unit: the case. Basis: the primary caseworker's access has ended, their last day was before today (Europe/London),
    or their role is another. As at `now`.
    """
    number = Case.objects.visible_to(user).left_behind(now).count()
    basis = _("the caseworker’s access has ended, their last day is over, or they have another role")
    return Figure(_("Held by somebody no longer here"), number, {"worker": GONE}, basis)


def headline(user: User, now: datetime) -> tuple[Figure, ...]:
    """The figures on top of the page, what is most urgent first."""
    figures = (first_contacts_overdue, tasks_overdue, entries_unread, unallocated, left_behind)
    return tuple(figure(user, now) for figure in figures)


def _open_cases(user: User) -> CaseQuerySet:
    return Case.objects.visible_to(user).open()


def _by_case(user: User, rows: Any) -> dict[UUID, int]:
    """How many of these rows each open case has, where there are any.

    The cases are asked for first: as a question inside this one they were looked through again for every row.
    """
    cases = list(_open_cases(user).values_list("pk", flat=True))
    return dict(rows.filter(case__in=cases).values_list("case").annotate(number=Count("pk")).order_by())


def _held(user: User, now: datetime) -> AllocationQuerySet:
    """Who holds the open cases now."""
    return Allocation.objects.current(now).primary().filter(case__in=_open_cases(user))


def _today(now: datetime) -> date:
    return london(now).date()


def _workers(user: User, holders: Iterable[UUID]) -> list[User]:
    """Colleagues of the reader's team who may hold a case, and whoever else holds one, by name."""
    team_id = user.staff_profile.team_id
    wanted = Q(pk__in=list(holders)) | Q(staff_profile__team_id=team_id, is_active=True, role__in=CASEWORK)
    people = User.objects.visible_to(user).filter(wanted).select_related("staff_profile")
    return list(people.order_by("name", "pk"))
