"""Signposts: a victim was told of a service, and nothing was shared with it."""

from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Prefetch
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.models.scope import OfCase, SharedOfCase
from nsvcs.casetext import CaseTextField
from nsvcs.ids import uuid7
from nsvcs.labels import Labelled
from nsvcs.statements import WITH_THE_CASE, Statement
from reference.models import Organisation
from reference.needs import BY_CODE
from referrals.rules.signposting import ToldHow


class SignpostQuerySet(SharedOfCase):
    """Questions about signposts."""

    def standing(self) -> Self:
        """Not taken back."""
        return self.filter(back__isnull=True)

    def on_her_page(self) -> Self:
        """Told in the portal, not taken back, and of an entry that the portal may show now."""
        return self.standing().filter(told_how=ToldHow.PORTAL, organisation__in=Organisation.objects.for_portal())

    def unread(self) -> Self:
        """Never on a page of hers."""
        return self.exclude(Exists(SignpostRead.objects.filter(signpost=OuterRef("pk"))))

    def in_order(self) -> Self:
        """The newest first."""
        return self.order_by("-at", "-pk")

    def for_list(self) -> Self:
        """All that a row for colleagues shows, in a number of queries that does not grow."""
        outcomes = Prefetch("outcomes", queryset=SignpostOutcome.objects.select_related("by").order_by("-at", "-pk"))
        return self.select_related("organisation", "by", "back__by").prefetch_related(outcomes, "reads").in_order()


class Signpost(Labelled):
    """One service that a victim was told of. Its id is the form's key: sent twice, it is kept once."""

    statement = Statement("shared", ("words", "need"), WITH_THE_CASE)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="signposts")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    need = models.CharField(_("what for"), max_length=30)
    told_how = models.CharField(_("told how"), max_length=10, choices=ToldHow.choices)
    words = CaseTextField(_("words to the victim"), blank=True)
    language = models.CharField(max_length=10, default="en")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    objects = SignpostQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["case", "-at"], name="referrals_signpost_of_case")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def need_label(self) -> str:
        """What it is for, in words; a need that was taken from the list stays by its code."""
        return str(BY_CODE[self.need].label) if self.need in BY_CODE else self.need

    @property
    def is_in_portal(self) -> bool:
        """Whether it was told in the portal."""
        return self.told_how == ToldHow.PORTAL

    @property
    def outcome(self) -> "SignpostOutcome | None":
        """What is known of whether it helped; needs `for_list`."""
        return next(iter(self.outcomes.all()), None)

    @property
    def is_taken_back(self) -> bool:
        """Whether it was taken back; needs `for_list`."""
        return hasattr(self, "back")


class SignpostTakenBack(models.Model):
    """A signpost was a mistake, or is no use any more: it leaves the victim's page, and stays on the case."""

    statement = Statement("shared", ("words",), WITH_THE_CASE)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    signpost = models.OneToOneField(Signpost, on_delete=models.PROTECT, related_name="back")
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="+")
    words = CaseTextField(_("why"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    objects = SharedOfCase.as_manager()

    def __str__(self) -> str:
        return str(self.pk)


class SignpostRead(models.Model):
    """The victim had the signpost on their page."""

    statement = Statement("shared", ("by",), WITH_THE_CASE)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    signpost = models.ForeignKey(Signpost, on_delete=models.PROTECT, related_name="reads")
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    objects = SharedOfCase.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["signpost", "by"], name="referrals_signpostread_once")]

    def __str__(self) -> str:
        return str(self.pk)


class SignpostOutcome(Labelled):
    """Whether a signpost helped, as far as is known. The newest row counts; an earlier one stays."""

    statement = Statement("staff", (), WITH_THE_CASE)

    class Outcome(models.TextChoices):
        """What came of it."""

        USED = "used", _("Used, and it helped")
        NO_HELP = "no_help", _("Used, and it did not help")
        NOT_USED = "not_used", _("Not used")
        NOT_ASKED = "not_asked", _("Not asked")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    signpost = models.ForeignKey(Signpost, on_delete=models.PROTECT, related_name="outcomes")
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(_("did it help"), max_length=10, choices=Outcome.choices)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    objects = OfCase.as_manager()

    def __str__(self) -> str:
        return str(self.pk)
