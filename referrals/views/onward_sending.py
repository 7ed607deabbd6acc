"""Sending an onward referral, a new link to it, taking it back, its answer and its end."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import AuthenticatedRequest
from cases.access import visible_case
from cases.models import Case
from cases.views.trying import attempt, status_of
from nsvcs import forms
from nsvcs.access import CASEWORK, allow
from referrals.actions.onward_fields import digest_of_fields, protected_fields, ticked_fields
from referrals.actions.onward_sending import (
    Handed,
    ProtectedWords,
    basis_stands,
    complete_referral,
    has_lapsed,
    new_link,
    record_answer,
    send_referral,
    withdraw_referral,
)
from referrals.forms.onward import AnswerForm, CompleteForm, WithdrawForm
from referrals.models import Referral, Shared
from referrals.rules.onward import ReferralState
from referrals.views.onward import one_referral


@allow(*CASEWORK, fresh=True)
@require_http_methods(["GET", "POST"])
def onward_check(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """What the partner will see, word for word, and what stands against sending it; posted, it is sent."""
    case = visible_case(request, case_id)
    referral = one_referral(request, case, pk)
    if referral.state != ReferralState.MADE:
        return redirect("referrals:onward_detail", case.pk, referral.pk)
    form = forms.Form(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            handed = attempt(
                form, lambda: send_referral(referral=referral, seen=request.POST.get("seen", ""), by=request.user)
            )
            if handed:
                return link_page(request, case, referral, handed)
        except ProtectedWords:
            form.add_error(None, _("Nothing was sent: protected words stand in it. See below where."))
    fields = ticked_fields(referral)
    context = {
        "case": case,
        "referral": referral,
        "form": form,
        "fields": [(field.label, field.value) for field in fields],
        "is_whole": bool(fields) and len(fields) == len(referral.ticked),
        "left_out": [name.label for name in Shared if name not in referral.ticked],
        "seen": digest_of_fields(fields),
        "found": protected_fields(referral, fields, request.user),
        "stands": basis_stands(referral),
        "has_lapsed": has_lapsed(referral),
    }
    return render(request, "referrals/onward/check.html", context, status=status_of(form))


def link_page(request: AuthenticatedRequest, case: Case, referral: Referral, handed: Handed) -> HttpResponse:
    """The address and the passcode, which are shown this once."""
    address = f"{settings.SITE_URL}{reverse('shared:open', args=[handed.token])}"
    context = {"case": case, "referral": referral, "link": handed.link, "address": address}
    return render(request, "referrals/onward/link.html", context | {"passcode": handed.passcode})


@allow(*CASEWORK, fresh=True)
@require_http_methods(["GET", "POST"])
def onward_link(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """Make a new link where the one before ran out, was locked, or went astray."""
    case = visible_case(request, case_id)
    referral = one_referral(request, case, pk)
    if request.method == "POST":
        try:
            return link_page(request, case, referral, new_link(referral=referral, by=request.user))
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
            return redirect("referrals:onward_detail", case.pk, referral.pk)
    return render(request, "referrals/onward/new_link.html", {"case": case, "referral": referral})


@allow(*CASEWORK)
@require_http_methods(["GET", "POST"])
def onward_withdraw(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """Take a referral back."""
    case = visible_case(request, case_id)
    referral, form = one_referral(request, case, pk), WithdrawForm(request.POST or None)
    if form.is_valid():
        code, words = form.cleaned_data["code"], form.cleaned_data["words"]
        if attempt(form, lambda: withdraw_referral(referral=referral, code=code, words=words, by=request.user)):
            messages.success(request, _("The referral was taken back. Its links do not open any more."))
            return redirect("referrals:onward_detail", case.pk, referral.pk)
    context = {"case": case, "referral": referral, "form": form}
    return render(request, "referrals/onward/withdraw.html", context, status=status_of(form))


@allow(*CASEWORK)
@require_http_methods(["GET", "POST"])
def onward_answer(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """Record an answer that came another way than by the link."""
    case = visible_case(request, case_id)
    referral, form = one_referral(request, case, pk), AnswerForm(request.POST or None)
    if form.is_valid():
        values = form.values()
        if attempt(form, lambda: record_answer(referral=referral, by=request.user, **values)):
            messages.success(request, _("The answer was recorded."))
            return redirect("referrals:onward_detail", case.pk, referral.pk)
    context = {"case": case, "referral": referral, "form": form}
    return render(request, "referrals/onward/answer.html", context, status=status_of(form))


@allow(*CASEWORK)
@require_http_methods(["GET", "POST"])
def onward_complete(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """Say what came of an accepted referral."""
    case = visible_case(request, case_id)
    referral, form = one_referral(request, case, pk), CompleteForm(request.POST or None)
    if form.is_valid():
        words = form.cleaned_data["words"]
        if attempt(form, lambda: complete_referral(referral=referral, words=words, by=request.user)):
            messages.success(request, _("The referral is completed."))
            return redirect("referrals:onward_detail", case.pk, referral.pk)
    context = {"case": case, "referral": referral, "form": form}
    return render(request, "referrals/onward/complete.html", context, status=status_of(form))
