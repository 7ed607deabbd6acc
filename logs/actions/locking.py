"""Adding to an entry one after another: its own row never changes, so it cannot be locked itself."""

from django.db import connection

from logs.models import Evidence, Incident


def one_at_a_time(incident: Incident) -> None:
    """Let nobody else add to this entry until the present transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('adding ' || %s, 0))", [str(incident.pk)])


def one_file_at_a_time(evidence: Evidence) -> None:
    """Let nobody else write of this file's scans and locks until the present transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('file ' || %s, 0))", [str(evidence.pk)])
