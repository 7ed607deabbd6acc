"""The pages of a case: who may open them, what a stranger gets, faults, how many questions they ask the database."""

import re
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit.models import Action, Event
from cases.models import CaseGrant, Contact, Note, SafeContact, Task
from cases.views.safe_contact import case_safe_contact
from nsvcs.access import mark_of
from tests.factories import CaseFactory, IncidentFactory, SafeContactFactory, UserFactory
from tests.factories.accounts import PASSWORD
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db

# Pages of one case that a worker may open with GET; each is asked by each role.
PAGES = ["detail", "timeline", "edit", "edit_victim", "safe_contact", "contact_new", "note_new", "task_new", "status"]
LISTS = ["list", "work", "find"]


@pytest.fixture
def worker():
    return UserFactory()


@pytest.fixture
def case(worker):
    found = CaseFactory(worker=worker, status="plan_open")
    SafeContactFactory(victim=found.victim, may_phone=True, from_time="09:00", to_time="17:00", safe_name="Anna")
    return found


@pytest.fixture
def page(client, worker):
    return sign_in(client, worker)


def add_work(case, worker, count):
    for number in range(count):
        Contact.objects.create(
            case=case, channel="phone", outcome="no_answer", at=timezone.now(), by=worker, content_class="advocacy"
        )
        Note.objects.create(case=case, text=f"Note {number}", content_class="safety", by=worker)
        Task.objects.create(case=case, title=f"Task {number}", due_on=timezone.localdate(), assigned_to=worker)
        Task.objects.create(case=case, title="x", due_on=timezone.localdate(), done_at=timezone.now(), done_by=worker)
        IncidentFactory(case=case, recorded_by=worker)


def questions(client, address):
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


# --- who may open them -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_a_case_opens_for_its_worker_and_carries_the_rule_line(page, case, name):
    answer = page.get(reverse(f"cases:{name}", args=[case.pk]))
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "ask for Anna" in text
    assert f"Case {case.reference}" in text.partition("</title>")[0]
    assert case.victim.last_name not in text.partition("</title>")[0]


@pytest.mark.h("H02")
@pytest.mark.parametrize("name", PAGES)
def test_a_strangers_case_answers_like_one_that_does_not_exist(page, name):
    other = CaseFactory(worker=UserFactory())
    theirs = page.get(reverse(f"cases:{name}", args=[other.pk]))
    nowhere = page.get(reverse(f"cases:{name}", args=[uuid4()]))
    assert (theirs.status_code, theirs.content) == (404, nowhere.content)
    assert Event.objects.filter(action=Action.DENIED).count() == 2
    assert not Event.objects.filter(action=Action.CASE_OPENED).exists()


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("role", ["administrator", "victim"])
def test_a_role_without_casework_gets_no_page_of_a_case(client, case, name, role):
    sign_in(client, UserFactory(**{role: True}))
    assert client.get(reverse(f"cases:{name}", args=[case.pk])).status_code == 404


@pytest.mark.parametrize("name", LISTS)
def test_lists_open_for_casework_only(client, name):
    address = reverse(f"cases:{name}")
    assert sign_in(client, UserFactory()).get(address).status_code == 200
    assert sign_in(client, UserFactory(manager=True)).get(address).status_code == 200
    for role in ("administrator", "victim"):
        assert sign_in(client, UserFactory(**{role: True})).get(address).status_code == 404
    # The data protection lead finds there the cases that were opened to them, and searches for none.
    seen = sign_in(client, UserFactory(data_protection=True)).get(address)
    assert seen.status_code == (200 if name == "list" else 404)


def test_the_data_protection_lead_comes_in_at_locked_files_and_finds_the_cases_that_were_opened(client, case):
    lead = UserFactory(data_protection=True)
    assert sign_in(client, lead).get("/").url == reverse("locks:list")
    assert "A manager can open one to you" in client.get(reverse("cases:list")).text
    CaseGrant.objects.create(
        case=case, person=lead, kind="reader", starts_at=timezone.now(), ends_at=timezone.now() + timedelta(days=1),
        reason="A request", granted_by=lead.pk,
    )  # fmt: skip
    text = client.get(reverse("cases:list")).text
    assert case.reference in text
    assert reverse("cases:new") not in text
    assert reverse("cases:find") not in text


def test_opening_a_page_of_a_case_is_recorded(page, case, worker):
    page.get(reverse("cases:detail", args=[case.pk]))
    event = Event.objects.get(action=Action.CASE_OPENED)
    assert (event.actor_id, event.case_ids, event.detail) == (worker.pk, [case.pk], {"page": "cases:detail"})


def test_safe_contact_asks_for_fresh_proof():
    mark = mark_of(case_safe_contact, "cases:safe_contact")
    assert mark is not None
    assert mark.needs_fresh_proof


# --- lists -------------------------------------------------------------------------------------------------------


def test_the_list_shows_own_cases_counts_them_and_is_recorded(page, case, worker):
    CaseFactory(worker=UserFactory())
    answer = page.get(reverse("cases:list"))
    text = answer.content.decode()
    assert "1 case" in text
    assert "Anna" in text
    assert Event.objects.get(action=Action.CASE_LISTED).case_ids == [case.pk]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"mine", "late"}),
        ("state=closed", {"closed"}),
        ("state=all", {"mine", "late", "closed"}),
        ("status=plan_open", {"mine"}),
        ("overdue=first_contact", {"late"}),
        ("overdue=task", {"mine"}),
        ("unread=1", {"mine"}),
        ("priority=high", {"late"}),
        ("priority=high&state=all", {"late", "closed"}),
        ("priority=high&worker=none", {"late"}),
        ("priority=low", {"mine", "late"}),
        ("worker=none", {"late"}),
        ("status=nonsense&worker=nonsense&team=x&sort=y&page=z", {"mine", "late"}),
    ],
)
def test_filters_in_the_address_narrow_the_list(client, query, found):
    manager = UserFactory(manager=True)
    sign_in(client, manager)
    yesterday = timezone.localdate() - timedelta(days=1)
    cases = {
        "mine": CaseFactory(worker=manager, status="plan_open"),
        "late": CaseFactory(first_contact_due_on=yesterday, is_high_priority=True),
        "closed": CaseFactory(closed=True, worker=manager, is_high_priority=True),
    }
    IncidentFactory(case=cases["mine"])
    Task.objects.create(case=cases["mine"], title="x", due_on=yesterday, assigned_to=manager)
    shown = client.get(f"{reverse('cases:list')}?{query}").context["page"].object_list
    assert {name for name, case in cases.items() if case in shown} == found


def test_the_list_sorts_by_its_headings_and_says_so(page, worker):
    second, first = (
        CaseFactory(worker=worker, reference="NSV-2026-000002"),
        CaseFactory(worker=worker, reference="NSV-2026-000001"),
    )
    answer = page.get(f"{reverse('cases:list')}?sort=reference")
    assert list(answer.context["page"]) == [first, second]
    assert answer.content.decode().count('aria-sort="ascending"') == 1
    assert list(page.get(f"{reverse('cases:list')}?sort=-reference").context["page"]) == [second, first]


def test_htmx_gets_the_results_alone(page, case):
    answer = page.get(reverse("cases:list"), headers={"HX-Request": "true"})
    assert b"<html" not in answer.content
    assert case.reference in answer.content.decode()
    assert "HX-Request" in answer["Vary"]


@pytest.mark.parametrize("words", ["Anna", "NSV-2026", "Meadow", "meddow", "07700900555"])
def test_find_searches_by_reference_name_and_phone_and_is_recorded(page, worker, words):
    mine = CaseFactory(worker=worker)
    other = CaseFactory(worker=UserFactory())
    for each in (mine, other):
        each.victim.last_name, each.victim.phone = "Meadow", "07700 900555"
        keyed(each.victim)
    answer = page.post(reverse("cases:find"), {"q": words})
    assert answer.context["cases"] == [mine]
    assert Event.objects.get(action=Action.CASE_FOUND).case_ids == [mine.pk]
    assert words not in str(Event.objects.get(action=Action.CASE_FOUND).detail)


def keyed(victim):
    from cases.actions.editing import set_search_keys

    set_search_keys(victim)
    victim.save()


def test_find_by_a_whole_reference_opens_the_case_and_nothing_typed_is_a_fault(page, case):
    for typed in (case.reference.lower(), f" {case.reference.replace('-', '  ')}"):
        assert page.post(reverse("cases:find"), {"q": typed}).url == reverse("cases:detail", args=[case.pk])
    assert "Use at most 100 characters" in page.post(reverse("cases:find"), {"q": "x" * 101}).text
    assert page.post(reverse("cases:find"), {"q": ""}).status_code == 422


@pytest.mark.parametrize("sort", ["contact", "-contact"])
def test_what_is_not_known_comes_last_whichever_way_round(page, case, worker, sort):
    CaseFactory(worker=worker)
    Contact.objects.create(
        case=case, channel="phone", outcome="spoke", at=timezone.now(), by=worker, content_class="safety"
    )
    first = page.get(f"{reverse('cases:list')}?sort={sort}").context["page"][0]
    assert first == case


# --- my work -----------------------------------------------------------------------------------------------------


def test_my_work_gathers_entries_tasks_and_overdue_contacts(page, case, worker):
    today = timezone.localdate()
    IncidentFactory(case=case)
    for days, title in ((-1, "Late thing"), (0, "Now thing"), (3, "Soon thing"), (30, "Later thing")):
        Task.objects.create(case=case, title=title, due_on=today + timedelta(days=days), assigned_to=worker)
    CaseFactory(worker=worker, first_contact_due_on=today - timedelta(days=2))
    CaseFactory()
    work = page.get(reverse("cases:work")).context["work"]
    assert [len(part) for part in (work.entries, work.overdue, work.today, work.soon)] == [1, 1, 1, 1]
    assert (work.later_count, len(work.overdue_contacts), work.unallocated) == (1, 1, [])
    assert len(Event.objects.get(action=Action.CASE_LISTED).case_ids) == 2


def test_the_duty_worker_sees_what_waits(client):
    waiting = CaseFactory()
    Task.objects.create(case=waiting, title="Ring back", due_on=timezone.localdate())
    work = sign_in(client, UserFactory(profile__is_on_duty=True)).get(reverse("cases:work")).context["work"]
    assert work.unallocated == [waiting]
    assert [task.title for task in work.today] == ["Ring back"]


def test_a_task_is_finished_and_taken_up_again_from_either_page(page, case, worker):
    task = Task.objects.create(case=case, title="x", due_on=timezone.localdate(), assigned_to=worker)
    done = page.post(reverse("cases:task_done", args=[case.pk, task.pk]), {"back": "work"})
    assert done.url == reverse("cases:work")
    task.refresh_from_db()
    assert task.done_by == worker
    undone = page.post(reverse("cases:task_undone", args=[case.pk, task.pk]), {"back": "https://example.org"})
    assert undone.url == reverse("cases:detail", args=[case.pk])
    assert page.get(reverse("cases:task_done", args=[case.pk, task.pk])).status_code == 405


@pytest.mark.h("H02")
def test_a_task_is_found_under_its_own_case_only(page, case, worker):
    stranger = UserFactory()
    other = CaseFactory(worker=stranger)
    task = Task.objects.create(case=other, title="x", due_on=timezone.localdate(), assigned_to=stranger)
    for case_id in (case.pk, other.pk):
        answer = page.post(reverse("cases:task_done", args=[case_id, task.pk]))
        nowhere = page.post(reverse("cases:task_done", args=[case_id, uuid4()]))
        assert (answer.status_code, answer.content) == (404, nowhere.content)
    task.refresh_from_db()
    assert task.done_at is None


# --- doing -------------------------------------------------------------------------------------------------------


def contact(**changed):
    return {
        "who": "us",
        "channel": "phone",
        "outcome": "spoke",
        "day": "yesterday",
        "at": "10:15am",
        "minutes": "20",
        "with_whom": "",
        "text": "She is well.",
        "content_class": "emotional",
        "key": str(uuid4()),
        **changed,
    }


def test_a_contact_is_recorded_once_and_other_words_under_its_key_are_kept_on_the_page(page, case):
    address, sent = reverse("cases:contact_new", args=[case.pk]), contact()
    for _time in range(2):
        assert page.post(address, sent).status_code == 302
    answer = page.post(address, sent | {"text": "Other words."})
    assert answer.status_code == 409
    assert "Other words." in answer.content.decode()
    assert str(answer.context["form"]["key"].value()) != sent["key"]
    assert Contact.objects.get().text == "She is well."
    case.refresh_from_db()
    assert case.first_contacted_at is not None


@pytest.mark.parametrize(
    ("name", "sent", "fault"),
    [
        ("contact_new", contact(outcome=""), "outcome"),
        ("contact_new", contact(day="other"), "on"),
        ("contact_new", contact(day="today", at="11:59pm"), "at"),
        ("contact_new", contact(key=""), "key"),
        ("contact_new", contact(day="other", on_day="1", on_month="6", on_year="1026"), "on"),
        # The hour that the clocks leave out in spring.
        ("contact_new", contact(day="other", on_day="29", on_month="3", on_year="2026", at="1:30am"), "at"),
        ("note_new", {"text": " ", "content_class": "safety", "key": str(uuid4())}, "text"),
        ("task_new", {"title": "", "key": str(uuid4())}, "title"),
        ("status", {"to": "closed", "reason": "x"}, "to"),
        ("edit_victim", {"born_on_day": "30", "born_on_month": "2", "born_on_year": "1990", "version": "1"}, "born_on"),
        ("safe_contact", {"ways": "may_text", "voicemail": "never", "version": "1"}, "phone"),
    ],
)
def test_a_bad_form_says_what_to_do_and_keeps_what_was_typed(page, case, name, sent, fault):
    answer = page.post(reverse(f"cases:{name}", args=[case.pk]), sent)
    assert answer.status_code == 422
    assert fault in answer.context["form"].errors
    assert answer.content.decode().partition("<title>")[2].startswith("Error:")


def test_a_note_and_a_task_are_saved(page, case, worker):
    note = {"text": "Rang her sister.", "content_class": "safety", "key": str(uuid4())}
    assert page.post(reverse("cases:note_new", args=[case.pk]), note).status_code == 302
    day = timezone.localdate() + timedelta(days=2)
    task = {"title": "Ring housing", "assigned_to": "", "key": str(uuid4())}
    task |= {"due_on_day": str(day.day), "due_on_month": str(day.month), "due_on_year": str(day.year)}
    assert page.post(reverse("cases:task_new", args=[case.pk]), task).status_code == 302
    assert Note.objects.get().text == "Rang her sister."
    assert (Task.objects.get().due_on, Task.objects.get().assigned_to) == (day, None)


def test_the_status_is_moved_on_with_its_reason(page, case):
    address = reverse("cases:status", args=[case.pk])
    assert page.post(address, {"to": "review", "reason": "Six weeks"}).status_code == 302
    case.refresh_from_db()
    assert case.status == "review"


# --- editing -----------------------------------------------------------------------------------------------------


def test_a_stale_edit_shows_both_versions_and_saves_when_sent_again(page, case):
    address = reverse("cases:edit_victim", args=[case.pk])
    sent = {"first_name": "Anna", "last_name": "Mine", "language": "en", "version": "1"}
    assert page.post(address, sent | {"last_name": "Theirs"}).status_code == 302
    answer = page.post(address, sent)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "Theirs" in text
    assert "Mine" in text
    case.victim.refresh_from_db()
    assert case.victim.last_name == "Theirs"
    assert page.post(address, sent | {"version": str(answer.context["form"]["version"].value())}).status_code == 302
    case.victim.refresh_from_db()
    assert (case.victim.last_name, case.victim.version) == ("Mine", 3)


def test_a_stale_change_of_the_case_is_refused(page, case):
    address = reverse("cases:edit", args=[case.pk])
    assert page.post(address, {"crime_reference": "36/1", "version": "1"}).status_code == 302
    assert page.post(address, {"crime_reference": "36/2", "version": "1"}).status_code == 409


def test_a_proof_grown_old_over_a_long_form_loses_nothing_and_saves_nothing(client, worker, case):
    address, day = reverse("cases:safe_contact", args=[case.pk]), timezone.localdate()
    sent = {
        "ways": ["may_post"], "voicemail": "never", "other_rules": "Only after the school run.", "version": "1",
        "confirmed_on_day": str(day.day), "confirmed_on_month": str(day.month), "confirmed_on_year": str(day.year),
    }  # fmt: skip
    sign_in(client, worker, fresh=False)
    assert client.get(address).status_code == 302
    for given in ({}, {"password": "wrong-password-here"}):  # pragma: allowlist secret
        answer = client.post(address, sent | given)
        assert answer.status_code == 422
        assert "Only after the school run." in answer.text
        assert answer.context["proof"] is not None
    assert SafeContact.objects.count() == 1


def test_the_password_may_be_given_with_a_long_form(client, worker, case):
    address, day = reverse("cases:safe_contact", args=[case.pk]), timezone.localdate()
    sent = {
        "ways": ["may_post"], "voicemail": "never", "version": "1", "password": PASSWORD,
        "confirmed_on_day": str(day.day), "confirmed_on_month": str(day.month), "confirmed_on_year": str(day.year),
    }  # fmt: skip
    assert sign_in(client, worker, fresh=False).post(address, sent).status_code == 302
    assert SafeContact.objects.count() == 2
    assert client.get(address).status_code == 200


def test_a_stale_safe_contact_brings_back_nothing_that_was_ruled_out_in_the_meantime(page, case):
    address, day = reverse("cases:safe_contact", args=[case.pk]), timezone.localdate()
    stands = {
        "ways": ["may_phone", "may_text"], "phone": "07700 900123", "weekdays": list("0123456"), "from_time": "9am",
        "to_time": "5pm", "voicemail": "never", "safe_name": "Anna", "version": "1", "confirmed_on_day": str(day.day),
        "confirmed_on_month": str(day.month), "confirmed_on_year": str(day.year),
    }  # fmt: skip
    assert page.post(address, stands | {"ways": ["may_phone"], "other_rules": "No texts, he reads them."}).url
    answer = page.post(address, stands | {"safe_name": "Annie"})
    form = answer.context["form"]
    assert answer.status_code == 409
    assert [str(each.label) for each in answer.context["differences"]] == ["Ask for"]
    assert (form["ways"].value(), form["safe_name"].value(), form["version"].value()) == (["may_phone"], "Annie", 2)
    assert form["other_rules"].value() == "No texts, he reads them."
    texts_too = page.post(address, stands | {"ways": ["may_text"]})
    assert [str(each.label) for each in texts_too.context["differences"]] == ["Which ways are safe?"]


def test_safe_contact_is_saved_as_a_new_version(page, case):
    day = timezone.localdate()
    sent = {
        "ways": ["may_text"],
        "phone": "07700 900124",
        "weekdays": ["0", "4"],
        "from_time": "6pm",
        "to_time": "9pm",
        "voicemail": "never",
        "safe_name": "Anna",
        "version": "1",
        "confirmed_on_day": str(day.day),
        "confirmed_on_month": str(day.month),
        "confirmed_on_year": str(day.year),
    }
    address = reverse("cases:safe_contact", args=[case.pk])
    assert page.post(address, sent).status_code == 302
    newest = SafeContact.objects.current_for(case.victim_id)
    assert (newest.version, newest.may_text, newest.may_phone, newest.weekdays) == (2, True, False, [0, 4])
    assert page.post(address, sent).status_code == 409


# --- how much they ask -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["detail", "timeline"])
def test_a_page_of_a_case_asks_as_much_with_ten_times_the_work(page, case, worker, name):
    address = reverse(f"cases:{name}", args=[case.pk])
    add_work(case, worker, 1)
    before = questions(page, address)
    add_work(case, worker, 10)
    assert questions(page, address) <= before  # a kind that is not on the page is not asked for


@pytest.mark.parametrize("name", ["list", "work"])
def test_a_list_asks_as_much_with_ten_times_the_cases(page, case, worker, name):
    address = reverse(f"cases:{name}")
    add_work(case, worker, 1)
    before = questions(page, address)
    for _case in range(10):
        add_work(CaseFactory(worker=worker, first_contact_due_on=date(2026, 1, 1)), worker, 1)
    CaseFactory(worker=worker, first_contact_due_on=date(2026, 1, 1))
    assert questions(page, address) <= before


# --- who only reads ----------------------------------------------------------------------------------------------


def test_a_reader_finds_no_link_that_answers_404(client, case, worker):
    lead = UserFactory(data_protection=True)
    now = timezone.now()
    CaseGrant.objects.create(
        case=case, person=lead, kind="reader", reason="a request", granted_by=worker.pk,
        starts_at=now, ends_at=now + timedelta(days=1),
    )  # fmt: skip
    add_work(case, worker, 1)
    sign_in(client, lead)
    for name in ("detail", "timeline", "access"):
        page = client.get(reverse(f"cases:{name}", args=[case.pk])).content.decode()
        assert '<form method="post" action="/cases/' not in page
        for link in sorted(set(re.findall(r'href="(/[^"?#]*)', page))):
            if not link.startswith("/static/") and link not in {"/exit", reverse("account_logout")}:
                assert client.get(link).status_code in {200, 302}, f"{name}: {link}"


def test_the_case_menu_opens_the_thread_at_its_newest_message(page, case):
    thread = reverse("cases:messages", args=[case.pk])
    assert f'href="{thread}#newest"' in page.get(reverse("cases:detail", args=[case.pk])).text
    assert re.search(rf'aria-current="page" href="{thread}#newest"', page.get(thread).text)
