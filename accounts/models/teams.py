"""Teams, and what a worker's week looks like. A team is the office; who is on a case is an allocation."""

from datetime import date
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.users import User
from nsvcs.statements import NEVER_PERSONAL, WHILE_CURRENT, Statement


class TeamQuerySet(models.QuerySet["Team"]):
    """Questions about teams."""

    def with_people(self) -> "TeamQuerySet":
        """Each team with how many active colleagues it has, as `people_count`."""
        count = models.Count("profiles", filter=Q(profiles__user__is_active=True))
        return self.annotate(people_count=count).order_by("name")


class Team(models.Model):
    """An office: Norfolk, Suffolk, the restorative justice hub."""

    statement = Statement("open", (), NEVER_PERSONAL)

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(_("name"), max_length=80, unique=True)
    is_active = models.BooleanField(default=True)

    objects = TeamQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class StaffProfile(models.Model):
    """A colleague's team, hours and whether they are on duty (a caseworker on triage)."""

    statement = Statement("open", ("user",), WHILE_CURRENT)

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="staff_profile")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True, related_name="profiles")
    weekly_hours = models.DecimalField(_("hours a week"), max_digits=4, decimal_places=1, default=37)
    is_on_duty = models.BooleanField(_("on duty"), default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(weekly_hours__gte=0, weekly_hours__lte=60),
                name="accounts_profile_hours",
                violation_error_message=_("Hours a week must be between 0 and 60."),
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)


class WorkingTimeReductionQuerySet(models.QuerySet["WorkingTimeReduction"]):
    """Questions about leave."""

    def on(self, day: date) -> "WorkingTimeReductionQuerySet":
        """Leave that covers a day, both ends included."""
        return self.filter(starts_on__lte=day, ends_on__gte=day)

    def of(self, user_id: UUID) -> "WorkingTimeReductionQuerySet":
        """One colleague's leave."""
        return self.filter(user_id=user_id)


class WorkingTimeReduction(models.Model):
    """Leave, from and to a date, both included; why is nobody's business here."""

    statement = Statement("open", ("user", "starts_on", "ends_on"), "2 years")

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="leave")
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    recorded_by = models.UUIDField()

    objects = WorkingTimeReductionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="accounts_leave_order",
                violation_error_message=_("The last day must be the first day or later."),
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)
