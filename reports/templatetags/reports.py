"""Parts of the reports' pages: numbers that open their cases, and charts as our own SVG."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import template

from nsvcs.context import url_or_none
from reports.queries import Caseload, Holder

register = template.Library()

# The drawing's own units; the page scales it to the column, on a phone about one to one.
WIDTH, ROW, BAR_TOP, BAR_HEIGHT, ROOM_FOR_NUMBER = 360, 50, 22, 20, 52


@dataclass(frozen=True)
class Bar:
    """One bar: its words, its number, and where they stand."""

    label: str
    number: int
    top: int
    width: int

    @property
    def label_y(self) -> int:
        """Base line of the words above the bar."""
        return self.top + BAR_TOP - 7

    @property
    def bar_y(self) -> int:
        """Upper edge of the bar."""
        return self.top + BAR_TOP

    @property
    def number_x(self) -> int:
        """The number stands right of the bar's end."""
        return self.width + 8

    @property
    def number_y(self) -> int:
        """Base line of the number."""
        return self.top + BAR_TOP + BAR_HEIGHT - 5


def bars(pairs: Sequence[tuple[str, int]]) -> list[Bar]:
    """Place bars one under the other, the largest number as wide as the drawing allows."""
    most = max((number for _label, number in pairs), default=0) or 1
    room = WIDTH - ROOM_FOR_NUMBER
    return [Bar(label, number, place * ROW, round(room * number / most)) for place, (label, number) in enumerate(pairs)]


@register.inclusion_tag("reports/_bar_chart.html")
def holders_chart(caseload: Caseload, heading: str, description: str, anchor: str) -> dict[str, Any]:
    """Open cases of each worker as bars, under a heading that says the finding; the table stands below it."""
    drawn = bars([(str(holder.name), holder.number) for holder in caseload.holders])
    return {
        "heading": heading, "description": description, "anchor": anchor, "bars": drawn, "width": WIDTH,
        "height": ROW * len(drawn), "bar_height": BAR_HEIGHT,
    }  # fmt: skip


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
