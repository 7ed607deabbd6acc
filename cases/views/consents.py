"""What the victim agreed to, on the staff's side: the list with its history, one more, and taking one back."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.http import AuthenticatedRequest
from cases.access import visible_case
from cases.actions import give_consent, withdraw_consent
from cases.forms.consent import ConsentForm, WithdrawForm
from cases.models import Consent
from cases.views.trying import attempt, status_of
from nsvcs.access import Role, allow

PAGE_SIZE = 25


@allow(Role.CASEWORKER, Role.MANAGER)
@require_GET
def case_consents(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """Every agreement of the case, the newest first, with where it stands today."""
    case, today = visible_case(request, pk), timezone.localdate()
    found = Consent.objects.visible_to(request.user).filter(case=case).for_list()
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    rows = [{"consent": consent, "state": consent.state_on(today)} for consent in page]
    return render(request, "cases/consents.html", {"case": case, "page": page, "rows": rows})


@allow(Role.CASEWORKER, Role.MANAGER)
@require_http_methods(["GET", "POST"])
def consent_new(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """Record what the victim agreed to; `?for=` begins with a purpose."""
    case = visible_case(request, pk)
    form = ConsentForm(request.POST or None, purpose=request.GET.get("for", ""))
    if form.is_valid():
        key, values = form.cleaned_data["key"], form.values()
        if attempt(form, lambda: give_consent(case=case, key=key, values=values, by=request.user)):
            messages.success(request, _("The agreement was saved."))
            return redirect("cases:consents", case.pk)
    return render(request, "cases/consent_new.html", {"case": case, "form": form}, status=status_of(form))


@allow(Role.CASEWORKER, Role.MANAGER)
@require_http_methods(["GET", "POST"])
def consent_withdraw(request: AuthenticatedRequest, pk: UUID, consent_id: UUID) -> HttpResponse:
    """The victim took it back: one press, and no reason is asked for."""
    case = visible_case(request, pk)
    consent = Consent.objects.visible_to(request.user).for_list().filter(pk=consent_id, case=case).first()
    if consent is None:
        raise Http404
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        withdraw_consent(consent=consent, by=request.user, **form.cleaned_data)
        messages.success(request, _("The agreement counts no more. What rests on it ends within a minute."))
        return redirect("cases:consents", case.pk)
    context = {"case": case, "consent": consent, "form": form}
    return render(request, "cases/consent_withdraw.html", context, status=status_of(form))
