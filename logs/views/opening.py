"""A locked file, and the password that somebody knows: asked for on a page of its own."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.http import AuthenticatedRequest
from audit.actions import record
from audit.models import Action
from cases.access import visible_case
from logs.actions import BeingTried, NotLocked, TooManyTries, give_password, needs_password
from logs.staff_forms import PasswordForm
from logs.standing import Use
from logs.views.files import file_of, page_of
from nsvcs.access import CASEWORK, allow
from nsvcs.forms import form_status


@allow(*CASEWORK)
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("password")
def file_open(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """Give the password of a locked file; a worker tries it, and nobody keeps it."""
    case = visible_case(request, case_id, is_recorded=False)
    file = file_of(request, case, pk)
    if not needs_password(file) or not file.standing.may(Use.COPY):
        raise Http404
    record(Action.EVIDENCE_OPENED, target=file, case_ids=[case.pk])
    form = PasswordForm(request.POST or None)
    status = form_status(form)
    if form.is_valid():
        try:
            give_password(evidence=file, password=form.cleaned_data["password"], by=request.user)
        except NotLocked:
            raise Http404 from None
        except BeingTried:
            status = 409
            form.add_error("password", _("A password is being tried now. Look again in a few minutes"))
        except TooManyTries:
            status = 409
            form.add_error("password", _("Too many wrong passwords were given today. Try again tomorrow"))
        else:
            messages.success(request, _("The password is being tried. Look again in a few minutes."))
            return redirect(page_of(file))
    return render(request, "logs/open.html", {"case": case, "file": file, "form": form}, status=status)
