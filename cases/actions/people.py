"""The other people of a case: who is doing this, and who works on it elsewhere."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from accounts.models import User
from audit.actions import record
from audit.models import Action
from cases.actions.locking import StaleEdit
from cases.actions.once import KeyUsed, keep_once, same_content
from cases.models import Case, CasePerpetrator, Perpetrator, PerpetratorFacts, Professional
from nsvcs.casetext import EMPTY
from nsvcs.ids import uuid7

PERPETRATOR_FIELDS = ("name", "born_on")
PLACE_FIELDS = ("relationship", "portal_label")
FACT_FIELDS = ("legal_status", "description")
PROFESSIONAL_FIELDS = ("kind", "name", "organisation", "phone", "email", "is_current")


@transaction.atomic
def add_perpetrator(*, case: Case, key: UUID, values: Mapping[str, Any], by: User) -> CasePerpetrator:
    """Add a perpetrator to a case, always as a new person. Audited; the same key and content once.

    Nothing is looked up among other cases: a name that is known elsewhere says nothing here.

    Raises:
        KeyUsed: the key stands for another perpetrator.
    """
    kept = _place(key)
    if kept is None and _is_born(case, key):
        born = CasePerpetrator.objects.select_related("perpetrator", "facts").get(pk=key)
        _change_all(born, values)
        record(Action.PERPETRATOR_ADDED, target=born, case_ids=[case.pk])
        return born
    kept = kept or _place(key)
    if kept is None or not _is_same(kept, case, values):
        raise KeyUsed(kept)
    return kept


def _is_same(kept: CasePerpetrator, case: Case, values: Mapping[str, Any]) -> bool:
    return kept.case_id == case.pk and all(same_content(row, part) for row, part in _rows(kept, values))


def _rows(
    link: CasePerpetrator, values: Mapping[str, Any]
) -> list[tuple[Perpetrator | CasePerpetrator | PerpetratorFacts, dict[str, Any]]]:
    """The three rows that together are one perpetrator of a case, each with its part of the values."""
    return [
        (link.perpetrator, _part(values, PERPETRATOR_FIELDS)),
        (link, _part(values, PLACE_FIELDS)),
        (link.facts, _part(values, FACT_FIELDS)),
    ]


def _part(values: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: values[name] for name in names if name in values}


def _place(key: UUID) -> CasePerpetrator | None:
    return CasePerpetrator.objects.select_related("perpetrator", "facts").filter(pk=key).first()


def _is_born(case: Case, key: UUID) -> bool:
    """Make all three rows where nobody can see them yet; false when the key was used in the same moment."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT add_perpetrator(%s, %s, %s, %s)", [key, uuid7(), case.pk, EMPTY])
    except IntegrityError:
        return False
    return True


def _change_all(link: CasePerpetrator, values: Mapping[str, Any]) -> list[str]:
    """Change the person, the place and the facts; the names of what differed."""
    return [name for row, part in _rows(link, values) for name in _change(row, part)]


def _change(
    row: Perpetrator | CasePerpetrator | PerpetratorFacts | Professional, values: Mapping[str, Any]
) -> list[str]:
    """Set what differs, count the version up, and save that alone; the names of what differed."""
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    if changed:
        row.version += 1
        row.save(update_fields=[*changed, "version"])
    return changed


@transaction.atomic
def change_perpetrator(*, link: CasePerpetrator, values: Mapping[str, Any], version: int, by: User) -> CasePerpetrator:
    """Change what is known of a perpetrator and of their place in this case. Audited with the names of the fields.

    `version` is the `whole_version` the worker saw.

    Raises:
        StaleEdit: a colleague changed them in the meantime; carries them as they stand now.
    """
    rows = PerpetratorFacts.objects.select_for_update().select_related("place__perpetrator")  # locks all three
    held: CasePerpetrator = rows.get(pk=link.pk).place
    if held.whole_version != version:
        raise StaleEdit(held)
    changed = _change_all(held, values)
    if changed:
        detail = {"fields": changed, "by": str(by.pk)}
        record(Action.PERPETRATOR_CHANGED, target=held, case_ids=[held.case_id], detail=detail)
    return held


@transaction.atomic
def add_professional(*, case: Case, key: UUID, values: Mapping[str, Any], by: User) -> Professional:
    """Add somebody who works on the matter elsewhere. Audited; the same key and content once.

    Raises:
        KeyUsed: the key stands for another professional.
    """
    found, is_new = keep_once(Professional, key, case_id=case.pk, **_part(values, PROFESSIONAL_FIELDS))
    if is_new:
        record(Action.PROFESSIONAL_ADDED, target=found, case_ids=[case.pk])
    return found


@transaction.atomic
def change_professional(
    *, professional: Professional, values: Mapping[str, Any], version: int, by: User
) -> Professional:
    """Change a professional's details, or say that they are no longer involved. Audited with the names of the fields.

    `version` is the one the worker saw.

    Raises:
        StaleEdit: a colleague changed them in the meantime; carries them as they stand now.
    """
    held = Professional.objects.select_for_update(of=("self",)).get(pk=professional.pk)
    if held.version != version:
        raise StaleEdit(held)
    changed = _change(held, _part(values, PROFESSIONAL_FIELDS))
    if changed:
        detail = {"fields": changed, "by": str(by.pk)}
        record(Action.PROFESSIONAL_CHANGED, target=held, case_ids=[held.case_id], detail=detail)
    return held
