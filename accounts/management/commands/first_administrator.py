"""Makes the first administrator, or gives one who has not started yet a new code."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction

from accounts.actions import give_code, invite_staff
from accounts.models import User
from nsvcs.access import Role


class Command(BaseCommand):
    """Print a one-time code for the first administrator. It refuses once an administrator has signed in."""

    help = "Make the first administrator and print the one-time code to start with."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The work e-mail address, which is also the sign-in name."""
        parser.add_argument("email")
        parser.add_argument("--name", default="")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """Make the account or find it, and print its code once.

        Raises:
            CommandError: not an address, or there is an administrator who has started already.
        """
        email = options["email"].strip().lower()
        try:
            validate_email(email)
        except ValidationError as error:
            raise CommandError("That is not an email address.") from error
        administrators = list(User.objects.filter(role=Role.ADMINISTRATOR, is_active=True))
        if any(person.has_usable_password() for person in administrators):
            raise CommandError("There is an administrator already: ask them to invite you.")
        waiting = next((person for person in administrators if person.sign_in_name == email), None)
        self.stdout.write(
            f"Go to {settings.SITE_URL}/start/ and enter: {self.code_for(email, options['name'], waiting)}"
        )

    def code_for(self, email: str, name: str, waiting: User | None) -> str:
        """A code for whoever waits, or for a new account."""
        try:
            if waiting:
                return give_code(user=waiting, by=None)
            return invite_staff(name=name, email=email, role=Role.ADMINISTRATOR, team=None, by=None)[1]
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
