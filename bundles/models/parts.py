"""Printed parts of bundles, kept by what they were made from; and how long each step of making one takes."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import models
from django.db.models import Q

from bundles.models.bundles import Bundle
from cases.models import Case
from cases.models.work import OfCase
from nsvcs.casetext import CaseTextField
from nsvcs.ids import uuid7
from nsvcs.statements import NEVER_PERSONAL, Statement


class Parts(OfCase):
    """Questions about kept parts. One case's part is never another's, even where both are the same to the letter."""

    def of(self, case_id: UUID, keys: list[str]) -> "Parts":
        """The parts of one case under these keys."""
        return self.filter(case_id=case_id, key__in=keys)


class BundlePart(models.Model):
    """Some pages, made once and used by every bundle of the case that would print the same."""

    statement = Statement("staff", (), "until no bundle has used it for some weeks, and no longer than the case")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=64)  # SHA-256 of the recipe and of all that was put in
    storage_name = models.CharField(max_length=80)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.BigIntegerField()
    result = models.JSONField()  # pages, and where on them each place is
    made_at = models.DateTimeField()
    last_used_at = models.DateTimeField()

    objects = Parts.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "key"], name="bundles_part_once")]
        indexes = [models.Index(fields=["last_used_at"], name="bundles_part_used")]

    def __str__(self) -> str:
        return self.key


class Orders(OfCase):
    """Questions about parts that are still to be made."""

    def untaken(self, now: datetime, patience: timedelta | None = None) -> "Orders":
        """Taken by nobody, or by somebody who has had it for longer than `patience`; in their order."""
        free = Q(taken_at=None) if patience is None else Q(taken_at=None) | Q(taken_at__lt=now - patience)
        return self.filter(free).order_by("position")


class PartOrder(models.Model):
    """Some parts that a bundle still needs, for whichever worker is free. Gone, with their text, once they are made."""

    statement = Statement("staff", ("payload",), "until the parts are made, or the bundle is over")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    bundle = models.ForeignKey(Bundle, on_delete=models.CASCADE, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveIntegerField()
    payload = CaseTextField()  # as JSON: what is to be set, word for word
    asked_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)
    taken_by = models.UUIDField(null=True)  # the job

    objects = Orders.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bundle", "position"], name="bundles_order_once")]

    def __str__(self) -> str:
        return f"{self.bundle_id} {self.position}"


class ComingFile(models.Model):
    """The name of a file that is about to be kept and is named by no row yet. Struck out with the row that names it."""

    statement = Statement("open", (), NEVER_PERSONAL)

    name = models.CharField(primary_key=True, max_length=80)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class StepTime(models.Model):
    """How long one piece of one step took in a bundle: numbers alone, from which the next one's end is guessed."""

    statement = Statement("open", (), NEVER_PERSONAL)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    step = models.CharField(max_length=40)
    seconds_each = models.FloatField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["step", "-at"], name="bundles_steptime_latest")]

    def __str__(self) -> str:
        return f"{self.step} {self.seconds_each:.3f}"
