"""What every row of reference data says of itself: its source, its version, who checked it and when."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from nsvcs.statements import NEVER_PERSONAL, Statement

OPEN = Statement("open", (), NEVER_PERSONAL)


class Confidence(models.TextChoices):
    """How sure we are of a stated fact; only `CONFIRMED` ones are shown in the portal."""

    CONFIRMED = "V", _("read in the named source")
    SECOND_HAND = "V~", _("read in a secondary, old or local source")
    GENERAL = "G", _("general knowledge of the field")
    TO_CHECK = "G?", _("to be checked by the service")


class Sourced(models.Model):
    """What every piece of reference data carries: where it is from, which version, and who checked it when.

    `changed_by` names a person who changed the row after it was loaded; loading never overwrites such a row.
    """

    source = models.CharField(_("source"), max_length=300)
    version = models.PositiveIntegerField(_("version"), default=1)
    checked_on = models.DateField(_("checked on"), null=True, blank=True)
    checked_by = models.CharField(_("checked by"), max_length=120, blank=True)
    changed_by = models.CharField(_("changed by"), max_length=120, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=models.Q(checked_on__isnull=True, checked_by="")
                | (models.Q(checked_on__isnull=False) & ~models.Q(checked_by="")),
                name="%(app_label)s_%(class)s_checked_both_or_neither",
                violation_error_message=_("Give both the day it was checked and who checked it, or neither."),
            )
        ]
