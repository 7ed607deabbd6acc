"""How samples say which parameters lead to a thing of one side; apart from them, so that every list can say it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.samples import Side

Parameters = Callable[["Side"], dict[str, Any]]


def of_case(**more: Callable[["Side"], Any]) -> Parameters:
    """Parameters of an address inside a case."""
    return lambda side: {"case_id": side.case.pk, **{name: find(side) for name, find in more.items()}}


def of(**found: Callable[["Side"], Any]) -> Parameters:
    """Parameters of any other address."""
    return lambda side: {name: find(side) for name, find in found.items()}
