"""When entries come more often than before: the latest days beside the days before them, as counts with their entries.

Pure: occasions in, counts out. It raises a look on the same day and nothing else: no level of risk is set, and a fall
says nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from logs.patterns import Figure, Occasion, one_decimal

# The service's own numbers may stand in `reference.Limit` under these keys; where none is loaded, these count.
FIRST = {
    "rise_latest_days": 14,
    "rise_before_days": 28,
    "rise_percent": 200,
    "rise_fewest": 3,  # times
}


@dataclass(frozen=True)
class RateRise:
    """Entries of the latest days and of the days just before them.

    Args:
        latest: entries of the latest days; its `day` is the first of them.
        before: entries of the days before; its `day` is the first of them.
        latest_days: how many days the first are, today with them.
        before_days: how many days the second are.
        ratio: how many times as often as before, to one decimal; none where nothing was recorded in the days before.
        asks_for_look: whether somebody is to look on the same day.
    """

    latest: Figure
    before: Figure
    latest_days: int
    before_days: int
    ratio: Decimal | None
    asks_for_look: bool


def rate_rise(occasions: Sequence[Occasion], today: date, limits: Mapping[str, int] = FIRST) -> RateRise:
    """Whether entries come at least twice as often in the last 14 days as in the 28 days before those.

    An entry counts on the day it happened or began, whenever it was written down; one known to the month alone counts
    in neither. Rates are compared exactly, entries for each day: 4 in 14 days beside 4 in 28 is twice as often. Fewer
    than three in the latest days ask for nothing: one more would look like a rise. With none in the days before, it is
    a rise if something is recorded from earlier still, a silence that ended; in a log that only begins there is
    nothing to compare with, and its entries are read as they come.

    Args:
        occasions: the entries of one case that are not withdrawn, in any order.
        today: the day in London; what is dated later does not count.
        limits: numbers by the keys of `FIRST`, in days, percent and times.

    Source: domain section 3.6: an alert from a rise in incident rate, "for example last 14 days against previous 28",
    with its inputs shown. That it takes three entries and twice the rate is ours until the service says otherwise.
    """
    latest_days, before_days = max(limits["rise_latest_days"], 1), limits["rise_before_days"]
    latest_from = today - timedelta(days=latest_days - 1)
    before_from = latest_from - timedelta(days=before_days)
    dated = [(each.day, each.number) for each in occasions if each.day is not None and each.day <= today]
    latest = tuple(sorted(number for day, number in dated if day >= latest_from))
    before = tuple(sorted(number for day, number in dated if before_from <= day < latest_from))
    times = Fraction(len(latest) * before_days, len(before) * latest_days) if before else None
    has_earlier = any(day < latest_from for day, _number in dated)
    is_rise = has_earlier if times is None else times >= Fraction(limits["rise_percent"], 100)
    return RateRise(
        latest=Figure("", latest, latest_from),
        before=Figure("", before, before_from),
        latest_days=latest_days,
        before_days=before_days,
        ratio=None if times is None else one_decimal(times),
        asks_for_look=is_rise and len(latest) >= limits["rise_fewest"],
    )
