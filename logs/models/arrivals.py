"""Files on their way: sent in pieces, by one person, for one entry; gone on with after a cut line or another day."""

from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.models import Case
from logs.filetypes import REFUSALS
from nsvcs.casetext import CaseTextField
from nsvcs.ids import uuid7
from nsvcs.statements import Statement


class ArrivalQuerySet(models.QuerySet["Arrival"]):
    """Questions about files on their way; row security shows only the sender's own."""

    def visible_to(self, user: User) -> Self:
        """The sender's own."""
        return self.filter(user_id=user.pk)

    def unfinished(self) -> Self:
        """Not all of it has come."""
        return self.filter(state=Arrival.State.SENDING)

    def counted(self) -> Self:
        """Those that take up room and are no evidence yet."""
        return self.filter(state__in=[Arrival.State.SENDING, Arrival.State.CHECKING, Arrival.State.WHOLE])

    def of_cases_lost_to(self, user: User) -> Self:
        """What a colleague sent for a case that they see no more, newest first; what ran out is told no more."""
        mine = self.exclude(case_ref=None).exclude(state=Arrival.State.EXPIRED)
        return mine.exclude(case_ref__in=Case.objects.visible_to(user).values("pk")).order_by("-begun_at")

    def shown_for(self, entry_key: UUID) -> Self:
        """What a form of this entry lists, oldest first: all but what has become evidence."""
        return self.filter(entry_key=entry_key).exclude(state=Arrival.State.JOINED).order_by("begun_at")


class Arrival(models.Model):
    """One file on its way. It becomes evidence when it is whole and the note it is for is kept, whichever is later.

    `entry_key` is the key of the draft and so the id of the entry, before and after the note is kept; `bound_at` is
    when the note was kept, or "add" was pressed, with this file in the form. Of a file to bring messages in from
    (`is_source`) the key is that of its batch. `begun_key` is made by the page when a file is chosen: the answer to
    its beginning may be lost, and the page then asks again.
    """

    statement = Statement(
        "own", ("file_label",), "a day after it is evidence; 30 days after it ran out, its name and bytes at once"
    )

    class State(models.TextChoices):
        """How far it is; each in the words that the sender reads."""

        SENDING = "sending", _("Not all sent yet")
        CHECKING = "checking", _("Checking")
        WHOLE = "whole", _("Safe")
        JOINED = "joined", _("Safe, with your note")
        REFUSED = "refused", _("Could not read")
        EXPIRED = "expired", _("Ran out of time")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    letters = models.CharField(max_length=12, unique=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    entry_key = models.UUIDField()
    begun_key = models.UUIDField(null=True)
    case_ref = models.UUIDField(null=True)
    file_label = CaseTextField(blank=True)
    size_bytes = models.BigIntegerField()
    received_bytes = models.BigIntegerField(default=0)
    pieces = models.JSONField(default=list)
    first_sha256 = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.SENDING)
    media_type = models.CharField(max_length=80, blank=True)
    refusal = models.CharField(max_length=40, blank=True)
    storage_name = models.CharField(max_length=80, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    begun_at = models.DateTimeField(auto_now_add=True)
    last_at = models.DateTimeField()
    bound_at = models.DateTimeField(null=True)
    whole_at = models.DateTimeField(null=True)
    is_source = models.BooleanField(default=False)
    expires_at = models.DateTimeField()

    objects = ArrivalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(received_bytes__gte=0) & Q(received_bytes__lte=F("size_bytes")),
                name="logs_arrival_within_its_size",
            ),
            models.CheckConstraint(
                condition=~Q(state="whole") | Q(storage_name__gt="", sha256__gt=""), name="logs_arrival_whole_is_kept"
            ),
            models.UniqueConstraint(fields=["user", "begun_key"], name="logs_arrival_begun_once"),
        ]
        indexes = [
            models.Index(fields=["user", "entry_key"], name="logs_arrival_of_user"),
            models.Index(fields=["expires_at"], name="logs_arrival_expires"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_unfinished(self) -> bool:
        """Whether more of it is to come."""
        return self.state == self.State.SENDING

    @property
    def is_on_its_way_to_case(self) -> bool:
        """Whether it was added to an entry and only has to be looked at."""
        return self.bound_at is not None and self.state in {self.State.CHECKING, self.State.WHOLE}

    @property
    def refusal_words(self) -> str:
        """Why it could not be kept, and what to do; empty where it can."""
        if self.refusal == TOO_BIG:
            return str(_("This file is too big. Only films and recordings may be this long."))
        return str(REFUSALS.get(self.refusal, ""))


TOO_BIG = "too_big"
