"""A choice that is still being made."""

from typing import Self

from django.db import models
from django.utils import timezone

from accounts.models import User
from cases.models import Case
from cases.models.work import OfCase
from nsvcs.casetext import CaseTextField
from nsvcs.ids import uuid7
from nsvcs.statements import Statement


class BundleDraftQuerySet(OfCase):
    """Questions about unfinished choices."""

    def unfinished(self, user: User, case: Case) -> Self:
        """Those that this person left unfinished in this case, the latest first."""
        return self.filter(user=user, case=case, used_at=None).order_by("-changed_at")


class BundleDraft(models.Model):
    """What somebody has chosen so far for one bundle. Its id becomes the bundle's.

    `content` holds `choosing.drafting.Choice`; `version` counts its changes, so that a second window is noticed. One
    that is used or thrown away is emptied.
    """

    statement = Statement("staff", ("content",), "until the bundle is asked for, else 90 days after the last change")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    content = CaseTextField(default="{}")
    version = models.PositiveIntegerField(default=1)
    started_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(null=True)

    objects = BundleDraftQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["case", "user", "-changed_at"], name="bundles_draft_of_user")]

    def __str__(self) -> str:
        return str(self.pk)
