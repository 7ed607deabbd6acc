"""Entries that are not withdrawn with the rest when an import is undone: something was built on them since."""

from collections.abc import Callable, Collection, Iterable
from uuid import UUID

from logs.models import Amendment

Holder = Callable[[Collection[UUID]], Iterable[UUID]]
_holders: list[Holder] = []


def register(holder: Holder) -> None:
    """Add a question "which of these entries do you use?", from a later floor's `ready`."""
    if holder not in _holders:
        _holders.append(holder)


def held_among(entry_ids: Collection[UUID]) -> set[UUID]:
    """Those of these entries that were added to, or are in a bundle."""
    amended = Amendment.objects.filter(incident__in=entry_ids).values_list("incident_id", flat=True)
    return set(amended).union(*(holder(entry_ids) for holder in _holders))
