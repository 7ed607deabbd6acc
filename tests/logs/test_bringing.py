"""A chat brought in: read in a child, chosen from, made into entries once, followed back, undone."""

import io
import zipfile
from datetime import date, time, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from cases.models import Task
from jobs.actions import run_due
from jobs.models import Job
from logs.actions import amend, importing
from logs.bringing import making
from logs.models import Amendment, Evidence, ImportBatch, ImportLine, Incident, IncidentLine
from logs.models.imports import Grouping
from logs.rules import Written
from nsvcs.identity import acting_as
from nsvcs.ids import uuid7
from tests.factories import CaseFactory, UserFactory

pytestmark = pytest.mark.django_db
CHAT = """03/04/2025, 09:14 - Messages and calls are end-to-end encrypted.
03/04/2025, 09:14 - Sam Carter: Why are you not answering
03/04/2025, 09:15 - Sam Carter: I know you are home
second line
03/04/2025, 09:20 - Jo: Please stop
03/04/2025, 22:01 - Sam Carter: I will kill you
05/04/2025, 07:00 - Sam Carter: good morning
"""


@pytest.fixture
def worker():
    return UserFactory()


@pytest.fixture
def case(worker):
    return CaseFactory(portal=True, worker=worker)


def begin(case, by, content=CHAT, name="chat.txt", **answers):
    batch = importing.start_import(key=uuid7(), case=case, file=uploaded(content, name), by=by)
    run_due()
    batch.refresh_from_db()
    if batch.state == "asking":
        with acting_as(by.pk):
            said = {"date_order": "dmy", "own_name": "Jo", "their_name": "Sam Carter"} | answers
            importing.answer_questions(batch=batch, revision=batch.revision, answers=said, by=by)
        run_due()
        batch.refresh_from_db()
    return batch


def uploaded(content, name="chat.txt"):
    return SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)


def bring(batch, by, grouping=Grouping.MESSAGE, behaviours=()):
    with acting_as(by.pk):
        importing.set_grouping(batch=batch, grouping=grouping)
        importing.bring_in(batch=batch, revision=batch.revision, behaviours=list(behaviours), by=by)
    run_due()
    batch.refresh_from_db()
    return list(Incident.objects.filter(source_lines__batch=batch).distinct().order_by("number"))


def lines(batch):
    return list(ImportLine.objects.filter(batch=batch).order_by("number"))


def test_the_source_is_evidence_from_its_arrival_and_belongs_to_no_entry(case, worker):
    batch = importing.start_import(key=uuid7(), case=case, file=uploaded(CHAT), by=worker)
    source = Evidence.objects.get(import_batch=batch)
    assert (source.incident_id, source.exhibit_number, source.size_bytes) == (None, 1, len(CHAT))
    assert list(source.custody.values_list("kind", flat=True)) == ["arrived"]


def test_the_same_file_sent_twice_from_one_page_is_kept_once(case, worker):
    key = uuid7()
    first = importing.start_import(key=key, case=case, file=uploaded(CHAT), by=worker)
    assert importing.start_import(key=key, case=case, file=uploaded(CHAT), by=worker) == first
    assert Evidence.objects.count() == 1


def test_a_chat_is_read_into_lines_and_hers_are_not_ticked(case, worker):
    batch = begin(case, worker)
    assert (batch.state, batch.kind, batch.item_count, batch.skip_count) == ("review", "whatsapp", 5, 1)
    assert [(line.outcome, line.is_chosen) for line in lines(batch)] == [
        ("skip", False), ("item", True), ("item", True), ("item", False), ("item", True), ("item", True),
    ]  # fmt: skip
    assert lines(batch)[2].text == "I know you are home\nsecond line"


def test_each_message_becomes_an_entry_linked_to_its_line_with_an_event_of_its_own(case, worker):
    batch = begin(case, worker)
    entries = bring(batch, worker)
    assert [entry.what_happened for entry in entries][:2] == [
        "Sam Carter: Why are you not answering", "Sam Carter: I know you are home\nsecond line",
    ]  # fmt: skip
    assert (entries[0].occurred_on, entries[0].occurred_time) == (date(2025, 4, 3), time(9, 14))
    assert {entry.source for entry in entries} == {"import"}
    assert entries[0].evidence_words == "Brought in from exhibit E1, line 2."
    assert IncidentLine.objects.get(incident=entries[1]).line.place_number == 3
    assert batch.entry_count == len(entries) == 4


def test_a_day_becomes_one_entry_from_its_first_to_its_last_message(case, worker):
    entries = bring(begin(case, worker), worker, Grouping.DAY)
    assert [entry.when for entry in entries] == ["3 April 2025, 9:14am to 10:01pm", "5 April 2025, 7am"]
    assert entries[0].what_happened.splitlines()[0] == "09:14 Sam Carter: Why are you not answering"
    assert entries[0].evidence_words == "Brought in from exhibit E1, lines 2 to 3, 6."


def test_a_day_with_more_words_than_an_entry_holds_becomes_two_and_nothing_is_cut(case, worker):
    said = [f"03/04/2025, 09:{n:02} - Sam Carter: {'long ' * 1_500}{n}\n" for n in range(4)]
    entries = bring(begin(case, worker, "".join(said) + "13/04/2025, 09:15 - Jo: no\n"), worker, Grouping.DAY)
    assert [entry.occurred_time for entry in entries] == [time(9, 0), time(9, 2)]
    assert sum(entry.what_happened.count("long") for entry in entries) == 6_000


def test_an_hour_becomes_one_entry(case, worker):
    assert len(bring(begin(case, worker), worker, Grouping.HOUR)) == 3


def test_a_worker_killed_half_way_doubles_nothing(case, worker, monkeypatch):
    batch = begin(case, worker)
    whole, made = making._make, []

    def dying(work, batch, entry):
        if len(made) == 2:
            made.append(None)
            raise RuntimeError("killed")
        made.append(entry)
        whole(work, batch, entry)

    monkeypatch.setattr(making, "_make", dying)
    bring(batch, worker)
    assert Incident.objects.count() == 2
    Job.objects.update(not_before=batch.asked_at)
    run_due()
    batch.refresh_from_db()
    assert (batch.state, Incident.objects.count(), batch.entry_count) == ("done", 4, 4)


def test_two_windows_bring_it_in_once(case, worker):
    batch = begin(case, worker)
    bring(batch, worker)
    with acting_as(worker.pk), pytest.raises(importing.OutOfStep):
        importing.bring_in(batch=batch, revision=batch.revision - 2, behaviours=[], by=worker)


def test_the_same_message_in_a_second_export_is_told_and_not_ticked(case, worker):
    bring(begin(case, worker), worker)
    again = begin(case, worker, CHAT + "06/04/2025, 07:00 - Sam Carter: new\n")
    assert [line.text for line in lines(again) if line.is_chosen] == ["new"]
    assert sum(line.is_known for line in lines(again)) == 4


def test_what_came_into_the_log_since_it_was_read_is_unticked_before_it_is_brought_in(case, worker):
    second = begin(case, worker)
    bring(begin(case, worker), worker)
    with acting_as(worker.pk), pytest.raises(importing.NowKnown) as told:
        importing.bring_in(batch=second, revision=second.revision, behaviours=[], by=worker)
    assert told.value.count == 4


def test_words_of_danger_raise_one_task_for_the_whole_batch(case, worker):
    bring(begin(case, worker), worker)
    assert Task.objects.get(kind="red_flag").title == "Red flag in 1 of 4 entries brought in: look today"


def test_a_kind_that_is_a_red_flag_raises_the_same_task(case, worker):
    batch = begin(case, worker)
    bring(batch, worker, behaviours=["VIA_CHILDREN"])
    assert Task.objects.get(kind="red_flag").title == "Red flag in 4 of 4 entries brought in: look today"


def test_messages_of_these_days_are_a_rise_as_entries_are(case, worker):
    days = [timezone.localdate() - timedelta(days=ago) for ago in (60, 20, 2, 1, 0)]
    bring(begin(case, worker, "".join(f"{day:%d/%m/%Y}, 09:00 - Sam Carter: hello\n" for day in days)), worker)
    task = Task.objects.get(kind="rate_rise")
    assert "3 entries in the last 14 days, 1 in the 28 days before" in task.title


def test_undoing_withdraws_what_nobody_used_since_and_leaves_the_source(case, worker):
    batch = begin(case, worker)
    entries = bring(batch, worker)
    with acting_as(worker.pk):
        amend(key=uuid7(), incident=entries[0], text="She kept the phone.", by=worker)
        importing.undo_import(batch=batch, revision=batch.revision, also=[], by=worker)
    run_due()
    batch.refresh_from_db()
    withdrawn = Amendment.objects.filter(kind="withdrawal")
    assert {row.incident_id for row in withdrawn} == {entry.pk for entry in entries[1:]}
    assert {row.text for row in withdrawn} == {"Import undone"}
    assert (batch.state, Evidence.objects.filter(import_batch=batch).count()) == ("undone", 1)
    assert Incident.objects.count() == len(entries)


def test_undoing_takes_what_was_used_too_when_it_is_named(case, worker):
    batch = begin(case, worker)
    entries = bring(batch, worker)
    with acting_as(worker.pk):
        amend(key=uuid7(), incident=entries[0], text="She kept the phone.", by=worker)
        importing.undo_import(batch=batch, revision=batch.revision, also=[entries[0].pk], by=worker)
    run_due()
    assert Amendment.objects.filter(kind="withdrawal").count() == len(entries)


def test_after_undoing_the_same_chat_can_be_brought_in_again(case, worker):
    batch = begin(case, worker)
    bring(batch, worker)
    with acting_as(worker.pk):
        importing.undo_import(batch=batch, revision=batch.revision, also=[], by=worker)
    run_due()
    assert len(bring(begin(case, worker), worker)) == 4


def test_pictures_of_a_chat_become_files_of_their_entry(case, worker):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(
            "_chat.txt", "[03/04/2025, 09:14:02] Sam: \u200e<attached: IMG-1.txt>\n[03/04/2025, 09:15:02] Jo: no\n"
        )
        archive.writestr("IMG-1.txt", "a note in a file")
    batch = begin(case, worker, packed.getvalue(), "chat.zip", their_name="Sam")
    entries = bring(batch, worker)
    assert [file.exhibit_number for file in entries[0].evidence.all()] == [2]
    assert entries[0].evidence.get().size_bytes == len("a note in a file")


def test_a_message_in_the_future_needs_a_day_typed_first(case, worker):
    batch = begin(case, worker, CHAT + "03/04/2095, 09:14 - Sam Carter: later\n")
    line = lines(batch)[-1]
    assert (line.problem, line.is_chosen) == ("future", False)
    with acting_as(worker.pk):
        importing.date_line(line=line, written=Written(date(2025, 4, 9)))
    entry = bring(batch, worker)[-1]
    assert (entry.what_happened, entry.occurred_on) == ("Sam Carter: later", date(2025, 4, 9))


def test_a_time_that_came_twice_is_said_to_be_about(case, worker):
    batch = begin(case, worker, "26/10/2025, 01:30 - Sam Carter: hi\n26/10/2025, 03:30 - Jo: no\n")
    assert bring(batch, worker)[0].precision == "about"


def test_twenty_thousand_letters_from_right_to_left_come_whole(case, worker):
    words = ("שלום 😀 " * 2_900)[:20_000].strip()
    batch = begin(case, worker, f"03/04/2025, 09:14 - Sam Carter: {words}\n03/04/2025, 09:15 - Jo: no\n")
    assert bring(batch, worker)[0].what_happened.removeprefix("Sam Carter: ") == words


def test_a_file_of_no_known_kind_is_kept_and_says_so(case, worker):
    batch = begin(case, worker, "Dear diary, it rained.")
    assert (batch.state, batch.error_code) == ("failed", "unknown")
    assert Evidence.objects.filter(import_batch=batch).exists()


def test_she_brings_in_her_own(case):
    her = case.victim.user
    assert len(bring(begin(case, her), her, Grouping.DAY)) == 2


def test_answering_again_reads_again(case, worker):
    batch = begin(case, worker)
    with acting_as(worker.pk):
        importing.answer_questions(
            batch=batch, revision=batch.revision, answers={"date_order": "mdy", "own_name": "Jo"}, by=worker
        )
    run_due()
    batch.refresh_from_db()
    assert (batch.state, lines(batch)[1].occurred_on) == ("review", date(2025, 3, 4))
    assert ImportBatch.objects.count() == 1
