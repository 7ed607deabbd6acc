"""Spotting by its form what nobody has listed: postcodes, numbers, map positions, number plates. Pure.

Every pattern is bounded and begins where a word does, so that none of them takes time by the square of a text.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence

from bundles.disclosure.folding import SPACE, Reading, is_said, read_aloud
from bundles.disclosure.sieving import Many, holding, matching, shape_of

Span = tuple[int, int]
_HYPHENS = r"\-" "\u2010\u2011\u2012\u2013\u2014\u2212"
_POSTCODE = re.compile(r"\b[A-Z]{1,2}[0-9][A-Z0-9]?\s{0,2}[0-9](?!am\b|pm\b)[A-Z]{2}\b", re.IGNORECASE)
# A day written in figures is found first and stays: with an hour behind it, it looks like a number that was rung.
_DAY = r"(?<!\d)(?:0?[1-9]|[12]\d|3[01])(?P<between>[/.\-])(?:0?[1-9]|1[0-2])(?P=between)(?:19|20)\d\d(?!\d)"
_INNER = rf"[\d\s().{_HYPHENS}/]{{7,20}}\d(?!\w)"
_PHONE = rf"(?<![\w+])(?:tel)?(?:\+|00|\(?0){_INNER}"
# Without its first nought, or the country's number without its plus; more would take references for numbers.
_BARE_PHONE = rf"(?<![\w+/.{_HYPHENS}])(?:44[\s{_HYPHENS}]?)?7\d{{3}}[\s{_HYPHENS}]?\d{{3}}[\s{_HYPHENS}]?\d{{3}}(?!\w)"
# Run into a word, or with stranger signs between: as many digits as a number in Britain or one with a plus has.
_BETWEEN = rf"[\s().{_HYPHENS}/_*\u00b7]{{0,2}}"
_GLUED = rf"(?<!\d)(?:\(?0{_BETWEEN}[1-9](?:{_BETWEEN}\d){{8,9}}|\+{_BETWEEN}[1-9](?:{_BETWEEN}\d){{8,13}})(?!\d)"
_DAY_OR_PHONE = re.compile(rf"(?P<day>{_DAY})|{_PHONE}|{_BARE_PHONE}|{_GLUED}")
# Letters written for noughts and ones, beside a digit and no part of a word; and an x before them, as in "xO7700".
_LETTER_DIGITS = {**dict.fromkeys("oO\u041e\u043e\u039f\u03bf", "0"), **dict.fromkeys("lI|", "1")}
_LETTERS = "".join(_LETTER_DIGITS)
_LIKE_DIGITS = re.compile(rf"(?<=\d)[{_LETTERS}]+(?![^\W\d_])|(?<![^\W\d_xX])[{_LETTERS}]+(?=\d)")
# Looked for from the start of a word only: from each letter of a long one took a second a page.
_EMAIL = re.compile(r"(?<![^\s@<>()\[\],;:])[^\s@<>()\[\],;:]+@[^\s@<>()\[\],;:]+\.[^\s@<>()\[\],;:]+")
_ANY_DIGIT = re.compile(r"\d")
_LEAST_DIGITS, _MOST_DIGITS = 9, 15
_SPOKEN_DIGITS = (10, 11)
# As many digits, with no more between them than any phone number has.
_MANY_DIGITS = re.compile(rf"\d(?:[\s().{_HYPHENS}/_*\u00b7]*\d){{{_LEAST_DIGITS - 1}}}")
_NAME = r"(?<!\w)[A-Z][\w'\u2019\-]{0,24}"
_STREETS = (
    "Road", "Rd", "Street", "St", "Avenue", "Ave", "Lane", "Ln", "Close", "Cl", "Drive", "Dr", "Court", "Ct",
    "Crescent", "Cres", "Gardens", "Gdns", "Place", "Square", "Terrace", "Grove", "Way", "Hill", "Rise", "Row", "Mews",
    "Walk", "Green", "Park", "Parade",
)  # fmt: skip
_STREET = re.compile(
    r"(?<!\w)\d{1,4}[A-Za-z]?,?\s{1,3}(?:[A-Z][\w'\u2019\-]{0,24}\s{1,3}){1,3}"
    rf"(?:{'|'.join(_STREETS)})\b"
)
_MINUTES = (
    r"\d{1,3}\s?\u00b0\s?\d{1,2}(?:\.\d{1,6})?\s?['\u2019\u2032]"
    r"(?:\s?\d{1,2}(?:\.\d{1,6})?\s?(?:[\"\u201d\u2033]|''))?\s?"
)
_DEGREES = r"[\-\u2212+]?\d{1,3}\.\d{3,12}\s?\u00b0?\s?"
# Each with the sign that a text must have for it, besides a digit: most texts have none of these, and are not searched.
_NUMBERED = (
    (".", re.compile(rf"(?<![\d.]){_DEGREES}[NSns]?\s?[,;/ ]\s?{_DEGREES}(?:[EWew]\b)?")),
    ("\u00b0", re.compile(rf"(?<![\d.]){_MINUTES}[NS]\s?,?\s?{_MINUTES}[EW]")),
    # the national grid
    ("", re.compile(r"\b[HJNOST][A-HJ-Z]\s?(?:\d{3}\s?\d{3}|\d{4}\s?\d{4}|\d{5}\s?\d{5})\b")),
)
# Without any of these a text has no street with a number, and none of the signs of a position;
_NUMBERED_WORDS = {*_STREETS, "\u00b0"}
# without these no postcode, no other position and no number plate.
_NUMBERED_SIGNS = re.compile(r"[^\W\d_]\d|[A-Z]\s\d|\.\d{3}")
# Each with what a text must have for it, in small letters.
_NAMED = (
    (("geo:",), re.compile(r"\bgeo:[\-\d.,;=?a-zA-Z]{5,80}")),
    # a plus code
    (("+",), re.compile(r"(?<![\w+])[23456789CFGHJMPQRVWX]{4,8}\+[23456789CFGHJMPQRVWX]{2,3}\b")),
    (
        ("map", "goo.gl", "osm.", "waze", "what3words", "w3w", "findmy"),
        re.compile(
            r"(?:https?://)?(?:www\.)?(?:maps\.google\.|google\.[a-z.]{2,6}/maps|goo\.gl/maps|maps\.app\.goo\.gl|"
            r"maps\.apple\.|(?:openstreet)map\.org|osm\.org|bing\.com/maps|waze\.com|what3words\.com|w3w\.co|"
            r"streetmap\.co|findmy\.)\S{0,500}",
            re.IGNORECASE,
        ),
    ),
    (("//",), re.compile(r"(?<![\w:/])/{2,3}\w{2,24}\.\w{2,24}\.\w{2,24}\b")),
    (
        ("words",),
        re.compile(
            r"\bwhat\s?(?:3|three)\s?words\b[^\n]{0,40}?\b[^\W\d_]{2,24}\.[^\W\d_]{2,24}\.[^\W\d_]{2,24}\b", re.I
        ),
    ),
)
_SCHOOL = re.compile(
    rf"(?:{_NAME}\.?\s{{1,3}}(?:of\s{{1,3}}|and\s{{1,3}}|the\s{{1,3}})?){{1,4}}"
    r"(?:(?:C\s?of\s?E|CE|RC|VA|VC|Primary|Infants?|Junior|High|Grammar|Secondary|Middle|Free|Upper|Community|Day)\s{1,3}){0,3}"
    r"(?:School|Academy|College|Nursery|Pre-?[Ss]chool|Playgroup|University|Sixth\s{1,3}Form|Primary|Infants|Juniors)\b"
)
_SCHOOL_NAMES = (
    "School", "Academy", "College", "Nursery", "Preschool", "Pre-", "Playgroup", "University", "Sixth", "Primary",
    "Infants", "Juniors",
)  # fmt: skip
_PLATES = (
    re.compile(r"(?<!\w)[A-Z]{2}\s?\d{2}\s?[A-Z]{3}(?!\w)"),
    re.compile(r"(?<!\w)[A-Za-z]{2}\d{2}[A-Za-z]{3}(?!\w)"),
    re.compile(r"(?<!\w)[A-HJ-NPR-TV-Y]\d{1,3}\s?[A-Z]{3}(?!\w)"),
    re.compile(r"(?<!\w)[A-Z]{3}\s?\d{1,3}[A-HJ-NPR-TV-Y](?!\w)"),
    re.compile(
        r"(?<!\w)[A-Z]{1,2}I[A-Z]\s?\d{1,4}(?!\w)|(?<!\w)[A-Z]?Z[A-Z]{1,2}\s?\d{3,4}(?!\w)"
    ),  # of Northern Ireland
)


def formless(many: Many) -> set[str]:
    """Those of many texts in which none of the functions below finds anything, for want of what each of them needs."""
    shapes = list(dict.fromkeys(many.shapes))
    hints = {shape_of(hint) for hints, _ in _NAMED for hint in hints}
    loud = holding([shape.lower() for shape in shapes], hints) | holding(shapes, {*_SCHOOL_NAMES, "@"})
    found = {shapes[place] for place in loud} | many.said | _with_numbers(shapes)
    return {text for text, shape in zip(many.texts, many.shapes, strict=True) if shape not in found}


def _with_numbers(shapes: Sequence[str]) -> set[str]:
    """Those that may hold a postcode, a street's number, a map position, a phone number or a number plate."""
    figured = [shape for shape in shapes if _ANY_DIGIT.search(shape)]
    found = {*holding(figured, _NUMBERED_WORDS), *matching(figured, _NUMBERED_SIGNS)}
    found |= matching([_read_as_digits(shape) for shape in figured], _MANY_DIGITS).keys()
    return {figured[place] for place in found}


def postcodes(text: str) -> Iterator[Span]:
    """Postcodes, and streets with a house's number before them."""
    if not _ANY_DIGIT.search(text):
        return
    yield from (found.span() for found in _POSTCODE.finditer(text))
    yield from (found.span() for found in _STREET.finditer(text))


def positions(text: str) -> Iterator[Span]:
    """Map positions, links to maps, and places in three words."""
    small = text.lower()
    patterns = [pattern for hints, pattern in _NAMED if any(hint in small for hint in hints)]
    if _ANY_DIGIT.search(text):
        patterns += [pattern for sign, pattern in _NUMBERED if sign in text]
    for pattern in patterns:
        for found in pattern.finditer(text):
            yield found.start(), found.start() + len(found.group().rstrip())


def emails(text: str) -> Iterator[Span]:
    """E-mail addresses."""
    if "@" in text:
        yield from (found.span() for found in _EMAIL.finditer(text))


def phones(text: str) -> Iterator[Span]:
    """Phone numbers, found in a reading of the text that has plain digits at the same places; and those in words."""
    digits = _read_as_digits(text) if _ANY_DIGIT.search(text) else ""
    has_enough = len(_ANY_DIGIT.findall(digits)) >= _LEAST_DIGITS
    for found in _DAY_OR_PHONE.finditer(digits) if has_enough else ():
        if not found["day"] and _LEAST_DIGITS <= sum(map(str.isdigit, found.group())) <= _MOST_DIGITS:
            yield found.span()
    if is_said(text) and (aloud := read_aloud(text)) is not None:
        yield from _spoken(aloud)


def schools(text: str) -> Iterator[Span]:
    """Names that end in what a school or nursery is called."""
    if any(name in text for name in _SCHOOL_NAMES):
        yield from (found.span() for found in _SCHOOL.finditer(text))


def plates(text: str) -> Iterator[Span]:
    """Number plates; in small letters only those of today, written as one."""
    if _ANY_DIGIT.search(text):
        yield from (found.span() for pattern in _PLATES for found in pattern.finditer(text))


def _read_as_digits(text: str) -> str:
    plain = text
    if not text.isascii():
        plain = "".join(str(unicodedata.decimal(letter)) if letter.isdecimal() else letter for letter in text)
    return _LIKE_DIGITS.sub(lambda run: "".join(_LETTER_DIGITS[letter] for letter in run.group()), plain)


def _spoken(reading: Reading) -> Iterator[Span]:
    """As many digits in a row as a British number has, from a nought on."""
    first = 0
    for at in range(len(reading.letters) + 1):
        if (
            at < len(reading.letters)
            and reading.letters[at][0].isdigit()
            and (at == first or reading.gaps[at] <= SPACE)
        ):
            continue
        if at - first in _SPOKEN_DIGITS and reading.letters[first][0] == "0":
            yield reading.starts[first], reading.ends[at - 1]
        first = at if at < len(reading.letters) and reading.letters[at][0].isdigit() else at + 1
