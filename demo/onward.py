"""Onward referrals of the demo: one in each place where a referral can stand."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from accounts.models import User
from cases.actions.consenting import give_consent, withdraw_consent
from cases.actions.sharing import door
from cases.models import Case, Consent
from demo.clock import at, day_ago, days_ago
from nsvcs.identity import acting_as
from nsvcs.ids import uuid7
from reference.models import Organisation
from referrals.actions.onward import (
    ask_without_consent,
    choose_consent,
    choose_shared,
    decide_without_consent,
    make_referral,
)
from referrals.actions.onward_emergency import send_in_emergency
from referrals.actions.onward_fields import digest_of_fields, ticked_fields
from referrals.actions.onward_partner import answer_referral, show_referral
from referrals.actions.onward_sending import Handed, complete_referral, record_answer, send_referral, withdraw_referral
from referrals.actions.onward_working import ask_for_look
from referrals.models import Referral, Shared, WithoutConsent
from referrals.rules.onward import DeclineCode, WithdrawCode

ALL_OF_IT = (Shared.NAME, Shared.CONTACT, Shared.LANGUAGE, Shared.ASKED_FOR, Shared.SUMMARY)
# Of what was sent before safe contact was confirmed anew: a link that told an older way would be shut.
BUT_CONTACT = tuple(name for name in ALL_OF_IT if name != Shared.CONTACT)
LITTLE = (Shared.NAME, Shared.ASKED_FOR, Shared.PRIORITY)


class Referring:
    """One caseworker refers one victim on, some days ago."""

    def __init__(self, case: Case, by: User) -> None:
        """Keep both."""
        self.case, self.by = case, by

    def make(self, slug: str, days: int, **said: str) -> Referral:
        """Begin one."""
        values: dict[str, Any] = {"organisation": Organisation.objects.get(slug=slug), "to_name": "Duty desk"}
        values |= {"work_email": "", "work_phone": "01632 960411", "reason": "Asked for in the last call."} | said
        with at(days_ago(days)), acting_as(self.by.pk):
            return make_referral(case=self.case, key=uuid7(), values=values, by=self.by)

    def tick(self, referral: Referral, days: int, names: tuple[Shared, ...], summary: str = "") -> None:
        """Choose what goes; what nothing is recorded of is left out."""
        told = {"ticked": names, "summary": summary, "orders": "", "version": 1}
        with at(days_ago(days)), acting_as(self.by.pk):
            choose_shared(referral=referral, by=self.by, **told)  # type: ignore[arg-type]

    def agree(self, referral: Referral, days: int) -> None:
        """The victim agreed on that day, and it rests on that."""
        on = day_ago(days)
        values = {"purpose": "referral", "organisation": referral.organisation, "what": "Name, and what is needed."}
        values |= {"starts_on": on, "ends_on": on + timedelta(days=90), "given_on": on, "how_given": "phone"}
        with at(days_ago(days)), acting_as(self.by.pk):
            consent = give_consent(case=self.case, key=uuid7(), values=values, by=self.by)
            choose_consent(referral=referral, consent=consent, by=self.by)

    def ask(self, referral: Referral, days: int, manager: User, values: Mapping[str, Any]) -> WithoutConsent:
        """Ask a manager to decide about sharing without consent."""
        with at(days_ago(days)), acting_as(self.by.pk):
            told = {"key": uuid7(), "values": values, "manager": manager}
            return ask_without_consent(referral=referral, by=self.by, **told)  # type: ignore[arg-type]

    def send(self, referral: Referral, days: int) -> Handed:
        """Send it on that day."""
        with at(days_ago(days)), acting_as(self.by.pk):
            seen = digest_of_fields(ticked_fields(Referral.objects.get(pk=referral.pk)))
            return send_referral(referral=referral, seen=seen, by=self.by)

    def send_now(self, referral: Referral, manager: User) -> Handed:
        """Send it in an emergency; no manager has looked at it yet."""
        with acting_as(self.by.pk):
            seen = digest_of_fields(ticked_fields(Referral.objects.get(pk=referral.pk)))
            told = {"values": EMERGENCY, "manager": manager, "seen": seen, "by": self.by}
            return send_in_emergency(referral=referral, **told)  # type: ignore[arg-type]

    def sent(
        self, slug: str, days: int, summary: str, asked_for: str, names: tuple[Shared, ...] = ALL_OF_IT
    ) -> tuple[Referral, Handed]:
        """One that rests on an agreement and went out."""
        referral = self.make(slug, days, asked_for=asked_for)
        self.tick(referral, days, names, summary)
        self.agree(referral, days)
        return referral, self.send(referral, days)


def opened(handed: Handed) -> None:
    """Somebody there reads it today."""
    with acting_as():
        show_referral(found=door(handed.token), token=handed.token, passcode=handed.passcode)


def answered(handed: Handed, *, code: DeclineCode | None = None, words: str = "") -> None:
    """Somebody there answers it today."""
    opened(handed)
    with acting_as():
        told = {"is_accepted": code is None, "code": code, "words": words, "passcode": handed.passcode}
        answer_referral(found=door(handed.token), token=handed.token, **told)  # type: ignore[arg-type]


WITHOUT = {
    "gateway": "danger",
    "risk": "A threat to come with a knife, in writing, yesterday evening.",
    "necessity": "They can act tonight. The victim cannot be reached until tomorrow.",
    "proportionality": "They get a name, what is asked for and how urgent it is. Nothing of the log.",
    "is_told": False,
    "not_told_because": "No safe way to reach the victim before the morning.",
}


EMERGENCY = {
    "risk": "A message an hour ago: on the way there, with a knife.",
    "necessity": "They can offer a place tonight. No manager could be reached.",
    "proportionality": "A name, what is asked for and how urgent it is.",
    "is_told": False,
    "not_told_because": "The phone is not answered.",
}


def refer_on(cases: Mapping[str, Case], people: Mapping[str, User]) -> None:
    """Every state, over several cases. Jobs that it asks for are the worker's."""
    cases = {name: Case.objects.select_related("victim__user").get(pk=case.pk) for name, case in cases.items()}
    priya, tom, ruth = people["priya"], people["tom"], people["ruth"]
    _of_hannah(Referring(cases["hannah"], priya), ruth)
    _of_magda(Referring(cases["magda"], priya))
    amira = Referring(cases["amira"], tom)
    waiting = amira.make("suffolk-customer-first", 1, asked_for="A call to an adult at risk, today.")
    amira.tick(waiting, 1, LITTLE)
    Referring(cases["joan"], tom).make("hourglass", 2, asked_for="A call about what they can do.")
    ask_for_look()


def _of_hannah(hannah: Referring, manager: User) -> None:
    done, _handed = hannah.sent("cyber-helpline", 40, "Accounts were taken over.", "Look over two phones.")
    with at(days_ago(37)), acting_as(hannah.by.pk):
        record_answer(referral=done, is_accepted=True, code=None, words="Told on the phone.", by=hannah.by)
    with at(days_ago(12)), acting_as(hannah.by.pk):
        complete_referral(referral=done, words="Both phones were looked over and reset.", by=hannah.by)
    _referral, handed = hannah.sent("paladin", 2, "Contact goes on. There is a log.", "Advocacy in court.", BUT_CONTACT)
    answered(handed, words="We ring next week.")
    urgent = hannah.make("norfolk-safeguarding", 1, asked_for="A visit tonight.", to_name="Emergency duty team")
    hannah.tick(urgent, 1, LITTLE)
    asking = hannah.ask(urgent, 1, manager, WITHOUT)
    with at(days_ago(1)), acting_as(manager.pk):
        seen = digest_of_fields(ticked_fields(Referral.objects.get(pk=urgent.pk)))
        decide_without_consent(
            asking=asking, is_approved=True, reason="The threat is real and near.", seen=seen, by=manager
        )
    opened(hannah.send(urgent, 1))
    tonight = hannah.make("leeway", 0, asked_for="A place tonight.", reason="A threat, an hour ago. 999 was rung.")
    hannah.tick(tonight, 0, LITTLE)
    opened(hannah.send_now(tonight, manager))
    other = hannah.make("national-domestic-abuse-helpline", 0, asked_for="A place for some nights.")
    hannah.tick(other, 0, LITTLE)
    hannah.ask(other, 0, manager, WITHOUT | {"gateway": "adult"})


def _of_magda(magda: Referring) -> None:
    said = "Support in Polish."
    _never_opened, _handed = magda.sent("leeway", 9, "Needs somebody who speaks Polish.", said, BUT_CONTACT)
    _referral, handed = magda.sent("daisy-programme", 3, "A course in the evening.", said)
    answered(handed, code=DeclineCode.FULL, words="A place from March on.")
    wrong, _handed = magda.sent("ncdv", 20, "Wants to know about an order.", said)
    with at(days_ago(19)), acting_as(magda.by.pk):
        withdraw_referral(referral=wrong, code=WithdrawCode.ASKED, words="Rang and said so.", by=magda.by)
    _taken_back, handed = magda.sent("witness-service", 1, "A hearing in the spring.", said)
    opened(handed)
    agreed = Consent.objects.filter(case=magda.case, purpose="referral").latest("number")
    her = User.objects.get(victim=magda.case.victim_id)
    with acting_as(her.pk):  # in the portal; the worker process then withdraws what rested on it
        withdraw_consent(consent=agreed, how="portal", by=her)
