"""Check the trail: names the first altered or missing row, and exits 1."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from audit.verifying import faults


class Command(BaseCommand):
    """`manage.py verify_audit`, as the owner."""

    help = "Check every chain of the audit trail; name the first row that was altered or is missing."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where the digests' files are."""
        parser.add_argument("--digests", type=Path, default=Path(settings.DIGEST_FOLDER))

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one line, and exit 1 for a fault."""
        for fault in faults(options["digests"]):
            self.stderr.write(f"{fault.stream} number {fault.sequence}: {fault.what}")
            raise SystemExit(1)
        self.stdout.write("The trail is whole.")
