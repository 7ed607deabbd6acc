"""When an entry of the directory counts as checked, and which of its details do."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta


@dataclass(frozen=True)
class Standing:
    """How far an entry is confirmed.

    Attributes:
        is_confirmed: the entry as a whole; one that is not is shown to no victim.
        unconfirmed: details that are not, although the entry is.
        checked_on: since when all that is confirmed counts as checked.
    """

    is_confirmed: bool
    unconfirmed: frozenset[str]
    checked_on: date | None


def check_due_on(checked_on: date | None, after_days: int) -> date | None:
    """Return the first day on which an entry is to be checked again; none where it never was, and is due already.

    Args:
        checked_on: the day of the last check, which is day 0.
        after_days: calendar days.

    Source: The service's practice, November 2026: 90 days, its default, to be confirmed.
    """
    return checked_on + timedelta(days=after_days) if checked_on else None


def is_check_due(checked_on: date | None, today: date, after_days: int) -> bool:
    """Say whether an entry is to be checked: it never was, or the days since are `after_days` or more.

    Source: The service's practice, November 2026: 90 days, its default, to be confirmed.
    """
    due_on = check_due_on(checked_on, after_days)
    return due_on is None or due_on <= today


def after_check(
    standing: Standing,
    *,
    present: Collection[str],
    ticked: Collection[str],
    reached_by: Collection[str],
    looked: Mapping[str, date],
    today: date,
) -> Standing:
    """Return how an entry stands once somebody has checked some of its details.

    What was not looked at stays as it was: an unconfirmed detail unconfirmed, and a confirmed one as old as its last
    check. So the entry counts as checked on the oldest of these days, and comes up again until all is looked at. An
    entry that was not confirmed is, once a way to reach it was looked at; its other details wait.

    Args:
        standing: how it stood.
        present: the details it has.
        ticked: those that were looked at now and are right.
        reached_by: the details by which one reaches it.
        looked: on which day each detail was last looked at as it stands, where somebody kept that.
        today: the day of the check.

    Source: The service's practice, November 2026: a detail that nobody has checked is shown to no victim.
    """
    days = {detail: today if detail in ticked else looked.get(detail, standing.checked_on) for detail in present}
    if standing.is_confirmed:
        unconfirmed = standing.unconfirmed & set(present) - set(ticked)
    else:
        unconfirmed = frozenset(detail for detail in present if detail not in ticked and detail not in looked)
    shown = [detail for detail in present if detail not in unconfirmed]
    if not standing.is_confirmed and not set(shown) & set(reached_by):
        return Standing(is_confirmed=False, unconfirmed=frozenset(unconfirmed), checked_on=None)
    known = [day for detail in shown if (day := days[detail]) is not None]
    return Standing(is_confirmed=True, unconfirmed=frozenset(unconfirmed), checked_on=min(known, default=today))


def after_change(standing: Standing, *, present: Collection[str], changed: Collection[str]) -> Standing:
    """Return how an entry stands once some of its details were changed: those wait for somebody to look at them.

    Args:
        standing: how it stood.
        present: the details it has now.
        changed: the details that say something else now, those that were taken out too.

    Source: The service's practice, November 2026: a detail that nobody has checked is shown to no victim.
    """
    return replace(standing, unconfirmed=frozenset((standing.unconfirmed | set(changed)) & set(present)))
