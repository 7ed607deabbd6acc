"""Fresh proof asked for in the page itself, so that a long form is not lost when the first proof grew old over it."""

from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from django.forms import BaseForm
from django.utils.translation import gettext as _

from accounts.forms import ConfirmForm
from accounts.http import AuthenticatedRequest
from nsvcs.access import is_fresh


def missing_proof(request: AuthenticatedRequest) -> ConfirmForm | None:
    """The question for the password where proof is missing; none where it is fresh, or was given with this POST.

    A page marked `keeps_typed` saves nothing while this returns a form.
    """
    if is_fresh(request):
        return None
    form = ConfirmForm(request.POST if "password" in request.POST else None, user=request.user)
    if form.is_valid():
        reauthenticate_by_password(request)
        return None
    return form


def ask_above(form: BaseForm, proof: ConfirmForm) -> None:
    """Say above a long form that the password is needed at its end, and what was wrong with the one that was given."""
    first = _("It is more than five minutes since you proved who you are. Enter your password at the end, then go on.")
    for words in proof.errors.get("password") or [first]:
        form.add_error(None, words)
