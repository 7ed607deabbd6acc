"""Text made fit for a page: every character is printed, or its code is."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from nsvcs.fonts import covered_characters

# Joiners and marks that have no shape of their own but change their neighbours'. Characters that turn the direction
# of what follows are not among them: they can make a line read as another, so they are printed as codes.
INVISIBLE = {0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x061C, 0x00AD, 0x2060, 0xFEFF} | set(range(0xFE00, 0xFE10))
KEPT = {0x09, 0x0A}
# The layout engine takes time with the square of a word's length; longer ones are set as several blocks of so many
# letters: 200,000 letters take half the time they take in blocks of 1,000, and shorter blocks gain nothing more.
LONGEST_WORD = 1000
PIECE = 200
EVERYDAY = re.compile(r"[\t\n -~]*")  # what every font has
TOO_LONG = re.compile(rf"\S{{{LONGEST_WORD + 1},}}")
RIGHT_TO_LEFT = {"R", "AL"}


@dataclass(frozen=True)
class Line:
    """One line of what was written, with the direction its first strong letter gives it."""

    text: str
    direction: str


@dataclass
class Typesetter:
    """Prepares text and counts the characters that no font has.

    Attributes:
        codes: how many characters are printed as their code.
    """

    codes: int = field(default=0)

    def plain(self, text: str) -> str:
        """The text with each character that cannot be drawn written as its code, such as `[U+1F9FF]`."""
        if EVERYDAY.fullmatch(text):
            return text
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        odd = {letter for letter in set(text) if not _is_drawn(letter)}  # most texts have none, and stay as they are
        self.codes += sum(map(text.count, odd))
        return text.translate({ord(letter): f"[U+{ord(letter):04X}]" for letter in odd}) if odd else text

    def lines(self, text: str) -> list[Line]:
        """The text line by line, as many lines as were written."""
        return [Line(piece, direction(row)) for row in self.plain(text).split("\n") for piece in _pieces(row)]


@lru_cache(maxsize=4096)
def _is_drawn(letter: str) -> bool:
    code = ord(letter)
    if code in covered_characters() and not unicodedata.category(letter).startswith("C"):
        return True
    return code in KEPT or code in INVISIBLE


def direction(text: str) -> str:
    """`rtl` when the first strong letter is of a script written from right to left."""
    for letter in text:
        kind = unicodedata.bidirectional(letter)
        if kind in RIGHT_TO_LEFT:
            return "rtl"
        if kind == "L":
            return "ltr"
    return "ltr"


def _pieces(row: str) -> Iterator[str]:
    """Cut out the words that are too long for the layout engine; what stands between them stays whole."""
    start = 0
    for word in TOO_LONG.finditer(row):
        if word.start() > start:
            yield row[start : word.start()]
        yield from _cut(word[0])
        start = word.end()
    if start < len(row) or not row:
        yield row[start:]


def _cut(word: str) -> Iterator[str]:
    start = 0
    while start < len(word):
        end = start + PIECE
        while end < min(len(word), start + PIECE + 64) and not _may_cut_before(word[end]):
            end += 1
        yield word[start:end]
        start = end


def _may_cut_before(letter: str) -> bool:
    return unicodedata.category(letter) not in {"Mn", "Me", "Mc", "Cf"}
