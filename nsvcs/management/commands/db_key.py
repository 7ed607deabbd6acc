"""Put the present identity key into the database: after a restore, or when MASTER_KEY changed."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection, transaction

from nsvcs.dbkey import write_key


class Command(BaseCommand):
    """`manage.py db_key`, run as the owner."""

    help = "Put the identity key that MASTER_KEY gives into the database."

    def handle(self, *args: Any, **options: Any) -> None:
        """Replace the key; running processes with another MASTER_KEY see nothing from then on."""
        with transaction.atomic(), connection.schema_editor() as editor:
            write_key(None, editor)
        self.stdout.write("identity key written")
