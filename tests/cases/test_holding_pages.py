"""The pages that open a case, pass it on, close it, and say who may see it."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import WorkingTimeReduction
from audit.models import Action, Event
from cases.actions.editing import set_search_keys
from cases.models import Allocation, Case, CaseGrant, Task, Wall
from tests.factories import CaseFactory, IncidentFactory, SafeContactFactory, UserFactory
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db

FOR_MANAGERS = ["allocate", "cover", "grant", "wall"]
READ_ONLY = ["access"]
FOR_WORKERS = ["close", "reopen", "access", "portal", "portal_end"]


@pytest.fixture
def manager():
    return UserFactory(manager=True)


@pytest.fixture
def worker():
    return UserFactory()


def parts(name, day):
    return {f"{name}_day": str(day.day), f"{name}_month": str(day.month), f"{name}_year": str(day.year)}


def of(case, name):
    return reverse(f"cases:{name}", args=[case.pk])


@pytest.mark.parametrize("name", FOR_MANAGERS + FOR_WORKERS)
def test_each_page_opens_for_a_manager_and_managers_pages_for_nobody_else(client, manager, worker, name):
    case = CaseFactory(worker=worker, portal=True)
    assert sign_in(client, manager).get(of(case, name)).status_code == 200
    assert sign_in(client, worker).get(of(case, name)).status_code == (404 if name in FOR_MANAGERS else 200)


@pytest.mark.h("H02", "H06")
@pytest.mark.parametrize("name", FOR_MANAGERS + FOR_WORKERS)
@pytest.mark.parametrize("verb", ["get", "post"])
def test_a_strangers_case_answers_like_one_that_does_not_exist(client, manager, name, verb):
    sign_in(client, manager)
    other = CaseFactory(is_restricted=True)
    theirs = getattr(client, verb)(of(other, name))
    nowhere = getattr(client, verb)(reverse(f"cases:{name}", args=[uuid4()]))
    assert (theirs.status_code, theirs.content) == (nowhere.status_code, nowhere.content)
    assert theirs.status_code == (405 if verb == "post" and name in READ_ONLY else 404)


@pytest.mark.parametrize("name", ["allocate", "cover"])
def test_who_is_on_leave_is_said_where_a_case_is_given(client, manager, worker, name):
    today = timezone.localdate()
    WorkingTimeReduction.objects.create(user=worker, starts_on=today, ends_on=today, recorded_by=manager.pk)
    past = today - timedelta(days=1)
    WorkingTimeReduction.objects.create(user=manager, starts_on=past, ends_on=past, recorded_by=manager.pk)
    text = sign_in(client, manager).get(of(CaseFactory(), name)).text
    assert f"{worker.name} (on leave until {date_format(today, 'j F Y')})" in text
    assert text.count("on leave") == 1


# --- a new case --------------------------------------------------------------------------------------------------


def known(worker, **named):
    case = CaseFactory(worker=worker)
    for name, value in named.items():
        setattr(case.victim, name, value)
    set_search_keys(case.victim)
    case.victim.save()
    return case


@pytest.mark.parametrize(
    "asked",
    [
        {"first_name": "Shivaun", "last_name": "ONeil"},
        {"phone": "7700900123"},
        {"last_name": "O Neill", **parts("born_on", date(1990, 2, 3))},
    ],
)
def test_search_first_finds_other_spellings_and_records_it(client, worker, asked):
    case = known(worker, first_name="Siobhan", last_name="O'Neill", phone="07700 900123", born_on=date(1990, 2, 3))
    answer = sign_in(client, worker).post(reverse("cases:new"), asked)
    assert case.reference in answer.content.decode()
    assert Event.objects.get(action=Action.CASE_FOUND).case_ids == [case.pk]


def test_a_match_one_may_not_see_says_only_that_there_may_be_one(client, worker):
    hidden = known(UserFactory(), first_name="Siobhan", last_name="O'Neill", phone="07700 900123")
    answer = sign_in(client, worker).post(reverse("cases:new"), {"phone": "07700 900123"})
    text = answer.content.decode()
    assert "Possible match, ask a manager" in text
    assert hidden.reference not in text
    assert "Neill" not in text


def test_whoever_is_kept_out_by_name_does_not_learn_that_there_is_one(client, worker):
    hidden = known(UserFactory(), first_name="Siobhan", last_name="O'Neill", phone="07700 900123")
    Wall.objects.create(case=hidden, person=worker, reason="a cousin of his", set_by=UserFactory().pk)
    text = sign_in(client, worker).post(reverse("cases:new"), {"phone": "07700 900123"}).content.decode()
    assert "Possible match" not in text
    assert "Neill" not in text


def test_searching_for_nothing_is_a_fault(client, worker):
    assert sign_in(client, worker).post(reverse("cases:new"), {"first_name": " "}).status_code == 422


def creating(**changed):
    return {
        "step": "create", "victim": "new", "first_name": "Anna", "last_name": "Meadow", "source": "police",
        "language": "en", "worker": "", "key": str(uuid4()), **parts("received_on", timezone.localdate()), **changed,
    }  # fmt: skip


def test_a_new_case_is_made_once(client, worker):
    sign_in(client, worker)
    sent = creating(worker=str(worker.pk))
    first = client.post(reverse("cases:new"), sent)
    assert first.status_code == 302
    case = Case.objects.get()
    assert first.url == reverse("cases:detail", args=[case.pk])
    # Sent again: the same case, though by now she is found among one's own.
    assert client.post(reverse("cases:new"), sent).url == first.url
    assert client.post(reverse("cases:new"), sent | {"summary": "Other words."}).status_code == 409
    assert Case.objects.count() == 1
    assert client.get(first.url).status_code == 200


def test_a_second_case_is_made_for_somebody_found(client, worker):
    case = known(worker, first_name="Anna", last_name="Meadow")
    sent = creating(victim=str(case.victim_id), worker=str(worker.pk), shown=str(case.victim_id))
    assert sign_in(client, worker).post(reverse("cases:new"), sent).status_code == 302
    assert case.victim.cases.count() == 2


@pytest.mark.parametrize("is_own", [True, False])
def test_a_name_changed_in_the_second_step_is_searched_for_as_well(client, worker, is_own):
    """Else who is known already would get a second file by a second spelling."""
    known(worker if is_own else UserFactory(), first_name="Siobhan", last_name="O'Neill")
    sent = creating(first_name="Shivaun", last_name="ONeil", worker=str(worker.pk))
    answer = sign_in(client, worker).post(reverse("cases:new"), sent)
    assert answer.status_code == 422
    assert "Somebody like this is known already" in answer.text
    assert Case.objects.count() == 1
    looked_at = sent | {"shown": answer.context["form"].data["shown"]}
    assert client.post(reverse("cases:new"), looked_at).status_code == 302


def test_a_fault_in_the_second_step_loses_nothing_that_was_typed(client, worker):
    sent = creating(worker=str(worker.pk), phone="abc", summary="He waits by the gate.", born_on_day="29",
                    born_on_month="2", born_on_year="2023")  # fmt: skip
    answer = sign_in(client, worker).post(reverse("cases:new"), sent)
    assert answer.status_code == 422
    assert "He waits by the gate." in answer.text
    assert "There is no such day" in answer.text


def test_somebody_known_by_another_name_only_gets_a_case(client, worker):
    sent = creating(first_name="", last_name="", known_as="Sunny", worker=str(worker.pk))
    assert sign_in(client, worker).post(reverse("cases:new"), sent).status_code == 302


@pytest.mark.parametrize("change", [{"source": ""}, {"victim": str(uuid4())}, {"received_on_day": "32"}, {"key": ""}])
def test_a_new_case_with_a_fault_is_not_made(client, worker, change):
    answer = sign_in(client, worker).post(reverse("cases:new"), creating(worker=str(worker.pk)) | change)
    assert answer.status_code == 422
    assert not Case.objects.exists()


# --- holding it --------------------------------------------------------------------------------------------------


def test_a_manager_gives_a_case_and_arranges_cover(client, manager, worker):
    case, cover = CaseFactory(), UserFactory()
    sign_in(client, manager)
    assert "Nobody holds this case yet." in client.get(of(case, "allocate")).content.decode()
    assert client.post(of(case, "allocate"), {"worker": str(worker.pk)}).status_code == 302
    assert f"It is with {worker.name} now." in client.get(of(case, "allocate")).content.decode()
    assert client.post(of(case, "allocate"), {"worker": str(worker.pk)}).status_code == 422
    last = timezone.localdate() + timedelta(days=5)
    assert client.post(of(case, "cover"), {"worker": str(cover.pk), **parts("ends_on", last)}).status_code == 302
    current = Allocation.objects.current(timezone.now()).filter(case=case)
    assert set(current.values_list("worker", "role")) == {(worker.pk, "primary"), (cover.pk, "cover")}


def test_a_case_is_closed_or_says_all_that_stands_against_it(client, worker):
    case = CaseFactory(worker=worker, status="plan_open")
    task = Task.objects.create(case=case, title="x", due_on=timezone.localdate(), assigned_to=worker)
    sign_in(client, worker)
    sent = {"reason": "needs_met", "text": "Agreed with her."}
    refused = client.post(of(case, "close"), sent)
    assert refused.status_code == 422
    assert "There are open tasks" in refused.content.decode()
    client.post(reverse("cases:task_done", args=[case.pk, task.pk]))
    assert client.post(of(case, "close"), sent).status_code == 302
    assert client.post(of(case, "reopen"), {"reason": "He is back"}).status_code == 302
    case.refresh_from_db()
    assert case.status == "triaged"
    assert client.post(of(case, "close"), {"reason": ""}).status_code == 422


# --- who may see it ----------------------------------------------------------------------------------------------


def test_access_shows_who_opened_the_case_and_walls_to_managers_only(client, manager, worker):
    case, outsider = CaseFactory(worker=worker), UserFactory(name="Olive Shut")
    sign_in(client, manager)
    sent = {"worker": str(outsider.pk), "reason": "A cousin"}
    assert client.post(of(case, "wall"), sent).status_code == 302
    seen = client.get(of(case, "access")).content.decode()
    assert manager.name in seen
    assert "Olive Shut" in seen
    assert "Olive Shut" not in sign_in(client, worker).get(of(case, "access")).content.decode()
    assert Wall.objects.get().person == outsider


def test_access_says_when_it_was_the_victim_who_looked(client, worker):
    case = CaseFactory(worker=worker, portal=True)
    IncidentFactory(case=case, recorded_by=case.victim.user)
    assert sign_in(client, case.victim.user).get(reverse("portal:entries")).status_code == 200
    seen = sign_in(client, worker).get(of(case, "access")).content.decode()
    assert 'data-label="Who">The victim</td>' in seen


def test_a_reader_is_named_and_ended(client, manager):
    case, reader = CaseFactory(), UserFactory()
    sign_in(client, manager)
    sent = {"worker": str(reader.pk), "reason": "Second opinion", **parts("ends_on", timezone.localdate())}
    assert client.post(of(case, "grant"), sent).status_code == 302
    assert sign_in(client, reader).get(of(case, "detail")).status_code == 200
    grant = CaseGrant.objects.get()
    sign_in(client, manager).post(reverse("cases:grant_end", args=[case.pk, grant.pk]))
    assert sign_in(client, reader).get(of(case, "detail")).status_code == 404


def test_a_manager_names_the_readers_and_stops_doing_so(client, manager):
    case = CaseFactory()
    sign_in(client, manager)
    for to, is_restricted in (("readers", True), ("readers", True), ("managers", False), ("managers", False)):
        assert "Keep it as it is" in client.get(of(case, "restrict")).text
        assert client.post(of(case, "restrict"), {"to": to}).status_code == 302
        case.refresh_from_db()
        assert case.is_restricted is is_restricted


def test_a_case_is_not_opened_to_more_people_by_a_press_that_does_not_say_so(client, manager):
    case = CaseFactory()
    sign_in(client, manager)
    client.post(of(case, "restrict"), {"to": "readers"})
    client.post(of(case, "restrict"))
    case.refresh_from_db()
    assert case.is_restricted


def test_what_ends_with_a_day_is_said_by_that_day(client, manager, worker):
    case, today = CaseFactory(), timezone.localdate()
    sign_in(client, manager)
    client.post(of(case, "cover"), {"worker": str(worker.pk), **parts("ends_on", today)})
    sent = {"worker": str(UserFactory().pk), "reason": "Second opinion", **parts("ends_on", today)}
    client.post(of(case, "grant"), sent)
    said = date_format(today, "j F Y")
    assert f"until {said}" in client.get(of(case, "detail")).text
    assert f">{said}</td>" in client.get(of(case, "access")).text


def test_an_older_case_opens_with_a_reason(client, manager, worker):
    older = CaseFactory(closed=True, closed_on=date(2025, 1, 1))
    sign_in(client, manager)
    sent = {"reference": f" {older.reference.lower()}", "reason": "Police ask"}
    assert client.post(reverse("cases:reason"), sent).url == of(older, "detail")
    assert client.get(of(older, "detail")).status_code == 200
    assert client.post(reverse("cases:reason"), sent | {"reference": "NSV-2020-000009"}).status_code == 422
    assert sign_in(client, worker).get(reverse("cases:reason")).status_code == 404


# --- her own way in ----------------------------------------------------------------------------------------------


def test_the_portal_is_opened_by_a_slip_shown_once_and_ended_at_once(client, worker):
    case = CaseFactory(worker=worker)
    sign_in(client, worker)
    assert client.post(of(case, "portal")).status_code == 422  # nobody knows yet how she can be reached
    SafeContactFactory(victim=case.victim)
    slip = client.post(of(case, "portal"))
    case.refresh_from_db()
    assert slip.status_code == 200
    assert case.victim.user.sign_in_name in slip.content.decode()
    assert case.reference not in slip.content.decode()
    assert case.is_portal_open
    assert client.post(of(case, "portal_end")).status_code == 302
    case.refresh_from_db()
    assert not case.is_portal_open
    assert not case.victim.user.is_active
    given = Event.objects.filter(action=Action.PORTAL_GIVEN, case_ids=[case.pk])
    assert given.count() == 1


def test_ending_one_portal_leaves_the_account_while_a_colleagues_case_has_it_open(client, worker):
    case = CaseFactory(worker=worker, portal=True)
    CaseFactory(worker=UserFactory(), victim=case.victim, is_portal_open=True)
    sign_in(client, worker).post(of(case, "portal_end"))
    case.victim.user.refresh_from_db()
    assert case.victim.user.is_active
