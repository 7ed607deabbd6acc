"""The pages of one case, in their order. A page that one may not open, or that this copy does not have, is left out."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.models import Case
from nsvcs.links import open_address


@dataclass(frozen=True)
class Section:
    """One page of a case: what it is called, the name of its address, which takes the case's id alone, and a place.

    Attributes:
        also: the name of another address of the case whose pages belong to it too.
    """

    text: str | Promise
    name: str
    place: str = ""
    also: str = ""


SECTIONS = (
    Section(_("Overview"), "cases:detail"),
    Section(_("Timeline"), "cases:timeline"),
    Section(_("Log"), "logs:list"),
    Section(_("Evidence"), "logs:evidence"),
    Section(_("Messages"), "cases:messages", "#newest"),
    Section(_("Risk"), "safety:risk"),
    Section(_("Safety plan"), "safety:plan"),
    Section(_("Orders"), "safety:orders"),
    Section(_("Support"), "referrals:hub", also="cases:consents"),
    Section(_("Bundles"), "bundles:list"),
    Section(_("Protected words"), "bundles:protected"),
    Section(_("Portal"), "cases:portal"),
    Section(_("Access"), "cases:access"),
)


def case_links(case: Case, path: str, role: str) -> list[dict[str, Any]]:
    """The links of a case's sub-navigation that this role may open, the page one is on marked."""
    addresses = [(section, open_address(role, section.name, case.pk)) for section in SECTIONS]
    opened = [(section, href) for section, href in addresses if href]
    also = {open_address(role, section.also, case.pk): href for section, href in opened if section.also}
    under = {href: href for _section, href in opened} | also
    here = under.get(max((each for each in under if each and path.startswith(each)), key=len, default=""), "")
    return [
        {"text": section.text, "href": href + section.place, "is_current": href == here} for section, href in opened
    ]
