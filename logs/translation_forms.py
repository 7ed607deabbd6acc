"""A translation that a person made, typed in beside what was written."""

from collections.abc import Sequence
from typing import Any, cast

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.languages import LANGUAGES, SIGNED
from logs.forms import TOO_LONG
from logs.models import Translation
from nsvcs import forms
from nsvcs.text import MAX_CHARACTERS


class TranslationForm(forms.Form):
    """Which text, who translated it and when, and the translation."""

    piece = forms.SelectField(label=_("Which text is it of?"))
    language_to = forms.SelectField(
        label=_("Which language is the translation in?"),
        choices=[(code, name) for code, name in LANGUAGES if code not in SIGNED],
        initial="en",
    )
    role = forms.ChoiceField(
        label=_("Who translated it?"),
        choices=[
            ("interpreter", _("An interpreter")), ("caseworker", _("A caseworker")),
            ("victim", _("The person who wrote it")),
        ],
        widget=forms.Radios(small=True), missing=_("Choose who translated it"),
    )  # fmt: skip
    name = forms.CharField(
        label=_("Name of the interpreter or caseworker"), required=False, max_length=120,
        help_text=_("It is printed beside the translation, in bundles too."),
    )  # fmt: skip
    translated_on = forms.DateField(
        label=_("On which day was it translated?"), latest=timezone.localdate, missing=_("Enter the day")
    )
    text = forms.TextField(
        label=_("The translation"), rows=8, max_length=MAX_CHARACTERS, strip=False,
        help_text=_("Typed as the translator gave it. No program may make it, in a browser either."),
        missing=_("Write the translation"), error_messages={"max_length": TOO_LONG},
    )  # fmt: skip
    key = forms.KeyField()

    def __init__(self, *args: Any, pieces: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        """Offer the texts there are."""
        super().__init__(*args, **kwargs)
        cast(forms.SelectField, self.fields["piece"]).choices = list(pieces)

    def clean(self) -> dict[str, Any]:
        """Whoever is not the writer has a name."""
        said = self.cleaned_data
        if said.get("role") in {Translation.Role.INTERPRETER, Translation.Role.CASEWORKER} and not said.get("name"):
            self.add_error("name", _("Enter the name of who translated it"))
        return said
