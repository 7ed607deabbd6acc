"""`manage.py build_frontend`: make the style sheets, scripts and languages that pages load."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from nsvcs import frontend, languages


class Command(BaseCommand):
    """Builds into `build/frontend`; quick when nothing changed."""

    help = "Makes the style sheets and scripts out of the installed npm packages, without foreign fonts and crests."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            is_new = frontend.build(settings.BASE_DIR / "node_modules", settings.BASE_DIR / "build" / "frontend")
        except frontend.BuildError as error:
            raise CommandError(str(error)) from error
        languages.compile_all()
        self.stdout.write("Front-end built." if is_new else "Front-end is up to date.")
