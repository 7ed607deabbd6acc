"""Agreements on both sides: recorded and taken back by staff, read and stopped in the portal."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from audit.models import Event
from cases.actions import give_consent
from cases.models import Case, Consent, ConsentWithdrawal, Task
from jobs.actions import run_due
from nsvcs.identity import acting_as
from nsvcs.ids import uuid7
from portal.addresses import letters_of
from reference.models import Organisation
from tests.factories import CaseFactory, UserFactory
from tests.portal.test_writing import text_of
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 3)


@pytest.fixture(autouse=True)
def _early_june():
    with time_machine.travel("2026-06-03 10:00 +0100", tick=True):
        yield


@pytest.fixture
def case():
    return CaseFactory(portal=True, worker=UserFactory(name="Sam Rowan"))


@pytest.fixture
def worker(case):
    return case.allocations.get().worker


@pytest.fixture
def page(client, worker):
    return sign_in(client, worker)


@pytest.fixture
def hers(case):
    return sign_in(Client(), case.victim.user)


def on(name, day):
    return {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year}


def typed(**fields):
    days = on("given_on", TODAY) | on("starts_on", TODAY) | on("ends_on", TODAY + timedelta(days=30))
    told = {"purpose": "referral", "who": "other", "recipient_name": "Leeway", "what": "Name and phone number"}
    return {"key": str(uuid7()), "how_given": "phone", **told, **days, **fields}


def given(case, worker, **changes):
    told = {"purpose": "restorative", "organisation": None, "recipient_name": "Hub", "what": "Talk to the hub"}
    told |= {"starts_on": TODAY, "ends_on": TODAY + timedelta(days=30), "how_given": "phone", "given_on": TODAY}
    with acting_as(worker.pk):
        return give_consent(case=case, key=uuid7(), values=told | changes, by=worker)


def test_a_worker_records_one_and_both_sides_read_it(page, case, hers):
    assert page.post(f"/cases/{case.pk}/agreements/new/", typed()).status_code == 302
    staff = text_of(page.get(f"/cases/{case.pk}/agreements/"))
    for words in ("1. Referral to another service", "Leeway", "Name and phone number", "3 July 2026", "Stands"):
        assert words in staff
    assert "1 stands" in text_of(page.get(f"/cases/{case.pk}/"))
    assert "until 3 July 2026" in text_of(page.get(f"/cases/{case.pk}/support/"))
    portal = text_of(hers.get("/notes/agreed/"))
    for words in ("Another service may help you", "Leeway", "Name and phone number", "3 July 2026"):
        assert words in portal


def test_the_form_begins_with_today_the_days_that_the_service_has_set_and_what_was_asked_for(page, case):
    form = page.get(f"/cases/{case.pk}/agreements/new/?for=restorative").context["form"]
    assert form["ends_on"].initial == date(2026, 12, 1)
    assert form["purpose"].initial == "restorative"


def test_an_organisation_of_the_directory_is_kept_as_such(page, case):
    known = Organisation.objects.create(slug="leeway", name="Leeway", what_for="x", confidence="V", source="x")
    page.post(f"/cases/{case.pk}/agreements/new/", typed(who="directory", organisation=str(known.pk)))
    kept = Consent.objects.get()
    assert (kept.organisation, kept.recipient_name) == (known, "")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"purpose": ""}, "Choose what the victim agrees to"),
        ({"who": ""}, "Choose with whom"),
        ({"who": "directory"}, "Choose the organisation"),
        ({"recipient_name": ""}, "Enter the name"),
        ({"recipient_name": "…"}, "letters or numbers"),
        ({"what": ""}, "Write what may be said or done"),
        (on("ends_on", TODAY - timedelta(days=1)), "must not be before the first"),
        (on("ends_on", TODAY + timedelta(days=366)), "at most 366 days"),
        (on("given_on", TODAY + timedelta(days=1)), "must be 3 June 2026 or earlier"),
        (on("starts_on", TODAY - timedelta(days=1)), "before the victim agreed"),
    ],
)
def test_faults_are_said_and_nothing_is_kept(page, case, fields, words):
    response = page.post(f"/cases/{case.pk}/agreements/new/", typed(**fields))
    assert response.status_code == 422
    assert words in text_of(response)
    assert not Consent.objects.exists()


def test_sent_twice_it_is_kept_once_and_other_words_under_its_key_are_told(page, case):
    sent = typed()
    for _again in range(2):
        page.post(f"/cases/{case.pk}/agreements/new/", sent)
    assert page.post(f"/cases/{case.pk}/agreements/new/", sent | {"what": "All"}).status_code == 409
    assert Consent.objects.count() == 1


@pytest.mark.parametrize(
    ("purpose", "leads_to"), [("referral", "onward/"), ("letter", "letters/"), ("restorative", "restorative/")]
)
def test_what_stands_leads_to_what_it_is_for(page, case, worker, purpose, leads_to):
    given(case, worker, purpose=purpose)
    shown = page.get(f"/cases/{case.pk}/agreements/").text
    assert f'href="/cases/{case.pk}/support/{leads_to}"' in shown
    assert f'href="/cases/{case.pk}/support/"' in shown


def test_one_press_takes_it_back_without_a_word(page, case, worker):
    consent = given(case, worker)
    address = f"/cases/{case.pk}/agreements/{consent.pk}/withdraw/"
    asked = text_of(page.get(address))
    assert "Hub" in asked
    assert "owes nobody a reason" in asked
    assert "are you sure" not in asked.lower()
    page.post(address)
    page.post(address)
    assert ConsentWithdrawal.objects.get().by == worker
    assert "Taken back" in text_of(page.get(f"/cases/{case.pk}/agreements/"))
    assert "counts no more" in text_of(page.get(address))
    run_due()
    assert Task.objects.get(kind="consent_withdrawn").assigned_to == worker


def stop(hers, consent, **sent):
    return hers.post(f"/notes/agreed/{consent.number}/stop/", {"which": letters_of(consent.pk)} | sent, follow=True)


def test_she_stops_one_in_one_press_and_her_caseworker_is_told(hers, case, worker):
    first, second = given(case, worker), given(case, worker, purpose="letter", recipient_name="Landlord")
    answer = text_of(stop(hers, first))
    assert "Stopped. We end what we began with it." in answer
    assert "Stopped on 3 June 2026." in answer
    assert ConsentWithdrawal.objects.get().how == "portal"
    assert list(Consent.objects.standing(TODAY)) == [second]
    assert Event.objects.filter(action="consent.withdrawn", actor_id=case.victim.user.pk).exists()
    run_due()
    assert Task.objects.get(kind="consent_withdrawn").assigned_to == worker


def test_a_page_from_before_that_means_another_one_stops_nothing(hers, case, worker):
    consent = given(case, worker)
    assert "out of date" in text_of(stop(hers, consent, which="bcdfgh"))
    assert "out of date" in text_of(stop(hers, consent, which=""))
    assert not ConsentWithdrawal.objects.exists()


def test_of_two_by_one_number_the_one_on_the_page_is_stopped(hers, case, worker):
    other = CaseFactory(worker=worker, victim=case.victim, is_portal_open=True)
    first, second = given(case, worker), given(other, worker)
    stop(hers, second)
    assert ConsentWithdrawal.objects.get().consent == second
    assert first.number == second.number


def test_anothers_and_one_of_a_closed_portal_are_not_there(hers, case, worker):
    other = given(CaseFactory(portal=True, worker=worker), worker)
    assert stop(hers, other).status_code == 404
    consent = given(case, worker)
    Case.objects.filter(pk=case.pk).update(is_portal_open=False)
    assert stop(hers, consent).status_code == 404
    assert "Hub" not in text_of(hers.get("/notes/agreed/"))
    assert not ConsentWithdrawal.objects.exists()


@pytest.mark.parametrize(
    ("moment", "is_there"),
    [
        ("2026-07-03 00:10 +0100", True),
        ("2026-07-03 23:50 +0100", True),
        ("2026-07-03 23:10 +0000", False),  # past midnight in London, while its clocks are an hour ahead
        ("2026-07-04 10:00 +0100", False),
    ],
)
def test_home_leads_there_while_something_stands(client, case, worker, moment, is_there):
    given(case, worker)
    with time_machine.travel(moment, tick=True):
        hers = sign_in(client, case.victim.user)
        assert ("/notes/agreed/" in text_of(hers.get("/notes/"))) is is_there
        assert "/notes/agreed/" in text_of(hers.get("/notes/details/"))
        portal = text_of(hers.get("/notes/agreed/"))
    assert ("Stop this" in portal) is is_there
    assert ("It ran out on 3 July 2026." in portal) is not is_there


def test_with_nothing_agreed_the_page_says_so(hers, page, case):
    assert "Nothing now." in text_of(hers.get("/notes/agreed/"))
    assert "/notes/agreed/" not in text_of(hers.get("/notes/"))
    assert "Nothing yet." in text_of(page.get(f"/cases/{case.pk}/agreements/"))


def test_both_are_on_the_timeline(page, case, worker, hers):
    stop(hers, given(case, worker))
    shown = text_of(page.get(f"/cases/{case.pk}/timeline/"))
    assert "Agreement 1: Restorative justice" in shown
    assert "Agreement 1 taken back" in shown


def test_another_worker_finds_nothing(client, case, worker):
    consent = given(case, worker)
    sign_in(client, UserFactory())
    for rest in ("", "new/", f"{consent.pk}/withdraw/"):
        assert client.get(f"/cases/{case.pk}/agreements/{rest}").status_code == 404


def test_the_agreement_of_another_case_is_not_in_this_one(page, case, worker):
    other = given(CaseFactory(worker=worker), worker)
    assert page.get(f"/cases/{case.pk}/agreements/{other.pk}/withdraw/").status_code == 404


def count(web, address):
    with CaptureQueriesContext(connection) as found:
        assert web.get(address).status_code == 200
    return len(found)


def test_the_number_of_queries_does_not_grow(page, hers, case, worker):
    staff = [f"/cases/{case.pk}/agreements/", f"/cases/{case.pk}/timeline/"]
    addresses = [*((page, each) for each in staff), (hers, "/notes/agreed/")]
    stop(hers, given(case, worker))
    given(case, worker)
    before = [count(*each) for each in addresses]
    for _more in range(5):
        stop(hers, given(case, worker))
        given(case, worker)
    assert [count(*each) for each in addresses] == before


def test_20000_characters_and_any_script_are_refused_or_kept_whole(page, case):
    long = "م" * 20_000
    assert page.post(f"/cases/{case.pk}/agreements/new/", typed(what=long)).status_code == 422
    words = "مرحبا 😀 " * 100
    assert (
        page.post(f"/cases/{case.pk}/agreements/new/", typed(what=words, recipient_name="ﷺ" * 120)).status_code == 302
    )
    assert Consent.objects.get().what == words.strip()
