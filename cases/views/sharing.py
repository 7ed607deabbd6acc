"""The page behind a link with a passcode: public, and says nothing of whose it is or what it opens."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from cases.actions.sharing import LinkDead, WrongPasscode, door, open_link, page_of
from cases.forms.sharing import PasscodeForm
from nsvcs.access import open_to_all, own_transactions
from nsvcs.forms import form_status
from nsvcs.giving import give
from nsvcs.identity import acting_as
from nsvcs.ids import neutral_letters

ENDINGS = {"application/pdf": ".pdf", "application/zip": ".zip"}


@open_to_all
@sensitive_post_parameters("passcode")
@require_http_methods(["GET", "HEAD", "POST"])
@own_transactions
def shared(request: HttpRequest, token: str) -> HttpResponseBase:
    """Ask for the passcode; with the right one, the file, or its page. Whoever is signed in here counts as nobody."""
    form = PasscodeForm(request.POST or None)
    try:
        with acting_as():
            found = door(token)
            if page := page_of(found):
                return page(request, found, token)
            if form.is_valid():
                try:
                    file = open_link(found, form.cleaned_data["passcode"])
                except WrongPasscode:
                    form.add_error("passcode", _("That passcode is not right"))
                else:
                    name = f"document-{neutral_letters(6)}{ENDINGS.get(file.media_type, '.bin')}"
                    disposition = str(content_disposition_header(True, name))
                    return give(file.storage_name, "application/octet-stream", disposition, file.size_bytes)
    except LinkDead:
        return render(request, "cases/shared_gone.html", status=404)
    return render(request, "cases/shared.html", {"form": form}, status=form_status(form))
