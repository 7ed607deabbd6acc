"""Fresh proof asked for in the page itself, so that a long form is not lost when the first proof grew old over it."""

from allauth.account.internal.flows.reauthentication import reauthenticate_by_password

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
