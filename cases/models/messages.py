"""The thread between a victim and the workers on the case. What was sent is never changed or taken back."""

from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.models.scope import SharedOfCase
from nsvcs.casetext import CaseTextField
from nsvcs.ids import uuid7
from nsvcs.statements import WITH_THE_CASE, Statement


class MessageQuerySet(SharedOfCase):
    """Questions about messages."""

    def in_order(self) -> Self:
        """As they were sent, oldest first."""
        return self.order_by("at", "pk")

    def from_victim(self) -> Self:
        """Sent by her."""
        return self.filter(is_from_victim=True)

    def unread_by_staff(self) -> Self:
        """Sent by her, and no worker has said that it was read."""
        read = MessageRead.objects.filter(message=OuterRef("pk"), is_by_victim=False)
        return self.from_victim().exclude(Exists(read))

    def unread_by_victim(self) -> Self:
        """Sent to her, and never on a page of hers."""
        read = MessageRead.objects.filter(message=OuterRef("pk"), is_by_victim=True)
        return self.filter(is_from_victim=False).exclude(Exists(read))


class Message(models.Model):
    """One message of the thread of a case. Its id is the form's key: sent twice, it is kept once."""

    statement = Statement("shared", ("text",), WITH_THE_CASE)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="messages")
    is_from_victim = models.BooleanField()
    text = CaseTextField(_("message"))
    language = models.CharField(max_length=10, default="en")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["case", "at"], name="cases_message_of_case")]

    def __str__(self) -> str:
        return str(self.pk)


class MessageRead(models.Model):
    """One person has read one message: a worker by saying so, the victim by having it on her page."""

    statement = Statement("shared", ("by",), WITH_THE_CASE)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="reads")
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="+")
    is_by_victim = models.BooleanField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    objects = SharedOfCase.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "by"], name="cases_messageread_once")]

    def __str__(self) -> str:
        return str(self.pk)
