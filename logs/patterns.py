"""What a log shows, in facts with dates: counts, first times, gaps. No verdict, and every figure names its entries.

Pure: occasions in, figures out. Withdrawn entries never come in here; the page says how many there are. Each rule on
what counts where stands in the docstring of the function that counts.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from logs.behaviours import BEHAVIOURS
from logs.choosing import as_runs
from logs.models import Incident
from logs.rules import HOME_ZONE, Precision

LONDON = ZoneInfo(HOME_ZONE)
WEEK = timedelta(days=7)
WINDOW_DAYS, EARLIER_WINDOWS, FEWEST_FOR_A_RATIO = 28, 3, 3
WEEKS_DRAWN, MONTHS_SHOWN, MOST_GAPS, MOST_PLACES = 13, 6, 3, 10
# Where somebody else is used, reached or troubled.
THIRD_PARTIES = (
    "VIA_THIRD_PARTY", "VIA_CHILDREN", "THIRD_PARTY_HARASSED", "RECRUITS_OTHERS", "BEFRIENDING", "WORKPLACE_CONTACT",
    "PRIVATE_INVESTIGATOR",
)  # fmt: skip
ORDERS = ("BREACH_BAIL", "BREACH_ORDER")
Label = Callable[[str], str]


@dataclass(frozen=True)
class Occasion:
    """What the patterns need of one entry.

    Args:
        number: the entry's number within the log.
        when: the time as it was written.
        day: the day it happened or began; none where only the month is known.
        last_day: the last day of it; as `day` where it was over the same day.
        month: the first day of the month it happened in.
        hour: the hour of the clock in London, 0 to 23; none where no time of day is known.
        behaviours: codes.
        place: as written.
        tells_of_others: whether an effect on children or other people is described.
    """

    number: int
    when: str
    day: date | None
    last_day: date | None
    month: date
    hour: int | None = None
    behaviours: tuple[str, ...] = ()
    place: str = ""
    tells_of_others: bool = False


@dataclass(frozen=True)
class Figure:
    """A count with the entries behind it."""

    label: str
    numbers: tuple[int, ...] = ()
    day: date | None = None

    @property
    def count(self) -> int:
        """How many entries."""
        return len(self.numbers)

    @property
    def runs(self) -> str:
        """The entries as an address names them, such as "1-3,7"."""
        return as_runs(self.numbers)


@dataclass(frozen=True)
class Row:
    """One line of a table of figures."""

    label: str
    cells: tuple[Figure, ...]
    total: Figure


@dataclass(frozen=True)
class Gap:
    """Days on end that no entry is dated to, both ends included, and the entries around them."""

    first_day: date
    last_day: date
    after: int
    before: int | None

    @property
    def days(self) -> int:
        """How many days."""
        return (self.last_day - self.first_day).days + 1


@dataclass(frozen=True)
class Rise:
    """The last four weeks beside the three four-week periods before them, oldest of those first.

    `mean` and `ratio` are rounded for print; `ratio` is none where it would say nothing.
    """

    now: Figure
    first_day: date
    earlier: tuple[Figure, ...]
    mean: Decimal
    ratio: Decimal | None


@dataclass(frozen=True)
class Patterns:
    """Everything the page shows, counted once."""

    count: int
    without_day: Figure
    without_hour: Figure
    weeks: tuple[Figure, ...]
    hours: tuple[Row, ...]
    months: tuple[date, ...]
    behaviours: tuple[Row, ...]
    without_behaviour: Figure
    firsts: tuple[tuple[str, Occasion], ...]
    gaps: tuple[Gap, ...]
    since_latest: Gap | None
    places: tuple[Figure, ...]
    without_place: Figure
    third_parties: tuple[Figure, ...]
    others: Figure
    orders: tuple[Figure, ...]
    rise: Rise

    @property
    def latest_weeks(self) -> tuple[Figure, ...]:
        """The weeks that are drawn; the table has all."""
        return self.weeks[-WEEKS_DRAWN:]

    @property
    def busiest_week(self) -> Figure | None:
        """The week with most entries, the latest of several; none in an empty log."""
        return max(reversed(self.weeks), key=lambda week: week.count, default=None)

    @property
    def most_in_an_hour(self) -> int:
        """The largest number in the table of hours, for its shading."""
        return max((cell.count for row in self.hours for cell in row.cells), default=0)

    @property
    def most_of_a_behaviour(self) -> int:
        """The largest number of a month in the table of behaviours, for its shading."""
        return max((cell.count for row in self.behaviours for cell in row.cells[1:]), default=0)

    @property
    def hours_known(self) -> int:
        """Entries in the table of hours."""
        return self.count - self.without_hour.count


def occasion_of(incident: Incident, when: str | None = None) -> Occasion:
    """An entry as the patterns see it: days and hours of the clock in London.

    What was written in London's zone counts as written, so the hour that comes twice in October is one hour and the
    one left out in March is the one she wrote. A time written in another zone is turned into London's. An hour is
    known where one moment was given, exactly or about; not for "some time between". What goes on is dated to the day it
    began and lasts until the day it was recorded. `when` is its time in words, where nobody needs them to be found.

    Source: design sections 3.2 and 5: instants are shown in Europe/London; precision is kept as written.
    """
    written = incident.written
    day, at = written.occurred_on, written.occurred_time
    if at is not None and written.zone != HOME_ZONE:
        local = incident.occurred_at.astimezone(LONDON)
        day, at = local.date(), local.time()
    is_month = written.precision == Precision.MONTH
    last_day = max(day, written.until_on or day)
    if written.precision == Precision.STILL_HAPPENING:
        last_day = max(day, incident.recorded_at.astimezone(LONDON).date())
    has_hour = at is not None and written.precision not in {Precision.DAY, Precision.MONTH, Precision.BETWEEN}
    return Occasion(
        number=incident.number, when=incident.when if when is None else when, day=None if is_month else day,
        last_day=None if is_month else last_day, month=day.replace(day=1), hour=at.hour if has_hour and at else None,
        behaviours=tuple(incident.behaviours), place=incident.place, tells_of_others=bool(incident.impact_on_others),
    )  # fmt: skip


def find_patterns(occasions: Iterable[Occasion], today: date, label: Label) -> Patterns:
    """All patterns of one case's entries.

    Args:
        occasions: the entries that are not withdrawn, in the order in which they happened.
        today: the day in London.
        label: words for a behaviour's code.
    """
    known = tuple(occasions)
    gaps, since_latest = longest_gaps(known, today)
    return Patterns(
        count=len(known),
        without_day=_figure("", (each for each in known if each.day is None)),
        without_hour=_figure("", (each for each in known if each.hour is None)),
        weeks=by_week(known, today),
        hours=by_hour(known),
        months=latest_months(today),
        behaviours=by_behaviour(known, today, label),
        without_behaviour=_figure("", (each for each in known if not each.behaviours)),
        firsts=first_times(known, label),
        gaps=gaps,
        since_latest=since_latest,
        places=by_place(known),
        without_place=_figure("", (each for each in known if not _plain(each.place))),
        third_parties=by_codes(known, THIRD_PARTIES, label),
        others=_figure("", (each for each in known if each.tells_of_others)),
        orders=by_codes(known, ORDERS, label),
        rise=rise(known, today),
    )


def _figure(label: str, occasions: Iterable[Occasion], day: date | None = None) -> Figure:
    return Figure(label, tuple(sorted(each.number for each in occasions)), day)


def by_week(occasions: Sequence[Occasion], today: date) -> tuple[Figure, ...]:
    """Entries by week, Monday to Sunday, from the first entry's to this one's; empty weeks are there too.

    An entry counts in the week of the day it happened or began; one that is known to the month alone does not count.

    Source: issue 3, "incidents by week"; ISO 8601: a week begins on Monday.
    """
    dated = [(each.day, each) for each in occasions if each.day is not None]
    if not dated:
        return ()
    first, found = _monday(min(day for day, _each in dated)), defaultdict(list)
    for day, each in dated:
        found[_monday(day)].append(each)
    last = max(_monday(today), *found)
    mondays = (first + WEEK * number for number in range((last - first).days // 7 + 1))
    return tuple(_figure("", found[monday], monday) for monday in mondays)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def by_hour(occasions: Sequence[Occasion]) -> tuple[Row, ...]:
    """Entries by hour of the clock and day of the week: 24 rows of seven, Monday first.

    Entries without a time of day are not in it; nobody's guess is.

    Source: issue 3, "hour-of-day by weekday heat-map"; precision as in design section 3.2.
    """
    found: dict[tuple[int, int], list[Occasion]] = defaultdict(list)
    for each in occasions:
        if each.day is not None and each.hour is not None:
            found[each.hour, each.day.weekday()].append(each)
    rows = []
    for hour in range(24):
        cells = tuple(_figure("", found[hour, weekday]) for weekday in range(7))
        rows.append(Row(f"{hour % 12 or 12}{'am' if hour < 12 else 'pm'}", cells, Figure("", _all(cells))))
    return tuple(rows)


def latest_months(today: date) -> tuple[date, ...]:
    """First days of this month and of those before it, oldest first.

    Source: issue 3, "behaviours by month".
    """
    months = [today.replace(day=1)]
    while len(months) < MONTHS_SHOWN:
        months.append((months[-1] - timedelta(days=1)).replace(day=1))
    return tuple(reversed(months))


def by_behaviour(occasions: Sequence[Occasion], today: date, label: Label) -> tuple[Row, ...]:
    """For each behaviour that was recorded: entries in each of the latest months, those before, and all.

    An entry counts once for each behaviour ticked, in the month it happened or began. Most frequent first.

    Source: issue 3, "behaviours by month".
    """
    months, rows = latest_months(today), []
    for code, having in _by_code(occasions).items():
        cells = [_figure("", (each for each in having if each.month < months[0]))]
        cells += [_figure("", (each for each in having if each.month == month)) for month in months]
        rows.append(Row(label(code), tuple(cells), _figure("", having)))
    return tuple(sorted(rows, key=lambda row: -row.total.count))


def _by_code(occasions: Sequence[Occasion]) -> dict[str, list[Occasion]]:
    found: dict[str, list[Occasion]] = {behaviour.code: [] for behaviour in BEHAVIOURS}
    for each in occasions:
        for code in set(each.behaviours) & found.keys():
            found[code].append(each)
    return {code: having for code, having in found.items() if having}


def by_codes(occasions: Sequence[Occasion], codes: Sequence[str], label: Label) -> tuple[Figure, ...]:
    """Entries that name each of some behaviours, in their order; those that nobody named are left out.

    Source: issue 3, "third parties drawn in, links to orders".
    """
    found = _by_code(occasions)
    return tuple(_figure(label(code), found[code]) for code in codes if code in found)


def first_times(occasions: Sequence[Occasion], label: Label) -> tuple[tuple[str, Occasion], ...]:
    """Each behaviour with the earliest entry that names it, earliest first.

    Args:
        occasions: in the order in which they happened.
        label: words for a behaviour's code.

    Source: issue 3, "first appearances".
    """
    place = {each.number: at for at, each in enumerate(occasions)}
    firsts = [(label(code), having[0]) for code, having in _by_code(occasions).items()]
    return tuple(sorted(firsts, key=lambda first: place[first[1].number]))


def longest_gaps(occasions: Sequence[Occasion], today: date) -> tuple[tuple[Gap, ...], Gap | None]:
    """The longest runs of days that no entry is dated to, longest first, and the days since the latest one.

    A run lies between two entries. An entry that lasted several days fills all of them. Entries known to the month
    alone fill none and end none. That nothing is written does not say that nothing happened: the page says so.

    Source: issue 3, "gaps"; domain section 3.6 names sudden silence after intensity.
    """
    dated = [(each.day, each.last_day or each.day, each.number) for each in occasions if each.day is not None]
    if not dated:
        return (), None
    found, (_first, reached, latest) = [], dated[0]
    for day, last_day, number in dated[1:]:
        if (day - reached).days > 1:
            found.append(Gap(reached + timedelta(days=1), day - timedelta(days=1), latest, number))
        if last_day >= reached:
            reached, latest = last_day, number
    since = Gap(reached + timedelta(days=1), today, latest, None) if reached < today else None
    return tuple(sorted(found, key=lambda gap: (-gap.days, -gap.first_day.toordinal()))[:MOST_GAPS]), since


def by_place(occasions: Sequence[Occasion]) -> tuple[Figure, ...]:
    """Entries by place as it was written, most frequent first.

    Places count as one if they differ only in capitals, spaces and a full stop or comma at the end; nothing cleverer is
    tried. Shown in the words of the first entry.

    Source: issue 3, "places".
    """
    found: dict[str, list[Occasion]] = defaultdict(list)
    for each in occasions:
        if name := _plain(each.place):
            found[name].append(each)
    figures = [_figure(" ".join(having[0].place.split()), having) for having in found.values()]
    return tuple(sorted(figures, key=lambda figure: -figure.count)[:MOST_PLACES])


def _plain(place: str) -> str:
    return " ".join(place.casefold().split()).strip(" .,;")


def rise(occasions: Sequence[Occasion], today: date) -> Rise:
    """How many entries the last four weeks have, and how many each of the three four-week periods before them had.

    A period is 28 days, today is the last day of the latest. An entry counts on the day it happened or began, whenever
    it was written down; one known to the month alone counts in none. The ratio is the last period over the mean of
    the three before, taken exactly and rounded half up to one decimal: 3, 4, 3 then 11 is 33/10, "3.3 times". It is
    said only for a rise: a fall is shown as counts, since no figure here may be read as less risk. Nor is it said when
    an earlier period has no entry (nobody may have been writing then) or the last one fewer than three.

    Source: issue 3, the "rise" sentence; domain section 3.6, rise in incident rate, inputs shown; design section 3.7.
    """
    windows = []
    for number in range(EARLIER_WINDOWS + 1):
        last = today - timedelta(days=WINDOW_DAYS * number)
        first = last - timedelta(days=WINDOW_DAYS - 1)
        windows.append(_figure("", (each for each in occasions if each.day and first <= each.day <= last), first))
    now, *before = windows
    mean = Fraction(sum(window.count for window in before), EARLIER_WINDOWS)
    can_compare = all(window.count for window in before) and now.count >= FEWEST_FOR_A_RATIO and now.count > mean
    ratio = one_decimal(now.count / mean) if can_compare else None
    return Rise(now, now.day or today, tuple(reversed(before)), one_decimal(mean), ratio)


def one_decimal(number: Fraction) -> Decimal:
    """A number as it is printed: one decimal, half up, such as 3.3 for 10/3 and 2.3 for 2.25.

    Source: issue 3: 3, 4, 3 then 11 reads 3.3 times the earlier mean.
    """
    exact = Decimal(number.numerator) / Decimal(number.denominator)
    return exact.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


def _all(figures: Iterable[Figure]) -> tuple[int, ...]:
    return tuple(sorted({number for figure in figures for number in figure.numbers}))
