"""What a person says of a file: what it shows, when it was taken, by whom. Beside the original, never inside it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from cases.models import Case
from logs.models.evidence import Evidence
from logs.models.incidents import SharedOfCase, Source
from logs.rules import HOME_ZONE, Precision, Written, in_words
from nsvcs.casetext import CaseTextField
from nsvcs.ids import uuid7
from nsvcs.statements import WITH_THE_CASE, Statement


class TakenBy(models.TextChoices):
    """Who took or made a file, as whoever speaks of it knows."""

    VICTIM = "victim", gettext_lazy("I did")
    OTHER = "other", gettext_lazy("Someone else")
    CAMERA = "camera", gettext_lazy("A camera by itself, such as a doorbell")
    UNKNOWN = "unknown", gettext_lazy("I do not know")


class Caption(models.Model):
    """What somebody said of a file on one day. A correction is a further version; what may be left out is empty.

    Attributes:
        shows: what it shows, in the words of who said it.
        taken_on: when it was taken, with the next six as an entry says when something happened; none where only
            `when_words` say it, or nothing does.
        taken_by_words: who "someone else" was.
        never_disclose: no paper for others shows any of it.
    """

    statement = Statement("shared", ("shows", "when_words", "taken_by_words"), WITH_THE_CASE)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="captions")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    shows = CaseTextField(blank=True)
    taken_on = models.DateField(null=True)
    taken_time = models.TimeField(null=True)
    until_on = models.DateField(null=True)
    until_time = models.TimeField(null=True)
    precision = models.CharField(max_length=16, choices=Precision.choices, blank=True)
    when_words = CaseTextField(blank=True)
    fold = models.PositiveSmallIntegerField(null=True)
    zone = models.CharField(max_length=40, default=HOME_ZONE)
    taken_by = models.CharField(max_length=10, choices=TakenBy.choices, blank=True)
    taken_by_words = CaseTextField(blank=True)
    never_disclose = models.BooleanField(default=False)
    language = models.CharField(max_length=10, default="en")
    source = models.CharField(max_length=10, choices=Source.choices)
    said_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    said_at = models.DateTimeField()
    digest = models.CharField(max_length=64)

    objects = SharedOfCase.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["evidence", "number"], name="logs_caption_number"),
            models.CheckConstraint(
                condition=Q(taken_on__isnull=False) | Q(taken_time=None, until_on=None, until_time=None, precision=""),
                name="logs_caption_time_has_a_day",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def written(self) -> Written | None:
        """When it was taken, as it was put; none where no day was named."""
        if self.taken_on is None:
            return None
        return Written(
            self.taken_on, self.taken_time, self.until_on, self.until_time, self.precision, self.when_words,
            self.zone, fold=self.fold,
        )  # fmt: skip

    @property
    def taken(self) -> str:
        """When it was taken, in a line; the writer's own words in quotation marks; empty where nothing was said."""
        if self.written:
            return in_words(self.written)
        return f"“{self.when_words}”" if self.when_words else ""

    @property
    def is_hers(self) -> bool:
        """Whether she wrote it herself; else somebody wrote down what she said."""
        return self.source == Source.PORTAL

    @property
    def taker(self) -> str:
        """Who took it, in words that stand by themselves, whoever said so; empty where nothing was said."""
        if self.taken_by == TakenBy.OTHER and self.taken_by_words:
            return _("someone else: %(who)s") % {"who": self.taken_by_words}
        named = {
            TakenBy.VICTIM: _("the victim"), TakenBy.OTHER: _("someone else"), TakenBy.UNKNOWN: _("not known"),
            TakenBy.CAMERA: _("a camera by itself"),
        }  # fmt: skip
        return named.get(TakenBy(self.taken_by), "") if self.taken_by else ""
