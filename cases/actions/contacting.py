"""Contact with the victim: how it is safe, and what was tried and said."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.actions import record
from audit.models import Action
from cases.actions.editing import set_phone_keys
from cases.actions.locking import StaleEdit, lock
from cases.actions.once import keep_once
from cases.actions.statuses import step
from cases.actions.tasks import finish_kinds, raise_task
from cases.contact import DOUBTFUL, FIELDS, contact_rule, may_recover, merged
from cases.models import Case, Contact, PlannedContact, SafeContact, Task, Victim
from cases.rules import CaseStatus
from jobs.actions import ask
from nsvcs.access import Role


@transaction.atomic
def set_safe_contact(
    *, victim: Victim, values: Mapping[str, Any], confirmed_on: date, based_on: int, by: User, because: str = ""
) -> SafeContact:
    """Record how she may be reached, as she said it on a day: a new version, the older ones stay. Audited.

    What is left out of `values` is unknown, and unknown means no. `based_on` is the version the worker had before
    them, 0 for none. Open tasks to confirm safe contact are finished, and her account may be recovered by e-mail
    only if this record allows it.

    Once it is not safe to contact her, a manager alone says that it is again, and `because` says why.

    Raises:
        StaleEdit: a colleague recorded a newer version in the meantime.
        ValidationError: it would be safe again, and who says so is no manager or does not say why.
    """
    held = Victim.objects.select_for_update(of=("self",)).select_related("user").get(pk=victim.pk)
    present = SafeContact.objects.current_for(held.pk)
    if (present.version if present else 0) != based_on:
        raise StaleEdit(present or held)
    if present is None or not present.is_unsafe or values.get("is_unsafe"):
        because = ""
    elif by.role != Role.MANAGER:
        raise ValidationError({"is_unsafe": _("A manager has to decide that it is safe again.")})
    elif not because:
        raise ValidationError({"because": _("Write why it is safe again")})
    return _new_version(held, values, confirmed_on, by, because)


@transaction.atomic
def merge_safe_contact(*, victim: Victim, values: Mapping[str, Any], confirmed_on: date, by: User) -> SafeContact:
    """Bring in what another record says of her, from an import or a doubled record: the stricter of both counts.

    The older day of confirming is kept. With no record so far, the other's stands as it is. Audited.
    """
    held = Victim.objects.select_for_update(of=("self",)).select_related("user").get(pk=victim.pk)
    present = SafeContact.objects.current_for(held.pk)
    if present is None:
        return _new_version(held, values, confirmed_on, by)
    return _new_version(held, merged(present, values), min(present.confirmed_on, confirmed_on), by)


def _new_version(
    victim: Victim, values: Mapping[str, Any], confirmed_on: date, by: User, because: str = ""
) -> SafeContact:
    last = SafeContact.objects.filter(victim=victim).aggregate(last=Max("version"))["last"] or 0
    kept = SafeContact.objects.create(
        victim=victim, version=last + 1, confirmed_on=confirmed_on, recorded_by=by.pk, safe_because=because,
        **{name: values[name] for name in FIELDS if name in values},
    )  # fmt: skip
    set_phone_keys(victim)
    victim.save(update_fields=["phone_keys"])
    if victim.user is not None:
        victim.user.may_recover_by_email = may_recover(kept, victim.user.email)
        victim.user.save(update_fields=["may_recover_by_email"])
    cases = list(Case.objects.visible_to(by).filter(victim=victim))
    for case in cases:
        finish_kinds(case, [Task.Kind.CONFIRM_CONTACT], by)
    record(
        Action.SAFE_CONTACT_SET,
        target=kept,
        case_ids=[case.pk for case in cases],
        detail={"version": kept.version, "is_unsafe": kept.is_unsafe, "is_safe_again": bool(because)},
    )
    return kept


WAYS = ("may_phone", "may_text", "may_email", "may_post")


@transaction.atomic
def stop_contact(*, victim: Victim, by: User) -> SafeContact | None:
    """Take back every way of contact, at the victim's own word in the portal: a new version,
    stricter in this alone. Audited.

    A job tells the caseworker today. Only a worker who has spoken with her allows a way again.

    Returns:
        the new version; none when no way was allowed.
    """
    held = Victim.objects.select_for_update(of=("self",)).select_related("user").get(pk=victim.pk)
    present = SafeContact.objects.current_for(held.pk)
    if present is None or not any(getattr(present, way) for way in WAYS):
        return None
    values = {name: getattr(present, name) for name in FIELDS} | dict.fromkeys(WAYS, False)
    kept = _new_version(held, values, timezone.localdate(), by)
    for case in Case.objects.visible_to(by).filter(victim=held):
        ask(name="contact_stopped", key=f"stopped:{kept.pk}:{case.pk}", object_id=kept.pk, case_id=case.pk, by=None)
    return kept


@transaction.atomic
def record_contact(*, case: Case, key: UUID, values: Mapping[str, Any], by: User) -> Contact:
    """Record an attempt to reach her, or a conversation. Audited; the same key and content once.

    `values` are the contact's fields: channel, outcome, at (aware), is_from_victim, with_whom, minutes, text,
    content_class. Only a conversation stops the clock of first contact; the first attempt moves a new case to
    "making contact". When somebody else answered, a task asks for a look at safe contact today.

    Raises:
        KeyUsed: the key stands for another contact.
    """
    case = lock(case)
    contact, is_new = keep_once(Contact, key, case_id=case.pk, by_id=by.pk, **values)
    if not is_new:
        return contact
    record(Action.CONTACT_RECORDED, target=contact, case_ids=[case.pk], detail={"outcome": contact.outcome})
    if contact.is_two_way:
        _stop_the_clock(case, contact, by)
    if contact.outcome in DOUBTFUL:
        title = _("Somebody else may have the victim’s number: check safe contact before trying again")
        raise_task(case, Task.Kind.CONFIRM_CONTACT, title, timezone.localdate(), key=f"doubtful:{contact.pk}")
    if not contact.is_from_victim:
        _begin_attempts(case, by)
    return contact


def _stop_the_clock(case: Case, contact: Contact, by: User) -> None:
    if case.first_contacted_at is None or contact.at < case.first_contacted_at:
        case.first_contacted_at = contact.at
        case.save(update_fields=["first_contacted_at"])
    finish_kinds(case, [Task.Kind.FIRST_CONTACT], by)


def _begin_attempts(case: Case, by: User) -> None:
    """The first attempt takes a new case through triage: trying to reach her is what was decided there."""
    way = {
        CaseStatus.REFERRED: (CaseStatus.TRIAGED, CaseStatus.CONTACT_ATTEMPTS),
        CaseStatus.TRIAGED: (CaseStatus.CONTACT_ATTEMPTS,),
    }
    for to in way.get(CaseStatus(case.status), ()):
        step(case, to, _("First attempt at contact"), by)


@transaction.atomic
def plan_contact(*, case: Case, key: UUID, on: date | None, part: str, channel: str, by: User) -> PlannedContact:
    """Keep when the caseworker will next be in touch, and raise a task for that day; no day takes the plan away.

    The portal shows the newest plan from today on. Audited; the same key and content once.

    Raises:
        KeyUsed: the key stands for another plan.
        ValidationError: she has not agreed to this way of contact.
    """
    way = {Contact.Channel.PHONE: "phone", Contact.Channel.TEXT: "text", Contact.Channel.EMAIL: "email",
           Contact.Channel.POST: "post"}.get(Contact.Channel(channel)) if on else None  # fmt: skip
    rule = contact_rule(case.victim)
    if way and (rule is None or rule.is_unsafe or not getattr(rule, way)):
        raise ValidationError({"channel": _("The victim has not agreed to this way of contact")})
    kept, is_new = keep_once(PlannedContact, key, case_id=case.pk, on=on, part=part, channel=channel, by_id=by.pk)
    if is_new:
        record(Action.CONTACT_PLANNED, target=kept, case_ids=[case.pk])
        finish_kinds(case, [Task.Kind.PLANNED_CONTACT], by)
        if on:
            title = _("Contact the victim as agreed, %(how)s") % {"how": kept.how}
            raise_task(case, Task.Kind.PLANNED_CONTACT, title, on, key=f"planned:{kept.pk}")
    return kept
