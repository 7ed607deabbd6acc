"""Starting with a one-time code, and asking for one by e-mail."""

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import throttle
from accounts.actions import claim_code, failed_sign_in, wrong_code
from accounts.actions.enrolment import CODE_DOES_NOT_WORK, owner_of
from accounts.adapters import refuse_until
from accounts.forms import NewPasswordForm, RecoverForm, StartForm
from accounts.models import User
from accounts.recovery import ask_for_message
from accounts.sources import source_of
from nsvcs.access import open_to_all
from nsvcs.forms import form_status

ASK_WAIT_SECONDS = 180


def owner_or_refuse(request: HttpRequest, code: str) -> User:
    """Whose code was typed, at the pace this place may try.

    Raises:
        ValidationError: no such code, or too soon after a wrong one.
    """
    at = throttle.door("code", "", source_of(request), has_owner=False)
    if wait := throttle.seconds_to_wait(at):
        refuse_until(wait)
    user = owner_of(code)
    if user is None:
        wrong_code(code=code)
        failed_sign_in(at=at, user=None, step="code")
        raise ValidationError(CODE_DOES_NOT_WORK, code="wrong")
    throttle.forget(at)
    return user


@open_to_all
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Enter a one-time code; a right one leads on to choosing a password, in the same answer."""
    form = StartForm(request.POST or None)
    if form.is_valid():
        code = form.cleaned_data["code"]
        try:
            user = owner_or_refuse(request, code)
        except ValidationError as error:
            form.add_error("code", error)
        else:
            return choose(request, NewPasswordForm(user=user), code)
    return render(request, "accounts/start.html", {"form": form}, status=form_status(form))


@open_to_all
@sensitive_post_parameters("code", "password")
@require_http_methods(["GET", "POST"])
def start_password(request: HttpRequest) -> HttpResponse:
    """Choose a password with the code; then signed in, a second step included where the account has one."""
    code = request.POST.get("code", "")
    if not code:
        return redirect("accounts:start")
    try:
        user = owner_or_refuse(request, code)
    except ValidationError as error:
        again = StartForm({"code": code})
        again.add_error("code", error)
        return render(request, "accounts/start.html", {"form": again}, status=422)
    form = NewPasswordForm(request.POST, user=user)
    if not form.is_valid():
        return choose(request, form, code)
    user = claim_code(code=code, password=form.cleaned_data["password"])
    record_authentication(request, user, method="password")
    answer: HttpResponse = perform_login(request, Login(user=user))
    return answer


def choose(request: HttpRequest, form: NewPasswordForm, code: str) -> HttpResponse:
    """The page for a new password; the code travels with the form and is kept nowhere."""
    context = {"form": form, "code": code, "owner": form.user}
    return render(request, "accounts/start_password.html", context, status=form_status(form))


@open_to_all
@require_GET
def recover(request: HttpRequest) -> HttpResponse:
    """Ways to get back in: a call, or an e-mail where that was agreed."""
    return render(request, "accounts/recover.html", {"form": RecoverForm()})


@open_to_all
@require_POST
def recover_ask(request: HttpRequest) -> HttpResponse:
    """Note the wish. Known or not, the answer is the same; who asks for many is slowed down like who guesses."""
    form = RecoverForm(request.POST)
    if form.is_valid():
        try:
            pace(request)
        except ValidationError as error:
            form.add_error("email", error)
        else:
            ask_for_message(form.cleaned_data["email"])
            return redirect("accounts:recover_asked")
    return render(request, "accounts/recover.html", {"form": form}, status=form_status(form))


def pace(request: HttpRequest) -> None:
    """Count one wish from this place: one a three minutes in the end, 20 an hour.

    Raises:
        ValidationError: too soon after the one before.
    """
    at = throttle.door("recover", "", source_of(request), has_owner=False, longest=ASK_WAIT_SECONDS)
    if wait := throttle.seconds_to_wait(at):
        refuse_until(wait)
    throttle.count_wrong(at)


@open_to_all
@require_GET
def recover_asked(request: HttpRequest) -> HttpResponse:
    """What happens now, whoever asked."""
    return render(request, "accounts/recover_asked.html")
