"""What was found before a bundle may leave, and the pages it was found on."""

from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.http import AuthenticatedRequest
from accounts.models import User
from audit.actions import record
from audit.models import Action
from bundles.actions import NotSecond, NotSoft, ask_gate, call_false_alarm, gate_of
from bundles.disclosure.withheld import kind_names, told_terms
from bundles.gate.gating import files_of
from bundles.gate.looking import DRAW_PAGE
from bundles.gate.mending import Mending
from bundles.gate.words import checked
from bundles.models import Bundle, BundleCheck
from bundles.releases.forms import AlarmForm
from cases.access import visible_case
from cases.models import Case
from jobs import child
from nsvcs.access import CASEWORK, allow, own_transactions
from nsvcs.forms import form_status
from nsvcs.giving import LOCKED_DOWN
from nsvcs.identity import acting_as
from nsvcs.storage import file_store

SMALL_DOTS, LARGE_DOTS = 48, 110
DRAW_MB, DRAW_SECONDS = 1024, 60
PAGES_SHOWN = 12


def ready_bundle(request: AuthenticatedRequest, case: Case, pk: UUID) -> Bundle:
    """A finished bundle of the case.

    Raises:
        Http404: there is none that this person may see.
    """
    rows = Bundle.objects.visible_to(request.user).filter(case=case, state=Bundle.State.READY)
    return get_object_or_404(rows.select_related("asked_by", "preset", "case__victim", "case__team"), pk=pk)


def gate_context(bundle: Bundle, by: User) -> dict[str, Any]:
    """What the list of checks is drawn from."""
    gate = gate_of(bundle, by)
    found = BundleCheck.objects.visible_to(by).filter(run=gate.run).select_related("false_alarm__by")
    rows = list(found.order_by("page", "item", "pk"))
    words = {term["id"]: term["words"] for term in told_terms(bundle, by)} if any(row.term for row in rows) else {}
    mends = Mending(bundle, rows, by).all()
    checks = checked(rows, kind_names(), words, mends) if gate.run else []
    return {"gate": gate, "checks": checks, "may_call_alarm": bundle.asked_by_id != by.pk}


@allow(*CASEWORK)
@require_http_methods(["GET", "POST"])
def bundle_gate(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """Every check, green or red, each find with its page; posted, has the file looked over once more."""
    case = visible_case(request, case_id, is_recorded=False)
    bundle = ready_bundle(request, case, pk)
    if request.method == "POST":
        ask_gate(bundle=bundle, by=request.user)
        return redirect("bundles:gate", case_id, pk)
    record(Action.BUNDLE_VIEWED, target=bundle, case_ids=[case.pk], detail={"page": "gate"})
    context = {"case": case, "bundle": bundle} | gate_context(bundle, request.user)
    return render(request, "bundles/gate.html", context)


@allow(*CASEWORK, fresh=True)
@require_http_methods(["GET", "POST"])
def bundle_alarm(request: AuthenticatedRequest, case_id: UUID, pk: UUID, check: UUID) -> HttpResponse:
    """Call a soft find a false alarm, as a second person, with a reason."""
    case = visible_case(request, case_id, is_recorded=False)
    bundle = ready_bundle(request, case, pk)
    rows = BundleCheck.objects.visible_to(request.user).filter(bundle=bundle, is_soft=True).select_related("bundle")
    found = get_object_or_404(rows, pk=check)
    form = AlarmForm(request.POST or None)
    if form.is_valid():
        try:
            call_false_alarm(check=found, reason=form.cleaned_data["reason"], by=request.user)
            return redirect("bundles:gate", case_id, pk)
        except NotSecond:
            messages.error(
                request, _("You asked for this bundle. Somebody else has to say that this is a false alarm.")
            )
        except NotSoft:
            raise Http404 from None
    record(Action.BUNDLE_VIEWED, target=bundle, case_ids=[case.pk], detail={"page": "alarm"})
    context = {"case": case, "bundle": bundle, "found": found, "form": form, "kind": kind_names().get(found.what)}
    return render(request, "bundles/alarm.html", context, status=form_status(form))


@allow(*CASEWORK)
@require_GET
def bundle_pages(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """The bundle's pages in small, some at a time."""
    case = visible_case(request, case_id, is_recorded=False)
    bundle = ready_bundle(request, case, pk)
    record(Action.BUNDLE_VIEWED, target=bundle, case_ids=[case.pk], detail={"page": "pages"})
    page = Paginator(range(1, bundle.page_count + 1), PAGES_SHOWN).get_page(request.GET.get("page"))
    return render(request, "bundles/pages.html", {"case": case, "bundle": bundle, "page": page})


@allow(*CASEWORK)
@require_GET
@own_transactions
def bundle_page(request: AuthenticatedRequest, case_id: UUID, pk: UUID, number: int) -> HttpResponse:
    """A picture of one page as it stands in the file, drawn by us; `small` in the address for a small one."""
    with acting_as(request.user.pk):
        case = visible_case(request, case_id, is_recorded=False)
        bundle = ready_bundle(request, case, pk)
        if not 1 <= number <= bundle.page_count:
            raise Http404
        names = files_of(bundle)
        detail = {"page": number, "sha256": bundle.sha256}
        record(Action.BUNDLE_PAGE_VIEWED, target=bundle, case_ids=[case.pk], detail=detail)
    dots = SMALL_DOTS if "small" in request.GET else LARGE_DOTS
    answer = HttpResponse(_drawn(names, number, dots), content_type="image/jpeg")
    for name, value in LOCKED_DOWN.items():
        answer[name] = value
    return answer


def _drawn(names: list[str], number: int, dots: int) -> bytes:
    """Drawn in a child process: it is our own file, but what stands in it was sent by others."""
    try:
        with ExitStack() as stack:
            folder = stack.enter_context(TemporaryDirectory())
            paths = [str(stack.enter_context(file_store().path_or_copy(name))) for name in names]
            asked = {"paths": paths, "folder": folder, "number": number, "dots": dots}
            told = child.run(DRAW_PAGE, asked, memory_mb=DRAW_MB, seconds=DRAW_SECONDS, waiting=DRAW_SECONDS).result
            return Path(told["path"]).read_bytes()
    except (FileNotFoundError, child.ChildFailed):
        raise Http404 from None
