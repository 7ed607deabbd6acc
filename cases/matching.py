"""Search first: whether two spellings may be one person. Pure: no tables, no clock.

`search_keys` makes what is stored beside a name so that SQL can find candidates; `score` ranks them.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import jellyfish
import phonenumbers

FIRST_NAMES = Path(__file__).with_name("first_names.txt")
LIKELY_MATCH = 60  # the score from which a candidate is worth showing

# Letters that do not come apart into a plain letter and a mark.
_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"}
)
_APOSTROPHES = re.compile(r"['’‘`´ʼ′]")
_NOT_LETTERS = re.compile(r"[\W\d_]+")
_IRISH_O = re.compile(r"^[OÓoó](?:['’‘`´ʼ′]\s*|\s+|(?=[A-ZÁÉÍÓÚ]))(?=\w{2})")
_MAC = re.compile(r"^(?:mac|mc|mhic|nic)(?=\w{3})")
_PARTICLES = frozenset(
    ["o", "ni", "nic", "ui", "mac", "mc", "mhic", "al", "el", "ul", "bin", "ibn", "bint", "da",
     "das", "de", "del", "dela", "di", "do", "dos", "du", "la", "le", "van", "von", "der", "den"]
)  # fmt: skip
_SLAVIC_ENDING = re.compile(r"(?<=[scz])k[ay]$")
_BALTIC_ENDING = re.compile(r"(?:iene|aite|yte|ute|as|is|us|ys)$")


@dataclass(frozen=True)
class Person:
    """What is known of somebody searched for, or of somebody found."""

    first: str = ""
    last: str = ""
    born_on: date | None = None
    phones: tuple[str, ...] = ()


@dataclass(frozen=True)
class SearchKeys:
    """What is stored beside a name: folded for trigrams, codes to be compared by overlap."""

    first_folded: str
    last_folded: str
    first_codes: tuple[str, ...]
    surname_codes: tuple[str, ...]


def search_keys(first: str, last: str) -> SearchKeys:
    """Return the keys of a name; two names that may be the same share a surname code and a first-name code."""
    return SearchKeys(fold(first), fold(last), _first_codes(first), _surname_codes(last))


def normalise_phone(text: str, region: str = "GB") -> str:
    """Return a number as +447700900123 however it was typed, or nothing if it cannot be a number."""
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return ""
    if phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def fold(name: str) -> str:
    """Return a name in plain small letters: no marks, no apostrophes, one space for anything else between."""
    plain = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", name).lower().translate(_LETTERS))
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return _NOT_LETTERS.sub(" ", letters).strip()


@cache
def _groups() -> dict[str, frozenset[str]]:
    """For each listed first name the groups it stands in, each named after its first spelling."""
    found: dict[str, set[str]] = {}
    for line in FIRST_NAMES.read_text(encoding="utf-8").splitlines():
        names = [fold(name) for name in line.split("#")[0].split(",") if name.strip()]
        for name in names:
            found.setdefault(name, set()).add(names[0])
    return {name: frozenset(groups) for name, groups in found.items()}


def also_called(first: str) -> frozenset[str]:
    """The listed spellings and short forms of a first name, without itself."""
    name = fold(first)
    groups = _groups()
    return frozenset(other for other, of in groups.items() if of & groups.get(name, frozenset())) - {name}


def _first_codes(first: str) -> tuple[str, ...]:
    parts = _parts(first)
    groups = {f"g:{group}" for part in parts for group in _groups().get(part, ())}
    return tuple(sorted(groups | _sound_codes(parts)))


def _surname_codes(last: str) -> tuple[str, ...]:
    return tuple(sorted(_sound_codes(_surname_forms(last))))


def _surname_forms(last: str) -> frozenset[str]:
    """The ways one surname may be written: whole, its parts, without O', with Mc for Mac, masculine for feminine."""
    forms = set(_parts(last))
    bare = _IRISH_O.sub("", last.strip())
    if bare != last.strip():
        forms.add(fold(bare).replace(" ", ""))
    forms |= {_MAC.sub("mc", form) for form in forms}
    forms |= {_SLAVIC_ENDING.sub("ki", form) for form in forms}
    forms |= {stem for form in forms if len(stem := _BALTIC_ENDING.sub("", form)) >= 5}
    return frozenset(forms)


def _parts(name: str) -> frozenset[str]:
    """A name without spaces, and each part of a double name that says something by itself."""
    words = fold(name).split()
    whole = "".join(words)
    parts = {word for word in words if len(word) > 2 and word not in _PARTICLES}
    return frozenset(parts | ({whole} if whole else set()))


def _sound_codes(forms: Iterable[str]) -> set[str]:
    """Spelling, metaphone and NYSIIS codes, each marked, so that codes of one kind never meet another's."""
    codes = set()
    for form in forms:
        codes.add(f"r:{form}")
        if form.isascii():
            codes |= {f"m:{jellyfish.metaphone(form)}", f"n:{jellyfish.nysiis(form)}"}
    return codes - {"m:", "n:"}


def score(query: Person, candidate: Person) -> int:
    """Return how well a candidate answers a query, 0 to 100, over the facts that the query gives.

    From `LIKELY_MATCH` on a candidate is worth showing. The same phone number is one by itself, whatever the name.
    """
    asked = [
        (40, bool(fold(query.last)), surname_likeness(query.last, candidate.last)),
        (30, bool(fold(query.first)), first_name_likeness(query.first, candidate.first)),
        (20, query.born_on is not None and candidate.born_on is not None, birth_likeness(query, candidate)),
    ]
    weight = sum(points for points, is_asked, _likeness in asked if is_asked)
    named = (
        round(100 * sum(points * likeness for points, is_asked, likeness in asked if is_asked) / weight)
        if weight
        else 0
    )
    has_phone = not _numbers(query).isdisjoint(_numbers(candidate))
    return max(named, 80 + named // 5) if has_phone else named


def ranked(query: Person, candidates: Iterable[Person]) -> list[tuple[int, Person]]:
    """Return the candidates worth showing with their scores, the best first."""
    scored = [(score(query, candidate), candidate) for candidate in candidates]
    likely = [pair for pair in scored if pair[0] >= LIKELY_MATCH]
    return sorted(likely, key=lambda pair: (-pair[0], fold(pair[1].last), fold(pair[1].first)))


def surname_likeness(one: str, other: str) -> float:
    """Return 0 to 1: 1 the same, from 0.9 the same in another spelling, 0 not alike."""
    a, b = fold(one).replace(" ", ""), fold(other).replace(" ", "")
    if not a or not b:
        return 0.0
    if a == b:
        return 1.0
    if _surname_forms(one) & _surname_forms(other):
        return 0.92
    near = jellyfish.jaro_winkler_similarity(a, b)
    if _sounds_alike(_surname_forms(one), _surname_forms(other), near):
        return max(0.75, near - 0.1)
    return near - 0.25 if near >= 0.88 else 0.0


def _sounds_alike(some: Iterable[str], others: Iterable[str], near: float) -> bool:
    """Whether two names share a sound code; NYSIIS is the looser of the two and asks for nearer spellings."""
    shared = {code[:2] for code in _sound_codes(some) & _sound_codes(others)}
    return near >= 0.7 or (near >= 0.6 and "m:" in shared) if shared else False


def first_name_likeness(one: str, other: str) -> float:
    """Return 0 to 1: 1 the same, 0.95 a listed spelling of it, 0.5 the initial only, 0 not alike."""
    mine, others = _parts(one), _parts(other)
    if not mine or not others:
        return 0.0
    if mine & others:
        return 1.0 if fold(one) == fold(other) else 0.95
    my_groups, other_groups = _named_groups(mine), _named_groups(others)
    if my_groups & other_groups:
        return 0.95
    return max(_spelled_alike(a, b, bool(my_groups and other_groups)) for a in mine for b in others)


def _named_groups(parts: Iterable[str]) -> set[str]:
    return {group for part in parts for group in _groups().get(part, ())}


def _spelled_alike(a: str, b: str, are_two_names: bool) -> float:
    """How alike two spellings are that no list holds together; two listed names, such as John and Joan, are not."""
    if min(len(a), len(b)) == 1:
        return 0.5 if a[0] == b[0] else 0.0
    near = float(jellyfish.jaro_winkler_similarity(a, b))
    if are_two_names:
        return 0.0
    if _sounds_alike([a], [b], near):
        return 0.8
    return near - 0.25 if near >= 0.88 else 0.0


def birth_likeness(query: Person, candidate: Person) -> float:
    """Return 1 for the same day of birth, 0.8 with day and month swapped, 0.6 with one part different, else 0."""
    a, b = query.born_on, candidate.born_on
    if a is None or b is None:
        return 0.0
    if a == b:
        return 1.0
    if (a.year, a.month, a.day) == (b.year, b.day, b.month):
        return 0.8
    return 0.6 if [a.year == b.year, a.month == b.month, a.day == b.day].count(True) == 2 else 0.0


def _numbers(person: Person) -> set[str]:
    return {number for number in map(normalise_phone, person.phones) if number}
