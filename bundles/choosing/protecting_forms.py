"""Protecting a word."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bundles.disclosure.folding import read
from bundles.disclosure.near_forms import LEAST_LETTERS, LONGEST, Term, is_common
from cases.models import ProtectedKind
from nsvcs import forms


class TermForm(forms.Form):
    """A word or line, what it tells, and how widely it is taken out."""

    words = forms.CharField(
        label=gettext_lazy("Which word or line?"),
        help_text=gettext_lazy("A name, an address, a number. Other spellings of it are found by themselves."),
        max_length=LONGEST,
        missing=gettext_lazy("Enter the word or line"),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("What does it tell?"),
        help_text=gettext_lazy("It is taken out of every bundle in which this is not shown."),
        choices=ProtectedKind.choices,
        widget=forms.Radios(small=True),
        missing=gettext_lazy("Choose what it tells"),
    )
    with_first_name = forms.BooleanField(
        label=gettext_lazy("Of a full name, take out the first name by itself too"), required=False
    )
    in_any_case = forms.BooleanField(
        label=gettext_lazy("Of an everyday word, such as May or Park, take out small letters too"), required=False
    )
    key = forms.KeyField()

    def clean_words(self) -> str:
        """Enough of it to be looked for."""
        words = " ".join(str(self.cleaned_data["words"]).split())
        if len(read(words).letters) < LEAST_LETTERS:
            self.add_error("words", _("Enter at least two letters or figures"))
        return words

    def term(self) -> Term:
        """As it is looked for."""
        said = self.cleaned_data
        return Term("new", said["kind"], said["words"], said["with_first_name"], said["in_any_case"])

    def is_common(self) -> bool:
        """Whether it is an everyday word, and so taken for a name with a capital only."""
        return is_common(self.cleaned_data["words"]) and not self.cleaned_data["in_any_case"]

    def values(self) -> dict[str, Any]:
        """What is kept."""
        return dict(self.cleaned_data)
