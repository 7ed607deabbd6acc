"""A bundle: what was chosen, how far it is, and what came of it."""

from datetime import datetime
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from bundles.models.editions import Edition, Purpose, Reason
from bundles.models.kinds import Recipient
from cases.models import Case
from cases.models.work import OfCase
from nsvcs.casetext import CaseTextField
from nsvcs.ids import uuid7
from nsvcs.statements import WITH_THE_CASE, Statement
from reference.models import Preset


class Bundle(models.Model):
    """One bundle. Its choice is frozen: ids of rows that never change, and the instant up to which notes count.

    What stands on its cover is kept as it was printed. One without an edition is from before there were editions.
    """

    statement = Statement(
        "staff", ("recipient_name", "purpose", "producer", "crime_reference", "officer", "ring"), WITH_THE_CASE
    )

    class State(models.TextChoices):
        """Where it stands."""

        WAITING = "waiting", _("Waiting to be made")
        BUILDING = "building", _("Being made")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Could not be made")
        CANCELLED = "cancelled", _("Cancelled")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="bundles")
    edition = models.CharField(_("edition"), max_length=10, choices=Edition.choices, blank=True)
    preset = models.ForeignKey(Preset, on_delete=models.PROTECT, null=True, related_name="+")
    purpose_kind = models.CharField(_("purpose"), max_length=14, choices=Purpose.choices, blank=True)
    recipient = models.CharField(_("who it is for"), max_length=14, choices=Recipient.choices)
    recipient_ref = models.CharField(max_length=60, blank=True)  # who of the case or the directory it is
    recipient_name = models.CharField(_("name or office"), max_length=250, blank=True)
    purpose = CaseTextField(_("what it is for"))
    date_from = models.DateField(null=True, blank=True)
    date_to = models.DateField(null=True, blank=True)
    shown = models.JSONField(default=list)
    has_terms = models.BooleanField(default=False)  # the words to withhold are kept with it, were there none too
    sections = ArrayField(models.CharField(max_length=12), default=list)
    files_by_entry = models.BooleanField(default=False)
    producer = models.CharField(_("who produces the exhibits"), max_length=200, blank=True)
    crime_reference = models.CharField(_("crime reference"), max_length=60, blank=True)
    officer = models.CharField(_("officer in the case"), max_length=200, blank=True)
    ring = models.CharField(_("number to ring"), max_length=120, blank=True)
    follows = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)
    error_code = models.CharField(max_length=60, blank=True)
    error_item = models.CharField(max_length=120, blank=True)
    storage_name = models.CharField(max_length=80, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size_bytes = models.BigIntegerField(default=0)
    page_count = models.PositiveIntegerField(default=0)
    glyphless_count = models.PositiveIntegerField(default=0)
    shown_files = models.JSONField(null=True)  # ids; unknown of one made before this was kept
    ready_at = models.DateTimeField(null=True)

    objects = OfCase.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(date_from=None) | Q(date_to=None) | Q(date_to__gte=F("date_from")),
                name="bundles_bundle_dates",
                violation_error_message=_("The last day must be the first day or later."),
            ),
            models.CheckConstraint(
                condition=~Q(state="ready") | (~Q(storage_name="") & ~Q(sha256="") & Q(ready_at__isnull=False)),
                name="bundles_bundle_ready_is_whole",
            ),
        ]
        indexes = [models.Index(fields=["case", "-asked_at"], name="bundles_bundle_of_case")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_ready(self) -> bool:
        """Whether there is a file to take."""
        return self.state == self.State.READY

    @property
    def is_hers(self) -> bool:
        """Whether it is the victim's own copy: nothing of hers is kept from her."""
        return self.recipient == Recipient.VICTIM

    @property
    def recipient_words(self) -> str:
        """Who gets it: kind and name, or the name alone where it begins with the kind."""
        kind, name = str(self.get_recipient_display()), self.recipient_name
        if name.casefold().startswith(kind.casefold()):
            return name
        return f"{kind}, {name}" if name else kind

    @property
    def is_on_its_way(self) -> bool:
        """Whether a worker is still to make it, as far as its own row knows."""
        return self.state in {self.State.WAITING, self.State.BUILDING}

    @property
    def frozen_at(self) -> datetime:
        """Notes added to entries after this are not in it."""
        return self.asked_at


class BundleItemQuerySet(OfCase):
    """Questions about what was chosen."""

    def printed(self) -> Self:
        """What is in the bundle whole: neither named only, nor left out."""
        return self.filter(how=BundleItem.How.WHOLE)


class BundleItem(models.Model):
    """One entry, file or later note, and whether it is in a bundle. Written with the bundle and never changed.

    What was left out has a row too, with the reason: so the bundle can say what is not in it.
    """

    statement = Statement("staff", ("reason_words",), WITH_THE_CASE)

    class Kind(models.TextChoices):
        """What it is."""

        ENTRY = "entry", _("Entry")
        EVIDENCE = "evidence", _("File")
        AMENDMENT = "amendment", _("Later note")

    class How(models.TextChoices):
        """How it is in the bundle."""

        WHOLE = "whole", _("Printed whole")
        LISTED = "listed", _("Named in a list")
        OUT = "out", _("Left out")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    bundle = models.ForeignKey(Bundle, on_delete=models.PROTECT, related_name="items")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    object_id = models.UUIDField()
    position = models.PositiveIntegerField()
    how = models.CharField(max_length=6, choices=How.choices, default=How.WHOLE)
    reason = models.CharField(max_length=10, choices=Reason.choices, blank=True)
    reason_words = CaseTextField(blank=True)

    objects = BundleItemQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bundle", "kind", "object_id"], name="bundles_item_once"),
            models.CheckConstraint(condition=~Q(how="out") | ~Q(reason=""), name="bundles_item_out_says_why"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
