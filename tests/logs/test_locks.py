"""Locking: any worker, at once, everywhere; unlocking: the data protection lead alone, with a reason."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import DatabaseError, connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from audit.queries import openings
from cases.models import Wall
from jobs.actions import run_due
from logs import sweeping
from logs.actions import lock_evidence, locked_files, unlock_evidence
from logs.actions.custody import note_custody
from logs.models import CustodyEvent, Evidence, EvidenceLock, Rendition
from logs.standing import ScanState
from nsvcs.access import Role
from nsvcs.identity import acting_as
from nsvcs.ids import uuid7
from reference.loading import load_reference
from tests.factories import AllocationFactory, CaseFactory, UserFactory
from tests.logs.clamd import running
from tests.logs.test_checking import arrived, custody, photo, standing
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
KEPT = "This file is kept but is not shared."


@pytest.fixture
def worker():
    return UserFactory()


@pytest.fixture
def case(worker):
    return CaseFactory(portal=True, worker=worker)


@pytest.fixture
def file(case):
    evidence = arrived(photo(), case=case)
    run_due()
    return evidence


@pytest.fixture
def lead():
    return UserFactory(data_protection=True)


def lock(file, by, **more):
    given = {"key": uuid7(), "reason": "other", "words": "told Ruth by phone", **more}
    with acting_as(by.pk):
        return lock_evidence(evidence=file, by=by, **given)


def unlock(file, by):
    with acting_as(by.pk):
        return unlock_evidence(evidence_id=file.pk, words="a police officer has it", by=by)


def test_any_worker_on_the_case_locks_at_once_and_the_original_and_copies_stay(case, file, worker):
    colleague = UserFactory()
    AllocationFactory(case=case, worker=colleague, role="second")
    lock(file, colleague)
    assert standing(file).is_locked
    assert custody(file)[-1] == "locked"
    assert Rendition.objects.filter(evidence=file, state="ok", kind="thumbnail").exists()
    assert list(Event.objects.order_by("id").values_list("action", flat=True))[-1] == "evidence.locked"


def test_the_same_form_locks_once_and_a_second_persons_words_are_kept(file, worker):
    key = uuid7()
    assert lock(file, worker, key=key).pk == lock(file, worker, key=key).pk == key
    lock(file, worker, words="the school knows")
    assert EvidenceLock.objects.count() == 2
    assert custody(file).count("locked") == 1


def test_a_key_that_stands_for_another_file_does_not_keep_this_one_open(case, file, worker):
    other, key = arrived(photo("blue"), case=case), uuid7()
    lock(other, worker, key=key)
    lock(file, worker, key=key)
    assert standing(file).is_locked


def test_a_stranger_can_lock_nothing(file):
    with pytest.raises(Evidence.DoesNotExist):
        lock(file, UserFactory())
    assert not standing(file).is_locked


def test_staff_see_no_copy_no_small_picture_and_no_download(client, case, file, worker):
    sign_in(client, worker)
    entry = client.get(reverse("logs:entry", args=[case.pk, file.incident_id])).text
    assert reverse("logs:copy", args=[case.pk, file.pk, "thumbnail"]) in entry
    lock(file, worker)
    for page in (["logs:entry", file.incident_id], ["logs:file", file.pk]):
        seen = client.get(reverse(page[0], args=[case.pk, page[1]])).text
        assert "Locked" in seen
        assert "/files/" not in seen
    for kind in ("page", "thumbnail"):
        assert client.get(reverse("logs:copy", args=[case.pk, file.pk, kind])).status_code == 404
    refused = client.get(reverse("logs:original", args=[case.pk, file.pk]), {"sure": "yes"})
    assert refused.status_code == 409
    assert Event.objects.order_by("-id").first().action == "evidence.refused"
    assert "downloaded" not in custody(file)


def test_who_looked_at_a_files_page_is_in_the_cases_list(client, case, file, worker):
    sign_in(client, worker).get(reverse("logs:file", args=[case.pk, file.pk]))
    with acting_as(case.victim.user.pk):
        assert "evidence.opened" in {each.action for each in openings(case.pk)}


def test_she_reads_that_it_is_kept_and_not_why(client, case, file, worker):
    her = sign_in(client, case.victim.user)
    picture = reverse("portal:entry_file", args=[file.incident.number, 1])
    assert her.get(picture).status_code == 200
    lock(file, worker, reason="child_abuse", words="police 36/1")
    page = her.get(reverse("portal:entry", args=[file.incident.number])).text
    assert KEPT in page
    assert picture not in page
    assert "36/1" not in page
    assert her.get(picture).status_code == 404
    with acting_as(case.victim.user.pk):
        assert not EvidenceLock.objects.exists()
        assert Evidence.objects.with_standing().get(pk=file.pk).standing.is_locked


def test_nothing_that_is_in_it_is_told_in_any_other_way(case, file, worker):
    lock(file, worker)
    staff, her = sign_in(Client(), worker), sign_in(Client(), case.victim.user)
    for name in ("says", "words", "heard"):
        address = reverse(f"logs:{name}", args=[case.pk, file.pk])
        assert {staff.get(address).status_code, staff.post(address).status_code} <= {404, 405}, name
    assert staff.get(reverse("logs:page", args=[case.pk, file.pk, 1])).status_code == 404
    for name in ("entry_file_where", "entry_file_said", "entry_file"):
        address = reverse(f"portal:{name}", args=[file.incident.number, 1])
        assert {her.get(address).status_code, her.post(address).status_code} <= {404, 405}, name


def test_no_copy_is_made_of_a_file_that_is_locked_before_its_job_runs(case, worker):
    evidence = arrived(photo(), case=case)
    lock(evidence, worker)
    run_due()
    assert not Rendition.objects.exists()


def test_a_locked_file_is_not_sent_to_the_scanner_and_goes_on_when_it_is_unlocked(settings, case, worker, lead):
    with running() as clamd:
        settings.CLAMD_URL = clamd.url
        evidence = arrived(photo(), case=case)
        lock(evidence, worker)
        run_due()
        with time_machine.travel(timezone.now() + timedelta(hours=1)):
            assert sweeping.ask_for_first_scans() == 0
        assert "zINSTREAM" not in clamd.commands
        assert unlock(evidence, lead)
        run_due()
    assert standing(evidence).state == ScanState.CLEAN
    assert Rendition.objects.filter(evidence=evidence, state="ok", kind="thumbnail").exists()


def test_copies_passed_over_while_it_was_locked_are_made_when_it_is_unlocked(case, worker, lead):
    evidence = arrived(photo(), case=case)
    lock(evidence, worker)
    run_due()
    unlock(evidence, lead)
    run_due()
    assert Rendition.objects.filter(evidence=evidence, state="ok", kind="thumbnail").exists()
    assert custody(evidence) == ["arrived", "locked", "unlocked", "copied"]


def test_the_lead_is_told_without_the_case_being_opened_to_them(client, case, file, worker, lead):
    lock(file, worker, reason="child_abuse")
    front = sign_in(client, lead).get("/", follow=True)
    assert front.redirect_chain[-1][0] == reverse("locks:list")
    assert f"Exhibit E{file.exhibit_number}, case {case.reference}" in front.text
    assert worker.name in front.text
    assert "told Ruth by phone" in front.text
    assert case.victim.name not in front.text
    assert client.get(reverse("cases:detail", args=[case.pk])).status_code == 404
    assert Event.objects.filter(action="evidence.locks_listed", case_ids__contains=[case.pk]).count() == 1
    assert headings(front)[0] == "Kept apart because of a virus"  # the table's own caption says what is locked


def headings(page):
    return re.findall(r"<h2[^>]*govuk-heading-m[^>]*>([^<]+)</h2>", page.text)


def test_the_lead_unlocks_with_a_reason(client, case, file, worker, lead):
    lock(file, worker)
    address = reverse("locks:end", args=[file.pk])
    sign_in(client, lead)
    assert client.post(address, {"words": " "}).status_code == 422
    assert standing(file).is_locked
    answer = client.post(address, {"words": "A different person after all."}, follow=True)
    assert "is unlocked" in answer.text
    assert not standing(file).is_locked
    assert custody(file)[-2:] == ["locked", "unlocked"]
    last = EvidenceLock.objects.order_by("-at").first()
    assert (last.is_locking, last.words, last.by) == (False, "A different person after all.", lead)
    assert client.get(address).status_code == 404
    assert locked_files(lead) == []


def test_a_lock_counts_again_after_an_unlock_whatever_the_clocks_say(file, worker, lead):
    lock(file, worker)
    with time_machine.travel(timezone.now() - timedelta(hours=1)):
        unlock(file, lead)
        assert not standing(file).is_locked
        lock(file, worker)
        assert standing(file).is_locked
        unlock(file, lead)
    assert not standing(file).is_locked


@pytest.mark.parametrize("role", [Role.CASEWORKER, Role.MANAGER, Role.ADMINISTRATOR, Role.VICTIM])
def test_nobody_else_unlocks_whatever_they_try(client, case, file, worker, role):
    lock(file, worker)
    person = {Role.CASEWORKER: worker, Role.VICTIM: case.victim.user}.get(role) or UserFactory(role=role)
    if role == Role.MANAGER:
        AllocationFactory(case=case, worker=person, role="second")
    assert sign_in(client, person).post(reverse("locks:end", args=[file.pk]), {"words": "x"}).status_code == 404
    with pytest.raises(DatabaseError):
        unlock(file, person)
    with pytest.raises(DatabaseError), acting_as(person.pk):
        note_custody(file, CustodyEvent.Kind.UNLOCKED, by=person)
    with acting_as(person.pk), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM locked_files()")
        assert cursor.fetchall() == []
    assert standing(file).is_locked


def test_a_lead_who_is_shut_out_of_a_case_is_told_of_none_of_its_locks(case, file, worker, lead):
    Wall.objects.create(case=case, person=lead, reason="a relative", set_by=worker.pk)
    lock(file, worker)
    with acting_as(lead.pk):
        assert locked_files(lead) == []
    with pytest.raises(DatabaseError):
        unlock(file, lead)


def test_the_page_names_the_thing_says_what_happens_and_offers_to_leave_it_first(client, case, file, worker):
    load_reference()
    address = reverse("logs:lock", args=[case.pk, file.pk])
    page = sign_in(client, worker).get(address).text
    assert f"Lock exhibit E{file.exhibit_number}" in page
    assert "Stop looking." in page
    assert page.index("Leave it as it is") < page.rindex("Lock this file")
    assert client.post(address, {"words": "x", "key": uuid7()}).status_code == 422
    answer = client.post(address, {"reason": "child_abuse", "words": "ر" * 1900, "key": uuid7()}, follow=True)
    assert "is locked" in answer.text
    assert "It may show the sexual abuse of a child" in answer.text
    assert standing(file).is_locked


def test_locks_are_never_changed(file, worker):
    lock(file, worker)
    with pytest.raises(DatabaseError):
        EvidenceLock.objects.update(is_locking=False)
