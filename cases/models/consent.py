"""What a victim agreed to: for which purpose, with whom, until when. Taking it back is a row beside."""

from datetime import date, datetime, time
from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.models.cases import Case
from cases.models.scope import SharedOfCase
from cases.rules import LONDON, ConsentState, consent_state, recipient_key
from nsvcs.casetext import CaseTextField
from nsvcs.ids import uuid7
from nsvcs.labels import Labelled
from nsvcs.statements import WITH_THE_CASE, Statement
from reference.models import Organisation


class Told(models.TextChoices):
    """How the victim said it."""

    IN_PERSON = "in_person", _("In person")
    PHONE = "phone", _("On the phone")
    WRITING = "writing", _("In writing")
    PORTAL = "portal", _("In the portal")


class ConsentQuerySet(SharedOfCase):
    """Questions about what was agreed."""

    def standing(self, today: date) -> Self:
        """Within their period on a day, both ends counted, and not withdrawn."""
        return self.not_withdrawn().filter(starts_on__lte=today, ends_on__gte=today)

    def not_withdrawn(self) -> Self:
        """Nobody took them back."""
        return self.exclude(Exists(ConsentWithdrawal.objects.filter(consent=OuterRef("pk"))))

    def covering(
        self, *, purpose: str, on: date, organisation: Organisation | None = None, recipient_name: str = ""
    ) -> Self:
        """Those that stand on a day for this purpose and this recipient; a free name is compared by `recipient_key`.

        An organisation of the directory and a free name are never taken for one another.
        """
        return self.standing(on).meant_for(purpose=purpose, organisation=organisation, recipient_name=recipient_name)

    def meant_for(self, *, purpose: str, organisation: Organisation | None = None, recipient_name: str = "") -> Self:
        """Those for this purpose and this recipient, whether or not they stand."""
        found = self.filter(purpose=purpose)
        if organisation is not None:
            return found.filter(organisation=organisation)
        key = recipient_key(recipient_name)
        return found.filter(organisation=None, recipient_key=key) if key else found.none()

    def that_stood(self, on: date) -> Self:
        """Within their period on a day, and not taken back before that day began (Europe/London)."""
        began = datetime.combine(on, time(0), LONDON)
        before = ConsentWithdrawal.objects.filter(consent=OuterRef("pk"), at__lt=began)
        return self.exclude(Exists(before)).filter(starts_on__lte=on, ends_on__gte=on)

    def for_list(self) -> Self:
        """The newest first, each with all that a list shows of it, in one query."""
        named = self.select_related("organisation", "recorded_by", "withdrawal__by")
        return named.order_by("-recorded_at", "-pk")


class Consent(Labelled):
    """One agreement, with one recipient. Never changed: another agreement is another row.

    Attributes:
        what: what may be said or done.
        recipient_key: the free name as two are compared; empty for an organisation of the directory.
        ends_on: the last day; like the first, it counts.
    """

    statement = Statement("shared", ("what", "words", "recipient_name", "recipient_key"), WITH_THE_CASE)

    class Purpose(models.TextChoices):
        """What it is for."""

        REFERRAL = "referral", _("Referral to another service")
        LETTER = "letter", _("A letter")
        RESTORATIVE = "restorative", _("Restorative justice")
        SPEAK_FOR_ME = "speak_for_me", _("Speaking for the victim")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="consents")
    number = models.PositiveIntegerField()
    purpose = models.CharField(_("what for"), max_length=12, choices=Purpose.choices)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    recipient_name = models.CharField(_("with whom"), max_length=120, blank=True)
    recipient_key = models.CharField(max_length=2200, blank=True, editable=False)
    what = CaseTextField(_("what may be said or done"))
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    how_given = models.CharField(_("how it was given"), max_length=10, choices=Told.choices)
    given_on = models.DateField(_("given on"))
    words = CaseTextField(_("in the victim’s words"), blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="cases_consent_numbered"),
            models.CheckConstraint(
                condition=Q(organisation__isnull=False, recipient_name="", recipient_key="")
                | Q(organisation=None) & ~Q(recipient_name="") & ~Q(recipient_key=""),
                name="cases_consent_one_recipient",
                violation_error_message=_("An agreement names one organisation of the directory, or somebody else."),
            ),
            models.CheckConstraint(
                condition=Q(starts_on__gte=F("given_on"), ends_on__gte=F("starts_on")),
                name="cases_consent_days_in_order",
                violation_error_message=_("An agreement begins when it is given or later, and ends after that."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def recipient(self) -> str:
        """With whom, by name."""
        return self.organisation.name if self.organisation else self.recipient_name

    @property
    def is_withdrawn(self) -> bool:
        """Whether it was taken back; of a row of `for_list`."""
        return hasattr(self, "withdrawal")

    def state_on(self, today: date) -> ConsentState:
        """Where it stands on a day; of a row of `for_list`."""
        return consent_state(self.starts_on, self.ends_on, self.is_withdrawn, today)


class ConsentWithdrawal(Labelled):
    """The victim took one agreement back: by the portal, or a worker heard it. Why is never asked."""

    statement = Statement("shared", ("words",), WITH_THE_CASE)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    consent = models.OneToOneField(Consent, on_delete=models.PROTECT, related_name="withdrawal")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    how = models.CharField(_("how it was said"), max_length=10, choices=Told.choices, blank=True)
    words = CaseTextField(_("in the victim’s words"), blank=True)

    objects = SharedOfCase.as_manager()

    class Meta:
        indexes = [models.Index(fields=["case", "-at"], name="cases_withdrawal_of_case")]

    def __str__(self) -> str:
        return str(self.pk)
