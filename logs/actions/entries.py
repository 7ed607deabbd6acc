"""An entry is kept: once, whole, with its files, or clearly refused."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection
from django.utils import timezone

from accounts.models import User
from audit.actions import record
from audit.models import Action
from cases.models import Case
from jobs.actions import ask
from logs.actions.arriving import bind_arrivals, join_arrivals
from logs.actions.drafts import use_draft
from logs.actions.evidence import KeptFile, Upload, kept_files, write_evidence
from logs.actions.offline import write_beside
from logs.canonical import entry_digest
from logs.models import Incident
from logs.models.incidents import Source
from logs.rules import occurred_span
from nsvcs.identity import acting_as

# What the writer said, as against what is derived from it or added by the server.
CONTENT = (
    "occurred_on", "occurred_time", "until_on", "until_time", "precision", "when_words", "zone", "fold", "learned_on",
    "place", "what_happened", "evidence_words", "police_contacted", "police_response", "police_reference", "impact",
    "changes_made", "impact_on_others", "behaviours", "never_disclose", "helped_by", "language", "case_perpetrator_id",
)  # fmt: skip


class OtherContent(Exception):
    """This key has been used for other words: what was typed is shown, to be added as a note or kept as a new entry.

    Args:
        incident: the entry kept under the key; none when the key is nobody's business here.
    """

    def __init__(self, incident: Incident | None) -> None:
        """Keep the entry."""
        super().__init__("same key, other content")
        self.incident = incident


class NothingSaid(ValueError):
    """There is nothing to keep: no words, and no file that has come or is coming."""


@dataclass(frozen=True)
class Recorded:
    """A kept entry, and whether it had been kept before."""

    incident: Incident
    was_there: bool


def record_incident(
    *,
    draft_id: UUID,
    case: Case,
    fields: dict[str, Any],
    files: Sequence[Upload] = (),
    arrivals: Sequence[str] = (),
    by: User,
    source: str = Source.PORTAL,
) -> Recorded:
    """Keep one entry with its files. The same key with the same content is kept once; with other content, refused.

    Call it outside a transaction: files are moved with none open, then rows are written in one.

    Args:
        draft_id: the key made when the form was first shown; becomes the entry's id.
        case: one the writer may see.
        fields: values for the names in `CONTENT`, cleaned by `logs.forms.EntryForm`.
        files: already passed by `check_files`.
        arrivals: letters of files sent in pieces. Those that are whole become evidence with the entry, the others when
            they are whole; they are no part of what makes two entries the same, each has its own digest in the trail.
        by: the writer.
        source: in the portal, or on behalf.

    Returns:
        the entry and whether it was there already. Audited with the SHA-256 of its canonical form.

    Raises:
        OtherContent: the key was used for something else.
        nsvcs.storage.StorageError: a file could not be kept, so nothing was.
        NothingSaid: there are neither words nor a file, nor one on its way that is the writer's.
    """
    is_said = bool(files) or bool(str(fields.get("what_happened", "")).strip())
    with kept_files(files) as kept:
        try:
            with acting_as(by.pk):
                coming = bind_arrivals(entry_key=draft_id, letters=arrivals, by=by)
                found = _kept_before(draft_id, fields, kept)
                if not (found or is_said or coming):
                    raise NothingSaid
                incident = found or _write(_entry(draft_id, case, fields, by, source), case, kept, by)
                join_arrivals(incident=incident, case=incident.case, arrivals=coming, by=by)
        except IntegrityError:
            with acting_as(by.pk):
                coming = bind_arrivals(entry_key=draft_id, letters=arrivals, by=by)
                found = incident = _lost_race(draft_id, fields, kept)
                join_arrivals(incident=incident, case=incident.case, arrivals=coming, by=by)
        if found:
            _drop(kept)
    return Recorded(incident, was_there=found is not None)


def _digest(fields: dict[str, Any], kept: Sequence[KeptFile]) -> str:
    blank = {field.attname: field.get_default() for field in Incident._meta.concrete_fields if field.attname in CONTENT}
    said = {name: fields.get(name, blank[name]) for name in CONTENT}
    said |= {name: sorted(said[name]) for name in ("behaviours", "never_disclose")}  # ticked in no order
    return entry_digest(said, [file.stored.sha256 for file in kept])


def _kept_before(draft_id: UUID, fields: dict[str, Any], kept: Sequence[KeptFile]) -> Incident | None:
    incident = Incident.objects.filter(pk=draft_id).first()
    if incident is not None and incident.digest != _digest(fields, kept):
        raise OtherContent(incident)
    return incident


def _lost_race(draft_id: UUID, fields: dict[str, Any], kept: Sequence[KeptFile]) -> Incident:
    """Two sent the same key at once and the other was first; or the key is somebody else's, which is not told."""
    incident = _kept_before(draft_id, fields, kept)
    if incident is None:
        raise OtherContent(None)
    return incident


def _drop(kept: list[KeptFile]) -> None:
    from nsvcs.storage import file_store

    for file in kept:
        file_store().remove_orphan(file.stored.name)


def _entry(draft_id: UUID, case: Case, fields: dict[str, Any], by: User, source: str) -> Incident:
    known = {name: value for name, value in fields.items() if name in CONTENT}
    incident = Incident(id=draft_id, case=case, victim_id=case.victim_id, source=source, recorded_by=by, **known)
    incident.recorded_at = timezone.now()
    incident.occurred_at, incident.occurred_until = occurred_span(incident.written)
    return incident


def record_imported(
    *, entry_id: UUID, batch_id: UUID, case: Case, fields: dict[str, Any], kept: Sequence[KeptFile], by: User
) -> Incident:
    """Keep one entry of a batch, in the caller's transaction. The look for danger is the batch's, once for all.

    Raises:
        IntegrityError: it is kept already, by another worker at the same batch.
    """
    return _write(_entry(entry_id, case, fields, by, Source.IMPORT), case, kept, by, {"batch": str(batch_id)})


def _write(
    incident: Incident, case: Case, kept: Sequence[KeptFile], by: User, imported: dict[str, str] | None = None
) -> Incident:
    incident.number = _next_number(case)
    incident.digest = _digest({name: getattr(incident, name) for name in CONTENT}, kept)
    incident.save(force_insert=True)
    write_evidence(incident=incident, case=case, kept=kept, by=by)
    use_draft(draft_id=incident.pk, by=by)
    if incident.source == Source.PORTAL:
        write_beside(incident=incident, by=by)
    record(
        Action.ENTRY_RECORDED,
        target=incident,
        case_ids=[case.pk],
        detail={"sha256": incident.digest, "files": len(kept), "number": incident.number, "source": incident.source}
        | (imported or {}),
    )
    if imported is None:
        ask(name="entry_arrived", key=f"entry:{incident.pk}", object_id=incident.pk, case_id=case.pk, by=None)
    return incident


def _next_number(case: Case) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT next_entry_number(%s)", [str(case.pk)])
        return int(cursor.fetchone()[0])
