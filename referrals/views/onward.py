"""Onward referrals of a case: all of them, one, and making one ready step by step."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.http import AuthenticatedRequest
from accounts.models import User
from accounts.proof import missing_proof
from cases.access import visible_case
from cases.models import Allocation, Case, CaseGrant, Consent, ShareLink, Wall
from cases.views.trying import attempt, status_of
from nsvcs.access import CASEWORK, Role, allow
from reference.models import Organisation
from referrals.actions.onward import (
    CHANGED,
    ask_without_consent,
    choose_consent,
    choose_shared,
    decide_without_consent,
    make_referral,
)
from referrals.actions.onward_emergency import review_emergency
from referrals.actions.onward_fields import digest_of_fields, fields_of, ticked_fields
from referrals.actions.onward_seen import REFERRAL, openings_of
from referrals.actions.onward_sending import basis_stands, has_lapsed, is_contact_old
from referrals.forms.onward import ConsentForm, DecideForm, WhatForm, WhoForm, WithoutForm
from referrals.models import Referral, ReferralMove, Shared, SharedField, WithoutConsent
from referrals.rules.onward import ReferralState
from referrals.views.proving import ask_above

PAGE_SIZE = 25


def one_referral(request: AuthenticatedRequest, case: Case, pk: UUID) -> Referral:
    """A referral of this case, with what its pages show of it.

    Raises:
        Http404: there is none, or it is another case's.
    """
    rows = Referral.objects.visible_to(request.user).filter(case=case).for_list()
    return get_object_or_404(rows, pk=pk)


@allow(*CASEWORK)
@require_GET
def onward_list(request: AuthenticatedRequest, case_id: UUID) -> HttpResponse:
    """Every onward referral of a case, the newest first."""
    case = visible_case(request, case_id)
    rows = Referral.objects.visible_to(request.user).filter(case=case).for_list()
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"case": case, "page": page, "today": timezone.localdate()}
    return render(request, "referrals/onward/list.html", context)


@allow(*CASEWORK)
@require_http_methods(["GET", "POST"])
def onward_new(request: AuthenticatedRequest, case_id: UUID) -> HttpResponse:
    """Begin a referral: to whom, and why."""
    case = visible_case(request, case_id)
    form = WhoForm(request.POST or None, organisations=Organisation.objects.to_refer_to())
    if form.is_valid():
        key = form.cleaned_data["key"]
        made = attempt(form, lambda: make_referral(case=case, key=key, values=form.values(), by=request.user))
        if made:
            return redirect("referrals:onward_basis", case.pk, made.pk)
    return render(request, "referrals/onward/new.html", {"case": case, "form": form}, status=status_of(form))


@allow(*CASEWORK)
@require_GET
def onward_detail(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """One referral: where it stands, on what it rests, what went, who opened it, and what may be done now."""
    case = visible_case(request, case_id)
    referral = one_referral(request, case, pk)
    moves = ReferralMove.objects.visible_to(request.user).filter(referral=referral).select_related("by")
    links = list(_links(request.user, referral))
    stands, is_old = basis_stands(referral), is_contact_old(referral)
    is_shut = is_old or not stands
    ways = [(number, link, not is_shut and link.opens(timezone.now())) for number, link in enumerate(links, start=1)]
    context = _basis(request, referral) | {
        "case": case,
        "referral": referral,
        "moves": list(moves.order_by("-at", "-pk")),
        "fields": _sent(request.user, referral),
        "ticked": [Shared(name).label for name in referral.ticked],
        "links": ways,
        "seen": openings_of(links),
        "stands": stands,
        "is_contact_old": is_old and (referral.is_awaited or referral.state == ReferralState.ACCEPTED),
        "can_open": any(opens for _number, _link, opens in ways),
        "today": timezone.localdate(),
    }
    return render(request, "referrals/onward/detail.html", context)


def _links(user: User, referral: Referral) -> Any:
    """Its links, the oldest first, each with the tries at it."""
    rows = ShareLink.objects.visible_to(user).of(REFERRAL, referral.pk).order_by("made_at")
    return rows.select_related("made_by").prefetch_related("openings")


def _sent(user: User, referral: Referral) -> list[tuple[str, str]]:
    """What went, in its order, with what it said."""
    rows = SharedField.objects.visible_to(user).filter(referral=referral)
    values = dict(rows.values_list("name", "value"))
    return [(str(name.label), values[name]) for name in Shared if name in values]


def _basis(request: AuthenticatedRequest, referral: Referral) -> dict[str, Any]:
    """The newest asking to share without consent, its decision, and whether this person may decide it."""
    rows = WithoutConsent.objects.visible_to(request.user).filter(referral=referral)
    asking = rows.select_related("asked_by", "decision__by").order_by("-asked_at").first()
    decision = getattr(asking, "decision", None)
    is_left = asking is not None and (referral.state == ReferralState.MADE or asking.is_emergency)
    is_open = is_left and decision is None
    is_other = asking is not None and asking.asked_by_id != request.user.pk
    may_decide = is_open and is_other and request.user.role == Role.MANAGER
    return {
        "asking": asking, "decision": decision, "waits": is_open, "may_decide": may_decide,
        "has_lapsed": has_lapsed(referral),
    }  # fmt: skip


@allow(*CASEWORK)
@require_http_methods(["GET", "POST"])
def onward_basis(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """On what it rests: an agreement that covers it today, or another way."""
    case = visible_case(request, case_id)
    referral = one_referral(request, case, pk)
    rows = Consent.objects.visible_to(request.user).filter(case=case)
    consents = rows.covering(
        purpose=Consent.Purpose.REFERRAL, organisation=referral.organisation, on=timezone.localdate()
    )
    form = ConsentForm(request.POST or None, consents=consents.order_by("-number"))
    if form.is_valid():
        consent = form.known[form.cleaned_data["consent"]]
        if attempt(form, lambda: choose_consent(referral=referral, consent=consent, by=request.user)):
            return redirect("referrals:onward_what", case.pk, referral.pk)
    context = _basis(request, referral) | {"case": case, "referral": referral, "form": form}
    return render(request, "referrals/onward/basis.html", context, status=status_of(form))


@allow(*CASEWORK)
@require_http_methods(["GET", "POST"])
def onward_without(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """Ask a manager whether to share without the victim's consent."""
    case = visible_case(request, case_id)
    referral = one_referral(request, case, pk)
    form = WithoutForm(request.POST or None, managers=managers_of(case, request.user))
    if form.is_valid():
        key, values = form.cleaned_data["key"], form.values()
        manager = form.known[form.cleaned_data["manager"]]
        told = {"referral": referral, "key": key, "values": values, "manager": manager, "by": request.user}
        if attempt(form, lambda: ask_without_consent(**told)):
            messages.success(request, _("%(name)s was asked to decide.") % {"name": manager.name})
            return redirect("referrals:onward_what", case.pk, referral.pk)
    context = _basis(request, referral) | {"case": case, "referral": referral, "form": form}
    return render(request, "referrals/onward/without.html", context, status=status_of(form))


def managers_of(case: Case, user: User) -> Any:
    """The other managers who may open the case: its team's, unless its readers are named, and those who are named."""
    now = timezone.now()
    on_it = Allocation.objects.current(now).visible_to(user).filter(case=case).values("worker_id")
    readers = CaseGrant.objects.visible_to(user).filter(case=case, starts_at__lte=now, ends_at__gt=now)
    walled = Wall.objects.visible_to(user).filter(case=case).values("person_id")
    may_open = Q(pk__in=on_it) | Q(pk__in=readers.values("person_id"))
    if not case.is_restricted:
        may_open |= Q(staff_profile__team=case.team_id)
    managers = User.objects.filter(may_open, role=Role.MANAGER, is_active=True)
    return managers.exclude(pk=user.pk).exclude(pk__in=walled).order_by("name").distinct()


@allow(Role.MANAGER, fresh=True, keeps_typed=True)
@require_http_methods(["GET", "POST"])
def onward_decide(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """A manager looks at why it is to be shared without consent and what would go, and decides."""
    case = visible_case(request, case_id)
    referral = one_referral(request, case, pk)
    shown, seen = _to_decide(request.user, referral)
    context = _basis(request, referral)
    asking = context["asking"]
    if not context["may_decide"]:
        return redirect("referrals:onward_detail", case.pk, referral.pk)
    form = DecideForm(request.POST or None, initial={"seen": seen}, is_emergency=asking.is_emergency)
    proof = missing_proof(request) if request.method == "POST" else None
    if proof is not None:
        ask_above(form, proof)
    elif form.is_valid():
        is_approved, reason = form.cleaned_data["decision"] == "yes", form.cleaned_data["reason"]
        told = {"asking": asking, "is_approved": is_approved, "reason": reason, "by": request.user}
        told["seen"] = form.cleaned_data["seen"]
        decide = review_emergency if asking.is_emergency else decide_without_consent
        if attempt(form, lambda: decide(**told)):
            messages.success(request, _("Your decision was kept."))
            return redirect("referrals:onward_detail", case.pk, referral.pk)
        if form.has_error(NON_FIELD_ERRORS, CHANGED):
            form.look_again(seen)
    context |= {"case": case, "referral": referral, "form": form, "fields": shown, "proof": proof}
    return render(request, "referrals/onward/decide.html", context, status=status_of(form))


def _to_decide(user: User, referral: Referral) -> tuple[list[tuple[str, str]], str]:
    """What a manager decides about, and its digest: what would go, or in an emergency what went."""
    if referral.state != ReferralState.MADE and referral.digest:
        return _sent(user, referral), referral.digest
    fields = ticked_fields(referral)
    return [(field.label, field.value) for field in fields], digest_of_fields(fields)


@allow(*CASEWORK)
@require_http_methods(["GET", "POST"])
def onward_what(request: AuthenticatedRequest, case_id: UUID, pk: UUID) -> HttpResponse:
    """Tick what of the case goes, and write what is written for this referral."""
    case = visible_case(request, case_id)
    referral = one_referral(request, case, pk)
    if referral.state != ReferralState.MADE:
        return redirect("referrals:onward_detail", case.pk, referral.pk)
    began = {name: getattr(referral, name) for name in ("ticked", "summary", "orders", "version")}
    form = WhatForm(request.POST or None, initial=began, fields=fields_of(referral))
    if form.is_valid():
        kept = {name: form.cleaned_data[name] for name in began}
        if chosen := attempt(form, lambda: choose_shared(referral=referral, by=request.user, **kept)):
            if has_lapsed(chosen):
                messages.warning(
                    request, _("What is passed on has changed: the manager’s approval counts no more. Ask again.")
                )
            then = "emergency" if request.GET.get("then") == "emergency" else "check"
            return redirect(f"referrals:onward_{then}", case.pk, referral.pk)
    context = {"case": case, "referral": referral, "form": form}
    return render(request, "referrals/onward/what.html", context, status=status_of(form))
