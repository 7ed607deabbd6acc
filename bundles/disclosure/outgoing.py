"""Protected words in texts that leave beside bundles: stopped, not taken out, since a person can still mend them."""

from collections.abc import Mapping

from accounts.models import User
from bundles.disclosure.protected import known_terms, typed_terms
from bundles.disclosure.terms import Finder
from cases.models import Case, ProtectedKind
from cases.protected_words import Spotted

HERS = ("victim:", "safe_contact:")


def spot(case: Case, by: User, texts: Mapping[str, str]) -> list[Spotted]:
    """Find what workers have protected, and where the victim lives and is reached, in texts about to leave.

    Names of professionals and of our own people may stand there: whoever is asked to help has to know who else does.
    """
    hers = [term for term in known_terms(case, by) if term.id.startswith(HERS)]
    finder = Finder([*typed_terms(case, by), *hers])
    return [
        Spotted(place, ProtectedKind(hit.kind).label, text[hit.start : hit.end])
        for place, text in texts.items()
        for hit in finder.found(text)
    ]
