"""What a browser is told with every answer, and what its cookies are: exact, so that nothing is loosened unseen."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.test import Client

from tests.factories import UserFactory
from tests.signing_in import sign_in

POLICY = {
    "default-src 'self'",
    "img-src 'self' data:",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "form-action 'self'",
    "worker-src 'self'",
}
SAID = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
CLOSED = {"camera", "geolocation", "microphone", "payment", "usb", "display-capture", "fullscreen"}
NOT_KEPT = "no-store, private, max-age=0"


def is_strict(answer):
    assert set(answer["Content-Security-Policy"].split("; ")) == POLICY
    assert {name: answer.get(name) for name in SAID} == SAID
    assert {part.strip() for part in answer["Permissions-Policy"].split(",")} == {f"{name}=()" for name in CLOSED}
    assert "Access-Control-Allow-Origin" not in answer


@pytest.mark.django_db
@pytest.mark.h("H21")
@pytest.mark.parametrize("path", ["/before/", "/health", "/nowhere", "/cases/"])
def test_every_answer_to_a_stranger_is_strict_and_kept_nowhere(path):
    answer = Client().get(path)
    is_strict(answer)
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
@pytest.mark.h("H21")
@pytest.mark.parametrize(("path", "status"), [("/account/", 200), ("/people/", 404), ("/account/time/extend/", 405)])
def test_every_answer_to_whoever_is_signed_in_is_strict_and_kept_nowhere(path, status):
    answer = sign_in(Client(), UserFactory()).get(path)
    assert answer.status_code == status
    is_strict(answer)
    assert answer["Cache-Control"] == NOT_KEPT


@pytest.mark.django_db
def test_a_wrong_host_and_a_form_from_elsewhere_are_refused_as_strictly():
    browser = Client(enforce_csrf_checks=True)
    for answer, status in (
        (browser.get("/", headers={"host": "elsewhere.example"}), 400),
        (browser.post("/start/", {"code": "x"}), 403),
    ):
        assert answer.status_code == status
        is_strict(answer)
        assert answer["Cache-Control"] == NOT_KEPT


@pytest.mark.django_db
def test_no_other_site_may_use_our_pages_own_files(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    (tmp_path / "one.css").write_text("p {}")
    answer = Client().get("/static/one.css")
    assert answer.getvalue() == b"p {}"
    is_strict(answer)
    assert "public" in answer["Cache-Control"]


@pytest.mark.h("H17")
def test_over_https_cookies_are_bound_to_this_host_and_never_sent_in_the_clear(tmp_path):
    names = ("SESSION_COOKIE", "CSRF_COOKIE")
    wanted = [f"settings.{name}_{part}" for name in names for part in ("NAME", "SECURE", "HTTPONLY", "SAMESITE")]
    wanted += ["settings.SECURE_SSL_REDIRECT", "settings.SECURE_HSTS_SECONDS", "device_cookie_name()"]
    code = (
        "import django; django.setup(); from django.conf import settings;"
        f"from accounts.actions.signing import device_cookie_name; print({', '.join(wanted)})"
    )
    own = {"SITE_URL": "https://notes.example", "NSVCS_VAR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "nsvcs.settings"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(configured.BASE_DIR), env={**os.environ, **own}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    cookies = "__Host-s True True Lax __Host-t True True Lax"
    assert done.stdout.split() == [*cookies.split(), "True", "31536000", "__Host-d"]
