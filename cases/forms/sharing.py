"""What somebody outside types at a link."""

from django.utils.translation import gettext_lazy as _

from nsvcs import forms


class PasscodeForm(forms.Form):
    """The passcode, which came another way than the link."""

    passcode = forms.CharField(
        label=_("Passcode"), help_text=_("It came to you another way than this link."), max_length=40, width=10,
        autocomplete="off", missing=_("Enter the passcode"),
    )  # fmt: skip
