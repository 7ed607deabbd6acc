"""What is kept beside an original, never inside it: what the file says of itself, and what was heard in it."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.models import Case
from logs.models.evidence import Evidence
from logs.models.incidents import SharedOfCase, Source
from nsvcs.casetext import CaseTextField
from nsvcs.ids import uuid7
from nsvcs.statements import WITH_THE_CASE, Statement


class EvidenceFactQuerySet(SharedOfCase):
    """Questions about what files say of themselves."""

    def to_show(self) -> Self:
        """All that may be shown unasked; a place may lead somebody to a door, and is asked for."""
        return self.exclude(kind=EvidenceFact.Kind.PLACE)

    def places(self) -> Self:
        """Where files say that they were made."""
        return self.filter(kind=EvidenceFact.Kind.PLACE)


class EvidenceFact(models.Model):
    """One thing an original says of itself, as it is written there: a claim of the file's, not knowledge of ours."""

    statement = Statement("shared", ("value",), WITH_THE_CASE)

    class Kind(models.TextChoices):
        """What it is about, in the order in which they are shown."""

        TAKEN = "taken", _("When it was made")
        DEVICE = "device", _("Made with")
        SOFTWARE = "software", _("Saved by")
        AUTHOR = "author", _("Author")
        SIZE = "size", _("Size")
        LENGTH = "length", _("Length")
        FORMAT = "format", _("Format")
        PLACE = "place", _("Where it was made")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="facts")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    value = CaseTextField()
    recipe = models.CharField(max_length=40)
    read_at = models.DateTimeField(auto_now_add=True)

    objects = EvidenceFactQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["evidence", "kind", "recipe"], name="logs_fact_once_a_recipe"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Transcript(models.Model):
    """What a person heard in a recording and typed, beside the recording. A correction is a further version."""

    statement = Statement("shared", ("text",), WITH_THE_CASE)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="transcripts")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    text = CaseTextField()
    language = models.CharField(max_length=10, default="en")
    source = models.CharField(max_length=10, choices=Source.choices)
    typed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    typed_at = models.DateTimeField()
    digest = models.CharField(max_length=64)

    objects = SharedOfCase.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["evidence", "number"], name="logs_transcript_number")]

    def __str__(self) -> str:
        return str(self.pk)
