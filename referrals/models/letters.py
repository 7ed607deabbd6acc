"""Letters: their templates, a letter as it was frozen, its file, who took it, and how it left."""

from datetime import date
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.models import Case, Consent
from cases.models.scope import OfCase
from nsvcs.casetext import CaseTextField
from nsvcs.ids import uuid7
from nsvcs.labels import Labelled
from nsvcs.statements import WITH_THE_CASE, Statement
from reference.models import Organisation
from reference.models.sourced import OPEN, Confidence, Sourced
from referrals.rules.letters import Refused, Way


class LetterTemplateQuerySet(models.QuerySet["LetterTemplate"]):
    """Reads of the templates."""

    def current(self, today: date) -> "list[LetterTemplate]":
        """The newest version in force of each, in the order of the kinds."""
        in_force = self.filter(in_force_on__lte=today).order_by("key", "-in_force_on", "-version").distinct("key")
        kinds = LetterTemplate.Kind.values
        return sorted(in_force, key=lambda each: (kinds.index(each.kind), each.name))

    def for_list(self) -> "LetterTemplateQuerySet":
        """All versions, template by template, the newest first."""
        return self.order_by("kind", "key", "-in_force_on", "-version")


class LetterTemplate(Sourced):
    """How letters of one kind read. A change is a row of its own, under the next version: a letter keeps its own."""

    statement = OPEN

    class Kind(models.TextChoices):
        """Whom it is for."""

        HOUSING = "housing", _("Housing")
        EMPLOYER = "employer", _("Employer")
        SCHOOL = "school", _("School or place of study")
        SUPPORTING = "supporting", _("Supporting letter")

    key = models.SlugField()
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=120)
    in_force_on = models.DateField(_("in force on"))
    subject = models.CharField(_("subject"), max_length=200)
    text = models.TextField(_("text"))
    confidence = models.CharField(_("confidence"), max_length=2, choices=Confidence.choices)

    objects = LetterTemplateQuerySet.as_manager()

    class Meta(Sourced.Meta):
        verbose_name = _("letter template")
        verbose_name_plural = _("letter templates")
        constraints = [
            *Sourced.Meta.constraints,
            models.UniqueConstraint(fields=["key", "version"], name="referrals_lettertemplate_once_per_version"),
        ]

    def __str__(self) -> str:
        return f"{self.key}, version {self.version}"


class LetterQuerySet(OfCase):
    """Questions about letters."""

    def for_list(self) -> Self:
        """The newest first, each with its file and how it left."""
        rows = self.select_related("template", "organisation", "by", "file").order_by("-at", "-pk")
        return rows.prefetch_related(models.Prefetch("given", LetterGiven.objects.order_by("at")))


class Letter(Labelled):
    """One letter, frozen as it was shown when it was asked for. Another version of it is another letter.

    Attributes:
        to_name: the name on the letter; `organisation` where it is one of the directory.
        to_address: the recipient's, never the victim's.
        included: the names of the merge fields that were ticked for it.
        text: the whole of it between the greeting and the signature.
        based_on: the letter it was begun from, if any.
    """

    statement = Statement(
        "staff",
        ("to_name", "to_address", "name_used", "subject", "text", "request", "their_reference", "facts"),
        WITH_THE_CASE,
    )

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="letters")
    template = models.ForeignKey(LetterTemplate, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    to_name = models.CharField(_("to"), max_length=120)
    to_address = CaseTextField(_("address of the recipient"), blank=True)
    name_used = models.CharField(_("the victim’s name"), max_length=200)
    included = ArrayField(models.CharField(max_length=20), default=list)
    request = CaseTextField(blank=True)
    their_reference = CaseTextField(blank=True)
    facts = CaseTextField(blank=True)
    subject = CaseTextField()
    text = CaseTextField()
    dated_on = models.DateField()
    based_on = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    objects = LetterQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["case", "-at"], name="referrals_letter_of_case")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def has_file(self) -> bool:
        """Whether its PDF has been made; of a row of `for_list`."""
        return hasattr(self, "file")


class LetterFile(models.Model):
    """The PDF of a letter, made once by a worker."""

    statement = Statement("staff", (), WITH_THE_CASE)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    letter = models.OneToOneField(Letter, on_delete=models.PROTECT, related_name="file")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    storage_name = models.CharField(max_length=80, unique=True)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.BigIntegerField()
    page_count = models.PositiveSmallIntegerField()
    at = models.DateTimeField(auto_now_add=True)

    objects = OfCase.as_manager()

    def __str__(self) -> str:
        return str(self.pk)


class LetterTaking(Labelled):
    """Somebody downloaded a letter to let it leave in one way, through the gate as it stood then."""

    statement = Statement("staff", ("by",), WITH_THE_CASE)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="takings")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    way = models.CharField(max_length=14, choices=Way.choices)
    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    objects = OfCase.as_manager()

    class Meta:
        indexes = [models.Index(fields=["letter", "-at"], name="referrals_taking_of_letter")]

    def __str__(self) -> str:
        return str(self.pk)


class LetterGiven(Labelled):
    """A letter left: how, into whose hands or to whom, on which day. Recorded by whoever did it.

    Attributes:
        consent: the agreement that stood on that day, of one that went to its recipient; it may have ended since.
        against: why it should not have left that way on that day; empty where nothing stood against it.
    """

    statement = Statement("staff", ("to_name",), WITH_THE_CASE)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="given")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    way = models.CharField(_("how"), max_length=14, choices=Way.choices)
    to_name = models.CharField(_("to whom"), max_length=120)
    on = models.DateField(_("when"))
    against = models.CharField(max_length=7, choices=Refused.choices, blank=True)
    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    objects = OfCase.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["case", "-at"], name="referrals_given_of_case"),
            models.Index(fields=["letter", "at"], name="referrals_given_of_letter"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def was_written_later(self) -> bool:
        """Whether it was recorded on another day than it happened."""
        return self.on != timezone.localdate(self.at)
