"""Make the database roles, before `migrate` and never inside one: made in parallel they collide."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection

# No password here: where the roles sign in themselves, whoever runs the database sets one.
MAKE = """
DO $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{name}') THEN
        CREATE ROLE {name} NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT NOBYPASSRLS;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$
"""


def make_roles() -> None:
    """Make what is missing; changes nothing that is there."""
    with connection.cursor() as cursor:
        for name in ("nsvcs_web", "nsvcs_worker"):
            cursor.execute(MAKE.format(name=name))


class Command(BaseCommand):
    """`manage.py db_roles`."""

    help = "Make the database roles nsvcs_web and nsvcs_worker where they are missing."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run once per database server, as a role that may create roles."""
        make_roles()
        self.stdout.write("roles are there")
