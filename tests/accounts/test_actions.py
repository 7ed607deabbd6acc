"""Accounts begin, change and end only by these, each with its event and only by whom it may be."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts import actions
from accounts.models import EnrolmentCode, KnownDevice, Session, SignIn, SignInCount, StaffProfile, User
from accounts.tasks import purge_old
from audit.models import Event
from nsvcs.access import Role
from nsvcs.identity import acting_as
from tests.factories import TeamFactory, UserFactory

pytestmark = pytest.mark.django_db
WORD = "lantern-quiet-meadow"


@pytest.fixture
def admin():
    """An administrator."""
    return UserFactory(administrator=True)


def session_of(user, key="a" * 32):
    return Session.objects.create(
        session_key=key, session_data="", user_id=user.pk, expire_date=timezone.now() + timedelta(hours=1)
    )


def last_event():
    event = Event.objects.order_by("pk").last()
    return event.action, event.target_id, event.detail


def test_an_invited_colleague_has_no_password_and_a_code_for_72_hours(admin):
    team = TeamFactory(name="Suffolk")
    user, code = actions.invite_staff(
        name=" Jo Fen ", email="Jo.Fen@nsvcs.example ", role=Role.CASEWORKER, team=team, by=admin
    )
    assert (user.name, user.sign_in_name, user.email) == ("Jo Fen", "jo.fen@nsvcs.example", "jo.fen@nsvcs.example")
    assert not user.has_usable_password()
    assert StaffProfile.objects.get(user=user).team == team
    row = EnrolmentCode.objects.get(user=user)
    assert code not in (row.digest, row.first_group)
    assert timedelta(hours=71) < row.expires_at - timezone.now() <= timedelta(hours=72)
    assert last_event() == ("account.changed", str(user.pk), {"fields": ["code"]})


def test_one_address_is_one_account(admin):
    UserFactory(sign_in_name="jo.fen@nsvcs.example")
    with pytest.raises(ValidationError, match="already an account"):
        actions.invite_staff(name="x", email="JO.FEN@nsvcs.example", role=Role.CASEWORKER, team=None, by=admin)


@pytest.mark.parametrize("role", [Role.CASEWORKER, Role.MANAGER, Role.DATA_PROTECTION, Role.VICTIM])
def test_only_an_administrator_invites_and_changes_colleagues(role):
    by, other = UserFactory(role=role), UserFactory()
    tries = [
        lambda: actions.invite_staff(name="x", email="x@nsvcs.example", role=Role.CASEWORKER, team=None, by=by),
        lambda: actions.give_code(user=other, by=by),
        lambda: actions.end_access(user=other, by=by),
        lambda: actions.restore_access(user=other, by=by),
        lambda: actions.reset_factors(user=other, by=by),
        lambda: actions.change_role_and_team(user=other, role=Role.MANAGER, team=None, is_on_duty=False, by=by),
        lambda: actions.change_hours(user=other, weekly_hours=Decimal(20), by=by),
        lambda: actions.record_leave(user=other, starts_on=date(2026, 1, 1), ends_on=date(2026, 1, 2), by=by),
        lambda: actions.save_team(name="Hub", by=by),
    ]
    for attempt in tries:
        with pytest.raises(PermissionDenied):
            attempt()
    assert not Event.objects.exists()


def test_nobody_invites_a_portal_account_by_the_staff_door(admin):
    with pytest.raises(ValidationError):
        actions.invite_staff(name="x", email="x@nsvcs.example", role=Role.VICTIM, team=None, by=admin)


def test_a_portal_account_has_three_words_and_a_code_for_24_hours():
    worker = UserFactory()
    with acting_as(worker.pk):
        her = actions.make_portal_account(by=worker)
        actions.give_code(user=her, by=worker)
    assert her.sign_in_name.count("-") == 2
    assert not her.has_usable_password()
    assert EnrolmentCode.objects.get().expires_at - timezone.now() <= timedelta(hours=24)
    assert last_event()[0] == "portal.given"
    with pytest.raises(PermissionDenied):
        actions.make_portal_account(by=UserFactory(administrator=True))


def test_a_taken_name_of_three_words_is_not_given_twice(monkeypatch):
    worker, names = UserFactory(), iter(["amber-kettle-meadow", "amber-kettle-meadow", "willow-copper-lane"])
    monkeypatch.setattr("accounts.actions.enrolment.three_words", lambda: next(names))
    with acting_as(worker.pk):
        found = [actions.make_portal_account(by=worker).sign_in_name for _ in range(2)]
    assert found == ["amber-kettle-meadow", "willow-copper-lane"]


def test_a_code_works_once_and_signs_everybody_else_out():
    worker, her = UserFactory(), UserFactory(victim=True)
    code = actions.give_code(user=her, by=worker)
    session_of(her)
    with acting_as():
        claimed = actions.claim_code(code=f" {code.lower().replace('-', ' ')} ", password=WORD)
    assert claimed == her
    assert claimed.check_password(WORD)
    assert not Session.objects.of(her.pk).exists()
    event = Event.objects.last()
    assert (event.action, event.actor_id, event.place) == ("portal.claimed", her.pk, "portal")
    with pytest.raises(ValidationError, match="does not work"):
        actions.claim_code(code=code, password=WORD)


def test_a_newer_code_ends_the_one_before():
    worker, her = UserFactory(), UserFactory(victim=True)
    first, second = (actions.give_code(user=her, by=worker) for _ in range(2))
    with pytest.raises(ValidationError):
        actions.claim_code(code=first, password=WORD)
    assert actions.claim_code(code=second, password=WORD) == her


@pytest.mark.parametrize(("hours", "works"), [(23.9, True), (24.1, False)])
def test_a_code_runs_out(hours, works):
    code = actions.give_code(user=UserFactory(victim=True), by=UserFactory())
    with time_machine.travel(timezone.now() + timedelta(hours=hours)):
        if works:
            actions.claim_code(code=code, password=WORD)
        else:
            with pytest.raises(ValidationError):
                actions.claim_code(code=code, password=WORD)


def test_ten_wrong_guesses_that_begin_like_a_code_end_it():
    her = UserFactory(victim=True)
    code = actions.give_code(user=her, by=UserFactory())
    for n in range(10):
        assert actions.enrolment.owner_of(code) == her, n
        actions.wrong_code(code=f"{code[:4]}-AAAA-AAAA")
        actions.wrong_code(code="ZZZZ-AAAA-AAAA")
    assert actions.enrolment.owner_of(code) is None


@pytest.mark.h("H16")
def test_ended_access_leaves_no_session_code_or_known_browser(admin):
    user = UserFactory()
    session_of(user)
    actions.give_code(user=user, by=admin)
    KnownDevice.objects.create(user=user, digest="d", used_at=timezone.now())
    actions.end_access(user=user, by=admin)
    user.refresh_from_db()
    assert not user.is_active
    for model in (Session, EnrolmentCode, KnownDevice):
        assert not model.objects.filter(user_id=user.pk).exists()
    assert last_event()[0] == "account.ended"
    with pytest.raises(PermissionDenied):
        actions.give_code(user=user, by=admin)


def test_a_reopened_account_needs_a_new_code(admin):
    user = UserFactory()
    actions.end_access(user=user, by=admin)
    actions.restore_access(user=user, by=admin)
    user.refresh_from_db()
    assert user.is_active
    assert not user.has_usable_password()


def test_nobody_ends_their_own_access_or_changes_their_own_role(admin):
    with pytest.raises(PermissionDenied):
        actions.end_access(user=admin, by=admin)
    with pytest.raises(PermissionDenied):
        actions.reset_factors(user=admin, by=admin)
    with pytest.raises(PermissionDenied):
        actions.change_role_and_team(user=admin, role=Role.MANAGER, team=None, is_on_duty=False, by=admin)


def test_a_caseworker_ends_a_portal_account_and_an_administrator_does_not(admin):
    her = UserFactory(victim=True)
    with pytest.raises(PermissionDenied):
        actions.end_access(user=her, by=admin)
    actions.end_access(user=her, by=UserFactory())
    assert last_event()[0] == "portal.ended"


@pytest.mark.h("H16")
def test_reset_factors_are_gone_and_their_owner_signed_out(admin):
    user = UserFactory()
    session_of(user)
    actions.reset_factors(user=user, by=admin)
    assert not Authenticator.objects.filter(user=user).exists()
    assert not Session.objects.of(user.pk).exists()
    assert last_event() == ("factor.reset", str(user.pk), {})


def test_a_new_role_starts_with_a_new_sign_in_and_a_new_team_does_not(admin):
    user, team = UserFactory(), TeamFactory(name="Suffolk")
    session_of(user)
    actions.change_role_and_team(user=user, role=Role.CASEWORKER, team=team, is_on_duty=True, by=admin)
    assert Session.objects.of(user.pk).exists()
    assert last_event()[2] == {"fields": ["is_on_duty", "team"]}
    actions.change_role_and_team(user=user, role=Role.MANAGER, team=team, is_on_duty=True, by=admin)
    assert not Session.objects.of(user.pk).exists()
    assert User.objects.get(pk=user.pk).role == Role.MANAGER


def test_leave_hours_and_teams_are_kept_within_their_bounds(admin):
    user, day = UserFactory(), date(2026, 12, 1)
    leave = actions.record_leave(user=user, starts_on=day, ends_on=day, by=admin)
    with pytest.raises(ValidationError):
        actions.record_leave(user=user, starts_on=day, ends_on=day - timedelta(days=1), by=admin)
    actions.remove_leave(leave=leave, by=admin)
    assert last_event()[0] == "account.leave"
    actions.change_hours(user=user, weekly_hours=Decimal("22.5"), by=admin)
    for hours in (Decimal("-0.5"), Decimal("60.5")):
        with pytest.raises(ValidationError):
            actions.change_hours(user=user, weekly_hours=hours, by=admin)
    team = actions.save_team(name="Restorative justice hub", by=admin)
    actions.save_team(name="Hub", is_active=False, team=team, by=admin)
    with pytest.raises(ValidationError):
        actions.save_team(name="Hub", by=admin)


@pytest.mark.parametrize("name", ["short", "has space", "x" * 41, "-starts", "é-accent-name", "semi;colon"])
def test_a_sign_in_name_of_her_own_is_plain(name):
    her = UserFactory(victim=True)
    with acting_as(her.pk), pytest.raises(ValidationError):
        actions.set_sign_in_name(sign_in_name=name, by=her)


def test_a_sign_in_name_that_is_taken_is_refused_without_saying_so():
    her, other = UserFactory(victim=True), UserFactory(victim=True)
    with acting_as(her.pk):
        with pytest.raises(ValidationError, match="cannot be used"):
            actions.set_sign_in_name(sign_in_name=other.sign_in_name.upper(), by=her)
        actions.set_sign_in_name(sign_in_name="Plain.Name", by=her)
    assert User.objects.get(pk=her.pk).sign_in_name == "plain.name"
    with pytest.raises(PermissionDenied):
        actions.set_sign_in_name(sign_in_name="plain.name.two", by=UserFactory())


def test_what_has_had_its_time_is_thrown_away_and_nothing_else():
    user, now = UserFactory(), timezone.now()
    for days in (29.9, 30.1):
        SignIn.objects.create(user=user, at=now - timedelta(days=days))
    code = EnrolmentCode.objects.create(user=user, digest="x", expires_at=now + timedelta(hours=1))
    EnrolmentCode.objects.filter(pk=code.pk).update(created_at=now - timedelta(days=40), expires_at=now - timedelta(31))
    EnrolmentCode.objects.create(user=user, digest="y", expires_at=now + timedelta(hours=1))
    for days in (89, 91):
        KnownDevice.objects.create(user=user, digest=f"d{days}", used_at=now - timedelta(days=days))
    for hours in (23, 25):
        last = now - timedelta(hours=hours)
        SignInCount.objects.create(account="a", source=f"{hours}", last_at=last, next_try_at=last)
    session_of(user)
    Session.objects.create(session_key="old", session_data="", expire_date=now - timedelta(seconds=1))
    purge_old()
    for model in (SignIn, EnrolmentCode, KnownDevice, SignInCount, Session):
        assert model.objects.count() == 1, model


def test_the_first_administrator_gets_a_code_until_one_has_started(capsys):
    call_command("first_administrator", "Boss@nsvcs.example", name="Alex Reed")
    call_command("first_administrator", "boss@nsvcs.example")
    code = capsys.readouterr().out.strip().split()[-1]
    user = actions.claim_code(code=code, password=WORD)
    assert (user.role, user.sign_in_name, user.name) == (Role.ADMINISTRATOR, "boss@nsvcs.example", "Alex Reed")
    with pytest.raises(CommandError, match="administrator already"):
        call_command("first_administrator", "other@nsvcs.example")
    with pytest.raises(CommandError, match="not an email"):
        call_command("first_administrator", "other")
