"""Restorative justice of a case: where it stands, moving it, ending it, and the sign-off before an approach."""

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.http import AuthenticatedRequest
from cases.access import visible_case
from cases.actions import StaleEdit
from cases.models import Case
from cases.views.trying import attempt, status_of
from nsvcs import forms
from nsvcs.access import Role, allow
from referrals.actions.restorative import end_restorative, move_restorative, open_restorative, withdraw_restorative
from referrals.actions.signing_off import STALE, answer_sign_off, ask_sign_off, may_sign_off
from referrals.forms.restorative import AnswerForm, AskSignOffForm, EndForm, MoveForm, OpenForm
from referrals.models import RestorativeReferral, SignOffRequest
from referrals.restoring import page_of, screen_of, standing
from referrals.rules.restorative import WAY, Outcome, Stage, may_ask_sign_off


def _referral(request: AuthenticatedRequest, case: Case, pk: UUID) -> RestorativeReferral:
    found = get_object_or_404(RestorativeReferral.objects.visible_to(request.user), pk=pk, case=case)
    found.case = case
    return found


@allow(Role.CASEWORKER, Role.MANAGER)
@require_GET
def restorative(request: AuthenticatedRequest, case_id: UUID) -> HttpResponse:
    """Where it stands, what must stand before an approach, and everything that was done."""
    case = visible_case(request, case_id)
    page = page_of(case, request.user, timezone.now(), timezone.localdate())
    context = {"case": case, "page": page, "way": _way(page.referral)}
    if page.referral is not None and page.standing is not None:
        asked = page.standing.request
        context["may_ask"] = may_ask_sign_off(Stage(page.referral.stage)) and page.standing.sign_off != "waiting"
        context["may_answer"] = (
            asked is not None and page.standing.sign_off == "waiting" and _may_answer(request, case, asked)
        )
    return render(request, "referrals/restorative/page.html", context)


def _way(referral: RestorativeReferral | None) -> list[dict[str, str]]:
    """The stages in order, each done, present, or to come."""
    if referral is None:
        return []
    stage = Stage(referral.stage_before_hold or referral.stage)
    here = WAY.index(stage) if stage in WAY else -1
    return [
        {"text": str(each.label), "state": "done" if place < here else "here" if place == here else "later"}
        for place, each in enumerate(WAY)
    ]


def _may_answer(request: AuthenticatedRequest, case: Case, asked: SignOffRequest) -> bool:
    asked.case = case
    return may_sign_off(asked, request.user)


@allow(Role.CASEWORKER, Role.MANAGER)
@require_http_methods(["GET", "POST"])
def restorative_new(request: AuthenticatedRequest, case_id: UUID) -> HttpResponse:
    """Open it, at the victim's enquiry."""
    case, form = visible_case(request, case_id), OpenForm(request.POST or None)
    if form.is_valid():
        values = form.cleaned_data
        if attempt(form, lambda: open_restorative(case=case, by=request.user, **values)):
            messages.success(request, _("Restorative justice was opened."))
            return redirect("referrals:restorative", case.pk)
    return render(request, "referrals/restorative/new.html", {"case": case, "form": form}, status=status_of(form))


@allow(Role.CASEWORKER, Role.MANAGER)
@require_http_methods(["GET", "POST"])
def restorative_move(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """Move it on, back, to hold, or from hold."""
    case = visible_case(request, case_id)
    referral = _referral(request, case, pk)
    form, is_stale = MoveForm(request.POST or None, referral=referral), False
    if form.is_valid():
        said: dict[str, Any] = {"key": form.cleaned_data["key"], "values": form.values(), "by": request.user}
        seen, to = Stage(form.cleaned_data["seen"]), Stage(form.cleaned_data["to"])
        try:
            if attempt(form, lambda: move_restorative(referral=referral, seen=seen, to=to, **said)):
                messages.success(request, _("The stage was saved."))
                return redirect("referrals:restorative", case.pk)
        except StaleEdit as edit:
            referral = _as_it_is(edit, case)
            form, is_stale = MoveForm(initial=_typed(form), referral=referral), True
    stands = standing(referral, request.user, timezone.now(), timezone.localdate())
    context = {"case": case, "referral": referral, "form": form, "standing": stands, "is_stale": is_stale}
    return render(request, "referrals/restorative/move.html", context, status=409 if is_stale else status_of(form))


def _as_it_is(edit: StaleEdit, case: Case) -> RestorativeReferral:
    present = cast(RestorativeReferral, edit.present)
    present.case = case
    return present


def _typed(form: forms.Form) -> dict[str, str]:
    """What is shown again on a form that begins anew."""
    return {"reason": form.cleaned_data["reason"]}


@allow(Role.CASEWORKER, Role.MANAGER)
@require_http_methods(["GET", "POST"])
def restorative_end(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """End it with an outcome."""
    case = visible_case(request, case_id)
    referral = _referral(request, case, pk)
    form, is_stale = EndForm(request.POST or None, referral=referral), False
    if form.is_valid():
        said = {"key": form.cleaned_data["key"], "reason": form.cleaned_data["reason"], "by": request.user}
        seen, outcome = Stage(form.cleaned_data["seen"]), Outcome(form.cleaned_data["outcome"])
        try:
            if attempt(form, lambda: end_restorative(referral=referral, seen=seen, outcome=outcome, **said)):
                messages.success(request, _("Restorative justice has ended on this case."))
                return redirect("referrals:restorative", case.pk)
        except StaleEdit as edit:
            referral = _as_it_is(edit, case)
            form, is_stale = EndForm(initial=_typed(form), referral=referral), True
    context = {"case": case, "referral": referral, "form": form, "is_stale": is_stale}
    return render(request, "referrals/restorative/end.html", context, status=409 if is_stale else status_of(form))


@allow(Role.CASEWORKER, Role.MANAGER)
@require_http_methods(["GET", "POST"])
def restorative_withdraw(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """The victim withdraws: one press, at any stage, and nothing is asked."""
    case = visible_case(request, case_id)
    referral = _referral(request, case, pk)
    if request.method == "POST":
        withdraw_restorative(referral=referral, by=request.user)
        messages.success(request, _("The victim’s withdrawal was saved. Restorative justice has ended on this case."))
        return redirect("referrals:restorative", case.pk)
    return render(request, "referrals/restorative/withdraw.html", {"case": case, "referral": referral})


@allow(Role.CASEWORKER, Role.MANAGER)
@require_http_methods(["GET", "POST"])
def sign_off_ask(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """Ask the team's managers."""
    case = visible_case(request, case_id)
    referral = _referral(request, case, pk)
    form = AskSignOffForm(request.POST or None)
    if form.is_valid():
        values = form.cleaned_data
        if attempt(form, lambda: ask_sign_off(referral=referral, by=request.user, **values)):
            messages.success(request, _("The managers of the team have a task to answer."))
            return redirect("referrals:restorative", case.pk)
    context = {"case": case, "form": form, "screen": screen_of(case, timezone.now())}
    return render(request, "referrals/restorative/ask.html", context, status=status_of(form))


@allow(Role.MANAGER)
@require_http_methods(["GET", "POST"])
def sign_off_answer(request: AuthenticatedRequest, case_id: UUID, pk: UUID, request_id: UUID) -> HttpResponse:
    """Sign off or refuse; who asked, or is no manager of the team, reads why they may not."""
    case = visible_case(request, case_id)
    referral = _referral(request, case, pk)
    found = SignOffRequest.objects.visible_to(request.user).select_related("asked_by", "sign_off__by")
    asked = get_object_or_404(found, pk=request_id, referral=referral)
    form, may_answer = AnswerForm(request.POST or None), _may_answer(request, case, asked)
    if may_answer and form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("reason", "looked_at")}
        said["is_given"] = form.cleaned_data["answer"] == "given"
        if attempt(form, lambda: answer_sign_off(request=asked, by=request.user, **said)):
            messages.success(request, _("Your answer was saved."))
            return redirect("referrals:restorative", case.pk)
        if form.has_error(NON_FIELD_ERRORS, STALE):
            form.look_again()
    stands = standing(referral, request.user, timezone.now(), timezone.localdate())
    context = {"case": case, "referral": referral, "asked": asked, "form": form, "standing": stands}
    context |= {"may_answer": may_answer, "is_answered": hasattr(asked, "sign_off")}
    return render(request, "referrals/restorative/answer.html", context, status=status_of(form))
