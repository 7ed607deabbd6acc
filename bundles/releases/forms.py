"""What is said when a bundle is approved, recalled, received, or a find in it is called a false alarm."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.forms import HiddenInput
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from bundles.models import Way
from nsvcs import forms


class ApproveForm(forms.Form):
    """How it goes and to whom; who is asked to be the second person."""

    way = forms.ChoiceField(label=_("How does it go?"), missing=_("Choose how it goes"))
    to_name = forms.CharField(
        label=_("To whom?"), max_length=120, help_text=_("The person or office it is given to"),
        missing=_("Enter to whom it goes"),
    )  # fmt: skip
    second = forms.ChoiceField(
        label=_("Who looks at it as the second person?"), missing=_("Choose who looks at it as the second person"),
        help_text=_("They get a task. Anybody else on the case may approve it too."),
    )  # fmt: skip
    seen = forms.CharField(widget=HiddenInput())

    def __init__(self, *args: Any, ways: Iterable[Way], seconds: Sequence[User], **kwargs: Any) -> None:
        """Offer the ways that such a bundle goes, and the people who could be second; none where one is enough."""
        super().__init__(*args, **kwargs)
        self.fields["way"].choices = [(way.value, way.label) for way in ways]  # type: ignore[attr-defined]
        self.seconds = {str(each.pk): each for each in seconds}
        if seconds:
            named = [(key, each.name) for key, each in self.seconds.items()]
            self.fields["second"].choices = named  # type: ignore[attr-defined]
        else:
            del self.fields["second"]


class RecallForm(forms.Form):
    """Why it is taken back."""

    reason = forms.TextField(label=_("Why?"), rows=2, max_length=1000, missing=_("Write why it is recalled"))

    def __init__(self, *args: Any, is_out: bool, **kwargs: Any) -> None:
        """Before it left one press is enough."""
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = is_out


class ReceiptForm(forms.Form):
    """Word that it came."""

    reference = forms.CharField(label=_("Reference or number"), max_length=80, required=False)
    confirmed_on = forms.DateField(
        label=_("Which day did it come?"), latest=timezone.localdate, missing=_("Enter the day it came")
    )
    confirmed_by = forms.CharField(
        label=_("Who confirmed it?"), max_length=120, missing=_("Enter who confirmed that it came")
    )


class AlarmForm(forms.Form):
    """Why a find is none."""

    reason = forms.TextField(
        label=_("Why is it a false alarm?"), rows=3, max_length=1000, min_length=10,
        missing=_("Write why it is a false alarm"),
    )  # fmt: skip
