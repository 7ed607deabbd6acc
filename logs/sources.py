"""Where imported entries come from: which entries a source file holds, and which lines of it an entry was made of."""

from collections.abc import Iterable
from uuid import UUID

from logs.models import Evidence, ImportBatch, IncidentLine


def entries_of(files: Iterable[Evidence]) -> dict[UUID, set[UUID]]:
    """For each file the entries it belongs to: its own one, and all that were brought in from it by any reading."""
    files = list(files)
    batches = {file.import_batch_id: file.pk for file in files if file.import_batch_id}
    found = {file.pk: {file.incident_id} if file.incident_id else set() for file in files}
    batches.update(ImportBatch.objects.filter(read_from__in=files).values_list("pk", "read_from"))
    if batches:
        links = IncidentLine.objects.filter(batch__in=batches).values_list("batch_id", "incident_id").distinct()
        for batch_id, incident_id in links:
            found[batches[batch_id]].add(incident_id)
    return found
