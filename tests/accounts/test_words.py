"""The whole set of pages before and around signing in: ours, neutral, and nothing is sent."""

import re
from pathlib import Path

import pytest
from allauth.account.adapter import get_adapter
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from django.conf import settings
from django.template.loader import get_template
from django.test import Client

from accounts import actions
from nsvcs.checks import pages
from tests.factories import UserFactory
from tests.factories.accounts import PASSWORD
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
FORBIDDEN = re.compile(r"nsvcs|victim|stalk|police|court|\bcase\b|NSV-|harass|norfolk|suffolk|allauth", re.IGNORECASE)
# Addresses of the library's pages that must not exist.
GONE = [
    "/signup/", "/sign-up/", "/accounts/signup/", "/accounts/login/", "/accounts/email/", "/email/", "/login/",
    "/login/code/", "/sign-in/passkey/", "/accounts/password/reset/", "/3rdparty/", "/social/signup/", "/accounts/",
]  # fmt: skip
LIBRARY_NAMES = {
    "account_login", "account_logout", "account_reauthenticate", "mfa_authenticate", "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn", "mfa_index", "mfa_activate_totp", "mfa_deactivate_totp", "mfa_add_webauthn",
    "mfa_remove_webauthn", "mfa_view_recovery_codes", "mfa_generate_recovery_codes",
}  # fmt: skip


def words_of(answer) -> str:
    """What can be read or found in the page: everything but addresses of our own files."""
    text = re.sub(r'(href|src)="/static/[^"]*"', "", answer.content.decode())
    return re.sub(r'value="[A-Za-z0-9]{64}"', "", text)


def neutral(answer, status: int = 200) -> None:
    assert answer.status_code == status
    found = FORBIDDEN.search(words_of(answer))
    assert found is None, found


def test_every_page_before_sign_in_is_neutral(client):
    for path in ("/before/", "/safer-way/", "/sign-in/", "/signed-out/", "/start/", "/password/", "/password/asked/"):
        neutral(client.get(path))
    neutral(client.post("/sign-in/", {}), 422)
    neutral(client.post("/sign-in/", {"login": "x", "password": "y"}), 422)
    neutral(client.post("/start/", {"code": "x"}), 422)
    neutral(client.post("/password/ask/", {"email": "x"}), 422)
    her = UserFactory(victim=True)
    code = actions.give_code(user=her, by=UserFactory())
    fresh = Client(REMOTE_ADDR="192.0.2.8")
    neutral(fresh.post("/start/", {"code": code}))
    neutral(fresh.post("/start/password/", {"code": code, "password": "x"}), 422)


def test_every_page_of_her_own_account_is_neutral(client, her):
    sign_in(client, her)
    for path in ("", "sign-ins/", "password/", "sign-in-name/", "steps/", "steps/app/", "steps/passkey/"):
        neutral(client.get(f"/account/{path}"))
    neutral(client.get("/confirm/"))
    neutral(client.post("/confirm/", {"password": "x"}), 422)


def test_a_slip_says_nothing_to_whoever_finds_it():
    from django.template.loader import render_to_string
    from django.test import RequestFactory

    her = UserFactory(victim=True)
    request = RequestFactory().get("/")
    text = render_to_string(
        "accounts/slip.html", {"owner": her, "code": "7KQM-3XRT-9CWH", "hours": 24, "PORTAL_NAME": "My notes"}, request
    )
    printed = re.sub(r'<p class="app-print__tools">.*?</p>', "", text, flags=re.DOTALL)
    assert FORBIDDEN.search(re.sub(r'(href|src)="/static/[^"]*"', "", printed)) is None


def test_the_second_step_is_neutral(client, worker):
    client.post("/sign-in/", {"login": worker.sign_in_name, "password": PASSWORD})
    page = client.get("/sign-in/code/")
    neutral(page)
    neutral(client.post("/sign-in/code/", {"code": "000000"}), 422)


def test_only_the_pages_we_want_exist():
    for path in GONE:
        assert Client().get(path).status_code == 404, path
    library = {name for name, _ in pages() if name.startswith(("account_", "mfa_", "socialaccount_", "usersessions_"))}
    assert library == LIBRARY_NAMES


def test_every_page_of_the_library_is_drawn_by_our_template():
    ours = Path(settings.BASE_DIR) / "templates"
    names = [str(path.relative_to(ours)) for folder in ("account", "mfa") for path in (ours / folder).rglob("*.html")]
    assert len(names) >= 12
    for name in [*names, "429.html"]:
        assert Path(get_template(name).origin.name).is_relative_to(ours), name


@pytest.mark.h("H19")
def test_the_library_sends_nothing(mailoutbox, rf, her):
    her.email = "her@example.com"
    library = Path(__import__("allauth").__file__).parent / "templates"
    prefixes = {
        str(path.relative_to(library)).removesuffix("_subject.txt") for path in library.rglob("email/*_subject.txt")
    }
    assert len(prefixes) > 10
    for prefix in prefixes:
        get_adapter().send_mail(prefix, "her@example.com", {"user": her})
        get_adapter().send_notification_mail(prefix, her)
        get_mfa_adapter().send_notification_mail(prefix, her)
    assert mailoutbox == []


def test_the_library_says_nothing_either(rf, her):
    request = rf.get("/")
    get_adapter().add_message(request, 25, "account/messages/logged_in.txt", {"user": her})
    assert not hasattr(request, "_messages")
