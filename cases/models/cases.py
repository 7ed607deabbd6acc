"""The case: one matter of one victim, and what it hangs on."""

from datetime import date, datetime
from uuid import UUID

from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import gettext_lazy as _

from accounts.models import Team, User
from cases.models.access import Allocation
from cases.models.people import SafeContact, Victim
from cases.models.scope import OfCase
from cases.models.work import Contact, Task
from cases.rules import CaseStatus, ClosureReason
from cases.rules.days import london
from nsvcs.access import STAFF
from nsvcs.casetext import CaseTextField
from nsvcs.ids import uuid7
from nsvcs.labels import Labelled
from nsvcs.rls import Within
from nsvcs.statements import WITH_THE_CASE, Statement


class CaseQuerySet(models.QuerySet["Case"]):
    """Questions about cases; every one begins at `visible_to`, and row security holds if it is forgotten."""

    def visible_to(self, user: User) -> "CaseQuerySet":
        """Staff: the database's own array of their cases. A portal account: her own, while the portal is open."""
        return self.filter(Within("pk", "staff" if user.role in STAFF else "portal"))

    def open(self) -> "CaseQuerySet":
        """Not closed."""
        return self.filter(closed_on=None)

    def unallocated(self, now: datetime) -> "CaseQuerySet":
        """Open, and nobody holds it."""
        return self.open().exclude(Exists(Allocation.objects.current(now).primary().filter(case=OuterRef("pk"))))

    def left_behind(self, now: datetime) -> "CaseQuerySet":
        """Open, and held by somebody who does no casework here any more: a manager has to pass it on."""
        gone = User.objects.off_casework(london(now).date()).values("pk")
        held = Allocation.objects.current(now).primary().filter(case=OuterRef("pk"), worker__in=gone)
        return self.open().filter(Exists(held))

    def held_by(self, worker_id: UUID, now: datetime) -> "CaseQuerySet":
        """Held by one worker as the primary one."""
        return self.filter(
            Exists(Allocation.objects.current(now).primary().filter(case=OuterRef("pk"), worker_id=worker_id))
        )

    def with_worker(self, now: datetime) -> "CaseQuerySet":
        """Each case with `worker_id` and `worker_name` of its present primary worker."""
        current = Allocation.objects.current(now).primary().filter(case=OuterRef("pk"))
        return self.annotate(
            worker_id=models.Subquery(current.values("worker_id")[:1]),
            worker_name=models.Subquery(current.values("worker__name")[:1]),
        )

    def allocated_to(self, worker_id: UUID, now: datetime) -> "CaseQuerySet":
        """One worker is on it now, whatever the role: a colleague's case under cover is here too."""
        return self.filter(Exists(Allocation.objects.current(now).filter(case=OuterRef("pk"), worker_id=worker_id)))

    def first_contact_overdue(self, today: date) -> "CaseQuerySet":
        """Open, nobody has spoken with her, and the day for it has passed."""
        return self.open().filter(first_contacted_at=None, first_contact_due_on__lt=today)

    def with_overdue_tasks(self, today: date) -> "CaseQuerySet":
        """Those with a task that should have been done before today."""
        return self.filter(pk__in=Task.objects.overdue(today).values("case"))

    def with_unread_entries(self) -> "CaseQuerySet":
        """Those with an entry in the log that no worker has read; their keys are fetched here.

        As a join it would work out all that a list row shows once for each entry.
        """
        unread = self.order_by().filter(incidents__isnull=False, incidents__seen__isnull=True)
        return self.filter(pk__in=list(unread.values_list("pk", flat=True).distinct()))

    def with_safe_name(self) -> "CaseQuerySet":
        """Each case with `safe_name`: the name to ask for, else what she is called."""
        newest = SafeContact.objects.filter(victim=OuterRef("victim_id")).order_by("-version")
        asked_for = NullIf(models.Subquery(newest.values("safe_name")[:1]), Value(""))
        known = Coalesce(NullIf(F("known_as"), Value("")), F("first_name"))
        called = Victim.objects.filter(pk=OuterRef("victim_id")).annotate(called=known).values("called")
        return self.annotate(safe_name=Coalesce(asked_for, models.Subquery(called), Value("")))

    def with_last_contact(self) -> "CaseQuerySet":
        """Each case with `last_contact_at`, attempts included."""
        newest = Contact.objects.filter(case=OuterRef("pk")).order_by("-at")
        return self.annotate(last_contact_at=models.Subquery(newest.values("at")[:1]))

    def with_task_count(self) -> "CaseQuerySet":
        """Each case with `task_count`: its open tasks."""
        tasks = Task.objects.open().filter(case=OuterRef("pk")).order_by().values("case")
        return self.annotate(task_count=Coalesce(models.Subquery(tasks.annotate(n=Count("pk")).values("n")), 0))

    def for_list(self, now: datetime) -> "CaseQuerySet":
        """All that a list row shows, in one query."""
        whole = self.with_worker(now).with_safe_name()
        return whole.with_last_contact().with_task_count()


class Case(Labelled):
    """One matter. The portal may stay open after the case is closed, until somebody ends it."""

    statement = Statement("shared", ("crime_reference", "portal_label"), WITH_THE_CASE)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reference = models.CharField(max_length=20, unique=True)
    victim = models.ForeignKey(Victim, on_delete=models.PROTECT, related_name="cases")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="cases")
    status = models.CharField(_("status"), max_length=24, choices=CaseStatus.choices, default=CaseStatus.REFERRED)
    is_high_priority = models.BooleanField(_("high priority"), default=False)
    is_restricted = models.BooleanField(_("named readers only"), default=False)
    received_at = models.DateTimeField(_("received"))
    first_contacted_at = models.DateTimeField(null=True, blank=True)
    first_contact_due_on = models.DateField(null=True, blank=True)
    is_portal_open = models.BooleanField(default=False)
    portal_label = models.CharField(max_length=60, blank=True)
    police_force = models.CharField(_("police force"), max_length=60, blank=True)
    crime_reference = models.CharField(_("crime reference"), max_length=60, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    closure_reason = models.CharField(max_length=24, choices=ClosureReason.choices, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    # Attached by `cases.access.visible_case`: what stands on top of every page of the case.
    safe_contact: "SafeContact | None" = None
    rule_line: str = ""
    may_reach: bool = False

    objects = CaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_on=None, closure_reason="") | (Q(closed_on__isnull=False) & ~Q(closure_reason="")),
                name="cases_case_closed_with_reason",
                violation_error_message=_("A closed case has a date and a reason."),
            )
        ]
        indexes = [
            models.Index(fields=["team", "closed_on"], include=["id", "is_restricted"], name="cases_case_team_open"),
            models.Index(fields=["victim"], name="cases_case_of_victim"),
            models.Index(
                fields=["first_contact_due_on"], condition=Q(first_contacted_at=None), name="cases_case_contact_due"
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_closed(self) -> bool:
        """Whether the case is closed."""
        return self.closed_on is not None

    def is_first_contact_overdue(self, today: date) -> bool:
        """Nobody has spoken with the victim, and the day for it has passed."""
        due = self.first_contact_due_on
        return self.first_contacted_at is None and not self.is_closed and due is not None and due < today


class StatusChange(Labelled):
    """One move of a case from one status to another: by whom, when, why."""

    statement = Statement("staff", ("reason",), WITH_THE_CASE)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="status_changes")
    from_status = models.CharField(max_length=24, choices=CaseStatus.choices, blank=True)
    to_status = models.CharField(max_length=24, choices=CaseStatus.choices)
    reason = CaseTextField(blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = OfCase.as_manager()

    def __str__(self) -> str:
        return str(self.pk)


class ReferralSource(models.TextChoices):
    """Who told us of the victim."""

    POLICE_AUTO = "police_auto", _("Police, automatic")
    POLICE = "police", _("Police")
    SELF = "self", _("Self")
    ADVISER = "adviser", _("IDVA, ISVA or sexual assault referral centre")
    HEALTH = "health", _("Health")
    COUNCIL = "council", _("Council or housing")
    EDUCATION = "education", _("School or university")
    VICTIM_SERVICE = "victim_service", _("Another victim service")
    FAMILY = "family", _("Family or friend, with permission")
    RJ_HUB = "rj_hub", _("Restorative justice hub")
    REPORT_FRAUD = "report_fraud", _("Report Fraud")
    OTHER = "other", _("Other")


class InboundReferral(Labelled):
    """How the case reached us. The clock for first contact starts at `received_at`."""

    statement = Statement("staff", ("referrer", "summary"), WITH_THE_CASE)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="inbound_referrals")
    source = models.CharField(_("referred by"), max_length=20, choices=ReferralSource.choices)
    referrer = CaseTextField(_("name and number of the referrer"), blank=True)
    summary = CaseTextField(_("what they told us"), blank=True)
    received_at = models.DateTimeField()
    recorded_by = models.UUIDField()

    objects = OfCase.as_manager()

    def __str__(self) -> str:
        return str(self.pk)


class Professional(Labelled):
    """Somebody who works on the matter elsewhere: the officer in the case, a solicitor, a housing officer."""

    statement = Statement("staff", ("name", "phone", "email", "organisation"), WITH_THE_CASE)

    class Kind(models.TextChoices):
        """What they are."""

        OFFICER = "officer", _("Officer in the case")
        SOLICITOR = "solicitor", _("Solicitor")
        PROSECUTOR = "prosecutor", _("Prosecutor")
        HOUSING = "housing", _("Housing officer")
        SOCIAL_WORKER = "social_worker", _("Social worker")
        EMPLOYER = "employer", _("Employer or place of study")
        OTHER = "other", _("Other")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="professionals")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=120)
    organisation = models.CharField(_("organisation"), max_length=120, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    is_current = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    objects = OfCase.as_manager()

    def __str__(self) -> str:
        return str(self.pk)
