"""A bundle that lies in the victim's portal for some days."""

from datetime import datetime
from typing import Self

from django.db import models

from bundles.models.releases import BundleRelease
from cases.models import Case
from cases.models.scope import SharedOfCase
from nsvcs.ids import uuid7
from nsvcs.statements import WITH_THE_CASE, Statement


class PortalCopyQuerySet(SharedOfCase):
    """Questions about copies in the portal."""

    def lying(self, now: datetime) -> Self:
        """Those that can be downloaded at an instant."""
        return self.filter(ended_at=None, expires_at__gt=now)


class PortalCopy(models.Model):
    """The victim's own edition, put into the portal by a release: readable there until it expires or is taken back."""

    statement = Statement("shared", (), WITH_THE_CASE)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    release = models.OneToOneField(BundleRelease, on_delete=models.PROTECT, related_name="portal_copy")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    storage_name = models.CharField(max_length=80)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.BigIntegerField()
    page_count = models.PositiveIntegerField()
    shown_files = models.JSONField(default=list)
    put_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = PortalCopyQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["case", "-put_at"], name="bundles_portalcopy_of_case")]

    def __str__(self) -> str:
        return str(self.pk)

    def can_be_taken(self, now: datetime) -> bool:
        """Whether it still lies there."""
        return self.ended_at is None and now < self.expires_at
