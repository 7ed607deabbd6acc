"""A unit's way: asked for in the portal, approved, reserved, given out, seen as given, taken back, looked over."""

from datetime import time, timedelta
from typing import Any

import pytest
from django.utils import timezone

from cases.models import Case, Task
from jobs.actions import run_due
from jobs.models import Outgoing
from referrals.models import Alarm, AlarmLoan, AlarmRequest
from tests.browser.windows import DESKTOP, PHONE, Window
from tests.factories import CaseFactory, SafeContactFactory, UserFactory
from tests.factories.referrals import AlarmFactory

SERIAL = "PA-1"


@pytest.fixture
def case(site: str) -> Case:
    case: Case = CaseFactory(worker=UserFactory(name="Priya Anand"), portal=True)
    ways: dict[str, Any] = {"may_email": True, "email": "anna@example.org", "from_time": time(0), "to_time": time(0)}
    SafeContactFactory(victim=case.victim, may_post=False, **ways)
    AlarmFactory(serial=SERIAL)
    return case


def ask(seen: Window) -> None:
    seen.go("/notes/")
    seen.follow("Things you can borrow")
    seen.check()
    seen.press("Ask for something")
    seen.refused("Continue")
    seen.page.get_by_label("Someone following me or waiting for me").check()
    seen.page.get_by_label("More about what worries you").fill("He is outside now, by the gate.")
    seen.page.get_by_label("When I am out").check()
    seen.page.get_by_label("By post").check()
    seen.check()
    seen.press("Continue")
    assert "Call 999" in seen.read()
    seen.check()
    seen.press("Change my answers")
    assert "by the gate" in seen.page.get_by_label("More about what worries you").input_value()
    seen.press("Continue")
    seen.press("Send")
    assert "Your caseworker will answer you." in seen.read()
    assert "If you cannot speak, press 55 when asked." in seen.read()
    seen.check()


def answer(seen: Window, case: Case) -> None:
    seen.go("/cases/work/")
    assert "Red flag in a request for equipment: look today" in seen.read()
    seen.go(f"/cases/{case.pk}/support/equipment/")
    seen.check()
    seen.press("Answer the request")
    assert "Nothing may be posted." in seen.read()
    seen.page.get_by_label("Not possible").check()
    seen.refused("Save the answer")
    seen.page.get_by_label("Yes: it will be made ready").check()
    seen.page.get_by_label("What the victim reads with it").fill("I will bring it when we meet.")
    assert seen.page.get_by_label("No notice").is_checked()
    seen.page.get_by_label("By email, now").check()
    seen.check()
    seen.press("Save the answer")
    assert "A notice goes to the victim" in seen.read()
    run_due()
    assert Outgoing.objects.get().state == "sent"
    assert not Task.objects.open().filter(kind="alarm_asked").exists()


def lend(seen: Window) -> None:
    seen.press("Reserve a unit")
    seen.check()
    unit = seen.page.get_by_label("Which unit?")
    unit.select_option(label=f"Personal attack alarm, {SERIAL}, Norfolk: Cupboard 1")
    seen.press("Reserve")
    seen.press("Give out")
    seen.check()
    seen.refused("Give out")
    page = seen.page
    page.get_by_label("It works").check()
    assert page.get_by_label("By post").count() == 0
    assert "safe contact does not allow post now" in seen.read()
    page.get_by_role("group", name="Was it shown to the victim how it works?").get_by_label("Yes").check()
    page.get_by_label("Signed on paper").check()
    seen.fill_date("When is it due back?", timezone.localdate() + timedelta(days=60))
    seen.refused("Give out")
    page.get_by_label("Handed over in person").check()
    seen.press("Give out")
    seen.check()
    seen.press("Receipt")
    assert "A personal alarm does not call the police. In danger, call 999." in seen.read()
    seen.check()
    seen.press("Done")


def take_back(seen: Window) -> None:
    seen.press("Take back")
    seen.refused("Take back")
    for group in ("Tampering", "Trackers"):
        seen.page.get_by_role("group", name=group).get_by_label("Looked: nothing found").check()
    seen.page.get_by_label("Wiped", exact=True).check()
    seen.press("Take back")
    assert Alarm.objects.get(serial=SERIAL).state == "returned_to_test"
    seen.page.get_by_role("link", name=SERIAL).first.click()
    seen.press("Look over and make ready")
    seen.page.get_by_label("It works").check()
    seen.page.get_by_role("group", name="Was something found on it?").get_by_label("No").check()
    seen.refused("Save")
    for box in ("Looked for tampering", "Looked for trackers", "Paired phones, accounts and recordings are wiped"):
        seen.page.get_by_label(box).check()
    seen.press("Save")
    seen.check()


def test_an_alarm_from_the_portals_question_until_it_is_in_stock_again(open_window: Any, case: Case) -> None:
    her: Window = open_window(case.victim.user, size=PHONE)
    worker: Window = open_window(case.allocations.get().worker, size=DESKTOP)
    ask(her)
    run_due()
    answer(worker, case)
    her.go("/notes/")
    assert "Agreed" in her.read()
    her.check()
    her.go("/notes/ask/")
    assert "I will bring it when we meet." in her.read()
    lend(worker)
    her.go("/notes/ask/")
    assert "You have it now. We need it back by" in her.read()
    her.check()
    take_back(worker)
    her.go("/notes/ask/")
    assert "You gave it back." in her.read()
    assert (Alarm.objects.get(serial=SERIAL).state, AlarmLoan.objects.get().state) == ("in_stock", "returned")
    assert AlarmRequest.objects.get().state == "returned"
