"""`manage.py confirm_reference KIND KEY --by NAME`: say that somebody has checked a piece of reference data."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import models
from django.db.models import Max, Q
from django.utils import timezone

from reference.loading import loaded_also
from reference.models import Advice, Confidence, Limit, Organisation, Preset

KINDS: dict[str, tuple[type[Organisation] | type[Advice] | type[Limit] | type[Preset], str]] = {
    "organisation": (Organisation, "slug"),
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
    """Record who checked an organisation, an advice page, its easy-read form, a limit or a preset, today."""

    help = "Record who checked a piece of reference data; an organisation then shows in the portal."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the kind, the row's key and the checker's name."""
        parser.add_argument("kind", choices=[*KINDS, *loaded_also()])
        parser.add_argument("key")
        parser.add_argument("--by", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        """Mark the row as checked today; loading leaves it alone from then on."""
        model, field, has_versions = _kinds()[options["kind"]]
        changes: dict[str, Any] = {
            "checked_on": timezone.localdate(),
            "checked_by": options["by"],
            "changed_by": options["by"],
        }
        if model is not Advice:
            changes["confidence"] = Confidence.CONFIRMED
        if model is Organisation:
            changes["unconfirmed_fields"] = []
        rows = model._default_manager.filter(**{field: options["key"]})
        if model is Advice:  # an easy-read page is checked by itself, by people who use easy read
            easy = Q(audience=Advice.Audience.EASY)
            rows = rows.filter(easy if options["kind"] == "easy" else ~easy)
        if has_versions:  # whoever reads the rules reads the newest; an earlier version is what it was
            rows = rows.filter(version=rows.aggregate(newest=Max("version"))["newest"])
        if not rows.update(**changes):
            raise CommandError(f"There is no {options['kind']} called {options['key']!r}.")
        self.stdout.write(f"{options['kind']} {options['key']}: checked by {options['by']}")
