"""`manage.py languages`: bring the catalogues up to the product's words, and say what each lacks."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from nsvcs import languages


class Command(BaseCommand):
    """Rewrites `nsvcs/locale/*.po`; with `--check` only looks."""

    help = "Adds new words of the portal to each language's catalogue, drops those that are gone, says what is missing."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; fail if a word is not translated")

    def handle(self, *args: Any, **options: Any) -> None:
        lacking = {}
        for language in languages.TRANSLATED:
            lacking[language] = len(languages.missing(language)) if options["check"] else languages.update(language)
            self.stdout.write(f"{language}: {lacking[language]} of {len(languages.words())} words missing")
        if options["check"] and any(lacking.values()):
            raise CommandError("Some words have no translation: run `manage.py languages` and fill them in.")
