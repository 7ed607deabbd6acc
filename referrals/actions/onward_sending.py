"""Sending an onward referral, a new link to it, taking it back, and what is recorded of its answer by one of us."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.actions import record
from audit.models import Action
from cases.actions.consenting import hold_consents
from cases.actions.sharing import SharedFile, end_links, make_link
from cases.actions.tasks import finish_key
from cases.models import SafeContact, ShareLink
from cases.protected_words import Spotted
from cases.rules import CaseStatus
from reference.models import BankHoliday, Limit
from referrals.actions.onward import covering, finish_askings, lock_referral, step
from referrals.actions.onward_fields import digest_of_fields, protected_fields, ticked_fields
from referrals.actions.onward_seen import REFERRAL
from referrals.models import Referral, Shared, SharedField, SharingDecision
from referrals.rules.onward import DeclineCode, ReferralState, WithdrawCode, answer_days

FIRST = {"referral_chase": 3, "referral_listed": 5, "referral_answer": 5}  # working days, where no limit is loaded


LOOK_WITHIN = timedelta(days=1)  # afterwards no new link is made to what was sent in an emergency and not looked at


class ProtectedWords(Exception):
    """Protected words of the case stand in what would be sent. Nothing was.

    Args:
        found: where.
    """

    def __init__(self, found: list[Spotted]) -> None:
        """Keep where."""
        super().__init__("protected words")
        self.found = found


@dataclass(frozen=True)
class Handed:
    """A link as it is handed over: its address ends with the token, the passcode goes another way. Shown once."""

    link: ShareLink
    token: str
    passcode: str


def limits() -> dict[str, int]:
    """The days for an answer, as the service has set them."""
    return FIRST | dict(Limit.objects.filter(key__in=FIRST).values_list("key", "value"))


@transaction.atomic
def send_referral(*, referral: Referral, seen: str, by: User) -> Handed:
    """Freeze what is ticked, as it was looked at, and make the link to it. Audited.

    The basis is asked for once more under lock, here for the words and in the database for good.

    Args:
        referral: made, with a basis and something ticked.
        seen: the digest of what was looked at.
        by: who sends it.

    Raises:
        ProtectedWords: with the places.
        ValidationError: no basis stands, nothing is ticked, something else would go than was looked at, or it was
            sent before.
    """
    hold_consents(referral.case_id)
    held = lock_referral(referral)
    if held.state != ReferralState.MADE:
        raise ValidationError(_("This was sent already, or taken back. Open the referral again."))
    if not basis_stands(held):
        raise ValidationError(_("There is no basis for sharing today. Choose one first."))
    return go(held, seen=seen, at=timezone.now(), by=by)


def go(held: Referral, *, seen: str, at: datetime, by: User) -> Handed:
    """What is the same on whatever it is sent: freeze the fields, move it, make the link. The caller holds it.

    Raises:
        ProtectedWords: with the places.
        ValidationError: as `send_referral`.
    """
    fields = ticked_fields(held)
    if not fields or len(fields) != len(held.ticked):
        raise ValidationError(_("Something ticked has nothing to pass on any more. Choose again what is shared."))
    if digest_of_fields(fields) != seen:
        raise ValidationError(_("What would be sent has changed. Look at it again below, then send it."))
    if found := protected_fields(held, fields, by):
        raise ProtectedWords(found)
    days = answer_days(timezone.localdate(at), limits(), BankHoliday.objects.days())
    held.sent_at, held.digest = at, seen
    held.chase_on, held.listed_on, held.due_on = days.chase_on, days.listed_on, days.due_on
    try:
        with transaction.atomic():
            step(held, ReferralState.SENT, by=by)
    except IntegrityError as refusal:
        raise ValidationError(_("There is no basis for sharing today. Choose one first.")) from refusal
    SharedField.objects.bulk_create(
        SharedField(referral=held, case_id=held.case_id, name=field.name, value=field.value, at=at) for field in fields
    )
    detail = {"fields": held.ticked, "digest": held.digest, "basis": held.basis}
    record(Action.REFERRAL_SENT, target=held, case_ids=[held.case_id], detail=detail)
    finish_askings(held, by)
    return _link(held, by)


def basis_stands(referral: Referral) -> bool:
    """Whether what a referral rests on covers today; a manager's approval covers what it was given for, word for word.

    It is asked for as it is sent. What went on an approval went as it was approved.
    """
    if referral.consent_id is not None:
        return bool(covering(referral).filter(pk=referral.consent_id).exists())
    if referral.emergency_id is not None:
        return not SharingDecision.objects.filter(asking_id=referral.emergency_id, is_approved=False).exists()
    return referral.approval is not None and not has_lapsed(referral)


def is_look_late(referral: Referral) -> bool:
    """Whether a day has passed since it was sent in an emergency, and no manager has decided about it."""
    if referral.emergency is None or timezone.now() - referral.emergency.asked_at < LOOK_WITHIN:
        return False
    return not SharingDecision.objects.filter(asking_id=referral.emergency_id).exists()


def has_lapsed(referral: Referral) -> bool:
    """Whether what would be shown is no more what a manager approved; of one that is not sent yet."""
    if referral.approval is None or referral.state != ReferralState.MADE:
        return False
    return referral.approval.digest != digest_of_fields(ticked_fields(referral))


def _link(referral: Referral, by: User) -> Handed:
    file = SharedFile("", "", 0, referral.digest)  # no file: the page behind the link shows the fields
    made = make_link(
        case=referral.case, what=REFERRAL, object_id=referral.pk, file=file, to_name=referral.to_name, by=by
    )
    return Handed(*made)


TELLS_CONTACT = frozenset({Shared.PHONE.value, Shared.CONTACT.value})


def is_contact_old(referral: Referral) -> bool:
    """Whether it told a partner how to reach the victim, and that was changed since or is not safe at all by now.

    Its links are shut then by `referral_held_back`, which asks the same.
    """
    if referral.sent_at is None or not TELLS_CONTACT & set(referral.ticked):
        return False
    present = SafeContact.objects.current_for(referral.case.victim_id)
    is_newer = present is not None and present.recorded_at > referral.sent_at
    return is_newer or referral.case.status == CaseStatus.UNSAFE_TO_CONTACT


@transaction.atomic
def new_link(*, referral: Referral, by: User) -> Handed:
    """Make another link to a referral that waits for its answer; the one before ends. Audited.

    Raises:
        ValidationError: it does not wait for an answer, what it rests on does not stand today, or how to reach the
            victim was changed since it was sent.
    """
    hold_consents(referral.case_id)
    end_links(what=REFERRAL, object_id=referral.pk, by=by)  # links before referrals: as a partner's try holds them
    held = lock_referral(referral)
    if not held.is_awaited:
        raise ValidationError(_("This referral does not wait for an answer."))
    if not basis_stands(held):
        raise ValidationError(_("What this referral rests on has ended. Take it back, and ask the victim again."))
    if is_look_late(held):
        raise ValidationError(_("A manager has not looked yet at what was sent in an emergency. Ring them first."))
    if is_contact_old(held):
        raise ValidationError(_("How to contact the victim was changed since. Take it back, and send it anew."))
    return _link(held, by)


@transaction.atomic
def withdraw_referral(*, referral: Referral, code: WithdrawCode, words: str, by: User | None) -> Referral:
    """Take a referral back: its links end at once. `by` nobody: the end of the consent. Audited.

    Raises:
        ValidationError: it is over.
    """
    end_links(what=REFERRAL, object_id=referral.pk, by=by)
    held = lock_referral(referral)
    step(held, ReferralState.WITHDRAWN, by=by, code=code, words=words)
    if by is not None:
        finish_chasing(held, by)
        finish_askings(held, by)
    record(Action.REFERRAL_WITHDRAWN, target=held, case_ids=[held.case_id], detail={"code": code.value})
    return held


@transaction.atomic
def record_answer(*, referral: Referral, is_accepted: bool, code: DeclineCode | None, words: str, by: User) -> Referral:
    """Record an answer that came another way than by the link, as on the phone; the link ends. Audited.

    Raises:
        ValidationError: it does not wait for an answer.
    """
    end_links(what=REFERRAL, object_id=referral.pk, by=by)
    held = lock_referral(referral)
    to = ReferralState.ACCEPTED if is_accepted else ReferralState.DECLINED
    step(held, to, by=by, code=code or "", words=words)
    finish_chasing(held, by)
    record(Action.REFERRAL_ANSWERED, target=held, case_ids=[held.case_id], detail={"to": to.value})
    return held


@transaction.atomic
def complete_referral(*, referral: Referral, words: str, by: User) -> Referral:
    """Record that an accepted referral has come to its end, and with what outcome. Audited.

    Raises:
        ValidationError: it was not accepted, or is over.
    """
    held = lock_referral(referral)
    step(held, ReferralState.COMPLETED, by=by, words=words)
    finish_chasing(held, by)
    record(Action.REFERRAL_COMPLETED, target=held, case_ids=[held.case_id])
    return held


def finish_chasing(referral: Referral, by: User) -> None:
    """Finish the tasks about the answer: something else has answered them."""
    for key in (chase_key(referral.pk), f"{chase_key(referral.pk)}:listed", answer_key(referral.pk)):
        finish_key(key, by)


def chase_key(referral_id: UUID) -> str:
    """The key of the task that asks after an answer."""
    return f"referral_chase:{referral_id}"


def answer_key(referral_id: UUID) -> str:
    """The key of the task that tells of an answer."""
    return f"referral_answer:{referral_id}"
