"""Whether texts that leave hold protected words of their case. A later room finds them, and says so here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise

from accounts.models import User
from cases.models import Case


@dataclass(frozen=True)
class Spotted:
    """A protected word in a text.

    Attributes:
        place: which of the texts.
        kind: what the word tells, for the page.
        words: as they stand in the text.
    """

    place: str
    kind: str | Promise
    words: str


Spotter = Callable[[Case, User, Mapping[str, str]], list[Spotted]]
_spotters: list[Spotter] = []


def spots_with(spotter: Spotter) -> None:
    """Say, from an app's `ready`, what finds protected words."""
    _spotters.append(spotter)


def protected_in(case: Case, by: User, texts: Mapping[str, str]) -> list[Spotted]:
    """Find the protected words of a case in texts that are about to leave, near forms of them too.

    Args:
        case: whose words.
        by: who is to send them, and may see what is protected.
        texts: each with the name of its place.

    Raises:
        LookupError: nothing here can find them; then nothing may leave.
    """
    if not _spotters:
        raise LookupError("nothing finds protected words")
    return [found for spotter in _spotters for found in spotter(case, by, texts)]
