"""Words that may mean danger now. They bring up a plain line with numbers to call, and nothing else.

The lists are short on purpose: a line too many does no harm, but nobody is promised that somebody watches. They are
kept in the languages of the portal; another language finds nothing, and the numbers stand at the foot of every page
in any case. `docs/decisions/0051` says what an unfinished note does with them.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from logs.danger_words import NOW, SELF_HARM


class Danger(TextChoices):
    """What the words may mean."""

    NOW = "now", _("somebody may be in danger now")
    SELF_HARM = "self_harm", _("somebody may hurt themselves")


# Boxes of an entry in which somebody may say so, as the form and as the row calls them. What is said of evidence is
# left out: "it is in the house" is a card.
FIELDS = ("at", "when_words", "what_happened", "police_response", "impact", "changes_made", "impact_on_others")
_CEDILLA, _UNMARKED = "\u0327", str.maketrans({"ł": "l", "ş": "s", "ţ": "t", "đ": "d"})
_FINDERS = {
    danger: re.compile(rf"\b(?:{'|'.join(word for words in languages.values() for word in words)})")
    for danger, languages in ((Danger.NOW, NOW), (Danger.SELF_HARM, SELF_HARM))
}


def dangers_in(*texts: str) -> frozenset[Danger]:
    """What the words of an entry may mean; empty for nearly every entry."""
    flat = _plain(" ".join(texts))
    return frozenset(danger for danger, finder in _FINDERS.items() if finder.search(flat))


def dangers_of(said: Mapping[str, Any]) -> frozenset[Danger]:
    """The same for an entry, or for what is typed of one so far, by the names of its boxes."""
    return dangers_in(*(str(said[name]) for name in FIELDS if said.get(name)))


def _plain(text: str) -> str:
    """Small letters without accents, single spaces; a cedilla stays under a c."""
    apart = unicodedata.normalize("NFD", " ".join(text.lower().split()))
    kept = "".join(char for char in apart if char == _CEDILLA or not unicodedata.combining(char))
    return unicodedata.normalize("NFC", kept).translate(_UNMARKED)
