"""Loans: a unit reserved for a case, given out, renewed, taken back, lost; and tests of what is lent."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.actions import record
from audit.models import Action
from cases.actions.locking import lock
from cases.actions.once import keep_once
from cases.actions.statuses import still_out_key
from cases.actions.tasks import raise_task
from cases.contact import contact_rule
from cases.models import Case, Task
from cases.rules import Channel, Verdict, add_months, may_contact
from referrals.actions.equipment import hold, is_battery_overdue, keep_apart, step
from referrals.actions.equipment_requests import hold_request, move_request
from referrals.equipment_limits import limits
from referrals.models import Alarm, AlarmLoan, AlarmLoanStep, AlarmRenewal, AlarmRequest, AlarmTest
from referrals.rules.equipment import AlarmState, Check, LoanState, RequestState, is_overdue, may_move_loan

SHORTEST = timedelta(microseconds=1)  # a period of no length at all would overlap nothing
Handed, Wiped = AlarmLoan.Handed, AlarmLoan.Wiped


def due_key(loan: AlarmLoan, what: str) -> str:
    """How the keys of the tasks begin that a late loan raises: for a test, or to come back."""
    return f"alarm_{what}:{loan.pk}:"


def taken() -> str:
    """What is said to whoever reserves a unit a moment too late."""
    return _("Somebody else took this unit a moment ago. Choose another one.")


def found_title() -> str:
    """The task where something was found on a unit that came back."""
    return _("Red flag: something was found on equipment that came back. Look today")


def hold_loan(loan: AlarmLoan) -> AlarmLoan:
    """The loan as it stands now, with its unit, both held: the unit first.

    Raises:
        AlarmLoan.DoesNotExist: the person acting may not see it.
    """
    alarm = hold(loan.alarm)
    held = AlarmLoan.objects.select_for_update(of=("self",)).select_related("case__victim").get(pk=loan.pk)
    held.alarm = alarm
    return held


def _step(loan: AlarmLoan, to: LoanState, by: User, now: datetime, words: str = "") -> None:
    """One allowed move of a loan that is held; what ends it ends its period. The caller saves and audits.

    Raises:
        ValidationError: the table of moves does not allow it: somebody else was quicker.
    """
    if not may_move_loan(LoanState(loan.state), to):
        raise ValidationError(_("This loan stands at “%(now)s” by now: it cannot become “%(to)s”.") % {
            "now": loan.get_state_display(), "to": to.label
        })  # fmt: skip
    AlarmLoanStep.objects.create(
        loan=loan, case_id=loan.case_id, from_state=loan.state, to_state=to, words=words, by=by, at=now
    )
    loan.state = to
    if not loan.is_open:
        begun = loan.period.lower
        loan.period = DateTimeTZRange(begun, max(now, begun + SHORTEST))


def _move_her_request(loan: AlarmLoan, to: RequestState, by: User, now: datetime, due_on: date | None = None) -> None:
    """Where the loan answers a request, its state follows, and what is put aside for it."""
    if loan.request_id:
        request = hold_request(AlarmRequest(pk=loan.request_id))
        request.kind = "" if to == RequestState.APPROVED else loan.alarm.kind
        move_request(request, to, by, now, due_on=due_on)


@transaction.atomic
def reserve_alarm(*, case: Case, alarm: Alarm, key: UUID, request: AlarmRequest | None, by: User) -> AlarmLoan:
    """Put a unit aside for a case. Audited; the same key and content once.

    Args:
        case: the case it is for.
        alarm: a unit in stock.
        key: the form's key becomes the loan's.
        request: an approved request of this case that it answers; none where the worker offered it.
        by: who reserves it.

    Raises:
        KeyUsed: the key stands for another loan.
        ValidationError: the case is closed, somebody else has the unit, or it is not to be lent now.
    """
    case, alarm = lock(case), hold(alarm)
    content = {"case_id": case.pk, "alarm_id": alarm.pk, "request_id": request.pk if request else None}
    try:
        loan, is_new = keep_once(AlarmLoan, key, by_id=by.pk, **content)
    except IntegrityError as error:
        if "referrals_alarmloan_one_at_a_time" not in str(error):
            raise
        raise ValidationError(taken()) from error
    if not is_new:
        return loan
    if case.is_closed:
        raise ValidationError(_("This case is closed. Open it again first."))
    if alarm.state != AlarmState.IN_STOCK:
        raise ValidationError(_("This unit stands at “%s”: it cannot be lent now.") % alarm.get_state_display())
    if request is not None and hold_request(request).state != RequestState.APPROVED:
        raise ValidationError(_("This request was dealt with a moment ago. Look at it again first."))
    now = loan.period.lower
    AlarmLoanStep.objects.create(loan=loan, case=case, to_state=LoanState.RESERVED, by=by, at=now)
    step(alarm, AlarmState.RESERVED, "", by, now)
    _move_her_request(loan, RequestState.READY, by, now)
    record(Action.EQUIPMENT_RESERVED, target=loan, case_ids=[case.pk])
    return loan


def may_post(case: Case, now: datetime) -> bool:
    """Whether safe contact allows post to this victim now."""
    return may_contact(contact_rule(case.victim), Channel.POST, now).kind == Verdict.ALLOWED


@transaction.atomic
def issue_alarm(*, loan: AlarmLoan, values: Mapping[str, Any], words: str, by: User) -> AlarmLoan:
    """Give a reserved unit to the victim, tested just before. Audited.

    Args:
        loan: the reservation.
        values: due_on, handed, receipt, is_demonstrated, demonstrated_by (who showed how it works, or none).
        words: what is to be remembered of it.
        by: who gives it out, and tested it.

    Raises:
        ValidationError: it is not reserved any more, the case is closed, its battery is overdue, or it would be posted
            where safe contact does not allow post.
    """
    loan, now = hold_loan(loan), timezone.now()
    today = timezone.localdate(now)
    if loan.case.is_closed:
        raise ValidationError(_("This case is closed. Open it again first."))
    if values["handed"] == Handed.POST and not may_post(loan.case, now):
        raise ValidationError(_("Safe contact does not allow post: hand it over in another way."))
    if is_battery_overdue(loan.alarm, today, limits()["alarm_battery_months"]):
        raise ValidationError(_("The battery of this unit is overdue. Change it first."))
    _step(loan, LoanState.ISSUED, by, now, words)
    for name, value in values.items():
        setattr(loan, name, value)
    loan.issued_at = now
    loan.save()
    AlarmTest.objects.create(alarm=loan.alarm, kind=AlarmTest.Kind.ISSUE, has_passed=True, on=today, by=by)
    loan.alarm.tested_on = today
    loan.alarm.save(update_fields=["tested_on"])
    step(loan.alarm, AlarmState.ON_LOAN, "", by, now)
    _move_her_request(loan, RequestState.GIVEN, by, now, values["due_on"])
    record(Action.EQUIPMENT_ISSUED, target=loan, case_ids=[loan.case_id])
    return loan


@transaction.atomic
def renew_loan(*, loan: AlarmLoan, key: UUID, due_on: date, words: str, by: User) -> AlarmRenewal:
    """Agree on a later day to come back. Audited; the same key and content once. Its late task is finished.

    Raises:
        KeyUsed: the key stands for another renewal.
        ValidationError: it is not on loan any more, or the day is not later than the one before.
    """
    loan = hold_loan(loan)
    kept = AlarmRenewal.objects.filter(pk=key).first()
    before = kept.from_due_on if kept else loan.due_on
    if not kept and (loan.state != LoanState.ISSUED or before is None):
        raise ValidationError(_("This unit is not on loan any more."))
    if not kept and before is not None and due_on <= before:
        raise ValidationError(_("The new day has to be later than the one before."))
    content = {"loan_id": loan.pk, "case_id": loan.case_id, "from_due_on": before, "due_on": due_on}
    renewal, is_new = keep_once(AlarmRenewal, key, words=words, by_id=by.pk, **content)
    if is_new:
        loan.due_on = due_on
        loan.save(update_fields=["due_on"])
        if loan.request_id:
            AlarmRequest.objects.filter(pk=loan.request_id).update(due_on=due_on)
        _finish_late(loan, "return", by)
        record(Action.EQUIPMENT_RENEWED, target=loan, case_ids=[loan.case_id])
    return renewal


def _finish_still_out(loan: AlarmLoan, by: User) -> None:
    """What a closed case still had out is asked for no more once nothing of it is; the loan has been saved."""
    if not AlarmLoan.objects.open().filter(case_id=loan.case_id).exists():
        asked = Task.objects.open().filter(case_id=loan.case_id, key__startswith=still_out_key(loan.case_id))
        asked.update(done_at=timezone.now(), done_by=by)


@transaction.atomic
def release_loan(*, loan: AlarmLoan, words: str, by: User) -> AlarmLoan:
    """Give a reservation up: the unit is in stock again, a request waits for another unit. Audited.

    Raises:
        ValidationError: it is not reserved any more.
    """
    loan, now = hold_loan(loan), timezone.now()
    _release(loan, words, by, now)
    step(loan.alarm, AlarmState.IN_STOCK, "", by, now)
    return loan


def _release(loan: AlarmLoan, words: str, by: User, now: datetime) -> None:
    _step(loan, LoanState.CANCELLED, by, now, words)
    loan.save()
    _move_her_request(loan, RequestState.APPROVED, by, now)
    _finish_still_out(loan, by)
    record(Action.EQUIPMENT_ENDED, target=loan, case_ids=[loan.case_id], detail={"to": loan.state})


@transaction.atomic
def return_alarm(*, loan: AlarmLoan, values: Mapping[str, Any], words: str, by: User) -> AlarmLoan:
    """Take a unit back. It waits to be looked over; where something was found on it, it is kept apart. Audited.

    Somebody looks at the case on the same day where something was found: a unit that was opened, or a tracker in it.

    Args:
        loan: what is on loan.
        values: tamper_check, tracker_check, wiped.
        words: what was found, or is to be remembered.
        by: who takes it back.

    Raises:
        ValidationError: it is not on loan any more.
    """
    loan, now = hold_loan(loan), timezone.now()
    _step(loan, LoanState.RETURNED, by, now, words)
    for name, value in values.items():
        setattr(loan, name, value)
    loan.save()
    is_found = Check.FOUND in (values["tamper_check"], values["tracker_check"])
    if loan.alarm.state == AlarmState.ON_LOAN:
        reason = keep_apart() if is_found else ""
        step(loan.alarm, AlarmState.FAULTY if is_found else AlarmState.RETURNED, reason, by, now)
    if is_found:
        key = f"red_flag:equipment:{loan.pk}"
        raise_task(loan.case, Task.Kind.RED_FLAG, found_title(), timezone.localdate(now), key=key)
    _end(loan, RequestState.RETURNED, by, now)
    return loan


@transaction.atomic
def lose_alarm(*, loan: AlarmLoan, words: str, by: User) -> AlarmLoan:
    """Record that a lent unit is lost. Audited.

    Raises:
        ValidationError: it is not on loan any more.
    """
    loan, now = hold_loan(loan), timezone.now()
    _step(loan, LoanState.LOST, by, now, words)
    loan.save()
    step(loan.alarm, AlarmState.LOST, "", by, now)
    _end(loan, RequestState.LOST, by, now)
    return loan


def _end(loan: AlarmLoan, to: RequestState, by: User, now: datetime) -> None:
    """The request follows, what was late is late no more, and it is audited."""
    _move_her_request(loan, to, by, now)
    _finish_late(loan, "return", by)
    _finish_late(loan, "test", by)
    _finish_still_out(loan, by)
    record(Action.EQUIPMENT_ENDED, target=loan, case_ids=[loan.case_id], detail={"to": loan.state})


def _finish_late(loan: AlarmLoan, what: str, by: User) -> None:
    late = Task.objects.open().filter(case_id=loan.case_id, key__startswith=due_key(loan, what))
    late.update(done_at=timezone.now(), done_by=by)


def loan_of(alarm: Alarm, by: User) -> AlarmLoan | None:
    """The loan that a unit is on now; none when it is on none.

    Raises:
        ValidationError: it is on one, of a case that this person may not open.
    """
    loan = AlarmLoan.objects.visible_to(by).open().filter(alarm=alarm).first()
    if loan is None and alarm.state in {AlarmState.RESERVED, AlarmState.ON_LOAN}:
        raise ValidationError(_("This unit is with another team’s case. Its caseworker records this."))
    return loan


@transaction.atomic
def record_test(*, alarm: Alarm, key: UUID, has_passed: bool, on: date, words: str, by: User) -> AlarmTest:
    """Record a regular test. One that failed makes the unit faulty. Audited; the same key and content once.

    Raises:
        KeyUsed: the key stands for another test.
        ValidationError: the unit is with a case that one may not open, or is not in use.
    """
    alarm = hold(alarm)
    loan = loan_of(alarm, by)
    content = {"alarm_id": alarm.pk, "kind": AlarmTest.Kind.REGULAR, "has_passed": has_passed, "on": on}
    done, is_new = keep_once(AlarmTest, key, words=words, by_id=by.pk, **content)
    if not is_new:
        return done
    if alarm.state not in {AlarmState.IN_STOCK, AlarmState.RESERVED, AlarmState.ON_LOAN}:
        raise ValidationError(_("A unit that stands at “%s” is not tested here.") % alarm.get_state_display())
    case_ids = [loan.case_id] if loan else []
    record(Action.EQUIPMENT_TESTED, target=alarm, case_ids=case_ids, detail={"has_passed": has_passed})
    if has_passed:
        alarm.tested_on = max(on, alarm.tested_on or on)
        alarm.save(update_fields=["tested_on"])
        months = limits()["alarm_test_months"]
        if loan and not is_overdue(add_months(alarm.tested_on, months), timezone.localdate()):
            _finish_late(loan, "test", by)  # a test of long ago, recorded late, leaves the next one late
    else:
        _fail(alarm, loan, _("A test failed"), by)
    return done


@transaction.atomic
def mark_faulty(*, alarm: Alarm, reason: str, by: User) -> Alarm:
    """Say that a unit does not work, wherever it is; a reservation of it is given up. Audited.

    Raises:
        ValidationError: it is with a case that one may not open, or the table of moves does not allow it.
    """
    alarm = hold(alarm)
    _fail(alarm, loan_of(alarm, by), reason, by)
    record(Action.EQUIPMENT_MOVED, target=alarm, detail={"to": alarm.state})
    return alarm


def _fail(alarm: Alarm, loan: AlarmLoan | None, reason: str, by: User) -> None:
    """Faulty: what is lent stays lent until it is back, what was only put aside is free for no case."""
    now = timezone.now()
    if loan is not None and loan.state == LoanState.RESERVED:
        _release(hold_loan(loan), reason, by, now)
    elif loan is not None:
        _finish_late(loan, "test", by)
    step(alarm, AlarmState.FAULTY, reason, by, now)
