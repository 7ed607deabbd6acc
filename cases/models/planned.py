"""What was agreed with a victim for the next contact; her own page shows it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.models.scope import SharedOfCase
from cases.models.work import Contact
from nsvcs.ids import uuid7
from nsvcs.labels import Labelled
from nsvcs.statements import WITH_THE_CASE, Statement

Channel = Contact.Channel


class PlannedContactQuerySet(SharedOfCase):
    """Questions about what was agreed for the next contact."""

    def newest(self) -> "PlannedContactQuerySet":
        """The newest of each case first; only it counts."""
        return self.order_by("case", "-at", "-pk").distinct("case")


class PlannedContact(Labelled):
    """When the caseworker will next be in touch, as agreed with her. The newest row counts; an earlier one stays."""

    statement = Statement("shared", ("on",), WITH_THE_CASE)

    class Part(models.TextChoices):
        """The part of the day."""

        MORNING = "morning", _("in the morning")
        AFTERNOON = "afternoon", _("in the afternoon")
        EVENING = "evening", _("in the evening")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="planned_contacts")
    on = models.DateField(_("which day"), null=True)
    part = models.CharField(_("part of the day"), max_length=10, choices=Part.choices, blank=True)
    channel = models.CharField(_("how"), max_length=8, choices=Channel.choices, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    objects = PlannedContactQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["case", "-at"], name="cases_planned_of_case")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def how(self) -> str:
        """The way of contact, as the end of a sentence."""
        return str(HOW[Channel(self.channel)]) if self.channel else ""


HOW = {
    Channel.PHONE: _("by phone"),
    Channel.TEXT: _("by text"),
    Channel.EMAIL: _("by email"),
    Channel.POST: _("by post"),
    Channel.VIDEO: _("by video call"),
    Channel.VISIT: _("in person"),
    Channel.PORTAL: _("by message, here"),
}
