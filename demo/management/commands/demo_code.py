"""Print the present authenticator code of an invented person."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from demo.people import code_for, demo_json


class Command(BaseCommand):
    """`manage.py demo_code SIGN-IN`."""

    help = "Print the present six figures of a demo person's authenticator."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose code."""
        parser.add_argument("sign_in", help="sign-in name, as demo_lines prints it")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the code.

        Raises:
            CommandError: there is no such account, or the demo did not make it: the two look the same.
        """
        user = User.objects.filter(sign_in_name=options["sign_in"].strip().lower()).first()
        try:
            if user is None:
                raise ValueError
            code = code_for(user, demo_json())
        except ValueError as error:
            raise CommandError("This is not an account that the demo made here.") from error
        self.stdout.write(code or "No code is asked for: sign in with the password alone.")
