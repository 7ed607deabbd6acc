"""The pages of one case, in their order. A page that one may not open, or that this copy does not have, is left out."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.models import Case
from nsvcs.links import open_address


@dataclass(frozen=True)
class Section:
    """One page of a case: what it is called, and the name of its address, which takes the case's id alone."""

    text: str | Promise
    name: str


SECTIONS = (
    Section(_("Overview"), "cases:detail"),
    Section(_("Timeline"), "cases:timeline"),
    Section(_("Log"), "logs:list"),
    Section(_("Evidence"), "logs:evidence"),
    Section(_("Messages"), "cases:messages"),
    Section(_("Risk"), "safety:risk"),
    Section(_("Safety plan"), "safety:plan"),
    Section(_("Orders"), "safety:orders"),
    Section(_("Referrals"), "referrals:list"),
    Section(_("Bundles"), "bundles:list"),
    Section(_("Portal"), "cases:portal"),
    Section(_("Access"), "cases:access"),
)


def case_links(case: Case, path: str, role: str) -> list[dict[str, Any]]:
    """The links of a case's sub-navigation that this role may open, the page one is on marked."""
    addresses = [(section.text, open_address(role, section.name, case.pk)) for section in SECTIONS]
    found: list[dict[str, Any]] = [
        {"text": text, "href": href, "is_current": False} for text, href in addresses if href
    ]
    around = [link for link in found if path.startswith(link["href"])]
    if around:
        max(around, key=lambda link: len(link["href"]))["is_current"] = True
    return found
