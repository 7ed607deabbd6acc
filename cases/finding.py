"""Finding people and cases among those one may see; of others only that somebody like this is known."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Prefetch, Q

from accounts.models import User
from cases.matching import LIKELY_MATCH, Person, normalise_phone, score, search_keys
from cases.models import Case, Victim

MOST_FOUND = 20
FEWEST_DIGITS = 5  # of the end of a number; fewer would be anybody's
_NUMBER = re.compile(r"[\d\s().+-]+")


@dataclass(frozen=True)
class Found:
    """What a search found.

    Args:
        victims: those one may see, the likeliest first, each with `shown_cases`.
        is_hidden_match: somebody like this is known to a colleague; who and where is not said.
    """

    victims: list[Victim] = field(default_factory=list)
    is_hidden_match: bool = False

    @property
    def cases(self) -> list[Case]:
        """Every case shown with them."""
        return [case for victim in self.victims for case in victim.shown_cases]  # type: ignore[attr-defined]


def find_person(user: User, *, first: str, last: str, born_on: date | None, phone: str) -> Found:
    """Look for a person before making a file: by the sound of the names, spellings, date of birth and phone."""
    asked = Person(first, last, born_on, (phone,) if phone else ())
    keys = search_keys(first, last)
    phones = [number] if (number := normalise_phone(phone)) else []
    surnames, firsts = list(keys.surname_codes), list(keys.first_codes)
    candidates = _with_cases(user, Victim.objects.visible_to(user).matching(surnames, firsts, phones, born_on))
    return Found(_ranked([asked], candidates), _is_known_elsewhere(surnames, firsts, phones, born_on))


def _is_known_elsewhere(surnames: list[str], firsts: list[str], phones: list[str], born_on: date | None) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT hidden_match(%s::varchar[], %s::varchar[], %s::varchar[], %s::date)",
            [surnames, firsts, phones, born_on],
        )
        return bool(cursor.fetchone()[0])


def find_cases(user: User, words: str) -> list[Case]:
    """Look for a case among one's own by reference, name to ask for, name or phone number."""
    cases = Case.objects.visible_to(user).select_related("victim").with_safe_name()
    named = cases.filter(Q(reference__icontains=as_reference(words)) | Q(safe_name__icontains=words))
    by_name = list(named.order_by("-received_at")[:MOST_FOUND])
    more = [case for victim in _like(user, words) for case in victim.shown_cases]  # type: ignore[attr-defined]
    return list({case.pk: case for case in [*by_name, *more]}.values())[:MOST_FOUND]


def as_reference(words: str) -> str:
    """The words as a case reference, however they were spaced."""
    return "-".join(words.upper().replace("-", " ").split())


def _like(user: User, words: str) -> list[Victim]:
    """Victims whose name or number is like the words: the last word a surname, or each word either name."""
    first, _space, last = words.strip().rpartition(" ")
    whole = search_keys(words, words)
    phones = [number] if (number := normalise_phone(words)) else []
    found = Victim.objects.visible_to(user).matching(list(whole.surname_codes), list(whole.first_codes), phones, None)
    asked = [Person(first, last)] if first else [Person(first=words), Person(last=words)]
    if phones:
        asked = [Person(phones=(words,))]
    return [*_ranked(asked, _with_cases(user, found)), *_ending(user, words)]


def _ending(user: User, words: str) -> Iterable[Victim]:
    """Victims with a number that ends in the digits given, as somebody reads it from a display or a note."""
    digits = "".join(letter for letter in words if letter.isdecimal())
    if not _NUMBER.fullmatch(words) or len(digits) < FEWEST_DIGITS:
        return []
    found = Victim.objects.visible_to(user).with_number_ending(digits)
    return _with_cases(user, found.order_by("last_name", "pk")[:MOST_FOUND])


def _with_cases(user: User, victims: Any) -> Iterable[Victim]:
    shown = Case.objects.visible_to(user).with_safe_name().order_by("-received_at")
    found: Iterable[Victim] = victims.prefetch_related(Prefetch("cases", queryset=shown, to_attr="shown_cases"))
    return found


def _ranked(asked: list[Person], candidates: Iterable[Victim]) -> list[Victim]:
    """The likely ones, the best first; a name she goes by counts like her first name."""
    scored = []
    for victim in candidates:
        firsts = {victim.first_name, victim.known_as} - {""} or {""}
        facts = [Person(first, victim.last_name, victim.born_on, tuple(victim.phone_keys)) for first in firsts]
        scored.append((max(score(one, fact) for one in asked for fact in facts), victim))
    likely = [pair for pair in scored if pair[0] >= LIKELY_MATCH]
    return [victim for _score, victim in sorted(likely, key=lambda pair: (-pair[0], pair[1].last_name))][:MOST_FOUND]
