"""The thread between her and her caseworker: once, in order, seen by both sides, and never at another's case."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import Event
from cases.actions import send_message
from cases.models import Message, MessageRead, Task
from jobs.actions import run_due
from logs.models import Draft
from nsvcs.identity import acting_as
from tests.factories import CaseFactory, UserFactory
from tests.portal.test_writing import text_of
from tests.signing_in import sign_in

THREAD = "/notes/messages/"


@pytest.fixture
def worker(case):
    return case.allocations.get().worker


@pytest.fixture
def staff(case, worker):
    return sign_in(Client(), worker)


def to_her(case, worker, text="Shall we talk on Tuesday?"):
    with acting_as(worker.pk):
        return send_message(case=case, key=uuid4(), text=text, by=worker)


def from_her(case, text="He was at the gate again."):
    with acting_as(case.victim.user_id):
        return send_message(case=case, key=uuid4(), text=text, by=case.victim.user)


def staff_page(case):
    return f"/cases/{case.pk}/messages/"


def test_what_she_writes_is_in_both_threads(web, case, staff):
    response = web.post(THREAD, {"key": str(uuid4()), "text": "Can you ring?"})
    assert response.status_code == 302
    assert "Can you ring?" in text_of(web.get(THREAD))
    page = text_of(staff.get(staff_page(case)))
    assert "Can you ring?" in page
    assert "Unread" in page


def test_sent_twice_it_is_kept_once_and_other_words_are_not_lost(web):
    sent = {"key": str(uuid4()), "text": "Can you ring?"}
    web.post(THREAD, sent)
    web.post(THREAD, sent)
    assert Message.objects.count() == 1
    response = web.post(THREAD, sent | {"text": "Not today."})
    assert response.status_code == 409
    assert "Not today." in text_of(response)
    assert Message.objects.count() == 1


def test_an_empty_message_is_asked_for(web):
    response = web.post(THREAD, {"key": str(uuid4()), "text": "  "})
    assert response.status_code == 422
    assert "Write your message first" in text_of(response)


def test_hours_and_999_stand_above_the_box(web):
    page = text_of(web.get(THREAD))
    assert "We do not read messages at night." in page
    assert "In danger, call 999." in page
    assert "8am to 5pm" in page


def test_a_message_to_her_is_new_once(web, case, worker):
    to_her(case, worker)
    assert "Read 1 new message" in text_of(web.get("/notes/"))
    assert web.get(THREAD).context["new"]
    assert not web.get(THREAD).context["new"]
    assert MessageRead.objects.get().is_by_victim
    assert "Read 1 new message" not in text_of(web.get("/notes/"))


def test_she_sees_the_name_of_who_wrote(web, case, worker):
    to_her(case, worker)
    assert "Sam Rowan" in text_of(web.get(THREAD))


def test_an_answer_says_that_what_stood_on_the_page_was_read(case, staff, worker):
    first = from_her(case)
    page = staff.get(staff_page(case))
    assert str(page.context["newest"]) == str(first.pk)
    second = from_her(case, "And he rang.")  # while the answer is written
    staff.post(staff_page(case), {"key": str(uuid4()), "text": "I will ring at six.", "newest": str(first.pk)})
    with acting_as(worker.pk):
        assert list(Message.objects.visible_to(worker).unread_by_staff()) == [second]


def test_marked_as_read_without_an_answer(case, staff, worker):
    message = from_her(case)
    response = staff.post(f"{staff_page(case)}read/", {"newest": str(message.pk)})
    assert response.status_code == 302
    read = MessageRead.objects.get()
    assert (read.by, read.is_by_victim) == (worker, False)


@pytest.mark.parametrize("newest", ["", "nonsense", "01a2151b-5428-7c32-9b33-2f428a011153"])
def test_nothing_is_read_that_was_not_on_the_page(case, staff, newest):
    from_her(case)
    staff.post(f"{staff_page(case)}read/", {"newest": newest})
    assert not MessageRead.objects.exists()


def test_unread_messages_stand_on_my_work_and_opening_the_thread_does_not_take_them_away(case, staff):
    from_her(case)
    staff.get(staff_page(case))
    page = text_of(staff.get("/cases/work/"))
    assert f"{staff_page(case)}#newest" in page


def test_words_of_danger_show_the_numbers_and_raise_a_task_today(web, case):
    web.post(THREAD, {"key": str(uuid4()), "text": "He is outside right now"})
    page = text_of(web.get(THREAD))
    assert "If you cannot speak, press 55 when asked." in page
    assert "Nobody reads messages as they come in." in page
    run_due()
    task = Task.objects.get(kind="red_flag")
    assert (task.case, task.due_on) == (case, timezone.localdate())
    assert "He is outside" not in task.title


def test_quiet_words_raise_nothing(web):
    web.post(THREAD, {"key": str(uuid4()), "text": "Thank you, Tuesday is fine."})
    run_due()
    assert not Task.objects.filter(kind="red_flag").exists()
    assert "Nobody reads messages as they come in." not in text_of(web.get(THREAD))


def test_the_numbers_stand_until_the_day_is_over(web, case):
    from_her(case, "He is outside right now")
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        sign_in(web, case.victim.user)
        assert "Nobody reads messages as they come in." not in text_of(web.get(THREAD))


def test_a_message_on_a_closed_case_is_kept_and_raises_a_task(case):
    case.closed_on, case.closure_reason = timezone.localdate(), "needs_met"
    case.save()
    from_her(case, "Can I come back?")
    run_due()
    assert Task.objects.filter(kind="entry_after_closing", case=case).exists()


def test_words_of_a_lapsed_sign_in_become_an_unfinished_note(web, her):
    later = timezone.now() + timedelta(hours=3)
    with time_machine.travel(later):
        web.post(THREAD, {"key": str(uuid4()), "text": "Please ring me."})
    assert not Message.objects.exists()
    assert Draft.objects.filter(user=her).exists()


def test_another_persons_thread_is_not_here(web, case):
    other = CaseFactory(portal=True, worker=UserFactory())
    from_her(other, "Words of somebody else")
    assert "Words of somebody else" not in text_of(web.get(THREAD))


@pytest.mark.parametrize("verb", ["get", "post"])
def test_a_colleague_of_another_case_finds_nothing(client, case, verb):
    sign_in(client, UserFactory())
    assert getattr(client, verb)(staff_page(case), {"text": "x"}).status_code == 404
    assert client.post(f"{staff_page(case)}read/").status_code == 404


def test_with_two_cases_she_says_which(web, case, her):
    second = CaseFactory(victim=case.victim, is_portal_open=True, portal_label="The flat")
    key = str(uuid4())
    assert web.post(THREAD, {"key": key, "text": "Hello"}).status_code == 422
    chosen = next(letters for letters, found in web.get(THREAD).context["form"].cases.items() if found == second)
    web.post(THREAD, {"key": key, "text": "Hello", "case": chosen})
    assert Message.objects.get().case == second


def test_a_closed_portal_shows_no_box(web, case):
    case.is_portal_open = False
    case.save()
    page = text_of(web.get(THREAD))
    assert "You cannot write to us here now." in page
    response = web.post(THREAD, {"key": str(uuid4()), "text": "Words not to lose"})
    assert response.status_code == 409
    assert "Words not to lose" in text_of(response)
    assert not Message.objects.exists()


@pytest.mark.parametrize(("by", "is_from_victim"), [("worker", True), ("her", False)])
def test_the_database_lets_nobody_write_for_the_other_side(case, worker, her, by, is_from_victim):
    one, other = (worker, her) if by == "worker" else (her, worker)
    for writer, side in ((one, is_from_victim), (other, not is_from_victim)):
        row = Message(case=case, text="x", by=writer, is_from_victim=side, pk=uuid4())
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic(), acting_as(one.pk):
            row.save(force_insert=True)


@pytest.mark.parametrize("change", ["update", "delete"])
def test_what_was_sent_is_never_changed(case, worker, change):
    found = Message.objects.filter(pk=to_her(case, worker).pk)
    with acting_as(worker.pk), pytest.raises(ProgrammingError), transaction.atomic():
        found.update(is_from_victim=True) if change == "update" else found._raw_delete(found.db)


def test_reading_and_writing_are_recorded(web, case, worker):
    to_her(case, worker)
    web.get(THREAD)
    actions = set(Event.objects.filter(case_ids__contains=[case.pk]).values_list("action", flat=True))
    assert actions >= {"thread.written", "thread.opened", "thread.read"}


def test_twenty_thousand_letters_from_right_to_left_come_through(web):
    words = ("مرحبا 👩‍👩‍👧 " * 3000)[:19_990].strip()
    web.post(THREAD, {"key": str(uuid4()), "text": words})
    assert Message.objects.get().text == words
    assert 'dir="auto"' in text_of(web.get(THREAD))


@pytest.mark.parametrize("side", ["hers", "ours"])
def test_a_long_thread_asks_no_more_questions(web, staff, case, worker, side):
    browser, page = (web, THREAD) if side == "hers" else (staff, staff_page(case))
    counts = []
    for size in (2, 40):
        for number in range(size):
            to_her(case, worker, f"n {number}")
            from_her(case, f"m {number}")
        browser.get(page)
        with CaptureQueriesContext(connection) as asked:
            browser.get(page)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_the_thread_is_on_the_timeline(case, staff, worker):
    from_her(case, "He was at the gate again.")
    to_her(case, worker)
    page = text_of(staff.get(f"/cases/{case.pk}/timeline/?kind=message"))
    assert "Message from the victim" in page
    assert "Message to the victim" in page
