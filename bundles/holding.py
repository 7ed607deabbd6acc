"""Which entries a bundle was made of: asked before an import is undone."""

from collections.abc import Collection
from uuid import UUID

from django.db import connection


def entries_in_bundles(entry_ids: Collection[UUID]) -> set[UUID]:
    """Those of these entries that are in a bundle, also for the portal, which sees no bundle."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT entry FROM bundled_entries(%s) AS entry", [list(entry_ids)])
        return {row[0] for row in cursor.fetchall()}
