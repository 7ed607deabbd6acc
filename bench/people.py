"""Invented names and sentences for load data: enough different ones that a search has something to tell apart."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from typing import Any

from cases.matching import FIRST_NAMES, search_keys
from nsvcs.casetext import to_bytes

STEMS = ("Alder", "Amber", "Ash", "Bram", "Brook", "Carr", "Clay", "Dale", "Elm", "Fair", "Fen", "Glen", "Hal", "Hart",
         "Hazel", "Hol", "Kes", "Lark", "Lin", "Mar", "Mead", "Nor", "Oak", "Pen", "Rook", "Rush", "Sedge", "Thorn",
         "Wath", "Wil", "Wren", "Yar")  # fmt: skip
ENDINGS = ("bank", "beck", "bury", "by", "cliffe", "combe", "cote", "croft", "dale", "den", "field", "ford", "gate",
           "ham", "hurst", "ley", "low", "mere", "more", "ridge", "sett", "shaw", "son", "stead", "stoke", "thorpe",
           "ton", "wade", "ward", "well", "wick", "wood", "worth")  # fmt: skip
SENTENCES = (
    "He was sitting in his car across from the gate when I came out, and followed the bus to the end of my road.",
    "Nine missed calls between lunch and three. No messages.",
    "A card through the door with no name on it. It said he could see the new curtains.",
    "He stood across the road while I dropped my son off, and waved at him.",
    "Another new account asked to follow me. The picture was of the street I live in.",
    "My neighbour said that somebody had asked her which days I work from home.",
    "Flowers were left on the car again, with a note that named the place I had been the night before.",
    "I did not sleep. I asked to leave work early and a friend came to stay.",
    "They took a statement and said that an officer would ring within two days.",
    "I get the bus from the other stop now, and do not go out after dark on my own.",
)


@cache
def first_names() -> tuple[str, ...]:
    """One spelling from each group of the list that searching uses."""
    lines = FIRST_NAMES.read_text(encoding="utf-8").splitlines()
    return tuple(line.split("#")[0].split(",")[0].strip().title() for line in lines if line.split("#")[0].strip())


@cache
def last_names() -> tuple[str, ...]:
    return tuple(stem + ending for stem in STEMS for ending in ENDINGS)


@cache
def keys_of(first: str, last: str) -> tuple[list[str], list[str]]:
    keys = search_keys(first, last)
    return list(keys.first_codes), list(keys.surname_codes)


def victims(count: int) -> Iterator[dict[str, Any]]:
    """People, the same ones every time: some names are common, most are rare."""
    chance = random.Random(20261122)
    firsts, lasts = first_names(), last_names()
    for number in range(1, count + 1):
        first = firsts[int(len(firsts) * chance.random() ** 1.6)]
        last = lasts[int(len(lasts) * chance.random() ** 1.6)]
        phone = f"+44770090{chance.randrange(10_000):04}"
        first_codes, surname_codes = keys_of(first, last)
        yield {
            "number": number,
            "first_name": first,
            "last_name": last,
            "born_on": date(1950, 1, 1) + timedelta(days=chance.randrange(20_000)),
            "phone": f"07700 90{phone[8:]}",
            "phone_keys": [phone],
            "first_codes": first_codes,
            "surname_codes": surname_codes,
        }


def texts() -> Iterator[tuple[int, bytes]]:
    """A hundred narratives of one to eight sentences, as the database keeps them."""
    chance = random.Random(20261123)
    for number in range(100):
        yield number, to_bytes(" ".join(chance.choices(SENTENCES, k=1 + int(8 * chance.random() ** 2))))
