"""What is withheld from one bundle, as the gate's child process is told it; its finds name ids and kinds alone."""

from collections.abc import Mapping, Sequence
from typing import Any

from bundles.terms import Finder, Hit, Term


class Terms:
    """The withheld terms of one bundle."""

    def __init__(self, terms: Sequence[Term]) -> None:
        self._words = {term.id: _plain(term.words) for term in terms}
        self._finder = Finder(terms)

    @classmethod
    def of(cls, told: Sequence[Mapping[str, Any]]) -> "Terms":
        """From plain values, as `bundles.withheld` tells them."""
        return cls([Term(**row) for row in told])

    def found(self, text: str, *, is_read_by_machine: bool = False) -> list[dict[str, Any]]:
        """The terms in a text, each once.

        Returns:
            of each `what`, its kind; `term`, its id; `is_soft`: a machine read letters that are nearly, not exactly it.
        """
        if not self._words or not text:
            return []
        hits: dict[str, dict[str, Any]] = {}
        for hit in self._finder.found(text):
            is_soft = is_read_by_machine and not self._is_exact(hit, text)
            before = hits.setdefault(hit.term_id, {"what": hit.kind, "term": hit.term_id, "is_soft": is_soft})
            before["is_soft"] = before["is_soft"] and is_soft
        return list(hits.values())

    def _is_exact(self, hit: Hit, text: str) -> bool:
        return _plain(text[hit.start : hit.end]) == self._words.get(hit.term_id)


def _plain(words: str) -> str:
    return " ".join(words.casefold().split())
