"""Approving a bundle and taking it out."""

from urllib.parse import urlencode
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts.http import AuthenticatedRequest
from bundles.actions import NoPass, NotReady, fetch_bundle, pass_for, release_bundle
from bundles.models import Bundle
from cases.access import visible_case
from cases.models import Case
from cases.views.downloading import landing_page, lands
from logs.files import send_file
from nsvcs.access import CASEWORK, LANDING, allow, own_transactions
from nsvcs.identity import acting_as


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
