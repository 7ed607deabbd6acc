"""How much of a log some protected words would take out: counted before anybody is asked to decide."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from accounts.models import User
from bundles.disclosure.redacting import FIELDS, Target
from bundles.disclosure.terms import Finder, Term
from cases.models import Case
from logs.models import Caption, Incident, Transcript

MOST_EXAMPLES = 6


@dataclass
class Taken:
    """What one term takes out of a log.

    Attributes:
        places: how often it is found; `where` the entries and exhibits it is found in.
        spelt: the spellings that were found, with how often.
    """

    places: int = 0
    where: set[str] = field(default_factory=set)
    spelt: Counter[str] = field(default_factory=Counter)

    @property
    def examples(self) -> list[str]:
        """The spellings found most often."""
        return [words for words, _count in self.spelt.most_common(MOST_EXAMPLES)]


def taken_by(case: Case, terms: Iterable[Term], by: User) -> dict[str, Taken]:
    """For each term, by its id, what it takes out of all that is written on a case."""
    finder = Finder(terms)
    found = {term.id: Taken() for term in finder.terms}
    for where, text in _texts(case, by):
        for hit in finder.every(text):
            taken = found[hit.term_id]
            taken.places += 1
            taken.where.add(where)
            taken.spelt[" ".join(text[hit.start : hit.end].split())] += 1
    return found


def left_in_small_letters(case: Case, term: Term, by: User) -> int:
    """How often an everyday word stands with a small letter, where it is not taken for the name."""
    wide = taken_by(case, [replace(term, in_any_case=True)], by)[term.id].places
    return wide - taken_by(case, [term], by)[term.id].places


def _texts(case: Case, by: User) -> Iterator[tuple[str, str]]:
    rows = Incident.objects.visible_to(by).filter(case=case).prefetch_related("amendments", "translations")
    for row in rows.iterator(chunk_size=500):
        where = f"entry {row.number}"
        yield from ((where, getattr(row, name)) for name in FIELDS[Target.ENTRY])
        yield from ((where, each.text) for each in (*row.amendments.all(), *row.translations.all()))
    for said in Caption.objects.visible_to(by).filter(case=case):
        yield from ((f"file {said.evidence_id}", getattr(said, name)) for name in FIELDS[Target.CAPTION])
    for typed in Transcript.objects.visible_to(by).filter(case=case):
        yield f"file {typed.evidence_id}", typed.text
