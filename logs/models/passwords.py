"""A password somebody gave so that one locked file can be opened: sealed, for one job, and gone after it."""

from datetime import timedelta
from typing import Self

from django.db import models

from accounts.models import User
from cases.models import Case
from cases.models.scope import SharedOfCase
from logs.models.evidence import Evidence
from nsvcs.ids import uuid7
from nsvcs.statements import WITH_THE_CASE, Statement

HELD_FOR = timedelta(minutes=30)


class FilePasswordQuerySet(SharedOfCase):
    """Questions about passwords that were given."""

    def held(self, now: object) -> Self:
        """Those that a job may still use."""
        return self.filter(outcome=FilePassword.Outcome.HELD, held_until__gt=now)


class FilePassword(models.Model):
    """One try to open a file. What came of it stays; the password itself goes with the job that used it.

    Attributes:
        sealed: the password under the master key, bound to this row and its file; empty once it was used or lapsed.
        held_until: after this it is neither used nor kept.
    """

    statement = Statement("shared", ("sealed",), f"password 30 minutes at most, the try {WITH_THE_CASE}")

    class Outcome(models.TextChoices):
        """What came of it."""

        HELD = "held"
        OPENED = "opened"
        WRONG = "wrong"
        LAPSED = "lapsed"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="passwords")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    given_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    held_until = models.DateTimeField()
    outcome = models.CharField(max_length=6, choices=Outcome.choices, default=Outcome.HELD)
    sealed = models.TextField(blank=True)

    objects = FilePasswordQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["evidence"], condition=models.Q(outcome="held"), name="logs_password_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=models.Q(outcome="held") | models.Q(sealed=""), name="logs_password_gone_when_used"
            ),
        ]
        indexes = [models.Index(fields=["evidence", "-given_at"], name="logs_password_of_evidence")]

    def __str__(self) -> str:
        return str(self.pk)
