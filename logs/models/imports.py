"""Files of many messages: what was read from one, what was chosen, and which entry came from which line."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.models import Case, CasePerpetrator
from cases.models.scope import SharedOfCase
from logs.models.incidents import Amendment, Incident
from nsvcs.casetext import CaseTextField
from nsvcs.ids import uuid7
from nsvcs.labels import Labelled
from nsvcs.statements import WITH_THE_CASE, Statement

if TYPE_CHECKING:
    from logs.models.evidence import Evidence


class Grouping(models.TextChoices):
    """How many messages become one entry."""

    MESSAGE = "message", _("One note for each message")
    HOUR = "hour", _("One note for each hour")
    DAY = "day", _("One note for each day")


class ImportBatchQuerySet(SharedOfCase):
    """Questions about readings of files."""

    def with_source(self) -> Self:
        """Each with the file it reads, in the same query."""
        return self.select_related("own_source", "read_from")

    def reading(self, file: "Evidence") -> Self:
        """Every reading of one file, newest first."""
        return self.filter(Q(read_from=file) | Q(own_source=file)).order_by("-asked_at")

    def settled(self) -> Self:
        """Those that came to an end: brought in, or undone since."""
        return self.filter(state__in=[ImportBatch.State.DONE, ImportBatch.State.UNDONE])


class ImportBatch(Labelled):
    """One reading of a source file for the log. Only its state, answers and counts change; the file never does.

    Its file came with it, or had arrived before, with an entry or an earlier reading: then `read_from` names it.
    """

    statement = Statement("shared", ("answers", "findings"), WITH_THE_CASE)

    class State(models.TextChoices):
        """Where it stands."""

        COMING = "coming", _("On its way")
        ARRIVED = "arrived", _("Being looked at")
        ASKING = "asking", _("Waiting for answers")
        READING = "reading", _("Being read")
        REVIEW = "review", _("Waiting for your choice")
        BRINGING = "bringing", _("Being brought in")
        DONE = "done", _("Brought in")
        UNDOING = "undoing", _("Being undone")
        UNDONE = "undone", _("Undone")
        FAILED = "failed", _("Could not be read")

    # What a person or a worker may do next; every other move is refused.
    MOVES = {
        State.COMING: {State.ARRIVED},
        State.ARRIVED: {State.ASKING, State.FAILED},
        State.ASKING: {State.READING},
        State.READING: {State.REVIEW, State.ASKING, State.FAILED},
        State.REVIEW: {State.BRINGING, State.ASKING},
        State.BRINGING: {State.DONE, State.REVIEW, State.UNDOING},
        State.DONE: {State.UNDOING},
        State.UNDOING: {State.UNDONE, State.DONE},
        State.UNDONE: set(),
        State.FAILED: {State.ARRIVED, State.ASKING},
    }
    BUSY = frozenset({State.ARRIVED, State.READING, State.BRINGING, State.UNDOING})

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="import_batches")
    case_perpetrator = models.ForeignKey(CasePerpetrator, on_delete=models.PROTECT, null=True, related_name="+")
    read_from = models.ForeignKey("logs.Evidence", on_delete=models.PROTECT, null=True, related_name="readings")
    kind = models.CharField(max_length=20, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ARRIVED)
    answers = CaseTextField(default="{}")
    findings = CaseTextField(default="{}")
    grouping = models.CharField(max_length=8, choices=Grouping.choices, default=Grouping.MESSAGE)
    behaviours = ArrayField(models.CharField(max_length=24), default=list)
    language = models.CharField(max_length=10, default="en")
    revision = models.PositiveIntegerField(default=0)
    error_code = models.CharField(max_length=40, blank=True)
    item_count = models.PositiveIntegerField(default=0)
    skip_count = models.PositiveIntegerField(default=0)
    reject_count = models.PositiveIntegerField(default=0)
    entry_count = models.PositiveIntegerField(default=0)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["case", "-asked_at"], name="logs_importbatch_of_case")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def source(self) -> "Evidence":
        """The file that is read. There is none yet while it is coming."""
        return self.read_from or self.own_source

    @property
    def is_settled(self) -> bool:
        """Whether it came to an end: its file may be read anew."""
        return self.state in {self.State.DONE, self.State.UNDONE}

    @property
    def is_busy(self) -> bool:
        """Whether a worker has it in hand."""
        return self.state in self.BUSY

    @property
    def read_count(self) -> int:
        """Everything that stood in the source: offered, skipped, refused, and outside the days that were asked for."""
        return self.item_count + self.skip_count + self.reject_count + self.outside_count

    @property
    def outside_count(self) -> int:
        """How much of the source happened on days that were not asked for; it was counted and not kept as lines."""
        return int(self.found.get("outside", 0))

    @property
    def is_too_long(self) -> bool:
        """Whether it holds more than is read at once: a person may say of which days."""
        return self.state == self.State.FAILED and self.error_code == "too_many"

    @property
    def answered(self) -> dict[str, Any]:
        """What a person said about the file: the order of dates, her name in it, which column is which."""
        found: dict[str, Any] = json.loads(self.answers)
        return found

    @property
    def found(self) -> dict[str, Any]:
        """What a first look at the file found: names, columns, five examples."""
        found: dict[str, Any] = json.loads(self.findings)
        return found

    @property
    def senders(self) -> list[str]:
        """Who wrote in it; a line names its sender by the place in this list."""
        return list(self.found.get("senders", ()))

    def set_answers(self, answers: Mapping[str, Any]) -> None:
        """Keep what a person said; not yet saved."""
        self.answers = json.dumps(dict(answers), ensure_ascii=False)

    def set_findings(self, findings: Mapping[str, Any]) -> None:
        """Keep what was found; not yet saved."""
        self.findings = json.dumps(dict(findings), ensure_ascii=False)


class ImportLineQuerySet(SharedOfCase):
    """Questions about what was read."""

    def offered(self) -> Self:
        """What may become part of an entry."""
        return self.filter(outcome=ImportLine.Outcome.ITEM)

    def chosen(self) -> Self:
        """What is ticked and has a date."""
        return self.offered().filter(is_chosen=True, problem="", occurred_on__isnull=False)

    def in_time(self) -> Self:
        """As they happened, a day without a time first; in the source's order where that is the same."""
        return self.order_by("occurred_on", models.F("occurred_time").asc(nulls_first=True), "number")

    def in_entries(self) -> Self:
        """What became part of an entry, withdrawn since or not."""
        return self.filter(Exists(IncidentLine.objects.filter(line=OuterRef("pk"))))

    def left_out(self) -> Self:
        """What became part of none: not chosen, passed over, or not to be read."""
        return self.filter(~Exists(IncidentLine.objects.filter(line=OuterRef("pk"))))

    def in_log(self) -> Self:
        """What stands in the log: part of an entry that is not withdrawn."""
        withdrawn = Amendment.objects.filter(incident=OuterRef("incident"), kind=Amendment.Kind.WITHDRAWAL)
        links = IncidentLine.objects.filter(line=OuterRef("pk")).filter(~Exists(withdrawn))
        return self.filter(Exists(links))


class ImportLine(models.Model):
    """One record of the source: a message offered, a system line passed over, or something that could not be read."""

    statement = Statement(
        "shared",
        ("text", "raw", "when_words", "sender_name", "recipients", "place_in", "details", "media"),
        WITH_THE_CASE,
    )

    class Outcome(models.TextChoices):
        """What came of it."""

        ITEM = "item", _("Offered")
        SKIP = "skip", _("Passed over")
        REJECT = "reject", _("Could not be read")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, related_name="lines")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    outcome = models.CharField(max_length=6, choices=Outcome.choices)
    place_kind = models.CharField(max_length=8)
    place_number = models.PositiveIntegerField()
    place_in = CaseTextField(blank=True)
    kind = models.CharField(max_length=8, blank=True)
    code = models.CharField(max_length=40, blank=True)
    problem = models.CharField(max_length=20, blank=True)
    occurred_on = models.DateField(null=True)
    occurred_time = models.TimeField(null=True)
    fold = models.PositiveSmallIntegerField(null=True)
    is_date_typed = models.BooleanField(default=False)
    sender = models.PositiveIntegerField(null=True)  # the place of its name in `ImportBatch.senders`, to filter by
    is_outgoing = models.BooleanField(null=True)
    duration_seconds = models.PositiveIntegerField(null=True)
    marks = ArrayField(models.CharField(max_length=20), default=list)
    media_count = models.PositiveIntegerField(default=0)
    when_words = CaseTextField(blank=True)
    sender_name = CaseTextField(blank=True)
    recipients = CaseTextField(default="[]")
    text = CaseTextField(blank=True)
    raw = CaseTextField(blank=True)
    # What only some kinds have: subject, end of a period, precision, the booklet's columns.
    details = CaseTextField(default="{}")
    media = CaseTextField(default="[]")
    # SHA-256 under a key of this installation over sender, time and text: the same message from a second export.
    fingerprint = models.CharField(max_length=64, blank=True)
    is_known = models.BooleanField(default=False)
    is_chosen = models.BooleanField(default=False)

    objects = ImportLineQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="logs_importline_number")]
        indexes = [
            models.Index(
                fields=["case", "fingerprint"], condition=~Q(fingerprint=""), name="logs_importline_fingerprint"
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)


class IncidentLine(models.Model):
    """Which line of a source an entry was made of. Never changed: it is how the entry is followed back."""

    statement = Statement("shared", (), WITH_THE_CASE)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="source_lines")
    line = models.OneToOneField(ImportLine, on_delete=models.PROTECT, related_name="in_entry")
    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, related_name="entry_lines")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")

    objects = SharedOfCase.as_manager()

    class Meta:
        indexes = [models.Index(fields=["incident"], name="logs_incidentline_of_incident")]

    def __str__(self) -> str:
        return str(self.pk)
