"""The bundles of a case, and one of them: how far it is, and asking again."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.http import AuthenticatedRequest
from accounts.models import User
from audit.actions import record
from audit.models import Action
from bundles.actions import (
    NothingChosen,
    ask_without,
    cancel_bundle,
    is_held,
    removable_item,
    retry_bundle,
    standing_of,
)
from bundles.building.words import failure_sentence, item_words, step_sentence
from bundles.models import Bundle, BundleRelease
from bundles.releases.limits import times
from bundles.releases.rules import Standing, Times
from bundles.seals.facts import seal_of
from cases.access import visible_case
from cases.models import Case
from jobs.actions import given_up, latest_for
from jobs.models import Job
from nsvcs.access import CASEWORK, allow

OVER = (Standing.LAPSED, Standing.RECALLED)


@allow(*CASEWORK)
@require_GET
def bundle_list(request: AuthenticatedRequest, case_id: UUID) -> HttpResponse:
    """The bundles of a case, newest first."""
    case = visible_case(request, case_id)
    bundles = Bundle.objects.visible_to(request.user).filter(case=case).order_by("-asked_at").select_related("asked_by")
    newest = list(bundles.prefetch_related("releases__steps")[:100])
    lost = given_up([bundle.pk for bundle in newest if not bundle.is_ready], "bundle")
    told = times()
    rows = [(bundle, _stands(bundle, told)) for bundle in newest]
    return render(request, "bundles/list.html", {"case": case, "bundles": rows, "lost": lost})


def _stands(bundle: Bundle, told: Times) -> list[tuple[BundleRelease, Standing]]:
    """Its releases that somebody has something to do with now, or that are out: those that are over say nothing."""
    stands = [(release, standing_of(release, told)) for release in bundle.releases.all()]
    return [(release, standing) for release, standing in stands if standing not in OVER]


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
        "step": step_sentence(job, _ahead_of(job)),
        "is_cancelled": bundle.state == Bundle.State.CANCELLED,
        "failure": failure,
        "without": item_words(bundle.error_item) if failure and removable_item(bundle) else "",
        "is_over": bool(failure) or not bundle.is_on_its_way,
    }


def _ahead_of(job: Job | None) -> int:
    """How many bundles, and copies of people's own notes, are ready to be made before this one."""
    if job is None or job.state != Job.State.QUEUED:
        return 0
    return Job.objects.ahead_of(job).filter(kind__in=["bundle", "own_copy"]).count()


@allow(*CASEWORK)
@require_GET
def bundle_detail(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """One bundle: how far it is, or the file and its digest, and who has taken it."""
    case = visible_case(request, case_id, is_recorded=False)
    bundle = _bundle(request, case, pk)
    record(Action.BUNDLE_VIEWED, target=bundle, case_ids=[case.pk])
    releases = bundle.releases.select_related("approved_by").prefetch_related("steps__by").order_by("-at")
    told = times()
    shown = [(each, standing_of(each, told)) for each in releases]
    more = {"releases": shown, "seal": seal_of(bundle, request.user) if bundle.is_ready else None}
    return render(request, "bundles/detail.html", _progress(case, bundle, request.user) | more)


@allow(*CASEWORK, background=True)
@require_GET
def bundle_progress(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """The piece of the page that asks for itself until the bundle is made."""
    case = visible_case(request, case_id, is_recorded=False)
    return render(request, "bundles/_progress.html", _progress(case, _bundle(request, case, pk), request.user))


@allow(*CASEWORK)
@require_POST
def bundle_cancel(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """End the making of a bundle that is not wanted any more."""
    case = visible_case(request, case_id)
    cancel_bundle(bundle=_bundle(request, case, pk), by=request.user)
    return redirect("bundles:detail", case_id, pk)


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
