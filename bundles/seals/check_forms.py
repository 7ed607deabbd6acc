"""Asking whether a file is ours."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nsvcs import forms


class CheckForm(forms.Form):
    """A file, or the digest of one."""

    file = forms.FileField(
        label=gettext_lazy("The file"),
        required=False,
        help_text=gettext_lazy("Where scripts run, your browser works out its digest, and the file stays with you."),
    )
    digest = forms.CharField(
        label=gettext_lazy("Or its SHA-256 digest"),
        required=False,
        max_length=100,
        help_text=gettext_lazy("64 letters and figures, as sha256sum and certutil show it."),
    )

    def clean_digest(self) -> str:
        """As it is kept: without spaces, in small letters."""
        told = "".join(self.cleaned_data["digest"].split()).lower()
        if told and not re.fullmatch("[0-9a-f]{64}", told):
            raise ValidationError(_("A SHA-256 digest is 64 letters and figures, 0 to 9 and a to f"))
        return told

    def clean(self) -> dict[str, Any]:
        """One of the two; the file counts where both came."""
        said = super().clean() or self.cleaned_data
        if not self.errors and not said.get("file") and not said.get("digest"):
            self.add_error("file", _("Choose a file, or type its digest"))
        return said
