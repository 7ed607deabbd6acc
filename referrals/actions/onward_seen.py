"""What a partner has seen of a referral: which fields, when, by which link."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from cases.models import ShareLink, ShareOpening
from nsvcs.days import day_words
from nsvcs.widgets import clock
from referrals.models import Referral, Shared, SharedField

REFERRAL = "referral"  # the kind of thing a link opens
SAW = (ShareOpening.Outcome.SHOWN, ShareOpening.Outcome.ANSWERED)


@dataclass(frozen=True)
class Opening:
    """One time a referral was opened: by the link that was the `number`th of its links."""

    number: int
    opening: ShareOpening


def openings_of(links: Sequence[ShareLink]) -> list[Opening]:
    """Every time the fields were before somebody, the first time first; `links` are a referral's, oldest first."""
    found = [
        Opening(number, opening)
        for number, link in enumerate(links, start=1)
        for opening in link.openings.all()
        if opening.outcome in SAW
    ]
    return sorted(found, key=lambda each: each.opening.at)


def seen_words(referral: Referral) -> str:
    """The same in one sentence, for a task."""
    links = list(ShareLink.objects.of(REFERRAL, referral.pk).order_by("made_at").prefetch_related("openings"))
    seen = openings_of(links)
    if not seen:
        return str(_("Nothing of it had been opened."))
    sent = set(SharedField.objects.filter(referral=referral).values_list("name", flat=True))
    names = get_text_list([str(name.label) for name in Shared if name in sent], _("and"))
    times = [_when(each) for each in seen]
    return str(
        _("Opened: %(times)s. It showed: %(names)s. Ring them: it must not be used.")
        % {"times": "; ".join(times), "names": names}
    )


def _when(each: Opening) -> str:
    at = timezone.localtime(each.opening.at)
    return _("%(day)s at %(clock)s by link %(number)s") % {
        "day": day_words(at.date()), "clock": clock(at.time()), "number": each.number
    }  # fmt: skip
