"""Print how to sign in as the invented people."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from demo.people import demo_json, read_sign_ins


class Command(BaseCommand):
    """`manage.py demo_lines`."""

    help = "Print the sign-in lines of the demo service."

    def handle(self, *args: Any, **options: Any) -> None:
        """One line a person: who it is, sign-in name, password.

        Raises:
            CommandError: the demo was not loaded here.
        """
        if not demo_json().exists():
            raise CommandError("The demo is not loaded here. Load it with: manage.py demo")
        self.stdout.write(f"Sign in at {settings.SITE_URL}")
        for each in read_sign_ins(demo_json()):
            self.stdout.write(f"  {each.label:<44} {each.sign_in:<32} {each.password}")
        self.stdout.write("Colleagues need a second factor as well: manage.py demo_code SIGN-IN")
