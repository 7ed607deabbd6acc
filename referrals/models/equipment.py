"""Equipment that the service lends: the stock, which tells nothing of anybody. Loans stand in `equipment_loans`.

A unit and its moves are open to everybody who does casework: what can be lent has to be found before any case is. That
a unit says "on loan" exactly while one loan of it runs is held by the database (`alarm_agrees`).
"""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.models import Team, User
from nsvcs.ids import uuid7
from nsvcs.labels import Labelled
from nsvcs.statements import NEVER_PERSONAL, Statement
from referrals.rules.equipment import AlarmState


class AlarmPlace(models.Model):
    """Where units are kept: a place of a team, as in "Cupboard 2"."""

    statement = Statement("open", (), NEVER_PERSONAL)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("place"), max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "team", Lower("name"), name="referrals_alarmplace_once",
                violation_error_message=_("The team has a place of this name already."),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name


class AlarmQuerySet(models.QuerySet["Alarm"]):
    """Questions about the stock."""

    def lendable(self) -> Self:
        """In stock: came new, or was looked over and tested since it came back."""
        return self.filter(state=AlarmState.IN_STOCK)

    def test_overdue(self, tested_until: date) -> Self:
        """Lent, and last tested on or before this day; a unit is tested when it is given out, and from then on."""
        return self.filter(state=AlarmState.ON_LOAN, tested_on__lte=tested_until)

    def battery_overdue(self, changed_until: date) -> Self:
        """Still in use, and its battery last changed on or before this day."""
        gone = (AlarmState.LOST, AlarmState.RETIRED)
        return self.exclude(state__in=gone).filter(battery_changed_on__lte=changed_until)

    def for_list(self) -> Self:
        """With the place and its team, by place."""
        named = self.select_related("place__team")
        return named.order_by("place__team__name", "place__name", "kind", "serial")

    def own_first(self, team_id: int | None) -> Self:
        """Those of one team before those of others, then by type and place."""
        is_own = models.ExpressionWrapper(Q(place__team=team_id), models.BooleanField())
        return self.order_by(is_own.desc(), "kind", "place__team__name", "place__name", "serial")


class Alarm(Labelled):
    """One unit of the stock. Its notes say nothing about a person.

    Attributes:
        battery_changed_on: when its battery was new; none for a unit without a battery to change.
        tested_on: when it last passed a test.
    """

    statement = Statement("open", (), NEVER_PERSONAL)

    class Kind(models.TextChoices):
        """What it is."""

        ATTACK = "attack_alarm", _("Personal attack alarm")
        GPS = "gps_alarm", _("GPS-monitored alarm")
        DOOR = "door_alarm", _("Door or window alarm")
        PHONE = "second_phone", _("Second phone")
        DOORBELL = "doorbell", _("Video doorbell")
        DOOR_CAMERA = "door_camera", _("Door camera")
        DASH_CAMERA = "dash_camera", _("Dash camera")
        OTHER = "other", _("Something else")

    class Condition(models.TextChoices):
        """What shape it is in."""

        NEW = "new", _("New")
        GOOD = "good", _("Good")
        WORN = "worn", _("Worn")
        DAMAGED = "damaged", _("Damaged")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    serial = models.CharField(_("serial number"), max_length=60)
    kind = models.CharField(_("type"), max_length=12, choices=Kind.choices)
    condition = models.CharField(_("condition"), max_length=8, choices=Condition.choices)
    place = models.ForeignKey(AlarmPlace, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=16, choices=AlarmState.choices, default=AlarmState.IN_STOCK)
    battery_changed_on = models.DateField(null=True, blank=True)
    tested_on = models.DateField(null=True, blank=True)
    notes = models.CharField(max_length=400, blank=True)
    version = models.PositiveIntegerField(default=1)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)

    objects = AlarmQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("serial"), name="referrals_alarm_serial",
                violation_error_message=_("There is a unit with this serial number already."),
            ),
            models.CheckConstraint(
                condition=~Q(state=AlarmState.ON_LOAN) | Q(tested_on__isnull=False),
                name="referrals_alarm_tested_before_lent",
                violation_error_message=_("A unit is tested before it is given out."),
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["state", "tested_on"], name="referrals_alarm_state"),
            models.Index(fields=["place", "kind"], name="referrals_alarm_place"),
        ]

    def __str__(self) -> str:
        return self.serial

    @property
    def is_alarm(self) -> bool:
        """Whether it may be taken for something that calls for help: not so a phone or a camera."""
        return self.kind in {self.Kind.ATTACK, self.Kind.GPS, self.Kind.DOOR, self.Kind.OTHER}


class AlarmMove(Labelled):
    """One move of a unit: from one state to another, or to another place; by whom, when, why."""

    statement = Statement("open", (), NEVER_PERSONAL)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    alarm = models.ForeignKey(Alarm, on_delete=models.PROTECT, related_name="moves")
    from_state = models.CharField(max_length=16, choices=AlarmState.choices)
    to_state = models.CharField(max_length=16, choices=AlarmState.choices)
    to_place = models.ForeignKey(AlarmPlace, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(from_state=F("to_state")) | Q(to_place__isnull=False), name="referrals_alarmmove_moves"
            )
        ]
        indexes = [models.Index(fields=["alarm", "-at"], name="referrals_alarmmove_of")]

    def __str__(self) -> str:
        return str(self.pk)


class AlarmTest(Labelled):
    """One test of a unit, or a change of its battery. Its id is the form's key.

    Attributes:
        is_found: something was found on it that somebody had put there or changed.
    """

    statement = Statement("open", (), NEVER_PERSONAL)

    class Kind(models.TextChoices):
        """On what occasion."""

        ISSUE = "issue", _("Before it was given out")
        REGULAR = "regular", _("Regular test")
        AFTER_RETURN = "after_return", _("After it came back")
        BATTERY = "battery", _("Battery changed")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    alarm = models.ForeignKey(Alarm, on_delete=models.PROTECT, related_name="tests")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    has_passed = models.BooleanField()
    on = models.DateField()
    is_tamper_checked = models.BooleanField(default=False)
    is_tracker_checked = models.BooleanField(default=False)
    is_wiped = models.BooleanField(default=False)
    is_found = models.BooleanField(default=False)
    words = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="after_return", has_passed=True)
                | Q(is_tamper_checked=True, is_tracker_checked=True, is_wiped=True),
                name="referrals_alarmtest_looked_over",
                violation_error_message=_("What came back is looked over and wiped before it counts as tested."),
            ),
            models.CheckConstraint(
                condition=Q(is_found=False) | Q(kind="after_return", has_passed=False),
                name="referrals_alarmtest_found",
                violation_error_message=_("A unit on which something was found is kept apart."),
            ),
        ]
        indexes = [models.Index(fields=["alarm", "-at"], name="referrals_alarmtest_of")]

    def __str__(self) -> str:
        return str(self.pk)
