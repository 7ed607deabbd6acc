"""The invented service's equipment: units, loans and requests in every state, each as it would have happened."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from accounts.models import Team, User
from cases.models import Case
from demo.clock import at, day_ago, days_ago
from nsvcs.identity import acting_as
from nsvcs.ids import uuid7
from referrals.actions.equipment import add_alarm, change_battery, keep_place, look_over, move_alarm
from referrals.actions.equipment_loans import (
    issue_alarm,
    lose_alarm,
    mark_faulty,
    record_test,
    release_loan,
    renew_loan,
    reserve_alarm,
    return_alarm,
)
from referrals.actions.equipment_requests import answer_request, ask_for_alarm
from referrals.models import Alarm, AlarmLoan, AlarmPlace, AlarmRequest
from referrals.rules.equipment import AlarmState, RequestState

# Serial, type, place, condition, days since the battery was new (none: it has none that we change).
UNITS = (
    ("PA-101", "attack_alarm", "cupboard", "good", 120),
    ("PA-102", "attack_alarm", "cupboard", "good", 400),
    ("PA-103", "attack_alarm", "office", "new", 30),
    ("PA-104", "attack_alarm", "suffolk", "worn", 150),
    ("GPS-21", "gps_alarm", "office", "good", 90),
    ("GPS-22", "gps_alarm", "suffolk", "good", 60),
    ("DW-31", "door_alarm", "cupboard", "good", 200),
    ("DW-32", "door_alarm", "cupboard", "good", 200),
    ("PH-41", "second_phone", "office", "good", None),
    ("PH-42", "second_phone", "office", "worn", None),
    ("DB-51", "doorbell", "cupboard", "good", None),
    ("DC-61", "door_camera", "suffolk", "good", None),
    ("CAR-71", "dash_camera", "suffolk", "new", None),
    ("PA-099", "attack_alarm", "cupboard", "damaged", 390),
)
CLEAN = {"tamper_check": "clean", "tracker_check": "clean", "wiped": "yes"}
LOOKED_OVER = {"is_tamper_checked": True, "is_tracker_checked": True, "is_wiped": True}


@dataclass
class Lending:
    """The cases and people by their short names, and the units by their serial numbers."""

    cases: Mapping[str, Case]
    people: Mapping[str, User]
    units: dict[str, Alarm] = field(default_factory=dict)

    def stock(self) -> None:
        """Take the units in."""
        priya = self.people["priya"]
        with at(days_ago(200)), acting_as(priya.pk):
            norfolk, suffolk = Team.objects.get(name="Norfolk"), Team.objects.get(name="Suffolk")
            places: dict[str, AlarmPlace] = {
                "office": keep_place(team=norfolk, name="Office"),
                "cupboard": keep_place(team=norfolk, name="Cupboard 2"),
                "suffolk": keep_place(team=suffolk, name="Cupboard 1"),
            }
            for serial, kind, place, condition, battery in UNITS:
                values = {"serial": serial, "kind": kind, "condition": condition, "place": places[place], "notes": ""}
                values["battery_changed_on"] = None if battery is None else day_ago(battery)
                self.units[serial] = add_alarm(key=uuid7(), values=values, by=priya)

    def ask(self, name: str, when: int, **answers: Any) -> AlarmRequest:
        """She asks, in her own name."""
        case = self.cases[name]
        her = User.objects.get(victim=case.victim_id)
        said = {"risk_words": "", "where_words": "", "way_words": "", "language": "en"} | answers
        with at(days_ago(when)), acting_as(her.pk):
            return ask_for_alarm(case=case, key=uuid7(), answers=said, is_danger=False, by=her)

    def answer(self, asked: AlarmRequest, when: int, by: str, to: RequestState, words: str) -> None:
        """Her worker answers."""
        worker = self.people[by]
        with at(days_ago(when)), acting_as(worker.pk):
            answer_request(request=asked, to=to, words=words, by=worker)

    def reserve(self, name: str, serial: str, when: int, by: str, asked: AlarmRequest | None = None) -> AlarmLoan:
        """A unit is put aside."""
        worker = self.people[by]
        with at(days_ago(when)), acting_as(worker.pk):
            unit = Alarm.objects.get(pk=self.units[serial].pk)
            return reserve_alarm(case=self.cases[name], alarm=unit, key=uuid7(), request=asked, by=worker)

    def give(self, loan: AlarmLoan, when: int, by: str, due_on: date, **values: Any) -> None:
        """It is given out."""
        worker = self.people[by]
        given = {"due_on": due_on, "handed": "meeting", "receipt": "signed"}
        given |= {"is_demonstrated": True, "demonstrated_by": worker} | values
        with at(days_ago(when)), acting_as(worker.pk):
            issue_alarm(loan=loan, values=given, words="", by=worker)

    def take_back(self, loan: AlarmLoan, when: int, by: str, words: str = "", **found: str) -> None:
        """It comes back."""
        worker = self.people[by]
        with at(days_ago(when)), acting_as(worker.pk):
            return_alarm(loan=loan, values=CLEAN | found, words=words, by=worker)

    def look_over(self, serial: str, when: int, by: str, *, works: bool = True) -> None:
        """It is looked over."""
        worker = self.people[by]
        with at(days_ago(when)), acting_as(worker.pk):
            values = LOOKED_OVER | {"has_passed": works, "words": ""}
            look_over(alarm=self.units[serial], key=uuid7(), values=values, by=worker)


def lend(cases: Mapping[str, Case], people: Mapping[str, User]) -> None:
    """Every state of a unit, a loan and a request."""
    lending = Lending(cases, people)
    lending.stock()
    _hannah(lending)
    _others(lending)
    _without_requests(lending)
    _stock_alone(lending)


def _hannah(lending: Lending) -> None:
    """Refused once, given and returned, given now; and what her worker puts aside unasked. She may ask for more."""
    first = lending.ask("hannah", 100, risks=["car"], places=["travel"], way="office")
    words = "All cameras for cars are out. A door alarm may help meanwhile: ask for one if you like."
    lending.answer(first, 99, "priya", RequestState.NOT_POSSIBLE, words)
    second = lending.ask("hannah", 95, risks=["home"], places=["home"], way="meeting")
    lending.answer(second, 94, "priya", RequestState.APPROVED, "")
    loan = lending.reserve("hannah", "DB-51", 94, "priya", second)
    lending.give(loan, 92, "priya", day_ago(30), receipt="said")
    lending.take_back(loan, 40, "priya", "Not needed any more: the landlord has put one in.")
    lending.look_over("DB-51", 38, "priya")
    third = lending.ask("hannah", 30, risks=["followed", "home"], places=["out", "travel"], way="meeting")
    lending.answer(third, 29, "priya", RequestState.APPROVED, "I will bring it on Thursday.")
    loan = lending.reserve("hannah", "PA-101", 29, "priya", third)
    lending.give(loan, 27, "priya", day_ago(-60))
    lending.reserve("hannah", "PH-41", 1, "priya")


def _others(lending: Lending) -> None:
    """One lost and one agreed; one that is ready; one that nobody has answered yet."""
    lost = lending.ask("magda", 44, risks=["followed"], places=["out"], way="meeting", language="pl")
    lending.answer(lost, 43, "priya", RequestState.APPROVED, "")
    loan = lending.reserve("magda", "PA-103", 42, "priya", lost)
    lending.give(loan, 41, "priya", day_ago(-30))
    priya = lending.people["priya"]
    with at(days_ago(8)), acting_as(priya.pk):
        lose_alarm(loan=loan, words="Left on a bus. The company has not found it.", by=priya)
    again = lending.ask("magda", 6, risks=["followed"], places=["out"], way="talk", language="pl")
    lending.answer(again, 5, "priya", RequestState.APPROVED, "")
    ready = lending.ask(
        "grace", 3, risks=["home", "other"], risk_words="He films me on the stairs.", places=["home"], way="office",
        way_words="Not on a Tuesday.",
    )  # fmt: skip
    lending.answer(ready, 2, "priya", RequestState.APPROVED, "It sees who stands at your door. I show you how.")
    lending.reserve("grace", "DB-51", 1, "priya", ready)
    lending.ask(
        "bethan", 0, risks=["home"], risk_words="Someone tries the back door at night.", places=["home"], way="post",
        way_words="To work, not home.",
    )  # fmt: skip


def _without_requests(lending: Lending) -> None:
    """Offered by a worker: late in both ways, faulty while it is lent, something found, a reservation given up."""
    late = lending.reserve("callum", "DW-31", 102, "ruth")
    lending.give(late, 101, "ruth", day_ago(12), handed="office")
    renewed = lending.reserve("yusuf", "GPS-21", 80, "tom")
    lending.give(renewed, 79, "tom", day_ago(20))
    tom = lending.people["tom"]
    with at(days_ago(25)), acting_as(tom.pk):
        renew_loan(loan=renewed, key=uuid7(), due_on=day_ago(-40), words="Until the hearing is over.", by=tom)
    faulty = lending.reserve("joan", "GPS-22", 6, "tom")
    lending.give(faulty, 5, "tom", day_ago(-70))
    said: dict[str, Any] = {"key": uuid7(), "has_passed": False, "on": day_ago(2), "words": "No signal.", "by": tom}
    with at(days_ago(2)), acting_as(tom.pk):
        record_test(alarm=lending.units["GPS-22"], **said)
    found = lending.reserve("yusuf", "PH-42", 60, "tom")
    lending.give(found, 58, "tom", day_ago(10))
    lending.take_back(found, 15, "tom", "An app that shares the place was on it.", tracker_check="found")
    back = lending.reserve("grace", "DW-32", 25, "priya")
    lending.give(back, 24, "priya", day_ago(3))
    lending.take_back(back, 4, "priya", wiped="nothing", tamper_check="not_done")
    given_up = lending.reserve("grace", "PA-102", 5, "priya")
    priya = lending.people["priya"]
    with at(days_ago(4)), acting_as(priya.pk):
        release_loan(loan=given_up, words="The police have lent one.", by=priya)


def _stock_alone(lending: Lending) -> None:
    """Faulty, retired, and a battery that was changed in time."""
    people, units = lending.people, lending.units
    with at(days_ago(50)), acting_as(people["priya"].pk):
        mark_faulty(alarm=units["PA-099"], reason="The pin is broken", by=people["priya"])
    with at(days_ago(47)), acting_as(people["priya"].pk):
        retired: dict[str, Any] = {"to": AlarmState.RETIRED, "reason": "Cannot be mended", "by": people["priya"]}
        move_alarm(alarm=units["PA-099"], **retired)
    with at(days_ago(9)), acting_as(people["tom"].pk):
        mark_faulty(alarm=units["DC-61"], reason="The picture is dark", by=people["tom"])
        change_battery(alarm=units["PA-104"], key=uuid7(), on=day_ago(9), words="", by=people["tom"])
