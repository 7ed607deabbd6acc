"""What she says about a file of hers: what it shows, when it was taken, who took it. All of it may be skipped."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import AuthenticatedRequest
from audit.actions import record
from audit.models import Action
from logs.actions import OtherContent, TypedMeanwhile, say_of_file
from logs.caption_forms import CaptionForm, as_begun
from logs.models import Evidence
from nsvcs.access import Role, allow
from nsvcs.forms import form_status
from portal.keeping import done_with
from portal.showing import AND_THE_NEXT, Pictures, first_to_tell, pictures_of, say_numbers
from portal.views.reading import hers, say_notices

SKIP = "skip"


def _file(pictures: Pictures, place: int) -> Evidence:
    """One of her files, also one that waits for its scan: what she says does not come out of it."""
    if not 1 <= place <= len(pictures) or pictures[place - 1][0].standing.is_locked:
        raise Http404
    return pictures[place - 1][0]


@allow(Role.VICTIM)
@require_http_methods(["GET", "POST"])
def entry_file_about(request: AuthenticatedRequest, number: int, place: int) -> HttpResponse:
    """Say what a file shows, when it was taken and who took it; the file stays, and so does what was said before."""
    incident = hers(request, number)
    pictures = pictures_of(request.user, incident)
    evidence = _file(pictures, place)
    following = first_to_tell(incident, pictures, place) if AND_THE_NEXT in request.GET else ""
    after = following or reverse("portal:entry", args=[number])
    record(Action.EVIDENCE_VIEWED, target=evidence, case_ids=[evidence.case_id])
    newest = evidence.captions.first()
    form = CaptionForm(request.POST or None, initial=as_begun(newest))
    if request.POST.get("press") == SKIP and form.is_empty():
        done_with(sent=request.POST, by=request.user)
        return redirect(after)
    context: dict[str, Any] = {"entry": incident, "place": place, "form": form, "newest": newest, "file": evidence}
    status = form_status(form)
    if form.is_valid():
        try:
            _keep(request, form, evidence, incident.language)
        except (OtherContent, TypedMeanwhile) as other:
            status = 409
            form.say_why(other)
        else:
            done_with(sent=request.POST, by=request.user)
            return redirect(after)
    return render(request, "portal/about.html", context, status=status)


def _keep(request: AuthenticatedRequest, form: CaptionForm, evidence: Evidence, language: str) -> None:
    sent = {"key": form.cleaned_data["key"], "based_on": form.cleaned_data["based_on"]}
    said = form.content() | {"language": language}
    say_of_file(evidence=evidence, said=said, by=request.user, **sent)
    messages.success(request, _("What you said about the file is kept with it."))
    say_numbers(request, f"{said['shows']} {said['when_words']}")
    say_notices(request, form)
