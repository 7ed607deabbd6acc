"""Bringing a file of many messages into her notes: the same pages as staff have, in her frame and at her addresses."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import AuthenticatedRequest
from logs.actions.sources import read_again
from logs.arriving_http import arrivals_in, stays_while_sending
from logs.bringing import pages
from logs.bringing.forms import FileForm
from logs.bringing.pages import Desk
from logs.bringing.words import kind_of_source
from logs.models import ImportBatch
from nsvcs import forms
from nsvcs.access import Role, allow, own_transactions
from nsvcs.identity import acting_as
from nsvcs.storage import StorageError
from portal.addresses import letters_of
from portal.forms import label_of
from portal.queries import cases_to_write_in, her_language, who_it_may_be
from portal.views.reading import her_file

FRAME = "portal/base.html"


@allow(Role.VICTIM)
@require_safe
def bring_list(request: AuthenticatedRequest) -> HttpResponse:
    """The files she brought, newest first."""
    rows = [
        {"batch": each, "kind": kind_of_source(each.kind), "letters": letters_of(each.pk)}
        for each in ImportBatch.objects.visible_to(request.user).filter(asked_by=request.user).order_by("-asked_at")
    ]
    has_ended = not cases_to_write_in(request.user)
    return render(request, "portal/bring_list.html", {"rows": rows, "has_ended": has_ended})


@allow(Role.VICTIM)
@own_transactions
@require_http_methods(["GET", "POST"])
@stays_while_sending
def bring_new(request: AuthenticatedRequest) -> HttpResponse:
    """Choose a file; it is kept just as it is, whatever becomes of it."""
    with acting_as(request.user.pk):
        cases = {letters_of(case.pk): case for case in cases_to_write_in(request.user)}
    if not cases:
        return redirect("portal:bring")
    named = [(letters, label_of(case)) for letters, case in cases.items()]
    form = FileForm(request.POST or None, request.FILES or None, cases=named, letters=arrivals_in(request.POST))
    status = forms.form_status(form)
    if form.is_valid():
        said = form.cleaned_data
        case = cases[said.get("case") or next(iter(cases))]
        try:
            begun = pages.begin(form, case, request.user)
        except StorageError:
            form.add_error("file", _("We could not keep the file just now. Try again soon."))
            status = 507
        else:
            return redirect("portal:bring_batch", letters_of(begun[0].pk)) if begun else redirect("portal:bring")
    shown = {"form": form, "frame": FRAME, "back": reverse("portal:bring"), "case": None}
    with acting_as(request.user.pk):
        return render(request, "logs/bringing/new.html", shown, status=status)


def _desk(request: AuthenticatedRequest, letters: str) -> Desk:
    mine = ImportBatch.objects.visible_to(request.user).filter(asked_by=request.user).select_related("case")
    batch = next((each for each in mine.order_by("-asked_at") if letters_of(each.pk) == letters), None)
    if batch is None:
        raise Http404
    links = {letters_of(link.pk): link for link in who_it_may_be(request.user, [batch.case])}
    if batch.language == "en":
        batch.language = her_language(request.user)

    def url(name: str, *more: Any) -> str:
        return reverse(f"portal:bring_{name}", args=[letters, *more])

    context = {"case": None, "back": reverse("portal:bring"), "new_url": reverse("portal:bring_new")}
    return Desk(
        request, batch, url, FRAME, is_hers=True, context=context,
        to_batch=lambda other: redirect("portal:bring_batch", letters_of(other.pk)),
        people=[(key, link.portal_label) for key, link in links.items()],
        person_of=lambda sent: links[sent].pk if sent in links else None,
    )  # fmt: skip


@allow(Role.VICTIM)
@require_safe
def bring_batch(request: AuthenticatedRequest, letters: str) -> HttpResponse:
    """Where a file stands."""
    return pages.batch(_desk(request, letters))


@allow(Role.VICTIM)
@require_http_methods(["GET", "POST"])
def bring_questions(request: AuthenticatedRequest, letters: str) -> HttpResponse:
    """What only she knows of the file."""
    return pages.questions(_desk(request, letters))


@allow(Role.VICTIM)
@require_http_methods(["GET", "POST"])
def bring_review(request: AuthenticatedRequest, letters: str) -> HttpResponse:
    """Choose what of it comes into her notes."""
    return pages.review(_desk(request, letters))


@allow(Role.VICTIM)
@require_http_methods(["GET", "POST"])
def bring_line(request: AuthenticatedRequest, letters: str, number: int) -> HttpResponse:
    """Type the day of a message that has none."""
    return pages.line(_desk(request, letters), number)


@allow(Role.VICTIM)
@require_http_methods(["GET", "POST"])
def bring_bring(request: AuthenticatedRequest, letters: str) -> HttpResponse:
    """Say how it shall stand, and bring it in."""
    return pages.bring(_desk(request, letters))


@allow(Role.VICTIM)
@require_safe
def bring_rest(request: AuthenticatedRequest, letters: str) -> HttpResponse:
    """What was passed over or could not be read."""
    return pages.rest(_desk(request, letters))


@allow(Role.VICTIM)
@require_http_methods(["GET", "POST"])
def bring_undo(request: AuthenticatedRequest, letters: str) -> HttpResponse:
    """Take it back."""
    return pages.undo(_desk(request, letters))


@allow(Role.VICTIM)
@require_POST
def bring_again(request: AuthenticatedRequest, letters: str) -> HttpResponse:
    """Have a worker try again."""
    return pages.again(_desk(request, letters))


@allow(Role.VICTIM)
@require_POST
def bring_more(request: AuthenticatedRequest, letters: str) -> HttpResponse:
    """Read the file anew, for what she did not choose."""
    desk = _desk(request, letters)
    if desk.batch.case not in cases_to_write_in(request.user):
        return redirect("portal:bring")
    return pages.more(desk)


@allow(Role.VICTIM)
@require_POST
def bring_from(request: AuthenticatedRequest, number: int, place: int) -> HttpResponse:
    """Have a file of one of her notes read, for the messages in it."""
    evidence, _shown = her_file(request, number, place)
    if not evidence.may_be_read:
        raise Http404
    if evidence.case not in cases_to_write_in(request.user):
        return redirect("portal:bring")
    return redirect("portal:bring_batch", letters_of(read_again(file=evidence, by=request.user).pk))
