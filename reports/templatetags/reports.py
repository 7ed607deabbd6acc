"""Parts of the reports' pages: numbers that open their cases."""

from typing import Any
from urllib.parse import urlencode

from django import template

from nsvcs.context import url_or_none
from reports.queries import Caseload, Holder

register = template.Library()


@register.filter
def holder_pairs(caseload: Caseload) -> list[tuple[str, int]]:
    """Each worker and how many open cases they hold, for the bars."""
    return [(str(holder.name), holder.number) for holder in caseload.holders]


@register.simple_tag
def cases_url(filters: dict[str, str], status: str = "") -> str:
    """The address of the case list that shows exactly the cases behind a number."""
    wanted = filters | ({"status": str(status)} if status else {})
    address = url_or_none("cases:list")
    return f"{address}?{urlencode(wanted)}" if address and wanted else address


@register.filter
def in_status(holder: Holder, status: str) -> int:
    """A worker's open cases of one status."""
    return holder.numbers.get(status, 0)


@register.filter
def of_status(caseload: Caseload, status: str) -> int:
    """All open cases of one status."""
    return caseload.by_status.get(status, 0)


@register.inclusion_tag("reports/_number.html")
def case_number(number: int, filters: dict[str, str], whose: str, status: str = "", what: str = "") -> dict[str, Any]:
    """A number in a table that opens its cases; nothing is plain 0. `whose` and `what` are for screen readers."""
    return {"number": number, "href": cases_url(filters, status) if number else "", "whose": whose, "what": what}
