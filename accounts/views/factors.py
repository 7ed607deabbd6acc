"""Second factors: the library's pages in our words, with an event for each change and other places signed out."""

from typing import Any

from allauth.mfa.base.views import IndexView
from allauth.mfa.base.views import ReauthenticateView as LibraryCodeConfirmView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView, ReauthenticateWebAuthnView, RemoveWebAuthnView
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse_lazy
from django.utils.translation import gettext as _

from accounts.actions import end_sessions
from accounts.factors import mark_present_step_used
from accounts.forms import PasskeyForm
from audit.actions import record
from audit.models import Action
from nsvcs.forms import form_status


def changed(request: HttpRequest, action: Action, kind: str) -> None:
    """Write the event, and sign out every other place: it was let in under the old factors."""
    end_sessions(request.user.pk, but=request.session.session_key or "")  # type: ignore[arg-type]
    record(action, target=request.user, detail={"type": kind})  # type: ignore[arg-type]


class _Faults:
    """A form with faults answers with the status of one."""

    def form_invalid(self, form: Any) -> HttpResponse:
        """Show it again."""
        answer: HttpResponse = self.render_to_response(  # type: ignore[attr-defined]
            self.get_context_data(form=form),  # type: ignore[attr-defined]
            status=form_status(form),
        )
        return answer


class FactorsView(IndexView):
    """Which second steps this account has."""

    template_name = "mfa/index.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Each kind by a name templates can read."""
        found = super().get_context_data(**kwargs)
        kinds = found["authenticators"]
        return {
            **found,
            "app": kinds.get(Authenticator.Type.TOTP),
            "passkeys": kinds.get(Authenticator.Type.WEBAUTHN, []),
            "spare_codes": kinds.get(Authenticator.Type.RECOVERY_CODES),
        }


class AddAppView(_Faults, ActivateTOTPView):
    """Set up an authenticator app."""

    template_name = "mfa/totp/activate_form.html"

    def form_valid(self, form: Any) -> HttpResponse:
        """It is set up; the code it was set up with is used."""
        answer: HttpResponse = super().form_valid(form)
        mark_present_step_used(self.request.user)
        changed(self.request, Action.FACTOR_ADDED, "totp")
        messages.success(self.request, _("Your app is set up. You will be asked for a code when you sign in."))
        return answer


class RemoveAppView(_Faults, DeactivateTOTPView):
    """Take an authenticator app away."""

    template_name = "mfa/totp/deactivate_form.html"

    def form_valid(self, form: Any) -> HttpResponse:
        """It is gone."""
        answer: HttpResponse = super().form_valid(form)
        changed(self.request, Action.FACTOR_REMOVED, "totp")
        messages.success(self.request, _("Your app was removed."))
        return answer


class AddPasskeyView(_Faults, AddWebAuthnView):
    """Set up a passkey: the device asks for a fingerprint, a face or its PIN."""

    template_name = "mfa/webauthn/add_form.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Keep the form that has faults; the library's page makes a new one."""
        found: dict[str, Any] = super().get_context_data(**kwargs)
        return {**found, "form": kwargs.get("form") or found.get("form") or PasskeyForm(user=self.request.user)}

    def form_valid(self, form: Any) -> HttpResponse:
        """It is set up."""
        answer: HttpResponse = super().form_valid(form)
        changed(self.request, Action.FACTOR_ADDED, "webauthn")
        messages.success(self.request, _("Your passkey is set up. You will be asked for it when you sign in."))
        return answer


class RemovePasskeyView(RemoveWebAuthnView):
    """Take a passkey away."""

    template_name = "mfa/webauthn/authenticator_confirm_delete.html"
    success_url = reverse_lazy("mfa_index")

    def form_valid(self, form: Any) -> HttpResponse:
        """It is gone."""
        answer: HttpResponse = super().form_valid(form)
        changed(self.request, Action.FACTOR_REMOVED, "webauthn")
        messages.success(self.request, _("Your passkey was removed."))
        return answer


class SpareCodesView(ViewRecoveryCodesView):
    """The spare codes, once; later only how many are left."""

    template_name = "mfa/recovery_codes/index.html"


class NewSpareCodesView(_Faults, GenerateRecoveryCodesView):
    """Make new spare codes; the old ones stop working."""

    template_name = "mfa/recovery_codes/generate.html"

    def form_valid(self, form: Any) -> HttpResponse:
        """They are made."""
        answer: HttpResponse = super().form_valid(form)
        changed(self.request, Action.FACTOR_ADDED, "recovery_codes")
        return answer


class ConfirmCodeView(_Faults, LibraryCodeConfirmView):
    """A code, before something that matters."""

    template_name = "mfa/reauthenticate.html"


class ConfirmPasskeyView(_Faults, ReauthenticateWebAuthnView):
    """A passkey, before something that matters."""

    template_name = "mfa/webauthn/reauthenticate.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The library leaves the form and the other ways out of its context."""
        found: dict[str, Any] = super().get_context_data(**kwargs)
        form = kwargs.get("form") or found["form"]
        return {**found, "form": form, "reauthentication_alternatives": self.get_reauthentication_alternatives()}


index = FactorsView.as_view()
add_app = AddAppView.as_view()
remove_app = RemoveAppView.as_view()
add_passkey = AddPasskeyView.as_view()
remove_passkey = RemovePasskeyView.as_view()
spare_codes = SpareCodesView.as_view()
new_spare_codes = NewSpareCodesView.as_view()
confirm_code = ConfirmCodeView.as_view()
confirm_passkey = ConfirmPasskeyView.as_view()
