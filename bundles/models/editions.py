"""What a bundle is for, and which edition that and its recipient make; why something is left out."""

from collections.abc import Mapping

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from bundles.models.kinds import Recipient
from reference.models import Preset

Edition = Preset.Edition


class Purpose(models.TextChoices):
    """What a bundle is for."""

    OWN_COPY = "own_copy", _("For the victim to keep")
    REPORT = "report", _("A report to the police, or their investigation")
    ORDER = "order", _("A stalking protection order")
    PROSECUTION = "prosecution", _("A prosecution")
    FAMILY = "family", _("Family court proceedings")
    INJUNCTION = "injunction", _("An injunction or another civil order")
    OTHER_SIDE = "other_side", _("Papers that the accused’s side may read")
    ADVICE = "advice", _("Legal advice")
    HOUSING = "housing", _("Housing")
    WORK = "work", _("Safety at work or study")
    SAFEGUARDING = "safeguarding", _("Safeguarding")


# What may go to whom, and as which edition. What is not here is refused. There is no row for the accused or their
# lawyers: papers reach them through whoever discloses them, in the edition that withholds most.
EDITIONS: dict[Purpose, dict[Recipient, Edition]] = {
    Purpose.OWN_COPY: {Recipient.VICTIM: Edition.OWN},
    Purpose.REPORT: {Recipient.POLICE: Edition.POLICE},
    Purpose.ORDER: {Recipient.POLICE: Edition.POLICE, Recipient.COURT: Edition.COURT},
    Purpose.PROSECUTION: {
        Recipient.POLICE: Edition.POLICE,
        Recipient.PROSECUTION: Edition.COURT,
        Recipient.COURT: Edition.COURT,
    },
    Purpose.FAMILY: {Recipient.FAMILY_COURT: Edition.FAMILY, Recipient.SOLICITOR: Edition.FAMILY},
    Purpose.INJUNCTION: {
        Recipient.COURT: Edition.COURT,
        Recipient.FAMILY_COURT: Edition.FAMILY,
        Recipient.SOLICITOR: Edition.COURT,
    },
    Purpose.OTHER_SIDE: dict.fromkeys(
        (Recipient.POLICE, Recipient.PROSECUTION, Recipient.COURT, Recipient.FAMILY_COURT, Recipient.SOLICITOR),
        Edition.SAFE,
    ),
    Purpose.ADVICE: {Recipient.SOLICITOR: Edition.SHORT},
    Purpose.HOUSING: {Recipient.HOUSING: Edition.SHORT},
    Purpose.WORK: {Recipient.EMPLOYER: Edition.SHORT},
    Purpose.SAFEGUARDING: {Recipient.SOCIAL_WORKER: Edition.SHORT},
}
# Where a bundle is asked for without saying what for, by kind of recipient.
USUAL = {
    Recipient.VICTIM: Edition.OWN,
    Recipient.POLICE: Edition.POLICE,
    Recipient.PROSECUTION: Edition.COURT,
    Recipient.COURT: Edition.COURT,
    Recipient.FAMILY_COURT: Edition.FAMILY,
}


def edition_for(purpose: str, recipient: str) -> Edition | None:
    """The edition for a purpose and a kind of recipient; none where that is not allowed."""
    allowed = EDITIONS[Purpose(purpose)] if purpose in Purpose.values else {}
    return allowed.get(Recipient(recipient)) if recipient in Recipient.values else None


class Reason(models.TextChoices):
    """Why something of the log is not in a bundle."""

    UNSAID = "unsaid", _("Not chosen")
    RANGE = "range", _("Outside the days covered")
    KIND = "kind", _("Not of the kinds chosen")
    RELEVANCE = "relevance", _("Not about what the bundle is for")
    TWICE = "twice", _("The same is shown elsewhere")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    ENTRY = "entry", _("Its entry is not printed")
    WISH = "wish", _("The victim’s wish")
    SAFETY = "safety", _("Safety")
    OTHERS = "others", _("Mostly about somebody else")
    FAILED = "failed", _("It could not be made")
    LATER = "later", _("Arrived after the choice was made")
    OTHER = "other", _("Another reason")


# What can be picked by hand; the others are found out.
PICKED = (
    Reason.RELEVANCE, Reason.TWICE, Reason.WITHDRAWN, Reason.WISH, Reason.SAFETY, Reason.OTHERS, Reason.OTHER,
)  # fmt: skip

# What is printed of a reason. A reader who may be the accused is not told that something is kept back for safety, or
# at whose wish: both say that there is something worth looking for.
PRINTED: Mapping[Reason, Promise] = dict.fromkeys(Reason, _("not chosen for this bundle")) | {
    Reason.RANGE: _("outside the days covered"),
    Reason.KIND: _("not of the kinds chosen"),
    Reason.TWICE: _("the same is shown elsewhere"),
    Reason.WITHDRAWN: _("withdrawn"),
    Reason.ENTRY: _("with an entry that is not printed"),
    Reason.FAILED: _("could not be shown"),
    Reason.LATER: _("arrived after the choice was made"),
}
