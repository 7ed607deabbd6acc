"""All addresses. Rooms are included by name; pages of other packages are declared here, once."""

from django.urls import URLPattern, URLResolver, include, path

from nsvcs import health, speaking, views
from nsvcs.access import EVERYONE, Mark, declare

handler400 = "nsvcs.uploads.bad_request"
handler500 = "nsvcs.views.server_error"

# The library's pages: who may open each is said here, since their views are not ours to mark.
SIGNING_IN = Mark(EVERYONE, is_public=True, before_second_factor=True)
CONFIRMING = Mark(EVERYONE, before_second_factor=True)
CHANGING_FACTORS = Mark(EVERYONE, before_second_factor=True, needs_fresh_proof=True)
declare(
    {
        "account_login": SIGNING_IN,
        "mfa_authenticate": SIGNING_IN,
        "account_reauthenticate": CONFIRMING,
        "mfa_reauthenticate": CONFIRMING,
        "mfa_reauthenticate_webauthn": CONFIRMING,
        "mfa_index": CONFIRMING,
        "mfa_activate_totp": CHANGING_FACTORS,
        "mfa_deactivate_totp": CHANGING_FACTORS,
        "mfa_add_webauthn": CHANGING_FACTORS,
        "mfa_remove_webauthn": CHANGING_FACTORS,
        "mfa_view_recovery_codes": CHANGING_FACTORS,
        "mfa_generate_recovery_codes": CHANGING_FACTORS,
    }
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.front, name="front"),
    path("cases/<uuid:case_id>/log/", include("logs.urls")),
    path("cases/<uuid:case_id>/support/", include("referrals.urls")),
    path("sharing/", include("referrals.waiting_urls")),
    path("cases/<uuid:case_id>/bundles/", include("bundles.urls")),
    path("cases/<uuid:case_id>/portal/preview/", include("portal.preview_urls")),
    path("cases/", include("cases.urls")),
    path("directory/", include("referrals.directory_urls")),
    path("equipment/", include("referrals.stock_urls")),
    path("d/", include("cases.shared_urls")),
    path("locked/", include("logs.lock_urls")),
    path("language/", speaking.choose_language, name="language"),
    path("health", health.health, name="health"),
    path("", include("accounts.sign_in_urls")),
    path("", include("accounts.urls")),
    path("check/", include("bundles.check_urls")),
    path("about/", include("portal.about_urls")),
    path("notes/", include("portal.urls")),
    path("reports/", include("reports.urls")),
]
