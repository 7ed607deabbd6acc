"""What somebody may need a service for: the tags of the directory, each with the words for it.

In the portal's addresses a need is a number that is never given to another: "for=5" tells nobody anything.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Need:
    """One need.

    Attributes:
        code: the tag of the directory's entries.
        number: what stands for it in the portal's addresses.
        label: what the search offers, to both sides.
    """

    code: str
    number: int
    label: str | Promise


NEEDS = (
    Need("crisis", 1, _("Someone to talk to, day or night")),
    Need("stalking", 2, _("Stalking or harassment")),
    Need("domestic-abuse", 3, _("Abuse by a partner, an ex or family")),
    Need("cyber", 4, _("Harm online or through a phone")),
    Need("images", 5, _("Private pictures of you")),
    Need("sexual-violence", 6, _("Rape or sexual assault")),
    Need("honour", 7, _("Forced marriage, or abuse in the name of honour")),
    Need("child", 8, _("Children and young people")),
    Need("older", 9, _("Older people")),
    Need("male", 10, _("Men")),
    Need("lgbt", 11, _("LGBT+ people")),
    Need("deaf", 12, _("If you cannot hear or speak")),
    Need("injunction", 13, _("A court order to keep someone away")),
    Need("court", 14, _("Going to court")),
    Need("rights", 15, _("Your rights")),
    Need("report", 16, _("Telling the police")),
    Need("fraud", 17, _("Fraud")),
    Need("safeguarding", 18, _("Worry about the safety of an adult or a child")),
    Need("restorative-justice", 19, _("Restorative justice")),
    Need("general", 20, _("Support after any crime")),
)
# Offices that papers go to: found by colleagues who send something, and no help to anybody in need.
FOR_PAPERS = ("papers-police", "papers-prosecution", "papers-court", "papers-family")
BY_CODE = {need.code: need for need in NEEDS}
BY_NUMBER = {need.number: need for need in NEEDS}
CHOICES = [(need.code, need.label) for need in NEEDS]
