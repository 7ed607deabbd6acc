"""The page behind the link to a referral: public, for whoever has the passcode, and silent about whose it is."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from cases.actions.sharing import Door, WrongPasscode
from cases.forms.sharing import PasscodeForm
from nsvcs.forms import form_status
from referrals.actions.onward_fields import Field
from referrals.actions.onward_partner import answer_referral, show_referral
from referrals.forms.onward import PartnerAnswerForm

PAGE = "referrals/onward/partner.html"


def partner_page(request: HttpRequest, found: Door, token: str) -> HttpResponse:
    """Ask for the passcode; with it, what was passed on; with it once more, take the answer. Keeps no session.

    Raises:
        LinkDead: it was answered, taken back, or its consent has ended, since it was found.
    """
    if "answer" in request.POST or "words" in request.POST:
        return _answered(request, found, token)
    form = PasscodeForm(request.POST or None)
    if form.is_valid():
        fields = _try(form, found, token)
        if fields:
            return _fields(request, fields, PartnerAnswerForm())
    return render(request, "referrals/onward/passcode.html", {"form": form}, status=form_status(form))


def _try(form: PasscodeForm | PartnerAnswerForm, found: Door, token: str) -> list[Field]:
    """What the passcode opens; nothing where it is another, and then the form says so."""
    try:
        return show_referral(found=found, token=token, passcode=form.cleaned_data["passcode"])
    except WrongPasscode:
        form.add_error("passcode", _("That passcode is not right"))
        return []


def _fields(request: HttpRequest, fields: list[Field], form: PartnerAnswerForm) -> HttpResponse:
    if form.is_bound:
        typed = request.POST.copy()
        typed["passcode"] = ""  # once more: a page left open answers for nobody
        form.data = typed
    shown = [(field.label, field.value) for field in fields]
    status = form_status(form) if form.is_bound else 200
    return render(request, PAGE, {"fields": shown, "form": form}, status=status)


def _answered(request: HttpRequest, found: Door, token: str) -> HttpResponse:
    """Take the answer. What is missing in it is asked for beside the fields, if the passcode was right."""
    form = PartnerAnswerForm(request.POST)
    if form.is_valid():
        try:
            passcode = form.cleaned_data["passcode"]
            answer_referral(found=found, token=token, passcode=passcode, **form.values())
        except WrongPasscode:
            form.add_error("passcode", _("That passcode is not right"))
        else:
            return render(request, "referrals/onward/answered.html", {"is_accepted": form.values()["is_accepted"]})
        return _fields(request, [], form)
    fields = _try(form, found, token) if "passcode" in form.cleaned_data else []
    return _fields(request, fields, form)
