"""Notes written on a phone without signal: the keys they are sealed to, who turned it on, and what arrived.

(`docs/decisions/0054-notes-without-signal.md`)
"""

from typing import Self
from uuid import uuid4

from django.db import models

from accounts.models import User
from cases.models import Case
from logs.models.incidents import Incident, SharedOfCase
from nsvcs.ids import uuid7
from nsvcs.statements import WITH_THE_CASE, Statement


class OfflineKeyQuerySet(models.QuerySet["OfflineKey"]):
    """Questions about keys."""

    def newest(self) -> "OfflineKey | None":
        """The one that phones seal to now."""
        return self.filter(replaced_at=None).order_by("-version").first()


class OfflineKey(models.Model):
    """A pair of keys: phones seal notes to the public half; the private half is kept under the master key.

    A replaced key still opens what a phone brings late; then its private half is destroyed and the row stays.
    """

    statement = Statement("open", (), "private half until 400 days after it was replaced")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    version = models.PositiveIntegerField(unique=True)
    public_spki = models.TextField()
    private_sealed = models.TextField(blank=True)
    made_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True)
    destroyed_at = models.DateTimeField(null=True)

    objects = OfflineKeyQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.version)


class OwnQuerySet(models.QuerySet):  # type: ignore[type-arg]
    """Questions about one's own rows; row security shows no others."""

    def visible_to(self, user: User) -> Self:
        """One's own."""
        return self.filter(user_id=user.pk)


class OfflineDevice(models.Model):
    """A phone on which somebody turned it on. Its id binds every note sealed there to this account."""

    statement = Statement("own", (), "with the account")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = OwnQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.pk)


class OfflineArrival(models.Model):
    """One sealed note that a phone brought: so that it is taken once, and both times are known.

    Its id is the one the phone gave it, and becomes the draft's and the entry's. What could not be opened keeps its
    sealed form for a while: a key may be found again.
    """

    statement = Statement("own", ("envelope",), "with the account; what cannot be opened 30 days")

    OPENED, DRAFT, KEPT, UNOPENED = "opened", "draft", "kept", "unopened"
    OUTCOMES = [(OPENED, OPENED), (DRAFT, DRAFT), (KEPT, KEPT), (UNOPENED, UNOPENED)]

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    outcome = models.CharField(max_length=8, choices=OUTCOMES)
    digest = models.CharField(max_length=64, blank=True)
    key_version = models.PositiveIntegerField(null=True)
    device_written_at = models.DateTimeField(null=True)
    device_zone = models.CharField(max_length=64, blank=True)
    received_at = models.DateTimeField()
    envelope = models.TextField(blank=True)

    objects = OwnQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["user", "-received_at"], name="logs_offlinearrival_of_user")]

    def __str__(self) -> str:
        return str(self.pk)


class WrittenOffline(models.Model):
    """Beside an entry that was written without signal: when by the phone's clock, and when it arrived here."""

    statement = Statement("shared", (), WITH_THE_CASE)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    incident = models.OneToOneField(Incident, on_delete=models.PROTECT, related_name="written_offline")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    key_version = models.PositiveIntegerField()
    device_written_at = models.DateTimeField(null=True)
    device_zone = models.CharField(max_length=64, blank=True)
    received_at = models.DateTimeField()

    objects = SharedOfCase.as_manager()

    def __str__(self) -> str:
        return str(self.pk)
