"""The question whether the victim gets a notice that there is something new to read."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from cases.noticing import Offer
from cases.rules import Channel
from nsvcs import forms

NONE = "none"


class NoticeForm(forms.Form):
    """A form whose words the victim reads in the portal. The question is asked only where a way is open.

    Args:
        offer: the ways that are open now, or why there is none.
    """

    notice = forms.ChoiceField(
        label=_("Does a notice go to the victim?"),
        help_text=_("It says only that there is something to read. It can still be seen by whoever sees the phone."),
        widget=forms.Radios(small=True), initial=NONE, required=False,
        error_messages={"invalid_choice": _("This way is not open any more. Choose again.")},
    )  # fmt: skip

    def __init__(self, *args: Any, offer: Offer, **kwargs: Any) -> None:
        """Offer no notice first, then the ways that are open."""
        super().__init__(*args, **kwargs)
        self.why_no_notice = offer.why_not
        if offer.ways:
            ways = [(way.value, words) for way, words in offer.ways]
            self.fields["notice"].choices = [(NONE, _("No notice")), *ways]  # type: ignore[attr-defined]
        else:
            del self.fields["notice"]

    @property
    def channel(self) -> Channel | None:
        """How the notice goes; none where none goes."""
        chosen = self.cleaned_data.get("notice") or NONE
        return None if chosen == NONE else Channel(chosen)
