"""What a colleague writes down for her about a file: what it shows, when it was taken, who took it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import AuthenticatedRequest
from audit.actions import record
from audit.models import Action
from cases.access import visible_case
from logs.actions import OtherContent, TypedMeanwhile, say_of_file
from logs.caption_forms import as_begun
from logs.models import Caption
from logs.staff_forms import StaffCaptionForm
from logs.views.files import file_of, page_of
from nsvcs.access import CASEWORK, allow
from nsvcs.forms import form_status


@allow(*CASEWORK)
@require_http_methods(["GET", "POST"])
def file_about(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """Write down what she says of a file; what was said before stays, as an earlier version."""
    case = visible_case(request, case_id, is_recorded=False)
    evidence = file_of(request, case, pk)
    if evidence.standing.is_locked:
        raise Http404
    record(Action.EVIDENCE_VIEWED, target=evidence, case_ids=[case.pk], detail={"kind": "about"})
    newest = Caption.objects.visible_to(request.user).filter(evidence=evidence).order_by("-number").first()
    begun = as_begun(newest) or {"language": evidence.incident.language if evidence.incident else "en"}
    form = StaffCaptionForm(request.POST or None, initial=begun)
    context: dict[str, Any] = {"case": case, "file": evidence, "form": form, "newest": newest}
    context["back"] = page_of(evidence)
    status = form_status(form)
    if form.is_valid():
        sent = {"key": form.cleaned_data["key"], "based_on": form.cleaned_data["based_on"]}
        try:
            say_of_file(evidence=evidence, said=form.content(), by=request.user, **sent)
        except (OtherContent, TypedMeanwhile) as other:
            status = 409
            form.say_why(other)
        else:
            messages.success(request, _("What was said about the file is kept, beside it."))
            return redirect(page_of(evidence))
    return render(request, "logs/about.html", context, status=status)
