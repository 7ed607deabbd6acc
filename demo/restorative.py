"""What the demo's victims agreed to, and restorative justice at every stage and with every outcome: small cases."""

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from accounts.models import User
from cases import actions
from cases.models import Case, Consent, Task
from cases.rules import CaseStatus
from demo.clock import at, day_ago, days_ago
from demo.writing import write_entry
from jobs.actions import run
from jobs.models import Job
from nsvcs.identity import acting_as
from nsvcs.ids import uuid7
from reference.models import Organisation
from referrals.actions.restorative import end_restorative, move_restorative, open_restorative, withdraw_restorative
from referrals.actions.signing_off import answer_sign_off, ask_sign_off
from referrals.models import RestorativeReferral
from referrals.rules.restorative import WAY, Method, Outcome, Stage

if TYPE_CHECKING:
    from demo.loading import Loader

HUB = "Restorative justice hub"
# The stage at which each stands today, and what an earlier one ended with; all of them are Priya's, in Ruth's team.
CASES: tuple[tuple[str, str, Stage, Outcome | None], ...] = (
    ("Ottilie", "Brand", Stage.ENQUIRY, Outcome.ON_HOLD),
    ("Wilfred", "Tamm", Stage.REFERRAL, Outcome.NO_TRACE),
    ("Noor", "Haddow", Stage.SUITABILITY, Outcome.UNSUITABLE),
    ("Piers", "Lindqvist", Stage.PREPARATION, Outcome.OTHER_DECLINED),
    ("Saskia", "Orme", Stage.APPROACHED, None),
    ("Desmond", "Fairley", Stage.OTHER_PREPARATION, None),
    ("Tamsin", "Okoro", Stage.METHOD, None),
    ("Edie", "Varga", Stage.HELD, None),
    ("Rory", "Plessis", Stage.AGREEMENT, None),
    ("Ingrid", "Sallow", Stage.FOLLOW_UP_WEEKS, None),
    ("Jonah", "Whitby", Stage.FOLLOW_UP_MONTHS, Outcome.COMPLETED),
    ("Marnie", "Colbeck", Stage.ON_HOLD, Outcome.VICTIM_WITHDREW),
)
# How many days ago it was held, so that the follow-ups are due when they should be.
HELD_DAYS = {Stage.FOLLOW_UP_WEEKS: 40, Stage.FOLLOW_UP_MONTHS: 170}
BEFORE_HELD = 40  # days from the enquiry to the meeting
OPENED_DAYS = 400
RECENT_DAYS = 7
WORDS = {
    Stage.ENQUIRY: "Wants to be heard by the neighbour, and an answer to why.",
    Stage.REFERRAL: "Talked through what it is and that it can be stopped at any time. Wishes to go on.",
    Stage.SUITABILITY: "The facilitator took the referral. Risk is looked at first.",
    Stage.PREPARATION: "No new concern. First meeting with the facilitator is booked.",
    Stage.APPROACHED: "The facilitator wrote, as agreed with the victim.",
    Stage.OTHER_PREPARATION: "He agreed to meet the facilitator.",
    Stage.METHOD: "Both prefer not to be in one room.",
    Stage.HELD: "Held with both facilitators. The victim felt heard.",
    Stage.AGREEMENT: "What was agreed is written down and with the victim.",
    Stage.FOLLOW_UP_WEEKS: "Nothing more to agree. We ask how it is at six weeks.",
    Stage.FOLLOW_UP_MONTHS: "The victim is well and has heard nothing more.",
    Stage.ON_HOLD: "A court date was set. Nothing is done until it has passed.",
}


def load(loader: "Loader") -> None:
    """Do all of it by the actions of the pages, each at its time."""
    _agreements(loader.cases["hannah"], loader.people["priya"])
    for first, last, stage, earlier in CASES:
        case = _open_case(loader, first, last)
        teller = Teller(case, loader.people["priya"], loader.people["ruth"])
        if earlier is not None:
            teller.tell_ended(earlier)
        teller.tell(stage)


def _open_case(loader: "Loader", first: str, last: str) -> Case:
    """A small case: one call that reached the victim, and that is all."""
    facts: dict[str, Any] = {
        "opened": f"{OPENED_DAYS} 10:00", "by": "ruth", "worker": "priya", "source": "rj_hub",
        "summary": "Asked about restorative justice after trouble with a neighbour.",
        "victim": {"first_name": first, "last_name": last},
    }  # fmt: skip
    case, priya = loader.open_case(facts), loader.people["priya"]
    with at(days_ago(OPENED_DAYS - 1)) as moment, acting_as(priya.pk):
        spoke = {"channel": "phone", "outcome": "spoke", "minutes": 20, "content_class": "advocacy", "at": moment}
        spoke |= {"is_from_victim": False, "with_whom": "", "text": "Talked through what restorative justice is."}
        actions.record_contact(case=case, key=uuid7(), values=spoke, by=priya)
        actions.move_status(case=case, to=CaseStatus.NEEDS_ASSESSED, reason="Asks for one thing.", by=priya)
        actions.move_status(case=case, to=CaseStatus.PLAN_OPEN, reason="Restorative justice, if it is safe.", by=priya)
    with at(days_ago(10)) as moment, acting_as(priya.pk):
        safe = {"may_phone": True, "phone": "07700 900163", "weekdays": [0, 1, 2, 3, 4], "safe_name": first}
        actions.set_safe_contact(victim=case.victim, values=safe, confirmed_on=moment.date(), based_on=0, by=priya)
    return case


def _agree(case: Case, by: User, *, given: int, lasts: int, starts: int | None = None, **values: Any) -> Consent:
    """Record one, given so many days ago."""
    first = day_ago(given if starts is None else starts)
    told: dict[str, Any] = {"purpose": "restorative", "organisation": None, "recipient_name": HUB, "words": ""}
    told |= {
        "what": "The facilitator may be told what happened, and may write to the other side.",
        "how_given": "phone",
    }
    told |= {"given_on": day_ago(given), "starts_on": first, "ends_on": first + timedelta(days=lasts)}
    with at(days_ago(given)), acting_as(by.pk):
        return actions.give_consent(case=case, key=uuid7(), values=told | values, by=by)


def _agreements(case: Case, by: User) -> None:
    """One that stands, one to come, one that ran out, one she stopped, one that a worker heard her stop."""
    known = Organisation.objects.for_staff().filter(slug__contains="cyber").first()
    whom: dict[str, Any] = (
        {"organisation": known, "recipient_name": ""} if known else {"recipient_name": "The Cyber Helpline"}
    )
    _agree(case, by, given=40, lasts=150, purpose="referral", what="Name, phone, what happens on the phone.", **whom)
    coming: dict[str, Any] = {"purpose": "speak_for_me", "recipient_name": "Larkspur Road housing office"}
    coming |= {"what": "The repair of the side gate.", "how_given": "in_person"}
    _agree(case, by, given=3, starts=-12, lasts=90, **coming)
    over: dict[str, Any] = {
        "purpose": "letter",
        "recipient_name": "Mill Reach Primary",
        "what": "Who may fetch Alfie.",
    }
    _agree(case, by, given=110, lasts=80, words="They can know that, nothing else.", **over)
    heard = _agree(
        case, by, given=60, lasts=99, purpose="speak_for_me", recipient_name="The landlord", what="The lock."
    )
    hers = _agree(
        case, by, given=50, lasts=99, purpose="letter", recipient_name="The manager at work", what="Time off."
    )
    with at(days_ago(30)), acting_as(by.pk):
        actions.withdraw_consent(consent=heard, how="phone", by=by)
    her = User.objects.get(victim=case.victim_id)
    with at(days_ago(1)), acting_as(her.pk):
        actions.withdraw_consent(consent=hers, how="portal", by=her)
    for consent, days in ((heard, 30), (hers, 1)):
        _end_what_rests_on(consent, days, by)


def _end_what_rests_on(consent: Consent, days: int, by: User) -> None:
    """The worker process does it on its day, and who holds the case has long read of what is longer ago than a week."""
    job = Job.objects.filter(key=f"consent:{consent.pk}").values_list("pk", flat=True).first()
    if job is None:
        return
    with at(days_ago(days)):
        run(job)
    if days > RECENT_DAYS:
        with at(days_ago(days - 1)), acting_as(by.pk):
            for task in Task.objects.open().filter(case=consent.case, kind=Task.Kind.CONSENT_WITHDRAWN):
                actions.finish_task(task=task, by=by)


class Teller:
    """Takes one case along the way, each step some days after the last."""

    def __init__(self, case: Case, worker: User, manager: User) -> None:
        """Keep who does what."""
        self.case, self.worker, self.manager = case, worker, manager

    def tell(self, stage: Stage) -> None:
        """One that stands at this stage today."""
        held = HELD_DAYS.get(stage, 5)
        days = held + BEFORE_HELD
        referral = self._open(days)
        if stage == Stage.ON_HOLD:
            self._walk(referral, Stage.PREPARATION, days)
            self._sign_off(referral, days - 22)
            self._something_new(days - 25)
            self._move(referral, Stage.ON_HOLD, days - 26)
            return
        self._walk(referral, stage, days)
        if stage == Stage.SUITABILITY:
            self._sign_off(referral, days - 12, is_given=False)
        if stage == Stage.PREPARATION:
            self._ask(referral, 1)

    def tell_ended(self, outcome: Outcome) -> None:
        """An earlier one, which ended with this outcome."""
        days = 380 if outcome == Outcome.COMPLETED else 200
        referral = self._open(days)
        if outcome == Outcome.VICTIM_WITHDREW:
            self._walk(referral, Stage.PREPARATION, days)
            with at(days_ago(days - 20)), acting_as(self.worker.pk):
                withdraw_restorative(referral=referral, by=self.worker)
            for consent in Consent.objects.filter(case=self.case, purpose="restorative"):
                _end_what_rests_on(consent, days - 20, self.worker)
            return
        last = {
            Outcome.COMPLETED: Stage.FOLLOW_UP_WEEKS, Outcome.OTHER_DECLINED: Stage.APPROACHED,
            Outcome.NO_TRACE: Stage.SUITABILITY, Outcome.UNSUITABLE: Stage.SUITABILITY,
        }.get(outcome, Stage.REFERRAL)  # fmt: skip
        self._walk(referral, last, days)
        if outcome == Outcome.ON_HOLD:
            self._move(referral, Stage.ON_HOLD, days - 15)
        seen = Stage(RestorativeReferral.objects.get(pk=referral.pk).stage)
        with at(days_ago(days - BEFORE_HELD - 60)), acting_as(self.worker.pk):
            end_restorative(
                referral=referral, key=uuid7(), seen=seen, outcome=outcome, reason="Talked through with the victim.",
                by=self.worker,
            )  # fmt: skip

    def _open(self, days: int) -> RestorativeReferral:
        with at(days_ago(days)), acting_as(self.worker.pk):
            words = WORDS[Stage.ENQUIRY]
            return open_restorative(case=self.case, key=uuid7(), reason=words, by=self.worker)

    def _walk(self, referral: RestorativeReferral, to: Stage, days: int) -> None:
        """Stage by stage, five days apart; what has to stand before an approach is there when it is asked for."""
        for place, stage in enumerate(WAY[1 : WAY.index(to) + 1], 1):
            if stage == Stage.PREPARATION:
                _agree(self.case, self.worker, given=days - 13, lasts=300)
            if stage == Stage.APPROACHED:
                self._sign_off(referral, days - 18)
            later = {Stage.HELD: BEFORE_HELD, Stage.FOLLOW_UP_MONTHS: BEFORE_HELD + 43}.get(stage, 5 * place)
            self._move(referral, stage, days - later)

    def _move(self, referral: RestorativeReferral, to: Stage, days: int) -> None:
        days = max(days, 0)
        seen = Stage(RestorativeReferral.objects.get(pk=referral.pk).stage)
        method = tuple(Method)[int(self.case.reference[-2:]) % len(Method)]  # another in each case, so that all occur
        values: Mapping[str, Any] = {"reason": WORDS[to], "method": method, "held_on": day_ago(days)}
        with at(days_ago(days)), acting_as(self.worker.pk):
            move_restorative(referral=referral, key=uuid7(), seen=seen, to=to, values=values, by=self.worker)

    def _ask(self, referral: RestorativeReferral, days: int) -> Any:
        reason = "No contact for three months, and the victim is prepared and sure. The facilitator knows both sides."
        with at(days_ago(days)), acting_as(self.worker.pk):
            return ask_sign_off(referral=referral, key=uuid7(), reason=reason, by=self.worker)

    def _sign_off(self, referral: RestorativeReferral, days: int, *, is_given: bool = True) -> None:
        request = self._ask(referral, days + 1)
        reason = "Read the log and the notes. I agree." if is_given else "Too soon after the last visit. Ask in spring."
        then = days_ago(days)
        with at(then), acting_as(self.manager.pk):
            answer_sign_off(request=request, is_given=is_given, reason=reason, looked_at=then, by=self.manager)
        with at(days_ago(days) + timedelta(hours=2)), acting_as(self.worker.pk):
            for task in self.case.tasks.open().filter(assigned_to=self.worker, kind="rj_sign_off"):
                actions.finish_task(task=task, by=self.worker)

    def _something_new(self, days: int) -> None:
        """An entry after a sign-off: it counts no more."""
        words = "He stood at the gate for some minutes and went on."
        entry = {"written": f"{days} 19:00", "when": f"{days} 17:30", "what": words, "place": "The gate"}
        write_entry(self.case, entry, self.worker, self.worker)
