"""Sieving very many texts at once: in most of them nothing is to be found, and they need no closer look. Pure.

In each text by itself, five thousand entries take seconds of it; in all of them joined to one, a tenth of that. What is
told here of many texts is exactly what `folding` tells of each.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import accumulate

from bundles.disclosure import folding

# Between texts: no white space, no part of a word, and in none of the patterns that are looked for.
APART = "\x00"
HEAP = 1_000_000  # letters looked at together: a log may be a hundred times as long
_FOREIGN = re.compile(r"[^\W\x00-\x7f]")


class Many:
    """Many texts, and what is asked of all of them at once: each of it when it is first wanted, and then kept.

    Attributes:
        shapes: each text with all its figures as noughts, in their order. What tells no figure from another finds in
            the text what it finds in its shape, at the same places.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        """Keep the texts."""
        self.texts = texts

    @cached_property
    def shapes(self) -> list[str]:
        return _changed(self.texts, shape_of)

    @cached_property
    def said(self) -> set[str]:
        """The shapes of which `folding.is_said` is true."""
        shapes = list(dict.fromkeys(self.shapes))
        plain = [shape for shape in shapes if shape.isascii()]
        others = [shape for shape in shapes if not shape.isascii()]
        figured = [shape for shape in shapes if folding.DIGIT.search(shape)]
        found = {figured[place] for place in matching(figured, folding.MIXED)}
        for some, read, pattern in (
            (plain, [shape.lower() for shape in plain], folding.HAS_SMALL_NUMBER),
            (others, others, folding.HAS_NUMBER),
        ):
            many = (some[at] for at, count in matching(read, pattern).items() if count >= folding.LEAST_SAID)
            found |= {shape for shape in many if folding.number_words(shape) >= folding.LEAST_SAID}
        return found

    @cached_property
    def outlines(self) -> list[str | None]:
        """The `folding.outline` of each text, in their order."""
        if any(APART in text for text in self.texts):
            return [folding.outline(text) for text in self.texts]
        texts = _changed(self.texts, folding.without_punctuation)
        drawn = iter(_changed([text for text in texts if text.isascii()], folding.drawn))
        foreign = iter(_foreign([text for text in texts if not text.isascii()]))
        return [next(drawn) if text.isascii() else next(foreign) for text in texts]


def heaps(texts: Iterable[str]) -> Iterator[Many]:
    """Texts in heaps that are not too large to be joined."""
    heap, size = list[str](), 0
    for text in texts:
        heap.append(text)
        size += len(text)
        if size > HEAP:
            yield Many(heap)
            heap, size = [], 0
    if heap:
        yield Many(heap)


def holding(texts: Sequence[str], words: Collection[str]) -> set[int]:
    """The places of those texts that hold any of the words; of an empty word, all.

    Args:
        texts: to be looked at.
        words: none of them goes over the end of a text.
    """
    if "" in words:
        return set(range(len(texts)))
    whole, starts = _joined(texts)
    found: set[int] = set()
    for word in _shortest(words):
        at = whole.find(word)
        while at >= 0:
            place = bisect_right(starts, at) - 1
            found.add(place)
            at = whole.find(word, starts[place + 1])  # once is enough
    return found


def matching(texts: Sequence[str], pattern: re.Pattern[str]) -> Counter[int]:
    """The places of those texts in which a pattern is found, and how often.

    Args:
        texts: to be looked at.
        pattern: takes what stands between texts for the end of one, and never goes over it.
    """
    whole, starts = _joined(texts)
    return Counter(bisect_right(starts, found.start()) - 1 for found in pattern.finditer(whole))


def _joined(texts: Sequence[str]) -> tuple[str, list[int]]:
    """All of them as one, and where each begins."""
    return APART.join(texts), [0, *accumulate(len(text) + 1 for text in texts)]


def _changed(texts: Sequence[str], change: Callable[[str], str]) -> list[str]:
    """What becomes of each; `change` leaves what stands between texts, and sees no further than to the end of one."""
    told = change(APART.join(texts)).split(APART) if texts else []
    return told if len(told) == len(texts) else [change(text) for text in texts]


def shape_of(text: str) -> str:
    """A text with all its figures as noughts."""
    for figure in "123456789":
        text = text.replace(figure, "0")
    return text


def _foreign(texts: Sequence[str]) -> list[str | None]:
    """Outlines of texts that have other letters than ours: accented ones, or such as have none."""
    apart = _changed(texts, folding.apart)
    unknown = matching(apart, _FOREIGN)
    drawn = _changed([text.encode("ascii", "ignore").decode() for text in apart], folding.drawn)
    return [None if place in unknown else text for place, text in enumerate(drawn)]


def _shortest(words: Collection[str]) -> list[str]:
    """Without those that hold another of them: where they stand, that one stands too."""
    kept: list[str] = []
    for word in sorted(words, key=len):
        if not any(each in word for each in kept):
            kept.append(word)
    return kept
