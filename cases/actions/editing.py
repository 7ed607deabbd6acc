"""Changing what is known of a victim or a case, without one worker's change undoing another's."""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db import transaction

from accounts.models import User
from audit.actions import record
from audit.models import Action
from cases.actions.locking import StaleEdit
from cases.matching import normalise_phone, search_keys
from cases.models import Case, SafeContact, Victim

Record = TypeVar("Record", Victim, Case)

VICTIM_FIELDS = (
    "first_name", "last_name", "known_as", "pronouns", "preferred_term", "born_on", "address", "phone", "email",
    "language", "needs_interpreter",
)  # fmt: skip
CASE_FIELDS = ("is_high_priority", "portal_label", "police_force", "crime_reference")


@transaction.atomic
def change_victim(*, victim: Victim, values: Mapping[str, Any], version: int, by: User) -> Victim:
    """Change a victim's details; `version` is the one the worker saw. Audited with the names of the fields.

    Raises:
        StaleEdit: a colleague changed them in the meantime; carries them as they stand now.
    """
    held = Victim.objects.select_for_update(of=("self",)).get(pk=victim.pk)
    changed = _change(held, {name: values[name] for name in VICTIM_FIELDS if name in values}, version)
    if changed:
        set_search_keys(held)
        held.save()
        cases = Case.objects.visible_to(by).filter(victim=held).values_list("pk", flat=True)
        record(Action.VICTIM_CHANGED, target=held, case_ids=list(cases), detail={"fields": changed})
    return held


@transaction.atomic
def change_case(*, case: Case, values: Mapping[str, Any], version: int, by: User) -> Case:
    """Change a case's own facts; `version` is the one the worker saw. Audited with the names of the fields.

    Raises:
        StaleEdit: a colleague changed them in the meantime; carries them as they stand now.
    """
    held = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    changed = _change(held, {name: values[name] for name in CASE_FIELDS if name in values}, version)
    if changed:
        held.save()
        record(Action.CASE_CHANGED, target=held, case_ids=[held.pk], detail={"fields": changed, "by": str(by.pk)})
    return held


def _change(held: Record, values: Mapping[str, Any], version: int) -> list[str]:
    """Set what differs and count the version up; the names of what differed."""
    if held.version != version:
        raise StaleEdit(held)
    changed = [name for name, value in values.items() if getattr(held, name) != value]
    for name in changed:
        setattr(held, name, values[name])
    held.version += 1 if changed else 0
    return changed


def set_search_keys(victim: Victim) -> None:
    """Set what a search before creating compares: codes of the names, the phones as plain numbers. Not saved."""
    keys = search_keys(f"{victim.first_name} {victim.known_as}".strip(), victim.last_name)
    victim.surname_codes, victim.first_codes = list(keys.surname_codes), list(keys.first_codes)
    set_phone_keys(victim)


def set_phone_keys(victim: Victim) -> None:
    """Set the numbers she is found by: her own, and every number ever recorded as safe. Not saved.

    She rings from the safe one; an older one stays, because whoever rings from it may still be her.
    """
    safe = SafeContact.objects.filter(victim=victim).order_by("-version").values_list("phone", flat=True)
    numbers = [normalise_phone(phone) for phone in (victim.phone, *safe)]
    victim.phone_keys = list(dict.fromkeys(number for number in numbers if number))
