"""Taking out, before anything is printed, what this recipient is not to see. Pure: texts in, texts out.

Withheld text is removed and marked, never covered. The first form works by pattern and by what the case knows: every
postcode, phone number and e-mail address, and the victim's own in any spelling; `docs/decisions` says why so broadly.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

MARK = "[withheld]"
_POSTCODE = re.compile(r"\b[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2}\b", re.IGNORECASE)
_PHONE = re.compile(r"(?<![\w+])(?:\+|00|\(?0)[\d\s().\-/–]{7,20}\d(?!\w)")
_EMAIL = re.compile(r"[^\s@<>()\[\],;:]+@[^\s@<>()\[\],;:]+\.[^\s@<>()\[\],;:]+")
_LEAST_DIGITS, _MOST_DIGITS = 9, 15


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
            text = _EMAIL.sub(MARK, text)
            text = _PHONE.sub(_phone_or_not, text)
        return text


def _phone_or_not(found: re.Match[str]) -> str:
    digits = sum(letter.isdigit() for letter in found.group())
    return MARK if _LEAST_DIGITS <= digits <= _MOST_DIGITS else found.group()


def _spelling(line: str) -> re.Pattern[str]:
    """A line in any case, with any spacing and commas between its words."""
    words = [re.escape(word) for word in re.split(r"[\s,.]+", line) if word]
    return re.compile(r"(?<!\w)" + r"[\s,.]+".join(words) + r"(?!\w)", re.IGNORECASE)


def address_lines(addresses: Iterable[str]) -> tuple[str, ...]:
    """The lines of addresses that say where somebody is: those of two words or more, longest first.

    A line of one word (a town, a county) says too little of where she is and too much stands in other texts.
    """
    lines = {line.strip(" ,.") for address in addresses for line in re.split(r"[\n,]", address)}
    kept = [line for line in lines if len(line.split()) > 1]
    return tuple(sorted(kept, key=len, reverse=True))
