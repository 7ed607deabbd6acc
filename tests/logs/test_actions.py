import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date, time
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from PIL import Image

from accounts.models import User
from cases.models import Case, Task
from jobs.actions import run_due
from logs.actions import (
    DraftUsed,
    OtherContent,
    add_evidence,
    amend,
    check_files,
    mark_read,
    record_incident,
    save_draft,
    withdraw,
)
from logs.models import Amendment, CustodyEvent, Draft, Evidence, Incident, IncidentSeen, Rendition
from nsvcs.identity import acting_as
from nsvcs.ids import uuid7
from nsvcs.storage import StorageFull, file_store
from tests.factories import CaseFactory, EvidenceFactory, IncidentFactory, UserFactory

FIELDS = {"occurred_on": date(2026, 6, 3), "occurred_time": time(14, 30), "what_happened": "He rang nine times."}


def photo(name="photo.jpg", colour="red"):
    content = BytesIO()
    Image.new("RGB", (60, 40), colour).save(content, "JPEG")
    return SimpleUploadedFile(name, content.getvalue(), "image/jpeg")


@pytest.fixture
def case(db):
    return CaseFactory(portal=True)


@pytest.fixture
def her(case):
    return case.victim.user


def test_an_entry_is_kept_with_its_file_and_its_trail(case, her):
    kept = record_incident(draft_id=uuid7(), case=case, fields=FIELDS, files=[photo()], by=her)
    assert not kept.was_there
    assert kept.incident.number == 1
    evidence = Evidence.objects.get(incident=kept.incident)
    assert evidence.exhibit_number == 1
    with file_store().open(evidence.storage_name) as original:
        assert original.read() == photo().read()
    assert CustodyEvent.objects.get(evidence=evidence).kind == "arrived"
    with connection.cursor() as cursor:
        cursor.execute("SELECT action, detail->>'sha256', actor_id, place FROM audit_event ORDER BY id")
        assert cursor.fetchall() == [
            ("evidence.arrived", evidence.sha256, her.pk, "portal"),
            ("entry.recorded", kept.incident.digest, her.pk, "portal"),
        ]


def test_the_same_key_and_content_is_kept_once_with_its_files(case, her):
    key = uuid7()
    first = record_incident(draft_id=key, case=case, fields=FIELDS, files=[photo()], by=her)
    again = record_incident(draft_id=key, case=case, fields=FIELDS, files=[photo()], by=her)
    assert again.was_there
    assert again.incident == first.incident
    assert Evidence.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "files"), [({**FIELDS, "what_happened": "Something else."}, []), (FIELDS, [photo(colour="blue")])]
)
def test_the_same_key_with_other_content_is_refused_and_leaves_no_file(case, her, fields, files, settings):
    key = uuid7()
    record_incident(draft_id=key, case=case, fields=FIELDS, by=her)
    with pytest.raises(OtherContent):
        record_incident(draft_id=key, case=case, fields=fields, files=files, by=her)
    assert Incident.objects.get().what_happened == FIELDS["what_happened"]


def test_somebody_elses_key_says_nothing_of_their_entry(case, her):
    other = IncidentFactory()
    with pytest.raises(OtherContent) as caught:
        record_incident(draft_id=other.pk, case=case, fields=FIELDS, by=her)
    assert caught.value.incident is None


@pytest.mark.h("H35")
def test_five_at_once_with_one_key_make_one_entry(own_database):
    case = CaseFactory(portal=True)
    her, key = case.victim.user, uuid7()

    def send(_):
        try:
            return record_incident(draft_id=key, case=case, fields=FIELDS, by=her).was_there
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as pool:
        answers = sorted(pool.map(send, range(5)))
    assert answers == [False, True, True, True, True]
    assert Incident.objects.count() == 1


def test_numbers_run_over_all_her_cases_and_exhibits_over_each(case, her):
    second = CaseFactory(victim=case.victim, is_portal_open=True)
    numbers = [
        record_incident(
            draft_id=uuid7(), case=each, fields=FIELDS, files=[photo(colour=colour)], by=her
        ).incident.number
        for each, colour in [(case, "red"), (second, "blue"), (case, "green")]
    ]
    assert numbers == [1, 2, 3]
    assert list(Evidence.objects.filter(case=case).values_list("exhibit_number", flat=True)) == [1, 2]
    assert list(Evidence.objects.filter(case=second).values_list("exhibit_number", flat=True)) == [1]


def test_the_same_picture_twice_is_two_files_and_two_exhibits(case, her):
    record_incident(draft_id=uuid7(), case=case, fields=FIELDS, files=[photo(), photo()], by=her)
    names = set(Evidence.objects.values_list("storage_name", flat=True))
    assert len(names) == 2


def test_a_full_disk_keeps_nothing(case, her, monkeypatch):
    def full(*args, **kwargs):
        raise StorageFull

    monkeypatch.setattr("nsvcs.storage.LocalStore.store", full)
    with pytest.raises(StorageFull):
        record_incident(draft_id=uuid7(), case=case, fields=FIELDS, files=[photo()], by=her)
    assert not Incident.objects.exists()


def test_text_of_any_script_comes_back_as_it_was_typed(case, her):
    text = ("هو واقف خارج البيت 👩‍👩‍👧 " * 1000)[:20_000]
    kept = record_incident(draft_id=uuid7(), case=case, fields={**FIELDS, "what_happened": text}, by=her)
    kept.incident.refresh_from_db()
    assert kept.incident.what_happened == text


def test_a_draft_is_saved_again_and_again_and_ends_as_the_entry(case, her):
    key = uuid7()
    with acting_as(her.pk):
        save_draft(draft_id=key, content={"what": "He"}, by=her)
        draft = save_draft(draft_id=key, content={"what": "He rang"}, by=her)
        assert (draft.revision, json.loads(draft.content)) == (2, {"what": "He rang"})
    record_incident(draft_id=key, case=case, fields=FIELDS, by=her)
    with acting_as(her.pk):
        with pytest.raises(DraftUsed):
            save_draft(draft_id=key, content={"what": "late"}, by=her)
        assert not Draft.objects.open_for(her).exists()
        assert Draft.objects.get().content == "{}"


def test_nobody_saves_into_anothers_draft(case, her):
    key = uuid7()
    with acting_as(her.pk):
        save_draft(draft_id=key, content={}, by=her)
    other = UserFactory()
    with acting_as(other.pk), pytest.raises(DraftUsed):
        save_draft(draft_id=key, content={"x": "y"}, by=other)


def test_adding_and_withdrawing_leave_the_entry_as_it_was(case, her):
    entry = record_incident(draft_id=uuid7(), case=case, fields=FIELDS, by=her).incident
    key = uuid7()
    with acting_as(her.pk):
        amend(key=key, incident=entry, text="It was ten times.", by=her)
        amend(key=key, incident=entry, text="It was ten times.", by=her)
        with pytest.raises(OtherContent):
            amend(key=key, incident=entry, text="Eleven.", by=her)
        withdraw(key=uuid7(), incident=entry, reason="Wrong person.", by=her)
        assert Incident.objects.with_counts().get().is_withdrawn
    assert [a.kind for a in Amendment.objects.order_by("recorded_at")] == ["addition", "withdrawal"]
    assert Incident.objects.get().what_happened == FIELDS["what_happened"]


def test_entries_are_counted_with_their_own_files(case, her):
    entries = IncidentFactory.create_batch(2, case=case, recorded_by=her)
    EvidenceFactory.create_batch(2, incident=entries[0], uploaded_by=her)
    with acting_as(her.pk):
        found = Incident.objects.visible_to(her).with_counts().with_unread().order_by("number")
        assert [(entry.evidence_count, entry.is_withdrawn, entry.is_unread) for entry in found] == [
            (2, False, True),
            (0, False, True),
        ]
        assert found.count() == 2


def test_an_entry_is_withdrawn_once_and_a_further_reason_is_added_to_it(case, her):
    entry = record_incident(draft_id=uuid7(), case=case, fields=FIELDS, by=her).incident
    first, second = uuid7(), uuid7()
    with acting_as(her.pk):
        for key, reason in [(first, "Wrong day."), (second, "Wrong person."), (second, "Wrong person.")]:
            withdraw(key=key, incident=entry, reason=reason, by=her)
        with pytest.raises(OtherContent):
            withdraw(key=first, incident=entry, reason="Other words.", by=her)
    kept = Amendment.objects.order_by("recorded_at").values_list("kind", "text")
    assert list(kept) == [("withdrawal", "Wrong day."), ("addition", "Wrong person.")]


@pytest.mark.h("H35")
def test_five_at_once_add_one_file_and_withdraw_once(own_database):
    case = CaseFactory(portal=True)
    her = case.victim.user
    entry = record_incident(draft_id=uuid7(), case=case, fields=FIELDS, by=her).incident

    def send(number):
        try:
            add_evidence(incident=entry, files=[photo()], by=her)
            with acting_as(her.pk):
                withdraw(key=uuid7(), incident=entry, reason=f"Wrong {number}.", by=her)
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as pool:
        list(pool.map(send, range(5)))
    assert Evidence.objects.count() == 1
    assert sorted(Amendment.objects.values_list("kind", flat=True)) == [*["addition"] * 4, "withdrawal"]


def test_added_evidence_is_not_added_twice(case, her):
    entry = record_incident(draft_id=uuid7(), case=case, fields=FIELDS, files=[photo()], by=her).incident
    assert add_evidence(incident=entry, files=[photo()], by=her) == []
    assert len(add_evidence(incident=entry, files=[photo(colour="blue")], by=her)) == 1


def test_reading_is_noted_once_for_each_worker(case, her):
    worker = UserFactory()
    entry = IncidentFactory(case=CaseFactory(worker=worker))
    with acting_as(worker.pk):
        assert Incident.objects.unread().count() == 1
        mark_read(incident=entry, by=worker)
        mark_read(incident=entry, by=worker)
        assert Incident.objects.unread().count() == 0
    assert IncidentSeen.objects.count() == 1


def test_a_worker_makes_viewing_copies_and_notes_it(case, her):
    record_incident(draft_id=uuid7(), case=case, fields=FIELDS, files=[photo()], by=her)
    run_due()
    assert set(Rendition.objects.values_list("kind", "state")) >= {
        ("page", "ok"),
        ("thumbnail", "ok"),
        ("report", "ok"),
    }
    assert list(CustodyEvent.objects.order_by("at").values_list("kind", flat=True)) == ["arrived", "copied"]


def test_a_picture_that_cannot_be_read_is_kept_and_said_so(case, her):
    damaged = SimpleUploadedFile("x.jpg", photo().read()[:60])
    assert check_files([damaged]) == []
    record_incident(draft_id=uuid7(), case=case, fields=FIELDS, files=[damaged], by=her)
    run_due()
    assert Rendition.objects.get(kind="page").state == "refused"


@pytest.mark.h("H25")
def test_a_web_page_named_as_a_picture_is_refused_in_words(db):
    refused = check_files([SimpleUploadedFile("photo.jpg", b"<html><script>alert(1)</script></html>"), photo()])
    assert [(each.label, each.code) for each in refused] == [("photo.jpg", "web_page")]
    assert "screenshot" in refused[0].sentence


@pytest.mark.django_db
def test_words_of_danger_ask_for_a_look_on_the_same_day():
    case = CaseFactory(portal=True, worker=UserFactory())
    fields = {**FIELDS, "what_happened": "He is outside my house now with a knife."}
    record_incident(draft_id=uuid7(), case=case, fields=fields, by=User.objects.get(pk=case.victim.user_id))
    run_due()
    assert Task.objects.get().kind == "red_flag"


@pytest.mark.parametrize(
    ("behaviours", "closed", "kinds"),
    [([], False, []), (["STRANGULATION"], False, ["red_flag"]), ([], True, ["entry_after_closing"])],
)
def test_a_worker_raises_what_a_new_entry_asks_for(db, behaviours, closed, kinds):
    worker = UserFactory()
    case = CaseFactory(portal=True, worker=worker)
    if closed:
        Case.objects.filter(pk=case.pk).update(status="closed", closed_on=date(2026, 9, 1), closure_reason="needs_met")
    her = User.objects.get(pk=case.victim.user_id)
    record_incident(draft_id=uuid7(), case=case, fields={**FIELDS, "behaviours": behaviours}, by=her)
    run_due()
    assert [task.kind for task in Task.objects.all()] == kinds
    assert all(task.assigned_to == worker for task in Task.objects.all())
