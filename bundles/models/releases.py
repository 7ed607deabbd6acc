"""Who took a bundle out of the building, and who approved it."""

from django.db import models

from accounts.models import User
from bundles.models.bundles import Bundle
from cases.models import Case
from cases.models.work import OfCase
from nsvcs.ids import uuid7
from nsvcs.statements import WITH_THE_CASE, Statement


class BundleRelease(models.Model):
    """One time a bundle left the building: approved by whom, taken by whom, which bytes. There is room for two."""

    statement = Statement("staff", ("taken_by", "approved_by", "second_approved_by"), WITH_THE_CASE)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    bundle = models.ForeignKey(Bundle, on_delete=models.PROTECT, related_name="releases")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    second_approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    taken_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()

    objects = OfCase.as_manager()

    def __str__(self) -> str:
        return str(self.pk)
