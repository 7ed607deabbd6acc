"""Choosing what is taken out of a text or a page."""

from django.utils.translation import gettext_lazy

from bundles.models.redactions import RedactionReason
from nsvcs import forms


class WhyForm(forms.Form):
    """Why something is taken out. What is chosen is read beside it, from boxes that the page draws by itself."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Why is it taken out?"),
        help_text=gettext_lazy("Printed in its place, so that nobody takes the gap for a silence."),
        choices=RedactionReason.choices,
        widget=forms.Radios(small=True),
        missing=gettext_lazy("Choose why it is taken out"),
    )
    words = forms.CharField(
        label=gettext_lazy("Note on why"),
        help_text=gettext_lazy("For our record. It is not printed."),
        required=False,
        max_length=300,
    )
