"""What allauth asks of us: it checks and remembers, we decide what is slowed, written down, said and sent."""

from typing import Any, NoReturn

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts import throttle
from accounts.actions.signing import begin_sign_in, end_sign_in, failed_sign_in, is_known_device, remember_device
from accounts.keys import open_secret, seal_secret
from accounts.models import User
from accounts.sources import client_address, source_of

WRONG_DETAILS = _("Those details do not match. Check them and try again.")
BEGUN_WITH = "begun_with"
WRONG_CODE = _("That code does not work. Use the newest one shown in your app.")


def refuse_until(seconds: int) -> NoReturn:
    """Answer a try that came before its time.

    Raises:
        ValidationError: always, saying how long to wait.
    """
    words = ngettext("Try again in %(n)s second.", "Try again in %(n)s seconds.", seconds) % {"n": seconds}
    raise ValidationError(words, code="wait")


class AccountAdapter(DefaultAccountAdapter):
    """No sign-up, nothing sent by the library itself, wrong tries slowed down by `accounts/throttle.py`."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": WRONG_DETAILS,
        "incorrect_password": _("That password is not right."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are given, never taken."""
        return False

    def is_ajax(self, request: HttpRequest) -> bool:
        """There is one answer to one form: a page."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Nothing: messages go through `jobs.Outgoing`, which asks first whether it is safe."""

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Nothing: see `send_mail`."""

    def add_message(self, request: HttpRequest, level: int, *args: Any, **kwargs: Any) -> None:
        """Only what we say ourselves; the library's own sentences name things we do not name."""
        if message := kwargs.get("message"):
            messages.add_message(request, level, message)

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address that counts, as everywhere else here."""
        return client_address(request) or "0.0.0.0"  # noqa: S104 - no address, not a door

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Never by the library: pages say so themselves (`needs_fresh_proof`), and signing in counts."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Look at a password only when its time has come; a browser that was here before need not wait.

        Raises:
            ValidationError: try again in N seconds.
        """
        name = credentials.get("username", "")
        if is_known_device(request=request, user=account_named(name)):
            return
        if wait := throttle.seconds_to_wait(password_door(request, name)):
            refuse_until(wait)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """Check a password; a right one clears what went wrong from this place before."""
        user = super().authenticate(request, **credentials)
        if user is not None:
            throttle.forget(password_door(request, credentials.get("username", "")))
        return user

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Count and record a wrong password."""
        name = credentials.get("username", "")
        failed_sign_in(at=password_door(request, name), user=account_named(name), step="password")

    def reauthenticate(self, user: Any, password: str) -> bool:
        """Whether this is the password of whoever is signed in; a known browser waits here like any other.

        Whoever holds her unlocked phone holds a known browser. By place only: nobody elsewhere can slow her down.

        Raises:
            ValidationError: try again in N seconds.
        """
        at = throttle.door("confirm", str(user.pk), source_of(context.request), has_owner=False)
        if wait := throttle.seconds_to_wait(at):
            refuse_until(wait)
        if not user.check_password(password):
            failed_sign_in(at=at, user=user, step="password")
            return False
        throttle.forget(at)
        return True

    def pre_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponseBase | None:
        """Note which password let this sign-in begin: it may be changed before the second step is done."""
        request.session[BEGUN_WITH] = user.get_session_auth_hash()
        answer: HttpResponseBase | None = super().pre_login(request, user, **kwargs)
        return answer

    def login(self, request: HttpRequest, user: Any) -> None:
        """Sign in, under a new session id, and write it down."""
        super().login(request, user)
        begin_sign_in(request=request, by=user)

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponseBase:
        """Go on to the page that was wanted; this browser is known from now on."""
        response: HttpResponseBase = super().post_login(request, user, **kwargs)
        remember_device(request=request, response=response, by=user)
        return response

    def logout(self, request: HttpRequest) -> None:
        """Sign out, on the server too."""
        end_sign_in(request=request)


class MFAAdapter(DefaultMFAAdapter):
    """Secrets are kept encrypted; what an authenticator app shows is neutral for the portal."""

    error_messages = {**DefaultMFAAdapter.error_messages, "incorrect_code": WRONG_CODE}

    def encrypt(self, text: str) -> str:
        """Seal a secret for the database."""
        return seal_secret(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Open a sealed secret."""
        return open_secret(encrypted_text)

    def get_totp_issuer(self) -> str:
        """The name an authenticator app shows above the code."""
        user = context.request.user
        return settings.MFA_TOTP_ISSUER if user.is_authenticated and user.is_staff_member else settings.PORTAL_NAME

    def generate_authenticator_name(self, user: Any, type: Authenticator.Type) -> str:
        """A name for a new passkey."""
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return gettext("Passkey %(number)s") % {"number": count + 1}

    def _get_site_name(self) -> str:
        return str(settings.PORTAL_NAME)

    def _get_user_identifier(self, user: Any) -> str:
        return str(user.sign_in_name)


def account_named(name: str) -> User | None:
    """The account with this sign-in name, whatever its state."""
    return User.objects.filter(sign_in_name=name.strip().lower()).first()


def password_door(request: HttpRequest, name: str) -> throttle.Door:
    """Where a password for this name is tried from."""
    return throttle.door("password", name, source_of(request))
