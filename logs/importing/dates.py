"""Dates in figures: 03/04/2026 is 3 April or 4 March. What the source shows decides, or a person."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from logs.importing.items import DateOrder

_PLACES: dict[DateOrder, tuple[int, int, int]] = {"dmy": (2, 1, 0), "mdy": (2, 0, 1), "ymd": (0, 1, 2)}
# Two figures stand for 1970 to 2069.
_PIVOT = 70
# So many different days make an order in a table trustworthy; a chat is always in order.
_ENOUGH_DAYS = 5


def day_of(parts: Sequence[str], order: DateOrder) -> date | None:
    """The day that three numbers mean in one order; None when there is no such day.

    Args:
        parts: as they stand, digits of any script. A first one of four figures is always the year.
        order: how to read them.
    """
    if len(parts[0]) == 4:
        order = "ymd"
    year, month, day = (parts[place] for place in _PLACES[order])
    if len(year) not in {2, 4} or len(month) > 2 or len(day) > 2:
        return None
    number = int(year)
    if len(year) == 2:
        number += 2000 if number < _PIVOT else 1900
    try:
        return date(number, int(month), int(day))
    except ValueError:
        return None


@dataclass
class _Reading:
    invalid: int = 0
    rising: int = 0
    falling: int = 0
    last: date | None = None


@dataclass
class OrderSurvey:
    """Which order the dates of a source are written in, told from all of them.

    Args:
        is_in_order: whether the source is sure to run forwards in time, as a chat does; a table may run either way.
        earliest: the first day that can be meant.
    """

    is_in_order: bool = False
    earliest: date = date(1900, 1, 1)
    seen: int = 0
    has_year_first: bool = False
    is_same_either_way: bool = True
    readings: dict[DateOrder, _Reading] = field(default_factory=lambda: {order: _Reading() for order in _PLACES})

    def add(self, parts: Sequence[str]) -> None:
        """Take one date into account, in the source's order."""
        if len(parts[0]) == 4:
            self.has_year_first = True
            return
        days = {order: self._day(parts, order) for order in self.readings}
        if not any(days.values()):
            # 31/02 is a date in no order and says nothing about the others.
            return
        self.seen += 1
        for order, reading in self.readings.items():
            day = days[order]
            if day is None:
                reading.invalid += 1
                continue
            if reading.last is not None:
                reading.rising += day > reading.last
                reading.falling += day < reading.last
            reading.last = day
        self.is_same_either_way &= self.readings["dmy"].last == self.readings["mdy"].last

    def _day(self, parts: Sequence[str], order: DateOrder) -> date | None:
        day = day_of(parts, order)
        return day if day is not None and day >= self.earliest else None

    def decide(self) -> tuple[DateOrder, bool]:
        """The order, and whether the source itself leaves no other."""
        if not self.seen:
            return "ymd" if self.has_year_first else "dmy", True
        possible: list[DateOrder] = [order for order in ("dmy", "mdy") if not self.readings[order].invalid]
        if self.is_in_order and self._is_year_first(possible):
            return "ymd", True
        if len(possible) == 2:
            return self._by_sequence()
        if possible:
            return possible[0], True
        if not self.readings["ymd"].invalid:
            return "ymd", True
        best: DateOrder = min(("dmy", "mdy"), key=lambda order: self.readings[order].invalid)
        return best, False

    def _is_year_first(self, possible: Sequence[DateOrder]) -> bool:
        """Whether only years in front, in two figures, make the source run forwards."""
        first = self.readings["ymd"]
        return not first.invalid and self._runs(first) and not any(self._runs(self.readings[each]) for each in possible)

    def _by_sequence(self) -> tuple[DateOrder, bool]:
        if self.is_same_either_way:
            return "dmy", True
        running: list[DateOrder] = [order for order in ("dmy", "mdy") if self._runs(self.readings[order])]
        return (running[0], True) if len(running) == 1 else ("dmy", False)

    def _runs(self, reading: _Reading) -> bool:
        if self.is_in_order:
            return reading.falling == 0
        if reading.rising + reading.falling < _ENOUGH_DAYS:
            return True
        return reading.falling == 0 or reading.rising == 0
