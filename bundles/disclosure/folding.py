"""Reading a text letter by letter as whoever searches it would: one case, no accents, look-alikes, numbers in words.

Pure. Every letter that is read knows from where to where it stands in the text, so that what is found can be cut out.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache

# Between two letters: nothing, a sign or two, white space; or so much that no word goes across it.
NONE, SIGN, SPACE, WIDE = range(4)
_MOST_SIGNS = 3
_APART_LETTERS = 32  # between two words of one number: the rest of it in digits, with room around them
_APOSTROPHES = "'\u2019\u2018`\u00b4\u02bc\u2032"
_APART = {
    "\u00e6": "ae", "\u0153": "oe", "\u00f8": "o", "\u0142": "l", "\u0111": "d", "\u00f0": "d", "\u00fe": "th",
    "\u0131": "i", "\u0127": "h",
}  # fmt: skip
# Letters of other scripts that are taken for Latin ones; of small and capital Greek each by its own looks.
_CYRILLIC = dict(zip("авекмнорстухіјѕԁԛԝһӏьгп", "abekmhopctyxijsdqwhlbrn", strict=True))
_GREEK = dict(zip("αβγεικνορτυχω", "abyeikvoptuxw", strict=True))
_GREEK_CAPITALS = dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "abezhikmnoptyx", strict=True))
_LOOKS = _CYRILLIC | _GREEK
_AS_DIGIT = {"o": "0", "l": "1", "i": "1", "z": "2", "s": "5", "b": "8"}
_AS_LETTERS = {"0": "o", "1": "li", "2": "z", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b"}
_UNITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
_TEENS = ["ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_UNIT = {word: str(value) for value, word in enumerate(_UNITS)} | dict.fromkeys(
    ("oh", "o", "nought", "naught", "nil"), "0"
)
_TWO = {word: str(value) for value, word in enumerate(_TEENS, 10)}
_TEN = {word: str(value) for value, word in enumerate(_TENS, 2)} | {"fourty": "4"}
_TIMES = {"double": 2, "triple": 3, "treble": 3}
_NOUGHTS = {"hundred": "00", "thousand": "000"}
_NUMBER = {*_UNIT, *_TWO, *_TEN, *_TIMES, *_NOUGHTS}
_PUNCTUATION = "\u2018\u2019\u201c\u201d\u2013\u2014\u2026\u00a3\u20ac\u00a0"
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_SAME = {"0": "o", "1": "i", "l": "i", "2": "z", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b"}
# What stands between texts that are looked at all at once is kept (`sieving`).
_OUTLINE = str.maketrans(
    {sign: _SAME.get(sign.lower(), sign.lower()) if sign.isalnum() else None for sign in map(chr, range(1, 128))}
)
_PLAIN_WORD = re.compile(r"(?<![A-Za-z0-9])[A-Za-z][a-z]*(?![A-Za-z0-9])")
_WORD = re.compile(r"[^\W\d_]+|\d+")
_A_NUMBER = rf"\b(?:{'|'.join(sorted(_NUMBER - {'o', 'oh'}))})\b"
HAS_NUMBER, HAS_SMALL_NUMBER = re.compile(_A_NUMBER, re.IGNORECASE), re.compile(_A_NUMBER)
DIGIT = re.compile(r"\d")
# A word and a figure of one number: "oh 77", "double 0", "9 double 0".
_SAID = rf"(?:{'|'.join(sorted(_NUMBER))})"
MIXED = re.compile(rf"\d[\s\-]{{1,3}}{_SAID}\b|\b{_SAID}[\s\-]{{1,3}}\d", re.IGNORECASE)
LEAST_SAID = 4


@dataclass
class Reading:
    """A text as the letters and digits that are read in it.

    Attributes:
        letters: for each of them what it may be taken for, itself first.
        starts, ends: where it stands in the text; marks above a letter are part of it.
        gaps: what stands before it.
        edges: a word may begin here although nothing stands before it, as in "ParkLane" and "flat2".
        capitals: it is written as a capital.
    """

    letters: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    gaps: list[int] = field(default_factory=list)
    edges: list[bool] = field(default_factory=list)
    capitals: list[bool] = field(default_factory=list)

    @property
    def plain(self) -> str:
        """Each letter as itself."""
        return "".join(letter[0] for letter in self.letters)

    def add(
        self, letter: str, start: int, end: int, *, gap: int, is_capital: bool = False, is_edge: bool = False
    ) -> None:
        """Take one more letter in."""
        if self.letters and gap == NONE and not is_edge:
            before = self.letters[-1][0]
            is_edge = before.isdigit() != letter[0].isdigit() or (is_capital and not self.capitals[-1])
        self.letters.append(letter)
        self.starts.append(start)
        self.ends.append(end)
        self.gaps.append(gap)
        self.edges.append(is_edge)
        self.capitals.append(is_capital)

    def begins(self, at: int) -> bool:
        """Whether a word may begin with this letter."""
        return at == 0 or self.gaps[at] != NONE or self.edges[at]

    def ends_before(self, at: int) -> bool:
        """Whether a word may have ended before this letter."""
        return at >= len(self.letters) or self.begins(at)


@lru_cache(maxsize=8)
def number_words(text: str) -> int:
    """How many words that may be numbers follow each other, at most, with no more than digits between."""
    most, run, end = 0, 0, -_APART_LETTERS
    # In small letters it is seen in a third of the time; others than ours may become more letters than they were.
    words = HAS_SMALL_NUMBER.finditer(text.lower()) if text.isascii() else HAS_NUMBER.finditer(text)
    for word in words:
        run = run + 1 if word.start() - end <= _APART_LETTERS else 1
        most, end = max(most, run), word.end()
    return most


@lru_cache(maxsize=8)
def is_said(text: str) -> bool:
    """Whether a number may stand in a text in words, or partly so."""
    return number_words(text) >= LEAST_SAID or bool(DIGIT.search(text) and MIXED.search(text))


def outline(text: str) -> str | None:
    """The letters and digits of a text with all that is taken for each other as one; none if it has others than ours.

    Whatever is read in the text has its outline in it: what has not need not be read. Signs are no letters, and an
    accented letter is read as the letter under the accent, as `_letters` has it.
    """
    plain = without_punctuation(text)
    if not plain.isascii():
        plain = apart(plain)
        if any(sign.isalnum() for sign in _NOT_ASCII.findall(plain)):
            return None
    return drawn(_NOT_ASCII.sub("", plain)).replace("\x00", "")


def without_punctuation(text: str) -> str:
    """With a space for each of the signs that texts in English have beside those of the alphabet."""
    if not text.isascii():
        for sign in _PUNCTUATION:  # far quicker than sign by sign
            text = text.replace(sign, " ")
    return text


def apart(text: str) -> str:
    """In small letters, with accents apart from the letters under them."""
    return unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())


def drawn(text: str) -> str:
    """The outline of a text that has no other letters than ours: no more than letters and digits are left of it."""
    return text.translate(_OUTLINE)


def read(text: str) -> Reading:
    """The text as it is written."""
    reading = Reading()
    _read_into(reading, text, 0, len(text), NONE)
    return reading


@lru_cache(maxsize=8)
def read_aloud(text: str) -> Reading | None:
    """The text with its numbers in words as digits, "oh double seven" as 077; none where there are no such words."""
    if not (HAS_NUMBER.search(text) or MIXED.search(text)):
        return None
    reading, at, gap = Reading(), 0, NONE
    for run in _runs(text):
        gap = _read_into(reading, text, at, run[0].start(), gap)
        gap = _speak_into(reading, text, run, gap)
        at = run[-1].end()
    _read_into(reading, text, at, len(text), gap)
    return reading


def _read_into(reading: Reading, text: str, start: int, end: int, gap: int) -> int:
    """Read a piece of the text; what stood before it and comes after it is `gap`, in and out."""
    at = start
    for word in _PLAIN_WORD.finditer(text, start, end):
        first, last = word.span()
        # A space is what stands between most words.
        gap = max(gap, SPACE) if text[at:first] == " " else _read_signs(reading, text, at, first, gap)
        at = first
        if gap != NONE or not reading.letters:
            _add_plain(reading, word.group(), at, gap)
            gap, at = NONE, last
        else:  # it goes on from a letter of another kind
            gap, at = _read_signs(reading, text, at, last, gap), last
    return _read_signs(reading, text, at, end, gap)


def _add_plain(reading: Reading, word: str, start: int, gap: int) -> None:
    """Take in a word of plain letters in one case, which is what most words are, all at once."""
    letters = _plain_letters(word)
    count = len(letters)
    reading.letters += letters
    reading.starts += range(start, start + count)
    reading.ends += range(start + 1, start + count + 1)
    reading.gaps += [gap] + [NONE] * (count - 1)
    reading.edges += [False] * count
    reading.capitals += [word[0].isupper()] + [False] * (count - 1)


@lru_cache(maxsize=2048)
def _plain_letters(word: str) -> tuple[str, ...]:
    """What each letter of a word of plain letters is read as: the same words come again and again."""
    first, *others = (_PLAIN[letter] for letter in word)
    return (first + "i" if first[0] == "l" else first, *others)


def _read_signs(reading: Reading, text: str, start: int, end: int, gap: int) -> int:
    """Read a piece sign by sign."""
    signs = 0
    for at in range(start, end):
        letters = _letters(text[at])
        if letters is None:  # a mark upon the letter before, or nothing that is seen
            if reading.ends and gap == NONE:
                reading.ends[-1] = at + 1
        elif letters:
            _add_sign(reading, text[at], at, letters, gap)
            gap, signs = NONE, 0
        elif text[at].isspace():
            gap = max(gap, SPACE)
        else:
            signs += 1
            gap = WIDE if signs > _MOST_SIGNS else max(gap, SIGN)
    return gap


def _add_sign(reading: Reading, sign: str, at: int, letters: tuple[str, ...], gap: int) -> None:
    for letter in letters:
        if letter[0] == "l" and (gap or not reading.letters):
            letter += "i"
        elif sign == "I" and reading.letters and not gap and not reading.capitals[-1]:
            letter += "l"
        reading.add(letter, at, at + 1, gap=gap, is_capital=sign.isupper())
        gap = NONE


@lru_cache(maxsize=4096)
def _letters(sign: str) -> tuple[str, ...] | None:
    """What one sign is read as; empty for what stands between words, none for what is not seen by itself."""
    kind = unicodedata.category(sign)
    if kind in {"Mn", "Me", "Cf"}:
        return None
    if sign.isdecimal():
        return (_may_be(str(unicodedata.decimal(sign))),)
    apart = unicodedata.normalize("NFKD", sign).casefold()
    apart = "".join(_APART.get(letter, letter) for letter in unicodedata.normalize("NFKD", apart))
    looks = _GREEK_CAPITALS.get(sign, "")
    return tuple(_may_be(letter, looks) for letter in apart if letter.isalnum())


def _may_be(letter: str, looks: str = "") -> str:
    found = letter + (looks or _LOOKS.get(letter, ""))
    for each in found:
        found += _AS_DIGIT.get(each, "") + _AS_LETTERS.get(each, "")
    return "".join(dict.fromkeys(found))


_PLAIN = {letter: _may_be(letter.lower()) for letter in "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"}


def latin(word: str) -> str:
    """A word's letters with look-alikes of other scripts as the Latin ones they are taken for."""
    return "".join(_LOOKS.get(letter, letter) for letter in word)


# --- numbers in words ---------------------------------------------------------------------------------------------


def _runs(text: str) -> list[list[re.Match[str]]]:
    """Number words that stand side by side, with no more than spaces, a hyphen or "and" between."""
    runs: list[list[re.Match[str]]] = []
    words = list(_WORD.finditer(text))
    for place, word in enumerate(words):
        said = word.group().casefold()
        is_and = said == "and" and runs and _is_hundred_before(runs[-1], text, word)
        is_times = said.isdecimal() and runs and runs[-1][-1].group().casefold() in _TIMES
        if said not in _NUMBER and not (is_and or is_times):
            continue
        if is_and and not (place + 1 < len(words) and words[place + 1].group().casefold() in _NUMBER):
            continue
        if runs and re.fullmatch(r"[\s\-\u2010-\u2015]{1,3}", text[runs[-1][-1].end() : word.start()]):
            runs[-1].append(word)
        else:
            runs.append([word])
    return runs


def _is_hundred_before(run: list[re.Match[str]], text: str, word: re.Match[str]) -> bool:
    return run[-1].group().casefold() in _NOUGHTS and not text[run[-1].end() : word.start()].strip()


def _speak_into(reading: Reading, text: str, run: list[re.Match[str]], gap: int) -> int:
    said = [word.group().casefold() for word in run]
    at = 0
    while at < len(said):
        digits, taken = _number(said, at)
        start, end = run[at].start(), run[at + taken - 1].end()
        if not digits:  # "double" and "and" with no number after them
            gap = max(_read_into(reading, text, start, end, gap), SPACE)
        for place, digit in enumerate(digits):
            reading.add(digit, start, end, gap=gap, is_edge=place == 0)
            gap = NONE
        at += taken
    return gap


def _number(said: list[str], at: int, *, is_rest: bool = False) -> tuple[str, int]:
    """The digits of the number that begins at one word, and how many words it takes; `is_rest`: after its hundred."""
    word, after = said[at], said[at + 1] if at + 1 < len(said) else ""
    if word in _TIMES:
        digits = _UNIT.get(after) or "".join(str(unicodedata.decimal(sign)) for sign in after if sign.isdecimal())
        return (_times(digits, _TIMES[word]), 2) if digits else ("", 1)
    if not is_rest and word in _UNIT and after == "hundred" and said[at + 2 : at + 3] == ["and"]:
        rest, taken = _number(said, at + 3, is_rest=True)
        return _UNIT[word] + rest.rjust(2, "0"), taken + 3
    if word in _TEN:
        is_two = after in _UNIT and _UNIT[after] != "0"
        return (_TEN[word] + _UNIT[after], 2) if is_two else (_TEN[word] + "0", 1)
    return (_UNIT | _TWO | _NOUGHTS).get(word, ""), 1


def _times(digits: str, count: int) -> str:
    """The first digit so many times: "double 7", and "double 70"; "triple 000" has them already."""
    return digits if digits == digits[0] * count else digits[0] * count + digits[1:]
