"""A colleague leaves on a date: in until the end of that day, out from the next, whoever is at work then."""

from datetime import date

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from accounts import actions
from accounts.models import EnrolmentCode, Session, User
from audit.models import Event
from jobs.actions import run_due
from jobs.models import Job
from nsvcs.access import Role
from tests.factories import UserFactory
from tests.factories.accounts import PASSWORD
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
LAST = date(2026, 6, 30)
MORNING, LAST_MINUTE, MIDNIGHT = "2026-06-29T09:00:00Z", "2026-06-30T22:59:30Z", "2026-06-30T23:00:30Z"  # summer time


@pytest.fixture
def admin():
    return UserFactory(administrator=True)


@pytest.fixture
def leaver(admin):
    user = UserFactory()
    with time_machine.travel(MORNING, tick=False):
        actions.set_last_day(user=user, last_day=LAST, by=admin)
    return user


def status_at(user, instant):
    with time_machine.travel(instant, tick=False):
        return sign_in(Client(), user).get("/account/").status_code


def test_they_are_in_until_the_end_of_the_day_in_london_and_out_after_it(leaver):
    assert status_at(leaver, LAST_MINUTE) == 200
    assert status_at(leaver, MIDNIGHT) == 302  # though no job has run yet
    with time_machine.travel(MIDNIGHT, tick=False):
        answer = Client().post("/sign-in/", {"login": leaver.sign_in_name, "password": PASSWORD})
        assert answer.status_code == 422


def test_the_job_ends_access_when_the_day_is_over_and_not_before(leaver, admin):
    with time_machine.travel(LAST_MINUTE, tick=False):
        sign_in(Client(), leaver)
        actions.give_code(user=leaver, by=admin)
        run_due()
        assert User.objects.get(pk=leaver.pk).is_active
    with time_machine.travel(MIDNIGHT, tick=False):
        run_due()
    assert not User.objects.get(pk=leaver.pk).is_active
    assert not Session.objects.of(leaver.pk).exists()
    assert not EnrolmentCode.objects.of(leaver.pk).exists()
    event = Event.objects.last()
    assert (event.action, event.target_id, event.place) == ("account.ended", str(leaver.pk), "worker")


@pytest.mark.parametrize("later", [None, date(2026, 7, 31)])
def test_a_day_taken_back_or_put_off_ends_nothing(leaver, admin, later):
    with time_machine.travel(LAST_MINUTE, tick=False):
        actions.set_last_day(user=leaver, last_day=later, by=admin)
    with time_machine.travel(MIDNIGHT, tick=False):
        run_due()
    assert User.objects.get(pk=leaver.pk).is_active
    assert Job.objects.filter(kind="leave", state="done").count() == 1


def test_an_account_that_is_opened_again_has_no_last_day(leaver, admin):
    with time_machine.travel(MIDNIGHT, tick=False):
        run_due()
        leaver.refresh_from_db()
        actions.restore_access(user=leaver, by=admin)
    assert User.objects.get(pk=leaver.pk).last_day is None


def test_only_an_administrator_says_it_of_a_colleague_and_never_of_a_day_past(admin):
    person, her = UserFactory(), UserFactory(victim=True)
    for user, by in ((person, UserFactory(manager=True)), (her, admin), (admin, admin)):
        with pytest.raises(PermissionDenied):
            actions.set_last_day(user=user, last_day=LAST, by=by)
    with time_machine.travel(MIDNIGHT, tick=False), pytest.raises(ValidationError):
        actions.set_last_day(user=person, last_day=LAST, by=admin)


def test_the_administrators_page_sets_shows_and_takes_back_the_day(client, admin):
    person = UserFactory(role=Role.MANAGER)
    base = f"/people/{person.pk}/"
    typed = {"last_day_day": "30", "last_day_month": "6", "last_day_year": "2026"}
    with time_machine.travel(MORNING, tick=False):
        sign_in(client, admin)
        assert "Leaves on a date" in client.get(base).text
        assert client.get(f"{base}last-day/").status_code == 200
        assert client.post(f"{base}last-day/", typed)["Location"] == base
        assert "30 June 2026" in client.get(base).text
        assert client.post(f"{base}last-day/", typed | {"last_day_year": "2025"}).status_code == 422
        client.post(f"{base}last-day/", {"last_day_day": ""})
        assert User.objects.get(pk=person.pk).last_day is None
        assert client.get(f"/people/{admin.pk}/last-day/").status_code == 404
