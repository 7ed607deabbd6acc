"""Asking for the password at the end of a long form, where the first proof grew old over it."""

from django.utils.translation import gettext as _

from accounts.forms import ConfirmForm
from nsvcs import forms


def ask_above(form: forms.Form, proof: ConfirmForm) -> None:
    """Say above a form that the password is needed at its end, and what was wrong with the one that was given."""
    first = _("It is more than five minutes since you proved who you are. Enter your password at the end, then go on.")
    for words in proof.errors.get("password") or [first]:
        form.add_error(None, words)
