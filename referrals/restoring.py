"""What is asked of others before somebody is approached: the risk screen, and whether anything new has happened.

Both are registries, since the rooms that know are beside or above: `safety/` says which screen is current and tells of
orders. While nobody is registered for the screen, none is asked for, and the pages say so.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from cases.models import Case, Consent, SafeContact, StatusChange, Task
from cases.rules import CaseStatus
from reference.models import Limit
from referrals.models import RestorativeMove, RestorativeReferral, SignOffRequest
from referrals.rules.restorative import SignOffFacts, SignOffState, Stage, needs_agreement, sign_off_state

FIRST = {
    "rj_sign_off_days": 28,  # days
    "rj_follow_up_weeks": 6,  # weeks
    "rj_follow_up_months": 6,  # months
}


def limits() -> dict[str, int]:
    """Every limit of restorative justice by key."""
    return FIRST | dict(Limit.objects.filter(key__in=FIRST).values_list("key", "value"))


@dataclass(frozen=True)
class Screen:
    """What the service knows of a case's risk screen.

    Attributes:
        is_current: whether it may be relied on now.
        words: which one it is, or what is missing, as a sentence for staff.
    """

    is_current: bool
    words: str


AsksForScreen = Callable[[Case, datetime], Screen]
Happened = Callable[[Case, datetime], str]
_screens: list[AsksForScreen] = []
_happened: list[Happened] = []


def asks_for_screen(function: AsksForScreen) -> AsksForScreen:
    """Say, from an app's `ready`, who knows the current risk screen of a case. The last one said is asked."""
    _screens[:] = [function]
    return function


def screen_of(case: Case, now: datetime) -> Screen | None:
    """The risk screen of a case as it stands; none while the service does not record any."""
    return _screens[0](case, now) if _screens else None


def ends_sign_off(function: Happened) -> Happened:
    """Say, from an app's `ready`, what ends a sign-off: of a case and a moment, what came after it, in words, or ""."""
    if function not in _happened:
        _happened.append(function)
    return function


def happened_since(case: Case, since: datetime) -> str:
    """What came after a moment that a judgement of risk does not outlive; empty when nothing did."""
    return next((words for look in _happened if (words := look(case, since))), "")


def new_entry(case: Case, since: datetime) -> str:
    """A new entry in the log: a room beside this one, so by the case's own reverse relation."""
    entries: Any = Case._meta.get_field("incidents").related_model._default_manager.all()
    return _("there is a new entry in the log") if entries.filter(case=case, recorded_at__gt=since).exists() else ""


def new_flag(case: Case, since: datetime) -> str:
    """A red flag."""
    raised = Task.objects.filter(case=case, kind__in=Task.FLAGS, created_at__gt=since)
    return _("a red flag was raised") if raised.exists() else ""


def made_unsafe(case: Case, since: datetime) -> str:
    """Contact with the victim has become unsafe: by the case's status, or by how they may be reached."""
    moved = StatusChange.objects.filter(case=case, to_status=CaseStatus.UNSAFE_TO_CONTACT, at__gt=since)
    said = SafeContact.objects.filter(victim=case.victim_id, is_unsafe=True, recorded_at__gt=since)
    return _("contact with the victim was recorded as unsafe") if moved.exists() or said.exists() else ""


@dataclass(frozen=True)
class Standing:
    """What must stand before the perpetrator is approached, as it is now.

    Attributes:
        request: the newest request for a sign-off, with its answer; none if nobody asked.
        fell_by: what came after a sign-off that was given, in words.
        agreement: the victim's recorded agreement; none if none stands.
        screen: the risk screen; none while the service records none.
    """

    request: SignOffRequest | None
    sign_off: SignOffState
    fell_by: str
    agreement: Consent | None
    screen: Screen | None

    @property
    def missing(self) -> list[str]:
        """What stands in the way of an approach, in sentences."""
        faults = []
        if self.agreement is None:
            faults.append(no_agreement())
        if self.sign_off != SignOffState.STANDING:
            faults.append(_("No manager’s sign-off stands."))
        if self.screen is not None and not self.screen.is_current:
            faults.append(self.screen.words)
        return faults


def no_agreement() -> str:
    """That it is missing, as a sentence."""
    return _("The victim’s recorded agreement to restorative justice does not stand.")


def standing(referral: RestorativeReferral, user: User, now: datetime, today: date) -> Standing:
    """Gather it, in a number of queries that does not grow with the case."""
    request = _newest(referral, user)
    answer = getattr(request, "sign_off", None)
    fell_by = happened_since(referral.case, answer.at) if answer is not None and answer.is_given else ""
    facts = SignOffFacts(request is not None, answer is not None, answer.ends_on if answer else None, fell_by)
    return Standing(
        request, sign_off_state(facts, today), fell_by, agreement_of(referral.case, user, today),
        screen_of(referral.case, now),
    )  # fmt: skip


def _newest(referral: RestorativeReferral, user: User) -> SignOffRequest | None:
    found: Any = SignOffRequest.objects.visible_to(user).filter(referral=referral)
    newest: SignOffRequest | None = (
        found.select_related("asked_by", "sign_off__by").order_by("-asked_at", "-pk").first()
    )
    return newest


def agreement_of(case: Case, user: User, today: date) -> Consent | None:
    """The victim's agreement to restorative justice that stands on a day, with whomever; the one that lasts longest."""
    found = Consent.objects.visible_to(user).filter(case=case, purpose=Consent.Purpose.RESTORATIVE)
    return found.standing(today).select_related("organisation").order_by("-ends_on", "-pk").first()


@dataclass(frozen=True)
class Page:
    """What the page of restorative justice shows of a case.

    Attributes:
        referral: the open one; none if there is none.
        standing: what must stand before an approach; only of an open one.
        moves: every move of the case's referrals, the newest first.
        earlier: those that have ended, the newest first.
    """

    referral: RestorativeReferral | None
    standing: Standing | None
    moves: list[RestorativeMove]
    earlier: list[RestorativeReferral]

    @property
    def must_stop(self) -> bool:
        """Whether it stands where somebody speaks with the perpetrator, and the victim's agreement stands no more."""
        agreed = self.standing is not None and self.standing.agreement is not None
        return self.referral is not None and needs_agreement(Stage(self.referral.stage)) and not agreed


MOST_MOVES = 200


def page_of(case: Case, user: User, now: datetime, today: date) -> Page:
    """Gather it."""
    found = list(RestorativeReferral.objects.visible_to(user).filter(case=case).order_by("-opened_at", "-pk"))
    referral = next((each for each in found if each.is_open), None)
    if referral is not None:
        referral.case = case
    moves = RestorativeMove.objects.visible_to(user).filter(case=case).select_related("by").order_by("-at", "-pk")
    stands = standing(referral, user, now, today) if referral else None
    return Page(referral, stands, list(moves[:MOST_MOVES]), [each for each in found if not each.is_open])


def restorative_card(case: Case, user: User, now: datetime) -> Mapping[str, Any]:
    """What the card on the page "Support" shows: where it stands, and whether a manager is waited for."""
    newest = RestorativeReferral.objects.visible_to(user).filter(case=case).order_by("-opened_at", "-pk").first()
    asked = SignOffRequest.objects.visible_to(user).filter(referral=newest, sign_off=None) if newest else None
    waiting = asked.first() if asked is not None and newest is not None and newest.is_open else None
    speaks = newest is not None and needs_agreement(Stage(newest.stage))
    must_stop = speaks and agreement_of(case, user, timezone.localdate(now)) is None
    return {"referral": newest, "waiting": waiting, "must_stop": must_stop}
