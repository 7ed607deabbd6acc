"""Make what is missing of the parts of all files, at once: after an upgrade with new recipes."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from jobs.actions import run_due
from logs.making.sweeping import AT_ONCE, ask_for_missing_parts


class Command(BaseCommand):
    """Ask the workers for every missing part; the clock would ask for them too, a hundred files at a time."""

    help = "Ask for viewing copies, page copies, stills, reports and texts that are missing of files in the store."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--here", action="store_true", help="make them in this process and wait, without a worker")

    def handle(self, *args: Any, **options: Any) -> None:
        total = 0
        while found := ask_for_missing_parts(AT_ONCE):
            total += found
            if options["here"]:
                run_due()
        self.stdout.write(f"Asked for the missing parts of {total} files.")
