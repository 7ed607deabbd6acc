"""Entries of the log. An entry is never changed: a correction is an amendment beside it, and both times are kept."""

from typing import Any, Self
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Count, Exists, ExpressionWrapper, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.models import Case, CasePerpetrator
from cases.models.scope import SharedOfCase
from logs.rules import HOME_ZONE, Precision, Written, in_words
from nsvcs.casetext import CaseTextField
from nsvcs.ids import uuid7
from nsvcs.labels import Labelled
from nsvcs.statements import WITH_THE_CASE, Statement


class Source(models.TextChoices):
    """How an entry came to be written."""

    PORTAL = "portal", _("Written in the portal")
    ON_BEHALF = "on_behalf", _("Written on behalf")
    IMPORT = "import", _("Brought in from a file")


class PoliceContact(models.TextChoices):
    """Whether the police were told."""

    YES = "yes", _("Yes")
    NOT_YET = "not_yet", _("Not yet")
    NO = "no", _("No")


def _has_any(rows: models.QuerySet[Any, Any]) -> Coalesce:
    """Whether there are any, asked by the index for each row shown.

    `Exists` among the columns lets PostgreSQL read the whole table into a hash where it expects many rows.
    """
    return Coalesce(Subquery(rows.order_by().annotate(yes=Value(True)).values("yes")[:1]), Value(False))


class IncidentQuerySet(SharedOfCase):
    """Questions about entries."""

    def in_order(self) -> Self:
        """As they happened, newest first."""
        return self.order_by("-occurred_at", "-number")

    def chronological(self) -> Self:
        """As they happened, oldest first."""
        return self.order_by("occurred_at", "number")

    def with_counts(self) -> Self:
        """Each with `evidence_count`, the `media_types` of its files, and whether it is `is_withdrawn`."""
        withdrawn = Amendment.objects.filter(incident=OuterRef("pk"), kind=Amendment.Kind.WITHDRAWAL)
        # Counted for the rows shown: as a join, all entries of the log were grouped first, and again to number pages.
        files = Incident._meta.get_field("evidence").related_model._default_manager.order_by()
        files = files.filter(incident=OuterRef("pk"))
        number = files.values("incident").annotate(n=Count("pk")).values("n")
        kinds = ArraySubquery(files.order_by("exhibit_number").values("media_type"))
        return self.annotate(
            evidence_count=Coalesce(Subquery(number), 0), media_types=kinds, is_withdrawn=_has_any(withdrawn)
        )

    def unread(self) -> Self:
        """No worker has read it yet."""
        return self.filter(~Exists(IncidentSeen.objects.filter(incident=OuterRef("pk"))))

    def with_read_on(self) -> Self:
        """Each with `read_at`, when a worker first read it; none while nobody has."""
        seen = IncidentSeen.objects.filter(incident=OuterRef("pk")).order_by("at")
        return self.annotate(read_at=Subquery(seen.values("at")[:1]))

    def with_unread(self) -> Self:
        """Each with `is_unread`."""
        is_read = _has_any(IncidentSeen.objects.filter(incident=OuterRef("pk")))
        return self.annotate(is_unread=~ExpressionWrapper(is_read, output_field=models.BooleanField()))


class Incident(Labelled):
    """One entry, in the booklet's eight columns. Its id is its draft's: sent twice, it is kept once."""

    statement = Statement(
        "shared",
        (
            "occurred_on", "when_words", "place", "what_happened", "evidence_words", "police_response",
            "police_reference", "impact", "changes_made", "impact_on_others", "behaviours", "helped_by",
        ),
        WITH_THE_CASE,
    )  # fmt: skip

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="incidents")
    victim_id = models.UUIDField()
    number = models.PositiveIntegerField()
    case_perpetrator = models.ForeignKey(CasePerpetrator, on_delete=models.PROTECT, null=True, related_name="incidents")

    occurred_on = models.DateField()
    occurred_time = models.TimeField(null=True)
    until_on = models.DateField(null=True)
    until_time = models.TimeField(null=True)
    precision = models.CharField(max_length=16, choices=Precision.choices, default=Precision.DAY)
    when_words = CaseTextField(blank=True)
    zone = models.CharField(max_length=40, default=HOME_ZONE)
    fold = models.PositiveSmallIntegerField(null=True)
    occurred_at = models.DateTimeField()
    occurred_until = models.DateTimeField(null=True)
    learned_on = models.DateField(null=True)

    place = CaseTextField(blank=True)
    what_happened = CaseTextField(blank=True)
    evidence_words = CaseTextField(blank=True)
    police_contacted = models.CharField(max_length=8, choices=PoliceContact.choices, blank=True)
    police_response = CaseTextField(blank=True)
    police_reference = CaseTextField(blank=True)
    impact = CaseTextField(blank=True)
    changes_made = CaseTextField(blank=True)
    impact_on_others = CaseTextField(blank=True)

    behaviours = ArrayField(models.CharField(max_length=24), default=list)
    never_disclose = ArrayField(models.CharField(max_length=24), default=list)
    source = models.CharField(max_length=10, choices=Source.choices)
    helped_by = models.CharField(max_length=120, blank=True)
    language = models.CharField(max_length=10, default="en")
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    digest = models.CharField(max_length=64)

    objects = IncidentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["victim_id", "number"], name="logs_incident_number"),
            models.CheckConstraint(
                condition=Q(until_on=None) | Q(until_on__gte=models.F("occurred_on")), name="logs_incident_order"
            ),
        ]
        indexes = [models.Index(fields=["case", "-occurred_at"], name="logs_incident_of_case")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def written(self) -> Written:
        """What was written about time."""
        return Written(
            self.occurred_on, self.occurred_time, self.until_on, self.until_time,
            self.precision, self.when_words, self.zone, self.fold, self.learned_on,
        )  # fmt: skip

    @property
    def when(self) -> str:
        """The time in words, as it was written."""
        return in_words(self.written)


class IncidentSeen(models.Model):
    """One worker has read one entry."""

    statement = Statement("shared", ("by",), WITH_THE_CASE)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="seen")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    objects = SharedOfCase.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["incident", "by"], name="logs_incidentseen_once")]

    def __str__(self) -> str:
        return str(self.pk)


class Amendment(Labelled):
    """Something added to an entry later, or its withdrawal with a reason. The entry itself stays as it was."""

    statement = Statement("shared", ("text",), WITH_THE_CASE)

    class Kind(models.TextChoices):
        """What it is."""

        ADDITION = "addition", _("Added later")
        WITHDRAWAL = "withdrawal", _("Withdrawn")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="amendments")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    text = CaseTextField()
    language = models.CharField(max_length=10, default="en")
    source = models.CharField(max_length=10, choices=Source.choices)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    digest = models.CharField(max_length=64)

    objects = SharedOfCase.as_manager()

    class Meta:
        indexes = [models.Index(fields=["incident", "recorded_at"], name="logs_amendment_of_incident")]

    def __str__(self) -> str:
        return str(self.pk)


class DraftQuerySet(models.QuerySet["Draft"]):
    """Questions about drafts; row security shows only the writer's own."""

    def visible_to(self, user: User) -> "DraftQuerySet":
        """The writer's own."""
        return self.filter(user_id=user.pk)

    def open_for(self, user: User, case_id: UUID | None = None) -> "DraftQuerySet":
        """Unfinished ones, newest first; for staff those of one case."""
        return self.visible_to(user).filter(used_at=None, case_ref=case_id).order_by("-updated_at")


class Draft(models.Model):
    """An entry being written: the writer's only. Its id becomes the entry's, so it can never leak into the next."""

    statement = Statement("own", ("content",), "until the entry is kept, else 90 days after the last change")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="drafts")
    case_ref = models.UUIDField(null=True)
    content = CaseTextField(default="{}")
    revision = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    came_late_at = models.DateTimeField(null=True)

    objects = DraftQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["user", "-updated_at"], name="logs_draft_of_user")]

    def __str__(self) -> str:
        return str(self.pk)
