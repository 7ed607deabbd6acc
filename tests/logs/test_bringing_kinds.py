"""Every kind of source from its file to its entries, with the words that stand in the log at the end."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from bundles.actions import request_bundle
from bundles.models import Bundle
from bundles.selection.freezing import contents_of
from jobs.actions import run_due
from jobs.models import Job
from logs.actions import importing, lock_evidence
from logs.models import Evidence, ImportLine, Incident
from nsvcs.identity import acting_as
from nsvcs.ids import uuid7
from tests.factories import CaseFactory, UserFactory
from tests.logs.test_bringing import CHAT, begin, bring

pytestmark = pytest.mark.django_db
SMS = """<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>
<smses count="3">
<sms address="+447700900123" date="1743671640000" type="1" contact_name="Sam Carter"
 body="Where are you &#55357;&#56860;" />
<sms address="+447700900123" date="1743671700000" type="2" body="Stop" contact_name="Sam Carter" />
<sms address="+447700900123" date="1761438600000" type="1" body="in the doubled hour" contact_name="Sam Carter" />
</smses>"""
CALLS_XML = """<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>
<calls count="2">
<call number="+447700900123" duration="0" date="1743671640000" type="3" contact_name="Sam Carter" />
<call number="+447700900123" duration="61" date="1743671700000" type="1" contact_name="Sam Carter" />
</calls>"""
MAIL = """From: Sam Carter <sam@post.example>
To: Jo <jo@post.example>
Subject: Answer me
Date: Thu, 3 Apr 2025 10:14:00 +0100
Message-ID: <1@post.example>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

I will wait outside.
"""
CALLS_CSV = (
    "Date,Time,Number,Type,Duration\n03/04/2025,09:14,07700 900123,Missed,0\n13/04/2025,21:00,07700 900123,In,61\n"
)
BOOKLET = [
    ["Date and time", "Where did it happen?", "What happened?", "Evidence", "Impact"],
    ["03/04/2025 9:14am", "Bus stop", "He stood there.", "A photo", "I was afraid."],
    ["04/04/2025", "Home", "Nine calls.", "", ""],
]


@pytest.fixture
def worker():
    return UserFactory()


@pytest.fixture
def case(worker):
    return CaseFactory(portal=True, worker=worker)


def brought(case, worker, content, name, **answers):
    said = {"own_name": "", "their_name": ""} | answers
    batch = begin(case, worker, content, name, **said)
    assert batch.state == "review", batch.error_code
    ImportLine.objects.filter(batch=batch, outcome="item", problem="").update(is_chosen=True)
    return bring(batch, worker)


def test_text_messages_with_their_instants(case, worker):
    entries = brought(case, worker, SMS, "sms.xml")
    assert [(each.when, each.what_happened) for each in entries] == [
        ("3 April 2025, 10:14am", "Sam Carter (+447700900123): Where are you 😜"),
        ("3 April 2025, 10:15am", "Me: Stop"),
        ("26 October 2025, 1:30am (before the clocks went back)", "Sam Carter (+447700900123): in the doubled hour"),
    ]


def test_calls_of_a_backup(case, worker):
    entries = brought(case, worker, CALLS_XML, "calls.xml")
    assert [each.what_happened for each in entries] == [
        "Sam Carter (+447700900123): Missed call", "Sam Carter (+447700900123): Call, 1 minute 1 second",
    ]  # fmt: skip


def test_an_email(case, worker):
    entry = brought(case, worker, MAIL, "mail.eml")[0]
    assert entry.when == "3 April 2025, 10:14am"
    assert "Answer me" in entry.what_happened
    assert "I will wait outside." in entry.what_happened


def test_a_list_of_calls(case, worker):
    entries = brought(case, worker, CALLS_CSV, "calls.csv")
    assert [each.what_happened for each in entries] == [
        "07700 900123: Missed call",
        "07700 900123: Call, 1 minute 1 second",
    ]


def test_the_booklets_own_table(case, worker):
    book, packed = Workbook(), io.BytesIO()
    for row in BOOKLET:
        book.active.append(row)
    book.save(packed)
    entries = brought(case, worker, packed.getvalue(), "log.xlsx")
    assert [each.what_happened for each in entries] == ["He stood there.", "Nine calls."]
    assert (entries[0].place, entries[0].impact) == ("Bus stop", "I was afraid.")
    assert entries[0].evidence_words.startswith("A photo\nBrought in from exhibit E1, row 2")
    assert "03/04/2025" in entries[0].when


def test_a_zip_that_would_unpack_to_far_more_is_refused_before_it_is_kept(case, worker):
    from logs.actions import check_files

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("_chat.txt", CHAT)
        archive.writestr("bomb.jpg", bytes(50_000_000))
    assert [each.code for each in check_files([SimpleUploadedFile("chat.zip", packed.getvalue())])] == ["zip_too_big"]


def test_a_locked_source_is_not_read(case, worker):
    batch = importing.start_import(key=uuid7(), case=case, file=SimpleUploadedFile("c.txt", CHAT.encode()), by=worker)
    with acting_as(worker.pk):
        source = Evidence.objects.get(import_batch=batch)
        lock_evidence(key=uuid7(), evidence=source, reason="other", words="x", by=worker)
    run_due()
    batch.refresh_from_db()
    assert (batch.state, batch.error_code) == ("failed", "held_back")


def test_a_source_that_waits_for_its_scan_is_looked_at_later(case, worker, settings):
    settings.CLAMD_URL = "unix:///nowhere"
    batch = importing.start_import(key=uuid7(), case=case, file=SimpleUploadedFile("c.txt", CHAT.encode()), by=worker)
    run_due()
    batch.refresh_from_db()
    assert batch.state == "arrived"
    assert Job.objects.filter(kind="import_look", state="queued", object_id=batch.pk).count() == 1


def test_a_bundle_shows_the_source_beside_the_entries_that_came_from_it(case, worker):
    entries = bring(begin(case, worker), worker)
    source = Evidence.objects.get(import_batch__isnull=False)
    with acting_as(worker.pk):
        bundle = request_bundle(
            key=uuid7(), case=case, entry_ids=[entries[1].pk], evidence_ids=[source.pk], recipient="police",
            recipient_name="", purpose="x", date_from=None, date_to=None, shown=[], by=worker,
        )  # fmt: skip
    run_due()
    bundle.refresh_from_db()
    assert bundle.state == Bundle.State.READY, bundle.error_code
    with acting_as(worker.pk):
        told = contents_of(bundle, worker)
    assert [(each.mark, each.entry_number) for each in told.exhibits] == [("E1", None)]
    assert told.entries[0].exhibits == ("E1",)


def test_a_worker_killed_while_reading_leaves_no_line_twice(case, worker, monkeypatch):
    from logs.bringing import working

    batch = importing.start_import(key=uuid7(), case=case, file=SimpleUploadedFile("c.txt", CHAT.encode()), by=worker)
    run_due()
    batch.refresh_from_db()
    with acting_as(worker.pk):
        answers = {"date_order": "dmy", "own_name": "Jo", "their_name": ""}
        importing.answer_questions(batch=batch, revision=batch.revision, answers=answers, by=worker)
    whole = working._keep
    monkeypatch.setattr(working, "ROWS", 2)

    def dying(row, lines):
        whole(row, lines)
        if lines[0].number > 2:
            raise RuntimeError("killed")

    monkeypatch.setattr(working, "_keep", dying)
    run_due()
    assert ImportLine.objects.filter(batch=batch).count() > 0
    monkeypatch.setattr(working, "_keep", whole)
    Job.objects.update(not_before=batch.asked_at)
    run_due()
    batch.refresh_from_db()
    assert (batch.state, ImportLine.objects.filter(batch=batch).count()) == ("review", 6)


def test_nothing_is_brought_in_for_somebody_who_lost_the_case_meanwhile(case, worker):
    from cases.models import Allocation

    batch = begin(case, worker)
    with acting_as(worker.pk):
        importing.bring_in(batch=batch, revision=batch.revision, behaviours=[], by=worker)
    Allocation.objects.all().update(ends_at=batch.asked_at)
    run_due()
    assert not Incident.objects.exists()
