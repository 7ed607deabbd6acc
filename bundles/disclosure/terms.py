"""Finding protected words and their near forms in a text: one `Finder` takes them out, and looks whether any is left.

Pure, and linear in the text: all forms of all terms hang in one tree that is walked once from each letter, to the depth
of the longest form at most. No pattern of a term is ever compiled, so that no term can be a slow one.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from bundles.disclosure.folding import NONE, SIGN, WIDE, Reading, is_said, outline, read, read_aloud
from bundles.disclosure.near_forms import Form, Term, forms_of
from bundles.disclosure.sieving import Many, holding

__all__ = ["Finder", "Hit", "Term"]

_MONTHS = frozenset({"april", "august", "june", "march", "may"})
_DAY_BEFORE = re.compile(
    r"(?:\d(?:st|nd|rd|th)?(?:\s+of)?|\b(?:in|since|until|till|during|early|late|mid|by))\s+$", re.I
)
_YEAR_AFTER = re.compile(r"\s+(?:\d{1,2}\b|(?:19|20)\d\d\b)")
_NEAR = 16
_HEAD = 6
# Of the letters of a find so many, at least, stand there as themselves and not as a digit's look-alike.
_THEMSELVES = 1 / 3


@dataclass(frozen=True)
class Hit:
    """A protected word found in a text.

    Attributes:
        kind: the term's.
        term_id: whose near form it is.
        start, end: where it stands in the text.
    """

    kind: str
    term_id: str
    start: int
    end: int


@dataclass(frozen=True)
class _Leaf:
    term: Term
    form: Form


class Finder:
    """Looks for all the near forms of some terms.

    Args:
        terms: what is looked for; of two with the same spelling the first counts.
    """

    def __init__(self, terms: Iterable[Term]) -> None:
        """Grow the forms and hang them in the tree."""
        self.terms = tuple(terms)
        self._steps: list[dict[str, int]] = [{}]
        self._leaves: list[list[_Leaf]] = [[]]
        self._pairs: dict[tuple[str, str], bool] = {}
        self._heads: set[str] = set()
        self._spoken: set[str] = set()
        for term in self.terms:
            for form in _grown(term):
                self._hang(_Leaf(term, form))

    def _hang(self, leaf: _Leaf) -> None:
        at, letters = 0, leaf.form.letters
        self._heads.add((outline(letters) or "")[:_HEAD])
        if not letters.isalpha():
            words = max(re.split(r"\d+", letters), key=len)
            self._spoken.add((outline(words) or "")[:_HEAD])
        for letter in leaf.form.letters:
            if letter not in self._steps[at]:
                self._steps[at][letter] = len(self._steps)
                self._steps.append({})
                self._leaves.append([])
            at = self._steps[at][letter]
        self._leaves[at].append(leaf)

    def found(self, text: str) -> list[Hit]:
        """What is to be taken out of a text, from its beginning, no two of them over each other."""
        return joined(self._hits(text, is_longest=True))

    def every(self, text: str) -> list[Hit]:
        """All finds of all terms, from the beginning; those over each other too."""
        return sorted(set(self._hits(text)), key=lambda hit: (hit.start, -hit.end, hit.term_id))

    def unread(self, many: Many) -> set[str]:
        """Those of many texts in which nothing is found: what `_readings` asks of each is asked of all at once."""
        if len(self._steps) == 1:
            return set(many.texts)
        outlines = {text: plain for text, plain in zip(many.texts, many.outlines, strict=True) if plain is not None}
        known = list(outlines)
        read = holding(list(outlines.values()), self._heads | self._spoken - {""})
        left = {text for place, text in enumerate(known) if place not in read}
        if "" in self._spoken:
            left -= {text for text, shape in zip(many.texts, many.shapes, strict=True) if shape in many.said}
        return left

    def _hits(self, text: str, *, is_longest: bool = False) -> list[Hit]:
        if len(self._steps) == 1:
            return []
        readings = [reading for reading in self._readings(text) if reading]
        return [hit for reading in readings for hit in self._walked(text, reading, is_longest)]

    def _readings(self, text: str) -> Iterator[Reading | None]:
        """The ways of reading a text in which something may be found: none for most texts of plain English."""
        plain = outline(text)
        if plain is None or any(head in plain for head in self._heads):
            yield read(text)
        is_spoken = "" in self._spoken and is_said(text)
        if is_spoken or plain is None or any(words and words in plain for words in self._spoken):
            yield read_aloud(text)

    def _walked(self, text: str, reading: Reading, is_longest: bool) -> Iterator[Hit]:
        pairs = self._pairs
        for first, pair in enumerate(pairwise(reading.letters)):
            goes_on = pairs.get(pair)
            if goes_on is None:
                goes_on = pairs[pair] = self._goes_on(*pair)
            if not goes_on:
                continue
            for leaf, last in reversed(list(self._leaves_from(reading, first))):
                end = _end_of(text, reading, leaf.form, first, last)
                if end is not None:
                    yield Hit(leaf.term.kind, leaf.term.id, _start_of(text, reading, leaf.form, first), end)
                    if is_longest:
                        break

    def _goes_on(self, first: str, second: str) -> bool:
        """Whether any form begins with these two letters; kept, since most pairs of a text come again."""
        nodes = [self._steps[0][letter] for letter in first if letter in self._steps[0]]
        return any(letter in self._steps[node] for node in nodes for letter in second)

    def _leaves_from(self, reading: Reading, first: int) -> Iterator[tuple[_Leaf, int]]:
        """The forms that may be spelled from one letter on, and the letter each ends with."""
        letters, gaps, steps = reading.letters, reading.gaps, self._steps
        nodes, at = [0], first
        while nodes and at < len(letters) and (at == first or gaps[at] != WIDE):
            after: list[int] = []
            for node in nodes:
                step = steps[node]
                if step:
                    after += [step[letter] for letter in letters[at] if letter in step]
            for node in after:
                for leaf in self._leaves[node]:
                    yield leaf, at
            nodes, at = after, at + 1


@lru_cache(maxsize=2048)
def _grown(term: Term) -> tuple[Form, ...]:
    return forms_of(term)


def joined(hits: Sequence[Hit]) -> list[Hit]:
    """Finds in their order, those over each other as one, which is told as the first and longest of them."""
    kept: list[Hit] = []
    for hit in sorted(hits, key=lambda hit: (hit.start, -hit.end)):
        if kept and hit.start < kept[-1].end:
            kept[-1] = replace(kept[-1], end=max(kept[-1].end, hit.end))
        else:
            kept.append(hit)
    return kept


def _start_of(text: str, reading: Reading, form: Form, first: int) -> int:
    """Where a find begins in the text; a number with what stands before it when it is written out."""
    start = reading.starts[first]
    while form.letters.isdigit() and start and text[start - 1] in "+(":
        start -= 1
    return start


def _end_of(text: str, reading: Reading, form: Form, first: int, last: int) -> int | None:
    """Where a find ends in the text; none if these letters are no spelling of the form after all."""
    if not _is_itself(reading, form, first) or not _gaps_fit(reading, form, first, last):
        return None
    after, end = _with_plural(text, reading, form, last)
    is_whole = reading.begins(first) and reading.ends_before(after)
    if not is_whole and not form.is_free:
        return None
    if form.needs_capital and not _is_name(text, reading, form, first, end):
        return None
    return end


def _is_itself(reading: Reading, form: Form, first: int) -> bool:
    """Enough of the letters are themselves: "lol" is not the number 101, nor "808" a man called Bob."""
    same = sum(reading.letters[first + at][0].isdigit() == letter.isdigit() for at, letter in enumerate(form.letters))
    return same >= len(form.letters) * _THEMSELVES


def _gaps_fit(reading: Reading, form: Form, first: int, last: int) -> bool:
    """White space stands where the form has some, or between all of its letters; signs may stand anywhere."""
    odd = [
        at for at in range(first + 1, last + 1)
        if reading.gaps[at] > SIGN and at - first not in form.breaks
    ]  # fmt: skip
    if not odd or form.may_be_spaced:
        return True
    return all(reading.gaps[at] != NONE for at in range(first + 1, last + 1))


def _with_plural(text: str, reading: Reading, form: Form, last: int) -> tuple[int, int]:
    """The letter after a find and the end of it, with an s of the plural or of possession."""
    after, end = last + 1, reading.ends[last]
    if reading.ends_before(after) and not _is_possessed(text, reading, after):
        return after, end
    for ending in ("s", "es"):
        at = after + len(ending)
        is_there = [letter[0] for letter in reading.letters[after:at]] == list(ending)
        if is_there and form.letters[-1].isalpha() and reading.ends_before(at):
            return at, reading.ends[at - 1]
    return after, end


def _is_possessed(text: str, reading: Reading, after: int) -> bool:
    if after >= len(reading.letters) or reading.gaps[after] != SIGN:
        return False
    return text[reading.ends[after - 1] : reading.starts[after]] in tuple("'\u2019\u2018`\u00b4\u02bc")


def _is_name(text: str, reading: Reading, form: Form, first: int, end: int) -> bool:
    """An everyday word is meant as a name: with a capital, and no month beside a day or a year."""
    start = reading.starts[first]
    if not reading.capitals[first]:
        return False
    if form.letters not in _MONTHS:
        return True
    return not (_DAY_BEFORE.search(text[max(0, start - _NEAR) : start]) or _YEAR_AFTER.match(text[end : end + _NEAR]))
