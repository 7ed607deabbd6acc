"""What was found when a finished bundle was looked over before it may leave, and who said that a find is none."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from bundles.models.bundles import Bundle
from cases.models import Case
from cases.models.work import OfCase
from nsvcs.casetext import CaseTextField
from nsvcs.ids import uuid7
from nsvcs.statements import WITH_THE_CASE, Statement


class Colour(models.TextChoices):
    """How one check came out."""

    GREEN = "green", _("Nothing found")
    YELLOW = "yellow", _("Could not be checked")
    RED = "red", _("Found")


class GateRun(models.Model):
    """One look over one file, with the list of what is withheld as it was then. A later look is another row."""

    statement = Statement("staff", (), WITH_THE_CASE)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    bundle = models.ForeignKey(Bundle, on_delete=models.PROTECT, related_name="gate_runs")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    terms_mac = models.CharField(max_length=64)
    pages = models.PositiveIntegerField()
    at = models.DateTimeField()

    objects = OfCase.as_manager()

    class Meta:
        indexes = [models.Index(fields=["bundle", "-at"], name="bundles_gaterun_of_bundle")]

    def __str__(self) -> str:
        return str(self.pk)


class BundleCheckQuerySet(OfCase):
    """Questions about finds."""

    def of(self, run: GateRun) -> Self:
        """Those of one look."""
        return self.filter(run=run)

    def red(self) -> Self:
        """What stops a release until somebody has dealt with it."""
        return self.filter(colour=Colour.RED, false_alarm=None)


class BundleCheck(models.Model):
    """What one check found, or that it found nothing. A withheld term is named by its id and kind, never by its words.

    Attributes:
        code: which check, as in `bundles.gate.looking`.
        page: from 1; none where it is about the file as a whole.
        item: an exhibit's mark, or the place in the file, such as `bookmark`.
        what: what was found: a kind of term, or the name of a part that does not belong there.
        is_soft: words a machine read off a picture, nearly those of a term; or what has the form of something withheld,
            in words that come from a file. A second person may call it a false alarm.
        picture: digest of the picture it was read off.
    """

    statement = Statement("staff", (), WITH_THE_CASE)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    run = models.ForeignKey(GateRun, on_delete=models.PROTECT, related_name="checks")
    bundle = models.ForeignKey(Bundle, on_delete=models.PROTECT, related_name="checks")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=24)
    colour = models.CharField(max_length=6, choices=Colour.choices)
    page = models.PositiveIntegerField(null=True)
    item = models.CharField(max_length=60, blank=True)
    what = models.CharField(max_length=60, blank=True)
    term = models.CharField(max_length=80, blank=True)
    is_soft = models.BooleanField(default=False)
    picture = models.CharField(max_length=64, blank=True)

    objects = BundleCheckQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(is_soft=False) | Q(colour="red"), name="bundles_check_soft_is_red")
        ]

    def __str__(self) -> str:
        return str(self.pk)


class FalseAlarm(models.Model):
    """A second person's word that one soft find is none, with the reason."""

    statement = Statement("staff", ("by", "reason"), WITH_THE_CASE)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    found = models.OneToOneField(BundleCheck, on_delete=models.PROTECT, related_name="false_alarm")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = CaseTextField(_("why it is a false alarm"))
    at = models.DateTimeField()

    objects = OfCase.as_manager()

    def __str__(self) -> str:
        return str(self.pk)


class PictureWords(models.Model):
    """What a machine read off one picture, kept by the picture's own digest, so that no picture is read twice."""

    statement = Statement("staff", ("words",), WITH_THE_CASE)

    class State(models.TextChoices):
        """What came of reading it."""

        READ = "read", _("Read")
        UNREAD = "unread", _("Could not be read")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    reader = models.CharField(max_length=40)
    state = models.CharField(max_length=6, choices=State.choices)
    words = CaseTextField(blank=True)
    at = models.DateTimeField()

    objects = OfCase.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "sha256", "reader"], name="bundles_picturewords_once")]

    def __str__(self) -> str:
        return str(self.pk)
