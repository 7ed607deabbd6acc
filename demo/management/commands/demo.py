"""Load the invented demo service into this copy."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.models import User
from demo.loading import STORY, Loader
from demo.people import SignIn, demo_json, write_sign_ins
from nsvcs import celery as _celery  # noqa: F401 - or a wake-up seeks a broker elsewhere


class Command(BaseCommand):
    """`manage.py demo`: a second run says that it is there."""

    help = "Load the invented demo service: its people, their cases and one long log."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load it once, and only into a copy without real accounts.

        Raises:
            CommandError: people who are not invented work here, or the sign-ins are lost.
        """
        if demo_json().exists():
            self.stdout.write("The demo service is there already. Its sign-ins: manage.py demo_lines")
            return
        if User.objects.filter(is_demo=False).exists():
            raise CommandError("This copy has accounts of its own: the demo is only for a copy of its own.")
        if User.objects.exists():
            raise CommandError("The demo is in the database, but its sign-ins are lost: remove var/ and start again.")
        sign_ins = _load()
        self.stdout.write(f"Loaded the demo service: {len(sign_ins)} people can sign in. See manage.py demo_lines")


def _load() -> list[SignIn]:
    """All of it or nothing, and one wait for the disk instead of a thousand."""
    loader = Loader()
    try:
        with transaction.atomic():
            sign_ins = loader.load()
            write_sign_ins(sign_ins, loader.cases[STORY].pk)
    except BaseException:
        demo_json().unlink(missing_ok=True)
        raise
    return sign_ins
