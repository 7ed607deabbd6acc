"""What staff type into the log: an entry on her behalf, something added, a withdrawal."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from logs.forms import TOO_LONG, EntryForm
from nsvcs import forms
from nsvcs.text import MAX_CHARACTERS


class OnBehalfForm(EntryForm):
    """The same eight columns, marked as written on her behalf."""

    key = forms.KeyField()
    helped_by = forms.CharField(
        label=_("How did she tell you?"),
        help_text=_("Such as “by phone, read back to her”"),
        required=False,
        max_length=120,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """The portal speaks to her; these words speak to who writes for her."""
        super().__init__(*args, **kwargs)
        self.fields["what_happened"].help_text = _("In her own words, as she tells it.")

    def content(self) -> dict[str, Any]:
        """The entry's values, and how it was told."""
        return super().content() | {"helped_by": self.cleaned_data["helped_by"]}


class AmendForm(forms.Form):
    """Something added to an entry on her behalf."""

    text = forms.TextField(
        label=_("What is to be added?"), rows=6, max_length=MAX_CHARACTERS, strip=False,
        missing=_("Write what is to be added"), error_messages={"max_length": TOO_LONG},
    )  # fmt: skip
    key = forms.KeyField()


class WithdrawForm(forms.Form):
    """Why an entry is withdrawn."""

    text = forms.TextField(
        label=_("Why is it withdrawn?"), rows=4, max_length=MAX_CHARACTERS, strip=False,
        missing=_("Write why it is withdrawn"), error_messages={"max_length": TOO_LONG},
    )  # fmt: skip
    key = forms.KeyField()
