"""A file that is here already is read for the log: evidence of an entry, or what was left of an earlier reading."""

import pytest
from django.urls import reverse

from jobs.actions import run_due
from jobs.models import Job
from logs.actions import amend, importing, lock_evidence
from logs.actions.evidence import add_evidence
from logs.actions.sources import read_again
from logs.bringing import child, making
from logs.bringing.choosing import count_of_lines
from logs.models import Amendment, Evidence, ImportBatch, ImportLine, Incident
from logs.sources import entries_of
from nsvcs.identity import acting_as
from nsvcs.ids import uuid7
from portal.addresses import letters_of
from tests.factories import CaseFactory, IncidentFactory, UserFactory
from tests.logs import samples
from tests.logs.test_bringing import CHAT, begin, bring, lines, uploaded
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
ANSWERS = {"date_order": "dmy", "own_name": "Jo", "their_name": "Sam Carter"}


@pytest.fixture
def worker():
    return UserFactory()


@pytest.fixture
def case(worker):
    return CaseFactory(portal=True, worker=worker)


@pytest.fixture
def kept(case, worker):
    """A chat that she added to a note of hers."""
    entry = IncidentFactory(case=case, recorded_by=case.victim.user)
    [file] = add_evidence(incident=entry, files=[uploaded(CHAT)], by=case.victim.user)
    run_due()
    return file


def again(file, by):
    with acting_as(by.pk):
        batch = read_again(file=file, by=by)
    run_due()
    batch.refresh_from_db()
    if batch.state == "asking":
        with acting_as(by.pk):
            importing.answer_questions(batch=batch, revision=batch.revision, answers=ANSWERS, by=by)
        run_due()
        batch.refresh_from_db()
    return batch


def tick(batch, by, *numbers):
    shown = [line.number for line in lines(batch) if line.outcome == "item"]
    with acting_as(by.pk):
        importing.tick_lines(batch=batch, shown=shown, ticked=numbers)


def undo(batch, by):
    with acting_as(by.pk):
        importing.undo_import(batch=batch, revision=batch.revision, also=[], by=by)
    run_due()
    batch.refresh_from_db()


def test_evidence_of_an_entry_is_brought_in_and_its_bytes_are_kept_once(kept, worker):
    entries = bring(again(kept, worker), worker)
    assert len(entries) == 4
    assert Evidence.objects.count() == 1
    assert entries[0].evidence_words == f"Brought in from exhibit E{kept.exhibit_number}, line 2."
    assert entries_of([kept])[kept.pk] == {kept.incident_id, *(entry.pk for entry in entries)}
    assert list(Evidence.objects.of_entries([entries[0].pk])) == [kept]


def test_pressed_twice_there_is_one_reading(kept, worker):
    assert again(kept, worker) == again(kept, worker)
    assert ImportBatch.objects.count() == 1


def test_what_was_not_chosen_is_counted_and_brought_in_later_from_the_same_file(case, worker):
    batch = begin(case, worker)
    tick(batch, worker, 2, 3)
    bring(batch, worker)
    with acting_as(worker.pk):
        told = count_of_lines(batch, worker)
    assert told == {"entered": 2, "left": 3, "outside": 0, "skipped": 1, "rejected": 0}
    assert sum(told.values()) == batch.read_count
    second = again(batch.source, worker)
    assert (second.source, second.state) == (batch.source, "review")
    assert [line.is_known for line in lines(second)] == [False, True, True, False, False, False]
    assert not any(line.is_chosen for line in lines(second))
    tick(second, worker, 5)
    assert [entry.what_happened for entry in bring(second, worker)] == ["Sam Carter: I will kill you"]
    assert Evidence.objects.count() == 1


def test_of_two_messages_alike_in_a_minute_only_the_one_brought_in_is_known(case, worker):
    twice = "03/04/2025, 09:14 - Sam Carter: ok\n" * 2 + "13/04/2025, 09:14 - Jo: no\n"
    batch = begin(case, worker, twice)
    tick(batch, worker, 2)
    bring(batch, worker)
    second = again(batch.source, worker)
    assert [line.number for line in lines(second) if line.is_known] == [2]
    tick(second, worker, 1)
    assert len(bring(second, worker)) == 1
    assert Incident.objects.count() == 2


def test_the_same_day_brought_in_twice_is_two_entries_and_nothing_is_lost(case, worker):
    batch = begin(case, worker)
    tick(batch, worker, 2)
    bring(batch, worker, "day")
    second = again(batch.source, worker)
    tick(second, worker, 3, 5)
    [entry] = bring(second, worker, "day")
    assert "I know you are home" in entry.what_happened
    assert ImportLine.objects.in_log().count() == 3


def test_after_undoing_what_was_chosen_is_ticked_again(case, worker):
    batch = begin(case, worker)
    tick(batch, worker, 2, 5)
    bring(batch, worker)
    undo(batch, worker)
    second = again(batch.source, worker)
    assert [line.number for line in lines(second) if line.is_chosen] == [2, 5]
    assert not any(line.is_known for line in lines(second))
    assert len(bring(second, worker)) == 2


def test_two_readings_of_one_file_bring_each_message_in_once(case, worker):
    batch = begin(case, worker)
    her = case.victim.user
    hers = again(batch.source, her)
    assert hers != batch
    bring(batch, worker)
    with acting_as(her.pk), pytest.raises(importing.NowKnown) as told:
        importing.bring_in(batch=hers, revision=hers.revision, behaviours=[], by=her)
    assert told.value.count == 4


def test_a_locked_file_is_not_read(kept, worker):
    with acting_as(worker.pk):
        lock_evidence(key=uuid7(), evidence=kept, reason="other", words="", by=worker)
    assert (again(kept, worker).state, ImportBatch.objects.get().error_code) == ("failed", "held_back")


def test_an_import_that_was_given_up_half_way_can_be_undone(case, worker, monkeypatch):
    batch = stopped_half_way(case, worker, monkeypatch)
    undo(batch, worker)
    assert batch.state == "undone"
    assert Amendment.objects.filter(kind="withdrawal").count() == Incident.objects.count() == 1


def stopped_half_way(case, worker, monkeypatch):
    batch, whole, made = begin(case, worker), making._make, []

    def dying(work, batch, entry):
        if made:
            raise RuntimeError("killed")
        made.append(entry)
        whole(work, batch, entry)

    monkeypatch.setattr(making, "_make", dying)
    bring(batch, worker)
    waiting = Job.objects.filter(kind="import_bring", state=Job.State.QUEUED)
    while waiting.exists():
        waiting.update(not_before=batch.asked_at)
        run_due()
    monkeypatch.undo()
    batch.refresh_from_db()
    assert importing.may_be_undone(batch)
    return batch


def test_an_import_that_a_worker_is_making_is_not_undone(case, worker):
    batch = begin(case, worker)
    with acting_as(worker.pk):
        importing.bring_in(batch=batch, revision=batch.revision, behaviours=[], by=worker)
        batch.refresh_from_db()
        with pytest.raises(importing.OutOfStep):
            importing.undo_import(batch=batch, revision=batch.revision, also=[], by=worker)


def test_a_worker_that_wakes_late_makes_nothing_of_what_is_being_undone(case, worker, monkeypatch):
    batch = begin(case, worker)
    whole, made = making._make, []

    def interrupted(work, batch, entry):
        if len(made) == 1:
            ImportBatch.objects.filter(pk=batch.pk).update(state="undoing")
        made.append(entry)
        whole(work, batch, entry)

    monkeypatch.setattr(making, "_make", interrupted)
    bring(batch, worker)
    assert Incident.objects.count() == 1
    assert ImportBatch.objects.get().state == "undoing"


def test_undone_in_two_windows_it_is_undone_once(case, worker):
    batch = begin(case, worker)
    bring(batch, worker)
    shown = batch.revision
    undo(batch, worker)
    with acting_as(worker.pk), pytest.raises(importing.OutOfStep):
        importing.undo_import(batch=batch, revision=shown, also=[], by=worker)


# Pages


def test_the_page_of_a_file_offers_to_bring_it_in(client, kept, worker):
    sign_in(client, worker)
    page = client.get(reverse("logs:file", args=[kept.case_id, kept.pk]))
    assert "Bring in what is in this file" in page.text
    answer = client.post(reverse("logs:import_from", args=[kept.case_id, kept.pk]))
    batch = ImportBatch.objects.get()
    assert answer["Location"] == reverse("logs:import_batch", args=[kept.case_id, batch.pk])
    assert client.get(answer["Location"]).status_code == 200


def test_a_picture_is_not_offered_to_be_brought_in(client, case, worker):
    entry = IncidentFactory(case=case, recorded_by=worker)
    [file] = add_evidence(incident=entry, files=[uploaded(samples.jpeg(), "a.jpg")], by=worker)
    sign_in(client, worker)
    assert "Bring in what is in this file" not in client.get(reverse("logs:file", args=[case.pk, file.pk])).text
    assert client.post(reverse("logs:import_from", args=[case.pk, file.pk])).status_code == 404


def test_the_page_says_what_became_of_every_message_and_offers_the_rest(client, case, worker):
    batch = begin(case, worker)
    tick(batch, worker, 2, 3)
    bring(batch, worker)
    sign_in(client, worker)
    page = client.get(reverse("logs:import_batch", args=[case.pk, batch.pk])).text
    assert "What was not chosen stays in the file. It is not lost." in page
    left = client.get(reverse("logs:import_rest", args=[case.pk, batch.pk])).text
    assert left.count("It was not ticked.") == 3
    assert left.count("The app&#x27;s notice about encryption.") == 1
    answer = client.post(reverse("logs:import_more", args=[case.pk, batch.pk]))
    second = ImportBatch.objects.exclude(pk=batch.pk).get()
    assert answer["Location"] == reverse("logs:import_batch", args=[case.pk, second.pk])


def test_she_brings_in_more_and_what_is_in_a_file_of_her_note(client, case, kept):
    her = case.victim.user
    batch = begin(case, her, CHAT.replace("2025", "2024"))
    bring(batch, her)
    sign_in(client, her)
    page = client.get(reverse("portal:bring_batch", args=[letters_of(batch.pk)])).text
    assert "Bring in more from this file" in page
    client.post(reverse("portal:bring_more", args=[letters_of(batch.pk)]))
    number = Incident.objects.get(pk=kept.incident_id).number
    assert "Bring in the messages in file 1" in client.get(reverse("portal:entry", args=[number])).text
    client.post(reverse("portal:bring_from", args=[number, 1]))
    assert set(ImportBatch.objects.values_list("read_from", flat=True)) == {None, batch.source.pk, kept.pk}


def test_nothing_is_brought_in_where_her_portal_takes_no_more_notes(client, case, kept, monkeypatch):
    sign_in(client, case.victim.user)
    monkeypatch.setattr("portal.views.bringing.cases_to_write_in", lambda user: [])
    number = Incident.objects.get(pk=kept.incident_id).number
    assert client.post(reverse("portal:bring_from", args=[number, 1]))["Location"] == reverse("portal:bring")
    assert not ImportBatch.objects.exists()


def test_an_entry_with_an_amendment_is_named_and_stays(client, case, worker):
    batch = begin(case, worker)
    entries = bring(batch, worker)
    with acting_as(worker.pk):
        amend(key=uuid7(), incident=entries[0], text="She kept the phone.", by=worker)
    sign_in(client, worker)
    assert f"Entry {entries[0].number}" in client.get(reverse("logs:import_undo", args=[case.pk, batch.pk])).text


# Only some days


def test_only_the_days_asked_for_are_read_and_the_others_are_counted(client, case, worker):
    batch = begin(case, worker, days=["2025-04-05", ""])
    assert [line.text for line in lines(batch) if line.outcome == "item"] == ["good morning"]
    assert (batch.item_count, batch.skip_count, batch.outside_count, batch.read_count) == (1, 1, 4, 6)
    bring(batch, worker)
    with acting_as(worker.pk):
        assert sum(count_of_lines(batch, worker).values()) == batch.read_count
    sign_in(client, worker)
    assert "On other days" in client.get(reverse("logs:import_batch", args=[case.pk, batch.pk])).text


def test_the_rest_of_the_days_comes_from_the_same_file_and_what_is_there_is_known(case, worker):
    batch = begin(case, worker, days=["2025-04-05", ""])
    bring(batch, worker)
    second = again(batch.source, worker)
    with acting_as(worker.pk):
        importing.answer_questions(
            batch=second, revision=second.revision, answers=ANSWERS | {"days": ["", ""]}, by=worker
        )
    run_due()
    second.refresh_from_db()
    assert (second.item_count, second.outside_count) == (5, 0)
    assert [line.number for line in lines(second) if line.is_known] == [6]


def test_a_file_too_long_to_read_at_once_is_read_by_its_days(client, case, worker, monkeypatch):
    monkeypatch.setattr(child, "MOST_RECORDS", 100)
    content = "".join(f"{1 + n:02}/{1 + n % 12:02}/{2023 + n // 12}, 09:14 - Sam: {n}\n" * 5 for n in range(24))
    batch = begin(case, worker, content, their_name="Sam")
    assert (batch.state, batch.error_code) == ("failed", "too_many")
    sign_in(client, worker)
    page = client.get(reverse("logs:import_batch", args=[case.pk, batch.pk])).text
    assert "Say from which days" in page
    asked = reverse("logs:import_questions", args=[case.pk, batch.pk])
    assert "Read only some days" in client.get(asked).text
    days = {"first_day_day": "1", "first_day_month": "1", "first_day_year": "2024"}
    said = {"revision": batch.revision, "date_order": "dmy", "their_name": "Sam", "language": "en"} | days
    assert client.post(asked, said).status_code == 302
    run_due()
    batch.refresh_from_db()
    assert (batch.state, batch.read_count) == ("review", 120)
    assert batch.item_count == 60
