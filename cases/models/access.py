"""Who may open a case, and until when. Only the present counts; walls beat everything."""

from datetime import datetime
from uuid import UUID

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.models.scope import OfCase
from nsvcs.casetext import CaseTextField
from nsvcs.ids import uuid7
from nsvcs.labels import Labelled
from nsvcs.statements import NEVER_PERSONAL, WITH_THE_CASE, Statement


class _Period(Func):
    """`tstzrange(starts_at, ends_at)`: from the first instant up to, not with, the last."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class AllocationQuerySet(OfCase):
    """Questions about who holds what."""

    def current(self, now: datetime) -> "AllocationQuerySet":
        """Running at an instant."""
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=now), starts_at__lte=now)

    def primary(self) -> "AllocationQuerySet":
        """The one worker a case is with."""
        return self.filter(role=Allocation.Role.PRIMARY)

    def of(self, worker_id: UUID) -> "AllocationQuerySet":
        """One worker's."""
        return self.filter(worker_id=worker_id)


class Allocation(Labelled):
    """A worker on a case. Cover is an allocation with an end; two primary workers at once are impossible."""

    statement = Statement("staff", ("worker",), WITH_THE_CASE)

    class Role(models.TextChoices):
        """What the worker is on the case."""

        PRIMARY = "primary", _("Caseworker")
        SECOND = "second", _("Second worker")
        COVER = "cover", _("Cover")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="allocations")
    worker = models.ForeignKey(User, on_delete=models.PROTECT, related_name="allocations")
    role = models.CharField(max_length=8, choices=Role.choices, default=Role.PRIMARY)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    allocated_by = models.UUIDField(null=True)

    objects = AllocationQuerySet.as_manager()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="cases_allocation_one_primary",
                expressions=[
                    (_Period("starts_at", "ends_at"), RangeOperators.OVERLAPS),
                    ("case", RangeOperators.EQUAL),
                ],
                condition=Q(role="primary"),
                violation_error_message=_("This case already has a caseworker for part of that time."),
            ),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gte=F("starts_at")), name="cases_allocation_order"
            ),
            models.CheckConstraint(
                condition=~Q(role="cover") | Q(ends_at__isnull=False),
                name="cases_allocation_cover_ends",
                violation_error_message=_("Cover needs a last day."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["worker", "ends_at"], include=["case", "starts_at"], name="cases_allocation_of_worker"
            ),
            models.Index(
                fields=["case"],
                include=["worker", "starts_at", "ends_at"],
                condition=Q(role="primary"),
                name="cases_allocation_primary",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class CaseGrant(Labelled):
    """Leave to open a case for a time: a named reader, or somebody who gave a reason. Always ends."""

    statement = Statement("staff", ("person", "reason"), WITH_THE_CASE)

    class Kind(models.TextChoices):
        """Why it was given."""

        READER = "reader", _("Named reader")
        OLDER_CASE = "older_case", _("Opened an older or restricted case with a reason")
        BREAK_GLASS = "break_glass", _("Emergency")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="grants")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="case_grants")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = CaseTextField()
    granted_by = models.UUIDField()
    told = models.CharField(max_length=120, blank=True)

    objects = OfCase.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="cases_casegrant_order")]
        indexes = [models.Index(fields=["person", "ends_at"], name="cases_casegrant_of_person")]

    def __str__(self) -> str:
        return str(self.pk)


class Wall(models.Model):
    """Somebody who must never open a case, whatever team or grant they have. They are not told why."""

    statement = Statement("staff", ("person", "reason"), WITH_THE_CASE)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="walls")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="walls")
    reason = CaseTextField()
    set_by = models.UUIDField()
    set_at = models.DateTimeField(auto_now_add=True)

    objects = OfCase.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "person"], name="cases_wall_once")]

    def __str__(self) -> str:
        return str(self.pk)


class ReferenceCounter(models.Model):
    """The last case number of a year; only `open_case` counts it up."""

    statement = Statement("closed", (), NEVER_PERSONAL)

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField()

    def __str__(self) -> str:
        return str(self.year)
