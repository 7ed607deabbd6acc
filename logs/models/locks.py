"""Who locked a file, why, and who unlocked it. The portal learns of it by the custody event, without a reason."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.models import Case
from cases.models.scope import OfCase
from logs.models.evidence import Evidence
from nsvcs.casetext import CaseTextField
from nsvcs.ids import uuid7
from nsvcs.statements import WITH_THE_CASE, Statement


class EvidenceLock(models.Model):
    """One locking or unlocking of one file, with its reason. Whether a file is locked now: `Evidence.standing`."""

    statement = Statement("staff", ("words",), WITH_THE_CASE)

    class Reason(models.TextChoices):
        """Why a file is locked."""

        CHILD_ABUSE = "child_abuse", _("It may show the sexual abuse of a child")
        INTIMATE = "intimate", _("It shows somebody in private who did not agree to it")
        NOT_HERS = "not_hers", _("It belongs to somebody else, or to another case")
        PRIVILEGED = "privileged", _("It is between somebody and their lawyer")
        OTHER = "other", _("Another reason")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="locks")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    is_locking = models.BooleanField()
    reason = models.CharField(max_length=12, choices=Reason.choices, blank=True)
    words = CaseTextField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = OfCase.as_manager()

    class Meta:
        indexes = [models.Index(fields=["evidence", "at"], name="logs_lock_of_evidence")]

    def __str__(self) -> str:
        return str(self.pk)
