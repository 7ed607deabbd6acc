"""In which ways a victim may be told of a service."""

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ToldHow(TextChoices):
    """How the victim was told."""

    PORTAL = "portal", _("In the portal")
    PHONE = "phone", _("By phone")
    IN_PERSON = "in_person", _("In person")
    POST = "post", _("By post")


BY_VOICE = frozenset({ToldHow.PHONE, ToldHow.IN_PERSON})


class NotThisWay(TextChoices):
    """Why not; the code for tests, the label for the page."""

    RETIRED = "retired", _("This entry is retired. Nobody is told of it any more.")
    NOT_CONFIRMED = "not_confirmed", _("Nobody has confirmed this entry. Check it first, or tell the victim by voice.")
    PORTAL_CLOSED = "portal_closed", _("The portal is not open: the victim would not see it.")
    NO_POST = "no_post", _("Safe contact does not allow post now.")


@dataclass(frozen=True)
class Telling:
    """What counts when somebody is to be told.

    Attributes:
        is_retired: the entry is kept for what points at it, and used no more.
        is_for_portal: the entry is confirmed and checked, with a way to reach it.
        is_portal_open: the victim has an account and may open it.
        may_post: the safe-contact gate lets a letter through.
    """

    is_retired: bool
    is_for_portal: bool
    is_portal_open: bool
    may_post: bool


def why_not(how: ToldHow, facts: Telling) -> NotThisWay | None:
    """Return why a victim may not be told this way; none where they may.

    By voice the worker says what is not confirmed, so the entry need not be. In writing only what is confirmed leaves
    us, in the portal only while it is open, and by post only where safe contact allows it.

    Source: The service's practice, November 2026; the gate is its safe-contact policy.
    """
    if facts.is_retired:
        return NotThisWay.RETIRED
    if how in BY_VOICE:
        return None
    if not facts.is_for_portal:
        return NotThisWay.NOT_CONFIRMED
    if how == ToldHow.PORTAL:
        return None if facts.is_portal_open else NotThisWay.PORTAL_CLOSED
    return None if facts.may_post else NotThisWay.NO_POST
