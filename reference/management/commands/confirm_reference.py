"""`manage.py confirm_reference KIND KEY --by NAME`: say that somebody has checked a piece of reference data."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import models
from django.db.models import Max, Q
from django.utils import timezone

from reference.loading import confirmed_with, loaded_also
from reference.models import Advice, Confidence, Limit, Preset
from reference.models.directory import DETAILS

KINDS: dict[str, tuple[type[Advice] | type[Limit] | type[Preset], str]] = {
    "advice": (Advice, "slug"),
    "easy": (Advice, "slug"),
    "limit": (Limit, "key"),
    "preset": (Preset, "key"),
}


def _kinds() -> dict[str, tuple[type[models.Model], str, bool]]:
    """All kinds, with those of later rooms: model, the field a row is named by, whether versions stand side by side."""
    ours = {kind: (model, field, model is Preset) for kind, (model, field) in KINDS.items()}
    return ours | loaded_also()


class Command(BaseCommand):
    """Record who checked an organisation, an advice page, its easy-read form, a limit or a preset, today.

    What a page of colleagues confirms too, as an organisation, is confirmed by that page's own action: `--by` then
    names a colleague, and the same history is kept.
    """

    help = "Record who checked a piece of reference data; an organisation then shows in the portal."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the kind, the row's key, the checker's name, and which details of an organisation were looked at."""
        parser.add_argument("kind", choices=sorted({*_kinds(), *confirmed_with()}))
        parser.add_argument("key")
        parser.add_argument(
            "--by", required=True, help="who checked it; of an organisation, a colleague's name or e-mail"
        )
        parser.add_argument("--detail", action="append", choices=DETAILS, default=[], help="only this; may be repeated")

    def handle(self, *args: Any, **options: Any) -> None:
        """Mark the row as checked today; loading leaves it alone from then on."""
        kind, key, by = options["kind"], options["key"], options["by"]
        if kind in confirmed_with():
            self._by_its_action(kind, key, by, options["detail"])
        elif options["detail"]:
            raise CommandError("Only an organisation is confirmed detail by detail.")
        elif not self._rows(kind, key).update(**self._changes(kind, by)):
            raise CommandError(f"There is no {kind} called {key!r}.")
        self.stdout.write(f"{kind} {key}: checked by {by}")

    def _by_its_action(self, kind: str, key: str, by: str, details: Sequence[str]) -> None:
        try:
            confirmed_with()[kind](key, by, details)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error

    def _changes(self, kind: str, by: str) -> dict[str, Any]:
        is_advice = _kinds()[kind][0] is Advice
        said = {"checked_on": timezone.localdate(), "checked_by": by, "changed_by": by}
        return said if is_advice else said | {"confidence": Confidence.CONFIRMED}

    def _rows(self, kind: str, key: str) -> "models.QuerySet[Any]":
        model, field, has_versions = _kinds()[kind]
        rows = model._default_manager.filter(**{field: key})
        if model is Advice:  # an easy-read page is checked by itself, by people who use easy read
            easy = Q(audience=Advice.Audience.EASY)
            rows = rows.filter(easy if kind == "easy" else ~easy)
        if has_versions:  # whoever reads the rules reads the newest; an earlier version is what it was
            rows = rows.filter(version=rows.aggregate(newest=Max("version"))["newest"])
        return rows
