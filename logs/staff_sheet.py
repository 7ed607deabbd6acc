"""What a log shows, as rows for a file to keep: each number with the entries behind it."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from logs.patterns import Figure, Row
from logs.queries import CasePatterns
from nsvcs.days import short_month_words
from nsvcs.templatetags.govuk import day

Line = tuple[str, str, str, str, str]


def pattern_rows(patterns: CasePatterns, weekdays: Sequence[tuple[str, str]]) -> Iterator[Line]:
    """The tables of the page, one beneath the other; what is nought in the two shaded tables is left out.

    Args:
        patterns: of one case.
        weekdays: short and whole names of the days, Monday first.
    """
    found = patterns.found
    yield _("Table"), _("Row"), _("Column"), _("Entries"), _("Numbers of the entries")
    for week in found.weeks:
        yield _line(_("Entries by week"), day(week.day) if week.day else "", "", week)
    days = [whole for _short, whole in weekdays]
    yield from _table(_("Entries by hour and day of the week"), found.hours, days)
    months = [_("Before"), *map(short_month_words, found.months)]
    yield from _table(_("Entries that name each behaviour"), found.behaviours, months)
    for name, first in found.firsts:
        yield _("First appearances"), name, first.when, "1", str(first.number)
    for place in found.places:
        yield _line(_("Places"), place.label, "", place)
    for figure in found.third_parties:
        yield _line(_("Other people drawn in"), figure.label, "", figure)
    for figure in found.orders:
        yield _line(_("Bail and court orders"), figure.label, "", figure)


def _table(name: str, rows: Sequence[Row], columns: Sequence[str]) -> Iterator[Line]:
    for row in rows:
        for column, cell in zip(columns, row.cells, strict=True):
            if cell.count:
                yield _line(name, row.label, column, cell)


def _line(table: str, row: str, column: str, figure: Figure) -> Line:
    return table, row, column, str(figure.count), ", ".join(map(str, figure.numbers))
