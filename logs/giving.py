"""A file whose sender lost the case before it was looked at: added to its entry in time, it is the case's to keep."""

from functools import partial
from uuid import UUID

from django.db import connection, transaction

from accounts.models import User
from jobs.working import Work
from logs.actions.evidence import KeptFile, write_evidence
from logs.actions.locking import one_at_a_time
from logs.models import Evidence, Incident
from nsvcs.casetext import from_bytes
from nsvcs.storage import StoredFile, file_store


def give_to_case(work: Work) -> None:
    """Take one file over from its sender, in the name of the case; nothing where it was not added in time."""
    with work.acting():
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM hand_over_arrival(%s)", [work.object_id])
            row = cursor.fetchone()
        if row is not None:
            entry, sender, label, media_type, name, size, sha256, whole_at = row
            file = KeptFile(from_bytes(bytes(label)), media_type, StoredFile(name, size, sha256), whole_at)
            _keep(entry, sender, file)
        work.finish()


def _keep(entry: UUID, sender: UUID, file: KeptFile) -> None:
    incident = Incident.objects.select_related("case").get(pk=entry)
    one_at_a_time(incident)
    if Evidence.objects.filter(incident=incident, sha256=file.stored.sha256).exists():
        transaction.on_commit(partial(file_store().remove_orphan, file.stored.name))
        return
    write_evidence(incident=incident, case=incident.case, kept=[file], by=User.objects.get(pk=sender))
