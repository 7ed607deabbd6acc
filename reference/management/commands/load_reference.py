"""`manage.py load_reference`: the directory, advice, limits and bank holidays from the seed files."""

from typing import Any

from django.core.management.base import BaseCommand

from reference.loading import load_reference


class Command(BaseCommand):
    """Load the reference data; running it again changes nothing."""

    help = "Load the directory, advice, limits and bank holidays; rows changed by a person are kept."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, then print one line for each kind."""
        for kind, counts in load_reference().items():
            done = ", ".join(f"{counts[what]} {what}" for what in ("added", "updated", "left", "kept"))
            self.stdout.write(f"{kind}: {done}")
