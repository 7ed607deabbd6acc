"""How she may be reached: needs fresh proof, because a changed number can put her in danger."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.forms import ConfirmForm
from accounts.http import AuthenticatedRequest
from accounts.models import User
from accounts.proof import missing_proof
from cases.access import visible_case
from cases.actions import StaleEdit, set_safe_contact
from cases.forms.people import SafeContactForm
from cases.models import Case, SafeContact
from cases.views.comparing import Difference, brought_together
from cases.views.trying import attempt
from nsvcs import forms
from nsvcs.access import Role, allow


@allow(Role.CASEWORKER, Role.MANAGER, fresh=True, keeps_typed=True)
@require_http_methods(["GET", "POST"])
def case_safe_contact(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """Record anew how she may be reached, or confirm what stands; older versions are kept below."""
    case = visible_case(request, pk)
    form = SafeContactForm(request.POST or None, initial=SafeContactForm.of(case.safe_contact))
    found: list[Difference] = []
    is_stale, proof = False, missing_proof(request) if request.method == "POST" else None
    if proof is not None:
        _ask(form, proof)
    elif form.is_valid():
        based_on, saved = form.cleaned_data["version"], None
        try:
            saved = attempt(form, lambda: _save(case, form, request.user))
        except StaleEdit:
            is_stale = True
            form, found = _brought_together(request, form, case.victim_id, based_on)
        if saved is not None:
            messages.success(request, _("How to reach the victim safely was saved."))
            return redirect("cases:detail", case.pk)
    older = _records(request, case.victim_id)
    context = {
        "case": case,
        "form": form,
        "differences": found,
        "is_stale": is_stale,
        "older": older,
        "proof": proof,
        "is_unsafe": bool(older) and older[0].is_unsafe,
    }
    return render(request, "cases/safe_contact.html", context, status=409 if is_stale else forms.form_status(form))


def _save(case: Case, form: SafeContactForm, by: User) -> SafeContact:
    """What was typed, as a new record."""
    typed = form.cleaned_data
    return set_safe_contact(
        victim=case.victim, values=form.values(), confirmed_on=typed["confirmed_on"], based_on=typed["version"],
        because=typed["because"], by=by,
    )  # fmt: skip


def _records(request: AuthenticatedRequest, victim_id: UUID) -> list[SafeContact]:
    """The newest records, each with the name of who made it."""
    found = list(SafeContact.objects.visible_to(request.user).filter(victim=victim_id).order_by("-version")[:10])
    people = User.objects.staff().filter(pk__in={each.recorded_by for each in found})
    names = dict(people.values_list("pk", "name"))
    for each in found:
        each.recorder = names.get(each.recorded_by, "")  # type: ignore[attr-defined]
    return found


def _ask(form: SafeContactForm, proof: ConfirmForm) -> None:
    """Say above the form that the password is needed, and what was wrong with it."""
    wrong = proof.errors.get("password") or [
        _("It is more than five minutes since you proved who you are. Enter your password at the end, then save.")
    ]
    for sentence in wrong:
        form.add_error(None, sentence)


def _brought_together(
    request: AuthenticatedRequest, form: SafeContactForm, victim_id: UUID, based_on: int
) -> tuple[SafeContactForm, list[Difference]]:
    """The form anew on the colleague's record, with what this worker changed in the record they saw."""
    records = {each.version: each for each in SafeContact.objects.visible_to(request.user).filter(victim=victim_id)}
    seen, present = records.get(based_on), records[max(records)]
    before, typed = SafeContactForm.of(seen) if seen else {}, form.cleaned_data
    mine = {name: value for name, value in typed.items() if name not in before or value != before[name]}
    return brought_together(form, SafeContactForm.of(present), mine)
