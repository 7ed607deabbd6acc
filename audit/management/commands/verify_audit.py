"""Check the trail: names the first altered or missing row, and exits 1."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import ProgrammingError

from audit.verifying import faults


class Command(BaseCommand):
    """`manage.py verify_audit`, as the owner."""

    help = "Check every chain of the audit trail; name the first row that was altered or is missing."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where the digests' files are."""
        parser.add_argument("--digests", type=Path, default=Path(settings.DIGEST_FOLDER))

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one line, and exit 1 for a fault.

        Raises:
            CommandError: the connection is the web's or the worker's, which may not read the trail.
        """
        try:
            first = next(faults(options["digests"]), None)
        except ProgrammingError as error:
            raise CommandError("Connect as the owner of the tables: no other role may read the trail.") from error
        if first is not None:
            self.stderr.write(f"{first.stream} number {first.sequence}: {first.what}")
            raise SystemExit(1)
        self.stdout.write("The trail is whole.")
