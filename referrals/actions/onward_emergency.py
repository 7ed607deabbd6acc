"""Sending in an emergency, where nobody may be waited for; and the manager's look at it afterwards."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.actions import record
from audit.models import Action
from cases.actions.consenting import hold_consents
from cases.actions.sharing import end_links
from cases.actions.tasks import finish_key, raise_task
from cases.models import Task
from nsvcs.access import Role
from referrals.actions.onward import asked_key, decided_key, lock_referral, refuse_unless_made
from referrals.actions.onward_seen import REFERRAL, seen_words
from referrals.actions.onward_sending import Handed, go, withdraw_referral
from referrals.models import Referral, SharingDecision, WithoutConsent
from referrals.rules.onward import ENDED, Gateway, WithdrawCode

WHY = ("risk", "necessity", "proportionality", "is_told", "not_told_because")


@transaction.atomic
def send_in_emergency(
    *, referral: Referral, values: Mapping[str, Any], manager: User | None, seen: str, by: User
) -> Handed:
    """Send it now, on the reasons given, where somebody's life is in danger or serious harm is near. Audited.

    A manager gets a task to look at it the same day (Europe/London).

    Args:
        referral: made, with something ticked.
        values: risk, necessity, proportionality, is_told, not_told_because (none where the victim was told).
        manager: who looks at it, not oneself; none where no manager may open the case: then whoever holds it gets the
            task to bring one.
        seen: the digest of what was looked at.
        by: who sends it.

    Raises:
        ProtectedWords: with the places.
        ValidationError: it was sent before, a manager has refused it, the manager is oneself, nothing is ticked, or
            something else would go than was looked at.
    """
    hold_consents(referral.case_id)
    held = lock_referral(referral)
    refuse_unless_made(held)
    if manager is not None and (manager.role != Role.MANAGER or manager == by):
        raise ValidationError({"manager": _("Choose a manager other than yourself")})
    if is_refused(held):
        raise ValidationError(_("A manager did not approve this. Ring them: it is not sent against their word."))
    now = timezone.now()
    asking = WithoutConsent(
        referral=held, case_id=held.case_id, gateway=Gateway.DANGER, is_emergency=True, asked_by=by, asked_at=now,
        **{name: values[name] for name in WHY},
    )  # fmt: skip
    asking.save(force_insert=True)
    held.emergency, held.consent, held.approval = asking, None, None
    handed = go(held, seen=seen, at=now, by=by)
    _ask_to_look(held, asking, manager)
    return handed


def _ask_to_look(held: Referral, asking: WithoutConsent, manager: User | None) -> None:
    said = (
        _("Look today at what was sent in an emergency, without consent: %(to)s")
        if manager
        else _("Bring a manager to look today at what was sent in an emergency, without consent: %(to)s")
    )
    title, today = said % {"to": held.organisation.name}, timezone.localdate(asking.asked_at)
    raise_task(held.case, Task.Kind.BY_HAND, title, today, key=asked_key(asking), to=manager)
    detail = {"gateway": asking.gateway, "manager": str(manager.pk) if manager else "", "is_emergency": True}
    record(Action.REFERRAL_ASKED, target=held, case_ids=[held.case_id], detail=detail)


def is_refused(referral: Referral) -> bool:
    """Whether the last word of a manager about sharing it without consent was no."""
    decisions = SharingDecision.objects.filter(asking__referral=referral).order_by("-at")
    said = decisions.values_list("is_approved", flat=True).first()
    return said is False


@transaction.atomic
def review_emergency(*, asking: WithoutConsent, is_approved: bool, reason: str, seen: str, by: User) -> SharingDecision:
    """A manager has looked at what was sent in an emergency. Not approved, it ends at once, with its link. Audited.

    Args:
        asking: the reasons on which it was sent.
        is_approved: whether it was right.
        reason: why.
        seen: the digest of what was looked at, as it was sent.
        by: the manager, never who sent it.

    Raises:
        ValidationError: it is not theirs to decide, was decided, or something else was looked at.
    """
    if by.role != Role.MANAGER or asking.asked_by_id == by.pk:
        raise ValidationError(_("A manager decides it, and not who asked."))
    if not is_approved:
        end_links(what=REFERRAL, object_id=asking.referral_id, by=by)  # links before referrals, as everywhere
    held = lock_referral(asking.referral)
    if SharingDecision.objects.filter(asking=asking).exists():
        raise ValidationError(_("This was decided already."))
    if not asking.is_emergency or held.digest != seen:
        raise ValidationError(_("This is not what was sent. Open the referral again."))
    decision = SharingDecision(
        asking=asking, case_id=held.case_id, asked_by_id=asking.asked_by_id, is_approved=is_approved, reason=reason,
        digest=seen, by=by, at=timezone.now(),
    )  # fmt: skip
    decision.save(force_insert=True)
    finish_key(asked_key(asking), by)
    detail = {"asking": str(asking.pk), "is_approved": is_approved, "is_emergency": True}
    record(Action.REFERRAL_DECIDED, target=held, case_ids=[held.case_id], detail=detail)
    if not is_approved:
        _end(held, asking, by)
    return decision


def _end(held: Referral, asking: WithoutConsent, by: User) -> None:
    """It ends where it can, and whoever sent it is told what had been seen."""
    if held.state not in ENDED:
        withdraw_referral(referral=held, code=WithdrawCode.REFUSED, words="", by=by)
    told = {"to": held.organisation.name, "seen": seen_words(held)}
    title = _("A manager did not approve what was sent in an emergency to %(to)s. %(seen)s") % told
    raise_task(
        held.case, Task.Kind.BY_HAND, title, timezone.localdate(), key=decided_key(asking.pk), to=asking.asked_by
    )
