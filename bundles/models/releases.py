"""How a bundle leaves the building: who approved it, who took it back, who took it out, and what was said of it after.

Nothing here is ever changed. Where a release stands is worked out from its rows and the clock (`releases.rules`).
"""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from bundles.models.bundles import Bundle
from bundles.models.gate import GateRun
from cases.models import Case
from cases.models.work import OfCase
from nsvcs.casetext import CaseTextField
from nsvcs.ids import uuid7
from nsvcs.statements import WITH_THE_CASE, Statement


class Way(models.TextChoices):
    """How a bundle gets to whom it is for."""

    HAND = "hand", _("By hand")
    MAIL = "mail", _("Secure email")
    UPLOAD = "upload", _("The police’s own upload page")
    LINK = "link", _("A link with a passcode")
    PORTAL = "portal", _("In the victim’s portal")


class BundleRelease(models.Model):
    """One way out of one file to one person: asked for and first approved by one person."""

    statement = Statement("staff", ("to_name", "approved_by"), WITH_THE_CASE)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    bundle = models.ForeignKey(Bundle, on_delete=models.PROTECT, related_name="releases")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    way = models.CharField(_("how it goes"), max_length=8, choices=Way.choices, default=Way.HAND)
    to_name = models.CharField(_("to whom"), max_length=120, default="")
    needs_two = models.BooleanField(default=True)
    run = models.ForeignKey(GateRun, on_delete=models.PROTECT, null=True, related_name="releases")
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()

    objects = OfCase.as_manager()

    class Meta:
        indexes = [models.Index(fields=["bundle", "-at"], name="bundles_release_of_bundle")]

    def __str__(self) -> str:
        return str(self.pk)


class ReleaseStep(models.Model):
    """What happened to a release after its first approval."""

    statement = Statement("staff", ("by", "reason"), WITH_THE_CASE)

    class Kind(models.TextChoices):
        """What."""

        SECOND = "second", _("Approved by a second person")
        RECALLED = "recalled", _("Recalled")
        OUT = "out", _("Went out")
        TAKEN = "taken", _("File downloaded")

    ONCE = (Kind.SECOND, Kind.RECALLED, Kind.OUT)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    release = models.ForeignKey(BundleRelease, on_delete=models.PROTECT, related_name="steps")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = CaseTextField(_("why"), blank=True)

    objects = OfCase.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["release", "kind"],
                condition=Q(kind__in=["second", "recalled", "out"]),
                name="bundles_step_once",
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)


class ReleaseReceipt(models.Model):
    """Word from the other side that it came: a reference, when, and who said so. A second word is another row."""

    statement = Statement("staff", ("confirmed_by", "reference", "noted_by"), WITH_THE_CASE)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    release = models.ForeignKey(BundleRelease, on_delete=models.PROTECT, related_name="receipts")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    reference = models.CharField(_("reference or number"), max_length=80, blank=True)
    confirmed_on = models.DateField(_("which day"))
    confirmed_by = models.CharField(_("who confirmed it"), max_length=120)
    noted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = OfCase.as_manager()

    def __str__(self) -> str:
        return str(self.pk)


def moments(release: BundleRelease) -> dict[str, datetime]:
    """When each step of a release was, the newest of a kind; `steps` come with it or are asked for once."""
    return {step.kind: step.at for step in sorted(release.steps.all(), key=lambda step: step.at)}
