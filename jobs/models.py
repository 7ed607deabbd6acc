"""Work to be done, as rows. The broker only wakes a worker: what is to be done stands here."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from nsvcs.ids import uuid7
from nsvcs.rls import Within
from nsvcs.statements import THIRTY_DAYS, WITH_THE_CASE, Statement


class JobQuerySet(models.QuerySet["Job"]):
    """Questions about jobs; the table is open: a job names ids only."""

    def due(self, now: datetime) -> "JobQuerySet":
        """Waiting and allowed to start; who has been ready longest comes first, and who gave way comes last."""
        return self.filter(state=Job.State.QUEUED, not_before__lte=now).order_by("not_before", "created_at")

    def ahead_of(self, job: "Job") -> "JobQuerySet":
        """Waiting in the same queue, and ready earlier than a job that waits itself."""
        earlier = Q(not_before__lt=job.not_before) | Q(not_before=job.not_before, created_at__lt=job.created_at)
        return self.filter(earlier, state=Job.State.QUEUED, queue=job.queue)

    def stale(self, now: datetime) -> "JobQuerySet":
        """Running, but silent past the time its kind allows: the worker is gone."""
        return self.filter(state=Job.State.RUNNING, silent_after__lt=now)

    def unfinished(self, object_id: UUID, kind: str) -> "JobQuerySet":
        """Waiting or being done, of one kind, for one object."""
        return self.filter(object_id=object_id, kind=kind, state__in=[Job.State.QUEUED, Job.State.RUNNING])

    def asked_by(self, user_id: UUID) -> "JobQuerySet":
        """What one person asked for."""
        return self.filter(requester_id=user_id)

    def claim(self, job_id: UUID, now: datetime, lease: timedelta) -> bool:
        """Take one waiting job; the one conditional update that decides who works."""
        taken = self.filter(pk=job_id, state=Job.State.QUEUED).update(
            state=Job.State.RUNNING, claimed_at=now, silent_after=now + lease, attempts=F("attempts") + 1
        )
        return taken == 1


class Job(models.Model):
    """One piece of work: what kind, on which object, for whom, and how far it is."""

    statement = Statement("open", ("requester_id",), THIRTY_DAYS)

    class State(models.TextChoices):
        """Where a job stands."""

        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Being done")
        DONE = "done", _("Done")
        FAILED = "failed", _("Could not be done")
        CANCELLED = "cancelled", _("Called off")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=40)
    object_id = models.UUIDField(null=True)
    case_id = models.UUIDField(null=True)
    requester_id = models.UUIDField(null=True)
    key = models.CharField(max_length=120, unique=True)
    queue = models.CharField(max_length=20, default="default")
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    step = models.CharField(max_length=40, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    item = models.PositiveIntegerField(default=0)  # in this step: which piece, of how many
    items = models.PositiveIntegerField(default=0)
    seconds_left = models.PositiveIntegerField(null=True)  # by what was known at `told_at`
    told_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    silent_after = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    error_code = models.CharField(max_length=60, blank=True)
    error_item = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField()

    objects = JobQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["not_before"], condition=Q(state="queued"), name="jobs_job_due"),
            models.Index(fields=["silent_after"], condition=Q(state="running"), name="jobs_job_silent"),
            models.Index(fields=["object_id"], name="jobs_job_object"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"

    @property
    def is_over(self) -> bool:
        """Done, given up or called off."""
        return self.state in {self.State.DONE, self.State.FAILED, self.State.CANCELLED}


class OutgoingQuerySet(models.QuerySet["Outgoing"]):
    """Questions about messages; whoever may open the case may see what was sent about it."""

    def visible_to(self, user: models.Model) -> "OutgoingQuerySet":
        """Messages of cases open to staff, by the database's own array: a portal account's is empty."""
        return self.filter(Within("case_id", "staff"))


class Outgoing(models.Model):
    """One message to send. It passes `cases.rules.may_contact` when it is sent, not when it is written."""

    statement = Statement("shared", ("address",), WITH_THE_CASE)

    class State(models.TextChoices):
        """Where a message stands."""

        WAITING = "waiting", _("Waiting")
        SENT = "sent", _("Sent")
        HELD = "held", _("Held back")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case_id = models.UUIDField()
    channel = models.CharField(max_length=10)
    template = models.CharField(max_length=40)
    address = models.CharField(max_length=254)
    parameters = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    reason = models.CharField(max_length=60, blank=True)
    not_before = models.DateTimeField()
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    objects = OutgoingQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.template} {self.id}"
