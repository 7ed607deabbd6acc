"""A scanned file is looked at again, at night or when the lead asks, and the newest verdict counts."""

from datetime import timedelta

import pytest
import time_machine
from django.db import DatabaseError, connection
from django.urls import reverse
from django.utils import timezone

from bundles.actions import is_held
from bundles.models import Bundle
from cases.models import Task, Wall
from jobs.actions import run_due
from jobs.models import Job
from logs import sweeping
from logs.actions import lock_evidence, unlock_evidence
from logs.actions.second_looks import ask_to_look_again, infected_files
from logs.models import Rendition, Scan
from logs.standing import ScanState
from nsvcs.access import Role
from nsvcs.identity import acting_as
from nsvcs.ids import uuid7
from nsvcs.storage import file_store
from tests.bundles.test_actions import ask_for
from tests.factories import CaseFactory, UserFactory
from tests.logs.clamd import running
from tests.logs.test_checking import arrived, custody, events, photo, standing
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
ALARM = "Win.Test.FalseAlarm FOUND"
NEWER = "ClamAV 1.4.6/27900/Fri Jan 01 08:22:11 2027"


@pytest.fixture
def clamd(settings):
    with running() as server:
        settings.CLAMD_URL = server.url
        yield server


@pytest.fixture
def case():
    return CaseFactory(portal=True, worker=UserFactory())


@pytest.fixture
def lead():
    return UserFactory(data_protection=True)


@pytest.fixture
def file(clamd, case):
    """One in which the scanner thinks it sees a virus."""
    clamd.says = ALARM
    found = arrived(photo(), case=case)
    run_due()
    clamd.says = ""
    assert standing(found).is_infected
    return found


def a_month_later(days=31):
    return time_machine.travel(timezone.now() + timedelta(days=days))


def asked_again(client, file, lead):
    return sign_in(client, lead).post(reverse("locks:again", args=[file.pk]), follow=True)


def states(file):
    return list(Scan.objects.filter(evidence=file).order_by("attempt").values_list("state", flat=True))


def test_a_false_alarm_ends_when_the_lead_has_it_looked_at_again(client, file, lead):
    page = sign_in(client, lead).get(reverse("locks:list")).text
    assert "Win.Test.FalseAlarm" in page
    assert file.case.reference in page
    assert "is being looked at again" in asked_again(client, file, lead).text
    assert standing(file).is_infected  # asking changes nothing
    run_due()
    assert standing(file).state == ScanState.CLEAN
    assert states(file) == ["infected", "clean"]
    assert custody(file) == ["arrived", "quarantined", "clean", "copied"]
    assert Rendition.objects.filter(evidence=file, kind="page", state="ok").exists()
    assert {"evidence.second_look", "evidence.scanned"} <= set(events())
    assert "Win.Test.FalseAlarm" not in sign_in(client, lead).get(reverse("locks:list")).text


def test_what_is_a_virus_still_stays_kept_apart_and_one_task_is_enough(client, clamd, file, lead):
    clamd.says = "Win.Test.Worse FOUND"
    asked_again(client, file, lead)
    run_due()
    assert standing(file).is_infected
    assert states(file) == ["infected", "infected"]
    assert custody(file) == ["arrived", "quarantined", "looked_again"]
    assert Task.objects.filter(case=file.case, kind=Task.Kind.UNSAFE_FILE).count() == 1
    assert "Win.Test.Worse" in sign_in(client, lead).get(reverse("locks:list")).text


@pytest.mark.parametrize("says", ["Heuristics.Limits.Exceeded FOUND", "nobody knows what"])
def test_a_look_that_comes_to_nothing_frees_no_file_and_can_be_asked_for_again(client, clamd, file, lead, says):
    clamd.says = says
    asked_again(client, file, lead)
    run_due()
    assert standing(file).is_infected
    assert states(file) == ["infected", "could_not"]
    assert not Rendition.objects.exists()
    assert "It could not be checked then." in client.get(reverse("locks:list")).text
    clamd.says = ""
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        assert sweeping.ask_for_due_scans() == 0
    asked_again(client, file, lead)
    run_due()
    assert states(file) == ["infected", "could_not", "clean"]
    assert standing(file).state == ScanState.CLEAN


def test_a_changed_file_is_not_found_clean_however_often_it_is_looked_at(client, file, lead):
    (file_store().root / file.storage_name).write_bytes(photo("blue"))
    asked_again(client, file, lead)
    run_due()
    assert standing(file).is_infected
    assert Task.objects.filter(case=file.case, kind=Task.Kind.CHANGED_FILE).count() == 1


def test_pressed_twice_it_is_asked_for_once(client, file, lead):
    for _press in range(2):
        asked_again(client, file, lead)
    assert Job.objects.filter(kind="rescan").count() == 1


def test_without_a_scanner_nothing_is_looked_at_and_the_page_says_so(settings, client, file, lead):
    settings.CLAMD_URL = ""
    page = asked_again(client, file, lead).text
    assert "There is no virus scanner here" in page
    assert "Look at it again" not in page
    assert not Job.objects.filter(kind="rescan").exists()
    assert standing(file).is_infected


@pytest.mark.parametrize("role", [Role.CASEWORKER, Role.MANAGER, Role.ADMINISTRATOR, Role.VICTIM])
def test_nobody_else_has_a_file_looked_at_again(client, case, file, role):
    own = {Role.CASEWORKER: case.allocations.get().worker, Role.VICTIM: case.victim.user}
    person = own.get(role) or UserFactory(role=role)
    assert sign_in(client, person).post(reverse("locks:again", args=[file.pk])).status_code == 404
    with acting_as(person.pk), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM infected_files()")
        assert cursor.fetchall() == []
    assert infected_files(person) == []
    with pytest.raises(PermissionError), acting_as(person.pk):
        ask_to_look_again(file=None, by=person)
    assert not Job.objects.filter(kind="rescan").exists()


def test_a_lead_who_is_shut_out_of_a_case_is_told_of_no_file_of_it(client, case, file, lead):
    Wall.objects.create(case=case, person=lead, reason="a relative", set_by=uuid7())
    assert case.reference not in sign_in(client, lead).get(reverse("locks:list")).text
    assert client.post(reverse("locks:again", args=[file.pk])).status_code == 404


def test_a_file_that_is_clean_cannot_be_asked_for(client, clamd, case, lead):
    good = arrived(photo(), case=case)
    run_due()
    assert sign_in(client, lead).post(reverse("locks:again", args=[good.pk])).status_code == 404


def test_a_locked_file_is_not_looked_at_and_is_listed_again_once_it_is_unlocked(client, case, file, lead):
    worker = case.allocations.get().worker
    asked_again(client, file, lead)
    with acting_as(worker.pk):
        lock_evidence(key=uuid7(), evidence=file, reason="other", words="", by=worker)
    run_due()
    assert states(file) == ["infected"]
    with acting_as(lead.pk):
        assert infected_files(lead) == []
        unlock_evidence(evidence_id=file.pk, words="not what it seemed", by=lead)
        assert len(infected_files(lead)) == 1


def test_nobody_writes_that_a_file_is_clean_by_hand(file, lead):
    for person in (lead, file.case.victim.user):
        row = Scan(evidence=file, case=file.case, attempt=2, state="clean", at=timezone.now())
        with pytest.raises(DatabaseError, match="row-level security"), acting_as(person.pk):
            row.save(force_insert=True)


# --- at night --------------------------------------------------------------------------------------------------------


def test_what_was_found_is_looked_at_the_night_after_the_signatures_changed(clamd, file):
    assert sweeping.ask_for_second_looks() == 0  # the same signatures would find the same
    clamd.version = NEWER
    assert sweeping.ask_for_second_looks() == 1
    run_due()
    assert states(file) == ["infected", "clean"]
    assert Scan.objects.get(attempt=2).engine == "ClamAV 1.4.6/27900"


def test_what_was_clean_long_ago_is_looked_at_again_and_a_virus_is_found_late(clamd, case):
    good = arrived(photo(), case=case)
    run_due()
    clamd.version = NEWER
    assert sweeping.ask_for_second_looks() == 0  # scanned today
    with a_month_later():
        assert sweeping.ask_for_second_looks() == 1
        run_due()
        assert states(good) == ["clean", "clean"]
        assert custody(good) == ["arrived", "clean", "copied", "looked_again"]
        assert sweeping.ask_for_second_looks() == 0
    clamd.version, clamd.says = "ClamAV 1.4.6/27999/Fri Feb 05 08:22:11 2027", ALARM
    with a_month_later(70):
        assert sweeping.ask_for_second_looks() == 1
        run_due()
    assert standing(good).is_infected
    assert custody(good)[-1] == "quarantined"
    assert Task.objects.filter(case=case, kind=Task.Kind.UNSAFE_FILE).count() == 1


def test_a_clean_file_that_cannot_be_looked_at_again_stays_clean_and_waits_a_month_for_its_next(clamd, case):
    good = arrived(photo(), case=case)
    run_due()
    clamd.version, clamd.says = NEWER, "Heuristics.Limits.Exceeded FOUND"
    with a_month_later():
        assert sweeping.ask_for_second_looks() == 1
        run_due()
        assert standing(good).state == ScanState.CLEAN
        assert states(good) == ["clean", "could_not"]
        assert sweeping.ask_for_second_looks() == 0
        assert sweeping.ask_for_due_scans() == 0


def test_while_the_scanner_is_away_nothing_is_asked(settings, clamd, file):
    clamd.version = NEWER
    settings.CLAMD_URL = "tcp://127.0.0.1:9"
    assert sweeping.ask_for_second_looks() == 0
    settings.CLAMD_URL = ""
    assert sweeping.ask_for_second_looks() == 0


def test_a_night_takes_its_share_and_what_is_kept_apart_first(clamd, case, file, monkeypatch):
    others = [arrived(photo(colour), case=case) for colour in ("green", "blue")]
    run_due()
    clamd.version = NEWER
    monkeypatch.setattr(sweeping, "LOOKS_A_NIGHT", 2)
    with a_month_later():
        assert sweeping.ask_for_second_looks() == 2
    asked = set(Job.objects.filter(kind="rescan").values_list("object_id", flat=True))
    assert file.pk in asked
    assert len(asked & {each.pk for each in others}) == 1


def test_a_bundle_that_names_the_file_is_not_held_because_it_was_looked_at_again(client, clamd, case, file, lead):
    worker = case.allocations.get().worker
    bundle = ask_for(case, worker)
    run_due()
    clamd.says = ALARM
    asked_again(client, file, lead)
    run_due()
    bundle = Bundle.objects.get(pk=bundle.pk)
    with acting_as(worker.pk):
        assert bundle.is_ready
        assert not is_held(bundle, worker)


def test_pages_cannot_ask_which_are_due():
    with pytest.raises(DatabaseError), acting_as(UserFactory().pk), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM scans_to_repeat(now(), now(), 1, 1)")
