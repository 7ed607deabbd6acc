"""Check a bundle without the database."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from bundles.engine.parts import file_digest
from bundles.seals import verifying
from bundles.seals.certificates import trust
from bundles.seals.recognising import Found, of_digest

WORDS = {
    verifying.UNCHANGED: "Sealed by this service and unchanged.",
    verifying.CHANGED: "CHANGED: this is not the file that was sealed.",
    verifying.UNKNOWN: "Unknown: not sealed by this service.",
}
NOT_RECORDED = "But it is not a file that this service keeps: its last time stamp may have been put there by others."
NOT_AS_LISTED, NOT_NOW = 3, 4
PROBLEMS = {
    "empty": "The file is empty.",
    "no_pdf": "The file is not a PDF.",
    "unreadable": "The PDF is damaged or cut short: it cannot be read.",
    "no_manifest": "It does not carry the list that every bundle carries.",
    "unlike": "It is not put together as a bundle is.",
    "page_count": "It has more pages or fewer than its list says.",
    "page_labels": "The page numbers a reader shows are not the printed ones.",
    "opening_view": "It does not open on its first page.",
    "active_content": "It holds a script, a form or an action; a bundle holds none.",
    "link": "A link does not lead to a page of the file.",
    "index": "The index does not lead to every exhibit.",
    "picture": "The picture of an exhibit is not the one that its list names.",
    "bookmark": "A bookmark names another page than the one it leads to.",
    "archival": "It says that it is a PDF/A-3b, and is not.",
    "memory": "Looking into it took more memory than is allowed.",
    "time": "Looking into it took longer than is allowed.",
}


class Command(BaseCommand):
    """Say whether a bundle, a volume of one or a pack is as it was sealed: one of three sentences, and no more.

    Asked whether it is recorded, it looks for the file's digest in the database too: a stamp that somebody else put in
    the place of the last one leaves the seal as it was, and is another file.

    Ends with 0 when it is sealed by this service and unchanged, 1 when it was changed, 2 when it is not known, and 4
    when the machine was too busy to say.
    Asked to look inside, it says what it finds there too, and ends with 3 when the file is unchanged but its pages, or
    the originals beside it, are not as it lists them.
    """

    help = "Say whether this service sealed a file and it is unchanged, without the database."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--inside", action="store_true", help="look at its pages, links and list too")
        parser.add_argument("--recorded", action="store_true", help="ask the service's database for its digest too")
        parser.add_argument("--originals", type=Path, metavar="FOLDER", help="compare the files in this folder too")

    def handle(self, *args: Any, **options: Any) -> None:
        path, originals = options["file"], options["originals"]
        if not path.is_file() or (originals and not originals.is_dir()):
            raise CommandError("There is no such file or folder.", returncode=verifying.UNKNOWN)
        try:
            verdict = verifying.verify(path, trust(), originals)
        except verifying.TookTooLong:
            raise CommandError("It could not be looked into in time. Try again.", returncode=NOT_NOW) from None
        self.stdout.write(WORDS[verdict.state])
        code = verdict.state
        if options["recorded"] and code == verifying.UNCHANGED and of_digest(file_digest(path)) != Found.UNCHANGED:
            self.stdout.write(NOT_RECORDED)
            code = verifying.CHANGED
        if not (options["inside"] or originals):
            sys.exit(code)
        self._say(verdict)
        if code == verifying.UNCHANGED and (verdict.problems or verdict.missing):
            code = NOT_AS_LISTED
        sys.exit(code)

    def _say(self, verdict: verifying.Verdict) -> None:
        if listed := verdict.manifest:
            counts = listed["counts"]
            self.stdout.write(
                f"{listed['pages']} pages, {counts['entries']} entries, {counts['exhibits']} exhibits, "
                f"made {listed['made_at']}"
            )
        for problem in verdict.problems:
            words = PROBLEMS.get(problem, f"It could not be looked into ({problem}).")
            self.stdout.write(f"Not as it should be: {words}")
        for mark in verdict.missing:
            self.stdout.write(f"Original not found: {mark}")
        for name in verdict.strangers:
            self.stdout.write(f"In the folder but not in the bundle: {name}")
