"""Restorative justice: its stages and allowed moves, what it may end with, and what must stand before contact."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from cases.rules import add_months, add_working_days


class Stage(TextChoices):
    """Where it stands: the way in order, then on hold, then over."""

    ENQUIRY = "enquiry", _("Enquiry")
    REFERRAL = "referral", _("Referral")
    SUITABILITY = "suitability", _("Suitability and risk")
    PREPARATION = "preparation", _("Preparing the victim")
    APPROACHED = "approached", _("Perpetrator approached")
    OTHER_PREPARATION = "other_preparation", _("Preparing the perpetrator")
    METHOD = "method", _("Method chosen")
    HELD = "held", _("Held")
    AGREEMENT = "agreement", _("Outcome agreement")
    FOLLOW_UP_WEEKS = "follow_up_weeks", _("Follow-up at 6 weeks")
    FOLLOW_UP_MONTHS = "follow_up_months", _("Follow-up at 6 months")
    ON_HOLD = "on_hold", _("On hold while a case is live")
    CLOSED = "closed", _("Closed")


class Method(TextChoices):
    """How the two sides hear each other."""

    FACE_TO_FACE = "face_to_face", _("Face to face")
    SHUTTLE = "shuttle", _("Shuttle: a facilitator goes between")
    LETTER = "letter", _("Letter")
    VIDEO = "video", _("Video")


class Outcome(TextChoices):
    """What it ended with."""

    COMPLETED = "completed", _("Completed")
    VICTIM_WITHDREW = "victim_withdrew", _("Victim withdrew")
    OTHER_DECLINED = "other_declined", _("Perpetrator declined")
    UNSUITABLE = "unsuitable", _("Unsuitable (risk)")
    NO_TRACE = "no_trace", _("No trace of the perpetrator")
    ON_HOLD = "on_hold", _("On hold (live case)")


WAY = tuple(stage for stage in Stage if stage not in {Stage.ON_HOLD, Stage.CLOSED})
_BESIDE = frozenset({Stage.ON_HOLD, Stage.CLOSED})

# The one table of allowed moves: one on, back, to hold, and to an early end from everywhere. What was put on hold comes
# back to where it stood or further back, which `may_come_back` says.
MOVES: dict[Stage, frozenset[Stage]] = {
    Stage.ENQUIRY: _BESIDE | {Stage.REFERRAL},
    Stage.REFERRAL: _BESIDE | {Stage.SUITABILITY, Stage.ENQUIRY},
    Stage.SUITABILITY: _BESIDE | {Stage.PREPARATION, Stage.REFERRAL},
    Stage.PREPARATION: _BESIDE | {Stage.APPROACHED, Stage.SUITABILITY},
    Stage.APPROACHED: _BESIDE | {Stage.OTHER_PREPARATION, Stage.PREPARATION, Stage.SUITABILITY},
    Stage.OTHER_PREPARATION: _BESIDE | {Stage.METHOD, Stage.APPROACHED, Stage.SUITABILITY},
    Stage.METHOD: _BESIDE | {Stage.HELD, Stage.OTHER_PREPARATION, Stage.SUITABILITY},
    Stage.HELD: _BESIDE | {Stage.AGREEMENT, Stage.FOLLOW_UP_WEEKS, Stage.METHOD},
    Stage.AGREEMENT: _BESIDE | {Stage.FOLLOW_UP_WEEKS, Stage.HELD},
    Stage.FOLLOW_UP_WEEKS: _BESIDE | {Stage.FOLLOW_UP_MONTHS, Stage.AGREEMENT},
    Stage.FOLLOW_UP_MONTHS: _BESIDE | {Stage.FOLLOW_UP_WEEKS},
    Stage.ON_HOLD: frozenset(WAY) | {Stage.CLOSED},
    Stage.CLOSED: frozenset(),
}

# The stages in which somebody speaks with the perpetrator.
CONTACT = frozenset({Stage.APPROACHED, Stage.OTHER_PREPARATION, Stage.METHOD, Stage.HELD, Stage.AGREEMENT})
_BEFORE_HELD = frozenset(WAY[: WAY.index(Stage.HELD)])

# What it may end with, by where it stands. The victim may withdraw from everywhere.
ENDS_FROM: dict[Outcome, frozenset[Stage]] = {
    Outcome.COMPLETED: frozenset({Stage.HELD, Stage.AGREEMENT, Stage.FOLLOW_UP_WEEKS, Stage.FOLLOW_UP_MONTHS}),
    Outcome.VICTIM_WITHDREW: frozenset(WAY) | {Stage.ON_HOLD},
    Outcome.OTHER_DECLINED: frozenset({Stage.APPROACHED, Stage.OTHER_PREPARATION, Stage.METHOD, Stage.ON_HOLD}),
    Outcome.UNSUITABLE: _BEFORE_HELD | {Stage.ON_HOLD},
    Outcome.NO_TRACE: frozenset({Stage.SUITABILITY, Stage.PREPARATION, Stage.APPROACHED, Stage.ON_HOLD}),
    Outcome.ON_HOLD: frozenset({Stage.ON_HOLD}),
}


def may_move(stage: Stage, to: Stage) -> bool:
    """Say whether it may go from one stage to another; staying is no move.

    Source: The service's own order of work, November 2026.
    """
    return to in MOVES[stage]


def may_come_back(held_at: Stage, to: Stage) -> bool:
    """Say whether what was put on hold at one stage may go on at another: there, or further back, never further on.

    Source: The service's own order of work, November 2026.
    """
    return to in WAY and held_at in WAY and WAY.index(to) <= WAY.index(held_at)


def may_end(stage: Stage, outcome: Outcome) -> bool:
    """Say whether this outcome fits where it stands.

    Source: The service's own list of outcomes, November 2026.
    """
    return stage in ENDS_FROM[outcome]


def needs_agreement(to: Stage) -> bool:
    """Say whether the victim's recorded agreement must stand: wherever somebody speaks with the perpetrator.

    Source: The page on restorative justice of Victim Support in Norfolk and Suffolk: voluntary, and only if safe.
    """
    return to in CONTACT


def needs_sign_off(stage: Stage, to: Stage) -> bool:
    """Say whether a manager's sign-off must stand: before the first approach, and after a time on hold.

    Source: The service's own rule for stalking, November 2026: contact can feed the fixation.
    """
    return to == Stage.APPROACHED or (stage == Stage.ON_HOLD and to in CONTACT)


def may_ask_sign_off(stage: Stage) -> bool:
    """Say whether a sign-off may be asked for now: once risk is looked at, and before it was held.

    Source: The service's own order of work, November 2026.
    """
    return stage in {Stage.ON_HOLD, *WAY[WAY.index(Stage.SUITABILITY) : WAY.index(Stage.HELD)]}


class SignOffState(TextChoices):
    """Where the manager's sign-off stands."""

    NONE = "none", _("Not asked for")
    WAITING = "waiting", _("Waits for a manager")
    STANDING = "standing", _("Stands")
    REFUSED = "refused", _("Refused")
    EXPIRED = "expired", _("Ran out")
    FALLEN = "fallen", _("No longer counts")


@dataclass(frozen=True)
class SignOffFacts:
    """What is known of the newest request.

    Attributes:
        is_asked: somebody asked.
        is_decided: a manager answered.
        ends_on: the last day of a sign-off that was given; none for a refusal.
        fell_by: what came after it, in words; empty when nothing did.
    """

    is_asked: bool
    is_decided: bool = False
    ends_on: date | None = None
    fell_by: str = ""


def sign_off_state(facts: SignOffFacts, today: date) -> SignOffState:
    """Say where a sign-off stands on a day; the whole of its last day counts (Europe/London).

    Source: The service's own rule, November 2026: a judgement of risk is of its day, and ends with any new event.
    """
    if not facts.is_asked:
        return SignOffState.NONE
    if not facts.is_decided:
        return SignOffState.WAITING
    if facts.ends_on is None:
        return SignOffState.REFUSED
    if facts.fell_by:
        return SignOffState.FALLEN
    return SignOffState.STANDING if today <= facts.ends_on else SignOffState.EXPIRED


def follow_up_days(held_on: date, limits: Mapping[str, int], holidays: frozenset[date]) -> tuple[date, date]:
    """Return the days of the two follow-ups: so many weeks and months after it was held, or the next working day.

    A month without that date has its last day instead.

    Args:
        held_on: The day on which it was held.
        limits: `rj_follow_up_weeks` and `rj_follow_up_months`.
        holidays: Bank holidays of England and Wales.

    Source: The service's own rule, November 2026: 6 weeks and 6 months.
    """
    weeks = held_on + timedelta(weeks=limits["rj_follow_up_weeks"])
    months = add_months(held_on, limits["rj_follow_up_months"])
    first, second = (add_working_days(day - timedelta(days=1), 1, holidays) for day in (weeks, months))
    return first, second
