"""Restorative justice for one victim: the referral, each of its moves, and the manager's sign-off."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.models import Case
from cases.models.scope import OfCase
from nsvcs.casetext import CaseTextField
from nsvcs.ids import uuid7
from nsvcs.labels import Labelled
from nsvcs.statements import WITH_THE_CASE, Statement
from referrals.rules.restorative import Method, Outcome, Stage


class RestorativeQuerySet(OfCase):
    """Questions about restorative justice."""

    def open(self) -> Self:
        """Not closed: on hold is open."""
        return self.exclude(stage=Stage.CLOSED)


class RestorativeReferral(Labelled):
    """One way through restorative justice; a case has one open at a time.

    Attributes:
        stage_before_hold: where it stood when it was put on hold; empty unless it is.
        held_on: the day on which the two sides heard each other.
    """

    statement = Statement("staff", ("opened_by",), WITH_THE_CASE)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="restorative_referrals")
    stage = models.CharField(max_length=20, choices=Stage.choices, default=Stage.ENQUIRY)
    stage_before_hold = models.CharField(max_length=20, choices=Stage.choices, blank=True)
    method = models.CharField(_("method"), max_length=12, choices=Method.choices, blank=True)
    held_on = models.DateField(_("held on"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=16, choices=Outcome.choices, blank=True)
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = RestorativeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=~Q(stage="closed"), name="referrals_restorative_one_open",
                violation_error_message=_("Restorative justice is open on this case already."),
            ),
            models.CheckConstraint(
                condition=Q(stage="closed", ended_at__isnull=False) & ~Q(outcome="")
                | ~Q(stage="closed") & Q(ended_at=None, outcome=""),
                name="referrals_restorative_closed_with_outcome",
                violation_error_message=_("What is closed has an outcome, and what is open has none."),
            ),
            models.CheckConstraint(
                condition=Q(stage="on_hold") & ~Q(stage_before_hold="") | ~Q(stage="on_hold") & Q(stage_before_hold=""),
                name="referrals_restorative_hold_from",
                violation_error_message=_("What is on hold says where it stood."),
            ),
            models.CheckConstraint(
                condition=Q(held_on=None) | ~Q(method=""),
                name="referrals_restorative_held_by_a_method",
                violation_error_message=_("What was held was held in some way."),
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["case", "-opened_at"], name="referrals_restorative_of_case")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_open(self) -> bool:
        """Whether it goes on."""
        return self.stage != Stage.CLOSED


class RestorativeMove(Labelled):
    """One move from stage to stage: by whom, when, why. The first one opens it."""

    statement = Statement("staff", ("reason",), WITH_THE_CASE)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    referral = models.ForeignKey(RestorativeReferral, on_delete=models.PROTECT, related_name="moves")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    from_stage = models.CharField(max_length=20, choices=Stage.choices, blank=True)
    to_stage = models.CharField(max_length=20, choices=Stage.choices)
    method = models.CharField(max_length=12, choices=Method.choices, blank=True)
    on = models.DateField(null=True, blank=True)
    outcome = models.CharField(max_length=16, choices=Outcome.choices, blank=True)
    reason = CaseTextField(_("why"), blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    objects = OfCase.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(from_stage=F("to_stage")), name="referrals_restorativemove_goes"),
            models.CheckConstraint(
                condition=Q(to_stage="closed") & ~Q(outcome="") | ~Q(to_stage="closed") & Q(outcome=""),
                name="referrals_restorativemove_ends_with_outcome",
            ),
        ]
        indexes = [models.Index(fields=["case", "-at"], name="referrals_rjmove_of_case")]

    def __str__(self) -> str:
        return str(self.pk)


class SignOffRequest(Labelled):
    """A worker asks a manager to sign off the approach, and says why it is safe enough."""

    statement = Statement("staff", ("reason",), WITH_THE_CASE)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    referral = models.ForeignKey(RestorativeReferral, on_delete=models.PROTECT, related_name="sign_off_requests")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    reason = CaseTextField(_("why it is safe enough"))
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)

    objects = OfCase.as_manager()

    class Meta:
        indexes = [models.Index(fields=["referral", "-asked_at"], name="referrals_signoff_of")]

    def __str__(self) -> str:
        return str(self.pk)


class SignOff(Labelled):
    """A manager's answer to one request. Nobody answers their own: `asked_by` is held to the request's.

    Attributes:
        ends_on: the last day on which it counts; none for a refusal.
    """

    statement = Statement("staff", ("reason",), WITH_THE_CASE)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    request = models.OneToOneField(SignOffRequest, on_delete=models.PROTECT, related_name="sign_off")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    is_given = models.BooleanField()
    reason = CaseTextField(_("why"))
    ends_on = models.DateField(null=True, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = OfCase.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(by=F("asked_by")), name="referrals_signoff_by_another",
                violation_error_message=_("Nobody signs off what they asked for themselves."),
            ),
            models.CheckConstraint(
                condition=Q(is_given=True, ends_on__isnull=False) | Q(is_given=False, ends_on=None),
                name="referrals_signoff_given_until",
                violation_error_message=_("A sign-off has a last day, and a refusal has none."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self.pk)
