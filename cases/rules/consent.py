"""What a victim agreed to: how long it lasts, whether it stands on a day, and whether two names are one recipient."""

import re
import unicodedata
from datetime import date, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

_NOT_TOLD_APART = re.compile(r"['’‘`´ʼ′.]")
_BETWEEN_WORDS = re.compile(r"[\W_]+")


class ConsentState(TextChoices):
    """Where an agreement stands on a day."""

    STANDING = "standing", _("Stands")
    COMING = "coming", _("Not begun")
    OVER = "over", _("Ended")
    WITHDRAWN = "withdrawn", _("Taken back")


def last_day(starts_on: date, days: int) -> date:
    """Return the last day of an agreement that lasts so many calendar days, the first one counted.

    Source: The service's own rule, November 2026: an agreement is kept for each purpose and recipient with its period.
    """
    return starts_on + timedelta(days=days - 1)


def consent_state(starts_on: date, ends_on: date, is_withdrawn: bool, today: date) -> ConsentState:
    """Say where an agreement stands.

    Args:
        starts_on: The first day of its period; it counts.
        ends_on: The last day of its period; the whole of it counts, in Europe/London.
        is_withdrawn: Whether it was withdrawn; that counts above all, and from that moment.
        today: The day asked for, in Europe/London.

    Source: UK GDPR article 7(3): consent can be withdrawn at any time, as easily as it was given.
    """
    if is_withdrawn:
        return ConsentState.WITHDRAWN
    if today < starts_on:
        return ConsentState.COMING
    return ConsentState.STANDING if today <= ends_on else ConsentState.OVER


def recipient_key(name: str) -> str:
    """Return a name as two are compared: without case, marks of writing and how words are set apart; letters stay.

    An accent makes another name: it is better to ask the victim once more than to tell the wrong office.

    Source: The service's own rule, November 2026: an agreement covers the recipient it names and nobody else.
    """
    folded = _NOT_TOLD_APART.sub("", unicodedata.normalize("NFKC", name).casefold())
    return " ".join(unicodedata.normalize("NFKC", word) for word in _BETWEEN_WORDS.split(folded) if word)
