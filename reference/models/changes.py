"""Who did what to a directory entry, and when: each time a row of its own, which stays as it is."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from nsvcs.ids import uuid7
from nsvcs.labels import Labelled
from nsvcs.statements import WHILE_CURRENT, Statement
from reference.models.directory import Organisation


class DirectoryChangeQuerySet(models.QuerySet["DirectoryChange"]):
    """Reads of what was done to entries."""

    def of(self, organisation: Organisation) -> "DirectoryChangeQuerySet":
        """Return what was done to one entry, the newest first, each with who did it."""
        return self.filter(organisation=organisation).select_related("by").order_by("-at", "-pk")


class DirectoryChange(Labelled):
    """One thing somebody did to one entry. Its id is the form's key: sent twice, it is done once.

    Attributes:
        version: the entry's version from then on.
        fields: which of its fields it speaks of; of a check, those that were checked.
        before, after: what stood there and what stands there since, in the order of `fields`.
        words: why, where somebody said it.
    """

    statement = Statement("open", ("by",), WHILE_CURRENT)

    class Kind(models.TextChoices):
        """What was done."""

        ADDED = "added", _("Added")
        CHECKED = "checked", _("Checked")
        CHANGED = "changed", _("Changed")
        RETIRED = "retired", _("Retired")
        RETURNED = "returned", _("Brought back")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    version = models.PositiveIntegerField()
    fields = ArrayField(models.CharField(max_length=20), default=list)
    before = ArrayField(models.CharField(max_length=400), default=list)
    after = ArrayField(models.CharField(max_length=400), default=list)
    words = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    objects = DirectoryChangeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "version"], name="reference_directorychange_version"),
            models.CheckConstraint(
                condition=models.Q(fields__len=F("before__len"), after__len=F("before__len")),
                name="reference_directorychange_lines",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
