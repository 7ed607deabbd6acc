"""The pages of equipment: who may open what, stale forms, bad days, and queries that do not grow."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import Event
from cases.models import Case, Task, Wall
from jobs.actions import run_due
from nsvcs.identity import acting_as
from referrals.actions.equipment_loans import (
    due_key,
    issue_alarm,
    record_test,
    renew_loan,
    reserve_alarm,
    return_alarm,
)
from referrals.equipment_working import ask_for_late
from referrals.models import Alarm, AlarmLoan
from tests.factories import AllocationFactory, CaseFactory, SafeContactFactory, TeamFactory, UserFactory
from tests.factories.referrals import AlarmFactory, AlarmLoanFactory, AlarmPlaceFactory, AlarmRequestFactory
from tests.portal.test_writing import text_of
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def case():
    return CaseFactory(portal=True, worker=UserFactory())


@pytest.fixture
def worker(case):
    return case.allocations.get().worker


@pytest.fixture
def page(client, worker):
    return sign_in(client, worker)


@pytest.fixture
def colleague():
    """Somebody of another team."""
    return UserFactory(profile__team=TeamFactory(name="Suffolk"))


def issued_to(case, **more):
    return AlarmLoanFactory(case=case, issued=True, **more)


def test_the_stock_is_narrowed_by_place_type_state_and_what_is_late(page, case):
    old = timezone.localdate() - timedelta(days=400)
    AlarmFactory(serial="IN-1", place=AlarmPlaceFactory(name="Office"))
    AlarmFactory(serial="GPS-1", kind="gps_alarm")
    AlarmFactory(serial="OLD-1", battery_changed_on=old)
    AlarmFactory(serial="GONE-1", battery_changed_on=old, state="retired")
    issued_to(case, alarm__serial="TEST-1", alarm__tested_on=old)
    issued_to(case, alarm__serial="BACK-1", due_on=timezone.localdate() - timedelta(days=1))
    every = {"IN-1", "GPS-1", "OLD-1", "GONE-1", "TEST-1", "BACK-1"}

    def shown(query):
        words = text_of(page.get(f"/equipment/?{query}"))
        return {serial for serial in every if f">{serial}<" in words}

    assert shown("") == every
    assert shown(f"place={AlarmPlaceFactory(name='Office').pk}") == {"IN-1"}
    assert shown("kind=gps_alarm") == {"GPS-1"}
    assert shown("state=on_loan") == {"TEST-1", "BACK-1"}
    assert shown("late=tests") == {"TEST-1"}
    assert shown("late=returns") == {"BACK-1"}
    assert shown("late=batteries") == {"OLD-1"}
    assert shown("place=nonsense&state=nowhere") == every


def test_whose_unit_it_is_stands_only_for_whoever_may_open_the_case(client, page, case, colleague):
    loan = issued_to(case)
    address = f"/equipment/{loan.alarm_id}/"
    assert case.reference in text_of(page.get(address))
    assert Event.objects.filter(action="case.listed", case_ids=[case.pk]).exists()
    for path in (address, "/equipment/"):
        words = text_of(sign_in(client, colleague).get(path))
        assert case.reference not in words
        assert "nother team’s case" in words
    assert "On loan, another team’s case" in text_of(sign_in(client, colleague).get(address))


def test_a_wall_takes_the_case_away_from_the_units_page_too(client, case):
    walled = UserFactory(manager=True)
    loan = issued_to(case)
    assert case.reference in text_of(sign_in(client, walled).get(f"/equipment/{loan.alarm_id}/"))
    Wall.objects.create(case=case, person=walled, reason="knows them", set_by=walled.pk)
    assert case.reference not in text_of(sign_in(client, walled).get(f"/equipment/{loan.alarm_id}/"))


def test_another_persons_loan_and_request_are_not_there(client, case, colleague):
    loan, asked = issued_to(case), AlarmRequestFactory(case=case)
    own = CaseFactory(worker=colleague, team=colleague.staff_profile.team)
    browser = sign_in(client, colleague)
    for where in (case, own):
        base = f"/cases/{where.pk}/support/equipment/"
        for path in (f"{loan.pk}/return/", f"{loan.pk}/renew/", f"{loan.pk}/receipt/", f"asked/{asked.pk}/"):
            assert browser.post(base + path).status_code in {404, 405}
            assert browser.get(base + path).status_code == 404


def test_an_empty_form_says_what_is_missing_and_a_long_text_is_kept(page, case):
    loan = issued_to(case)
    words = "עזרה 🙂 " * 300
    response = page.post(f"/cases/{case.pk}/support/equipment/{loan.pk}/return/", {"words": words[:1900]})
    assert response.status_code == 422
    assert words[:1800].strip() in text_of(response)
    response = page.post("/equipment/new/", {"key": str(uuid4()), "battery": "yes"})
    assert response.status_code == 422
    assert "Enter when the battery was last new" in text_of(response)


def test_the_page_of_a_case_says_what_was_renewed_and_why(page, case, worker):
    loan = issued_to(case, due_on=date(2027, 1, 4))
    with acting_as(worker.pk):
        renew_loan(loan=loan, key=uuid4(), due_on=date(2028, 2, 29), words="The hearing is late.", by=worker)
    words = text_of(page.get(f"/cases/{case.pk}/support/equipment/"))
    assert f"from 4 January 2027 to 29 February 2028, {worker.name}" in words
    assert "The hearing is late." in words


def test_the_second_of_two_windows_is_told_where_the_loan_stands(page, case):
    loan = issued_to(case)
    address = f"/cases/{case.pk}/support/equipment/{loan.pk}/lost/"
    assert page.post(address, {"words": "On a bus."}).status_code == 302
    again = page.post(address, {"words": "On a train."})
    assert again.status_code == 422
    assert "stands at “Lost” by now" in text_of(again)
    assert "On a train." in text_of(again)
    assert page.get(address).status_code == 302


def test_a_unit_that_fails_when_it_is_given_out_is_faulty_and_another_is_reserved(page, case, worker):
    loan = AlarmLoanFactory(case=case)
    typed = {"works": "no", "handed": "meeting", "shown": "no", "receipt": "said"}
    due = timezone.localdate() + timedelta(days=5)
    typed |= {"due_on_day": due.day, "due_on_month": due.month, "due_on_year": due.year}
    answer = page.post(f"/cases/{case.pk}/support/equipment/{loan.pk}/issue/", typed)
    assert answer.url.endswith("/support/equipment/reserve/")
    assert (Alarm.objects.get().state, AlarmLoan.objects.get().state) == ("faulty", "cancelled")


@pytest.mark.parametrize("may_post", [True, False])
def test_post_is_offered_only_where_safe_contact_allows_it_and_else_the_page_says_why(page, case, may_post):
    SafeContactFactory(victim=case.victim, may_post=may_post)
    loan = AlarmLoanFactory(case=case)
    address = f"/cases/{case.pk}/support/equipment/{loan.pk}/issue/"
    shown = text_of(page.get(address))
    assert ('value="post"' in shown) is may_post
    assert ("“By post” is not offered: safe contact does not allow post now." in shown) is not may_post
    typed = {"works": "yes", "handed": "post", "shown": "no", "receipt": "said", "words": "To the sister."}
    due = timezone.localdate() + timedelta(days=5)
    typed |= {"due_on_day": due.day, "due_on_month": due.month, "due_on_year": due.year}
    answer = page.post(address, typed)
    assert (answer.status_code == 302) is may_post
    if not may_post:  # safe contact changed while the page was open
        assert "Safe contact does not allow post: hand it over in another way." in text_of(answer)
        assert "To the sister." in text_of(answer)


@pytest.mark.parametrize(("days", "is_late"), [(365, False), (366, True)])
def test_where_the_battery_is_overdue_the_page_leads_to_a_new_one_before_anything_is_asked(page, case, days, is_late):
    changed = timezone.localdate() - timedelta(days=days)
    loan = AlarmLoanFactory(case=case, alarm__battery_changed_on=changed)
    shown = text_of(page.get(f"/cases/{case.pk}/support/equipment/{loan.pk}/issue/"))
    assert (f"/equipment/{loan.alarm_id}/battery/" in shown) is is_late
    assert ("Test it now. Does it work?" in shown) is not is_late


def test_a_form_based_on_what_a_colleague_changed_shows_both(page, case):
    unit, place = AlarmFactory(), AlarmPlaceFactory(name="Office")
    Alarm.objects.filter(pk=unit.pk).update(version=2, notes="Clip bent.")
    typed = {"place": str(place.pk), "condition": "worn", "notes": "Clip mended.", "version": 1, "began": ""}
    answer = page.post(f"/equipment/{unit.pk}/change/", typed)
    assert answer.status_code == 409
    assert "Clip bent." in text_of(answer)
    assert "Clip mended." in text_of(answer)
    assert Alarm.objects.get().place != place


@pytest.mark.parametrize("state", ["asked", "approved", "ready", "given", "returned", "lost", "not_possible"])
def test_what_was_asked_for_is_read_in_every_state(page, case, state):
    AlarmRequestFactory(case=case, state=state, risk_words="The side gate.", way_words="Not on a Tuesday.")
    words = text_of(page.get(f"/cases/{case.pk}/support/equipment/"))
    assert "The side gate." in words
    assert "Not on a Tuesday." in words
    assert "What was asked for" not in words  # nothing to unfold


def test_what_waits_for_a_colleague_stands_above_what_is_lent_and_what_is_settled(page, case):
    issued_to(case, alarm__serial="LENT-1")
    AlarmRequestFactory(case=case, risk_words="Long settled.", state="not_possible")
    AlarmRequestFactory(case=case, risk_words="Asked just now.")
    words = text_of(page.get(f"/cases/{case.pk}/support/equipment/"))
    order = [words.index(each) for each in ("Waiting for you", "Asked just now.", "LENT-1", "Long settled.")]
    assert order == sorted(order)


@pytest.mark.parametrize(
    ("state", "is_late"), [("in_stock", True), ("faulty", True), ("lost", False), ("retired", False)]
)
def test_no_battery_is_late_in_a_unit_that_is_gone(page, state, is_late):
    unit = AlarmFactory(state=state, battery_changed_on=timezone.localdate() - timedelta(days=400))
    assert ("overdue</strong>" in page.get("/equipment/").text) is is_late
    assert ("was due" in page.get(f"/equipment/{unit.pk}/").text) is is_late


def test_what_was_approved_can_turn_out_not_to_be_possible_and_what_is_past_is_not_answered(page, case):
    asked = AlarmRequestFactory(case=case, state="approved")
    address = f"/cases/{case.pk}/support/equipment/asked/{asked.pk}/"
    assert "Yes: it will be made ready" not in text_of(page.get(address))
    assert page.post(address, {"to": "not_possible", "words": "The last one broke."}).status_code == 302
    assert page.get(address).status_code == 302
    again = page.post(address, {"to": "approved", "words": "Yes."})
    assert again.status_code == 422
    assert "Yes." in text_of(again)


def test_a_lost_or_retired_unit_has_no_battery_to_change(page):
    AlarmFactory(battery_changed_on=date(2020, 1, 1), state="retired")
    assert "overdue</strong>" not in text_of(page.get("/equipment/"))


def test_the_same_press_twice_reserves_once(page, case):
    unit, key = AlarmFactory(), str(uuid4())
    for _press in range(2):
        answer = page.post(f"/cases/{case.pk}/support/equipment/reserve/", {"alarm": str(unit.pk), "key": key})
        assert answer.status_code == 302
    assert AlarmLoan.objects.count() == 1


@pytest.mark.parametrize(("found", "said"), [("clean", "before it is lent again"), ("found", "something was found")])
def test_whoever_takes_a_unit_back_is_told_what_comes_of_it(page, case, found, said):
    loan = issued_to(case)
    checks = {"tamper_check": "clean", "tracker_check": found, "wiped": "yes", "words": "An app that shares the place."}
    words = text_of(page.post(f"/cases/{case.pk}/support/equipment/{loan.pk}/return/", checks, follow=True))
    assert said in words
    assert ("A red flag asks to look at the case today." in words) is (found == "found")


def test_the_same_press_twice_for_a_request_reserves_once_and_another_window_is_told(page, case):
    AlarmRequestFactory(case=case, state="approved")
    address = f"/cases/{case.pk}/support/equipment/reserve/"
    typed = {"about": "request", "alarm": str(AlarmFactory().pk), "key": str(uuid4())}
    for _press in range(2):
        assert page.post(address, typed).status_code == 302
    other = page.post(address, {"about": "request", "alarm": str(AlarmFactory().pk), "key": str(uuid4())})
    assert other.status_code == 422
    assert "This request was dealt with a moment ago. Look at it again first." in text_of(other)
    assert AlarmLoan.objects.get().request is not None


def test_the_receipt_names_nobody_and_says_that_it_calls_nobody(page, case):
    loan = issued_to(case)
    words = text_of(page.get(f"/cases/{case.pk}/support/equipment/{loan.pk}/receipt/"))
    assert "A personal alarm does not call the police. In danger, call 999." in words
    title = words.split("<title>")[1].split("</title>")[0]
    assert title == "Receipt"
    for said in (case.reference, case.victim.last_name, case.victim.first_name, "NSVCS", "victim care"):
        assert said not in words.split('class="app-slip"')[1].split("app-print-hide")[0]
    assert Event.objects.filter(action="equipment.receipt", case_ids=[case.pk]).exists()


@pytest.mark.parametrize("kind", Alarm.Kind.values)
def test_the_receipt_of_a_phone_or_a_camera_speaks_of_no_alarm_and_no_police(page, case, kind):
    loan = issued_to(case, alarm__kind=kind)
    words = text_of(page.get(f"/cases/{case.pk}/support/equipment/{loan.pk}/receipt/"))
    slip = words.split('class="app-slip"')[1].split("app-print-hide")[0]
    assert ("does not call the police" in slip) is (kind in {"attack_alarm", "gps_alarm", "door_alarm", "other"})


def test_a_manager_closes_a_case_with_a_unit_on_loan(client, page, case):
    issued_to(case)
    Case.objects.filter(pk=case.pk).update(status="plan_open")
    typed = {"reason": "needs_met", "text": "All done."}
    refused = page.post(f"/cases/{case.pk}/close/", typed)
    assert "Equipment is on loan to the victim. A manager has to close the case." in text_of(refused)
    reserved = AlarmLoanFactory(case=case)
    manager = sign_in(client, UserFactory(manager=True))
    assert manager.post(f"/cases/{case.pk}/close/", typed).status_code == 302
    words = text_of(manager.get(f"/cases/{case.pk}/support/equipment/"))
    assert "/return/" in words
    assert f"{reserved.pk}/release/" in words
    assert "/issue/" not in words


@pytest.mark.parametrize(("shift", "tasks"), [(0, 0), (1, 1), (2, 1)])
def test_an_overdue_return_is_one_task_from_the_day_after(case, worker, shift, tasks):
    due = date(2027, 3, 27)  # the clocks go forward in the night after it
    with time_machine.travel("2027-01-04 10:00"):
        issued_to(case, due_on=due, alarm__tested_on=date(2027, 1, 4))
    for day in range(shift + 1):
        with time_machine.travel(f"{due + timedelta(days=day)} 05:20"):
            ask_for_late()
            run_due()
    found = Task.objects.filter(kind="alarm_due")
    assert found.count() == tasks
    assert {task.assigned_to for task in found} <= {worker}


def test_a_renewal_answers_what_was_late_and_the_next_day_raises_another(case, worker):
    today = timezone.localdate()
    loan = issued_to(case, due_on=today - timedelta(days=1))
    ask_for_late()
    run_due()
    with acting_as(worker.pk):
        renew_loan(loan=loan, key=uuid4(), due_on=today + timedelta(days=5), words="", by=worker)
    assert not Task.objects.open().exists()
    with time_machine.travel(timezone.now() + timedelta(days=6)):
        ask_for_late()
        run_due()
    assert Task.objects.open().get().kind == "alarm_due"


@pytest.mark.parametrize(("tested_on", "today", "is_late"), [
    (date(2027, 11, 30), date(2028, 2, 29), False),
    (date(2027, 11, 30), date(2028, 3, 1), True),
])  # fmt: skip
def test_a_lent_unit_is_late_for_its_test_after_three_months(case, tested_on, today, is_late):
    issued_to(case, alarm__tested_on=tested_on, due_on=date(2029, 1, 1))
    with time_machine.travel(f"{today} 05:20"):
        ask_for_late()
        run_due()
    assert Task.objects.filter(kind="alarm_due").exists() is is_late


@pytest.mark.parametrize(("days_ago", "is_done"), [(150, False), (1, True)])
def test_a_late_test_is_done_only_by_a_test_that_is_not_late_itself(case, worker, days_ago, is_done):
    loan = issued_to(case, alarm__tested_on=timezone.localdate() - timedelta(days=200))
    Task.objects.create(case=case, kind="alarm_due", title="x", due_on=timezone.localdate(), key=due_key(loan, "test"))
    said = {"key": uuid4(), "has_passed": True, "on": timezone.localdate() - timedelta(days=days_ago), "words": ""}
    with acting_as(worker.pk):
        record_test(alarm=loan.alarm, by=worker, **said)
    assert Task.objects.open().exists() is not is_done


LOOKED = {"is_tamper_checked": "on", "is_tracker_checked": "on", "is_wiped": "on", "works": "yes"}


def test_something_found_by_another_team_is_looked_at_by_whoever_holds_the_case_it_was_with_last(
    client, case, worker, colleague
):
    loan = issued_to(case)
    with acting_as(worker.pk):
        values = {"tamper_check": "not_done", "tracker_check": "not_done", "wiped": "not_done"}
        return_alarm(loan=loan, values=values, words="", by=worker)
    address = f"/equipment/{loan.alarm_id}/look-over/"
    browser = sign_in(client, colleague)
    missing = browser.post(address, LOOKED | {"found": "yes", "key": str(uuid4())})
    assert missing.status_code == 422
    assert "Write what was found" in text_of(missing)
    assert browser.post(address, LOOKED | {"key": str(uuid4())}).status_code == 422
    typed = LOOKED | {"found": "yes", "words": "A tag in the lid.", "key": str(uuid4())}
    for _press in range(2):
        browser.post(address, typed)
    run_due()
    flag = Task.objects.get(kind="red_flag")
    assert (flag.case, flag.assigned_to, flag.due_on) == (case, worker, timezone.localdate())
    assert Alarm.objects.get(pk=loan.alarm_id).state == "faulty"
    shown = text_of(browser.get(f"/equipment/{loan.alarm_id}/"))
    assert "Something was found on it." in shown
    assert case.reference not in shown


@pytest.mark.parametrize(("works", "state"), [("yes", "in_stock"), ("no", "faulty")])
def test_where_nothing_was_found_no_case_is_looked_at(page, works, state):
    unit = AlarmFactory(state="returned_to_test")
    typed = LOOKED | {"key": str(uuid4()), "found": "no", "works": works}
    page.post(f"/equipment/{unit.pk}/look-over/", typed)
    run_due()
    assert Alarm.objects.get().state == state
    assert not Task.objects.exists()


def test_what_is_in_stock_or_back_raises_nothing(case):
    AlarmFactory(tested_on=date(2020, 1, 1))
    assert ask_for_late() == 0


PAGES = {
    "stock": "/equipment/",
    "late": "/equipment/?late=returns",
    "unit": "/equipment/{unit}/",
    "of a case": "/cases/{case}/support/equipment/",
    "choosing": "/cases/{case}/support/equipment/reserve/",
    "hub": "/cases/{case}/support/",
}


def grow(case, worker, count):
    """More of everything: units of every kind of state, loans of the case that run and that are over, requests."""
    for _number in range(count):
        AlarmFactory()
        loan = issued_to(case, due_on=timezone.localdate() - timedelta(days=1))
        over = AlarmLoanFactory(case=case)
        AlarmLoanFactory(case=CaseFactory(), issued=True)
        AlarmRequestFactory(case=case, state="not_possible")
        with acting_as(worker.pk):
            renew_loan(loan=loan, key=uuid4(), due_on=timezone.localdate() + timedelta(days=3), words="", by=worker)
            given = {"due_on": timezone.localdate(), "handed": "office", "receipt": "said"}
            given |= {"is_demonstrated": True, "demonstrated_by": worker}
            issue_alarm(loan=over, values=given, words="x", by=worker)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_no_more_for_ten_times_the_data(page, case, worker, name):
    SafeContactFactory(victim=case.victim)
    unit = AlarmFactory()
    grow(case, worker, 1)
    path = PAGES[name].format(unit=unit.pk, case=case.pk)
    page.get(path)
    with CaptureQueriesContext(connection) as few:
        assert page.get(path).status_code == 200
    grow(case, worker, 10)
    with CaptureQueriesContext(connection) as many:
        assert page.get(path).status_code == 200
    assert len(many) <= len(few)


def test_cover_sees_the_loan_of_the_case_it_covers(client, case):
    loan = issued_to(case)
    cover = UserFactory()
    address = f"/cases/{case.pk}/support/equipment/"
    assert sign_in(client, cover).get(address).status_code == 404
    AllocationFactory(case=case, worker=cover, role="cover", ends_at=timezone.now() + timedelta(days=1))
    assert loan.alarm.serial in text_of(sign_in(client, cover).get(address))


def test_two_people_who_reserve_by_the_page_get_a_plain_sentence(page, case, colleague):
    unit = AlarmFactory()
    other = CaseFactory(worker=colleague, team=colleague.staff_profile.team)
    with acting_as(colleague.pk):
        reserve_alarm(case=other, alarm=unit, key=uuid4(), request=None, by=colleague)
    typed = {"alarm": str(unit.pk), "key": str(uuid4())}
    answer = page.post(f"/cases/{case.pk}/support/equipment/reserve/", typed)
    assert answer.status_code == 422
    assert "This unit is not in stock any more. Choose another one." in text_of(answer)
