"""Looking for many short words in very many texts at once: most texts hold none of them, and need no closer look. Pure.

In each text by itself, five thousand entries take seconds of it; in all of them joined to one, a tenth of that.
"""

from bisect import bisect_right
from collections.abc import Collection, Sequence
from itertools import accumulate

_APART = "\x1e"


def holding(texts: Sequence[str], words: Collection[str]) -> set[int]:
    """The places of those texts that hold any of the words; of an empty word, all.

    Args:
        texts: to be looked at.
        words: none of them goes over the end of a text.
    """
    if "" in words:
        return set(range(len(texts)))
    whole = _APART.join(texts)
    starts = [0, *accumulate(len(text) + 1 for text in texts)]
    found: set[int] = set()
    for word in _shortest(words):
        at = whole.find(word)
        while at >= 0:
            place = bisect_right(starts, at) - 1
            found.add(place)
            at = whole.find(word, starts[place + 1])  # once is enough
    return found


def _shortest(words: Collection[str]) -> list[str]:
    """Without those that hold another of them: where they stand, that one stands too."""
    kept: list[str] = []
    for word in sorted(words, key=len):
        if not any(each in word for each in kept):
            kept.append(word)
    return kept
