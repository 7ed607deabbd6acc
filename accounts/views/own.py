"""One's own account: what it is called, its password, where it is signed in."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.actions import change_password, set_sign_in_name, sign_out_elsewhere
from accounts.forms import NewPasswordForm, SignInNameForm
from accounts.http import AuthenticatedRequest
from accounts.models import Session, SignIn
from nsvcs.access import EVERYONE, Role, allow
from nsvcs.forms import form_status


@allow(*EVERYONE)
@require_GET
def mine(request: AuthenticatedRequest) -> HttpResponse:
    """What this account is, and what can be changed."""
    return render(request, "accounts/mine.html")


@allow(*EVERYONE)
@require_GET
def sign_ins(request: AuthenticatedRequest) -> HttpResponse:
    """When and where this account was signed in, in the last 30 days."""
    page = Paginator(SignIn.objects.visible_to(request.user), 25).get_page(request.GET.get("page"))
    own = Session.objects.of(request.user.pk)
    alive = set(own.alive(timezone.now()).values_list("session_key", flat=True))
    late = set(own.values_list("session_key", flat=True)) - alive
    here = request.session.session_key
    return render(
        request,
        "accounts/sign_ins.html",
        {"page": page, "alive": alive, "late": late, "here": here, "others": len(alive - {here})},
    )


@allow(*EVERYONE, fresh=True)
@require_POST
def sign_ins_end(request: AuthenticatedRequest) -> HttpResponse:
    """Sign out everywhere but here."""
    key = request.session.session_key or ""
    count = sign_out_elsewhere(user=request.user, session_key=key, by=request.user)
    said = ngettext("Signed out of %(n)s other place.", "Signed out of %(n)s other places.", count) % {"n": count}
    messages.success(request, said if count else _("You were signed in nowhere else."))
    return redirect("accounts:sign_ins")


@allow(*EVERYONE, fresh=True)
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def password(request: AuthenticatedRequest) -> HttpResponse:
    """Choose a new password; every other place is signed out."""
    form = NewPasswordForm(request.POST or None, user=request.user)
    if form.is_valid():
        change_password(request=request, password=form.cleaned_data["password"], by=request.user)
        messages.success(request, _("Your password was changed. You are signed out everywhere else."))
        return redirect("accounts:mine")
    return render(request, "accounts/password.html", {"form": form}, status=form_status(form))


@allow(Role.VICTIM, fresh=True)
@require_http_methods(["GET", "POST"])
def sign_in_name(request: AuthenticatedRequest) -> HttpResponse:
    """Choose another sign-in name."""
    form = SignInNameForm(request.POST or None)
    if form.is_valid():
        try:
            set_sign_in_name(sign_in_name=form.cleaned_data["sign_in_name"], by=request.user)
        except ValidationError as error:
            form.add_error("sign_in_name", error)
        else:
            messages.success(request, _("Your sign-in name was changed."))
            return redirect("accounts:mine")
    return render(request, "accounts/sign_in_name.html", {"form": form}, status=form_status(form))
