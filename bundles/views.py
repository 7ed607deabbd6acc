"""Choosing, checking, asking, waiting for and taking a bundle."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import AuthenticatedRequest
from accounts.models import User
from audit.actions import record
from audit.models import Action
from bundles.actions import (
    NoPass,
    NothingChosen,
    NotReady,
    ask_without,
    fetch_bundle,
    is_held,
    pass_for,
    release_bundle,
    removable_item,
    request_bundle,
    retry_bundle,
    selection,
)
from bundles.forms import BundleForm, RangeForm, summary_of
from bundles.models import Bundle
from bundles.words import failure_sentence, item_words, step_sentence
from cases.access import visible_case
from cases.models import Case
from cases.views.downloading import landing_page, lands
from jobs.actions import given_up, latest_for
from logs.files import send_file
from logs.models import Evidence
from nsvcs.access import CASEWORK, LANDING, allow, own_transactions
from nsvcs.forms import form_status
from nsvcs.identity import acting_as


@allow(*CASEWORK)
@require_GET
def bundle_list(request: AuthenticatedRequest, case_id: UUID) -> HttpResponse:
    """The bundles of a case, newest first."""
    case = visible_case(request, case_id)
    bundles = Bundle.objects.visible_to(request.user).filter(case=case).order_by("-asked_at").select_related("asked_by")
    newest = list(bundles[:100])
    lost = given_up([bundle.pk for bundle in newest if not bundle.is_ready], "bundle")
    return render(request, "bundles/list.html", {"case": case, "bundles": newest, "lost": lost})


@allow(*CASEWORK)
@require_http_methods(["GET", "POST"])
def bundle_new(request: AuthenticatedRequest, case_id: UUID) -> HttpResponse:
    """Choose; look at the choice once more; ask. The days are in the address, everything else is posted."""
    case = visible_case(request, case_id)
    days = RangeForm(request.GET)
    form = _choice(request, case, days)
    step = request.POST.get("step", "")
    if step == "ask" and form.is_valid():
        try:
            bundle = request_bundle(case=case, by=request.user, **_chosen(form, days))
            return redirect("bundles:detail", case_id, bundle.pk)
        except NothingChosen:
            form.add_error("entries", form.fields["entries"].error_messages["required"])
    context = {"case": case, "days": days, "form": form}
    if step == "check" and form.is_valid():
        return render(request, "bundles/check.html", context | {"chosen": summary_of(form, days)})
    if form.has_error("entries", "invalid_choice") or form.has_error("evidence", "invalid_choice"):
        record(Action.DENIED, case_ids=[case.pk], detail={"page": "bundles:new", "why": "ids that were not offered"})
    status = form_status(form) if step in {"check", "ask"} else 200
    return render(request, "bundles/new.html", context, status=status)


def _choice(request: AuthenticatedRequest, case: Case, days: RangeForm) -> BundleForm:
    found = days.cleaned_data if days.is_valid() else {}
    entries = selection(case=case, by=request.user, date_from=found.get("date_from"), date_to=found.get("date_to"))
    files = Evidence.objects.visible_to(request.user).of_entries(entries).select_related("incident").with_standing()
    evidence = list(files.order_by("exhibit_number"))
    return BundleForm(request.POST or None, entries=entries, evidence=evidence)


def _chosen(form: BundleForm, days: RangeForm) -> dict[str, Any]:
    said = form.cleaned_data
    return {
        "key": said["key"],
        "entry_ids": [UUID(each) for each in said["entries"]],
        "evidence_ids": [UUID(each) for each in said["evidence"]],
        "recipient": said["recipient"],
        "recipient_name": said["recipient_name"],
        "purpose": said["purpose"],
        "shown": said["shown"],
        "date_from": days.cleaned_data.get("date_from"),
        "date_to": days.cleaned_data.get("date_to"),
    }


def _bundle(request: AuthenticatedRequest, case: Case, pk: UUID) -> Bundle:
    return get_object_or_404(
        Bundle.objects.visible_to(request.user).filter(case=case).select_related("asked_by"), pk=pk
    )


def _progress(case: Case, bundle: Bundle, by: User) -> dict[str, Any]:
    job = latest_for(bundle.pk, "bundle")
    failure = failure_sentence(bundle, job)
    return {
        "is_held": bundle.is_ready and is_held(bundle, by),
        "case": case,
        "bundle": bundle,
        "job": job,
        "step": step_sentence(job),
        "failure": failure,
        "without": item_words(bundle.error_item) if failure and removable_item(bundle) else "",
        "is_over": bundle.is_ready or bool(failure),
    }


@allow(*CASEWORK)
@require_GET
def bundle_detail(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """One bundle: how far it is, or the file and its digest, and who has taken it."""
    case = visible_case(request, case_id, is_recorded=False)
    bundle = _bundle(request, case, pk)
    record(Action.BUNDLE_VIEWED, target=bundle, case_ids=[case.pk])
    releases = bundle.releases.select_related("taken_by", "approved_by").order_by("-at")
    return render(request, "bundles/detail.html", _progress(case, bundle, request.user) | {"releases": releases})


@allow(*CASEWORK, background=True)
@require_GET
def bundle_progress(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """The piece of the page that asks for itself until the bundle is made."""
    case = visible_case(request, case_id, is_recorded=False)
    return render(request, "bundles/_progress.html", _progress(case, _bundle(request, case, pk), request.user))


@allow(*CASEWORK)
@require_POST
def bundle_again(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """Ask again for a bundle that could not be made, or for one without what it failed at."""
    case = visible_case(request, case_id)
    bundle = _bundle(request, case, pk)
    if "without" not in request.POST:
        retry_bundle(bundle=bundle, by=request.user)
        return redirect("bundles:detail", case_id, pk)
    try:
        return redirect("bundles:detail", case_id, ask_without(bundle=bundle, by=request.user).pk)
    except NothingChosen:
        return redirect("bundles:new", case_id)


@allow(*CASEWORK, fresh=True)
@require_POST
def bundle_release(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """Approve a finished bundle, after fresh proof, and go for its file with a pass that lasts a minute."""
    case = visible_case(request, case_id, is_recorded=False)
    bundle = get_object_or_404(_ready(request, case), pk=pk)
    try:
        told = pass_for(release_bundle(bundle=bundle, by=request.user))
    except NotReady:  # held since the page was shown: it says so itself
        return redirect("bundles:detail", case_id, pk)
    return redirect(f"{reverse('bundles:download', args=[case_id, pk])}?{urlencode({'pass': told, LANDING: ''})}")


def _ready(request: AuthenticatedRequest, case: Case) -> QuerySet[Bundle]:
    return Bundle.objects.visible_to(request.user).filter(case=case, state=Bundle.State.READY)


@allow(*CASEWORK, fresh=True, download=True)
@require_GET
@own_transactions
def bundle_download(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponseBase:
    """Take the finished bundle that one has just approved; recorded before the first byte."""
    with acting_as(request.user.pk):
        case = visible_case(request, case_id, is_recorded=False)
        bundle = get_object_or_404(_ready(request, case), pk=pk)
        page = reverse("bundles:detail", args=[case.pk, bundle.pk])
        if lands(request):
            return landing_page(request, case, page)
        try:
            fetch_bundle(bundle=bundle, told=request.GET.get("pass", ""), by=request.user)
        except NoPass:
            return redirect(page)
    return send_file(bundle.storage_name, "application/pdf", bundle.size_bytes)
