"""From arrival to a verdict, by the real jobs and a scanner that answers."""

import io
import logging
from datetime import date, timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection
from django.utils import timezone
from PIL import Image

from cases.models import Task
from jobs.actions import run, run_due
from jobs.models import Job
from logs import scanning, sweeping
from logs.actions import record_incident
from logs.actions.scanning import LONGEST_WAIT, WAITS, wait_after
from logs.models import CustodyEvent, Evidence, Rendition, Scan
from logs.standing import ScanState
from nsvcs.identity import acting_as
from nsvcs.ids import uuid7
from nsvcs.storage import file_store
from tests.factories import CaseFactory, EvidenceFactory, UserFactory
from tests.logs.clamd import NAME, VIRUS, as_document, as_mail, running, zipped

pytestmark = pytest.mark.django_db


@pytest.fixture
def clamd(settings):
    with running() as server:
        settings.CLAMD_URL = server.url
        yield server


def photo(colour="red"):
    content = io.BytesIO()
    Image.new("RGB", (60, 40), colour).save(content, "JPEG")
    return content.getvalue()


def arrived(content=None, name="a.jpg", case=None):
    case = case or CaseFactory(portal=True, worker=UserFactory())
    fields = {"occurred_on": date(2026, 6, 3), "what_happened": "He rang."}
    file = SimpleUploadedFile(name, content or photo())
    kept = record_incident(draft_id=uuid7(), case=case, fields=fields, files=[file], by=case.victim.user)
    return Evidence.objects.get(incident=kept.incident)


def standing(evidence):
    return Evidence.objects.with_standing().get(pk=evidence.pk).standing


def custody(evidence):
    return list(evidence.custody.order_by("at", "pk").values_list("kind", flat=True))


def events():
    with connection.cursor() as cursor:
        cursor.execute("SELECT action FROM audit_event ORDER BY id")
        return [row[0] for row in cursor.fetchall()]


def test_without_a_scanner_copies_are_made_at_once_and_nothing_is_called_clean():
    evidence = arrived()
    run_due()
    assert standing(evidence).state == ScanState.NO_SCANNER
    assert Rendition.objects.filter(evidence=evidence, state="ok", media_type="image/jpeg").count() == 2
    assert not Scan.objects.exists()
    assert custody(evidence) == ["arrived", "copied"]


def test_with_a_scanner_copies_wait_for_its_word(clamd):
    evidence = arrived()
    assert standing(evidence).state == ScanState.WAITING
    assert not Job.objects.filter(kind="copy").exists()
    run_due()
    assert standing(evidence).state == ScanState.CLEAN
    assert Rendition.objects.filter(evidence=evidence, state="ok", media_type="image/jpeg").count() == 2
    assert custody(evidence) == ["arrived", "clean", "copied"]
    scan = Scan.objects.get()
    assert (scan.engine, scan.signatures_at.year, scan.next_at) == ("ClamAV 1.4.6/27830", 2026, None)
    assert "evidence.scanned" in events()


@pytest.mark.h("H23")
@pytest.mark.parametrize(
    ("content", "name"),
    [(VIRUS, "a.txt"), (zipped(VIRUS), "a.zip"), (as_document(VIRUS), "a.docx"), (as_mail(VIRUS), "a.eml")],
    ids=["bare", "zip", "docx", "mail"],
)
def test_a_virus_is_kept_apart_and_the_caseworker_is_told(clamd, content, name, caplog):
    with caplog.at_level(logging.DEBUG):
        evidence = arrived(content, name)
        run_due()
    assert standing(evidence).is_infected
    assert not Rendition.objects.exists()
    assert custody(evidence) == ["arrived", "quarantined"]
    assert Scan.objects.get().found == NAME
    assert {"evidence.scanned", "evidence.quarantined"} <= set(events())
    assert "icar" not in caplog.text
    task = Task.objects.get(case=evidence.case, kind=Task.Kind.UNSAFE_FILE)
    assert f"E{evidence.exhibit_number}" in task.title
    assert task.assigned_to is not None
    with file_store().open(evidence.storage_name) as kept:
        assert kept.read() == content


@pytest.mark.h("H24")
@pytest.mark.parametrize("trouble", ["stopped", "slow", "too_large", "limits"])
def test_what_could_not_be_scanned_is_never_clean_and_is_scanned_later_by_itself(settings, clamd, monkeypatch, trouble):
    url = clamd.url
    if trouble == "stopped":
        settings.CLAMD_URL = "tcp://127.0.0.1:9"
    elif trouble == "slow":
        clamd.seconds = 1.0
        monkeypatch.setattr(scanning.scan, "__kwdefaults__", {"seconds": 0.2})
    elif trouble == "too_large":
        clamd.stream_bytes = 100
    else:
        clamd.says = "Heuristics.Limits.Exceeded.MaxFileSize FOUND"
    evidence = arrived()
    run_due()
    found = standing(evidence)
    assert (found.state, found.may_download) == (ScanState.COULD_NOT, False)
    assert not Rendition.objects.exists()
    assert custody(evidence) == ["arrived", "not_scanned"]
    assert Scan.objects.get().reason == ("away" if trouble == "stopped" else trouble)

    settings.CLAMD_URL, clamd.stream_bytes, clamd.seconds, clamd.says = url, 100_000_000, 0.0, ""
    assert sweeping.ask_for_due_scans() == 0
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        assert sweeping.ask_for_due_scans() == 1
        run_due()
    assert standing(evidence).state == ScanState.CLEAN
    assert Rendition.objects.filter(evidence=evidence, state="ok", media_type="image/jpeg").count() == 2
    assert custody(evidence) == ["arrived", "not_scanned", "clean", "copied"]


@pytest.mark.h("H24")
def test_a_scanner_that_is_away_costs_no_try(settings, clamd, caplog):
    url, settings.CLAMD_URL = settings.CLAMD_URL, "tcp://127.0.0.1:9"
    evidence = arrived()
    run_due()
    for hour in range(5):
        with time_machine.travel(timezone.now() + timedelta(hours=hour + 1)):
            assert sweeping.ask_for_due_scans() == 0
    assert sweeping.ask_for_first_scans() == 0
    assert "does not answer" in caplog.text
    settings.CLAMD_URL = url
    with time_machine.travel(timezone.now() + timedelta(hours=7)):
        assert sweeping.ask_for_due_scans() == 1
        run_due()
    assert standing(evidence).state == ScanState.CLEAN
    assert Scan.objects.filter(evidence=evidence).count() == 2


def test_waits_grow_and_a_reason_that_stays_is_one_custody_event(clamd):
    clamd.says = "Heuristics.Limits.Exceeded FOUND"
    evidence = arrived()
    run_due()
    now = timezone.now()
    for wait in WAITS[:4]:
        now += wait + timedelta(seconds=1)
        with time_machine.travel(now):
            assert sweeping.ask_for_due_scans() == 1
            run_due()
    assert Scan.objects.filter(evidence=evidence).count() == 5
    assert custody(evidence) == ["arrived", "not_scanned"]
    assert [wait_after(n) for n in range(1, 9)] == sorted(wait_after(n) for n in range(1, 9))
    assert wait_after(30) == LONGEST_WAIT


def test_files_from_before_there_was_a_scanner_are_scanned_when_one_comes(settings, clamd):
    url, settings.CLAMD_URL = settings.CLAMD_URL, ""
    evidence = arrived()
    run_due()
    settings.CLAMD_URL = url
    assert standing(evidence).state == ScanState.WAITING
    assert sweeping.ask_for_first_scans() == 0
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert sweeping.ask_for_first_scans() == 1
        run_due()
        assert sweeping.ask_for_first_scans() == 0
    assert standing(evidence).state == ScanState.CLEAN
    assert custody(evidence) == ["arrived", "copied", "clean"]


def test_when_the_scanner_is_taken_away_what_it_found_stays(settings, clamd):
    bad, good = arrived(VIRUS, "a.txt"), arrived()
    run_due()
    settings.CLAMD_URL = ""
    assert standing(bad).is_infected
    assert standing(good).state == ScanState.CLEAN


def test_a_job_asked_before_the_scanner_was_taken_away_makes_the_copies(settings, clamd):
    evidence = arrived()
    settings.CLAMD_URL = ""
    run_due()
    assert Rendition.objects.filter(evidence=evidence, state="ok", media_type="image/jpeg").count() == 2


def test_a_copy_job_from_before_the_scanner_came_does_not_stand_in_the_way(settings, clamd):
    url, settings.CLAMD_URL = settings.CLAMD_URL, ""
    evidence = arrived()
    settings.CLAMD_URL = url
    run_due()
    assert not Rendition.objects.exists()
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        sweeping.ask_for_first_scans()
        run_due()
    assert Rendition.objects.filter(evidence=evidence, state="ok", kind="page").exists()


def test_a_second_delivery_scans_nothing_again(clamd):
    evidence = arrived()
    run_due()
    job = Job.objects.get(kind="scan")
    Job.objects.filter(pk=job.pk).update(state="queued")
    run(job.pk)
    assert Scan.objects.filter(evidence=evidence).count() == 1


def test_a_file_that_changed_in_the_store_is_not_clean_and_raises_an_alarm(settings, clamd):
    evidence = arrived()
    path = file_store().root / evidence.storage_name
    path.write_bytes(photo("blue"))
    run_due()
    assert standing(evidence).state == ScanState.COULD_NOT
    assert Scan.objects.get().reason == "changed"
    assert Task.objects.filter(case=evidence.case, kind=Task.Kind.CHANGED_FILE).count() == 1
    assert "evidence.changed" in events()


def test_scans_are_never_changed(clamd):
    arrived()
    run_due()
    with pytest.raises(DatabaseError):
        Scan.objects.update(state="clean")


# --- the nightly look at digests ------------------------------------------------------------------------------------


def a_month_later():
    return time_machine.travel(timezone.now() + timedelta(days=31))


def test_every_original_is_looked_at_again_each_month():
    evidence = arrived(b"words that stay", "a.txt")
    run_due()
    assert sweeping.ask_for_checks() == 0
    with a_month_later():
        assert sweeping.ask_for_checks() == 1
        run_due()
        assert sweeping.ask_for_checks() == 0
    assert custody(evidence) == ["arrived", "copied", "checked"]
    assert not Task.objects.filter(kind=Task.Kind.CHANGED_FILE).exists()


@pytest.mark.parametrize("is_missing", [True, False])
def test_an_original_that_is_missing_or_changed_raises_one_alarm(is_missing, caplog):
    evidence = arrived(b"words that stay", "a.txt")
    path = file_store().root / evidence.storage_name
    path.unlink() if is_missing else path.write_bytes(b"words that went")
    for _ in range(2):
        with time_machine.travel(timezone.now() + timedelta(days=31 + 40 * _)):
            assert sweeping.ask_for_checks() == 1
            run_due()
    assert custody(evidence) == ["arrived", "changed", "changed"]
    task = Task.objects.get(kind=Task.Kind.CHANGED_FILE)
    assert f"E{evidence.exhibit_number}" in task.title
    assert str(evidence.pk) in caplog.text
    assert "words that" not in caplog.text
    assert "evidence.changed" in events()


def test_a_night_takes_those_unseen_the_longest_and_no_more_than_its_share(monkeypatch):
    old = [
        EvidenceFactory(arrived_at=timezone.now() - timedelta(days=50 - n), size_bytes=400, exhibit_number=n + 1)
        for n in range(5)
    ]
    monkeypatch.setattr(sweeping, "BYTES_A_NIGHT", 1000)
    assert sweeping.ask_for_checks() == 3
    asked = Job.objects.filter(kind="check_original").values_list("object_id", flat=True)
    assert set(asked) == {each.pk for each in old[:3]}


def test_pages_cannot_ask_what_the_sweeps_ask():
    with pytest.raises(DatabaseError), acting_as(UserFactory().pk), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM never_scanned(now(), 10)")


def test_nobody_speaks_of_a_lock_but_who_may_lock():
    case = CaseFactory(portal=True)
    evidence = arrived(case=case)
    for kind in ("locked", "unlocked"):
        with pytest.raises(DatabaseError), acting_as(case.victim.user.pk):
            CustodyEvent(evidence=evidence, case=case, kind=kind, at=timezone.now()).save(force_insert=True)
