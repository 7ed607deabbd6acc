"""A case is found by the safe number too: those recorded so far join the numbers its victim is looked for by."""

from typing import Any

from django.db import migrations

from cases.matching import normalise_phone


def add_safe_numbers(apps: Any, schema_editor: Any) -> None:
    """Add each victim's safe numbers, the newest record's first."""
    records = apps.get_model("cases", "SafeContact").objects.exclude(phone="").order_by("victim_id", "-version")
    numbers: dict[Any, list[str]] = {}
    for victim_id, phone in records.values_list("victim_id", "phone").iterator():
        numbers.setdefault(victim_id, []).append(normalise_phone(phone))
    _set(apps, numbers)


def leave_own_number(apps: Any, schema_editor: Any) -> None:
    """Leave those who have a safe number only their own, as it was before."""
    records = apps.get_model("cases", "SafeContact").objects.exclude(phone="")
    _set(apps, {victim_id: [] for victim_id in records.values_list("victim_id", flat=True).iterator()})


def _set(apps: Any, numbers: dict[Any, list[str]]) -> None:
    victims = apps.get_model("cases", "Victim").objects
    for pk, phone in victims.filter(pk__in=list(numbers)).values_list("pk", "phone").iterator():
        found = [number for number in (normalise_phone(phone), *numbers[pk]) if number]
        victims.filter(pk=pk).update(phone_keys=list(dict.fromkeys(found)))


class Migration(migrations.Migration):
    dependencies = [("cases", "0010_arrays_by_index")]
    operations = [migrations.RunPython(add_safe_numbers, leave_own_number)]
