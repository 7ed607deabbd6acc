"""Support sessions. One is never edited: a correction stands beside. Emotional-support notes are rows by themselves."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.models import Case, ContentClass
from cases.models.scope import OfCase
from cases.models.work import WrittenQuerySet
from nsvcs.casetext import CaseTextField
from nsvcs.ids import uuid7
from nsvcs.labels import Labelled
from nsvcs.statements import WITH_THE_CASE, Statement
from referrals.models.support import SupportEpisode

LONGEST_MINUTES = 600


class SessionQuerySet(OfCase):
    """Questions about sessions."""

    def held(self) -> Self:
        """Those that took place: attended, and not taken back by a correction."""
        back = SessionNote.objects.filter(session=OuterRef("pk"), takes_back=True)
        return self.filter(attendance=SupportSession.Attendance.ATTENDED).exclude(Exists(back))


class SupportSession(Labelled):
    """One session of an episode, held or not."""

    statement = Statement("staff", (), WITH_THE_CASE)

    class Mode(models.TextChoices):
        """How."""

        PHONE = "phone", _("Phone")
        IN_PERSON = "in_person", _("In person")
        VIDEO = "video", _("Video call")
        MESSAGE = "message", _("Message in the portal")
        LETTER = "letter", _("Letter")
        EMAIL = "email", _("Email")
        TEXT = "text", _("Text message")

    class Attendance(models.TextChoices):
        """Whether it took place, and if not, why."""

        ATTENDED = "attended", _("Attended")
        DID_NOT_ATTEND = "did_not_attend", _("Did not attend")
        BY_VICTIM = "by_victim", _("Cancelled by the victim")
        BY_US = "by_us", _("Cancelled by us")
        NOT_SAFE = "not_safe", _("Not safe to go ahead")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    episode = models.ForeignKey(SupportEpisode, on_delete=models.PROTECT, related_name="sessions")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="support_sessions")
    at = models.DateTimeField(_("when"))
    minutes = models.PositiveSmallIntegerField(_("minutes"), null=True, blank=True)
    mode = models.CharField(_("how"), max_length=9, choices=Mode.choices)
    attendance = models.CharField(_("did it take place?"), max_length=14, choices=Attendance.choices)
    worker = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    did = ArrayField(models.CharField(max_length=50), default=list, blank=True)
    content_class = models.CharField(_("kind of session"), max_length=16, choices=ContentClass.choices)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)

    objects = SessionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(attendance="attended")
                | Q(minutes__isnull=False, minutes__gte=1, minutes__lte=LONGEST_MINUTES),
                name="referrals_session_attended_has_minutes",
                violation_error_message=_("A session that took place has a number of minutes."),
            ),
            models.CheckConstraint(
                condition=Q(attendance="attended") | Q(minutes=None),
                name="referrals_session_not_held_has_none",
                violation_error_message=_("A session that did not take place has no minutes."),
            ),
        ]
        indexes = [
            models.Index(fields=["case", "-at"], name="referrals_session_of_case"),
            models.Index(fields=["episode", "-at"], name="referrals_session_of_episode"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def was_held(self) -> bool:
        """Whether it took place, as it was recorded; a correction beside it may take that back."""
        return self.attendance == self.Attendance.ATTENDED


class SessionNote(Labelled):
    """What was written about a session: then, or later as a correction.

    Attributes:
        content_class: emotional-support notes are told from the others by it, and left out of what is disclosed.
        takes_back: of a correction: the session did not take place as recorded, and does not count.
    """

    statement = Statement("staff", ("text",), WITH_THE_CASE)

    class Kind(models.TextChoices):
        """When it was written."""

        NOTE = "note", _("Note")
        CORRECTION = "correction", _("Correction")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    session = models.ForeignKey(SupportSession, on_delete=models.PROTECT, related_name="notes")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    content_class = models.CharField(_("kind of note"), max_length=16, choices=ContentClass.choices)
    text = CaseTextField(_("note"))
    takes_back = models.BooleanField(default=False)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    objects = WrittenQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(takes_back=False) | Q(kind="correction"), name="referrals_sessionnote_takes_back"
            )
        ]
        indexes = [models.Index(fields=["session", "at"], name="referrals_note_of_session")]

    def __str__(self) -> str:
        return str(self.pk)
