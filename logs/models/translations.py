"""Translations beside what was written: attributed, never instead of it, never by a machine."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.models import Case
from logs.models.incidents import Amendment, Incident, SharedOfCase
from nsvcs.casetext import CaseTextField
from nsvcs.ids import uuid7
from nsvcs.labels import Labelled
from nsvcs.statements import WITH_THE_CASE, Statement


class Translation(Labelled):
    """One text of an entry, or one thing added to it, in another language. A better one is another row."""

    statement = Statement("shared", ("text", "translator_name"), WITH_THE_CASE)

    class Role(models.TextChoices):
        """Who translated it."""

        INTERPRETER = "interpreter", _("an interpreter")
        CASEWORKER = "caseworker", _("a caseworker")
        VICTIM = "victim", _("the person who wrote it")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="translations")
    amendment = models.ForeignKey(Amendment, on_delete=models.PROTECT, null=True, related_name="translations")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    field = models.CharField(max_length=24, blank=True)
    language_from = models.CharField(max_length=10)
    language_to = models.CharField(max_length=10)
    translator_role = models.CharField(max_length=12, choices=Role.choices)
    translator_name = models.CharField(max_length=120, blank=True)
    translated_on = models.DateField()
    text = CaseTextField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    digest = models.CharField(max_length=64)

    objects = SharedOfCase.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(amendment=None) & ~Q(field="")) | (Q(amendment__isnull=False) & Q(field="")),
                name="logs_translation_of_one_text",
            )
        ]
        indexes = [models.Index(fields=["incident", "recorded_at"], name="logs_translation_of_incident")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def piece(self) -> str:
        """Which text of its entry it is of: a field's name, or the id of what was added."""
        return self.field or str(self.amendment_id)


class PatternSwitch(models.Model):
    """Whether the portal shows her the patterns of her notes, since when, and who decided. The newest row counts."""

    statement = Statement("shared", (), WITH_THE_CASE)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="pattern_switches")
    is_shown = models.BooleanField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = SharedOfCase.as_manager()

    class Meta:
        indexes = [models.Index(fields=["case", "-at"], name="logs_pattern_switch_of_case")]

    def __str__(self) -> str:
        return str(self.pk)
