"""Forms of signing in, of one's own account, and of the administrator's pages."""

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.account.forms import LoginForm
from allauth.account.forms import ReauthenticateForm as PasswordConfirmForm
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, AuthenticateWebAuthnForm
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.forms import HiddenInput, JSONField
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import throttle
from accounts.actions.signing import failed_sign_in, is_known_device
from accounts.adapters import WRONG_CODE, refuse_until
from accounts.factors import check_code
from accounts.models import Team, User
from accounts.sources import source_of
from nsvcs import forms
from nsvcs.access import STAFF, Role

PASSKEY_FAILED = _("That passkey did not work. Try again, or use another way.")


def passkey_field() -> JSONField:
    """What the browser answers for its key; the person never sees the box, so each fault of it has the one sentence."""
    return JSONField(widget=HiddenInput, error_messages=dict.fromkeys(("required", "invalid"), PASSKEY_FAILED))


def code_field() -> forms.CharField:
    """The box for a code from an app or from the list of spare codes."""
    return forms.CharField(
        label=_("Code"),
        help_text=_("6 figures from your app, or one of your spare codes"),
        autocomplete="one-time-code",
        inputmode="numeric",
        width=10,
        max_length=40,
        missing=_("Enter the code"),
    )


# --- signing in --------------------------------------------------------------------------------------------------


class SignInForm(LoginForm):
    """One form for everybody: sign-in name or e-mail, and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """The library's boxes are replaced by ours."""
        super().__init__(*args, **kwargs)
        self.fields["login"] = forms.CharField(
            label=_("Sign-in name or email"),
            autocomplete="username",
            max_length=254,
            missing=_("Enter your sign-in name or email"),
        )
        self.fields["password"] = forms.PasswordField(label=_("Password"), max_length=500)


class ConfirmForm(PasswordConfirmForm):
    """The password again, before something that matters."""

    password = forms.PasswordField(label=_("Password"), max_length=500)


class _OnceOnlyCode:
    """Checks a code: paced by place and by account, each code good for one use."""

    user: User
    cleaned_data: dict[str, Any]
    authenticator: Authenticator

    def clean_code(self) -> str:
        """The code, if it is right.

        Raises:
            ValidationError: it is not, or it is too soon after a wrong one.
        """
        request = context.request
        is_known = is_known_device(request=request, user=self.user)
        at = throttle.door("factor", str(self.user.pk), source_of(request), has_owner=not is_known)
        if wait := throttle.seconds_to_wait(at):
            refuse_until(wait)
        found = check_code(self.user, self.cleaned_data["code"])
        if found is None:
            failed_sign_in(at=at, user=self.user, step="factor")
            raise ValidationError(WRONG_CODE, code="wrong")
        throttle.forget(at)
        found.user = self.user
        self.authenticator = found
        return str(self.cleaned_data["code"])


class CodeForm(_OnceOnlyCode, AuthenticateForm):
    """The second step of signing in."""

    code = code_field()


class ConfirmCodeForm(_OnceOnlyCode, ReauthenticateForm):
    """A code, before something that matters."""

    code = code_field()


class AppForm(ActivateTOTPForm):
    """The first code of an authenticator app that is being set up."""

    code = forms.CharField(
        label=_("Code shown in the app"),
        autocomplete="one-time-code",
        inputmode="numeric",
        width=10,
        missing=_("Enter the code shown in the app"),
    )


class PasskeyForm(AddWebAuthnForm):
    """A new passkey and what its owner calls it."""

    credential = passkey_field()
    name = forms.CharField(label=_("What do you want to call it?"), required=False, max_length=40, width=20)

    def clean(self) -> dict[str, Any]:
        """The library reads what a browser sent; what no browser would send is refused in words."""
        with refusing_nonsense():
            found: dict[str, Any] = super().clean()
        return found


class UsePasskeyForm(AuthenticateWebAuthnForm):
    """A passkey as the second step."""

    credential = passkey_field()

    def clean_credential(self) -> Any:
        """As above."""
        with refusing_nonsense():
            return super().clean_credential()


class ConfirmPasskeyForm(UsePasskeyForm):
    """A passkey, before something that matters."""

    reauthenticated = True


@contextmanager
def refusing_nonsense() -> Iterator[None]:
    """Turn what the library trips over in a forged answer into a fault of the form.

    Raises:
        ValidationError: the answer is not one a browser gives.
    """
    try:
        yield
    except (AttributeError, IndexError, KeyError, TypeError, ValueError, struct.error) as error:
        raise ValidationError(PASSKEY_FAILED, code="wrong") from error


# --- one's own account -------------------------------------------------------------------------------------------


class StartForm(forms.Form):
    """A one-time code."""

    code = forms.CharField(
        label=_("One-time code"),
        help_text=_("12 letters and numbers, like 7KQM-3XRT-9CWH. Capitals and hyphens do not matter."),
        width=20,
        max_length=60,
        missing=_("Enter the code you were given"),
    )


class NewPasswordForm(forms.Form):
    """A password of one's own choice."""

    password = forms.PasswordField(
        label=_("New password"),
        help_text=_("At least 10 characters. Three words that do not belong together work well."),
        autocomplete="new-password",
        max_length=500,
        missing=_("Enter a password"),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        """Keep whose password it will be: it may not be like their name."""
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        """The password, if it is hard enough to guess."""
        password: str = self.cleaned_data["password"]
        validate_password(password, self.user)
        return password


class RecoverForm(forms.Form):
    """The address to write to."""

    email = forms.EmailField(label=_("Email address"), autocomplete="email", max_length=254)


class SignInNameForm(forms.Form):
    """A sign-in name of her own choice."""

    sign_in_name = forms.CharField(
        label=_("New sign-in name"),
        help_text=_("6 to 40 letters, numbers, dots and hyphens. Choose one that says nothing about you."),
        width=20,
        max_length=40,
        missing=_("Enter a sign-in name"),
    )


# --- administrator -----------------------------------------------------------------------------------------------

STAFF_ROLES = [(role.value, role.label) for role in Role if role in STAFF]


class _TeamChoice(forms.Form):
    """A team that is open to colleagues, or none."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the teams there are now."""
        super().__init__(*args, **kwargs)
        teams = [("", _("No team")), *((str(team.pk), team.name) for team in Team.objects.filter(is_active=True))]
        self.fields["team"].choices = teams  # type: ignore[attr-defined]

    def clean_team(self) -> Team | None:
        """The team chosen."""
        chosen = self.cleaned_data.get("team")
        return Team.objects.get(pk=int(chosen)) if chosen else None


class InviteForm(_TeamChoice):
    """A new colleague."""

    name = forms.CharField(label=_("Full name"), max_length=120, missing=_("Enter the person’s name"))
    email = forms.EmailField(label=_("Work email address"), help_text=_("They sign in with it."), max_length=254)
    role = forms.ChoiceField(label=_("Role"), choices=STAFF_ROLES, missing=_("Choose a role"))
    team = forms.SelectField(label=_("Team"), required=False)


class RoleForm(_TeamChoice):
    """A colleague's role, team and duty."""

    role = forms.ChoiceField(label=_("Role"), choices=STAFF_ROLES, missing=_("Choose a role"))
    team = forms.SelectField(label=_("Team"), required=False)
    is_on_duty = forms.BooleanField(
        label=_("On duty"), help_text=_("Sees the team’s cases that nobody holds yet"), required=False
    )


class HoursForm(forms.Form):
    """Hours a week."""

    weekly_hours = forms.CharField(
        label=_("Hours a week"), inputmode="decimal", width=5, missing=_("Enter the hours a week")
    )

    def clean_weekly_hours(self) -> Any:
        """Between 0 and 60, halves allowed."""
        return _hours(self.cleaned_data["weekly_hours"])


class LeaveForm(forms.Form):
    """Days away, both included."""

    starts_on = forms.DateField(label=_("First day away"), missing=_("Enter the first day"))
    ends_on = forms.DateField(label=_("Last day away"), missing=_("Enter the last day"))

    def clean(self) -> dict[str, Any]:
        """The last day is the first or later."""
        found: dict[str, Any] = super().clean() or {}
        first, last = found.get("starts_on"), found.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("The last day must be the first day or later"))
        return found


class LastDayForm(forms.Form):
    """The last day at work, or none."""

    last_day = forms.DateField(
        label=_("Last day at work"),
        help_text=_("They can sign in until the end of this day. Leave it empty if they stay."),
        required=False,
        earliest=timezone.localdate,
    )


class TeamForm(forms.Form):
    """A team's name, and whether it takes colleagues."""

    name = forms.CharField(label=_("Name of the team"), max_length=80, width=20, missing=_("Enter the team’s name"))
    is_active = forms.BooleanField(label=_("Open to colleagues"), required=False, initial=True)


def _hours(text: str) -> Any:
    from decimal import Decimal, InvalidOperation

    try:
        hours = Decimal(text.replace(",", "."))
    except InvalidOperation as error:
        raise ValidationError(_("Enter a number of hours, like 37 or 22.5")) from error
    if not hours.is_finite() or not 0 <= hours <= 60:
        raise ValidationError(_("Hours a week must be between 0 and 60"))
    return hours.quantize(Decimal("0.1"))
