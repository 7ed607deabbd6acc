"""Bringing a file of many messages into a case's log: what staff do."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import AuthenticatedRequest
from cases.access import visible_case
from cases.languages import LANGUAGES, SIGNED
from cases.models import CasePerpetrator
from logs.actions.sources import read_again
from logs.arriving_http import arrivals_in, stays_while_sending
from logs.bringing import pages
from logs.bringing.forms import FileForm
from logs.bringing.pages import Desk
from logs.bringing.words import kind_of_source
from logs.models import ImportBatch
from logs.views.files import file_of
from nsvcs.access import CASEWORK, allow, own_transactions
from nsvcs.forms import form_status
from nsvcs.identity import acting_as
from nsvcs.storage import StorageError

FRAME = "cases/_case_base.html"


@allow(*CASEWORK)
@require_GET
def import_list(request: AuthenticatedRequest, case_id: UUID) -> HttpResponse:
    """The files that were brought into a log, newest first."""
    case = visible_case(request, case_id)
    batches = ImportBatch.objects.visible_to(request.user).filter(case=case).with_source().select_related("asked_by")
    rows = [{"batch": each, "kind": kind_of_source(each.kind)} for each in batches.order_by("-asked_at")[:100]]
    return render(request, "logs/bringing/list.html", {"case": case, "rows": rows})


@allow(*CASEWORK)
@require_http_methods(["GET", "POST"])
@own_transactions
@stays_while_sending
def import_new(request: AuthenticatedRequest, case_id: UUID) -> HttpResponse:
    """Choose a file. It is kept as evidence whatever becomes of it; bytes are moved with no transaction open."""
    with acting_as(request.user.pk):
        case = visible_case(request, case_id)
    form = FileForm(request.POST or None, request.FILES or None, letters=arrivals_in(request.POST))
    status = form_status(form)
    if form.is_valid():
        try:
            begun = pages.begin(form, case, request.user)
        except StorageError:
            form.add_error("file", _("There is no room to keep files just now. Nothing was kept. Try again later."))
            status = 507
        else:
            return redirect("logs:import_batch", case_id, begun[0].pk) if begun else redirect("logs:imports", case_id)
    with acting_as(request.user.pk):
        shown = {"case": case, "form": form, "frame": FRAME, "back": reverse("logs:imports", args=[case_id])}
        return render(request, "logs/bringing/new.html", shown, status=status)


def _desk(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> Desk:
    case = visible_case(request, case_id, is_recorded=False)
    batch = ImportBatch.objects.visible_to(request.user).filter(case=case, pk=pk).select_related("asked_by").first()
    if batch is None:
        raise Http404
    links = CasePerpetrator.objects.visible_to(request.user).filter(case=case).select_related("perpetrator")
    people = {str(link.pk): link for link in links}

    def url(name: str, *more: Any) -> str:
        return reverse(f"logs:import_{name}", args=[case_id, pk, *more])

    context = {"case": case, "back": reverse("logs:imports", args=[case_id])}
    context["new_url"] = reverse("logs:import_new", args=[case_id])
    return Desk(
        request, batch, url, FRAME, is_hers=False, context=context,
        to_batch=lambda other: redirect("logs:import_batch", case_id, other.pk),
        people=[(key, link.perpetrator.name or str(link.get_relationship_display())) for key, link in people.items()],
        person_of=lambda sent: people[sent].pk if sent in people else None,
        languages=[(code, name) for code, name in LANGUAGES if code not in SIGNED],
    )  # fmt: skip


@allow(*CASEWORK)
@require_GET
def import_batch(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """Where a file stands."""
    return pages.batch(_desk(request, case_id, pk))


@allow(*CASEWORK, background=True)
@require_GET
def import_progress(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """The piece of the page that asks for itself while a worker has the file."""
    desk = _desk(request, case_id, pk)
    shown = {"desk": desk, "batch": desk.batch, "case": desk.context["case"], "urls": {"batch": desk.url("batch")}}
    answer = render(request, "logs/bringing/_progress.html", shown | pages.progress_of(desk))
    if not desk.batch.is_busy and request.headers.get("HX-Request"):
        answer["HX-Redirect"] = desk.url("batch")
    return answer


@allow(*CASEWORK)
@require_http_methods(["GET", "POST"])
def import_questions(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """What only a person knows of the file."""
    return pages.questions(_desk(request, case_id, pk))


@allow(*CASEWORK)
@require_http_methods(["GET", "POST"])
def import_review(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """Choose what of it is brought in."""
    return pages.review(_desk(request, case_id, pk))


@allow(*CASEWORK)
@require_http_methods(["GET", "POST"])
def import_line(request: AuthenticatedRequest, case_id: UUID, pk: UUID, number: int) -> HttpResponse:
    """Type the day of a line that has none."""
    return pages.line(_desk(request, case_id, pk), number)


@allow(*CASEWORK)
@require_http_methods(["GET", "POST"])
def import_bring(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """Say how it shall stand in the log, and bring it in."""
    return pages.bring(_desk(request, case_id, pk))


@allow(*CASEWORK)
@require_GET
def import_rest(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """What was passed over or could not be read."""
    return pages.rest(_desk(request, case_id, pk))


@allow(*CASEWORK)
@require_http_methods(["GET", "POST"])
def import_undo(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """Take it back."""
    return pages.undo(_desk(request, case_id, pk))


@allow(*CASEWORK)
@require_POST
def import_again(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """Have a worker try again."""
    return pages.again(_desk(request, case_id, pk))


@allow(*CASEWORK)
@require_POST
def import_more(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """Read its file anew, for what was not chosen."""
    return pages.more(_desk(request, case_id, pk))


@allow(*CASEWORK)
@require_POST
def import_from(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """Have a file read that is evidence already, of an entry or of an earlier reading."""
    case = visible_case(request, case_id)
    file = file_of(request, case, pk)
    if not file.may_be_read:
        raise Http404
    return redirect("logs:import_batch", case_id, read_again(file=file, by=request.user).pk)
