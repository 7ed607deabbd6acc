"""Who a bundle is for, and what is withheld unless it is ticked."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Recipient(models.TextChoices):
    """Who a bundle is for; the kind decides what may be shown."""

    POLICE = "police", _("Police")
    PROSECUTION = "prosecution", _("Crown Prosecution Service")
    COURT = "court", _("Court")
    FAMILY_COURT = "family_court", _("Family court")
    SOLICITOR = "solicitor", _("The victim’s solicitor")
    HOUSING = "housing", _("Housing")
    EMPLOYER = "employer", _("Employer or place of study")
    SOCIAL_WORKER = "social_worker", _("Social worker")
    VICTIM = "victim", _("The victim")


class Shown(models.TextChoices):
    """What is withheld unless it is ticked. Protected words may also be `always` withheld, which is none of these."""

    ADDRESSES = "addresses", _("Addresses, postcodes and map positions")
    PHONES = "phones", _("Phone numbers and email addresses")
    SCHOOL = "school", _("Schools and nurseries")
    WORKPLACE = "workplace", _("Workplaces")
    VEHICLES = "vehicles", _("Vehicles and number plates")
    ROUTINE = "routine", _("Routine, with the column “changes made”")
    CHILDREN = "children", _("Children’s details, with the column “impact on children or others”")
    THIRD_PARTIES = "third_parties", _("Names of other people")
    STAFF_SURNAMES = "staff_surnames", _("Surnames of our staff")
    PLACES = "places", _("Places, with the column “where”")
    FILE_NAMES = "file_names", _("Names of files")
