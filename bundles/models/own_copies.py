"""A copy of her own notes."""

from datetime import datetime

from django.db import models
from django.db.models import Q

from accounts.models import User
from bundles.models.bundles import Bundle
from cases.models import Case
from nsvcs.ids import uuid7
from nsvcs.statements import Statement


class OwnCopies(models.QuerySet["OwnCopy"]):
    """Questions about her own copies; row security shows only hers."""

    def visible_to(self, user: User) -> "OwnCopies":
        """Her own."""
        return self.filter(user_id=user.pk)


class OwnCopy(models.Model):
    """A copy of her own notes that she asked for in the portal: hers alone, and gone after some hours."""

    statement = Statement("own", (), "until it expires; the row stays as the account does")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="own_copies")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    with_files = models.BooleanField(default=False)
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=Bundle.State.choices, default=Bundle.State.WAITING)
    storage_name = models.CharField(max_length=80, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size_bytes = models.BigIntegerField(default=0)
    page_count = models.PositiveIntegerField(default=0)
    shown_files = models.JSONField(default=list)
    unready_count = models.PositiveIntegerField(default=0)
    expires_at = models.DateTimeField(null=True)

    objects = OwnCopies.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="ready") | (~Q(storage_name="") & ~Q(sha256="") & Q(expires_at__isnull=False)),
                name="bundles_owncopy_ready_is_whole",
            ),
        ]
        indexes = [models.Index(fields=["user", "-asked_at"], name="bundles_owncopy_of_user")]

    def __str__(self) -> str:
        return str(self.pk)

    def can_be_taken(self, now: datetime) -> bool:
        """Whether the file is there and has not expired."""
        return self.state == Bundle.State.READY and self.expires_at is not None and now < self.expires_at

    def is_on_its_way(self) -> bool:
        """Whether a worker is still to make it."""
        return self.state in {Bundle.State.WAITING, Bundle.State.BUILDING}
