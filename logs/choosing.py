"""Which entries a list shows: of one month, of one day, by their numbers, by a word in them.

All but the word stand in the address; the word is posted, so that no address and no history ever holds it.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import Q
from django.db.models.functions import Coalesce

from logs.models import Incident
from logs.rules import Precision

LONGEST_RUNS = 6_000  # as much of an address as every server and browser takes
MOST_NUMBERS = 20_000
TEXTS = (
    "place", "what_happened", "evidence_words", "police_response", "police_reference", "impact", "changes_made",
    "impact_on_others", "when_words",
)  # fmt: skip
_RUN = re.compile(r"(\d{1,7})(?:-(\d{1,7}))?")


def as_runs(numbers: Iterable[int]) -> str:
    """Numbers as an address holds them: 1, 2, 3 and 7 are "1-3,7"."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)


def from_runs(text: str) -> set[int]:
    """The numbers that `as_runs` wrote; what is no number is passed over, and so is more than any log has."""
    found: set[int] = set()
    for part in text[:LONGEST_RUNS].split(","):
        if match := _RUN.fullmatch(part.strip()):
            first, last = int(match[1]), int(match[2] or match[1])
            if first <= last <= first + MOST_NUMBERS and len(found) < MOST_NUMBERS:
                found |= set(range(first, last + 1))
    return found


def day_from(text: str) -> date | None:
    """A day from an address; none when it is not one."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def month_from(text: str) -> date | None:
    """The first day of a month written as "2026-06"; none when it is not one."""
    return day_from(f"{text}-01") if re.fullmatch(r"\d{4}-\d{2}", text) else None


def of_days(incidents: Any, first: date, last: date) -> Any:
    """Entries that are dated to any of these days, those that lasted longer too; not those known to the month alone."""
    ends = Coalesce("until_on", "occurred_on")
    found = incidents.annotate(ends_on=ends).filter(occurred_on__lte=last, ends_on__gte=first)
    return found.exclude(precision=Precision.MONTH)


def narrowed(incidents: Any, asked: Mapping[str, str]) -> Any:
    """The entries an address asks for by `day` and `numbers`; one that is spoilt narrows nothing."""
    day = day_from(asked.get("day", ""))
    if day is not None:
        incidents = of_days(incidents, day, day)
    numbers = from_runs(asked.get("numbers", ""))
    return incidents.filter(number__in=numbers) if numbers else incidents


def known_to_the_month(incidents: Any, month: date) -> Any:
    """Entries of a month that no day is known of."""
    return incidents.filter(Q(precision=Precision.MONTH), occurred_on__year=month.year, occurred_on__month=month.month)


def words_of(query: str) -> list[str]:
    """What is looked for, word by word, as `has_words` compares it."""
    return _plain(query).split()


def has_words(incident: Incident, words: Iterable[str], more: Iterable[str] = ()) -> bool:
    """Whether every word stands somewhere in an entry or in `more`, as a part of a word too, capitals or not."""
    text = _plain("\n".join([*(getattr(incident, name) for name in TEXTS), *more]))
    return all(word in text for word in words)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
