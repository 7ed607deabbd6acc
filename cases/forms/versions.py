"""Forms that change a record which others change too: they carry what they began with."""

import hashlib
from collections.abc import Mapping
from typing import Any

from django.forms import HiddenInput

from nsvcs import forms


class VersionedForm(forms.Form):
    """Carries the version it began with, and a mark of each value then: so it is known later what was touched."""

    version = forms.IntegerField(widget=HiddenInput)
    began = forms.CharField(required=False, max_length=2000, widget=HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Mark what it begins with."""
        super().__init__(*args, **kwargs)
        self.initial.setdefault("began", marks(self.initial))

    def content(self) -> dict[str, Any]:
        """What was typed, without what the form carries for itself."""
        return {name: value for name, value in self.cleaned_data.items() if name not in VersionedForm.base_fields}

    def mine(self) -> dict[str, Any]:
        """Of what was typed, what is not as the form began; all of it, if the page did not say how that was."""
        before = set(self.cleaned_data["began"].split())
        return {name: value for name, value in self.content().items() if _mark(name, value) not in before}


def marks(values: Mapping[str, Any]) -> str:
    """A short mark of each value, to be compared; the values themselves are not repeated."""
    return " ".join(_mark(name, value) for name, value in values.items() if name not in VersionedForm.base_fields)


def _mark(name: str, value: Any) -> str:
    text = "" if value is None else str(value)
    return hashlib.sha256(f"{name}={text}".encode()).hexdigest()[:12]
