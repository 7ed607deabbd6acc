"""What she agreed to, in words that say nothing to whoever looks over her shoulder."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.models import Consent
from cases.rules import ConsentState
from portal.addresses import letters_of

PURPOSES = {
    Consent.Purpose.REFERRAL: _("Another service may help you"),
    Consent.Purpose.LETTER: _("We may write a letter for you"),
    Consent.Purpose.RESTORATIVE: _("We may set up a talk for you"),
    Consent.Purpose.SPEAK_FOR_ME: _("We may speak for you"),
}


@dataclass(frozen=True)
class Agreed:
    """One agreement as her page shows it.

    Args:
        letters: tell two of one number apart, in two cases of hers.
        stopped_on: the day on which it was stopped, by whomever; none for one that ran out.
    """

    number: int
    letters: str
    purpose: str
    recipient: str
    what: str
    starts_on: date
    ends_on: date
    may_stop: bool
    stopped_on: date | None


def agreed_with(user: User, today: date) -> list[Agreed]:
    """All that she agreed to, the newest first; nothing while her portal is closed."""
    found = Consent.objects.visible_to(user).select_related("organisation", "withdrawal")
    return [_shown(consent, today) for consent in found.order_by("-recorded_at", "-pk")]


def _shown(consent: Consent, today: date) -> Agreed:
    state = consent.state_on(today)
    stopped_on = timezone.localdate(consent.withdrawal.at) if consent.is_withdrawn else None
    return Agreed(
        consent.number, letters_of(consent.pk), str(PURPOSES[Consent.Purpose(consent.purpose)]), consent.recipient,
        consent.what, consent.starts_on, consent.ends_on, state in {ConsentState.STANDING, ConsentState.COMING},
        stopped_on,
    )  # fmt: skip


def has_agreed(user: User, today: date) -> bool:
    """Whether anything stands today."""
    return Consent.objects.visible_to(user).standing(today).exists()


def by_letters(consents: Iterable[Consent], letters: str) -> Consent | None:
    """The one that the page meant: a number counts within a case, and she may have two."""
    return next((consent for consent in consents if letters_of(consent.pk) == letters), None)
