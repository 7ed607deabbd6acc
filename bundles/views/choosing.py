"""Choosing what goes into a bundle, looking at the choice once more, asking for it."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.http import AuthenticatedRequest
from audit.actions import record
from audit.models import Action
from bundles.actions import NothingChosen, request_bundle, selection
from bundles.forms import BundleForm, RangeForm, summary_of
from cases.access import visible_case
from cases.models import Case
from logs.models import Evidence
from nsvcs.access import CASEWORK, allow
from nsvcs.forms import form_status


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
