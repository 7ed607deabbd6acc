"""Pages of facts counted from the entries of a bundle: counts and dates, each with the entries behind it.

Counted over what is printed whole and was not withdrawn, so that a reader can turn to each entry that a figure names.
Where something took place is not counted: a list of places says where she can be found.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bundles.selection.choice import Pattern
from logs.behaviours import choices
from logs.models import Incident
from logs.models.incidents import Amendment
from logs.patterns import LONDON, Figure, Occasion, Patterns, find_patterns, occasion_of

MOST_WEEKS = 26


def pattern_pages(rows: Sequence[Incident], frozen_at: datetime) -> tuple[Pattern, ...]:
    """The pages, each left out where there is nothing to count.

    Args:
        rows: the entries printed whole, in the order in which they happened, with the notes that are printed.
        frozen_at: when the choice was frozen; the day in London then is the last of all periods.
    """
    occasions = [_occasion(row) for row in rows if not _is_withdrawn(row)]
    if not occasions:
        return ()
    labels = {code: str(label) for code, label in choices(for_staff=True)}
    today = frozen_at.astimezone(LONDON).date()
    found = find_patterns(occasions, today, lambda code: labels[code])
    counted = _counted(len(occasions), len(rows) - len(occasions))
    pages = (*_times(found, occasions), *_hours(found), *_behaviours(found), *_others(found), *_gaps(found))
    return tuple(replace(page, counted=counted) for page in pages)


def _is_withdrawn(row: Incident) -> bool:
    return any(note.kind == Amendment.Kind.WITHDRAWAL for note in row.amendments.all())


def _occasion(row: Incident) -> Occasion:
    """An entry as it is counted: what she keeps out of papers for others is not counted for them either.

    Without its time in words, which no page of facts prints.
    """
    kept, told = set(row.never_disclose), dict[str, Any](place="")
    if "what_happened" in kept:
        told |= {"behaviours": ()}
    if "impact_on_others" in kept:
        told |= {"tells_of_others": False}
    return replace(occasion_of(row, when=""), **told)


def _counted(count: int, withdrawn: int) -> str:
    words = ngettext(
        "Counted on the %(count)s entry that is printed here whole.",
        "Counted on the %(count)s entries that are printed here whole.",
        count,
    ) % {"count": count}
    if withdrawn:
        words += " " + ngettext(
            "%(count)s withdrawn entry is not counted.", "%(count)s withdrawn entries are not counted.", withdrawn
        ) % {"count": withdrawn}
    return f"{words} " + _("That nothing was written on a day does not say that nothing happened.")


def _which(figure: Figure) -> str:
    return figure.runs.replace(",", ", ")


def _day(day: date) -> str:
    return format_date(day, "j F Y")


def _times(found: Patterns, occasions: Sequence[Occasion]) -> Iterator[Pattern]:
    """By week; by month where there are more weeks than fit a drawing."""
    weeks = [week for week in found.weeks if week.day]
    if len(weeks) <= MOST_WEEKS:
        figures = [(_day(week.day), week) for week in weeks if week.day]
        heads, title = (_("Week from Monday"), _("Entries"), _("Which")), _("Entries by week")
        words = _("%(with)s of %(all)s weeks have an entry. Most in a week: %(most)s, first in that of %(label)s.")
    else:
        figures = [(format_date(month, "F Y"), figure) for month, figure in _months(occasions)]
        heads, title = (_("Month"), _("Entries"), _("Which")), _("Entries by month")
        words = _("%(with)s of %(all)s months have an entry. Most in a month: %(most)s, first in %(label)s.")
    told = [(label, figure) for label, figure in figures if figure.count]
    if not told:
        return
    most = max(figure.count for _label, figure in told)
    first = next(label for label, figure in told if figure.count == most)
    says = words % {"with": len(told), "all": len(figures), "label": first, "most": most}
    rows = tuple((label, str(figure.count), _which(figure)) for label, figure in told)
    bars = tuple((label, figure.count) for label, figure in figures)
    yield Pattern(title, says, heads, rows, bars)


def _months(occasions: Sequence[Occasion]) -> Iterator[tuple[date, Figure]]:
    month, last = min(each.month for each in occasions), max(each.month for each in occasions)
    numbers: dict[date, list[int]] = {}
    for each in occasions:
        numbers.setdefault(each.month, []).append(each.number)
    while month <= last:
        yield month, Figure("", tuple(sorted(numbers.get(month, ()))))
        month = (month + timedelta(days=32)).replace(day=1)


def _hours(found: Patterns) -> Iterator[Pattern]:
    if not found.hours_known:
        return
    says = ngettext(
        "A time of day is known of %(count)s entry.", "A time of day is known of %(count)s entries.", found.hours_known
    ) % {"count": found.hours_known}
    days = [format_date(date(2024, 1, 1 + place), "D") for place in range(7)]
    told = [row for row in found.hours if row.total.count]
    rows = tuple(
        (row.label, *(str(cell.count or "") for cell in row.cells), str(row.total.count), _which(row.total))
        for row in told
    )
    heads = (_("Hour from"), *days, _("All"), _("Which"))
    yield Pattern(
        _("Entries by hour of the day"), says, heads, rows, tuple((r.label, r.total.count) for r in found.hours)
    )


def _behaviours(found: Patterns) -> Iterator[Pattern]:
    if not found.behaviours:
        return
    firsts = dict(found.firsts)
    says = ngettext(
        "%(count)s kind of behaviour is named. An entry counts once for each that it names.",
        "%(count)s kinds of behaviour are named. An entry counts once for each that it names.",
        len(found.behaviours),
    ) % {"count": len(found.behaviours)}
    rows = tuple(
        (row.label, str(row.total.count), str(firsts[row.label].number), _which(row.total)) for row in found.behaviours
    )
    heads = (_("Behaviour"), _("Entries"), _("First in entry"), _("Which"))
    bars = tuple((row.label, row.total.count) for row in found.behaviours)
    yield Pattern(_("Behaviours recorded"), says, heads, rows, bars)


def _others(found: Patterns) -> Iterator[Pattern]:
    told = [*found.third_parties, *found.orders]
    if found.others.count:
        told.append(replace(found.others, label=_("Effects on children or other people described")))
    if not told:
        return
    rows = tuple((figure.label, str(figure.count), _which(figure)) for figure in told)
    heads = (_("What is recorded"), _("Entries"), _("Which"))
    says = _(
        "What the entries say of other people, and of conditions or orders. Whether it was so is not decided here."
    )
    yield Pattern(_("Other people and orders"), says, heads, rows)


def _gaps(found: Patterns) -> Iterator[Pattern]:
    if not found.gaps:
        return
    longest = found.gaps[0]
    says = ngettext(
        "The longest time without a dated entry is %(days)s day.",
        "The longest time without a dated entry is %(days)s days.",
        longest.days,
    ) % {"days": longest.days}
    rows = tuple(
        (_day(gap.first_day), _day(gap.last_day), str(gap.days), str(gap.after), str(gap.before)) for gap in found.gaps
    )
    heads = (_("From"), _("To"), _("Days"), _("After entry"), _("Before entry"))
    yield Pattern(_("Longest times without an entry"), says, heads, rows)
