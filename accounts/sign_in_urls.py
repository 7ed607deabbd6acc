"""Addresses under the names allauth looks for, and those every room may use. What is not here does not exist:
no sign-up, no e-mail pages, no sign-in by code or by another company's account.
"""

from django.urls import path

from accounts.views import factors, signing

urlpatterns = [
    path("sign-in/", signing.sign_in, name="account_login"),
    path("sign-in/code/", signing.code, name="mfa_authenticate"),
    path("sign-out/", signing.sign_out, name="account_logout"),
    path("signed-out/", signing.signed_out, name="signed_out"),
    path("exit", signing.leave, name="exit"),
    path("confirm/", signing.confirm, name="account_reauthenticate"),
    path("confirm/code/", factors.confirm_code, name="mfa_reauthenticate"),
    path("confirm/passkey/", factors.confirm_passkey, name="mfa_reauthenticate_webauthn"),
    path("account/steps/", factors.index, name="mfa_index"),
    path("account/steps/app/", factors.add_app, name="mfa_activate_totp"),
    path("account/steps/app/remove/", factors.remove_app, name="mfa_deactivate_totp"),
    path("account/steps/passkey/", factors.add_passkey, name="mfa_add_webauthn"),
    path("account/steps/passkey/<int:pk>/remove/", factors.remove_passkey, name="mfa_remove_webauthn"),
    path("account/steps/spare-codes/", factors.spare_codes, name="mfa_view_recovery_codes"),
    path("account/steps/spare-codes/new/", factors.new_spare_codes, name="mfa_generate_recovery_codes"),
]
