"""What is looked for of each kind that is withheld: by its form, by words of the case, or by nothing yet."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid5

from django import forms as stock
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from bundles.disclosure.folding import read
from bundles.disclosure.near_forms import LEAST_LETTERS, LONGEST, Term, is_common
from bundles.disclosure.protected import case_terms
from bundles.models import Shown
from cases.actions import protect_words
from cases.models import Case, ProtectedKind
from nsvcs import forms
from nsvcs.ids import uuid7

_ENDS = ";"
MOST_IN_A_LINE = 600


@dataclass(frozen=True)
class Line:
    """One line of the form: what it asks for, and what is taken out of that kind without any word."""

    kind: ProtectedKind
    label: Promise
    by_itself: Promise | str = ""


# What no page of the case asks for comes first. The name of the field, which is unlike the kind's where two share one.
LINES: Mapping[str, Line] = {
    "school": Line(
        ProtectedKind.SCHOOL, gettext_lazy("School, nursery or college"),
        gettext_lazy("Names that end as a school’s do, such as “Hill Primary School”"),
    ),
    "workplace": Line(ProtectedKind.WORKPLACE, gettext_lazy("Workplace")),
    "vehicles": Line(
        ProtectedKind.VEHICLES, gettext_lazy("Vehicle or number plate"), gettext_lazy("British number plates")
    ),
    "routine": Line(
        ProtectedKind.ROUTINE, gettext_lazy("Routine: a club, a class, a shop"), gettext_lazy("Column “changes made”")
    ),
    "places": Line(
        ProtectedKind.PLACES,
        gettext_lazy("Place where the victim often is"),
        gettext_lazy("Column “where”, map positions"),
    ),
    "children": Line(
        ProtectedKind.CHILDREN, gettext_lazy("Child’s name"), gettext_lazy("Column “impact on children or others”")
    ),
    "new_name": Line(ProtectedKind.ALWAYS, gettext_lazy("New surname, or another name the victim goes by now")),
    "people": Line(ProtectedKind.THIRD_PARTIES, gettext_lazy("Another person’s name, such as a friend’s")),
    "addresses": Line(
        ProtectedKind.ADDRESSES, gettext_lazy("Another address, such as a refuge"),
        gettext_lazy("Postcodes, and streets with a house number"),
    ),
    "phones": Line(
        ProtectedKind.PHONES, gettext_lazy("Another number or email address"),
        gettext_lazy("Phone numbers and email addresses"),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Kind:
    """One kind as it stands on the case.

    Attributes:
        by_itself: what is taken out of it without any word.
        count: how many words stand on the case.
        box: the line to add one.
    """

    label: str
    by_itself: str
    count: int
    box: Any


class LinesForm(forms.Form):
    """A line for each kind; several words in one with a semicolon between them."""

    prefix = "line"
    key = forms.KeyField(required=False)
    draft = stock.UUIDField(required=False, widget=stock.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Make a box for each line."""
        super().__init__(*args, **kwargs)
        for name, line in LINES.items():
            self.fields[name] = forms.CharField(label=line.label, required=False, max_length=MOST_IN_A_LINE)

    def clean(self) -> dict[str, Any]:
        """Each word can be looked for."""
        said = super().clean() or self.cleaned_data
        for name in LINES:
            for words in self._split(said.get(name, "")):
                if len(read(words).letters) < LEAST_LETTERS:
                    self.add_error(name, _("Enter at least two letters or figures"))
                elif len(words) > LONGEST:
                    self.add_error(name, _("A word or line can have %(most)s letters at most") % {"most": LONGEST})
        return said

    def _split(self, line: str) -> Iterator[str]:
        yield from (words for each in line.split(_ENDS) if (words := " ".join(each.split())))

    def terms(self) -> list[Term]:
        """The words as they are looked for. Of a child the first name by itself goes too."""
        found = {(LINES[name].kind, words): None for name in LINES for words in self._split(self.cleaned_data[name])}
        return [
            Term(str(place), str(kind), words, with_first_name=kind == ProtectedKind.CHILDREN)
            for place, (kind, words) in enumerate(found)
        ]

    def keep(self, case: Case, by: User) -> int:
        """Protect those that are not protected already, each once; how many there are in the form."""
        there = {(term.kind, term.words.casefold()) for term in case_terms(case, by)}
        terms, key = self.terms(), self.cleaned_data["key"] or uuid7()
        for term in terms:
            if (term.kind, term.words.casefold()) not in there:
                protect_words(
                    case=case, key=uuid5(key, f"{term.kind}:{term.words}"), kind=term.kind, words=term.words, by=by,
                    with_first_name=term.with_first_name, in_any_case=False,
                )  # fmt: skip
        return len(terms)


def kinds_of(case: Case, form: LinesForm, by: User) -> list[Kind]:
    """Each kind with what is looked for."""
    counts = Counter(term.kind for term in case_terms(case, by))
    return [
        Kind(str(line.label), str(line.by_itself), counts[str(line.kind)], form[name]) for name, line in LINES.items()
    ]


def without_words(case: Case, shown: set[str], by: User) -> list[str]:
    """The kinds that are withheld and have no word to look for, as they are named where they are ticked."""
    have = {term.kind for term in case_terms(case, by)}
    asked = {str(line.kind) for line in LINES.values()}
    return [str(kind.label) for kind in Shown if kind in asked - have - shown]


def everyday(term: Term) -> bool:
    """Whether it is taken for a name with a capital only."""
    return is_common(term.words)
