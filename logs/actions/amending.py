"""Adding to an entry, or withdrawing it with a reason. The entry itself stays as it was written."""

from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from audit.actions import record
from audit.models import Action
from jobs.actions import ask
from logs.actions.entries import OtherContent
from logs.actions.locking import one_at_a_time
from logs.canonical import entry_digest
from logs.models import Amendment, Incident
from logs.models.incidents import Source


def amend(*, key: UUID, incident: Incident, text: str, by: User, language: str = "en") -> Amendment:
    """Add a note to an entry. The same key with the same text adds it once.

    Raises:
        OtherContent: the key was used for another text.
    """
    return _add(key, incident, Amendment.Kind.ADDITION, text, by, language)


def withdraw(*, key: UUID, incident: Incident, reason: str, by: User, language: str = "en") -> Amendment:
    """Mark an entry as withdrawn, with a reason. It stays in the log, marked, and so does the reason.

    An entry is withdrawn once. A further reason is not lost: it is added to the entry as words, and `kind` says so.

    Raises:
        OtherContent: the key was used for another text.
    """
    return _add(key, incident, Amendment.Kind.WITHDRAWAL, reason, by, language)


def _add(key: UUID, incident: Incident, kind: str, text: str, by: User, language: str) -> Amendment:
    try:
        with transaction.atomic():
            one_at_a_time(incident)
            before = Amendment.objects.filter(pk=key).first()
            if before is None:
                return _write(key, incident, _kind(incident, kind), text, by, language)
    except IntegrityError:  # the key is in use where this writer cannot look
        before = None
    if before is None or before.digest != _digest(incident, before.kind, text, language):
        raise OtherContent(incident)
    return before


def _kind(incident: Incident, kind: str) -> str:
    is_withdrawn = Amendment.objects.filter(incident=incident, kind=Amendment.Kind.WITHDRAWAL).exists()
    return Amendment.Kind.ADDITION if is_withdrawn else kind


def _digest(incident: Incident, kind: str, text: str, language: str) -> str:
    return entry_digest({"entry": str(incident.pk), "kind": kind, "text": text, "language": language}, [])


def _write(key: UUID, incident: Incident, kind: str, text: str, by: User, language: str) -> Amendment:
    source = Source.PORTAL if by.is_victim else Source.ON_BEHALF
    digest = _digest(incident, kind, text, language)
    amendment = Amendment(
        id=key, incident=incident, case_id=incident.case_id, kind=kind, text=text, language=language, source=source,
        recorded_by=by, recorded_at=timezone.now(), digest=digest,
    )  # fmt: skip
    amendment.save(force_insert=True)
    action = Action.ENTRY_WITHDRAWN if kind == Amendment.Kind.WITHDRAWAL else Action.ENTRY_AMENDED
    record(action, target=amendment, case_ids=[incident.case_id], detail={"sha256": digest, "entry": str(incident.pk)})
    ask(name="addition_arrived", key=f"addition:{key}", object_id=key, case_id=incident.case_id, by=None)
    return amendment
