"""Requests for equipment: asked for in the portal, answered by a worker, moved on with the loan."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.actions import record
from audit.models import Action
from cases.actions.once import keep_once
from cases.actions.tasks import finish_key
from cases.models import Case
from jobs.actions import ask
from referrals.models import AlarmRequest, AlarmRequestStep
from referrals.rules.equipment import RequestState, may_move_request


class AlreadyAsked(Exception):
    """Another request of the case is still open: nothing is stored."""


def task_key(request: AlarmRequest) -> str:
    """The key of the task that a request raises."""
    return f"alarm_asked:{request.pk}"


@transaction.atomic
def ask_for_alarm(*, case: Case, key: UUID, answers: Mapping[str, Any], is_danger: bool, by: User) -> AlarmRequest:
    """Keep what a victim asks for. Audited; the same key and content once. Jobs tell whoever holds the case.

    Args:
        case: hers.
        key: the form's key becomes the request's.
        answers: risks, risk_words, places, where_words, way, way_words, language.
        is_danger: her words may mean danger: somebody looks on the same day.
        by: herself.

    Raises:
        AlreadyAsked: one request of this case is open.
        KeyUsed: the key stands for other answers.
    """
    try:
        request, is_new = keep_once(AlarmRequest, key, case_id=case.pk, by_id=by.pk, **answers)
    except IntegrityError as error:
        if "referrals_alarmrequest_one_open" not in str(error):
            raise
        raise AlreadyAsked from error
    if is_new:
        record(Action.EQUIPMENT_ASKED, target=request, case_ids=[case.pk])
        for name in ("alarm_asked", "alarm_danger") if is_danger else ("alarm_asked",):
            ask(name=name, key=f"{name}:{request.pk}", object_id=request.pk, case_id=case.pk, by=None)
    return request


def hold_request(request: AlarmRequest) -> AlarmRequest:
    """The request as it stands now, held until the end of the transaction.

    Raises:
        AlarmRequest.DoesNotExist: the person acting may not see it.
    """
    return AlarmRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)


def move_request(
    request: AlarmRequest, to: RequestState, by: User, now: datetime, *, words: str = "", due_on: date | None = None
) -> None:
    """One allowed move of a request that is held, with words that she reads. The caller audits.

    Raises:
        ValidationError: the table of moves does not allow it.
    """
    if not may_move_request(RequestState(request.state), to):
        raise ValidationError(_("This request stands at “%(now)s”: it cannot become “%(to)s”.") % {
            "now": request.get_state_display(), "to": to.label
        })  # fmt: skip
    AlarmRequestStep.objects.create(
        request=request, case_id=request.case_id, from_state=request.state, to_state=to, words=words, by=by, at=now
    )
    request.state, request.due_on = to, due_on or request.due_on
    request.save(update_fields=["state", "kind", "due_on"])


@transaction.atomic
def answer_request(*, request: AlarmRequest, to: RequestState, words: str, by: User) -> AlarmRequest:
    """Approve a request, or say that it is not possible, in words the victim reads. Audited; its task is finished.

    Raises:
        ValidationError: it was answered already, or nothing says why it is not possible.
    """
    request = hold_request(request)
    if to not in {RequestState.APPROVED, RequestState.NOT_POSSIBLE}:
        raise ValidationError(_("A request is approved, or it is not possible."))
    if to == RequestState.NOT_POSSIBLE and not words.strip():
        raise ValidationError(_("Write why it is not possible: the victim reads it."))
    move_request(request, to, by, timezone.now(), words=words)
    finish_key(task_key(request), by)
    record(Action.EQUIPMENT_ANSWERED, target=request, case_ids=[request.case_id], detail={"to": to.value})
    return request
