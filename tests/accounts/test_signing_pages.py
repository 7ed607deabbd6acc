"""Signing in and out, leaving at once: the pages as a browser meets them."""

import logging
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from accounts.actions import end_access, give_code
from accounts.models import KnownDevice, Session, SignIn, SignInCount, User
from audit.models import Event
from nsvcs.access import is_fresh
from nsvcs.checks import mark_for, pages
from tests.accounts.conftest import app_code
from tests.factories import UserFactory
from tests.factories.accounts import PASSWORD
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
SIGN_IN = "/sign-in/"


def give(client: Client, name: str, password: str = PASSWORD, **kwargs):
    return client.post(SIGN_IN, {"login": name, "password": password}, **kwargs)


def actions():
    return list(Event.objects.order_by("pk").values_list("action", flat=True))


def test_the_first_visit_leads_past_the_safety_notice_once(client):
    first = client.get(f"{SIGN_IN}?next=/account/")
    assert first["Location"] == "/before/?next=%2Faccount%2F"
    notice = client.get(first["Location"])
    assert b"Exit this page" in notice.content
    assert b'href="/sign-in/?next=%2Faccount%2F"' in notice.content
    assert client.get(SIGN_IN).status_code == 200


@pytest.mark.parametrize("wanted", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"])
def test_the_notice_leads_nowhere_else(client, wanted):
    assert client.get("/before/", {"next": wanted}).context["go_on"] == SIGN_IN


def test_she_signs_in_with_her_three_words_whatever_their_case(client, her):
    answer = give(client, f" {her.sign_in_name.upper()} ")
    assert answer["Location"] == "/"
    assert client.get("/account/").status_code == 200
    assert actions() == ["account.signed_in"]
    row = SignIn.objects.get()
    assert (row.user, row.address, row.session_key) == (her, "127.0.0.1", client.session.session_key)


def test_a_worker_signs_in_with_a_password_and_a_code(client, worker):
    answer = give(client, worker.sign_in_name)
    assert answer["Location"] == "/sign-in/code/"
    assert client.get("/account/").status_code == 302
    answer = client.post("/sign-in/code/", {"code": app_code()})
    assert answer["Location"] == "/"
    assert client.get("/account/").status_code == 200


@pytest.mark.h("H16")
@pytest.mark.parametrize("change", ["password", "access"])
def test_a_sign_in_begun_before_the_password_changed_or_access_ended_is_not_finished(client, worker, change):
    give(client, worker.sign_in_name)
    if change == "password":
        worker.set_password("lantern-quiet-meadow")
        worker.save()
    else:
        end_access(user=worker, by=UserFactory(administrator=True))
    assert client.post("/sign-in/code/", {"code": app_code()})["Location"] == "/sign-in/"
    assert client.get("/account/").status_code == 302
    assert "account.signed_in" not in actions()


def test_a_half_done_sign_in_can_be_given_up(client, worker):
    give(client, worker.sign_in_name)
    assert client.post("/sign-out/")["Location"] == "/signed-out/"
    client.cookies["n"] = "1"
    assert client.get(SIGN_IN).status_code == 200


@pytest.mark.h("H17")
def test_signing_in_gives_a_new_session_id(client, worker):
    give(client, worker.sign_in_name)
    before = client.session.session_key
    client.post("/sign-in/code/", {"code": app_code()})
    assert client.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()


@pytest.mark.h("H17")
def test_the_session_cookie_says_exactly_what_it_must(client, her):
    cookie = give(client, her.sign_in_name).cookies["s"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    assert (cookie["domain"], cookie["max-age"], cookie["expires"]) == ("", "", "")


def test_wrong_details_get_one_sentence_for_every_cause(client, her):
    ended = UserFactory(is_active=False)
    sentences = set()
    for name, password in [
        (her.sign_in_name, "wrong-password"), ("nobody-at-all", PASSWORD), (ended.sign_in_name, PASSWORD),
    ]:  # fmt: skip
        answer = give(client, name, password)
        assert answer.status_code == 422
        sentences.add(str(answer.context["form"].non_field_errors()))
    assert len(sentences) == 1


@pytest.mark.h("H10")
def test_known_and_unknown_names_get_the_same_answer_at_sign_in(her):
    def answer(name):
        found = Client().post(SIGN_IN, {"login": name, "password": "wrong-password"})
        body = found.content.decode().replace(name, "NAME")
        token = found.context["csrf_token"]
        return found.status_code, body.replace(str(token), "TOKEN"), sorted(found.headers.items())

    with time_machine.travel(timezone.now(), tick=False):
        assert answer(her.sign_in_name) == answer("x" * len(her.sign_in_name))


@pytest.mark.h("H10")
def test_known_and_unknown_names_cost_the_same_work(her, monkeypatch):
    hashed = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *args, **kw: hashed.append(1) or encode(*args, **kw))
    work = []
    for name in (her.sign_in_name, "nobody-at-all"):
        hashed.clear()
        with CaptureQueriesContext(connection) as queries:
            give(Client(), name, "wrong-password")
        work.append((len(hashed), len(queries)))
    assert work[0] == work[1]
    assert work[0][0] == 1


@pytest.mark.parametrize("name", ["\x00", "a\x00b", "x" * 5000, "\u202e", "ß" * 254, "' OR 1=1 --", "%s%s", "𝔞" * 100])
def test_nothing_typed_as_a_name_breaks_the_page(client, name):
    assert give(client, name, name).status_code == 422


def test_after_three_wrong_tries_a_voice_is_offered(client, her):
    offers, now = [], timezone.now()
    for n in range(4):
        with time_machine.travel(now + timedelta(minutes=n)):
            offers.append(give(client, her.sign_in_name, "wrong-password").context["offers_help"])
    assert offers == [False, False, True, True]


def test_a_try_before_its_time_is_not_looked_at(client, her):
    with time_machine.travel(timezone.now(), tick=False):  # a busy machine takes longer than it slows down
        give(client, her.sign_in_name, "wrong-password")
        soon = give(client, her.sign_in_name, PASSWORD)
    assert soon.status_code == 422
    assert soon.context["form"].non_field_errors() == ["Try again in 1 second."]
    with time_machine.travel(timezone.now() + timedelta(seconds=2)):
        assert give(client, her.sign_in_name).status_code == 302


@pytest.mark.h("H11")
def test_wrong_tries_elsewhere_do_not_stop_her_at_home(her):
    home, now = Client(REMOTE_ADDR="192.0.2.7"), timezone.now()
    give(home, her.sign_in_name)
    home.get("/exit")
    for n in range(30):
        with time_machine.travel(now + timedelta(minutes=n)):
            give(Client(REMOTE_ADDR="198.51.100.9"), her.sign_in_name, "wrong-password")
    with time_machine.travel(now + timedelta(minutes=29, seconds=1)):
        assert give(Client(REMOTE_ADDR="198.51.100.10"), her.sign_in_name).status_code == 422
        assert give(home, her.sign_in_name).status_code == 302


@pytest.mark.h("H12")
def test_many_wrong_tries_alarm_the_staff_once_and_nobody_else(her, caplog, mailoutbox):
    now = timezone.now()
    with caplog.at_level(logging.INFO):
        for n in range(25):
            with time_machine.travel(now + timedelta(minutes=n)):
                give(Client(), her.sign_in_name, "wrong-password")
    alarms = Event.objects.filter(detail__has_key="alarm")
    assert [event.target_id for event in alarms] == [str(her.pk)]
    assert [r for r in caplog.records if "sign-in alarm" in r.message][0].levelname == "WARNING"
    assert str(her.pk) in caplog.text
    assert mailoutbox == []


@pytest.mark.h("H15")
def test_changing_forged_addresses_slows_down_all_the_same(her):
    with time_machine.travel(timezone.now(), tick=False):
        give(Client(), her.sign_in_name, "wrong-password", headers={"X-Forwarded-For": "198.51.100.1"})
        again = give(Client(), her.sign_in_name, PASSWORD, headers={"X-Forwarded-For": "198.51.100.2"})
    assert again.context["form"].non_field_errors() == ["Try again in 1 second."]


@pytest.mark.h("H13")
def test_an_app_code_works_once_and_never_late(worker):
    with time_machine.travel("2026-11-02T09:00:05Z", tick=False):
        first, second = Client(), Client()
        give(first, worker.sign_in_name)
        give(second, worker.sign_in_name)
        used = app_code()
        assert first.post("/sign-in/code/", {"code": used}).status_code == 302
        assert second.post("/sign-in/code/", {"code": used}).status_code == 422
    with time_machine.travel("2026-11-02T09:00:35Z", tick=False):
        assert second.post("/sign-in/code/", {"code": used}).status_code == 422
    with time_machine.travel("2026-11-02T09:01:05Z", tick=False):
        assert second.post("/sign-in/code/", {"code": app_code(-1)}).status_code == 422
    with time_machine.travel("2026-11-02T09:02:05Z", tick=False):
        assert second.post("/sign-in/code/", {"code": app_code()}).status_code == 302


@pytest.mark.h("H13")
def test_a_spare_code_works_once(worker):
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    spare = RecoveryCodes.activate(worker).generate_codes()[0]
    for status in (302, 422):
        client = Client()
        give(client, worker.sign_in_name)
        assert client.post("/sign-in/code/", {"code": spare}).status_code == status


def test_guessing_codes_is_slowed_down_too(client, worker):
    give(client, worker.sign_in_name)
    with time_machine.travel(timezone.now(), tick=False):  # a busy machine takes longer than it slows down
        client.post("/sign-in/code/", {"code": "000000"})
        again = client.post("/sign-in/code/", {"code": app_code()})
    assert again.context["form"].errors["code"] == ["Try again in 1 second."]


@pytest.mark.parametrize("verb", ["get", "post"])
def test_exit_ends_the_session_on_the_server_and_leads_away(her, verb, settings):
    client = Client(enforce_csrf_checks=True)
    sign_in(client, her)
    key = client.session.session_key
    answer = getattr(client, verb)("/exit")
    assert (answer.status_code, answer["Location"]) == (303, settings.SAFE_EXIT_URL)
    assert answer["Clear-Site-Data"] == '"cache"'
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "no-store" in answer["Cache-Control"]
    assert not Session.objects.filter(session_key=key).exists()
    assert client.get("/account/").status_code == 302
    assert actions()[-1] == "account.signed_out"


def test_exit_works_for_somebody_who_is_not_signed_in(client):
    assert client.get("/exit").status_code == 303


@pytest.mark.parametrize("path", ["/signed-out/", "/sign-out/"])
def test_signing_out_ends_the_session(client, her, path):
    sign_in(client, her)
    client.get(path) if path == "/signed-out/" else client.post(path)
    assert not Session.objects.of(her.pk).exists()


def test_a_known_browser_is_told_from_a_stolen_name(client, her):
    cookie = give(client, her.sign_in_name).cookies["d"]
    assert cookie["httponly"]
    assert KnownDevice.objects.filter(user=her).count() == 1
    assert cookie.value not in KnownDevice.objects.get().digest
    other = UserFactory(victim=True)
    give(Client(), other.sign_in_name, "wrong-password")
    client.get("/exit")
    assert give(client, other.sign_in_name).status_code == 422  # known to her account, not to the other


@pytest.mark.h("H17")
@pytest.mark.parametrize(("role", "idle", "longest"), [({}, 15 * 60, 12 * 3600), ({"victim": True}, 10 * 60, 2 * 3600)])
def test_a_sign_in_ends_when_idle_and_after_its_longest_time(role, idle, longest):
    now = timezone.now()
    for late, status in ((idle - 2, 200), (idle + 1, 302)):
        client = Client()
        with time_machine.travel(now, tick=False):
            sign_in(client, UserFactory(**role))
        with time_machine.travel(now + timedelta(seconds=late), tick=False):
            assert client.get("/account/").status_code == status
    with time_machine.travel(now, tick=False):
        client = sign_in(Client(), UserFactory(**role))
    for seconds in range(0, longest - 1, idle - 60):
        with time_machine.travel(now + timedelta(seconds=seconds), tick=False):
            assert client.get("/account/").status_code == 200
    with time_machine.travel(now + timedelta(seconds=longest + 1), tick=False):
        assert client.get("/account/").status_code == 302


@pytest.mark.h("H17")
def test_asking_for_the_time_left_does_not_extend_and_posting_does(client, her):
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        sign_in(client, her)
    with time_machine.travel(now + timedelta(seconds=500), tick=False):
        assert client.get("/account/time/").json() == {"seconds_left": 100}
    with time_machine.travel(now + timedelta(seconds=550), tick=False):
        assert client.get("/account/time/").json() == {"seconds_left": 50}
        assert client.post("/account/time/").json() == {"seconds_left": 600}
    with time_machine.travel(now + timedelta(seconds=1151), tick=False):
        assert client.get("/account/time/").status_code == 302


def test_extending_never_passes_the_longest_time(client, her):
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        sign_in(client, her)
    for minutes in range(0, 120, 9):
        with time_machine.travel(now + timedelta(minutes=minutes), tick=False):
            left = client.post("/account/time/").json()["seconds_left"]
    assert left == (120 - 117) * 60


# What somebody who has to set up a second factor needs for it; nothing else answers.
WITHOUT_FACTOR = {
    "account_reauthenticate",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_add_webauthn",
    "mfa_remove_webauthn",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "accounts:time_left",
    "accounts:extend",
}
SAMPLES = {"UUIDConverter": UUID(int=7), "IntConverter": 7, "StringConverter": "x", "SlugConverter": "x"}


@pytest.mark.h("H14")
@pytest.mark.parametrize("role", ["caseworker", "manager", "data_protection", "administrator"])
def test_a_colleague_without_a_second_factor_reaches_nothing_but_setting_one_up(role):
    client = sign_in(Client(), UserFactory(role=role, factor=False))
    asked = 0
    for name, pattern in pages():
        mark = mark_for(name, pattern)
        if mark.is_public or name in WITHOUT_FACTOR:
            continue
        values = {key: SAMPLES[type(one).__name__] for key, one in pattern.pattern.converters.items()}
        try:
            address = reverse(name, kwargs=values)
        except NoReverseMatch:  # a page below a case
            address = reverse(name, kwargs=values | {"case_id": UUID(int=7)})
        # What is for others is a wrong address before its verb is looked at: tests.test_access.
        for verb in ("get", "post", "put", "delete") if role in mark.roles else ("get",):
            answer = getattr(client, verb)(address)
            is_spoken = verb in {"get", "post"} or verb.upper() in mark.verbs
            refused = {302 if role in mark.roles else 404} if is_spoken else {404, 405}
            assert answer.status_code in refused, name
            assert answer.get("Location", "/account/steps/") == "/account/steps/", name
            asked += 1
    assert asked > 50


@pytest.mark.h("H14")
def test_no_page_is_open_before_the_second_factor_by_oversight():
    found = {name for name, pattern in pages() if mark_for(name, pattern).before_second_factor}
    public = {name for name, pattern in pages() if mark_for(name, pattern).is_public}
    assert found - public == WITHOUT_FACTOR


def test_fresh_proof_is_asked_for_and_leads_back(client, her, rf):
    sign_in(client, her, fresh=False)
    asked = client.get("/account/password/")
    assert asked["Location"] == "/confirm/?next=%2Faccount%2Fpassword%2F"
    assert client.post(asked["Location"], {"password": "wrong"}).status_code == 422  # pragma: allowlist secret
    with time_machine.travel(timezone.now() + timedelta(seconds=2)):
        done = client.post(asked["Location"], {"password": PASSWORD})
        assert done["Location"] == "/account/password/"
        assert client.get("/account/password/").status_code == 200
    request = rf.get("/")
    request.session, request.user = client.session, her
    assert is_fresh(request)


def test_what_another_proves_in_this_browser_is_no_fresh_proof_of_hers(client, her, worker):
    sign_in(client, her, fresh=False)
    code = give_code(user=worker, by=UserFactory(administrator=True))
    half_done = client.post("/start/password/", {"code": code, "password": "lantern-quiet-meadow"})
    assert half_done["Location"] == "/sign-in/code/"
    assert client.get("/account/").status_code == 200  # still signed in as herself
    assert client.get("/account/password/")["Location"] == "/confirm/?next=%2Faccount%2Fpassword%2F"


def test_a_form_from_before_signing_in_elsewhere_is_refused_in_our_words(her):
    client = Client(enforce_csrf_checks=True)
    client.cookies["n"] = "1"
    form = {"login": her.sign_in_name, "password": PASSWORD}
    form["csrfmiddlewaretoken"] = str(client.get(SIGN_IN).context["csrf_token"])
    assert client.post(SIGN_IN, form).status_code == 302
    again = client.post(SIGN_IN, form)
    assert again.status_code == 403
    assert "We did not save what you sent" in again.text
    assert "CSRF" not in again.text
    assert PASSWORD not in again.text


def test_guessing_a_password_at_her_unlocked_browser_is_slowed_down_and_recorded(client, her):
    client.cookies["d"] = give(client, her.sign_in_name).cookies["d"].value
    with time_machine.travel(timezone.now(), tick=False):
        client.post("/confirm/", {"password": "wrong-password"})  # pragma: allowlist secret
        soon = client.post("/confirm/", {"password": PASSWORD})
    assert soon.context["form"].errors["password"] == ["Try again in 1 second."]
    assert actions()[-1] == "account.sign_in_failed"
    with time_machine.travel(timezone.now() + timedelta(seconds=2)):
        assert client.post("/confirm/", {"password": PASSWORD}).status_code == 302


def test_a_code_is_fresh_proof_too(client, worker):
    sign_in(client, worker, fresh=False)
    done = client.post("/confirm/code/?next=/account/password/", {"code": app_code()})
    assert done["Location"] == "/account/password/"
    assert client.get("/account/password/").status_code == 200


def test_the_administrator_begins_with_the_people(client):
    sign_in(client, UserFactory(administrator=True))
    assert client.get("/")["Location"] == "/people/"


@pytest.mark.h("H22")
def test_nothing_typed_at_the_door_reaches_a_log(client, her, caplog):
    with caplog.at_level(logging.DEBUG):
        give(client, her.sign_in_name, "canary-password-one")
        give(client, "canary-name@example.com", "canary-password-two")
        client.post("/start/", {"code": "CNRY-CNRY-CNRY"})
        client.post("/password/ask/", {"email": "canary-mail@example.com"})
    for canary in ("canary", "CNRY", her.sign_in_name):
        assert canary not in caplog.text
    assert not SignInCount.objects.filter(account__icontains="canary").exists()
    assert not any("canary" in str(detail) for detail in Event.objects.values_list("detail", flat=True))
    assert User.objects.count() == 1
