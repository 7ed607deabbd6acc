"""The pages of an import, as staff and as the person herself use them."""

import csv
import io

import pytest
from django.urls import reverse

from jobs.actions import run_due
from logs.actions import amend
from logs.models import Amendment, Evidence, ImportBatch, ImportLine, Incident
from nsvcs.identity import acting_as
from nsvcs.ids import uuid7
from portal.addresses import letters_of
from tests.factories import CaseFactory, UserFactory
from tests.logs.test_bringing import CHAT, begin, bring, lines, uploaded
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker():
    return UserFactory()


@pytest.fixture
def case(worker):
    return CaseFactory(portal=True, worker=worker)


@pytest.fixture
def batch(case, worker):
    return begin(case, worker)


def at(name, batch, *more):
    return reverse(f"logs:import_{name}", args=[batch.case_id, batch.pk, *more])


def press(client, batch, what, **more):
    shown = [line.number for line in lines(batch) if line.outcome == "item"]
    ticked = more.pop("tick", [line.number for line in lines(batch) if line.is_chosen])
    return client.post(at("review", batch), {"press": what, "shown": shown, "tick": ticked, **more})


def chosen(batch):
    return [line.text for line in lines(batch) if line.is_chosen]


def test_a_chat_comes_in_from_the_file_to_the_entry(client, case, worker):
    sign_in(client, worker)
    sent = {"file": uploaded(CHAT), "key": uuid7()}
    answer = client.post(reverse("logs:import_new", args=[case.pk]), sent)
    batch = ImportBatch.objects.get()
    assert answer["Location"] == at("batch", batch)
    run_due()
    asked = client.get(at("batch", batch), follow=True)
    assert "Which name is the other person?" in asked.text
    batch.refresh_from_db()
    said = {"revision": batch.revision, "date_order": "dmy", "own_name": "Jo", "their_name": "Sam Carter", "who": ""}
    client.post(at("questions", batch), said | {"language": "en"})
    run_due()
    page = client.get(at("batch", batch), follow=True)
    assert "4 of 5 are ticked." in page.text
    press(client, batch, "on")
    batch.refresh_from_db()
    assert "4 messages become 2 entries" in client.get(at("bring", batch)).text
    client.post(at("bring", batch), {"grouping": "day", "behaviour": "TEXTS", "revision": batch.revision})
    run_due()
    entry = Incident.objects.order_by("number").first()
    shown = client.get(reverse("logs:entry", args=[case.pk, entry.pk])).text
    assert "WhatsApp chat, exhibit E1, lines 2 to 3, 6." in shown
    assert entry.behaviours == ["TEXTS"]
    assert "2 entries came from this file." in client.get(at("batch", batch)).text


def test_she_brings_in_a_chat_at_neutral_addresses(client, case):
    her = case.victim.user
    sign_in(client, her)
    client.post(reverse("portal:bring_new"), {"file": uploaded(CHAT), "key": uuid7()})
    batch = ImportBatch.objects.get()
    run_due()
    batch.refresh_from_db()
    letters = letters_of(batch.pk)
    asked = client.get(reverse("portal:bring_batch", args=[letters]), follow=True)
    assert "Which name is yours?" in asked.text
    said = {"revision": batch.revision, "date_order": "dmy", "own_name": "Jo", "their_name": "Sam Carter"}
    client.post(reverse("portal:bring_questions", args=[letters]), said)
    run_due()
    batch.refresh_from_db()
    assert "4 messages become 4 notes" in client.get(reverse("portal:bring_bring", args=[letters])).text
    client.post(reverse("portal:bring_bring", args=[letters]), {"grouping": "hour", "revision": batch.revision})
    run_due()
    note = client.get(reverse("portal:entry", args=[1])).text
    assert "WhatsApp chat, lines 2 to 3." in note
    assert Incident.objects.count() == 3


def test_the_list_names_who_brought_each_file(client, case, batch, worker):
    begin(case, case.victim.user)
    sign_in(client, worker)
    listed = client.get(reverse("logs:imports", args=[case.pk])).text
    assert f"<bdi>{worker.name}</bdi>" in listed
    assert "<bdi>The victim</bdi>" in listed


def test_a_file_that_is_none_is_refused_in_words(client, case, worker):
    sign_in(client, worker)
    sent = {"file": uploaded(b"MZ" + bytes(200)), "key": uuid7()}
    answer = client.post(reverse("logs:import_new", args=[case.pk]), sent)
    assert answer.status_code == 422
    assert "This is a program" in answer.text
    assert not Evidence.objects.exists()


def test_a_file_that_cannot_be_read_is_kept_and_says_why(client, case, worker):
    sign_in(client, worker)
    batch = begin(case, worker, "Dear diary, it rained.")
    page = client.get(at("batch", batch))
    assert "We cannot tell what this file is." in page.text
    assert "The file itself is kept." in page.text


def test_the_question_about_the_date_names_both_days(client, case, worker):
    chat = "03/04/2025, 09:14 - Sam: one\n05/04/2025, 09:14 - Jo: two\n"
    from logs.actions import importing

    batch = importing.start_import(key=uuid7(), case=case, file=uploaded(chat), by=worker)
    run_due()
    sign_in(client, worker)
    page = client.get(at("questions", batch)).text
    for words in ("Which day is 03/04/2025?", "3 April 2025", "4 March 2025"):
        assert words in page


def test_ticks_of_a_page_are_kept_by_every_press(client, batch, worker):
    sign_in(client, worker)
    press(client, batch, "save", tick=[2])
    assert chosen(batch) == ["Why are you not answering"]


def test_a_word_is_found_and_all_that_match_are_ticked(client, batch, worker):
    sign_in(client, worker)
    press(client, batch, "save", tick=[])
    page = press(client, batch, "show", tick=[], word="HOME")
    assert "I know you are home" in page.text
    assert "good morning" not in page.text
    client.post(at("review", batch), {"press": "all", "word": "HOME"})
    assert chosen(batch) == ["I know you are home\nsecond line"]


def test_a_line_without_a_day_is_dated_by_hand(client, case, worker):
    batch = begin(case, worker, CHAT + "03/04/2095, 09:14 - Sam Carter: later\n")
    sign_in(client, worker)
    number = lines(batch)[-1].number
    assert "The date is in the future." in client.get(at("review", batch)).text
    late = client.post(at("line", batch, number), {"on_day": "1", "on_month": "1", "on_year": "2095"})
    assert late.status_code == 422
    client.post(at("line", batch, number), {"on_day": "9", "on_month": "4", "on_year": "2025"})
    assert ImportLine.objects.get(batch=batch, number=number).is_chosen


def test_what_was_left_out_is_listed_with_its_place_and_saved_as_a_table(client, batch, worker):
    sign_in(client, worker)
    page = client.get(at("rest", batch)).text
    assert "line 1" in page
    assert "encryption" in page
    table = client.get(at("rest", batch), {"file": ""})
    assert table["Content-Disposition"].startswith('attachment; filename="document-')
    assert len(list(csv.reader(io.StringIO(table.content.decode("utf-8-sig"))))) == 2


def test_undoing_names_what_was_used_since(client, batch, worker):
    entries = bring(batch, worker)
    with acting_as(worker.pk):
        amend(key=uuid7(), incident=entries[0], text="She kept the phone.", by=worker)
    sign_in(client, worker)
    page = client.get(at("undo", batch)).text
    assert "3 entries will be withdrawn" in page
    assert "Entry 1" in page
    client.post(at("undo", batch), {"revision": batch.revision})
    run_due()
    assert Amendment.objects.filter(kind="withdrawal").count() == 3


def test_an_entry_in_a_bundle_is_named_before_undoing(client, case, batch, worker):
    from bundles.actions import request_bundle

    entries = bring(batch, worker)
    source = Evidence.objects.get(import_batch=batch)
    with acting_as(worker.pk):
        request_bundle(
            key=uuid7(), case=case, entry_ids=[entries[1].pk], evidence_ids=[source.pk], recipient="police",
            recipient_name="", purpose="x", date_from=None, date_to=None, shown=[], by=worker,
        )  # fmt: skip
    sign_in(client, worker)
    assert "3 entries will be withdrawn" in client.get(at("undo", batch)).text


def test_two_windows_press_bring_in_once(client, batch, worker):
    sign_in(client, worker)
    said = {"grouping": "message", "revision": batch.revision}
    client.post(at("bring", batch), said)
    second = client.post(at("bring", batch), said, follow=True)
    run_due()
    assert second.status_code == 200
    assert Incident.objects.count() == 4


def test_another_persons_batch_is_not_found(client, batch):
    other = CaseFactory(portal=True)
    sign_in(client, other.victim.user)
    assert client.get(reverse("portal:bring_batch", args=[letters_of(batch.pk)])).status_code == 404
    sign_in(client, UserFactory())
    assert client.get(at("batch", batch)).status_code == 404


def test_a_batch_that_staff_brought_is_not_hers_to_choose_from(client, batch, case):
    sign_in(client, case.victim.user)
    assert client.get(reverse("portal:bring_review", args=[letters_of(batch.pk)])).status_code == 404


@pytest.mark.parametrize("count", [10, 60])
def test_choosing_asks_the_database_as_often_for_many_lines(client, case, worker, count, django_assert_max_num_queries):
    chat = "".join(f"03/04/2025, 09:{n % 60:02} - Sam: message {n}\n" for n in range(count))
    batch = begin(case, worker, chat + "13/04/2025, 09:14 - Jo: no\n", their_name="Sam")
    sign_in(client, worker)
    with django_assert_max_num_queries(24):
        assert client.get(at("review", batch)).status_code == 200


CALLS = (
    "<?xml version='1.0' encoding='UTF-8'?>\n<calls count=\"2\">"
    '<call number="+447700900123" duration="0" date="1743668040000" type="3" contact_name="Sam Carter" />'
    '<call number="+447700900123" duration="75" date="1743668100000" type="1" contact_name="Sam Carter" />\n</calls>'
)


@pytest.mark.parametrize(
    ("word", "found"),
    [("missed CALL", [1]), ("1 minute", [2]), ("sam carter", [1, 2]), ("call", [1, 2]), ("zebra", [])],
)
def test_the_words_that_stand_for_a_call_are_found(client, case, worker, word, found):
    batch = begin(case, worker, CALLS, "calls.xml")
    sign_in(client, worker)
    page = client.post(at("review", batch), {"press": "show", "word": word})
    assert [row["line"].number for row in page.context["lines"]] == found
