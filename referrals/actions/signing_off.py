"""A manager's sign-off before the perpetrator is approached: asked for by a worker, answered by somebody else."""

from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.actions import record
from audit.models import Action
from cases.actions.once import keep_once
from cases.actions.tasks import finish_kinds, raise_task
from cases.models import Allocation, Case, CaseGrant, Task
from cases.rules import last_day
from nsvcs.access import Role
from referrals.actions.restorative import hold
from referrals.models import RestorativeReferral, SignOff, SignOffRequest
from referrals.restoring import happened_since, limits, screen_of
from referrals.rules.restorative import Stage, may_ask_sign_off

STALE = "stale"


@transaction.atomic
def ask_sign_off(*, referral: RestorativeReferral, key: UUID, reason: str, by: User) -> SignOffRequest:
    """Ask the team's managers to sign off the approach. Audited; the same key and content once.

    Each manager who may open the case gets a task for today; where there is none, whoever holds the case does.

    Raises:
        KeyUsed: the key stands for another request.
        ValidationError: a request waits already, or where it stands none is asked for.
    """
    held = hold(referral)
    if not SignOffRequest.objects.filter(pk=key, referral=held).exists():
        if not may_ask_sign_off(Stage(held.stage)):
            raise ValidationError(_("No sign-off is asked for at “%s”.") % held.get_stage_display())
        if SignOffRequest.objects.filter(referral=held, sign_off=None).exists():
            raise ValidationError(_("A request waits for a manager already."))
    content = {"referral_id": held.pk, "case_id": held.case_id, "reason": reason, "asked_by_id": by.pk}
    request, is_new = keep_once(SignOffRequest, key, **content)
    if is_new:
        _tell_managers(held.case, request, by)
        record(Action.RESTORATIVE_SIGN_OFF_ASKED, target=request, case_ids=[held.case_id])
    return request


def _tell_managers(case: Case, request: SignOffRequest, by: User) -> None:
    today, kind = timezone.localdate(), Task.Kind.RJ_SIGN_OFF
    managers = managers_of(case, but=by, now=timezone.now())
    for manager in managers:
        title = _("Restorative justice waits for your sign-off before the perpetrator is approached")
        raise_task(case, kind, title, today, key=f"rj_sign_off:{request.pk}:{manager.pk}", to=manager)
    if not managers:
        title = _("Restorative justice waits for a sign-off, and no manager of the team may open the case: name one")
        raise_task(case, kind, title, today, key=f"rj_sign_off:{request.pk}")


def managers_of(case: Case, *, but: User, now: datetime) -> list[User]:
    """Managers of the case's team who may open it, without whoever asks."""
    found = User.objects.caseworkers_of(case.team_id).filter(role=Role.MANAGER).exclude(pk=but.pk)
    found = found.exclude(walls__case=case)
    if case.is_restricted:
        on_it = Allocation.objects.current(now).filter(case=case).values("worker")
        readers = CaseGrant.objects.filter(case=case, starts_at__lte=now, ends_at__gt=now).values("person")
        found = found.filter(pk__in=on_it) | found.filter(pk__in=readers)
    return list(found.distinct().order_by("name"))


def may_sign_off(request: SignOffRequest, user: User) -> bool:
    """Whether somebody may answer: a manager of the case's team who did not ask."""
    is_theirs = user.role == Role.MANAGER and user.staff_profile.team_id == request.case.team_id
    return is_theirs and request.asked_by_id != user.pk


@transaction.atomic
def answer_sign_off(*, request: SignOffRequest, is_given: bool, reason: str, looked_at: datetime, by: User) -> SignOff:
    """Sign off the approach, or refuse it, with the reason. Audited; the same answer once.

    A sign-off counts for so many days as the service has set, this one included, and ends sooner with a new entry,
    red flag or event of an order. It is a judgement of what stood there as the manager looked, at `looked_at`.

    Raises:
        PermissionDenied: who answers is no manager of the team, or asked for it.
        ValidationError: it was answered otherwise, restorative justice has ended, the risk screen is not current, or
            something has happened since the manager looked (`STALE`).
    """
    referral = hold(request.referral)
    if not may_sign_off(request, by):
        raise PermissionDenied
    kept = SignOff.objects.filter(request=request).first()
    if kept is not None and (kept.is_given, kept.reason, kept.by_id) == (is_given, reason, by.pk):
        return kept
    if kept is not None:
        raise ValidationError(_("This request was answered already. Look again."))
    if not referral.is_open:
        raise ValidationError(_("Restorative justice has ended on this case."))
    screen = screen_of(referral.case, timezone.now())
    if is_given and screen is not None and not screen.is_current:
        raise ValidationError(screen.words)
    if is_given and (happened := happened_since(referral.case, looked_at)):
        words = _("Since you opened this page, %(happened)s. Look at that first, then answer.")
        raise ValidationError(words % {"happened": happened}, code=STALE)
    today = timezone.localdate()
    answer = SignOff.objects.create(
        request=request, case_id=request.case_id, asked_by_id=request.asked_by_id, is_given=is_given, reason=reason,
        ends_on=last_day(today, limits()["rj_sign_off_days"]) if is_given else None, by=by, at=timezone.now(),
    )  # fmt: skip
    finish_kinds(referral.case, [Task.Kind.RJ_SIGN_OFF], by)
    title = _("The manager answered about restorative justice: look at the answer")
    raise_task(referral.case, Task.Kind.RJ_SIGN_OFF, title, today, key=f"rj_answer:{request.pk}", to=request.asked_by)
    detail = {"is_given": is_given}
    record(Action.RESTORATIVE_SIGN_OFF_ANSWERED, target=answer, case_ids=[referral.case_id], detail=detail)
    return answer
