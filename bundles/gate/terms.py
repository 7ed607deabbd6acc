"""What is withheld from one bundle, as the gate's child process is told it; its finds name ids and kinds alone."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from bundles.disclosure import spotting
from bundles.disclosure.spotting import Span
from bundles.disclosure.terms import Finder, Hit, Term

# What no list knows, by its form: the same spots that texts of the log are gone through for.
SPOTS: tuple[tuple[frozenset[str], Callable[[str], Iterator[Span]]], ...] = (
    (frozenset({"addresses"}), spotting.postcodes),
    (frozenset({"addresses", "places"}), spotting.positions),
    (frozenset({"phones"}), spotting.emails),
    (frozenset({"phones"}), spotting.phones),
    (frozenset({"school"}), spotting.schools),
    (frozenset({"vehicles"}), spotting.plates),
)


class Terms:
    """The withheld terms of one bundle, and the kinds that are withheld from it whether or not a term says so."""

    def __init__(self, terms: Sequence[Term], hidden: Collection[str] = ()) -> None:
        self._hidden = frozenset(hidden)
        self._words = {term.id: _plain(term.words) for term in terms}
        self._finder = Finder(terms)

    @classmethod
    def of(cls, payload: Mapping[str, Any]) -> "Terms":
        """From plain values: `terms` as `bundles.disclosure.withheld` tells them, and `hidden`, the kinds."""
        return cls([Term(**row) for row in payload["terms"]], payload.get("hidden", ()))

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

    def spotted(self, text: str) -> list[dict[str, Any]]:
        """What has the form of something withheld, in words that come from a file: each kind once, with `is_soft`.

        Texts of the log were gone through for it; the words of a letter or a screenshot are the file's own. A number in
        it may be anybody's: somebody has to look.
        """
        found = [kinds & self._hidden for kinds, spot in SPOTS if kinds & self._hidden and any(spot(text))]
        return [{"what": kind, "is_soft": True} for kind in sorted({min(kinds) for kinds in found})]

    def _is_exact(self, hit: Hit, text: str) -> bool:
        return _plain(text[hit.start : hit.end]) == self._words.get(hit.term_id)


def _plain(words: str) -> str:
    return " ".join(words.casefold().split())
