"""What is taken out of one bundle by hand, and the protected words it was asked for with."""

from typing import Self
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from bundles.models.bundles import Bundle
from cases.models import Case
from cases.models.work import OfCase
from nsvcs.casetext import CaseTextField
from nsvcs.ids import uuid7
from nsvcs.statements import WITH_THE_CASE, Statement


class RedactionReason(models.TextChoices):
    """Why something is taken out; printed in its place."""

    WHEREABOUTS = "whereabouts", _("where somebody can be found")
    CHILD = "child", _("a child’s details")
    PERSON = "person", _("another person’s details")
    SAFETY = "safety", _("somebody’s safety")
    PRIVATE = "private", _("private, and not about these events")
    HEALTH = "health", _("health")
    LEGAL = "legal", _("legal advice")


class RedactionQuerySet(OfCase):
    """Questions about redactions."""

    def of_choice(self, choice_id: UUID) -> Self:
        """Those of one choice, in the order in which they were made."""
        return self.filter(choice_id=choice_id).order_by("at", "id")


class Redaction(models.Model):
    """One piece taken out of one bundle: of a text from one letter to another, or of areas of a page.

    It goes by the id of the choice, which becomes the bundle's. From then on none is added, changed or removed.

    Attributes:
        target: what `object_id` names.
        field: of an entry or caption, which of its texts.
        start, end: over the text as it is kept.
        boxes: left, top, right, bottom of areas, four numbers each, in ten-thousandths of the page.
        digest: of the text, or of the viewing copy: where that is another by now, the place may be another too.
    """

    statement = Statement("staff", ("words",), WITH_THE_CASE)

    class Target(models.TextChoices):
        """What something is taken out of."""

        ENTRY = "entry", _("Entry")
        AMENDMENT = "amendment", _("Later note")
        TRANSLATION = "translation", _("Translation")
        CAPTION = "caption", _("What was said of a file")
        TRANSCRIPT = "transcript", _("What was heard in a recording")
        PAGE = "page", _("Page of a file")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    choice_id = models.UUIDField()
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    target = models.CharField(max_length=12, choices=Target.choices)
    object_id = models.UUIDField()
    field = models.CharField(max_length=24, blank=True)
    start = models.PositiveIntegerField(default=0)
    end = models.PositiveIntegerField(default=0)
    page = models.PositiveIntegerField(default=0)
    boxes = ArrayField(models.PositiveIntegerField(), default=list)
    digest = models.CharField(max_length=64)
    reason = models.CharField(max_length=12, choices=RedactionReason.choices)
    words = CaseTextField(_("note on why"), blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    objects = RedactionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(target="page", page__gte=1, end=0) & ~Q(boxes=[])
                | ~Q(target="page") & Q(page=0, boxes=[], end__gt=F("start")),
                name="bundles_redaction_of_text_or_page",
            )
        ]
        indexes = [models.Index(fields=["choice_id", "at"], name="bundles_redaction_of_choice")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def areas(self) -> list[tuple[int, ...]]:
        """The boxes, four numbers each."""
        return [tuple(self.boxes[at : at + 4]) for at in range(0, len(self.boxes), 4)]


class BundleTerm(models.Model):
    """One protected word as it was when a bundle was asked for: its pages are made, and made again, by these."""

    statement = Statement("staff", ("words",), WITH_THE_CASE)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    bundle = models.ForeignKey(Bundle, on_delete=models.PROTECT, related_name="terms")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=16)
    words = CaseTextField()
    with_first_name = models.BooleanField(default=False)
    in_any_case = models.BooleanField(default=False)

    objects = OfCase.as_manager()

    def __str__(self) -> str:
        return str(self.pk)
