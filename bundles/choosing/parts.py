"""The parts of a bundle in their order, and moving one of them: by a button, or to where it was dropped."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bundles.selection.choice import Section

SECTION_WORDS: Mapping[str, Promise] = {
    Section.CHRONOLOGY: gettext_lazy("Entries in the order in which they happened"),
    Section.POLICE: gettext_lazy("Contact with the police, and entries that tell of none"),
    Section.PATTERNS: gettext_lazy("Counts and dates, with the entries behind them"),
    Section.EXHIBITS: gettext_lazy("Exhibits"),
}
UP, DOWN, TO = "up", "down", "to"


@dataclass(frozen=True)
class PartRow:
    """One part in the list that is put in order.

    Attributes:
        place: which of how many it is, in words.
        focus: the button that was pressed, when this part was moved: it has the focus again.
    """

    name: str
    words: str
    place: str
    focus: str = ""


def moved_by(press: str) -> tuple[str, str]:
    """The part that a press moves, and how; nothing where it moves none."""
    name, _space, way = press.partition(" ")
    return (name, way.partition(" ")[0]) if name in Section.ALL else ("", "")


def moved(parts: Sequence[str], press: str) -> tuple[str, ...]:
    """The parts after a press: "police up", "police down", or "police to 2", counted from 1. Others change nothing."""
    name, way = moved_by(press)
    if name not in parts:
        return tuple(parts)
    left = [each for each in parts if each != name]
    place = parts.index(name)
    if way == TO:
        number = press.rpartition(" ")[2]
        place = int(number) - 1 if number.isascii() and number.isdigit() and len(number) < 3 else place
    else:
        place += {UP: -1, DOWN: 1}.get(way, 0)
    left.insert(max(place, 0), name)
    return tuple(left)


def part_rows(parts: Sequence[str], press: str = "") -> list[PartRow]:
    """The list, with the button that has the focus after a press, such as "police-up"."""
    name, _hyphen, way = press.partition("-")
    last = len(parts) - 1
    rows = []
    for place, each in enumerate(parts):
        told = _("place %(place)s of %(count)s") % {"place": place + 1, "count": len(parts)}
        # At an end there is but the other button.
        focus = DOWN if place == 0 else UP if place == last or way != DOWN else DOWN
        rows.append(PartRow(each, str(SECTION_WORDS[each]), told, focus if each == name else ""))
    return rows
