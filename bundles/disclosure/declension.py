"""Names and places as Polish and Lithuanian grammar bends them: Kowalski, Kowalskiego; Anna, Annie; Jonas, Jono. Pure.

Rules over small letters without accents, as texts are read (`folding`): "ę" and "e" are one there, so some forms fall
together. Too many rather than too few: a form that no language has harms nobody, one that is missed names somebody.
What would be an everyday word is left out.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

# Genitive, dative, accusative, instrumental, locative, vocative: for each the ways to write it.
Cases = Sequence[Sequence[str]]
LEAST, LONGEST = 3, 24
SHORT = 4  # up to so many letters a bent form is taken for a name with a capital only
# How a Polish word's last consonant sounds before the "e" of the locative; the longer ones first.
_SOFT = (
    ("ch", "sze"), ("st", "scie"), ("zd", "zdzie"), ("k", "ce"), ("g", "dze"), ("r", "rze"), ("t", "cie"),
    ("d", "dzie"), ("l", "le"),
)  # fmt: skip
_HARDENED = ("k", "g", "ch", "h", "l", "j", "c", "sz", "rz", "x")  # before these endings it is "u"
_ACCENTED = ("n", "c", "s", "z")  # the accent may not have been typed: "Torun" for "Toruń"
_VOWELS = "aeiouy"
_FLEETING = (("iec", "c"), ("ec", "c"), ("ek", "k"), ("el", "l"), ("er", "r"))
# A Lithuanian husband's surname, and what his wife's and daughter's end in; and back.
_HUSBANDS = (
    ("ius", ("iene", "iuviene", "iute")), ("as", ("iene", "aite", "e")), ("is", ("iene", "yte", "e")),
    ("ys", ("iene", "yte", "e")), ("us", ("iene", "uviene", "ute")),
)  # fmt: skip
_WIVES = (
    ("iuviene", ("ius",)), ("uviene", ("us",)), ("aite", ("as",)),
    ("iene", ("as", "is", "ys", "us", "ius", "aite", "yte", "ute", "iute")),
    ("iute", ("ius",)), ("yte", ("is", "ys")), ("ute", ("us",)),
)  # fmt: skip


@lru_cache(maxsize=1)
def everyday() -> frozenset[str]:
    """Words that texts are full of: no bent form is one of them."""
    lines = Path(__file__).with_name("everyday_words.txt").read_text().splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def bent(word: str, *, is_surname: bool = False, is_place: bool = False) -> tuple[str, ...]:
    """The forms of one word, without itself.

    Args:
        word: small letters, no accents.
        is_surname: with those of the family: Kowalska, Kazlauskienė.
        is_place: with the endings that only places have.
    """
    found = [form for cases in _paradigms(word, is_surname, is_place) for ways in cases for form in ways]
    return tuple(form for form in dict.fromkeys(found) if _is_told(form, word))


def bent_together(first: str, last: str) -> tuple[tuple[str, str], ...]:
    """A first name and a surname, both in the same case."""
    pairs = [
        (one, other)
        for rules in (_polish, _lithuanian)
        for firsts in rules(first) or [_same(first)]
        for lasts in (*rules(last), *_unbent(last))
        for ways, others in zip(firsts, lasts, strict=True)
        for one in ways
        for other in others
    ]
    return tuple(pair for pair in dict.fromkeys(pairs) if pair != (first, last))


def family_of(word: str) -> tuple[str, ...]:
    """The same surname as others of the family have it."""
    if word.endswith(("ski", "cki")):
        return (word[:-1] + "a",)
    if word.endswith(("ska", "cka")):
        return (word[:-1] + "i",)
    for ending, others in (*_WIVES, *_HUSBANDS):
        if word.endswith(ending) and len(word) - len(ending) >= LEAST:
            return tuple(word.removesuffix(ending) + other for other in others)
    return ()


def _is_told(form: str, word: str) -> bool:
    return form != word and len(form) >= LEAST and form not in everyday()


def _same(word: str) -> Cases:
    return ((word,),) * 6


def _unbent(surname: str) -> list[Cases]:
    """A woman's surname that ends in a consonant stays as it is: Anny Nowak."""
    return [] if surname[-1:] in _VOWELS else [_same(surname)]


def _paradigms(word: str, is_surname: bool, is_place: bool) -> Iterator[Cases]:
    if not LEAST <= len(word) <= LONGEST or not (word.isascii() and word.isalpha()):
        return
    yield from (*_polish(word), *_lithuanian(word))
    for other in family_of(word) if is_surname else ():
        is_polish = other.endswith(("ska", "cka", "ski", "cki"))
        yield from (_same(other), *(_polish(other) if is_polish else _lithuanian(other)))
    if is_surname:
        yield _polish_family(word)
    if is_place:
        yield _polish_place(word)


# --- Polish ---------------------------------------------------------------------------------------------------------


def _polish(word: str) -> list[Cases]:
    stem, last = word[:-1], word[-1]
    if word.endswith(("ska", "cka")):
        return [((stem + "iej",), (stem + "iej",), (word,), (word,), (stem + "iej",), (word,))]
    if last == "a":
        return [_feminine(stem)]
    if last in "iy":
        return [_adjective(stem, last), _foreign(word)]
    if last == "o":
        return [_feminine(stem), *_masculine(stem)]
    return [_foreign(word)] if last == "e" else _masculine(word)


def _adjective(stem: str, last: str) -> Cases:
    """Kowalski, Antoni, Jerzy."""
    i = "i" if last == "i" else ""
    m = stem + ("im" if last == "i" else "ym")
    return ((f"{stem}{i}ego",), (f"{stem}{i}emu",), (f"{stem}{i}ego",), (m,), (m,), (stem + last,))


def _foreign(word: str) -> Cases:
    """What Polish leaves as it is and adds to, after an apostrophe or without one: Harry'ego, Luke'a."""
    is_soft = word.endswith(("y", "i"))
    whose, whom = (
        tuple(word + each for each in ways)
        for ways in ((("ego",), ("emu",)) if is_soft else (("a", "go"), ("owi", "mu")))
    )
    return (whose, whom, whose, (word + "m", word + "em"), (word + "m",), (word,))


def _feminine(stem: str) -> Cases:
    """Anna, Ola, Maria, Maja; and Moniuszko, who is bent as they are."""
    if stem.endswith(("i", "j")):  # Zofia, Kasia; Alicja, Maja
        short = (stem + "i", stem if stem.endswith("i") else stem[:-1] + "i")
        return (short, short, (stem + "e",), (stem + "a",), short, (stem + "o", stem + "u"))
    whose: Sequence[str] = (stem + "i",) if stem.endswith(("k", "g")) else (stem + "y",)
    whom: Sequence[str] = _softened(stem)
    if stem.endswith("l"):  # "Ola" and "Skała" are one here
        whose, whom = (stem + "i", stem + "y"), (stem + "i", stem + "e")
    elif stem.endswith(("c", "cz", "sz", "rz", "z")):
        whom = (*whom, stem + "y")
    return (whose, whom, (stem + "e",), (stem + "a",), whom, (stem + "o", stem + "u"))


def _softened(stem: str) -> tuple[str, ...]:
    for ending, soft in _SOFT:
        if stem.endswith(ending):
            return (stem.removesuffix(ending) + soft,)
    return (stem + "ie",)


def _masculine(word: str) -> list[Cases]:
    """Jan, Nowak; Marek and Paweł, who lose their "e"; Kamiń, whose accent may be missing."""
    if not word or word[-1] in _VOWELS:
        return []
    found = [_of_stem(word)]
    for ending, rest in _FLEETING:
        if word.endswith(ending) and len(word) > len(ending) + 1:
            found.append(_of_stem(word.removesuffix(ending) + rest))
            break
    if word.endswith(_ACCENTED) and not word.endswith(("as", "is", "us", "ys")):
        soft = word + "i"
        found.append(((soft + "a",), (soft + "owi",), (soft + "a",), (soft + "em",), (soft + "u",), (soft + "u",)))
    return found


def _of_stem(stem: str) -> Cases:
    with_whom = stem + "iem" if stem.endswith(("k", "g")) else stem + "em"
    where = (stem + "u",) if stem.endswith(_HARDENED) else _softened(stem)
    if stem.endswith("l"):  # "Pawle", and "Karolu"
        where = (*where, stem + "e")
    return ((stem + "a",), (stem + "owi",), (stem + "a",), (with_whom,), where, where)


def _polish_family(word: str) -> Cases:
    """The Nowaks, the Kowalskis, with the Zarębas."""
    if word.endswith(("ski", "cki", "ska", "cka")):
        stem = word[:-2]
        return ((stem + "kich",), (stem + "kim",), (stem + "cy",), (stem + "kimi",), (), ())
    stem = word[:-1] if word[-1] in _VOWELS else word
    return ((stem + "ow",), (stem + "om",), (stem + "owie",), (stem + "ami",), (stem + "ach",), ())


def _polish_place(word: str) -> Cases:
    """Londyn, Łódź; Opole, Zakopane; Katowice, Tychy: many places are plurals."""
    if word[-1] not in _VOWELS:
        return ((word + "u", word + "i", word + "y"), (), (), (), (), ())
    stem = word[:-1]
    bare = (stem,) if len(stem) > SHORT else ()
    plural = ((*bare, stem + "a", stem + "ego"), (stem + "om", stem + "u", stem + "emu"), (), (stem + "ami",))
    return (*plural, (stem + "ach", stem + "em", stem + "ym"), ())


# --- Lithuanian -----------------------------------------------------------------------------------------------------


def _lithuanian(word: str) -> list[Cases]:
    """Of masculine names all that end in an s, of feminine ones those in a and ė."""
    stem = word[:-2]
    if word.endswith("as"):
        return [_joined(stem, "o", "ui", "a", "u", "e", "ai"), _joined(stem, "u", "ams", "us", "ais", "uose", "ai")]
    if word.endswith(("is", "ys")):
        soft = stem[:-1] + {"t": "ci", "d": "dzi"}[stem[-1]] if stem[-1:] in {"t", "d"} else stem + "i"
        return [
            ((soft + "o",), (soft + "ui",), (stem + "i",), (soft + "u",), (stem + "yje",), (stem + "i", stem + "y"))
        ]
    if word.endswith("us"):
        return [_joined(stem, "aus", "ui", "u", "umi", "uje", "au")]
    if word.endswith("a"):
        return [_joined(word[:-1], "os", "ai", "a", "a", "oje", "a")]
    return [_joined(word[:-1], "es", "ei", "e", "e", "eje", "e")] if word.endswith("e") else []


def _joined(stem: str, *endings: str) -> Cases:
    return tuple((stem + ending,) for ending in endings)
