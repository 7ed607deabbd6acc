"""Signing in and out, leaving at once, and how long a sign-in still lasts."""

import time
from typing import Any
from urllib.parse import urlencode

from allauth.account.internal.stagekit import clear_login
from allauth.account.views import LoginView
from allauth.account.views import ReauthenticateView as LibraryConfirmView
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import throttle
from accounts.actions import end_sign_in
from accounts.actions.signing import device_cookie_name
from accounts.adapters import BEGUN_WITH, password_door
from accounts.http import AuthenticatedRequest
from accounts.limits import SEEN
from accounts.middleware import seconds_left
from nsvcs.access import EVERYONE, allow, open_to_all
from nsvcs.context import form_owner
from nsvcs.forms import form_status

HELP_AFTER_WRONG = 3


def notice_cookie_name() -> str:
    """The name of the cookie that says the safety notice was read in this browser."""
    return "__Host-n" if settings.IS_HTTPS else "n"


class SignInView(LoginView):
    """The one sign-in page. Whoever comes for the first time reads the safety notice before it."""

    template_name = "account/login.html"
    offers_help = False

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show the form, after the notice was read once or where this browser is known."""
        if {notice_cookie_name(), device_cookie_name()} & request.COOKIES.keys():
            answer: HttpResponseBase = super().get(request, *args, **kwargs)
            return answer
        return redirect(with_next("accounts:before", request))

    def form_invalid(self, form: Any) -> HttpResponse:
        """Say that it was wrong, the same for every cause; after three times offer a voice."""
        name = form.data.get("login", "")
        self.offers_help = throttle.wrong_count(password_door(self.request, name)) >= HELP_AFTER_WRONG
        answer: HttpResponse = self.render_to_response(self.get_context_data(form=form), status=form_status(form))
        return answer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Whether to offer the caseworker's number more loudly."""
        return {**super().get_context_data(**kwargs), "offers_help": self.offers_help}


class CodeView(AuthenticateView):
    """The second step: a code or a passkey."""

    template_name = "mfa/authenticate.html"

    def form_valid(self, form: Any) -> HttpResponse:
        """Let in, unless the password that began this was changed in the meantime, or the access has ended."""
        user, begun_with = self.stage.login.user, self.request.session.pop(BEGUN_WITH, "")
        if not user.is_active or not constant_time_compare(begun_with, user.get_session_auth_hash()):
            clear_login(self.request)
            return redirect("account_login")
        answer: HttpResponse = super().form_valid(form)
        return answer

    def form_invalid(self, form: Any) -> HttpResponse:
        """Say so, with the status of a form with faults."""
        return self.render_to_response(self.get_context_data(), status=422)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Which ways this account has."""
        found = super().get_context_data(**kwargs)
        types = set(Authenticator.objects.filter(user=self.stage.login.user).values_list("type", flat=True))
        form = found["form"] or self.get_form_class()(user=self.stage.login.user)
        return {**found, "form": form, "has_passkey": "webauthn" in types, "has_code": bool(types - {"webauthn"})}


class ConfirmView(LibraryConfirmView):
    """The password again, before something that matters."""

    template_name = "account/reauthenticate.html"

    def form_invalid(self, form: Any) -> HttpResponse:
        """Say so, with the status of a form with faults."""
        answer: HttpResponse = self.render_to_response(self.get_context_data(form=form), status=form_status(form))
        return answer


def with_next(name: str, request: HttpRequest) -> str:
    """The address of a page, keeping where the browser wanted to go."""
    wanted = request.GET.get("next", "")
    is_ours = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return f"{reverse(name)}?{urlencode({'next': wanted})}" if is_ours else reverse(name)


@open_to_all
@require_GET
def before(request: HttpRequest) -> HttpResponse:
    """What to know before signing in: who might see this phone, what exit does, what stays."""
    response = render(request, "accounts/before.html", {"go_on": with_next("account_login", request)})
    response.set_cookie(
        notice_cookie_name(), "1", secure=settings.IS_HTTPS, httponly=True, samesite="Lax", max_age=180 * 24 * 60 * 60
    )
    return response


@open_to_all
@require_GET
def safer_way(request: HttpRequest) -> HttpResponse:
    """Other ways to reach the service than this device."""
    return render(request, "accounts/safer_way.html")


@open_to_all
@require_http_methods(["GET", "POST"])
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out, or give up a sign-in that is half done."""
    if request.method == "POST":
        end_sign_in(request=request)
        clear_login(request)
    return redirect("signed_out" if request.method == "POST" else "front")


@open_to_all
@require_GET
def signed_out(request: HttpRequest) -> HttpResponse:
    """The sign-in is over; whoever comes here by a link is signed out too."""
    if request.user.is_authenticated:
        end_sign_in(request=request)
    return render(request, "accounts/signed_out.html")


@csrf_exempt
@open_to_all
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest) -> HttpResponse:
    """Exit: the session ends on the server, the browser goes somewhere plain and is told to forget what it cached.

    Not guarded by a form token: being signed out by somebody else does no harm, and the way out must never fail.
    """
    end_sign_in(request=request)
    response = HttpResponseRedirect(settings.SAFE_EXIT_URL)
    response.status_code = 303
    response["Clear-Site-Data"] = '"cache"'
    response["Referrer-Policy"] = "no-referrer"
    return response


@allow(*EVERYONE, background=True, before_second_factor=True)
@require_http_methods(["GET", "POST"])
def time_left(request: AuthenticatedRequest) -> JsonResponse:
    """Seconds until this sign-in ends. Asking does not count as activity; a POST does, within the longest time.

    A sign-in in another window makes a page's token an old one: whoever it was made for is told the new one.
    """
    if request.method == "POST":
        request.session[SEEN] = time.time()
    told: dict[str, object] = {"seconds_left": max(0, seconds_left(request))}
    if constant_time_compare(request.headers.get("X-Form-Owner", ""), form_owner(request)):
        told["token"] = get_token(request)
    return JsonResponse(told)


@allow(*EVERYONE, before_second_factor=True)
@require_POST
def extend(request: AuthenticatedRequest) -> HttpResponse:
    """Stay signed in, for a browser without scripts: back to the page it came from."""
    request.session[SEEN] = time.time()
    return redirect("front")


sign_in = SignInView.as_view()
confirm = ConfirmView.as_view()
code = CodeView.as_view()
