"""Near forms of a protected word: how else the same person, place or number is written. Pure: a term in, forms out."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, product
from pathlib import Path

from bundles.disclosure.declension import SHORT, bent, bent_together
from bundles.disclosure.folding import NONE, Reading, latin, read, read_aloud
from cases.matching import also_called

LONGEST = 120
MOST_FORMS, MOST_BENT = 400, 400
LEAST_LETTERS = 2
# From this length on a form is found inside a longer word, and with white space inside a word of its own.
FREE_LETTERS, SPACED_LETTERS = 8, 7
SHORT_WORD = 3
ADDRESSES, PHONES, STAFF, ALWAYS = "addresses", "phones", "staff_surnames", "always"
NAMES = frozenset({"third_parties", STAFF, "children", ALWAYS})
PLACES = "places"
# Either spelling of an address takes out the other.
SHORT_FORMS = (
    ("road", "rd"), ("street", "st", "str"), ("avenue", "ave", "av"), ("lane", "ln"), ("close", "cl"), ("drive", "dr"),
    ("court", "ct", "crt"), ("crescent", "cres"), ("gardens", "gdns", "gdn"), ("place", "pl"), ("square", "sq"),
    ("terrace", "terr", "ter"), ("saint", "st"), ("flat", "apartment", "apt"), ("house", "hse"), ("grove", "gr"),
    ("way", "wy"), ("north", "n"), ("south", "s"), ("east", "e"), ("west", "w"), ("and", ""),
)  # fmt: skip
_UMLAUTS = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "Å": "Aa", "Ø": "Oe"}
)
_TITLES = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "miss",
        "mx",
        "dr",
        "sir",
        "dame",
        "lord",
        "lady",
        "pc",
        "ps",
        "dc",
        "ds",
        "di",
        "dci",
        "insp",
        "sgt",
        "rev",
        "prof",
    ]
)
_HOUSE = re.compile(r"^(?:(?:flat|apartment|apt|unit|no\.?|number)\s+)?\d+\w?[\s,]+", re.IGNORECASE)
_COUNTRY = re.compile(r"^(?:\+|00)?44\s*(?:\(0\))?|^0")


@dataclass(frozen=True)
class Term:
    """One protected word of a case.

    Attributes:
        id: whatever names it where it is kept.
        kind: what of a person it tells: a value of `bundles.models.Shown`, or `always`.
        words: as it was typed.
        with_first_name: of a full name, take out the first name by itself too.
        in_any_case: a word of everyday English is taken out with small letters too.
    """

    id: str
    kind: str
    words: str
    with_first_name: bool = False
    in_any_case: bool = False


@dataclass(frozen=True)
class Form:
    """One spelling that is looked for.

    Attributes:
        letters: without what stands between them.
        breaks: before which of them white space may stand as in the word itself.
        needs_capital: it is taken for a name only where it begins with a capital.
    """

    letters: str
    breaks: frozenset[int]
    needs_capital: bool = False

    @property
    def is_free(self) -> bool:
        """Found inside longer words too: nothing else is written with so many of these letters.

        With an initial at an end it would bite into the next word: "Kowalska and" is no "Kowalska A". A number in a
        longer one is another number.
        """
        if self.letters.isdigit():
            return False
        ends = sorted({0, *self.breaks, len(self.letters)})
        return len(self.letters) >= FREE_LETTERS and min(ends[1], ends[-1] - ends[-2]) >= SHORT_WORD

    @property
    def may_be_spaced(self) -> bool:
        """Found with white space inside its words too: "Har greaves", but not "west on" for Weston."""
        return len(self.letters) >= SPACED_LETTERS


def forms_of(term: Term) -> tuple[Form, ...]:
    """All the spellings of one term that are looked for."""
    found: dict[str, Form] = {}
    for spelling in _spellings(term):
        for form in _forms(spelling, term):
            if len(form.letters) >= LEAST_LETTERS and len(found) < MOST_FORMS:
                found.setdefault(form.letters, form)
    for form in _bent_forms(term):
        if len(found) < MOST_FORMS + MOST_BENT:
            found.setdefault(form.letters, form)
    return tuple(found.values())


@lru_cache(maxsize=1)
def common_words() -> frozenset[str]:
    """Words of everyday English that are also names."""
    lines = Path(__file__).with_name("common_words.txt").read_text().splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def is_common(word: str) -> bool:
    """Whether a word by itself would tear texts apart: an everyday one, or a very short one."""
    plain = read(word).plain
    return plain in common_words() or (len(plain) <= SHORT_WORD and plain.isalpha())


def address_lines(addresses: Iterable[str]) -> tuple[str, ...]:
    """The lines of addresses that say where somebody is: those of two words or more, longest first.

    A street is taken out without its number too. A line of one word (a town, a county) says too little of where she is
    and too much stands in other texts.
    """
    lines = {line.strip(" ,.") for address in addresses for line in re.split(r"[\n,]", address)}
    lines |= {_HOUSE.sub("", line) for line in lines}
    kept = [line for line in lines if len(line.split()) > 1]
    return tuple(sorted(kept, key=lambda line: (-len(line), line)))


def _spellings(term: Term) -> Iterator[str]:
    words = " ".join(term.words.split())[:LONGEST]
    yield words
    if term.kind == ADDRESSES:
        yield from address_lines([term.words[:LONGEST]])
    if "@" in words:
        yield words.replace("@", " at ").replace(".", " dot ")
    if term.kind == PHONES or re.fullmatch(r"[+(\d][\d\s().\-/]{8,}", words):
        yield from _numbers(words)
    if term.kind in NAMES:
        yield from _names(words, term)


def _numbers(words: str) -> Iterator[str]:
    """A phone number with and without its country, and without its first nought."""
    digits = re.sub(r"[^\d+]", "", words)
    core = _COUNTRY.sub("", digits, count=1)
    if digits and 8 <= len(core) <= 13:
        yield from (f"0{core}", f"44{core}", f"0044{core}", f"440{core}", core)


def _name_parts(words: str) -> list[str]:
    """The words of a person's name without titles; none of what is no name."""
    parts = [part for part in re.split(r"[\s,]+", words) if read(part).plain not in {"", *_TITLES}]
    return parts if len(parts) <= 4 and not any(digit.isdigit() for digit in words) else []


def _bent_forms(term: Term) -> Iterator[Form]:
    """Forms of names and places of one word as Polish and Lithuanian bend them; a capital where the name needs one."""
    parts = _name_parts(" ".join(term.words.split())[:LONGEST])
    if not parts or term.kind not in {*NAMES, PLACES} or (term.kind == PLACES and len(parts) > 1):
        return
    is_everyday = any(is_common(part) for part in parts)
    for spelling in _bent(parts, term):
        reading = read(spelling)
        is_short = is_everyday or len(reading.letters) <= SHORT or is_common(spelling)
        needs_capital = " " not in spelling and is_short and not term.in_any_case
        yield Form(reading.plain, _breaks(reading), needs_capital)


def _bent(parts: list[str], term: Term) -> Iterator[str]:
    *firsts, last = (read(part).plain for part in parts)
    if term.kind == PLACES:
        yield from bent(last, is_place=True)
        return
    called = sorted(also_called(parts[0])) if term.kind != STAFF else []
    surnames = [*_bent_surnames(parts[-1])]
    yield from surnames
    if firsts:
        initial = firsts[0][:1]
        is_double = "-" in parts[-1]
        for one, other in product(bent(firsts[0]), surnames) if is_double else bent_together(firsts[0], last):
            yield from (f"{one} {other}", f"{other} {one}")
        yield from (f"{initial} {other}" for other in surnames)
    if not firsts or term.with_first_name:
        for name in (firsts[0] if firsts else last, *called):
            yield from bent(read(name).plain)


def _bent_surnames(surname: str) -> Iterator[str]:
    """Of two names with a hyphen both are bent."""
    one, _hyphen, other = surname.rpartition("-")
    if one:
        yield from (f"{each}-{last}" for each, last in bent_together(read(one).plain, read(other).plain))
    else:
        yield from bent(read(other).plain, is_surname=True)


def _names(words: str, term: Term) -> Iterator[str]:
    """A person's name shortened, turned round, and called by."""
    parts = _name_parts(words)
    if not parts:
        return
    firsts, last = parts[:-1], parts[-1]
    called = sorted(also_called(parts[0])) if term.kind != STAFF else []
    if not firsts:
        yield from (last, *called)
        return
    yield from (" ".join(parts), f"{last} {' '.join(firsts)}", last, f"{firsts[0]} {last}", f"{last} {firsts[0]}")
    initials = [first[0] for first in firsts]
    yield from (f"{' '.join(initials)} {last}", f"{initials[0]} {last}", f"{last} {' '.join(initials)}")
    yield from (f"{name} {last}" for name in called)
    if term.with_first_name:
        yield from (firsts[0], *called)


def _forms(spelling: str, term: Term) -> Iterator[Form]:
    """A spelling with each of its words long and short, its numbers as digits, its foreign letters in plain ones."""
    written = {spelling, spelling.translate(_UMLAUTS)}
    for each in written:
        parts = [word for word in re.split(r"[\s,]+", each.replace("&", " and ")) if read(word).letters]
        choices = [_short_forms(word) for word in parts] if len(parts) > 1 else [[word] for word in parts]
        for words in islice(product(*choices), MOST_FORMS):
            yield from _read_forms(" ".join(word for word in words if word), term)


def _short_forms(word: str) -> list[str]:
    plain = read(word).plain
    return [word, *(form for group in SHORT_FORMS if plain in group for form in group if form != plain)]


def _read_forms(words: str, term: Term) -> Iterator[Form]:
    alone = len(words.split()) == 1
    needs_capital = alone and is_common(words) and not term.in_any_case
    for reading in (read(words), read_aloud(words)):
        if reading is not None and reading.letters:
            plain, breaks = reading.plain, _breaks(reading)
            yield Form(plain, breaks, needs_capital)
            if (looks := latin(plain)) != plain:
                yield Form(looks, breaks, needs_capital)


def _breaks(reading: Reading) -> frozenset[int]:
    return frozenset(at for at in range(1, len(reading.letters)) if reading.gaps[at] != NONE or reading.edges[at])
