"""What is done on a case: contacts, notes, tasks."""

from datetime import date
from typing import Any, Self
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.models.scope import OfCase
from nsvcs.casetext import CaseTextField
from nsvcs.ids import uuid7
from nsvcs.labels import Labelled
from nsvcs.statements import WITH_THE_CASE, Statement


class ContentClass(models.TextChoices):
    """What kind of text it is; emotional support can be left out of a disclosure."""

    ADMINISTRATIVE = "administrative", _("Administrative")
    SAFETY = "safety", _("Safety and risk")
    ADVOCACY = "advocacy", _("Advocacy")
    EMOTIONAL = "emotional", _("Emotional support")


class WrittenQuerySet(OfCase):
    """Questions about what staff wrote, each text with its content class."""

    def without_kept_apart(self) -> Self:
        """All but emotional-support notes: what everybody who may open the case may read, and a disclosure show."""
        return self.exclude(content_class=ContentClass.EMOTIONAL)

    def kept_apart(self) -> Self:
        """Emotional-support notes alone."""
        return self.filter(content_class=ContentClass.EMOTIONAL)


class Written(Labelled):
    """A text of staff that may be kept apart."""

    class Meta:
        abstract = True

    @property
    def is_kept_apart(self) -> bool:
        """Whether it says something that is left out of a disclosure, and not read by everybody who opens the case."""
        said: Any = self
        return bool(said.content_class == ContentClass.EMOTIONAL and said.text)


class Contact(Written):
    """One attempt to reach the victim, or one conversation. Only a conversation stops the first-contact clock."""

    statement = Statement("staff", ("text", "with_whom"), WITH_THE_CASE)

    class Channel(models.TextChoices):
        """How."""

        PHONE = "phone", _("Phone")
        TEXT = "text", _("Text message")
        EMAIL = "email", _("Email")
        POST = "post", _("Post")
        VIDEO = "video", _("Video call")
        VISIT = "visit", _("In person")
        PORTAL = "portal", _("Portal")

    class Outcome(models.TextChoices):
        """What came of it."""

        SPOKE = "spoke", _("Spoke with the victim")
        NO_ANSWER = "no_answer", _("No answer")
        VOICEMAIL = "voicemail", _("Left a message")
        WRONG_NUMBER = "wrong_number", _("Wrong number")
        SOMEBODY_ELSE = "somebody_else", _("Somebody else answered")
        SENT = "sent", _("Sent, no answer yet")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="contacts")
    is_from_victim = models.BooleanField(_("the victim contacted us"), default=False)
    channel = models.CharField(_("how"), max_length=8, choices=Channel.choices)
    outcome = models.CharField(_("what came of it"), max_length=16, choices=Outcome.choices)
    with_whom = models.CharField(_("with whom"), max_length=120, blank=True)
    at = models.DateTimeField(_("when"))
    minutes = models.PositiveSmallIntegerField(_("minutes"), null=True, blank=True)
    text = CaseTextField(_("what was said"), blank=True)
    content_class = models.CharField(_("kind of note"), max_length=16, choices=ContentClass.choices)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)

    objects = WrittenQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["case", "-at"], name="cases_contact_of_case")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_two_way(self) -> bool:
        """Whether she was spoken with: only that stops the clock."""
        return self.outcome == self.Outcome.SPOKE


class Note(Written):
    """A note on a case. Never edited: a correction is another note."""

    statement = Statement("staff", ("text",), WITH_THE_CASE)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="notes")
    text = CaseTextField(_("note"))
    content_class = models.CharField(_("kind of note"), max_length=16, choices=ContentClass.choices)
    language = models.CharField(max_length=10, default="en")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    objects = WrittenQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["case", "-at"], name="cases_note_of_case")]

    def __str__(self) -> str:
        return str(self.pk)


LONG_TITLE = 160  # characters: from here on a title is read, and not taken in at a glance


class TaskQuerySet(OfCase):
    """Questions about tasks."""

    def open(self) -> "TaskQuerySet":
        """Not finished."""
        return self.filter(done_at=None)

    def overdue(self, today: date) -> "TaskQuerySet":
        """Open, and due before today."""
        return self.open().filter(due_on__lt=today)

    def of(self, worker_id: UUID) -> "TaskQuerySet":
        """Given to one worker."""
        return self.filter(assigned_to_id=worker_id)


class Task(Labelled):
    """Something to be done on a case by a day. One without a worker is the duty worker's."""

    statement = Statement("staff", ("title",), WITH_THE_CASE)

    class Kind(models.TextChoices):
        """What raised it."""

        BY_HAND = "by_hand", _("Added by hand")
        FIRST_CONTACT = "first_contact", _("First contact")
        CONFIRM_CONTACT = "confirm_contact", _("Confirm safe contact")
        MESSAGE_HELD = "message_held", _("A message could not be sent")
        ENTRY_AFTER_CLOSING = "entry_after_closing", _("New entry on a closed case")
        RED_FLAG = "red_flag", _("Red flag in the log")
        RATE_RISE = "rate_rise", _("Red flag: entries come more often")
        UNSAFE_FILE = "unsafe_file", _("A virus in a file")
        CHANGED_FILE = "changed_file", _("A file is missing or has changed")
        PLANNED_CONTACT = "planned_contact", _("Contact agreed with the victim")
        PORTAL_LEFT = "portal_left", _("Portal account closed by the victim")
        SECOND_LOOK = "second_look", _("A bundle waits for a second person")
        RECALL = "recall", _("A bundle was recalled")
        BUNDLE_MADE = "bundle_made", _("A bundle is ready, or could not be made")
        CONSENT_WITHDRAWN = "consent_withdrawn", _("The victim took back a consent")
        SUPPORT_DUE = "support_due", _("Support was accepted and has not begun")
        ALARM_ASKED = "alarm_asked", _("The victim asked for an alarm")
        ALARM_DUE = "alarm_due", _("Lent equipment is due for a test or to come back")
        REFERRAL_CHASE = "referral_chase", _("A referral waits for its answer")
        REFERRAL_ANSWER = "referral_answer", _("A referral was answered")
        RJ_SIGN_OFF = "rj_sign_off", _("Restorative justice waits for a manager")
        RJ_DUE = "rj_due", _("Restorative justice is due for a follow-up")

    FLAGS = (Kind.RED_FLAG, Kind.RATE_RISE)  # looked at on the same day, above everything else

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="tasks")
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.BY_HAND)
    title = CaseTextField(_("what is to be done"))
    due_on = models.DateField(_("by"))
    assigned_to = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="tasks")
    key = models.CharField(max_length=120, null=True, unique=True)  # noqa: DJ001 - unique, and most have none
    created_by = models.UUIDField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = TaskQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(done_at=None, done_by=None) | Q(done_at__isnull=False, done_by__isnull=False),
                name="cases_task_done_by_somebody",
            )
        ]
        indexes = [models.Index(fields=["assigned_to", "due_on"], condition=Q(done_at=None), name="cases_task_open")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def headline(self) -> str:
        """What is to be done, at a glance: the whole title, or the first sentence of one that goes on at length."""
        first, point, _rest = self.title.partition(". ")
        return first + point.strip() if len(self.title) > LONG_TITLE else self.title

    @property
    def rest(self) -> str:
        """What the title says after its headline."""
        return str(self.title[len(self.headline) :]).strip()
