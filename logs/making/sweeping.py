"""Parts that are missing of what is in the store already: after an upgrade, or a job that was lost."""

from uuid import UUID

from django.db import connection
from django.utils import timezone

from jobs.actions import ask
from logs.making.recipes import MADE_OF, recipe_of, version
from nsvcs.identity import acting_as

AT_ONCE = 100  # what has just arrived does not stand behind a year of old files


def ask_for_missing_parts(most: int = AT_ONCE) -> int:
    """Ask for the parts that today's recipes would make and no row tells of; returns for how many files.

    A file for which nothing comes of it, locked or gone from the store, is asked for again the next day.

    Args:
        most: for so many files at a time.
    """
    today = f"{version()}:{timezone.localdate()}"
    wanted = [(start, kind.value, recipe_of(kind)) for kind, starts in MADE_OF.items() for start in starts]
    starts, kinds, recipes = (list(each) for each in zip(*wanted, strict=True))
    with acting_as(process="worker"):
        with connection.cursor() as cursor:
            query = "SELECT * FROM evidence_wanting(%s, %s, %s, %s, %s)"
            cursor.execute(query, [starts, kinds, recipes, today, most])
            found: list[tuple[UUID, UUID]] = cursor.fetchall()
        for evidence_id, case_id in found:
            ask(name="copy", key=f"copy:{evidence_id}:{today}", object_id=evidence_id, case_id=case_id, by=None)
    return len(found)
