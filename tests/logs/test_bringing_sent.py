"""A file to bring messages in from that is sent in pieces: waited for, kept once, read when all of it is here."""

import pytest
from django.db import connection
from django.urls import reverse

from jobs.actions import run_due
from logs.actions import arriving
from logs.actions.sources import await_sources
from logs.limits import FIRST
from logs.models import Arrival, Draft, Evidence, ImportBatch
from nsvcs.ids import uuid7
from portal.addresses import letters_of
from reference.models import Limit
from tests.factories import CaseFactory, UserFactory
from tests.logs.test_arriving import PIECE, Sender, _committed, film  # noqa: F401 - a fixture
from tests.logs.test_bringing import CHAT, uploaded
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
LONG = (CHAT + "".join(f"06/04/2025, 07:{n % 60:02} - Sam Carter: again {n}\n" for n in range(9_000))).encode()


@pytest.fixture(autouse=True)
def _by_a_worker(monkeypatch):
    monkeypatch.setattr(arriving, "AT_ONCE_BYTES", 1000)


@pytest.fixture
def worker():
    return UserFactory()


@pytest.fixture
def case(worker):
    return CaseFactory(portal=True, worker=worker)


@pytest.fixture
def her(case):
    return case.victim.user


@pytest.fixture
def sender(her):
    return Sender(her)


def post(sender, key, url=None):
    sent = {"key": key, "files": sender.letters}
    return sender.browser.post(url or reverse("portal:bring_new"), sent)


def test_a_chat_sent_in_pieces_is_read_when_its_form_is_sent(sender, her):
    key = uuid7()
    sender.send(LONG, source=key)
    run_due()
    assert (sender.row.state, sender.row.is_source) == ("whole", True)
    answer = post(sender, key)
    batch = ImportBatch.objects.get()
    assert answer["Location"] == reverse("portal:bring_batch", args=[letters_of(batch.pk)])
    run_due()
    batch.refresh_from_db()
    source = Evidence.objects.get()
    assert (batch.pk, batch.state, batch.source, source.size_bytes) == (key, "asking", source, len(LONG))
    assert (sender.row.state, Draft.objects.count()) == ("joined", 0)


def test_the_form_may_be_sent_before_all_of_the_file_is_here(sender):
    key = uuid7()
    sender.begin(len(LONG), source=key)
    sender.put(0, LONG[:PIECE])
    post(sender, key)
    batch = ImportBatch.objects.get()
    page = sender.browser.get(reverse("portal:bring_batch", args=[letters_of(batch.pk)]))
    assert "Send the rest" in page.text
    assert (batch.state, Evidence.objects.count()) == ("coming", 0)
    for start in range(PIECE, len(LONG), PIECE):
        sender.put(start, LONG[start : start + PIECE])
    run_due()
    batch.refresh_from_db()
    assert (batch.state, Evidence.objects.get().import_batch) == ("asking", batch)


def test_a_form_sent_twice_begins_one_reading(sender):
    key = uuid7()
    sender.send(LONG, source=key)
    run_due()
    assert post(sender, key)["Location"] == post(sender, key)["Location"]
    assert ImportBatch.objects.count() == Evidence.objects.count() == 1


def test_two_files_of_one_form_are_two_readings(sender, her, case):
    key = uuid7()
    first = sender.send(LONG, source=key)
    sender.send(LONG + b"07/04/2025, 07:00 - Jo: no\n", source=key)
    run_due()
    begun = await_sources(key=key, case=case, letters=[first, sender.letters], by=her)
    assert len({batch.pk for batch in begun}) == 2
    assert Evidence.objects.count() == 2


def test_what_is_not_sent_is_listed_where_a_file_is_chosen_under_any_key(sender):
    sender.begin(len(LONG), source=uuid7(), name="chat.txt")
    page = sender.browser.get(reverse("portal:bring_new")).text
    assert f'data-letters="{sender.letters}"' in page
    assert 'data-key-name="source"' in page
    assert f'href="{reverse("portal:bring_new")}"' in sender.browser.get(reverse("portal:home")).text


def test_without_a_file_and_without_one_on_its_way_it_is_asked_for(sender):
    answer = sender.browser.post(reverse("portal:bring_new"), {"key": uuid7(), "files": ""})
    assert (answer.status_code, "Choose a file" in answer.text) == (422, True)


def test_a_file_that_cannot_be_kept_is_said_on_its_page(sender):
    key = uuid7()
    sender.begin(3 * PIECE, source=key)
    post(sender, key)
    for start in range(0, 3 * PIECE, PIECE):
        sender.put(start, b"MZ\x90\0" + bytes(PIECE - 4))
    run_due()
    batch = ImportBatch.objects.get()
    page = sender.browser.get(reverse("portal:bring_batch", args=[letters_of(batch.pk)]))
    assert "Could not read." in page.text
    assert Evidence.objects.count() == 0


def test_a_file_taken_back_leaves_its_page_whole(sender):
    key = uuid7()
    sender.begin(len(LONG), source=key)
    post(sender, key)
    removed = sender.browser.post(reverse("portal:file_remove", args=[sender.letters]))
    assert removed["Location"] == reverse("portal:bring_new")
    batch = ImportBatch.objects.get()
    page = sender.browser.get(reverse("portal:bring_batch", args=[letters_of(batch.pk)]))
    assert (page.status_code, "never fully sent" in page.text) == (200, True)
    assert sender.browser.get(reverse("portal:bring")).status_code == 200


def test_a_source_may_be_as_long_as_a_film_and_a_paper_of_a_note_may_not(sender, monkeypatch):
    Limit.objects.filter(key="upload_max_bytes").delete()
    monkeypatch.setitem(FIRST, "upload_max_bytes", 2 * PIECE)
    sender.send(LONG, source=uuid7())
    run_due()
    assert sender.row.state == "whole"
    sender.begin(len(LONG), draft=uuid7())
    assert sender.put(0, LONG[:PIECE]).status_code == 413
    assert sender.row.refusal == "too_big"


def test_a_note_never_takes_a_file_that_was_sent_to_be_brought_in(sender, her, case):
    sender.send(LONG, source=uuid7())
    run_due()
    assert arriving.bind_arrivals(entry_key=uuid7(), letters=[sender.letters], by=her) == []


def test_staff_send_a_file_the_same_way_and_a_colleague_sees_where_it_is(case, worker):
    sender, key = Sender(worker, reverse("logs:arrivals", args=[case.pk])), uuid7()
    sender.send(LONG, source=key)
    run_due()
    answer = post(sender, key, reverse("logs:import_new", args=[case.pk]))
    assert answer["Location"] == reverse("logs:import_batch", args=[case.pk, key])
    run_due()
    assert ImportBatch.objects.get().state == "asking"
    assert Arrival.objects.get().case_ref == case.pk


def test_staff_see_a_file_that_is_coming_in_the_list(client, case, worker, her):
    mine = Sender(her)
    mine.begin(len(LONG), source=(key := uuid7()))
    post(mine, key)
    sign_in(client, worker)
    assert "On its way" in client.get(reverse("logs:imports", args=[case.pk])).text
    assert client.get(reverse("logs:import_batch", args=[case.pk, key])).status_code == 200


def test_the_box_without_scripts_still_brings_a_file(client, case, worker):
    sign_in(client, worker)
    sent = {"file": uploaded(CHAT), "key": uuid7(), "files": ""}
    client.post(reverse("logs:import_new", args=[case.pk]), sent)
    assert ImportBatch.objects.get().state == "arrived"


def test_a_film_is_kept_and_said_to_hold_no_messages(sender):
    key = uuid7()
    sender.send(film(), source=key)
    run_due()
    post(sender, key)
    run_due()
    batch = ImportBatch.objects.get()
    assert (batch.state, batch.error_code, Evidence.objects.count()) == ("failed", "unknown", 1)


def test_how_far_a_file_is_is_told_to_a_role_that_sees_nothing_by_itself(sender):
    """Tests run as the owner of the tables; a running copy does not, and told of no file at all."""
    sender.send(LONG, source=uuid7())
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE nsvcs_web")
    answer = sender.browser.get(f"{reverse('portal:files')}?files={sender.letters}")
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    assert [each["letters"] for each in answer.json()["files"]] == [sender.letters]
