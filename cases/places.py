"""Where the thing that a task asks for is done: one table, for the lists of tasks and for the timeline.

Pages of later rooms are named by their addresses; one that this copy does not have is no link.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.models import Task

Kind = Task.Kind


@dataclass(frozen=True)
class Place:
    """One page of a case.

    Attributes:
        name: the name of its address, which takes the case's id alone.
        text: what a link to it says.
        anchor: the part of the page, with its mark in front.
    """

    name: str
    text: str | Promise
    anchor: str = ""


LOG = Place("logs:list", _("See the log"))
BUNDLES = Place("bundles:list", _("See the bundles"))
EQUIPMENT = Place("referrals:equipment", _("See the equipment"))
REFERRALS = Place("referrals:onward", _("See the referrals"))
RESTORATIVE = Place("referrals:restorative", _("See restorative justice"))
CONTACT = Place("cases:contact_new", _("Record a contact"))
SAFE_CONTACT = Place("cases:safe_contact", _("See safe contact"))

# What was added by hand, or asks for something that no single page does, has none.
OF_KIND: dict[str, Place] = {
    Kind.FIRST_CONTACT: CONTACT,
    Kind.PLANNED_CONTACT: CONTACT,
    Kind.CONFIRM_CONTACT: SAFE_CONTACT,
    Kind.MESSAGE_HELD: SAFE_CONTACT,
    Kind.PORTAL_LEFT: Place("cases:portal", _("See the portal’s page")),
    Kind.ENTRY_AFTER_CLOSING: LOG,
    Kind.RED_FLAG: LOG,
    Kind.RATE_RISE: Place("logs:patterns", _("See the entries"), "#rate"),
    Kind.UNSAFE_FILE: LOG,
    Kind.CHANGED_FILE: LOG,
    Kind.SECOND_LOOK: BUNDLES,
    Kind.RECALL: BUNDLES,
    Kind.BUNDLE_MADE: BUNDLES,
    Kind.CONSENT_WITHDRAWN: Place("cases:consents", _("See the agreements")),
    Kind.SUPPORT_DUE: Place("referrals:episodes", _("See the support")),
    Kind.ALARM_ASKED: EQUIPMENT,
    Kind.ALARM_DUE: EQUIPMENT,
    Kind.REFERRAL_CHASE: REFERRALS,
    Kind.REFERRAL_ANSWER: REFERRALS,
    Kind.RJ_SIGN_OFF: RESTORATIVE,
    Kind.RJ_DUE: RESTORATIVE,
}
# Where the kind alone does not say it, the beginning of the task's key does.
OF_KEY: dict[str, Place] = {
    "red_flag:equipment:": EQUIPMENT,
    "without_consent": REFERRALS,
    "letter_gone:": Place("referrals:letters", _("See the letters")),
}


def place_of(task: Task) -> Place | None:
    """Return where the thing that a task asks for is done; none where no page does it."""
    named = (place for beginning, place in OF_KEY.items() if (task.key or "").startswith(beginning))
    return next(named, OF_KIND.get(task.kind))
