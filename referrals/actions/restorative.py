"""Restorative justice: opened, moved, ended; the victim's withdrawal, which is one step. Nobody is contacted."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.actions import record
from audit.models import Action
from cases.actions import withdraw_consent
from cases.actions.consenting import hold_consents
from cases.actions.locking import StaleEdit, lock
from cases.actions.once import KeyUsed, keep_once, same_content
from cases.actions.tasks import finish_kinds, raise_task
from cases.models import Case, Consent, Task
from jobs.working import Work
from reference.models import BankHoliday
from referrals.models import RestorativeMove, RestorativeReferral
from referrals.restoring import agreement_of, limits, no_agreement, standing
from referrals.rules.restorative import (
    WAY,
    Outcome,
    Stage,
    follow_up_days,
    may_come_back,
    may_end,
    may_move,
    needs_agreement,
    needs_sign_off,
)

TASKS = (Task.Kind.RJ_SIGN_OFF, Task.Kind.RJ_DUE)


@transaction.atomic
def open_restorative(*, case: Case, key: UUID, reason: str, by: User) -> RestorativeReferral:
    """Open restorative justice for a case, at the victim's enquiry. Audited; the same key once.

    Raises:
        KeyUsed: the key stands for another one.
        ValidationError: one is open on this case, or the case is closed.
    """
    case = lock(case)
    if not RestorativeReferral.objects.filter(pk=key, case=case).exists():
        if case.is_closed:
            raise ValidationError(_("This case is closed. Open it again first."))
        if RestorativeReferral.objects.open().filter(case=case).exists():
            raise ValidationError(_("Restorative justice is open on this case already."))
    referral, is_new = keep_once(RestorativeReferral, key, case_id=case.pk, opened_by_id=by.pk)
    if is_new:
        RestorativeMove.objects.create(referral=referral, case=case, to_stage=Stage.ENQUIRY, reason=reason, by=by)
        record(Action.RESTORATIVE_OPENED, target=referral, case_ids=[case.pk])
    return referral


def hold(referral: RestorativeReferral) -> RestorativeReferral:
    """The referral as it stands now, held with its case until the end of the transaction.

    Raises:
        Case.DoesNotExist: the person acting may not see the case, or may no longer.
    """
    case = lock(referral.case)
    held = RestorativeReferral.objects.select_for_update(of=("self",)).get(pk=referral.pk)
    held.case = case
    return held


@transaction.atomic
def move_restorative(
    *, referral: RestorativeReferral, key: UUID, seen: Stage, to: Stage, values: Mapping[str, Any], by: User
) -> RestorativeReferral:
    """Move it on, back, to hold, or from hold. Audited; the same key and content once.

    Before the perpetrator is approached, and after a time on hold, a manager's sign-off and the victim's agreement
    must stand at this moment; wherever somebody speaks with the perpetrator, the agreement must.

    The form's `key` becomes the move's; `seen` is where it stood when the form was opened. `values` are the reason,
    the method for "method chosen", and held_on for "held".

    Raises:
        KeyUsed: the key stands for another move.
        StaleEdit: somebody moved it in the meantime.
        ValidationError: the table does not allow it, something is missing, or what must stand does not.
    """
    hold_consents(referral.case_id)
    held = hold(referral)
    move = {"to_stage": to, "method": values.get("method", "") if to == Stage.METHOD else "", "outcome": ""}
    move |= {"on": values.get("held_on") if to == Stage.HELD else None, "reason": values["reason"]}
    if _is_kept(held, key, seen, move, by):
        return held
    _check_move(held, seen, to, move)
    _check_what_must_stand(held, seen, to, by)
    kept = _keep_move(held, key, seen, move, by)
    was_held_on = held.held_on
    _place(held, seen, to, move)
    if held.held_on != was_held_on and held.held_on is not None:
        _raise_follow_ups(held, kept, held.held_on)
    _finish_tasks(held, by)
    record(Action.RESTORATIVE_MOVED, target=held, case_ids=[held.case_id], detail={"to": str(to)})
    return held


def _content(referral: RestorativeReferral, seen: Stage, move: Mapping[str, Any], by: User) -> dict[str, Any]:
    """What makes two sendings of a move one."""
    return {"referral_id": referral.pk, "case_id": referral.case_id, "from_stage": seen, "by_id": by.pk, **move}


def _is_kept(referral: RestorativeReferral, key: UUID, seen: Stage, move: Mapping[str, Any], by: User) -> bool:
    """Whether this move was made before under this key.

    Raises:
        KeyUsed: another was.
    """
    kept = RestorativeMove.objects.filter(pk=key).first()
    if kept is not None and not same_content(kept, _content(referral, seen, move, by)):
        raise KeyUsed(kept)
    return kept is not None


def _keep_move(
    referral: RestorativeReferral, key: UUID, seen: Stage, move: Mapping[str, Any], by: User
) -> RestorativeMove:
    return keep_once(RestorativeMove, key, **_content(referral, seen, move, by))[0]


def _check_seen(referral: RestorativeReferral, seen: Stage) -> None:
    if referral.stage != seen:
        raise StaleEdit(referral)


def _check_move(referral: RestorativeReferral, seen: Stage, to: Stage, move: Mapping[str, Any]) -> None:
    _check_seen(referral, seen)
    comes_back = seen != Stage.ON_HOLD or may_come_back(Stage(referral.stage_before_hold), to)
    if to == Stage.CLOSED or not may_move(seen, to) or not comes_back:
        words = {"now": seen.label, "to": to.label}
        raise ValidationError(_("It cannot go from “%(now)s” to “%(to)s”.") % words)
    if to == Stage.METHOD and not move["method"]:
        raise ValidationError({"method": _("Choose the method")})
    if to == Stage.HELD and referral.held_on is None:
        if move["on"] is None:
            raise ValidationError({"held_on": _("Enter the day on which it was held")})
        if move["on"] > timezone.localdate():
            raise ValidationError({"held_on": _("The day must be today or in the past")})


def _check_what_must_stand(referral: RestorativeReferral, seen: Stage, to: Stage, by: User) -> None:
    """Under the lock of the case and of what is agreed for it: nobody withdraws while this is decided."""
    if not needs_agreement(to):
        return
    today = timezone.localdate()
    if needs_sign_off(seen, to):
        missing = standing(referral, by, timezone.now(), today).missing
    else:
        missing = [] if agreement_of(referral.case, by, today) else [no_agreement()]
    if missing:
        raise ValidationError(missing)


def _place(referral: RestorativeReferral, seen: Stage, to: Stage, move: Mapping[str, Any]) -> None:
    """Where it stands now. Going back before the method or the meeting takes these away; the moves keep them."""
    referral.stage = to
    referral.stage_before_hold = seen if to == Stage.ON_HOLD else ""
    if to in WAY and WAY.index(to) < WAY.index(Stage.HELD):
        referral.method, referral.held_on = move["method"], None
    elif to == Stage.HELD:
        referral.held_on = referral.held_on or move["on"]
    referral.save(update_fields=["stage", "stage_before_hold", "method", "held_on"])


def _finish_tasks(referral: RestorativeReferral, by: User) -> None:
    """What is answered by where it stands: a sign-off by the approach, a follow-up by the next or by no meeting."""
    to = Stage(referral.stage)
    if to == Stage.APPROACHED:
        finish_kinds(referral.case, [Task.Kind.RJ_SIGN_OFF], by)
    if to == Stage.FOLLOW_UP_MONTHS:
        due = referral.case.tasks.open().filter(kind=Task.Kind.RJ_DUE, key__startswith=f"rj_weeks:{referral.pk}:")
        due.update(done_at=timezone.now(), done_by=by)
    if referral.held_on is None and to != Stage.ON_HOLD:
        finish_kinds(referral.case, [Task.Kind.RJ_DUE], by)


def _raise_follow_ups(referral: RestorativeReferral, move: RestorativeMove, held_on: date) -> None:
    weeks, months = follow_up_days(held_on, limits(), BankHoliday.objects.days())
    for name, title, due_on in (
        ("rj_weeks", _("Restorative justice: ask the victim how it is, the first time after it was held"), weeks),
        ("rj_months", _("Restorative justice: ask the victim how it is, the last time after it was held"), months),
    ):
        raise_task(referral.case, Task.Kind.RJ_DUE, title, due_on, key=f"{name}:{referral.pk}:{move.pk}")


@transaction.atomic
def end_restorative(
    *, referral: RestorativeReferral, key: UUID, seen: Stage, outcome: Outcome, reason: str, by: User
) -> RestorativeReferral:
    """End it with its outcome. Audited; the same key and content once. Its tasks are finished with it.

    Raises:
        KeyUsed: the key stands for another move.
        StaleEdit: somebody moved it in the meantime.
        ValidationError: this outcome does not fit where it stands, or it is the victim's withdrawal: that is
            `withdraw_restorative`.
    """
    held = hold(referral)
    move = {"to_stage": Stage.CLOSED, "method": "", "on": None, "outcome": outcome, "reason": reason}
    if _is_kept(held, key, seen, move, by):
        return held
    _check_seen(held, seen)
    if outcome == Outcome.VICTIM_WITHDREW or not may_end(seen, outcome):
        words = {"outcome": outcome.label, "now": seen.label}
        raise ValidationError(_("“%(outcome)s” does not fit where it stands, at “%(now)s”.") % words)
    _keep_move(held, key, seen, move, by)
    _close(held, outcome, by)
    return held


def _close(referral: RestorativeReferral, outcome: Outcome, by: User) -> None:
    referral.stage, referral.stage_before_hold = Stage.CLOSED, ""
    referral.outcome, referral.ended_at = outcome, timezone.now()
    referral.save(update_fields=["stage", "stage_before_hold", "outcome", "ended_at"])
    finish_kinds(referral.case, TASKS, by)
    record(Action.RESTORATIVE_ENDED, target=referral, case_ids=[referral.case_id], detail={"outcome": str(outcome)})


def _withdraw(referral: RestorativeReferral, by: User) -> None:
    """Close a referral that is held and open, because the victim said so. Nobody is asked why."""
    RestorativeMove.objects.create(
        referral=referral, case_id=referral.case_id, from_stage=referral.stage, to_stage=Stage.CLOSED,
        outcome=Outcome.VICTIM_WITHDREW, by=by,
    )  # fmt: skip
    _close(referral, Outcome.VICTIM_WITHDREW, by)


@transaction.atomic
def withdraw_restorative(*, referral: RestorativeReferral, by: User) -> RestorativeReferral:
    """The victim withdraws, at any stage: it ends, and with it every agreement to it. A second press changes nothing.

    Audited. Taking an agreement back raises its task for whoever holds the case.
    """
    hold_consents(referral.case_id)
    held = hold(referral)
    if held.is_open:
        _withdraw(held, by)
        agreed = Consent.objects.visible_to(by).filter(case=held.case, purpose=Consent.Purpose.RESTORATIVE)
        for consent in agreed.not_withdrawn():
            withdraw_consent(consent=consent, by=by)
    return held


def end_with_consent(consent: Consent, work: Work) -> list[str] | None:
    """The victim took back the agreement to restorative justice: what was open then ends, in the job's transaction."""
    if consent.purpose != Consent.Purpose.RESTORATIVE:
        return None
    taken_back = consent.withdrawal
    found = RestorativeReferral.objects.open().filter(case=consent.case, opened_at__lte=taken_back.at).first()
    referral = hold(found) if found else None
    if referral is None or not referral.is_open:
        return None
    stage = referral.get_stage_display()
    _withdraw(referral, taken_back.by)
    words = _("Restorative justice has ended; it stood at “%(stage)s”. Tell the facilitators today, if there are any.")
    return [words % {"stage": stage}]
