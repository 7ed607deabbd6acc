"""What the page "Support" of a case shows: one card for each part of the room."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.models import Case
from referrals import equipment_lists, signposted
from referrals.agreed import agreements_card
from referrals.onward_facts import onward_facts
from referrals.queries import letters_card, support_card
from referrals.restoring import restorative_card

Gather = Callable[[Case, User, datetime], Mapping[str, Any]]


@dataclass(frozen=True)
class Part:
    """One card.

    Attributes:
        title: the card's heading.
        template: what stands in it; it gets what `gather` found, and `case`.
        gather: finds it, in a number of queries that does not grow with the case.
        link: the name of the address, of the case's id alone, where the heading leads.
    """

    title: str | Promise
    template: str
    gather: Gather
    link: str


PARTS: tuple[Part, ...] = (
    Part(_("Agreements"), "referrals/_agreements_card.html", agreements_card, "cases:consents"),
    Part(_("Support given"), "referrals/support/_card.html", support_card, "referrals:episodes"),
    Part(_("Letters"), "referrals/letters/_card.html", letters_card, "referrals:letters"),
    Part(_("Onward referrals"), "referrals/onward/_card.html", onward_facts, "referrals:onward"),
    Part(_("Signposts"), "referrals/_signposts_card.html", signposted.gather, "referrals:signposts"),
    Part(_("Restorative justice"), "referrals/restorative/_card.html", restorative_card, "referrals:restorative"),
    Part(_("Equipment"), "referrals/equipment/_card.html", equipment_lists.card, "referrals:equipment"),
)


@dataclass(frozen=True)
class Card:
    """One card as the page draws it."""

    part: Part
    facts: Mapping[str, Any]


def cards(case: Case, user: User, now: datetime) -> list[Card]:
    """Return the cards of a case in their order."""
    return [Card(part, part.gather(case, user, now)) for part in PARTS]
