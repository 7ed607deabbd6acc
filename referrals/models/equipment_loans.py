"""What of the stock is asked for by a victim, and what is with one: requests, loans, later days to come back."""

from datetime import date
from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.models.scope import OfCase, SharedOfCase
from nsvcs.casetext import CaseTextField
from nsvcs.ids import uuid7
from nsvcs.labels import Labelled
from nsvcs.statements import WITH_THE_CASE, Statement
from referrals.models.equipment import Alarm
from referrals.rules.equipment import OPEN_LOANS, OPEN_REQUESTS, Check, LoanState, RequestState


class AlarmRequestQuerySet(SharedOfCase):
    """Questions about requests."""

    def open(self) -> Self:
        """Asked, and neither given nor refused."""
        return self.filter(state__in=OPEN_REQUESTS)


class AlarmRequest(Labelled):
    """What a victim asked for in the portal, in three answers; of it only where it stands ever changes.

    Attributes:
        way: how it may come to her; nothing is posted unless safe contact allows post, whatever stands here.
        kind: what was put aside for her, so that her page can say so: the loan itself is not hers to read.
        due_on: until when she has it, for the same reason.
    """

    statement = Statement("shared", ("risk_words", "where_words", "way_words", "by"), WITH_THE_CASE)

    class Risk(models.TextChoices):
        """What she is afraid of."""

        HOME = "home", _("Somebody coming to the home")
        FOLLOWED = "followed", _("Being followed or waited for")
        PHONE = "phone", _("A phone that is not safe")
        CAR = "car", _("Something happening to the car")
        OTHER = "other", _("Something else")

    class Where(models.TextChoices):
        """Where she would use it."""

        HOME = "home", _("At home")
        OUT = "out", _("Out and about")
        TRAVEL = "travel", _("On a bus or train, or in a car")
        WORK = "work", _("At work or where they study")

    class Way(models.TextChoices):
        """How it may come to her."""

        OFFICE = "office", _("Picked up at our office")
        MEETING = "meeting", _("Handed over when we meet")
        TRUSTED = "trusted", _("Picked up by somebody they trust")
        POST = "post", _("By post")
        TALK = "talk", _("Not sure: to be talked about first")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="alarm_requests")
    risks = ArrayField(models.CharField(max_length=8, choices=Risk.choices))
    risk_words = CaseTextField(blank=True)
    places = ArrayField(models.CharField(max_length=8, choices=Where.choices))
    where_words = CaseTextField(blank=True)
    way = models.CharField(max_length=8, choices=Way.choices)
    way_words = CaseTextField(blank=True)
    language = models.CharField(max_length=10, default="en")
    state = models.CharField(max_length=12, choices=RequestState.choices, default=RequestState.ASKED)
    kind = models.CharField(max_length=12, choices=Alarm.Kind.choices, blank=True)
    due_on = models.DateField(null=True, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    objects = AlarmRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(state__in=OPEN_REQUESTS), name="referrals_alarmrequest_one_open"
            ),
            models.CheckConstraint(
                condition=Q(kind="") | Q(state__in=["ready", "given", "returned", "lost"]),
                name="referrals_alarmrequest_kind",
            ),
        ]
        indexes = [models.Index(fields=["case", "-at"], name="referrals_alarmrequest_of")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def risk_labels(self) -> list[str]:
        """What worries her, as colleagues read it."""
        return [str(self.Risk(risk).label) for risk in self.risks]

    @property
    def where_labels(self) -> list[str]:
        """Where she would use it, as colleagues read it."""
        return [str(self.Where(where).label) for where in self.places]


class AlarmRequestStep(Labelled):
    """One move of a request: by whom, when, and in words that she reads."""

    statement = Statement("shared", ("words", "by"), WITH_THE_CASE)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    request = models.ForeignKey(AlarmRequest, on_delete=models.PROTECT, related_name="steps")
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="+")
    from_state = models.CharField(max_length=12, choices=RequestState.choices)
    to_state = models.CharField(max_length=12, choices=RequestState.choices)
    words = CaseTextField(blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = SharedOfCase.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(from_state=F("to_state")), name="referrals_alarmrequeststep_moves")
        ]
        indexes = [models.Index(fields=["request", "at"], name="referrals_alarmreqstep_of")]

    def __str__(self) -> str:
        return str(self.pk)


def from_now_on() -> DateTimeTZRange:
    """A period that begins now and has no end yet."""
    return DateTimeTZRange(timezone.now(), None)


class AlarmLoanQuerySet(OfCase):
    """Questions about loans."""

    def open(self) -> Self:
        """Reserved or given out, and not over."""
        return self.filter(state__in=OPEN_LOANS)

    def issued(self) -> Self:
        """With a victim now."""
        return self.filter(state=LoanState.ISSUED)

    def return_overdue(self, today: date) -> Self:
        """With a victim, and due back before today."""
        return self.issued().filter(due_on__lt=today)

    def for_list(self) -> Self:
        """With the unit, the newest first."""
        return self.select_related("alarm__place__team", "demonstrated_by", "request").order_by("-period", "-pk")


class AlarmLoan(Labelled):
    """One unit with one case, from the reservation until it is back, lost or given up. Its id is the form's key.

    Attributes:
        period: from the reservation on; open-ended while it runs. No unit is in two periods at once.
        handed: how it came to the victim.
        receipt: how the victim said that it came.
    """

    statement = Statement("staff", ("demonstrated_by",), WITH_THE_CASE)

    class Receipt(models.TextChoices):
        """How it was said that it came."""

        SIGNED = "signed", _("Signed on paper")
        SAID = "said", _("Acknowledged in words")

    class Handed(models.TextChoices):
        """How it came to the victim."""

        OFFICE = "office", _("Picked up at our office")
        MEETING = "meeting", _("Handed over in person")
        TRUSTED = "trusted", _("Picked up by somebody the victim trusts")
        POST = "post", _("By post")

    class Wiped(models.TextChoices):
        """What became of paired phones, accounts, recordings."""

        YES = "yes", _("Wiped")
        NOTHING = "nothing", _("Nothing to wipe")
        NOT_DONE = "not_done", _("Not wiped yet")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="alarm_loans")
    alarm = models.ForeignKey(Alarm, on_delete=models.PROTECT, related_name="loans")
    request = models.ForeignKey(AlarmRequest, on_delete=models.PROTECT, null=True, related_name="loans")
    state = models.CharField(max_length=10, choices=LoanState.choices, default=LoanState.RESERVED)
    period = DateTimeRangeField(default=from_now_on)
    issued_at = models.DateTimeField(null=True)
    due_on = models.DateField(_("due back"), null=True)
    is_demonstrated = models.BooleanField(default=False)
    demonstrated_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    handed = models.CharField(max_length=8, choices=Handed.choices, blank=True)
    receipt = models.CharField(max_length=8, choices=Receipt.choices, blank=True)
    tamper_check = models.CharField(max_length=8, choices=Check.choices, blank=True)
    tracker_check = models.CharField(max_length=8, choices=Check.choices, blank=True)
    wiped = models.CharField(max_length=8, choices=Wiped.choices, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = AlarmLoanQuerySet.as_manager()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="referrals_alarmloan_one_at_a_time",
                expressions=[("period", RangeOperators.OVERLAPS), ("alarm", RangeOperators.EQUAL)],
                violation_error_message=_("This unit is on another loan for part of that time."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=OPEN_LOANS, period__upper_inf=True)
                | (~Q(state__in=OPEN_LOANS) & Q(period__upper_inf=False)),
                name="referrals_alarmloan_ends",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["reserved", "cancelled"], issued_at=None, due_on=None, receipt="", handed="")
                | (Q(state__in=["issued", "returned", "lost"], issued_at__isnull=False, due_on__isnull=False)
                   & ~Q(receipt="") & ~Q(handed="")),
                name="referrals_alarmloan_issued",
                violation_error_message=_("A unit that is given out has a day to come back and a receipt."),
            ),
            models.CheckConstraint(
                condition=Q(is_demonstrated=True, demonstrated_by__isnull=False)
                | Q(is_demonstrated=False, demonstrated_by=None),
                name="referrals_alarmloan_demonstrated",
                violation_error_message=_("Say who showed how it works."),
            ),
            models.CheckConstraint(
                condition=(Q(state="returned") & ~Q(tamper_check="") & ~Q(tracker_check="") & ~Q(wiped=""))
                | (~Q(state="returned") & Q(tamper_check="", tracker_check="", wiped="")),
                name="referrals_alarmloan_checked",
                violation_error_message=_("Say what was checked when it came back."),
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["case"], name="referrals_alarmloan_of"),
            models.Index(fields=["due_on"], condition=Q(state="issued"), name="referrals_alarmloan_due"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_open(self) -> bool:
        """Whether it is reserved or given out, and not over."""
        return self.state in OPEN_LOANS


class AlarmLoanStep(Labelled):
    """One move of a loan: by whom, when, and what was said of it."""

    statement = Statement("staff", ("words", "by"), WITH_THE_CASE)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    loan = models.ForeignKey(AlarmLoan, on_delete=models.PROTECT, related_name="steps")
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="+")
    from_state = models.CharField(max_length=10, choices=LoanState.choices, blank=True)
    to_state = models.CharField(max_length=10, choices=LoanState.choices)
    words = CaseTextField(blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = OfCase.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(from_state=F("to_state")), name="referrals_alarmloanstep_moves")
        ]
        indexes = [models.Index(fields=["case", "-at"], name="referrals_alarmloanstep_of")]

    def __str__(self) -> str:
        return str(self.pk)


class AlarmRenewal(models.Model):
    """A later day to come back. Its id is the form's key."""

    statement = Statement("staff", ("words", "by"), WITH_THE_CASE)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    loan = models.ForeignKey(AlarmLoan, on_delete=models.PROTECT, related_name="renewals")
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="+")
    from_due_on = models.DateField()
    due_on = models.DateField()
    words = CaseTextField(blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    objects = OfCase.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(due_on__gt=F("from_due_on")), name="referrals_alarmrenewal_later",
                violation_error_message=_("The new day has to be later than the one before."),
            )
        ]  # fmt: skip
        indexes = [models.Index(fields=["loan", "-at"], name="referrals_alarmrenewal_of")]

    def __str__(self) -> str:
        return str(self.pk)
