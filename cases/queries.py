"""What pages of a case show, gathered in a number of queries that does not grow with the case."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Value
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.limits import limits
from cases.models import Allocation, Case, Contact, Message, Note, StatusChange, Task
from cases.rules import CaseStatus, ClosingFacts
from cases.streams import Group, brought
from nsvcs.access import Role

ANSWERED_BY_CLOSING = (Task.Kind.FIRST_CONTACT, Task.Kind.CONFIRM_CONTACT)


def closing_facts(case: Case) -> ClosingFacts:
    """Return what the checks of closure ask about a case."""
    attempts = case.contacts.filter(is_from_victim=False).values_list("at", "channel")
    lent = lent_count(case)
    beside = (*ANSWERED_BY_CLOSING, Task.Kind.ALARM_DUE) if lent else ANSWERED_BY_CLOSING
    return ClosingFacts(
        is_high_priority=case.is_high_priority,
        is_unsafe=case.status == CaseStatus.UNSAFE_TO_CONTACT,
        unread_entry_count=unread_entry_count(case),
        open_task_count=case.tasks.open().exclude(kind__in=beside).count(),
        lent_count=lent,
        open_support_count=_later("support_episodes", case).open().count(),
        is_restorative_open=_later("restorative_referrals", case).open().exists(),
        awaited_referral_count=_later("onward_referrals", case).awaited().count(),
        attempts=tuple(attempts),
        fewest_attempts=limits()["contact_attempts"],
    )


def unread_entry_count(case: Case) -> int:
    """Return how many entries of the case's log no worker has read."""
    return int(_entries().filter(case=case).unread().count())


def lent_count(case: Case) -> int:
    """Return how many units of equipment are reserved for the case or on loan to it."""
    return int(_later("alarm_loans", case).open().count())


def _later(name: str, case: Case) -> Any:
    """A case's rows of a later room, reached by the case's own reverse relation."""
    later: Any = Case._meta.get_field(name).related_model
    return later._default_manager.filter(case=case)


def holder_name(case: Case, user: User, now: datetime) -> str:
    """Return the name of the worker who holds the case now; empty when it waits for one."""
    held: Any = Allocation.objects.visible_to(user).filter(case=case)
    return held.current(now).primary().values_list("worker__name", flat=True).first() or ""


class Stream(models.TextChoices):
    """The kinds of thing on a case's timeline."""

    CONTACT = "contact", _("Contacts")
    NOTE = "note", _("Notes")
    TASK = "task", _("Tasks")
    STATUS = "status", _("Status")
    ENTRY = "entry", _("Log entries")
    MESSAGE = "message", _("Messages")


@dataclass(frozen=True)
class Moment:
    """One thing on the timeline: what kind, when, the row itself, and what draws it where a later room brought it."""

    kind: str
    at: datetime
    row: Any
    template: str = ""


GROUP_OF = {
    Stream.CONTACT: Group.CONTACT,
    Stream.MESSAGE: Group.CONTACT,
    Stream.ENTRY: Group.RISK,
    Stream.NOTE: Group.WORK,
    Stream.TASK: Group.WORK,
    Stream.STATUS: Group.WORK,
}


def stream_groups() -> dict[Group, dict[str, Any]]:
    """Return every kind with its label under its heading: this room's, then those that later rooms brought."""
    found: dict[Group, dict[str, Any]] = {group: {} for group in Group}
    for stream, group in GROUP_OF.items():
        found[group][stream.value] = stream.label
    for each in brought().values():
        found[each.group][each.kind] = each.label
    return found


def timeline_keys(case: Case, user: User, kinds: Sequence[str]) -> models.QuerySet[Any, Any]:
    """Return kind, key and time of everything on a case's timeline, newest first, to be paged."""
    keyed = [_keys(kind, source) for kind, source in _sources(case, user).items() if not kinds or kind in kinds]
    first, *rest = keyed
    return first.union(*rest, all=True).order_by("-at", "-pk") if rest else first.order_by("-at", "-pk")


def _sources(case: Case, user: User) -> dict[str, tuple[models.QuerySet[Any, Any], str]]:
    """Where each kind comes from, and which of its times counts on the timeline: when it was done or recorded."""
    entries = _entries().visible_to(user)
    return {
        Stream.CONTACT: (Contact.objects.visible_to(user).filter(case=case), "at"),
        Stream.NOTE: (Note.objects.visible_to(user).filter(case=case), "at"),
        Stream.TASK: (Task.objects.visible_to(user).filter(case=case), "created_at"),
        Stream.STATUS: (StatusChange.objects.visible_to(user).filter(case=case), "at"),
        Stream.ENTRY: (entries.filter(case=case), "recorded_at"),
        Stream.MESSAGE: (Message.objects.visible_to(user).filter(case=case), "at"),
        **{each.kind: (each.rows(case, user), each.at) for each in brought().values()},
    }


def _entries() -> Any:
    """The entries of the log, which is a later room: reached by the case's own reverse relation."""
    return Case._meta.get_field("incidents").related_model._default_manager.all()


def _keys(kind: str, source: tuple[models.QuerySet[Any, Any], str]) -> models.QuerySet[Any, Any]:
    rows, at = source
    moment = rows.order_by().annotate(stream=Value(str(kind)))
    if at != "at":
        return moment.annotate(at=F(at)).values("stream", "pk", "at")
    return moment.values("stream", "pk", "at")


def moments(case: Case, user: User, keys: Sequence[dict[str, Any]]) -> list[Moment]:
    """Return one page of the timeline, given its keys, with one query for each kind on it."""
    wanted: dict[str, list[UUID]] = {}
    for key in keys:
        wanted.setdefault(key["stream"], []).append(key["pk"])
    sources = _sources(case, user)
    rows: dict[Any, Any] = {}
    for kind, ids in wanted.items():
        found = sources[kind][0].filter(pk__in=ids)
        rows |= {(kind, row.pk): row for row in _with_names(kind, found)}
    keyed = [(key["stream"], key["pk"], key["at"]) for key in keys]
    drawn = {kind: each.template for kind, each in brought().items()}
    return [Moment(kind, at, rows[kind, pk], drawn.get(kind, "")) for kind, pk, at in keyed if (kind, pk) in rows]


def _with_names(kind: str, rows: models.QuerySet[Any, Any]) -> models.QuerySet[Any, Any]:
    if kind == Stream.TASK:
        return rows.select_related("assigned_to", "done_by")
    if kind == Stream.ENTRY:
        named: Any = rows.select_related("recorded_by")
        return named.with_counts()
    if kind in brought():
        return rows.select_related(*brought()[kind].related)
    return rows.select_related("by")


def work_tasks(user: User, now: datetime, *, with_unassigned: bool) -> models.QuerySet[Task]:
    """Return the open tasks a worker has to do, with each case's name to ask for, red flags first, then by day.

    Who covers a case has its tasks too, whoever they were given to: that colleague is away. Whoever is on a case also
    has the tasks of a colleague who no longer is, so that none is left on nobody's list.
    """
    on_now = list(Allocation.objects.current(now).of(user.pk).values_list("case_id", "role"))
    covered = [case_id for case_id, role in on_now if role == Allocation.Role.COVER]
    still_on = Allocation.objects.current(now).filter(case=OuterRef("case"), worker=OuterRef("assigned_to"))
    left = Q(assigned_to__role=Role.CASEWORKER) & ~Exists(still_on) | Q(assigned_to__is_active=False)
    mine = Q(assigned_to=user) | Q(case__in=covered) | Q(case__in=[case_id for case_id, _role in on_now]) & left
    if with_unassigned:
        mine |= Q(assigned_to=None)
    tasks: models.QuerySet[Task] = Task.objects.visible_to(user).filter(mine, done_at=None)
    named = Case.objects.with_safe_name()
    flags_first = models.ExpressionWrapper(Q(kind__in=Task.FLAGS), models.BooleanField()).desc()
    return tasks.prefetch_related(models.Prefetch("case", queryset=named)).order_by(flags_first, "due_on", "created_at")


def unread_entries(user: User, case_ids: Sequence[UUID]) -> Any:
    """Return the entries of some cases that no worker has read, as they arrived, each with its case named."""
    found = _entries().visible_to(user).unread().filter(case__in=case_ids)
    named = Case.objects.with_safe_name()
    return found.prefetch_related(models.Prefetch("case", queryset=named)).order_by("recorded_at")


def unread_messages(user: User, case_ids: Sequence[UUID]) -> Any:
    """Return what victims of some cases wrote and no worker has read, as it came, each with its case named."""
    found = Message.objects.visible_to(user).unread_by_staff().filter(case__in=case_ids)
    named = Case.objects.with_safe_name()
    return found.prefetch_related(models.Prefetch("case", queryset=named)).in_order()
