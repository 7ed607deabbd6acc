"""The equipment of one case: requests, and loans from the reservation until the unit is back."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import AuthenticatedRequest
from accounts.models import User
from audit.actions import record
from audit.models import Action
from cases.access import visible_case
from cases.models import Case
from cases.noticing import notice_offer
from cases.views.noticing import notify
from cases.views.trying import attempt, status_of
from nsvcs import forms
from nsvcs.access import Role, allow
from referrals.actions.equipment import is_battery_overdue
from referrals.actions.equipment_loans import (
    issue_alarm,
    lose_alarm,
    mark_faulty,
    may_post,
    release_loan,
    renew_loan,
    reserve_alarm,
    return_alarm,
)
from referrals.actions.equipment_requests import answer_request
from referrals.equipment_limits import limits
from referrals.equipment_lists import lent_to
from referrals.forms.equipment_loans import (
    AnswerForm,
    IssueForm,
    KindForm,
    RenewForm,
    ReserveForm,
    ReturnForm,
    WordsForm,
)
from referrals.models import Alarm, AlarmLoan, AlarmRequest
from referrals.rules.equipment import LoanState, RequestState

MOST_UNITS = 100  # to choose from at once; the type narrows them


@allow(Role.CASEWORKER, Role.MANAGER)
@require_safe
def equipment(request: AuthenticatedRequest, case_id: UUID) -> HttpResponse:
    """What was asked for, what is here now, what was."""
    case = visible_case(request, case_id)
    context = {
        "case": case,
        "lent": lent_to(case, request.user),
        "may_post": may_post(case, timezone.now()),
        "today": timezone.localdate(),
    }
    return render(request, "referrals/equipment/list.html", context)


@allow(Role.CASEWORKER, Role.MANAGER)
@require_http_methods(["GET", "POST"])
def answer(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """Approve a request, or say why it is not possible; the contact rule stands beside how she would get it."""
    case = visible_case(request, case_id)
    asked = AlarmRequest.objects.visible_to(request.user).filter(case=case, pk=pk).first()
    if asked is None:
        raise Http404
    if request.method == "GET" and asked.state not in {RequestState.ASKED, RequestState.APPROVED}:
        messages.info(request, _("This request stands at “%s” now.") % asked.get_state_display())
        return redirect("referrals:equipment", case.pk)
    now = timezone.now()
    is_approved = asked.state == RequestState.APPROVED
    form = AnswerForm(request.POST or None, is_approved=is_approved, offer=notice_offer(case, now))
    if form.is_valid():
        to, words = RequestState(form.cleaned_data["to"]), form.cleaned_data["words"]
        if attempt(form, lambda: answer_request(request=asked, to=to, words=words, by=request.user)):
            messages.success(request, _("The answer was saved. The victim sees it in the portal."))
            notify(request, case, form, asked.steps.latest("at").pk)
            return redirect("referrals:equipment", case.pk)
    context = {"case": case, "asked": asked, "form": form, "may_post": may_post(case, now)}
    return render(request, "referrals/equipment/answer.html", context, status=status_of(form))


@allow(Role.CASEWORKER, Role.MANAGER)
@require_http_methods(["GET", "POST"])
def reserve(request: AuthenticatedRequest, case_id: UUID) -> HttpResponse:
    """Put a unit aside for the victim; those of one's own team come first."""
    case = visible_case(request, case_id)
    narrow = KindForm(request.GET)
    kind = narrow.cleaned_data.get("kind") if narrow.is_valid() else ""
    approved = AlarmRequest.objects.visible_to(request.user).filter(case=case, state=RequestState.APPROVED).first()
    units = Alarm.objects.lendable().for_list().filter(**{"kind": kind} if kind else {})
    own_first = units.own_first(request.user.staff_profile.team_id)[:MOST_UNITS]
    again = _reserved_just_now(request, case)
    choices = [*own_first, *([again.alarm] if again else [])]
    form = ReserveForm(request.POST or None, units=choices, asked=again.request if again else approved)
    if form.is_valid():
        unit, key = Alarm.objects.get(pk=form.cleaned_data["alarm"]), form.cleaned_data["key"]
        asked = form.answers()
        if attempt(form, lambda: reserve_alarm(case=case, alarm=unit, key=key, request=asked, by=request.user)):
            messages.success(request, _("The unit is reserved."))
            return redirect("referrals:equipment", case.pk)
    context = {"case": case, "form": form, "narrow": narrow, "has_units": bool(choices)}
    return render(request, "referrals/equipment/reserve.html", context, status=status_of(form))


def _reserved_just_now(request: AuthenticatedRequest, case: Case) -> AlarmLoan | None:
    """What this very form has reserved already, where it was sent twice: the action finds it again."""
    try:
        key = UUID(request.POST.get("key", ""))
    except ValueError:
        return None
    kept: AlarmLoan | None = AlarmLoan.objects.visible_to(request.user).for_list().filter(pk=key, case=case).first()
    return kept


def _loan(request: AuthenticatedRequest, case: Case, pk: UUID) -> AlarmLoan:
    loans = AlarmLoan.objects.visible_to(request.user).for_list()
    found: AlarmLoan | None = loans.select_related("case__victim").filter(case=case, pk=pk).first()
    if found is None:
        raise Http404
    return found


def _late_for(request: AuthenticatedRequest, loan: AlarmLoan, state: LoanState) -> HttpResponse | None:
    """A page for something that the loan is past: to the list, which shows where it stands."""
    if request.method == "POST" or loan.state == state:
        return None
    messages.info(request, _("This loan stands at “%s” now.") % loan.get_state_display())
    return redirect("referrals:equipment", loan.case_id)


Doing = Callable[[AlarmLoan, forms.Form], Any]


def _page(
    request: AuthenticatedRequest, case: Case, loan: AlarmLoan, form: forms.Form, do: Doing, page: str, done: str,
    level: int = messages.SUCCESS, **more: Any,
) -> HttpResponse:  # fmt: skip
    """One change of a loan: done and back to the list, or the page with what stands against it."""
    if form.is_valid() and attempt(form, lambda: do(loan, form)):
        messages.add_message(request, level, done)
        return redirect("referrals:equipment", case.pk)
    context = {"case": case, "loan": loan, "form": form} | more
    return render(request, f"referrals/equipment/{page}.html", context, status=status_of(form))


@allow(Role.CASEWORKER, Role.MANAGER)
@require_http_methods(["GET", "POST"])
def issue(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """Give a reserved unit out, tested just before; one that does not work is faulty, and another is reserved."""
    case = visible_case(request, case_id)
    loan = _loan(request, case, pk)
    if late := _late_for(request, loan, LoanState.RESERVED):
        return late
    people = User.objects.caseworkers_of(case.team_id).order_by("name").values_list("pk", "name")
    post = may_post(case, timezone.now())
    form = IssueForm(request.POST or None, user=request.user, people=list(people), may_post=post)
    if form.is_valid() and form.has_failed:
        reason = _("Did not work when it was to be given out")
        if attempt(form, lambda: mark_faulty(alarm=loan.alarm, reason=reason, by=request.user)):
            messages.warning(request, _("The unit is marked as faulty. Reserve another one."))
            return redirect("referrals:equipment_reserve", case.pk)

    def give(held: AlarmLoan, sent: forms.Form) -> Any:
        return issue_alarm(loan=held, values=form.values(), words=sent.cleaned_data["words"], by=request.user)

    done = _("The unit is given out. Print the receipt for the victim if it is safe to keep one.")
    is_late = is_battery_overdue(loan.alarm, timezone.localdate(), limits()["alarm_battery_months"])
    return _page(request, case, loan, form, give, "issue", done, may_post=post, is_battery_late=is_late)


@allow(Role.CASEWORKER, Role.MANAGER)
@require_safe
def receipt(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """What the victim may keep: what it is, until when, and that it calls nobody. No name, no address, no service."""
    case = visible_case(request, case_id, is_recorded=False)
    loan = _loan(request, case, pk)
    if loan.issued_at is None:
        raise Http404
    record(Action.EQUIPMENT_RECEIPT, target=loan, case_ids=[case.pk])
    return render(request, "referrals/equipment/receipt.html", {"case": case, "loan": loan})


@allow(Role.CASEWORKER, Role.MANAGER)
@require_http_methods(["GET", "POST"])
def renew(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """Agree on a later day to come back."""
    case = visible_case(request, case_id)
    loan, form = _loan(request, case, pk), RenewForm(request.POST or None)
    if late := _late_for(request, loan, LoanState.ISSUED):
        return late

    def do(held: AlarmLoan, sent: forms.Form) -> Any:
        return renew_loan(loan=held, by=request.user, **sent.cleaned_data)

    return _page(request, case, loan, form, do, "renew", _("The loan was renewed."))


@allow(Role.CASEWORKER, Role.MANAGER)
@require_http_methods(["GET", "POST"])
def release(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """Give a reservation up."""
    case = visible_case(request, case_id)
    loan, form = _loan(request, case, pk), WordsForm(request.POST or None)
    if late := _late_for(request, loan, LoanState.RESERVED):
        return late

    def do(held: AlarmLoan, sent: forms.Form) -> Any:
        return release_loan(loan=held, words=sent.cleaned_data["words"], by=request.user)

    return _page(request, case, loan, form, do, "release", _("The reservation was given up."))


@allow(Role.CASEWORKER, Role.MANAGER)
@require_http_methods(["GET", "POST"])
def take_back(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """Take a unit back, looked over for tampering and trackers."""
    case = visible_case(request, case_id)
    loan, form = _loan(request, case, pk), ReturnForm(request.POST or None)
    if late := _late_for(request, loan, LoanState.ISSUED):
        return late

    def do(held: AlarmLoan, sent: forms.Form) -> Any:
        return return_alarm(loan=held, values=form.values(), words=sent.cleaned_data["words"], by=request.user)

    done, level = _("The unit is back. Look it over before it is lent again."), messages.SUCCESS
    if form.is_valid() and form.has_found:
        done = _("The unit is back and kept apart: something was found. A red flag asks to look at the case today.")
        level = messages.WARNING
    return _page(request, case, loan, form, do, "return", done, level)


@allow(Role.CASEWORKER, Role.MANAGER)
@require_http_methods(["GET", "POST"])
def lose(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """Record that a lent unit is lost."""
    case = visible_case(request, case_id)
    loan, form = _loan(request, case, pk), WordsForm(request.POST or None)
    if late := _late_for(request, loan, LoanState.ISSUED):
        return late

    def do(held: AlarmLoan, sent: forms.Form) -> Any:
        return lose_alarm(loan=held, words=sent.cleaned_data["words"], by=request.user)

    return _page(request, case, loan, form, do, "lost", _("The unit is recorded as lost."))
