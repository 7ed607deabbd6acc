"""A bundle: what was chosen, how far it is, what came of it, and who took it."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.models import Case
from cases.models.work import OfCase
from nsvcs.casetext import CaseTextField
from nsvcs.ids import uuid7
from nsvcs.statements import WITH_THE_CASE, Statement


class Recipient(models.TextChoices):
    """Who a bundle is for; the kind decides what may be shown."""

    POLICE = "police", _("Police")
    PROSECUTION = "prosecution", _("Crown Prosecution Service")
    COURT = "court", _("Court")
    SOLICITOR = "solicitor", _("The victim’s solicitor")
    VICTIM = "victim", _("The victim")


class Shown(models.TextChoices):
    """What is withheld unless it is ticked."""

    ADDRESSES = "addresses", _("Addresses and postcodes")
    PHONES = "phones", _("Phone numbers and email addresses")
    FILE_NAMES = "file_names", _("Names of files")


class Bundle(models.Model):
    """One bundle. Its choice is frozen: ids of rows that never change, and the instant up to which notes count."""

    statement = Statement("staff", ("recipient_name", "purpose"), WITH_THE_CASE)

    class State(models.TextChoices):
        """Where it stands."""

        WAITING = "waiting", _("Waiting to be made")
        BUILDING = "building", _("Being made")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Could not be made")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="bundles")
    recipient = models.CharField(_("who it is for"), max_length=12, choices=Recipient.choices)
    recipient_name = models.CharField(_("name or office"), max_length=120, blank=True)
    purpose = CaseTextField(_("what it is for"))
    date_from = models.DateField(null=True, blank=True)
    date_to = models.DateField(null=True, blank=True)
    shown = models.JSONField(default=list)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
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
    def frozen_at(self) -> datetime:
        """Notes added to entries after this are not in it."""
        return self.asked_at


class BundleItem(models.Model):
    """One entry or one file in a bundle, in its place. Written with the bundle and never changed."""

    statement = Statement("staff", (), WITH_THE_CASE)

    class Kind(models.TextChoices):
        """What it is."""

        ENTRY = "entry", _("Entry")
        EVIDENCE = "evidence", _("File")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    bundle = models.ForeignKey(Bundle, on_delete=models.PROTECT, related_name="items")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    object_id = models.UUIDField()
    position = models.PositiveIntegerField()

    objects = OfCase.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bundle", "kind", "object_id"], name="bundles_item_once")]

    def __str__(self) -> str:
        return str(self.pk)


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
    state = models.CharField(max_length=8, choices=Bundle.State.choices, default=Bundle.State.WAITING)
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
