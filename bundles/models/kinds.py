"""Who a bundle is for, and what is withheld unless it is ticked."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Recipient(models.TextChoices):
    """Who a bundle is for; the kind decides what may be shown."""

    POLICE = "police", _("Police")
    PROSECUTION = "prosecution", _("Crown Prosecution Service")
    COURT = "court", _("Court")
    SOLICITOR = "solicitor", _("The victim’s solicitor")
    VICTIM = "victim", _("The victim")


class Shown(models.TextChoices):
    """What is withheld unless it is ticked."""

    ADDRESSES = "addresses", _("Addresses and postcodes")
    PHONES = "phones", _("Phone numbers and email addresses")
    FILE_NAMES = "file_names", _("Names of files")
