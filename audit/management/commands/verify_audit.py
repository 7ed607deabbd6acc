"""Check the trail: names the first altered or missing row, and exits 1."""

from typing import Any

from django.core.management.base import BaseCommand

from audit.verifying import faults


class Command(BaseCommand):
    """`manage.py verify_audit`, as the owner."""

    help = "Check every chain of the audit trail; name the first row that was altered or is missing."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one line, and exit 1 for a fault."""
        for fault in faults():
            self.stderr.write(f"{fault.stream} number {fault.sequence}: {fault.what}")
            raise SystemExit(1)
        self.stdout.write("The trail is whole.")
