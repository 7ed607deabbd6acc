"""What a scanner said of a file. The file does not change: each scan is a row, and the newest verdict counts."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.models import Case
from cases.models.scope import SharedOfCase
from logs.models.evidence import Evidence
from logs.standing import VERDICTS, ScanState
from nsvcs.ids import uuid7
from nsvcs.statements import WITH_THE_CASE, Statement


class ScanQuerySet(SharedOfCase):
    """Questions about scans."""

    def newest_first(self) -> Self:
        """Of one file: the latest first."""
        return self.order_by("-attempt")

    def that_counts(self) -> "Scan | None":
        """Of one file: its newest verdict, or while there is none its newest scan."""
        found: Scan | None = self.filter(state__in=VERDICTS).newest_first().first() or self.newest_first().first()
        return found


class Scan(models.Model):
    """One scan of one file. Where none is, the file waits for its first, or there is no scanner here."""

    statement = Statement("shared", (), WITH_THE_CASE)

    class Reason(models.TextChoices):
        """Why it could not be scanned."""

        AWAY = "away", _("The scanner did not answer")
        SLOW = "slow", _("The scanner took too long")
        TOO_LARGE = "too_large", _("The file is larger than the scanner takes")
        LIMITS = "limits", _("The scanner looked at a part of the file only")
        ERROR = "error", _("The scanner gave an answer that nobody understands")
        CHANGED = "changed", _("The file is missing, or is not the one that arrived")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="scans")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    attempt = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=ScanState.choices)
    reason = models.CharField(max_length=10, choices=Reason.choices, blank=True)
    found = models.CharField(max_length=120, blank=True)
    engine = models.CharField(max_length=40, blank=True)
    signatures_at = models.DateTimeField(null=True)
    at = models.DateTimeField()
    next_at = models.DateTimeField(null=True)

    objects = ScanQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["evidence", "attempt"], name="logs_scan_attempt")]
        indexes = [
            models.Index(fields=["next_at"], condition=models.Q(next_at__isnull=False), name="logs_scan_again"),
            models.Index(fields=["evidence"], condition=models.Q(state="infected"), name="logs_scan_infected"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
