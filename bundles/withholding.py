"""Taking out, before anything is printed, what this recipient is not to see. Pure: texts in, texts out.

Withheld text is removed and marked, never covered. The first form works by pattern and by what the case knows: every
postcode, phone number and e-mail address, and the victim's own in any spelling; `docs/decisions` says why so broadly.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

MARK = "[withheld]"
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
_LEAST_DIGITS, _MOST_DIGITS = 9, 15
# Either spelling of an address takes out the other.
_SHORT_FORMS = (
    ("road", "rd"), ("street", "st", "str"), ("avenue", "ave", "av"), ("lane", "ln"), ("close", "cl"), ("drive", "dr"),
    ("court", "ct"), ("crescent", "cres"), ("gardens", "gdns"), ("place", "pl"), ("square", "sq"), ("terrace", "terr"),
    ("saint", "st"), ("flat", "apartment", "apt"),
)  # fmt: skip
_HOUSE = re.compile(r"^(?:(?:flat|apartment|apt|unit|no\.?)\s+)?\d+\w?\s+", re.IGNORECASE)


@dataclass(frozen=True)
class Withholder:
    """What is taken out of texts for one bundle.

    Args:
        addresses: address lines known to the case; empty when addresses are shown.
        hides_addresses: take out postcodes too.
        hides_phones: take out phone numbers and e-mail addresses.
    """

    addresses: tuple[str, ...] = ()
    hides_addresses: bool = True
    hides_phones: bool = True

    def clean(self, text: str) -> str:
        """The text without what is withheld."""
        if self.hides_addresses:
            for line in self.addresses:
                text = _spelling(line).sub(MARK, text)
            text = _POSTCODE.sub(MARK, text)
        if self.hides_phones:
            text = _without_phones(_EMAIL.sub(MARK, text))
        return text


def _without_phones(text: str) -> str:
    """The text without phone numbers, which are found in a reading of it that has plain digits at the same places."""
    kept, end = [], 0
    for found in _DAY_OR_PHONE.finditer(_read_as_digits(text)):
        if not found["day"] and _LEAST_DIGITS <= sum(map(str.isdigit, found.group())) <= _MOST_DIGITS:
            kept += [text[end : found.start()], MARK]
            end = found.end()
    return "".join([*kept, text[end:]])


def _read_as_digits(text: str) -> str:
    plain = "".join(str(unicodedata.decimal(letter)) if letter.isdecimal() else letter for letter in text)
    return _LIKE_DIGITS.sub(lambda run: "".join(_LETTER_DIGITS[letter] for letter in run.group()), plain)


def _spelling(line: str) -> re.Pattern[str]:
    """A line in any case, with any spacing and commas between its words, each word long or short."""
    words = [_word(word) for word in re.split(r"[\s,.]+", line) if word]
    return re.compile(r"(?<!\w)" + r"[\s,.]+".join(words) + r"(?!\w)", re.IGNORECASE)


def _word(word: str) -> str:
    forms = {form for group in _SHORT_FORMS if word.lower() in group for form in group}
    return f"(?:{'|'.join(sorted(forms, reverse=True))})" if forms else re.escape(word)


def address_lines(addresses: Iterable[str]) -> tuple[str, ...]:
    """The lines of addresses that say where somebody is: those of two words or more, longest first.

    A street is taken out without its number too. A line of one word (a town, a county) says too little of where she is
    and too much stands in other texts.
    """
    lines = {line.strip(" ,.") for address in addresses for line in re.split(r"[\n,]", address)}
    lines |= {_HOUSE.sub("", line) for line in lines}
    kept = [line for line in lines if len(line.split()) > 1]
    return tuple(sorted(kept, key=lambda line: (-len(line), line)))
