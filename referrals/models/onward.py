"""Onward referrals: a victim's details passed on to another organisation, on a recorded basis, and what became of it.

What was asked, decided, shared and moved is a row that never changes. A referral's own row says where it stands now;
the database lets it be sent only on a basis that stands (`referral_basis` in the migration).
"""

from datetime import date
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.models import Case, Consent, ShareLink
from cases.models.scope import OfCase
from nsvcs.casetext import CaseTextField
from nsvcs.ids import uuid7
from nsvcs.labels import Labelled
from nsvcs.statements import WITH_THE_CASE, Statement
from reference.models import Organisation
from referrals.rules.onward import AWAITED, ENDED, DeclineCode, Gateway, Mover, ReferralState, WithdrawCode


class Shared(models.TextChoices):
    """What of a case can be passed on, in the order it is shown. Where the victim lives is not among it."""

    NAME = "name", _("Name to use")
    FULL_NAME = "full_name", _("First and last name")
    BORN_ON = "born_on", _("Date of birth")
    AGE_BAND = "age_band", _("Age band")
    PHONE = "phone", _("Safe phone number")
    CONTACT = "contact", _("How to make contact safely")
    LANGUAGE = "language", _("Language and interpreter")
    ASKED_FOR = "asked_for", _("What is asked for")
    SUMMARY = "summary", _("Summary")
    PRIORITY = "priority", _("Urgency")
    ORDERS = "orders", _("Court orders")
    POLICE = "police", _("Police force and crime reference")


class ReferralQuerySet(OfCase):
    """Questions about referrals."""

    def awaited(self) -> Self:
        """Sent, and not answered."""
        return self.filter(state__in=AWAITED)

    def standing(self) -> Self:
        """Neither declined nor withdrawn nor completed."""
        return self.exclude(state__in=ENDED)

    def for_list(self) -> Self:
        """All that a list row shows, the newest first."""
        named = self.select_related("organisation", "made_by", "consent", "approval", "emergency__decision")
        return named.order_by("-made_at", "-pk")


class Referral(Labelled):
    """One referral of one victim to one organisation.

    Attributes:
        reason: why, for ourselves; it is never passed on.
        ticked: which of `Shared` go, as chosen so far; what went is in `SharedField`.
        emergency: the reasons on which it was sent in an emergency, before a manager had looked.
        digest: of what was sent, as the partner sees it.
    """

    statement = Statement(
        "staff",
        ("to_name", "work_email", "work_phone", "reason", "asked_for", "summary", "orders", "made_by"),
        WITH_THE_CASE,
    )

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="onward_referrals")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    to_name = models.CharField(_("person or team there"), max_length=120)
    work_email = models.EmailField(_("work e-mail"), blank=True)
    work_phone = models.CharField(_("work phone"), max_length=40, blank=True)
    reason = CaseTextField(_("why"))
    asked_for = CaseTextField(_("what is asked for"))
    summary = CaseTextField(_("summary"), blank=True)
    orders = CaseTextField(_("court orders"), blank=True)
    ticked = ArrayField(models.CharField(max_length=10, choices=Shared.choices), default=list)
    state = models.CharField(max_length=10, choices=ReferralState.choices, default=ReferralState.MADE)
    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, null=True, related_name="+")
    approval = models.ForeignKey("SharingDecision", on_delete=models.PROTECT, null=True, related_name="+")
    emergency = models.ForeignKey("WithoutConsent", on_delete=models.PROTECT, null=True, related_name="+")
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    chase_on = models.DateField(null=True)
    listed_on = models.DateField(null=True)
    due_on = models.DateField(null=True)
    chased_at = models.DateTimeField(null=True)
    listed_at = models.DateTimeField(null=True)
    digest = models.CharField(max_length=64, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = ReferralQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["made", "withdrawn"])
                | Q(consent__isnull=False)
                | Q(approval__isnull=False)
                | Q(emergency__isnull=False),
                name="referrals_referral_has_basis",
                violation_error_message=_(
                    "A referral is sent only on a consent, on a manager’s approval, or in an emergency."
                ),
            ),
            models.CheckConstraint(
                condition=Q(consent=None, approval=None)
                | Q(consent=None, emergency=None)
                | Q(approval=None, emergency=None),
                name="referrals_referral_one_basis",
                violation_error_message=_("A referral has one basis."),
            ),
            models.CheckConstraint(
                condition=Q(state="made", sent_at=None)
                | Q(state="withdrawn")
                | ~Q(state__in=["made", "withdrawn"]) & Q(sent_at__isnull=False),
                name="referrals_referral_sent",
                violation_error_message=_("A referral that was sent says when."),
            ),
            models.CheckConstraint(
                condition=Q(sent_at=None, chase_on=None, listed_on=None, due_on=None, digest="")
                | Q(sent_at__isnull=False, chase_on__isnull=False, listed_on__isnull=False, due_on__isnull=False)
                & Q(chase_on__lte=F("listed_on"), listed_on__lte=F("due_on"))
                & ~Q(digest=""),
                name="referrals_referral_days",
                violation_error_message=_("The days for an answer follow each other."),
            ),
        ]
        indexes = [
            models.Index(fields=["case", "-made_at"], name="referrals_referral_of_case"),
            models.Index(
                fields=["chase_on"], condition=Q(state__in=["sent", "viewed"]), name="referrals_referral_awaited"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_awaited(self) -> bool:
        """Whether it was sent and not answered."""
        return self.state in AWAITED

    @property
    def has_basis(self) -> bool:
        """Whether a basis was chosen; whether it still stands is asked as it is sent."""
        return bool(self.basis)

    @property
    def basis(self) -> str:
        """On which kind of thing it rests; empty for none."""
        names = ("consent", "approval", "emergency")
        return next((name for name in names if getattr(self, f"{name}_id") is not None), "")

    def is_late(self, today: date) -> bool:
        """Whether the last day for an answer has passed without one."""
        return self.is_awaited and self.due_on is not None and self.due_on < today


class ReferralMove(Labelled):
    """One step of a referral: who, when, why."""

    statement = Statement("staff", ("words", "by"), WITH_THE_CASE)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="moves")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    from_state = models.CharField(max_length=10, choices=ReferralState.choices, blank=True)
    to_state = models.CharField(max_length=10, choices=ReferralState.choices)
    who = models.CharField(max_length=8, choices=Mover.choices)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    link = models.ForeignKey(ShareLink, on_delete=models.PROTECT, null=True, related_name="+")
    code = models.CharField(max_length=16, blank=True)
    words = CaseTextField(blank=True)
    at = models.DateTimeField()

    objects = OfCase.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(who="staff", by__isnull=False, link=None)
                | Q(who="partner", by=None, link__isnull=False)
                | Q(who="consent", by=None, link=None),
                name="referrals_move_by_somebody",
                violation_error_message=_("A step says who took it."),
            ),
            models.CheckConstraint(
                condition=~Q(to_state__in=["declined", "withdrawn"]) | ~Q(code=""),
                name="referrals_move_code",
                violation_error_message=_("Declining and withdrawing have a reason."),
            ),
            models.UniqueConstraint(fields=["referral", "to_state"], name="referrals_move_once"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def why(self) -> str:
        """Its code in words; empty where it has none."""
        codes = DeclineCode if self.to_state == ReferralState.DECLINED else WithdrawCode
        return str(codes(self.code).label) if self.code else ""


class WithoutConsentQuerySet(OfCase):
    """Questions about askings."""

    def waiting(self) -> Self:
        """Not decided: first what was sent in an emergency, then what waits to be sent; the oldest first."""
        named = self.select_related("case", "referral__organisation", "asked_by")
        mine = named.filter(Q(referral__state="made") | Q(is_emergency=True), decision=None)
        return mine.order_by("-is_emergency", "asked_at", "pk")


class WithoutConsent(Labelled):
    """One asking to share without the victim's consent: what allows it and why it is needed. A manager decides it.

    Attributes:
        is_emergency: it was sent as this was written, and a manager looks at it afterwards.
    """

    statement = Statement(
        "staff", ("risk", "necessity", "proportionality", "not_told_because", "asked_by"), WITH_THE_CASE
    )

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="askings")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    gateway = models.CharField(_("what allows it"), max_length=12, choices=Gateway.choices)
    risk = CaseTextField(_("the risk"))
    necessity = CaseTextField(_("why it is necessary"))
    proportionality = CaseTextField(_("why no less would do"))
    is_told = models.BooleanField(_("the victim was told"))
    not_told_because = CaseTextField(_("why the victim was not told"), null=True)  # type: ignore[misc]
    is_emergency = models.BooleanField(default=False)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()

    objects = WithoutConsentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(is_told=True, not_told_because__isnull=True)
                | Q(is_told=False, not_told_because__isnull=False),
                name="referrals_withoutconsent_told",
                violation_error_message=_("Say that the victim was told, or why not."),
            ),
            models.CheckConstraint(
                condition=Q(is_emergency=False) | Q(gateway=Gateway.DANGER),
                name="referrals_withoutconsent_emergency",
                violation_error_message=_("Only danger to life, or of serious harm, is an emergency."),
            ),
        ]
        indexes = [models.Index(fields=["referral", "-asked_at"], name="referrals_asking_of_referral")]

    def __str__(self) -> str:
        return str(self.pk)


class SharingDecision(Labelled):
    """A manager's answer to one asking; never the asker's own.

    Attributes:
        digest: of what would have gone when it was decided, as the manager saw it: an approval is of that alone.
    """

    statement = Statement("staff", ("reason", "by", "asked_by"), WITH_THE_CASE)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    asking = models.OneToOneField(WithoutConsent, on_delete=models.PROTECT, related_name="decision")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    is_approved = models.BooleanField()
    digest = models.CharField(max_length=64, blank=True, default="")
    reason = CaseTextField(_("why"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = OfCase.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(by=F("asked_by")),
                name="referrals_decision_by_another",
                violation_error_message=_("Somebody else decides it than who asked."),
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)


class SharedField(Labelled):
    """One thing that was passed on, as it stood when it was sent."""

    statement = Statement("staff", ("value",), WITH_THE_CASE)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="fields")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=10, choices=Shared.choices)
    value = CaseTextField()
    at = models.DateTimeField()

    objects = OfCase.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["referral", "name"], name="referrals_sharedfield_once")]

    def __str__(self) -> str:
        return str(self.pk)
