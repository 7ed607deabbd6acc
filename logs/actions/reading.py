"""Reading: who has read an entry, and who took an original out."""

from django.db import transaction

from accounts.models import User
from audit.actions import record
from audit.models import Action
from logs.actions.custody import note_custody
from logs.models import CustodyEvent, Evidence, Incident, IncidentSeen


def mark_read(*, incident: Incident, by: User) -> None:
    """Note that this worker has read an entry; a second press changes nothing."""
    with transaction.atomic():
        if IncidentSeen.objects.filter(incident=incident, by=by).exists():
            return
        IncidentSeen(incident=incident, case_id=incident.case_id, by=by).save(force_insert=True)
        record(Action.ENTRY_READ, target=incident, case_ids=[incident.case_id])


def record_download(*, evidence: Evidence, by: User, is_film: bool = False) -> None:
    """Note that an original, or the film in a picture's file, leaves the store: an audit event and a custody event."""
    detail = {"sha256": evidence.sha256} | ({"part": "film"} if is_film else {})
    with transaction.atomic():
        note_custody(evidence, CustodyEvent.Kind.DOWNLOADED, by=by)
        record(Action.EVIDENCE_DOWNLOADED, target=evidence, case_ids=[evidence.case_id], detail=detail)
