"""Onward referrals: where one can stand and who may move it, why it may be shared, and when an answer is due."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from cases.rules import add_working_days, reaches_age_on


class ReferralState(TextChoices):
    """Where a referral stands."""

    MADE = "made", _("Not sent yet")
    SENT = "sent", _("Sent, not opened")
    VIEWED = "viewed", _("Opened, not answered")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    COMPLETED = "completed", _("Completed")


AWAITED = frozenset({ReferralState.SENT, ReferralState.VIEWED})
ENDED = frozenset({ReferralState.DECLINED, ReferralState.WITHDRAWN, ReferralState.COMPLETED})


class Mover(TextChoices):
    """Who moved it."""

    STAFF = "staff", _("One of us")
    PARTNER = "partner", _("The partner, through the link")
    CONSENT = "consent", _("The end of the victim’s consent")


_OURS, _THEIRS, _LAPSE = frozenset({Mover.STAFF}), frozenset({Mover.PARTNER}), frozenset({Mover.CONSENT})

# The one table of allowed moves. An answer that was told on the phone is recorded by one of us, also where the link
# was never opened.
MOVES: dict[ReferralState, dict[ReferralState, frozenset[Mover]]] = {
    ReferralState.MADE: {ReferralState.SENT: _OURS, ReferralState.WITHDRAWN: _OURS | _LAPSE},
    ReferralState.SENT: {
        ReferralState.VIEWED: _THEIRS,
        ReferralState.ACCEPTED: _OURS,
        ReferralState.DECLINED: _OURS,
        ReferralState.WITHDRAWN: _OURS | _LAPSE,
    },
    ReferralState.VIEWED: {
        ReferralState.ACCEPTED: _OURS | _THEIRS,
        ReferralState.DECLINED: _OURS | _THEIRS,
        ReferralState.WITHDRAWN: _OURS | _LAPSE,
    },
    ReferralState.ACCEPTED: {ReferralState.COMPLETED: _OURS, ReferralState.WITHDRAWN: _OURS | _LAPSE},
    ReferralState.DECLINED: {},
    ReferralState.WITHDRAWN: {},
    ReferralState.COMPLETED: {},
}


def may_move(now: ReferralState, to: ReferralState, who: Mover) -> bool:
    """Say whether somebody may move a referral from one state to another.

    Source: the service's own way of referring on, November 2026.
    """
    return who in MOVES[now].get(to, frozenset())


class DeclineCode(TextChoices):
    """Why a partner does not take it. The partner reads these too."""

    FULL = "full", _("No place at the moment")
    NOT_ELIGIBLE = "not_eligible", _("Not what we are for")
    OUT_OF_AREA = "out_of_area", _("Outside our area")
    KNOWN = "known", _("Already with us")
    TOO_LITTLE = "too_little", _("Too little to go on")
    NOT_SAFE = "not_safe", _("We could not do it safely")
    OTHER = "other", _("Another reason")


class WithdrawCode(TextChoices):
    """Why a referral is taken back."""

    ASKED = "asked", _("The victim does not want it any more")
    NOT_NEEDED = "not_needed", _("It is not needed any more")
    WRONG = "wrong", _("Wrong recipient, or something wrong in it")
    UNANSWERED = "unanswered", _("No answer")
    REFUSED = "refused", _("A manager did not approve it")
    CONSENT = "consent", _("Consent withdrawn")
    OTHER = "other", _("Another reason")


BY_HAND = tuple(code for code in WithdrawCode if code != WithdrawCode.CONSENT)


class Gateway(TextChoices):
    """What allows sharing without consent."""

    DANGER = "danger", _("Danger to somebody’s life, or of serious harm")
    CHILD = "child", _("Safeguarding of a child")
    ADULT = "adult", _("Safeguarding of an adult at risk")
    CRIME = "crime", _("To prevent or detect a crime")
    COURT_ORDER = "court_order", _("A court has ordered it")
    LEGAL_DUTY = "legal_duty", _("A law requires it")


@dataclass(frozen=True)
class AnswerDays:
    """When something is done about an answer that has not come.

    Attributes:
        chase_on: the day a reminder goes out, or a worker is asked to ring.
        listed_on: the day it comes to the caseworker's list.
        due_on: the last day for an answer.
    """

    chase_on: date
    listed_on: date
    due_on: date


def answer_days(sent_on: date, limits: Mapping[str, int], holidays: frozenset[date]) -> AnswerDays:
    """Return when an answer is due and when it is asked for, counted from the day of sending.

    Args:
        sent_on: the day (Europe/London) it was sent; the working day after it is the first that counts.
        limits: `referral_chase`, `referral_listed` and `referral_answer`, in working days.
        holidays: bank holidays of England and Wales.

    Source: the service's own targets, November 2026; to be confirmed by the service.
    """
    days = (add_working_days(sent_on, limits[f"referral_{key}"], holidays) for key in ("chase", "listed", "answer"))
    return AnswerDays(*days)


def waiting_days(sent_on: date, today: date, holidays: frozenset[date]) -> int:
    """Return how many working days an answer has been waited for; the day of sending is not counted.

    Source: Victims' Code (2021), whose time limits are in working days; the day of the event is not counted.
    """
    days = 0
    while add_working_days(sent_on, days + 1, holidays) <= today:
        days += 1
    return days


BANDS = ((0, "0-11"), (12, "12-15"), (16, "16-17"), (18, "18-24"), (25, "25-34"), (35, "35-44"), (45, "45-54"),
         (55, "55-64"), (65, "65-74"), (75, "75+"))  # fmt: skip


def age_band(born_on: date, today: date) -> str:
    """Return the band somebody's age is in today.

    Source: the service's code list of age bands, November 2026; an age is reached at the beginning of the anniversary
    of birth (Family Law Reform Act 1969, section 9(1)).
    """
    return next(name for years, name in reversed(BANDS) if years == 0 or reaches_age_on(born_on, years) <= today)
