"""Support of the demo: an episode in every state, a session of every attendance, a letter of every kind."""

import time
from collections.abc import Mapping, Sequence
from datetime import time as clock
from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from cases.access import with_rule
from cases.actions import give_consent, withdraw_consent
from cases.models import Case, Consent, ContentClass
from demo.clock import at, day_ago, days_ago
from jobs.actions import run
from jobs.models import Job
from nsvcs.identity import acting_as
from nsvcs.ids import uuid7
from referrals.actions.letters import give_letter, make_letter, take_letter
from referrals.actions.sessions import correct_session, record_session
from referrals.actions.support import move_support, offer_support, review_support, set_aim
from referrals.letters.merging import composed, values_of
from referrals.models import Letter, LetterTemplate, SupportEpisode, SupportService, SupportSession
from referrals.rules.letters import Way
from referrals.rules.support import EpisodeState, Review
from referrals.working import ask_for_sessions

CLOCK, LONGEST_SECONDS = clock(11), 60


class Given:
    """One service for one victim, told as it went."""

    def __init__(self, case: Case, by: User, code: str, ago: int, goal: str, needs: Sequence[str]) -> None:
        """Offer it so many days ago."""
        self.case, self.by = case, by
        service = SupportService.objects.get(code=code)
        with at(days_ago(ago, CLOCK)), acting_as(by.pk):
            self.episode: SupportEpisode = offer_support(
                case=case, key=uuid7(), service=service, goal=goal, needs=needs, on=day_ago(ago), by=by
            )

    def move(self, to: EpisodeState, ago: int, reason: str = "") -> "Given":
        """Move it on so many days ago."""
        with at(days_ago(ago, clock(12))), acting_as(self.by.pk):
            was = EpisodeState(SupportEpisode.objects.get(pk=self.episode.pk).state)
            move_support(episode=self.episode, key=uuid7(), was=was, to=to, reason=reason, on=day_ago(ago), by=self.by)
        return self

    def hold(
        self, ago: int, mode: str, minutes: int | None = None, note: str = "", apart: str = "", **more: Any
    ) -> SupportSession:
        """Record a session of so many days ago; without minutes it did not take place."""
        values: dict[str, Any] = {
            "at": days_ago(ago, clock(14)), "minutes": minutes, "mode": mode, "attendance": "attended",
            "worker_id": self.by.pk, "did": [], "content_class": ContentClass.ADVOCACY,
        } | more  # fmt: skip
        with at(days_ago(ago, clock(16))), acting_as(self.by.pk):
            return record_session(
                episode=self.episode, key=uuid7(), values=values, note=note, kept_apart=apart, by=self.by
            )

    def score(self, when: Review, ago: int, **scores: int) -> None:
        """Keep the scores of a day."""
        with at(days_ago(ago, clock(16))), acting_as(self.by.pk):
            review_support(episode=self.episode, key=uuid7(), when=when, on=day_ago(ago), scores=scores, by=self.by)


def load_support(cases: Mapping[str, Case], people: Mapping[str, User]) -> None:
    """Tell what was done for three victims, and write their letters."""
    _hannah(_now(cases["hannah"]), people["priya"])
    _hannah_beside(_now(cases["hannah"]), people["priya"])
    _magda(_now(cases["magda"]), people["priya"])
    _bethan(_now(cases["bethan"]), people["tom"])
    _letters(_now(cases["hannah"]), people["priya"])
    ask_for_sessions()


def _now(case: Case) -> Case:
    return Case.objects.select_related("victim").get(pk=case.pk)


def _hannah(case: Case, by: User) -> None:
    listened = Given(case, by, "emotional", 110, "To sleep through the night again", ["health", "outlook"])
    listened.move(EpisodeState.ACCEPTED, 108)
    of_it: dict[str, Any] = {"content_class": ContentClass.EMOTIONAL, "did": ["one_to_one"]}
    listened.hold(104, "phone", 45, apart="Wakes at three and checks the doors. Cried about the move.", **of_it)
    listened.score(Review.START, 104, health=2, outlook=2, feels_safer=1, copes=2)
    listened.hold(90, "in_person", 60, apart="Sister stays on Fridays now. Less alone.", **of_it)
    listened.hold(76, "phone", attendance="did_not_attend", **of_it)
    wrong = listened.hold(62, "phone", 50, apart="Talked about the court date.", **of_it)
    listened.hold(48, "video", attendance="by_victim", **of_it)
    listened.hold(34, "video", 40, apart="Slept five nights of seven.", **of_it)
    listened.score(Review.REVIEW, 34, health=3, outlook=3, feels_safer=2, copes=4)
    listened.hold(
        20,
        "in_person",
        attendance="not_safe",
        note="A car like his stood outside the café.",
        content_class=ContentClass.SAFETY,
    )
    listened.hold(6, "phone", 45, apart="Afraid of the anniversary next week.", **of_it)
    with at(days_ago(61)), acting_as(by.pk):
        correct_session(
            session=wrong, key=uuid7(), text="It took 35 minutes, not 50: the line dropped.", by=by,
            content_class=ContentClass.ADMINISTRATIVE, takes_back=False,
        )  # fmt: skip
        goal = "To sleep through the night again, and to go to the pool on her own"
        set_aim(episode=listened.episode, key=uuid7(), goal=goal, needs=["health", "social"], based_on=1, by=by)


def _hannah_beside(case: Case, by: User) -> None:
    """All but what she was listened to: one that ended, one that rests, one she did not want, one she was offered."""
    spoken = Given(case, by, "advocacy", 100, "The police tell her what they do, and when", ["justice"])
    spoken.move(EpisodeState.ACCEPTED, 99)
    spoken.hold(97, "phone", 25, note="Rang PC Lowther together. A meeting is agreed.", did=["police_liaison"])
    spoken.hold(70, "in_person", attendance="by_us", note="Priya was ill. A new day is agreed.")
    mistaken = spoken.hold(68, "in_person", 30, note="Meeting at the station.")
    spoken.hold(66, "in_person", 55, note="Meeting at the station: a single officer from now on.", did=["meeting"])
    with at(days_ago(66)), acting_as(by.pk):
        correct_session(
            session=mistaken, key=uuid7(), text="The meeting was two days later; this was written down twice.", by=by,
            content_class=ContentClass.ADMINISTRATIVE, takes_back=True,
        )  # fmt: skip
    spoken.move(EpisodeState.COMPLETED, 40, "There is one officer in the case, who rings every second Friday")
    spoken.score(Review.END, 40, justice=4, informed=4, satisfied=5)
    court = Given(case, by, "justice", 60, "To know what happens in court, and to give a statement", ["justice"])
    court.move(EpisodeState.ACCEPTED, 59)
    court.hold(55, "in_person", 60, note="First draft of the personal statement.", did=["vps_help"])
    court.move(EpisodeState.PAUSED, 30, "The hearing was put off; we go on when there is a date")
    Given(case, by, "restorative", 20, "To know what there is", []).move(
        EpisodeState.DECLINED, 19, "Wants no contact of any kind"
    )
    Given(case, by, "practical", 3, "Better locks before the winter", ["safety", "shelter"])


def _magda(case: Case, by: User) -> None:
    locks = Given(case, by, "practical", 40, "To feel safe on the way from the bus", ["safety"])
    locks.move(EpisodeState.ACCEPTED, 39).move(EpisodeState.WITHDRAWN, 25, "Moved in with a friend; not needed now")
    heard = Given(case, by, "emotional", 32, "Somebody to talk to in Polish", ["health"])
    heard.move(EpisodeState.ACCEPTED, 30)  # and no session since: the caseworker is asked


def _bethan(case: Case, by: User) -> None:
    spoken = Given(case, by, "advocacy", 9, "The school knows who may collect the children", ["family", "safety"])
    spoken.move(EpisodeState.ACCEPTED, 8)
    spoken.hold(4, "message", 15, note="Agreed what the school is to be told.", did=["school_letter"])


def _letters(case: Case, by: User) -> None:
    _agree(case, by, "Broadland Homes", 20)
    kept = _letter(case, by, "housing", 18, "Broadland Homes", "Lettings team\n12 Quayside\nNorwich", HOUSING)
    _leave(kept, by, 18, Way.POST_RECIPIENT, "Broadland Homes")
    kept = _letter(case, by, "employer", 12, "Human Resources", "", EMPLOYER)
    _leave(kept, by, 11, Way.HAND_VICTIM, "Hannah")
    taken_back = _agree(case, by, "Larkfield Primary School", 9)
    _letter(case, by, "school", 8, "Larkfield Primary School", "School Lane\nNorwich", SCHOOL)
    with at(days_ago(7)), acting_as(by.pk):
        withdraw_consent(consent=taken_back, how="phone", words="I will tell them myself.", by=by)
    _letter(case, by, "supporting", 2, "To whom it may concern", "", SUPPORTING)


HOUSING: dict[str, Any] = {
    "included": ["matter", "since", "crime"], "their_reference": "APP/20931",
    "request": "- that Hannah Marlow’s application is put into the highest band that your policy allows\n"
    "- that a home is offered away from where the family live now\n"
    "- that letters about it go to this service until Hannah says otherwise",
    "facts": "Hannah and her son have left their home three times since the spring, each time for a week or more.",
}  # fmt: skip
EMPLOYER: dict[str, Any] = {
    "included": ["matter"],
    "request": "- that calls and visits for Hannah at the front desk are not put through\n"
    "- that Hannah may start and finish at other times when she asks for it\n"
    "- that a car park space by the door is kept for her until the end of the year",
}
SCHOOL: dict[str, Any] = {
    "included": [],
    "request": "That nobody but Hannah and the two people she has named may collect her son, and that Hannah is rung "
    "first if anybody else comes.",
}  # fmt: skip
SUPPORTING: dict[str, Any] = {
    "included": ["since", "support"],
    "request": "Hannah has asked us to confirm that she is in touch with this service and has kept her appointments.",
}


def _agree(case: Case, by: User, name: str, ago: int) -> Consent:
    values: dict[str, Any] = {
        "purpose": Consent.Purpose.LETTER, "organisation": None, "recipient_name": name, "how_given": "phone",
        "what": "One letter that asks for help, as we wrote it together.", "words": "",
        "given_on": day_ago(ago), "starts_on": day_ago(ago), "ends_on": day_ago(ago) + timedelta(days=60),
    }  # fmt: skip
    with at(days_ago(ago)), acting_as(by.pk):
        return give_consent(case=case, key=uuid7(), values=values, by=by)


def _letter(case: Case, by: User, key: str, ago: int, to_name: str, to_address: str, said: Mapping[str, Any]) -> Letter:
    """Write a letter so many days ago, and let a worker print it now."""
    values: dict[str, Any] = {
        "to_name": to_name, "organisation_id": None, "to_address": to_address, "name_used": case.victim.name,
        "their_reference": "", "facts": "", "based_on_id": None,
    } | dict(said)  # fmt: skip
    with at(days_ago(ago)), acting_as(by.pk):
        template = next(each for each in LetterTemplate.objects.current(timezone.localdate()) if each.key == key)
        text = composed(template, values_of(with_rule(case), by, values))
        letter = make_letter(case=case, key=uuid7(), template=template, values=values, letter=text, by=by)
    return _printed(letter, by)


def _printed(letter: Letter, by: User) -> Letter:
    """The letter once its file is kept: by this process, or by a worker that is up already and was quicker."""
    run(Job.objects.get(key=f"letter:{letter.pk}").pk)
    ends = time.monotonic() + LONGEST_SECONDS
    while time.monotonic() < ends:
        with acting_as(by.pk):
            found = Letter.objects.select_related("case__victim", "organisation", "file").get(pk=letter.pk)
        if found.has_file:
            return found
        time.sleep(0.2)
    raise RuntimeError("a letter of the demo was not made")


def _leave(letter: Letter, by: User, ago: int, way: Way, to_name: str) -> None:
    with at(days_ago(ago, clock(15))), acting_as(by.pk):
        take_letter(letter=letter, way=way, by=by)
        give_letter(letter=letter, key=uuid7(), way=way, to_name=to_name, on=day_ago(ago), by=by)
