"""The stock of equipment: new units, where they are kept, their state by hand, batteries, what came back.

What touches a loan too stands in `equipment_loans`.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Team, User
from audit.actions import record
from audit.models import Action
from cases.actions import StaleEdit
from cases.actions.once import keep_once
from cases.rules import add_months
from jobs.actions import ask
from referrals.models import Alarm, AlarmMove, AlarmPlace, AlarmTest
from referrals.rules.equipment import AlarmState, is_overdue, may_move_alarm

BY_HAND = frozenset({AlarmState.FAULTY, AlarmState.LOST, AlarmState.RETIRED, AlarmState.RETURNED})


def hold(alarm: Alarm) -> Alarm:
    """The unit as it stands now, held until the end of the transaction. Whoever also holds its loan holds this first.

    Raises:
        Alarm.DoesNotExist: there is no such unit.
    """
    return Alarm.objects.select_for_update(of=("self",)).select_related("place__team").get(pk=alarm.pk)


def step(alarm: Alarm, to: AlarmState, reason: str, by: User, now: datetime) -> None:
    """One allowed move of a unit that is held, kept with who, when and why. The caller audits.

    Raises:
        ValidationError: the table of moves does not allow it.
    """
    if not may_move_alarm(AlarmState(alarm.state), to):
        raise ValidationError(_("A unit cannot go from “%(now)s” to “%(to)s”.") % {
            "now": alarm.get_state_display(), "to": to.label
        })  # fmt: skip
    AlarmMove.objects.create(alarm=alarm, from_state=alarm.state, to_state=to, reason=reason, by=by, at=now)
    alarm.state = to
    alarm.save(update_fields=["state"])


def keep_place(*, team: Team, name: str) -> AlarmPlace:
    """The place of a team by its name, made if it is new."""
    found = AlarmPlace.objects.filter(team=team, name__iexact=name).first()
    return found or AlarmPlace.objects.create(team=team, name=name)


@transaction.atomic
def add_alarm(*, key: UUID, values: Mapping[str, Any], by: User) -> Alarm:
    """Take a new unit into the stock. Audited; the same key and content once.

    Args:
        key: the form's key becomes the unit's.
        values: serial, kind, condition, place, battery_changed_on (none where there is no battery to change), notes.
        by: who takes it in.

    Raises:
        KeyUsed: the key stands for another unit.
        ValidationError: there is a unit with this serial number already.
    """
    content = {name: value for name, value in values.items() if name != "place"} | {"place_id": values["place"].pk}
    try:
        alarm, is_new = keep_once(Alarm, key, added_by_id=by.pk, **content)
    except IntegrityError as error:
        raise ValidationError(_("There is a unit with this serial number already.")) from error
    if is_new:
        record(Action.EQUIPMENT_ADDED, target=alarm)
    return alarm


@transaction.atomic
def change_alarm(*, alarm: Alarm, values: Mapping[str, Any], based_on: int, by: User) -> Alarm:
    """Say where a unit is kept, its condition and its notes; another place is a move of its own. Audited.

    Args:
        alarm: the unit.
        values: place, condition, notes.
        based_on: the version of the unit that the form showed.
        by: who changes it.

    Raises:
        StaleEdit: somebody changed it meanwhile.
    """
    alarm = hold(alarm)
    if alarm.version != based_on:
        raise StaleEdit(alarm)
    changed = [name for name, value in values.items() if getattr(alarm, name) != value]
    if not changed:
        return alarm
    for name in changed:
        setattr(alarm, name, values[name])
    alarm.version += 1
    alarm.save(update_fields=[*changed, "version"])
    if "place" in changed:
        stays = {"from_state": alarm.state, "to_state": alarm.state, "to_place": alarm.place}
        AlarmMove.objects.create(alarm=alarm, by=by, at=timezone.now(), **stays)
    record(Action.EQUIPMENT_CHANGED, target=alarm, detail={"fields": changed})
    return alarm


@transaction.atomic
def move_alarm(*, alarm: Alarm, to: AlarmState, reason: str, by: User) -> Alarm:
    """Move a unit that is not on loan by hand: mended or found (it is looked over first), lost, retired. Audited.

    Raises:
        ValidationError: the table of moves does not allow it, or the unit is reserved or on loan.
    """
    alarm = hold(alarm)
    if to not in BY_HAND or alarm.state in {AlarmState.RESERVED, AlarmState.ON_LOAN}:
        raise ValidationError(on_loan())
    step(alarm, to, reason, by, timezone.now())
    must_agree()
    record(Action.EQUIPMENT_MOVED, target=alarm, detail={"to": to.value})
    return alarm


def must_agree() -> None:
    """Ask the database now, and not at the end, whether units and loans agree: a faulty unit may still be on loan.

    Raises:
        ValidationError: this unit is on loan, perhaps to a case that one may not open.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS agrees IMMEDIATE")
            cursor.execute("SET CONSTRAINTS agrees DEFERRED")
    except IntegrityError as error:
        raise ValidationError(on_loan()) from error


def on_loan() -> str:
    """What is said where a unit is moved by hand that is reserved or on loan."""
    return _("This unit is reserved or on loan. End the loan on the page of its case first.")


@transaction.atomic
def change_battery(*, alarm: Alarm, key: UUID, on: date, words: str, by: User) -> AlarmTest:
    """Record a new battery. Audited; the same key and content once.

    Raises:
        KeyUsed: the key stands for something else.
    """
    alarm = hold(alarm)
    content = {"alarm_id": alarm.pk, "kind": AlarmTest.Kind.BATTERY, "on": on, "words": words, "by_id": by.pk}
    done, is_new = keep_once(AlarmTest, key, has_passed=True, **content)
    if is_new:
        alarm.battery_changed_on = max(on, alarm.battery_changed_on or on)
        alarm.save(update_fields=["battery_changed_on"])
        record(Action.EQUIPMENT_TESTED, target=alarm, detail={"kind": done.kind})
    return done


@transaction.atomic
def look_over(*, alarm: Alarm, key: UUID, values: Mapping[str, Any], by: User) -> AlarmTest:
    """Look over and test what came back: it may be lent again, or it is faulty. Audited; the same key once.

    Where something is found on it, it is kept apart, and a job has whoever holds the case it was with last look at that
    case on the same day: the finder may not see which case that is.

    Args:
        alarm: a unit that came back, was mended or was found again.
        key: the form's key becomes the test's.
        values: has_passed, is_tamper_checked, is_tracker_checked, is_wiped, words, perhaps is_found.
        by: who did it.

    Raises:
        KeyUsed: the key stands for something else.
        ValidationError: it does not wait for this, or passed without being looked over and wiped, or with something
            found on it.
    """
    alarm = hold(alarm)
    values = {"is_found": False, **values}
    if values["has_passed"] and values["is_found"]:
        raise ValidationError(_("A unit on which something was found is kept apart."))
    checks = [values[name] for name in ("is_tamper_checked", "is_tracker_checked", "is_wiped")]
    if values["has_passed"] and not all(checks):
        raise ValidationError(_("Look for tampering and trackers, and wipe it, before it is lent again."))
    content = {"alarm_id": alarm.pk, "kind": AlarmTest.Kind.AFTER_RETURN, "by_id": by.pk, **values}
    done, is_new = keep_once(AlarmTest, key, on=timezone.localdate(), **content)
    if not is_new:
        return done
    if alarm.state != AlarmState.RETURNED:
        raise ValidationError(_("This unit does not wait to be looked over any more."))
    if done.has_passed:
        alarm.tested_on = done.on
        alarm.save(update_fields=["tested_on"])
    to = AlarmState.IN_STOCK if done.has_passed else AlarmState.FAULTY
    step(alarm, to, keep_apart() if done.is_found else done.get_kind_display(), by, timezone.now())
    record(Action.EQUIPMENT_TESTED, target=alarm, detail={"kind": done.kind, "has_passed": done.has_passed})
    if done.is_found:
        ask(name="alarm_found", key=f"alarm_found:{done.pk}", object_id=done.pk, case_id=None, by=None)
    return done


def keep_apart() -> str:
    """Why a unit is faulty on which something was found."""
    return _("Something was found on it: keep it apart, it may be evidence")


def is_battery_overdue(alarm: Alarm, today: date, months: int) -> bool:
    """Whether the battery of a unit in use should have been changed by now; the limit in months."""
    changed = alarm.battery_changed_on
    if changed is None or alarm.state in {AlarmState.LOST, AlarmState.RETIRED}:
        return False
    return is_overdue(add_months(changed, months), today)
