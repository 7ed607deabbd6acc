"""What lies beside a finished bundle, and the digests by which anybody may ask for a file of ours."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from bundles.models.bundles import Bundle
from cases.models import Case
from cases.models.work import OfCase
from nsvcs.ids import uuid7
from nsvcs.statements import WITH_THE_CASE, Statement


class BundleFile(models.Model):
    """One file beside a bundle's first: a further volume, its list, a time stamp, the pack. Written once."""

    statement = Statement("staff", (), WITH_THE_CASE)

    class Kind(models.TextChoices):
        """What it is."""

        VOLUME = "volume", _("Further volume")
        LIST = "list", _("List of contents")
        TABLE = "table", _("List of contents as a table")
        LIST_STAMP = "list_stamp", _("Time stamp of the list")
        HEAD_STAMP = "head_stamp", _("Time stamp of the log")
        PACK = "pack", _("Pack with the originals")
        LATER = "later", _("Digests under a later time stamp")
        LATER_STAMP = "later_tsr", _("Later time stamp")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    bundle = models.ForeignKey(Bundle, on_delete=models.PROTECT, related_name="files")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    number = models.PositiveSmallIntegerField(default=1)
    storage_name = models.CharField(max_length=80)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.BigIntegerField()
    made_at = models.DateTimeField()

    objects = OfCase.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bundle", "kind", "number"], name="bundles_file_once")]

    def __str__(self) -> str:
        return str(self.pk)


class SealedDigest(models.Model):
    """The digest of a file that was sealed. It names no case: whoever has the file may ask whether it is ours."""

    statement = Statement("closed", (), "for good: it says nothing of anybody, and seals are asked for in later years")

    sha256 = models.CharField(max_length=64, primary_key=True)
    sealed_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.sha256
