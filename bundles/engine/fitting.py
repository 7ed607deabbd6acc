"""Text made fit for the long tables: a word that is wider than its column may be broken, and marks stay readable.

What comes out is what the layouts in `layouts` take, and how often each letter must be on the pages then.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from math import ceil
from typing import Any

from fontTools.ttLib import TTFont

from bundles.engine.setting import letters_of
from nsvcs.fonts import REGULAR
from nsvcs.typesetting import RIGHT_TO_LEFT, Typesetter

POINTS = 72 / 25.4
LONG_WORD = re.compile(r"\S{8,}")
PIECE = 8
SPACE = 0.26
RAGGED = 1.2  # a line ends before the word that does not fit: so much of a narrow column stays empty
BOLD = 1.1  # bold letters are so much wider
OTHER_WIDTH = 1.3  # of a letter that the first font does not have, in ems: the widest there is
MOST_MARKS = 8  # upon one letter; more are drawn one by one whatever the script
SOFT_HYPHEN = "\u00ad"
MARKS = {"Mn", "Me", "Mc"}


@lru_cache(maxsize=1)
def _widths() -> dict[int, float]:
    with TTFont(REGULAR, lazy=True) as font:
        units, advances = font["head"].unitsPerEm, font["hmtx"]
        return {code: advances[name][0] / units for code, name in font.getBestCmap().items()}


@lru_cache(maxsize=10_000)
def _width(word: str) -> float:
    widths = _widths()
    return sum(widths.get(ord(letter), OTHER_WIDTH) for letter in word)


class Fitter:
    """Prepares the words of one part and counts their letters.

    Attributes:
        setter: counts what no font can draw.
    """

    def __init__(self, setter: Typesetter, size: float) -> None:
        self.setter, self.size = setter, size
        self._words: list[str] = []
        self._repeated: list[str] = []
        self._possible: list[str] = []
        self._doubled: set[str] = set()
        self._turns = False

    def line_count(self, text: str, millimetres: float) -> int:
        """About how many lines a text takes in a column of such a width, its own line ends with them."""
        room = millimetres * POINTS / self.size / RAGGED
        lines = ([_width(word) + SPACE for word in line.split(" ")] for line in text.split("\n"))
        return sum(max(1, ceil(sum(widths) / room)) for widths in lines)

    def lines(self, text: str, millimetres: float) -> list[dict[str, Any]]:
        """The text line by line, for a column of such a width; nothing for an empty text."""
        if not text.strip():
            return []
        return [
            {"t": self._fit(line.text, millimetres)} | ({"r": 1} if line.direction == "rtl" else {})
            for line in self.setter.lines(text)
        ]

    def words(self, text: str, millimetres: float = 170) -> Any:
        """A text of one line."""
        return self._fit(self.setter.plain(text).replace("\n", " "), millimetres)

    def say(self, words: str) -> str:
        """Words of the bundle's own, as they are."""
        self._words.append(words)
        return words

    def repeat(self, words: str) -> str:
        """Words of its own that each page of a table shows again."""
        self._repeated.append(words)
        return words

    def may_repeat(self, words: str) -> str:
        """The same, where there may be no such table."""
        self._possible.append(words)
        return words

    def counted(self) -> dict[str, Any]:
        """What the pages are held against: see `bundles.engine.setting.set_pages`."""
        repeated = letters_of("".join([*self._repeated, *self._possible]))
        letters = letters_of("".join([*self._words, *self._repeated]))
        told = {"letters": dict(letters), "repeated": dict(repeated), "doubled": "".join(sorted(self._doubled))}
        return told | ({"turns": True} if self._turns else {})

    def _fit(self, text: str, millimetres: float) -> Any:
        self._words.append(text)
        if text.isascii():
            pieces = list(self._pieces(text, millimetres))
            return text if len(pieces) < 2 else pieces
        if SOFT_HYPHEN in text:
            self._doubled.add("-")  # seen where a line ends at one
        self._turns = self._turns or any(unicodedata.bidirectional(letter) in RIGHT_TO_LEFT for letter in set(text))
        text = unicodedata.normalize("NFC", text)
        fitted = [self._glued(piece) for piece in self._pieces(text, millimetres)]
        return fitted[0] if len(fitted) == 1 and isinstance(fitted[0], str) else fitted

    def _pieces(self, text: str, millimetres: float) -> Iterator[str]:
        room = millimetres * POINTS / self.size / BOLD
        start = 0
        for found in LONG_WORD.finditer(text):
            if _width(found[0]) < room:
                continue
            if found.start() > start:
                yield text[start : found.start()]
            yield from _cut(found[0])
            start = found.end()
        if start < len(text) or not text:
            yield text[start:]

    def _glued(self, piece: str) -> Any:
        """A piece as it is; or, where a mark stands upon a letter, the marks as parts of their own.

        Drawn together with its letter, a mark that has no sign of its own with it would be copied out twice. In writing
        from right to left letters join across it; there it stays, and the page is mended (`bundles.engine.vowels`).
        """
        parts, base, standing, is_apart = [""], "", 0, False
        for letter in piece:
            if unicodedata.category(letter) not in MARKS or 0xFE00 <= ord(letter) <= 0xFE0F:
                if is_apart:
                    parts.append("")
                base, standing, is_apart = letter, 0, False
                parts[-1] += letter
                continue
            standing += 1
            if standing <= MOST_MARKS and base and unicodedata.bidirectional(base) in RIGHT_TO_LEFT:
                self._doubled |= set(unicodedata.normalize("NFKD", piece))  # no bundle fails for a reader's twice
                parts[-1] += letter
            else:
                parts.append(letter)
                is_apart = True
        return parts[0] if len(parts) == 1 else [part for part in parts if part]


def _cut(word: str) -> Iterator[str]:
    start = 0
    while start < len(word):
        end = start + PIECE
        while end < len(word) and unicodedata.category(word[end]) in {*MARKS, "Cf", "Sk"}:
            end += 1
        yield word[start:end]
        start = end
