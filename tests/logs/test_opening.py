"""A document locked with a password: who gives it, what a worker does with it, and that nothing keeps it."""

import json
import logging
from datetime import timedelta

import pikepdf
import pytest
import time_machine
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from jobs.actions import run_due
from jobs.child import ChildFailed
from jobs.models import Job
from logs.actions import BeingTried, NotLocked, TooManyTries, give_password, opening
from logs.making import steps, sweeping, working
from logs.models import CustodyEvent, Evidence, FilePassword, Rendition
from nsvcs.identity import acting_as
from nsvcs.storage import file_store
from tests.bundles.world import make_pdf
from tests.factories import CaseFactory, UserFactory
from tests.logs import samples
from tests.logs.test_making import bytes_of, made_of, send
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
PASSWORD = "Mülleimer-1987"  # pragma: allowlist secret
Outcome = FilePassword.Outcome


@pytest.fixture
def worker():
    return UserFactory()


@pytest.fixture
def case(worker):
    return CaseFactory(portal=True, worker=worker)


def locked_pdf(folder, password: str = PASSWORD) -> bytes:
    with make_pdf(folder / "open.pdf", pages=2, words="Letter to Anna") as pdf:
        pdf.save(folder / "locked.pdf", encryption=pikepdf.Encryption(user=password, owner="other"))
    return (folder / "locked.pdf").read_bytes()


@pytest.fixture
def locked(case, tmp_path) -> Evidence:
    evidence = send(locked_pdf(tmp_path), case=case)
    run_due()
    return evidence


def fetched(evidence: Evidence) -> Evidence:
    return Evidence.objects.with_copies().get(pk=evidence.pk)


def give(evidence: Evidence, password: str = PASSWORD) -> FilePassword:
    return give_password(evidence=fetched(evidence), password=password, by=evidence.uploaded_by)


def opened_part(evidence: Evidence, kind: str) -> Rendition:
    return Rendition.objects.get(evidence=evidence, kind=kind, number=1, recipe__endswith="+opened")


def rows_of_the_database() -> str:
    """Every row of every table, as text."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            found += [str(row) for row in cursor.fetchall()]
    return "\n".join(found)


# --- what becomes of the file ---------------------------------------------------------------------------------------


def test_the_right_password_shows_the_pages_and_leaves_the_original_locked(locked, tmp_path):
    give(locked)
    run_due()
    assert opened_part(locked, "document").page_count == 2
    assert opened_part(locked, "document").notes == ["opened"]
    assert "Letter to Anna" in bytes_of(opened_part(locked, "text")).decode()
    assert Rendition.objects.filter(evidence=locked, kind="sheet", state="ok").count() == 2
    with file_store().open(locked.storage_name) as file:
        assert file.read() == (tmp_path / "locked.pdf").read_bytes()
    kinds = CustodyEvent.objects.filter(evidence=locked).order_by("at", "pk").values_list("kind", flat=True)
    assert list(kinds) == ["arrived", "not_copied", "copied"]


def test_the_password_goes_with_the_job_that_used_it(locked):
    row = give(locked)
    assert row.sealed
    run_due()
    row.refresh_from_db()
    assert (row.outcome, row.sealed) == (Outcome.OPENED, "")


def test_the_password_lies_readable_in_no_table_no_job_and_no_line_of_the_log(locked, caplog, monkeypatch):
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(opening, "ask_for_copies", lambda *args, **kwargs: None)
    give(locked)
    held = rows_of_the_database()
    assert PASSWORD not in held
    assert PASSWORD.encode().hex() not in held
    assert str(locked.pk) in held
    assert PASSWORD not in caplog.text
    assert PASSWORD not in json.dumps([row.detail for row in Event.objects.all()])


def test_a_sealed_password_opens_for_no_other_file_and_no_other_row(locked, tmp_path):
    row = give(locked)
    row.evidence_id = send(b"%PDF-1.7 other").pk
    with pytest.raises(opening.InvalidTag):
        opening._unsealed(row)


def test_a_wrong_password_is_said_and_another_can_be_given(locked):
    row = give(locked, "wrong")
    run_due()
    row.refresh_from_db()
    assert (row.outcome, row.sealed) == (Outcome.WRONG, "")
    assert not Rendition.objects.filter(evidence=locked, recipe__endswith="+opened").exists()
    assert opening.locked_state(fetched(locked)) == "wrong"
    give(locked)
    run_due()
    assert opened_part(locked, "document").state == "ok"
    assert opening.locked_state(fetched(locked)) == ""


def test_what_a_phone_puts_behind_a_password_does_not_matter(locked):
    give(locked, f" {PASSWORD} ")
    run_due()
    assert opened_part(locked, "document").state == "ok"


@pytest.mark.parametrize("revision", [3, 4])
def test_documents_locked_by_older_programs_open_too(case, tmp_path, revision):
    with make_pdf(tmp_path / "open.pdf") as pdf:
        lock = pikepdf.Encryption(user=PASSWORD, owner="o", R=revision, aes=revision == 4, metadata=revision == 4)
        pdf.save(tmp_path / "old.pdf", encryption=lock)
    evidence = send((tmp_path / "old.pdf").read_bytes(), case=case)
    run_due()
    give(evidence)
    run_due()
    assert opened_part(evidence, "document").state == "ok"


def test_wrong_passwords_are_bounded_in_a_day(locked):
    now = timezone.now()
    old = {"evidence": locked, "case": locked.case, "given_by": locked.uploaded_by, "outcome": Outcome.WRONG}
    for _ in range(opening.MOST_WRONG):
        FilePassword.objects.create(given_at=now, held_until=now, **old)
    with pytest.raises(TooManyTries):
        give(locked)
    with time_machine.travel(now + timedelta(days=1, minutes=1)):
        assert give(locked).outcome == Outcome.HELD


def test_two_passwords_are_not_tried_at_once(locked):
    give(locked, "one")
    with pytest.raises(BeingTried):
        give(locked, "two")


@pytest.mark.parametrize("content", [samples.jpeg(), samples.pdf()], ids=["picture", "open document"])
def test_a_file_that_is_not_locked_takes_no_password(content):
    evidence = made_of(content)
    with pytest.raises(NotLocked):
        give(evidence)


def test_a_password_that_no_job_used_is_thrown_away_after_half_an_hour(locked):
    row = give(locked)
    Job.objects.all().delete()
    assert opening.purge_passwords() == 0
    with time_machine.travel(timezone.now() - timedelta(minutes=31)):
        FilePassword.objects.filter(pk=row.pk).update(held_until=timezone.now())
    assert opening.purge_passwords() == 1
    row.refresh_from_db()
    assert (row.outcome, row.sealed) == (Outcome.LAPSED, "")
    assert opening.locked_state(fetched(locked)) == "lapsed"


def test_a_late_job_does_not_use_a_password_whose_time_is_over(locked):
    row = give(locked)
    with time_machine.travel(row.held_until + timedelta(seconds=1)):
        run_due()
    assert not Rendition.objects.filter(evidence=locked, recipe__endswith="+opened").exists()


def test_a_worker_that_is_killed_at_the_document_uses_the_password_again(locked, monkeypatch):
    give(locked)
    real = steps._child

    def fails(target, *args):
        if target == steps.cleaning.CLEAN:
            raise ChildFailed("crash")
        return real(target, *args)

    monkeypatch.setattr(steps, "_child", fails)
    run_due()
    monkeypatch.setattr(steps, "_child", real)
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        run_due()
    assert opened_part(locked, "document").state == "ok"
    assert FilePassword.objects.get().sealed == ""


def test_a_locked_away_file_takes_no_password_and_none_is_tried(locked, worker, monkeypatch):
    row = give(locked)
    monkeypatch.setattr(working, "_may_be_copied", lambda work: False)
    run_due()
    assert not Rendition.objects.filter(evidence=locked, recipe__endswith="+opened").exists()
    row.refresh_from_db()
    assert row.outcome == Outcome.HELD  # thrown away by the clock


def test_opened_parts_are_not_asked_for_again(locked):
    give(locked)
    run_due()
    Job.objects.all().delete()
    assert sweeping.ask_for_missing_parts() == 0


def test_the_clock_throws_away_without_seeing_a_case(locked):
    give(locked)
    with acting_as(process="worker"):
        assert FilePassword.objects.count() == 0


# --- the pages ------------------------------------------------------------------------------------------------------


def staff_page(evidence):
    return reverse("logs:open", args=[evidence.case_id, evidence.pk])


def her_page(evidence):
    return reverse("portal:entry_file_open", args=[evidence.incident.number, 1])


@pytest.mark.parametrize("page", [staff_page, her_page])
def test_she_and_her_caseworker_are_asked_and_see_the_pages(client, worker, case, locked, page):
    person = worker if page is staff_page else case.victim.user
    sign_in(client, person)
    address = page(locked)
    back = reverse("logs:entry", args=[case.pk, locked.incident_id])
    back = back if page is staff_page else reverse("portal:entry", args=[locked.incident.number])
    assert address in client.get(back).text
    asked = client.get(address)
    assert 'type="password"' not in asked.text
    assert 'autocomplete="off"' in asked.text
    answer = client.post(address, {"password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, back)
    shown = client.get(back).text
    assert "Look again in a few minutes" in shown
    assert address not in shown
    run_due()
    assert "<img" in client.get(back).text
    assert client.get(address).status_code == 404
    event = Event.objects.get(action="evidence.password")
    assert set(event.detail) == {"given"}


def test_staff_read_that_it_is_locked_and_not_just_that_there_is_no_copy(client, worker, locked):
    sign_in(client, worker)
    shown = client.get(reverse("logs:entry", args=[locked.case_id, locked.incident_id])).text
    assert "It is locked with a password." in shown
    assert "No viewing copy could be made" not in shown


def test_what_was_typed_is_never_written_back(client, case, locked):
    sign_in(client, case.victim.user)
    give(locked, "first")
    answer = client.post(her_page(locked), {"password": PASSWORD})
    assert answer.status_code == 409
    assert PASSWORD not in answer.text
    too_long = client.post(her_page(locked), {"password": "x" * 201})
    assert too_long.status_code == 422
    assert "x" * 30 not in too_long.text


def test_nothing_typed_is_asked_for_in_words(client, case, locked):
    sign_in(client, case.victim.user)
    answer = client.post(her_page(locked), {"password": ""})
    assert "Write the password" in answer.text


def test_a_wrong_password_is_said_on_her_note(client, case, locked):
    sign_in(client, case.victim.user)
    client.post(her_page(locked), {"password": "wrong"})  # pragma: allowlist secret
    run_due()
    shown = client.get(reverse("portal:entry", args=[locked.incident.number])).text
    assert "The password did not open it" in shown
    assert her_page(locked) in shown


def test_a_stranger_gives_a_password_in_vain(client, locked):
    sign_in(client, UserFactory())
    assert client.post(staff_page(locked), {"password": PASSWORD}).status_code == 404
    sign_in(client, CaseFactory(portal=True).victim.user)
    assert client.post(her_page(locked), {"password": PASSWORD}).status_code == 404
    assert not FilePassword.objects.exists()
