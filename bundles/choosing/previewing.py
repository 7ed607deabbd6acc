"""How much of a log some protected words would take out: counted before anybody is asked to decide."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TypeAlias

from accounts.models import User
from bundles.disclosure.redacting import FIELDS, Target
from bundles.disclosure.sieving import Many
from bundles.disclosure.terms import Finder, Term
from cases.models import Case
from logs.models import Amendment, Caption, Incident, Transcript, Translation

MOST_EXAMPLES = 6
AT_ONCE = 5_000
Text: TypeAlias = tuple[str, str]  # where it stands, and what it says


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
    for some in _some_at_a_time(row for row in _texts(case, by) if row[1]):
        unread = finder.unread(Many([text for _where, text in some]))
        for where, text in some:
            for hit in () if text in unread else finder.every(text):
                taken = found[hit.term_id]
                taken.places += 1
                taken.where.add(where)
                taken.spelt[" ".join(text[hit.start : hit.end].split())] += 1
    return found


def taken_and_left(case: Case, term: Term, by: User) -> tuple[Taken, int]:
    """What an everyday word takes out, and how often it stands with a small letter, which is taken for no name."""
    wide = replace(term, id=f"{term.id} wide", in_any_case=True)
    found = taken_by(case, [term, wide], by)
    return found[term.id], found[wide.id].places - found[term.id].places


def _some_at_a_time(texts: Iterator[Text]) -> Iterator[list[Text]]:
    while some := list(islice(texts, AT_ONCE)):
        yield some


def _texts(case: Case, by: User) -> Iterator[Text]:
    """All that is written on a case, each with where: as many queries for a long log as for a short one."""
    names = FIELDS[Target.ENTRY]
    numbers = {}
    rows = Incident.objects.visible_to(by).filter(case=case)
    for pk, number, *texts in rows.values_list("pk", "number", *names).iterator():
        numbers[pk] = f"entry {number}"
        yield from ((numbers[pk], text) for text in texts)
    for notes in (Amendment.objects.visible_to(by), Translation.objects.visible_to(by)):
        for pk, text in notes.filter(case=case).values_list("incident_id", "text").iterator():
            yield numbers.get(pk, ""), text
    said = Caption.objects.visible_to(by).filter(case=case).values_list("evidence_id", *FIELDS[Target.CAPTION])
    for pk, *texts in said.iterator():
        yield from ((f"file {pk}", text) for text in texts)
    typed = Transcript.objects.visible_to(by).filter(case=case).values_list("evidence_id", "text")
    yield from ((f"file {pk}", text) for pk, text in typed.iterator())
