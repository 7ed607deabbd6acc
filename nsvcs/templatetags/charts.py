"""Charts as our own SVG: `{% load charts %}`, and `css/charts.css` in the page's head."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import template

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


@register.inclusion_tag("govuk/bar_chart.html")
def bar_chart(pairs: Sequence[tuple[str, int]], heading: str, description: str, anchor: str) -> dict[str, Any]:
    """Words and numbers as bars, under a heading that says the finding; a table with the numbers stands below it."""
    drawn = bars(pairs)
    return {
        "heading": heading, "description": description, "anchor": anchor, "bars": drawn, "width": WIDTH,
        "height": ROW * len(drawn), "bar_height": BAR_HEIGHT,
    }  # fmt: skip


@register.filter
def shade(number: int, most: int) -> int:
    """The class of a number in a table shaded by number: 0 for none, else 1 to 4 by quarters of the largest."""
    return 0 if number <= 0 else min(4, 1 + (4 * number - 1) // max(most, 4))
