"""One's own pages, starting with a code, and the administrator's pages."""

import re
from datetime import time, timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import actions
from accounts.keys import open_secret
from accounts.models import EnrolmentCode, Session, SignIn, StaffProfile, Team, User, WorkingTimeReduction
from accounts.recovery import code_for
from audit.models import Event
from jobs.actions import run_due
from jobs.models import Job, Outgoing
from tests.accounts.conftest import app_code
from tests.accounts.test_words import FORBIDDEN
from tests.factories import CaseFactory, SafeContactFactory, UserFactory
from tests.factories.accounts import PASSWORD
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
MONTH = {"month": "12", "year": "2027"}
WORD = "lantern-quiet-meadow"
FORGED = ['{"id": "x"}', "[]", "5", "null", "{}", "not json", '{"rawId": 5}', '{"rawId": "x", "response": {}}']


@pytest.fixture
def admin(client):
    """An administrator, signed in on `client`."""
    user = UserFactory(administrator=True)
    sign_in(client, user)
    return user


# --- starting ------------------------------------------------------------------------------------------------------


def test_she_starts_with_a_code_chooses_a_password_and_is_in(client):
    worker, her = UserFactory(), UserFactory(victim=True, password=None)
    code = actions.give_code(user=her, by=worker)
    shown = client.post("/start/", {"code": code.lower()})
    assert her.sign_in_name in shown.content.decode()
    weak = client.post("/start/password/", {"code": code, "password": "short"})
    assert weak.status_code == 422
    done = client.post("/start/password/", {"code": code, "password": WORD})
    assert done["Location"] == "/"
    assert client.get("/account/").status_code == 200
    assert client.post("/start/", {"code": code}).status_code == 302 or not EnrolmentCode.objects.filter(used_at=None)


def test_a_colleague_who_starts_is_led_to_a_second_step(client, admin):
    user, code = actions.invite_staff(name="Jo Fen", email="jo@nsvcs.example", role="caseworker", team=None, by=admin)
    new = Client()
    new.post("/start/password/", {"code": code, "password": WORD})
    assert new.get("/")["Location"] == "/account/steps/"
    page = new.get("/account/steps/app/")
    assert page.status_code == 200
    assert "NSVCS" in page.context["totp_url"]


def test_a_code_does_not_go_round_the_second_step(client, worker):
    admin = UserFactory(administrator=True)
    code = actions.give_code(user=worker, by=admin)
    done = client.post("/start/password/", {"code": code, "password": WORD})
    assert done["Location"] == "/sign-in/code/"


def test_wrong_codes_are_slowed_down_and_counted(client):
    her = UserFactory(victim=True)
    code = actions.give_code(user=her, by=UserFactory())
    with time_machine.travel(timezone.now(), tick=False):  # a busy machine takes longer than it slows down
        assert client.post("/start/", {"code": f"{code[:4]}-AAAA-AAAA"}).status_code == 422
        assert EnrolmentCode.objects.get().wrong_count == 1
        soon = client.post("/start/", {"code": code})
        assert soon.context["form"].errors["code"] == ["Try again in 1 second."]
        assert client.post("/start/password/", {"code": code, "password": WORD}).status_code == 422
    assert client.get("/start/password/")["Location"] == "/start/"


# --- by e-mail -------------------------------------------------------------------------------------------------------


@pytest.mark.h("H10")
def test_known_and_unknown_addresses_get_the_same_answer_at_recovery(mailoutbox):
    case = CaseFactory(portal=True)
    her = case.victim.user
    User.objects.filter(pk=her.pk).update(email="her@example.com", may_recover_by_email=True)
    UserFactory(victim=True, email="no@example.com")
    answers = set()
    with time_machine.travel(timezone.now(), tick=False):
        for n, email in enumerate(("HER@example.com", "no@example.com", "nobody@example.com")):
            client = Client(REMOTE_ADDR=f"192.0.2.{n}")
            answer = client.post("/password/ask/", {"email": email})
            page = client.get(answer["Location"])
            shown = re.sub(rb'name="csrfmiddlewaretoken" value="\w+"', b"", page.content)  # new for each browser
            answers.add((answer.status_code, str(sorted(answer.headers.items())), shown))
    assert len(answers) == 1
    assert Job.objects.filter(kind="recover").count() == 3
    run_due()
    message = Outgoing.objects.get()
    assert (message.case_id, message.template, message.address) == (case.pk, "recover", "her@example.com")
    assert message.parameters == {"user_id": str(her.pk)}
    assert mailoutbox == []
    assert actions.claim_code(code=code_for(message), password=WORD) == her


@pytest.mark.h("H10")
def test_known_and_unknown_addresses_cost_the_same_work_at_recovery():
    case = CaseFactory(portal=True)
    User.objects.filter(pk=case.victim.user_id).update(email="her@example.com", may_recover_by_email=True)
    work = []
    for n, email in enumerate(("her@example.com", "nobody@example.com")):
        with CaptureQueriesContext(connection) as queries:
            Client(REMOTE_ADDR=f"192.0.2.{n}").post("/password/ask/", {"email": email})
        work.append(len(queries))
    assert work[0] == work[1]


@pytest.mark.parametrize("code", ["\x00", "x" * 5000, "ß" * 60, "٣" * 12, "----", "%"])
def test_nothing_typed_as_a_code_breaks_the_page(client, code):
    assert client.post("/start/", {"code": code}).status_code == 422


@time_machine.travel("2026-11-23T12:00:00Z", tick=False)
def test_the_message_with_the_code_passes_the_gate_and_says_nothing_else(mailoutbox):
    case = CaseFactory(portal=True)
    User.objects.filter(pk=case.victim.user_id).update(email="her@example.com", may_recover_by_email=True)
    hours = {"from_time": time(9), "to_time": time(17)}
    SafeContactFactory(victim=case.victim, may_email=True, email="her@example.com", **hours)
    Client().post("/password/ask/", {"email": "her@example.com"})
    run_due()
    [mail] = mailoutbox
    assert mail.to == ["her@example.com"]
    assert FORBIDDEN.search(f"{mail.subject} {mail.body}") is None
    code = mail.body.split("Your code is ")[1].split(".")[0]
    assert code not in str(list(Outgoing.objects.values()) + list(Job.objects.values()))
    assert actions.claim_code(code=code, password=WORD) == case.victim.user


@time_machine.travel("2026-11-23T12:00:00Z", tick=False)
def test_a_code_is_sent_to_the_accounts_own_address_only(mailoutbox):
    case = CaseFactory(portal=True)
    User.objects.filter(pk=case.victim.user_id).update(email="her@example.com", may_recover_by_email=True)
    hours = {"from_time": time(9), "to_time": time(17)}
    SafeContactFactory(victim=case.victim, may_email=True, email="another@example.com", **hours)
    Client().post("/password/ask/", {"email": "her@example.com"})
    run_due()
    assert mailoutbox == []
    assert Outgoing.objects.get().reason == "no_recovery"


def test_asking_again_within_the_hour_writes_one_message_however_the_address_is_spelled():
    case = CaseFactory(portal=True)
    User.objects.filter(pk=case.victim.user_id).update(email="her@mail.example", may_recover_by_email=True)
    spelled = ["her@mail.example", "HER@mail.example", "her@ma\N{LATIN SMALL LETTER DOTLESS I}l.example"]
    with time_machine.travel("2026-11-02T09:10:00Z"):
        for n, email in enumerate(spelled):
            assert Client(REMOTE_ADDR=f"192.0.2.{n}").post("/password/ask/", {"email": email}).status_code == 302
    with time_machine.travel("2026-11-02T10:10:00Z"):
        Client().post("/password/ask/", {"email": "her@mail.example"})
    assert Job.objects.filter(kind="recover", requester_id=case.victim.user_id).count() == 2


def test_one_place_that_asks_for_many_is_slowed_to_20_an_hour_and_others_are_not():
    asked, now = 0, timezone.now()
    for second in range(0, 7200, 10):
        with time_machine.travel(now + timedelta(seconds=second), tick=False):
            answer = Client().post("/password/ask/", {"email": f"n{second}@example.com"})
        asked += answer.status_code == 302 and second >= 3600
    assert asked == Job.objects.filter(created_at__gte=now + timedelta(hours=1)).count() <= 20
    assert "Try again in" in answer.text
    with time_machine.travel(now + timedelta(seconds=7200), tick=False):
        elsewhere = Client(REMOTE_ADDR="192.0.2.9")
        assert elsewhere.post("/password/ask/", {"email": "her@example.com"}).status_code == 302


@pytest.mark.parametrize("change", [{"may_recover_by_email": False}, {"is_active": False}, {"email": ""}])
def test_what_was_allowed_when_she_asked_is_asked_again_when_it_is_written(change):
    case = CaseFactory(portal=True)
    User.objects.filter(pk=case.victim.user_id).update(email="her@example.com", may_recover_by_email=True)
    Client().post("/password/ask/", {"email": "her@example.com"})
    User.objects.filter(pk=case.victim.user_id).update(**change)
    run_due()
    assert not Outgoing.objects.exists()


# --- one's own account ---------------------------------------------------------------------------------------------


@pytest.mark.h("H16")
def test_a_changed_password_signs_every_other_place_out(client, her):
    other = sign_in(Client(), her)
    sign_in(client, her)
    old_key = client.session.session_key
    assert client.post("/account/password/", {"password": WORD})["Location"] == "/account/"
    assert client.session.session_key != old_key
    assert client.get("/account/").status_code == 200
    assert [row.session_key for row in Session.objects.of(her.pk)] == [client.session.session_key]
    assert other.get("/account/")["Location"].startswith("/sign-in/")
    assert Event.objects.last().action == "password.changed"


@pytest.mark.h("H16")
@pytest.mark.parametrize("path", ["/account/password/", "/account/steps/app/", "/account/steps/app/remove/"])
def test_changing_how_one_signs_in_asks_for_proof_first(client, worker, path):
    sign_in(client, worker, fresh=False)
    for verb in ("get", "post"):
        assert getattr(client, verb)(path)["Location"].startswith("/confirm/")


@pytest.mark.h("H16")
def test_a_removed_factor_signs_every_other_place_out(client, worker):
    other = sign_in(Client(), worker)
    sign_in(client, worker)
    assert client.post("/account/steps/app/remove/")["Location"] == "/account/steps/"
    assert not Authenticator.objects.filter(user=worker).exists()
    assert other.get("/account/")["Location"].startswith("/sign-in/")  # not only to the page of second steps
    assert "factor.removed" in Event.objects.values_list("action", flat=True)
    assert client.get("/account/")["Location"] == "/account/steps/"


@pytest.mark.h("H16")
def test_a_disabled_account_is_out_on_its_next_request(client, admin):
    user = UserFactory()
    other = sign_in(Client(), user)
    assert other.get("/account/").status_code == 200
    client.post(f"/people/{user.pk}/end/")
    assert other.get("/account/")["Location"].startswith("/sign-in/")


def test_an_app_is_set_up_with_its_secret_encrypted_and_its_first_code_used(client, monkeypatch):
    her = UserFactory(victim=True)
    other = sign_in(Client(), her)
    sign_in(client, her)
    page = client.get("/account/steps/app/")
    assert "My%20notes" in page.context["totp_url"]
    assert "NSVCS" not in page.content.decode()
    monkeypatch.setattr("tests.accounts.conftest.SECRET", page.context["form"].secret)
    done = client.post("/account/steps/app/", {"code": app_code()})
    assert done["Location"] == "/account/steps/spare-codes/"
    assert other.get("/account/")["Location"].startswith("/sign-in/")
    row = Authenticator.objects.get(user=her, type="totp")
    assert open_secret(row.data["secret"]) == page.context["form"].secret
    assert page.context["form"].secret not in str(row.data)
    first = client.get("/account/steps/spare-codes/")
    assert len(first.context["unused_codes"]) == 10
    assert first.context["unused_codes"][0] in first.content.decode()
    assert set(client.get("/account/steps/spare-codes/").context["unused_codes"]) == {"****"}
    client.get("/exit")
    client.post("/sign-in/", {"login": her.sign_in_name, "password": PASSWORD})
    assert client.post("/sign-in/code/", {"code": app_code()}).status_code == 422


def test_new_spare_codes_end_the_old(client, worker):
    sign_in(client, worker)
    assert client.post("/account/steps/spare-codes/new/")["Location"] == "/account/steps/spare-codes/"
    first = client.get("/account/steps/spare-codes/").context["unused_codes"]
    client.post("/account/steps/spare-codes/new/")
    assert not set(first) & set(client.get("/account/steps/spare-codes/").context["unused_codes"])


def test_a_passkey_is_asked_for_with_the_persons_own_check(client):
    sign_in(client, UserFactory())
    page = client.get("/account/steps/passkey/")
    options = page.context["js_data"]["creation_options"]["publicKey"]
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert options["rp"]["name"] == "My notes"
    for forged in FORGED:
        refused = client.post("/account/steps/passkey/", {"name": "x", "credential": forged})
        assert refused.status_code == 422, forged
        assert b"This field is required" not in refused.content
    assert not Authenticator.objects.filter(type="webauthn").exists()


@pytest.mark.parametrize("forged", FORGED)
def test_a_forged_passkey_opens_nothing(client, worker, forged):
    client.post("/sign-in/", {"login": worker.sign_in_name, "password": PASSWORD})
    assert client.post("/sign-in/code/", {"credential": forged}).status_code == 422
    assert client.get("/account/").status_code == 302


def test_her_sign_ins_are_hers_and_other_places_can_be_signed_out(client, her):
    other, stranger = Client(), UserFactory(victim=True)
    for browser in (client, other):
        browser.post("/sign-in/", {"login": her.sign_in_name, "password": PASSWORD})
    SignIn.objects.create(user=stranger, at=timezone.now(), address="203.0.113.9")
    page = client.get("/account/sign-ins/")
    assert page.context["others"] == 1
    assert b"203.0.113.9" not in page.content
    client.post("/account/sign-ins/end/")
    assert other.get("/account/").status_code == 302
    assert client.get("/account/sign-ins/").context["others"] == 0
    assert SignIn.objects.filter(user=her, ended_at=None).count() == 1


def test_she_changes_her_sign_in_name_and_a_colleague_does_not(client, her):
    sign_in(client, her)
    assert client.post("/account/sign-in-name/", {"sign_in_name": "no"}).status_code == 422
    assert client.post("/account/sign-in-name/", {"sign_in_name": "willow.2026"}).status_code == 302
    worker = sign_in(Client(), UserFactory())
    assert worker.get("/account/sign-in-name/").status_code == 404


# --- codes on slips --------------------------------------------------------------------------------------------------


def test_a_slip_shows_a_code_once_and_keeps_it_nowhere(client):
    worker = UserFactory()
    case = CaseFactory(portal=True, worker=worker)
    sign_in(client, worker)
    address = f"/codes/{case.victim.user_id}/"
    asked = client.get(address)
    assert asked.status_code == 200
    assert not EnrolmentCode.objects.exists()
    slip = client.post(address)
    code = slip.context["code"]
    assert code in slip.content.decode()
    assert code not in str(dict(client.session))
    assert code not in client.get(address).content.decode()
    assert actions.claim_code(code=code, password=WORD) == case.victim.user


def test_a_slip_for_somebody_elses_client_is_not_found(client):
    case = CaseFactory(portal=True, worker=UserFactory())
    colleague = UserFactory()
    sign_in(client, UserFactory())
    assert client.post(f"/codes/{case.victim.user_id}/").status_code == 404
    assert client.post(f"/codes/{colleague.pk}/").status_code == 404
    sign_in(client, UserFactory(administrator=True))
    assert client.post(f"/codes/{case.victim.user_id}/").status_code == 404
    assert client.post(f"/codes/{colleague.pk}/").status_code == 200


# --- administrator ---------------------------------------------------------------------------------------------------


def test_the_administrator_invites_and_gets_the_slip(client, admin):
    team = Team.objects.get()
    new = {"name": "Jo Fen", "email": "jo@nsvcs.example", "role": "manager", "team": team.pk}
    slip = client.post("/people/invite/", new)
    assert slip.context["code"] in slip.content.decode()
    assert StaffProfile.objects.get(user__sign_in_name="jo@nsvcs.example").team == team
    assert client.post("/people/invite/", new).status_code == 422
    assert client.post("/people/invite/", {"name": ""}).status_code == 422


def test_the_administrator_changes_role_team_duty_hours_and_leave(client, admin):
    person, hub = UserFactory(), Team.objects.create(name="Hub")
    base = f"/people/{person.pk}/"
    client.post(f"{base}role/", {"role": "manager", "team": hub.pk, "is_on_duty": "on"})
    client.post(f"{base}hours/", {"weekly_hours": "22,5"})
    days = {"starts_on_day": "24", "ends_on_day": "31"}
    days |= {f"{name}_{part}": value for name in ("starts_on", "ends_on") for part, value in MONTH.items()}
    assert client.post(f"{base}leave/", days)["Location"] == base
    page = client.get(base)
    assert b"24 December 2027" in page.content
    assert b"22.5" in page.content
    person = User.objects.get(pk=person.pk)
    assert (person.role, person.staff_profile.team, person.staff_profile.is_on_duty) == ("manager", hub, True)
    client.post(f"/people/leave/{WorkingTimeReduction.objects.get().pk}/remove/")
    assert not WorkingTimeReduction.objects.exists()


@pytest.mark.parametrize("hours", ["61", "-1", "many", "NaN", "1e99", ""])
def test_hours_that_cannot_be_are_refused(client, admin, hours):
    assert client.post(f"/people/{admin.pk}/hours/", {"weekly_hours": hours}).status_code == 422


def test_the_administrator_cannot_change_their_own_role_or_end_themselves(client, admin):
    client.post(f"/people/{admin.pk}/role/", {"role": "manager", "team": "", "is_on_duty": ""})
    assert User.objects.get(pk=admin.pk).role == "administrator"
    for page in ("end", "steps"):
        assert client.post(f"/people/{admin.pk}/{page}/").status_code == 404


def test_the_administrator_ends_opens_and_resets(client, admin):
    person = UserFactory()
    base = f"/people/{person.pk}/"
    for page in ("", "role/", "hours/", "leave/", "end/", "steps/"):
        assert client.get(base + page).status_code == 200
    client.post(f"{base}steps/")
    assert not Authenticator.objects.filter(user=person).exists()
    client.post(f"{base}end/")
    assert b"has ended" in client.get(base).content
    assert client.get(f"{base}end/").status_code == 200
    client.post(f"{base}end/")
    assert User.objects.get(pk=person.pk).is_active


def test_teams_are_made_renamed_and_closed(client, admin):
    assert client.get("/teams/new/").status_code == 200
    client.post("/teams/new/", {"name": "Suffolk", "is_active": "on"})
    team = Team.objects.get(name="Suffolk")
    client.post(f"/teams/{team.pk}/", {"name": "Suffolk east"})
    assert not Team.objects.get(name="Suffolk east").is_active
    assert client.post("/teams/new/", {"name": "Suffolk east"}).status_code == 422
    assert b"Suffolk east" in client.get("/teams/").content


def test_a_portal_account_is_nobody_the_administrator_can_open(client, admin, her):
    assert client.get(f"/people/{her.pk}/").status_code == 404
    assert her.sign_in_name not in client.get("/people/").content.decode()


def test_the_list_of_people_says_who_is_away_and_who_leaves(client, admin):
    today = timezone.localdate()
    spans = {"Ann Away": (-1, 0), "Ben Back": (-9, -1), "Cat Coming": (1, 9)}
    for name, (starts, ends) in spans.items():
        person = UserFactory(name=name, last_day=today + timedelta(days=30) if name == "Ben Back" else None)
        days = {"starts_on": today + timedelta(days=starts), "ends_on": today + timedelta(days=ends)}
        WorkingTimeReduction.objects.create(user=person, recorded_by=admin.pk, **days)
    text = client.get("/people/").text
    assert text.count("On leave") == text.count("back after") == 1
    assert text.index("Ann Away") < text.index("On leave") < text.index("Ben Back") < text.index("last day ")


def test_the_list_of_people_asks_the_same_questions_however_many(client, admin):
    counts = []
    for _ in range(2):
        UserFactory.create_batch(4)
        with CaptureQueriesContext(connection) as queries:
            client.get("/people/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("role", ["caseworker", "manager", "data_protection", "victim"])
def test_nobody_else_opens_the_administrators_pages(client, role):
    person = UserFactory()
    sign_in(client, UserFactory(role=role))
    for path in ("/people/", "/people/invite/", f"/people/{person.pk}/", f"/people/{person.pk}/end/", "/teams/"):
        assert client.get(path).status_code == 404
    assert Session.objects.filter(user_id__isnull=False).count() == 1
    assert timezone.now() - timedelta(minutes=1) < Event.objects.filter(action="page.denied").last().at
