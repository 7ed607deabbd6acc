"""Approving a bundle, twice; recalling it; taking it out; noting that it came."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import AuthenticatedRequest
from audit.actions import record
from audit.models import Action
from bundles.actions import (
    GateShut,
    Moved,
    NoPass,
    NotReady,
    SamePerson,
    WrongWay,
    approve,
    approve_second,
    fetch_bundle,
    give_link,
    go_out,
    is_held,
    may_be_second,
    note_receipt,
    pass_for,
    portal_is_open,
    put_into_portal,
    recall,
    seen_mark,
    standing_of,
)
from bundles.actions.shutting import RELEASE
from bundles.building.words import WHY_NOT
from bundles.models import Bundle, BundleRelease, PortalCopy, Way
from bundles.models.releases import moments
from bundles.releases.forms import ApproveForm, RecallForm, ReceiptForm
from bundles.releases.given_files import FIRST, given_files
from bundles.releases.leaving import leaving
from bundles.releases.limits import times
from bundles.releases.rules import MOVES, Standing, needs_two, ways_for
from bundles.views.gate import gate_context, ready_bundle
from cases.access import visible_case
from cases.models import Case, ShareLink
from cases.views.downloading import landing_page, lands
from logs.files import send_file
from nsvcs.access import CASEWORK, LANDING, allow, own_transactions
from nsvcs.forms import form_status
from nsvcs.identity import acting_as

REFUSALS = (GateShut, Moved, NotReady, SamePerson, WrongWay)


def _one(request: AuthenticatedRequest, case: Case, pk: UUID, release: UUID) -> BundleRelease:
    rows = BundleRelease.objects.visible_to(request.user).filter(case=case, bundle=pk).select_related(
        "approved_by", "bundle__asked_by", "bundle__preset", "bundle__case__victim", "bundle__case__team"
    )  # fmt: skip
    return get_object_or_404(rows.prefetch_related("steps__by", "receipts__noted_by"), pk=release)


def _say_why(request: AuthenticatedRequest, refused: Exception) -> None:
    messages.error(request, str(WHY_NOT[type(refused).__name__]))


@allow(*CASEWORK, fresh=True)
@require_http_methods(["GET", "POST"])
def bundle_release(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """What would leave, how, and to whom; posted, the first approval."""
    case = visible_case(request, case_id, is_recorded=False)
    bundle = ready_bundle(request, case, pk)
    context = _context(request, case, bundle)
    form = context["form"] = _approve_form(request, bundle)
    if form.is_valid():
        said = form.cleaned_data
        try:
            release = approve(
                bundle=bundle, way=said["way"], to_name=said["to_name"], seen=said["seen"], by=request.user,
                second=form.seconds.get(said.get("second", "")),
            )  # fmt: skip
            return redirect("bundles:given", case_id, pk, release.pk)
        except REFUSALS as refused:
            _say_why(request, refused)
            return redirect("bundles:gate", case_id, pk)
    record(Action.BUNDLE_VIEWED, target=bundle, case_ids=[case.pk], detail={"page": "release"})
    return render(request, "bundles/release.html", context, status=form_status(form))


def _approve_form(request: AuthenticatedRequest, bundle: Bundle) -> ApproveForm:
    seconds = may_be_second(bundle, request.user) if needs_two(bundle.recipient) else []
    first = {"to_name": bundle.recipient_name or bundle.get_recipient_display()}
    ways = [way for way in ways_for(bundle.recipient) if way != Way.PORTAL or portal_is_open(bundle.case)]
    return ApproveForm(request.POST or None, initial=first, ways=ways, seconds=seconds)


def _context(request: AuthenticatedRequest, case: Case, bundle: Bundle) -> dict[str, Any]:
    """What is approved, and the gate as this person is shown it."""
    found = gate_context(bundle, request.user)
    run = found["gate"].run
    return found | {
        "case": case,
        "bundle": bundle,
        "is_held": is_held(bundle, request.user),
        "needs_two": needs_two(bundle.recipient),
        "leaving": leaving(bundle, request.user),
        "seen": seen_mark(run, request.user) if run else "",
    }


@allow(*CASEWORK)
@require_GET
def bundle_given(request: AuthenticatedRequest, case_id: UUID, pk: UUID, release: UUID) -> HttpResponse:
    """One release: where it stands, who did what, and what may be done now."""
    case = visible_case(request, case_id, is_recorded=False)
    return _given_page(request, case, _one(request, case, pk, release))


def _given_page(
    request: AuthenticatedRequest,
    case: Case,
    given: BundleRelease,
    *,
    recalling: RecallForm | None = None,
    receiving: ReceiptForm | None = None,
) -> HttpResponse:
    record(Action.BUNDLE_VIEWED, target=given.bundle, case_ids=[case.pk], detail={"release": str(given.pk)})
    was_out = "out" in moments(given)
    sent = receiving or recalling
    forms = {
        "recalling": recalling or RecallForm(is_out=was_out), "receiving": receiving or ReceiptForm(), "form": sent
    }  # fmt: skip
    context = _context(request, case, given.bundle) | _standing_context(request, given) | forms
    return render(request, "bundles/given.html", context, status=form_status(sent) if sent else 200)


def _standing_context(request: AuthenticatedRequest, given: BundleRelease) -> dict[str, Any]:
    """Where a release stands, until when, and which moves start there for this person."""
    now, when, told = standing_of(given), moments(given), times()
    last = when.get("second", given.at)
    steps = list(given.steps.all())
    steps.sort(key=lambda step: step.at)
    return {
        "given": given,
        "standing": now,
        "steps": steps,
        "until": given.at + told.second_within if now == Standing.WAITING else last + told.goes_within,
        "leaves_at": last + told.recall,
        "may_approve": now in MOVES["second"] and given.approved_by_id != request.user.pk,
        "may_take": now in MOVES["take"],
        "may_recall": now in MOVES["recall"],
        "may_receive": now in MOVES["receipt"] and "out" in when,
        "was_out": "out" in when,
        "is_file": given.way in {Way.HAND, Way.MAIL, Way.UPLOAD},
        "files": given_files(given.bundle, request.user),
        "links": _links(request, given),
        "portal_copy": PortalCopy.objects.visible_to(request.user).filter(release=given).first(),
    }


def _links(request: AuthenticatedRequest, given: BundleRelease) -> list[tuple[ShareLink, bool]]:
    """The links of a release, the newest first, with the tries at each; whether each still opens."""
    rows = ShareLink.objects.visible_to(request.user).of(RELEASE, given.pk)
    rows = rows.select_related("made_by").prefetch_related("openings")
    return [(link, link.opens(timezone.now())) for link in rows]


@allow(*CASEWORK, fresh=True)
@require_POST
def bundle_second(request: AuthenticatedRequest, case_id: UUID, pk: UUID, release: UUID) -> HttpResponse:
    """Approve as the second person."""
    case = visible_case(request, case_id)
    try:
        approve_second(release=_one(request, case, pk, release), seen=request.POST.get("seen", ""), by=request.user)
    except REFUSALS as refused:
        _say_why(request, refused)
    return redirect("bundles:given", case_id, pk, release)


@allow(*CASEWORK)
@require_POST
def bundle_recall(request: AuthenticatedRequest, case_id: UUID, pk: UUID, release: UUID) -> HttpResponse:
    """Take a release back, in one step before it has left, with a reason after."""
    case = visible_case(request, case_id, is_recorded=False)
    given = _one(request, case, pk, release)
    form = RecallForm(request.POST, is_out="out" in moments(given))
    if not form.is_valid():
        return _given_page(request, case, given, recalling=form)
    try:
        recall(release=given, reason=form.cleaned_data["reason"], by=request.user)
    except REFUSALS as refused:
        _say_why(request, refused)
    return redirect("bundles:given", case_id, pk, release)


@allow(*CASEWORK, fresh=True)
@require_POST
def bundle_take(request: AuthenticatedRequest, case_id: UUID, pk: UUID, release: UUID) -> HttpResponse:
    """Take the file out, after fresh proof: go for it with a pass that lasts a minute."""
    case = visible_case(request, case_id, is_recorded=False)
    given, key = _one(request, case, pk, release), request.POST.get("file", FIRST)
    try:
        if given.way == Way.LINK:
            return _link_page(request, case, given, key)
        if given.way == Way.PORTAL:
            put_into_portal(release=given, by=request.user)
            return redirect("bundles:given", case_id, pk, release)
        go_out(release=given, by=request.user)
    except REFUSALS as refused:
        _say_why(request, refused)
        return redirect("bundles:given", case_id, pk, release)
    told = pass_for(given, request.user, request.session.session_key or "", key)
    return redirect(f"{reverse('bundles:download', args=[case_id, pk])}?{urlencode({'pass': told, LANDING: ''})}")


def _link_page(request: AuthenticatedRequest, case: Case, given: BundleRelease, key: str) -> HttpResponse:
    """The address and the passcode, which are shown this once."""
    link, token, passcode = give_link(release=given, key=key, by=request.user)
    record(Action.CASE_OPENED, target=case, case_ids=[case.pk], detail={"page": "bundles:take"})
    address = f"{settings.SITE_URL}{reverse('shared:open', args=[token])}"
    context = {"case": case, "bundle": given.bundle, "given": given, "link": link}
    return render(request, "bundles/link.html", context | {"address": address, "passcode": passcode})


@allow(*CASEWORK)
@require_POST
def bundle_receipt(request: AuthenticatedRequest, case_id: UUID, pk: UUID, release: UUID) -> HttpResponse:
    """Note that the other side confirmed it came."""
    case = visible_case(request, case_id, is_recorded=False)
    given = _one(request, case, pk, release)
    form = ReceiptForm(request.POST)
    if not form.is_valid():
        return _given_page(request, case, given, receiving=form)
    try:
        note_receipt(release=given, said=form.cleaned_data, by=request.user)
    except REFUSALS as refused:
        _say_why(request, refused)
    return redirect("bundles:given", case_id, pk, release)


@allow(*CASEWORK, fresh=True, download=True)
@require_GET
@own_transactions
def bundle_download(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponseBase:
    """Take the finished bundle that one has just taken out; recorded before the first byte."""
    with acting_as(request.user.pk):
        case = visible_case(request, case_id, is_recorded=False)
        bundle = ready_bundle(request, case, pk)
        page = reverse("bundles:detail", args=[case.pk, bundle.pk])
        if lands(request):
            return landing_page(request, case, page)
        told, session_key = request.GET.get("pass", ""), request.session.session_key or ""
        try:
            file = fetch_bundle(bundle=bundle, told=told, by=request.user, session_key=session_key)
        except NoPass:
            return redirect(page)
    return send_file(file.storage_name, file.media_type, file.size_bytes)
