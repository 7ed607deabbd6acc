"""Take the seed files over into the tables, without ever undoing what a person changed."""

import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.db import models, transaction

from reference.models import Advice, BankHoliday, Limit, Organisation, Preset

SEED = Path(__file__).with_name("seed")

# Each file: its tables' name, the model, the fields by which a row is known again.
FILES: tuple[tuple[str, str, type[models.Model], tuple[str, ...]], ...] = (
    ("organisations.toml", "organisation", Organisation, ("slug",)),
    ("limits.toml", "limit", Limit, ("key",)),
    ("presets.toml", "preset", Preset, ("key", "version")),  # a new version is a new row beside the old one
    ("bank_holidays.toml", "bankholiday", BankHoliday, ("division", "day")),
    ("advice.en.toml", "advice", Advice, ("slug", "language", "audience")),
    ("advice.easy.en.toml", "easy", Advice, ("slug", "language", "audience")),
    ("advice.staff.en.toml", "guidance", Advice, ("slug", "language", "audience")),
)

_more: dict[str, tuple[Path, type[models.Model], tuple[str, ...]]] = {}
# What confirms a row by an action that keeps more than the row: whose key, who checked it, which of its details.
Confirm = Callable[[str, str, Sequence[str]], None]
_confirms: dict[str, Confirm] = {}


def load_also(file: Path, kind: str, model: type[models.Model], key: tuple[str, ...]) -> None:
    """Say, from a later room's `ready`, that it has a seed file of its own; they are loaded in this order.

    Args:
        file: where it lies.
        kind: the name of its tables.
        model: what its rows become.
        key: the fields by which a row is known again.
    """
    _more[kind] = (file, model, key)


def loaded_also() -> dict[str, tuple[type[models.Model], str, bool]]:
    """Return what later rooms load: model, the field a row is named by, whether each version is a row of its own."""
    return {kind: (model, key[0], "version" in key) for kind, (_file, model, key) in _more.items()}


def confirm_with(kind: str, do: Confirm) -> None:
    """Say, from a later room's `ready`, by which action a kind is confirmed; the command then does nothing else.

    Args:
        kind: the kind's name.
        do: takes a row's key, who checked it, and which of its details (none named: all it has); raises
            ValidationError where that cannot be.
    """
    _confirms[kind] = do


def confirmed_with() -> dict[str, Confirm]:
    """Return the kinds that are confirmed by an action of their own."""
    return dict(_confirms)


def load_reference(seed: Path = SEED) -> dict[str, Counter[str]]:
    """Load every seed file in one transaction.

    A row is added when it is new and replaced when the file's version is higher; a row that carries `changed_by` is
    left as it is. Loading twice changes nothing.

    Returns:
        For each kind how many rows were added, updated, left (same version) and kept (changed by a person).
    """
    with transaction.atomic():
        told = {kind: Counter(_take_over(seed / name, kind, model, key)) for name, kind, model, key in FILES}
        more = {kind: Counter(_take_over(file, kind, model, key)) for kind, (file, model, key) in _more.items()}
        return told | more


def _take_over(file: Path, kind: str, model: type[models.Model], key: tuple[str, ...]) -> Iterator[str]:
    for row in read_rows(file, kind):
        known_by = {field: row[field] for field in key}
        found = model._default_manager.filter(**known_by).first()
        yield _place(model, found, row)


def _place(model: type[models.Model], found: Any, row: Mapping[str, Any]) -> str:
    """Add or update one row; say which."""
    if found is None:
        model._default_manager.create(**row)
        return "added"
    if found.changed_by:
        return "kept"
    if found.version >= row["version"]:
        return "left"
    for field, value in row.items():
        setattr(found, field, value)
    found.save()
    return "updated"


def read_rows(file: Path, kind: str) -> list[dict[str, Any]]:
    """Return one seed file's rows as field values; what stands above the first row holds for all of them."""
    content = tomllib.loads(file.read_text(encoding="utf-8"))
    rows = content.pop(kind)
    for place, row in enumerate(rows, start=1):
        if kind in {"organisation", "advice", "easy"}:
            row["position"] = place
        if kind in {"advice", "easy"}:
            row |= {"topic_position": Advice.Topic.values.index(row["topic"]) + 1, "body": row["body"].strip()}
    return [content | row for row in rows]
