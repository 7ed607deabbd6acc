"""Keeping the directory: added, checked, changed, retired, brought back. Each keeps who, when, and what stood there."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import User
from audit.actions import record
from audit.models import Action
from cases.actions import KeyUsed, StaleEdit
from reference.models import Confidence, DirectoryChange, Organisation
from reference.models.directory import DETAILS, REACHED_BY
from referrals.rules.directory import Standing, after_change, after_check

Kind = DirectoryChange.Kind
FIELDS = (
    "name", "what_for", "phone", "text_number", "text_keyword", "email", "domain", "hours", "phone_on_bill",
    "remit_tags", "area", "districts", "languages", "source",
)  # fmt: skip
RECORDED = {
    Kind.ADDED: Action.DIRECTORY_ADDED,
    Kind.CHECKED: Action.DIRECTORY_CHECKED,
    Kind.CHANGED: Action.DIRECTORY_CHANGED,
    Kind.RETIRED: Action.DIRECTORY_RETIRED,
    Kind.RETURNED: Action.DIRECTORY_RETURNED,
}
Line = tuple[str, str, str]  # which field, what stood there, what stands there since


@transaction.atomic
def add_organisation(*, key: UUID, values: Mapping[str, Any], by: User) -> Organisation:
    """Add an entry, with nothing confirmed: no victim sees it until somebody has checked it. Audited; one key, once.

    Raises:
        KeyUsed: the key stands for something else.
    """
    lines = [(name, "", words) for name in FIELDS if (words := as_words(values.get(name)))]
    kept = _kept(key, Kind.ADDED, lines)
    if kept is not None:
        return kept
    facts = {name: values[name] for name in FIELDS if name in values}
    unconfirmed = [detail for detail in DETAILS if values.get(detail)]
    new = Organisation(
        slug=_free_slug(str(values["name"])), confidence=Confidence.TO_CHECK, unconfirmed_fields=unconfirmed,
        version=0, **facts,
    )  # fmt: skip
    _keep(new, key, Kind.ADDED, lines, by)
    return new


@transaction.atomic
def change_organisation(
    *, organisation: Organisation, key: UUID, version: int, values: Mapping[str, Any], by: User
) -> Organisation:
    """Change what an entry says. A detail that says something else waits for a check. Audited, fields by name.

    Raises:
        StaleEdit: a colleague changed or checked it in the meantime; carries it as it stands now.
        KeyUsed: the key stands for something else.
    """
    held = _held(organisation)
    wanted = {name: values[name] for name in FIELDS if name in values}
    lines = [
        (name, as_words(getattr(held, name)), as_words(value))
        for name, value in wanted.items()
        if getattr(held, name) != value
    ]
    if DirectoryChange.objects.filter(pk=key).exists() and not lines:
        return held
    if held.version != version:
        raise StaleEdit(held)
    if lines:
        for name, value in wanted.items():
            setattr(held, name, value)
        changed = [name for name in DETAILS if name in {field for field, _was, _is in lines}]
        changed += ["text_number"] if "text_keyword" in {field for field, _was, _is in lines} else []
        _set(held, after_change(_standing(held), present=_present(held), changed=changed), by)
        _keep(held, key, Kind.CHANGED, lines, by)
    return held


@transaction.atomic
def check_organisation(
    *, organisation: Organisation, key: UUID, version: int, details: Sequence[str], by: User
) -> Organisation:
    """Keep that somebody looked at these details today and that they are right. Audited; one key, once.

    Raises:
        StaleEdit: a colleague changed or checked it in the meantime; carries it as it stands now.
        KeyUsed: the key stands for something else.
        ValidationError: it is retired.
    """
    held = _held(organisation)
    lines = [(name, getattr(held, name), getattr(held, name)) for name in DETAILS if name in details]
    if _kept(key, Kind.CHECKED, lines) is not None:
        return held
    if held.retired_on is not None:
        raise ValidationError(_("This entry is retired. Bring it back first."))
    if held.version != version:
        raise StaleEdit(held)
    ticked = [name for name, _was, _is in lines]
    after = after_check(
        _standing(held), present=_present(held), ticked=ticked, reached_by=REACHED_BY, looked=looked_at(held),
        today=timezone.localdate(),
    )  # fmt: skip
    _set(held, after, by)
    _keep(held, key, Kind.CHECKED, lines, by)
    return held


@transaction.atomic
def retire_organisation(*, organisation: Organisation, key: UUID, words: str, by: User) -> Organisation:
    """Take an entry out of use. It is not deleted: signposts keep pointing at it. Audited; done twice, once."""
    held = _held(organisation)
    if held.retired_on is None:
        held.retired_on = timezone.localdate()
        _keep(held, key, Kind.RETIRED, [], by, words=words)
    return held


@transaction.atomic
def return_organisation(*, organisation: Organisation, key: UUID, by: User) -> Organisation:
    """Take a retired entry into use again, to be checked before any victim sees it. Audited; done twice, once."""
    held = _held(organisation)
    if held.retired_on is not None:
        held.retired_on = None
        held.confidence, held.checked_on, held.checked_by = Confidence.TO_CHECK, None, ""
        held.unconfirmed_fields = _present(held)
        _keep(held, key, Kind.RETURNED, [], by)
    return held


def looked_at(organisation: Organisation) -> dict[str, date]:
    """Return on which day each detail was last looked at as it stands now, as far as that was kept by detail."""
    found: dict[str, date] = {}
    for change in DirectoryChange.objects.filter(organisation=organisation).order_by("version"):
        if change.kind == Kind.CHECKED:
            found |= dict.fromkeys(change.fields, timezone.localdate(change.at))
        elif change.kind == Kind.RETURNED:
            found = {}
        else:
            found = {name: day for name, day in found.items() if name not in change.fields}
    return found


def as_words(value: Any) -> str:
    """What one field says, as a line of text."""
    return ", ".join(str(each) for each in value) if isinstance(value, list) else str(value or "")


def _held(organisation: Organisation) -> Organisation:
    return Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)


def _present(organisation: Organisation) -> list[str]:
    return [name for name in DETAILS if getattr(organisation, name)]


def _standing(organisation: Organisation) -> Standing:
    unconfirmed = frozenset(organisation.unconfirmed_fields)
    return Standing(organisation.is_confirmed, unconfirmed, organisation.checked_on)


def _set(organisation: Organisation, standing: Standing, by: User) -> None:
    """Write how an entry stands into it; who checked it is whoever moved its day."""
    organisation.unconfirmed_fields = [name for name in DETAILS if name in standing.unconfirmed]
    if standing.is_confirmed:
        organisation.confidence = Confidence.CONFIRMED
        if standing.checked_on != organisation.checked_on:
            organisation.checked_on, organisation.checked_by = standing.checked_on, by.name


def _keep(organisation: Organisation, key: UUID, kind: Kind, lines: Sequence[Line], by: User, words: str = "") -> None:
    """Store the entry under its next version, and the row beside it.

    Raises:
        KeyUsed: the key stands for something else.
    """
    organisation.version += 1
    organisation.changed_by = by.name  # from now on loading leaves it alone
    organisation.save()
    fields, before, after = ([line[place] for line in lines] for place in range(3))
    try:
        with transaction.atomic():
            DirectoryChange.objects.create(
                pk=key, organisation=organisation, kind=kind, version=organisation.version, fields=fields,
                before=before, after=after, words=words, by=by,
            )  # fmt: skip
    except IntegrityError as error:
        if "reference_directorychange_pkey" not in str(error):
            raise
        raise KeyUsed(organisation) from error
    record(RECORDED[kind], target=organisation, detail={"fields": fields, "version": organisation.version})


def _kept(key: UUID, kind: Kind, lines: Sequence[Line]) -> Organisation | None:
    """The entry for which this was done already under this key; none if it was not.

    Raises:
        KeyUsed: the key stands for something else.
    """
    kept = DirectoryChange.objects.filter(pk=key).select_related("organisation").first()
    if kept is None:
        return None
    same = list(zip(kept.fields, kept.before, kept.after, strict=True)) == list(lines)
    if kept.kind != kind or not same:
        raise KeyUsed(kept.organisation)
    return kept.organisation


def _free_slug(name: str) -> str:
    """A short name for addresses that no entry has yet."""
    plain = slugify(name)[:40] or "entry"
    taken = set(Organisation.objects.filter(slug__startswith=plain).values_list("slug", flat=True))
    return next(slug for slug in _tries(plain) if slug not in taken)


def _tries(plain: str) -> Any:
    yield plain if plain not in RESERVED else f"{plain}-1"
    yield from (f"{plain}-{number}" for number in range(2, 10_000))


RESERVED = frozenset({"new"})  # an address of its own
