"""What workers do for the log: viewing copies, and the same-day look at a new entry."""

import tempfile
from pathlib import Path
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from audit.actions import record
from audit.models import Action
from cases.models import Allocation, Task
from cases.rules import Relationship
from jobs.child import ChildFailed, run
from jobs.working import Work
from logs import copies
from logs.actions.custody import note_custody
from logs.behaviours import red_flags
from logs.danger import dangers_in, dangers_of
from logs.models import Amendment, CustodyEvent, Evidence, Incident, Rendition
from logs.standing import Use
from nsvcs.storage import StorageError, StoredFile, file_store

RECIPE = "picture-1"
SECONDS = 60
# Ends of a child that may say more about this machine at this moment than about the picture.
PASSING = frozenset({"crash", "time", "disk"})
PARTNERS = {Relationship.EX_PARTNER, Relationship.PARTNER}


def make_copies(work: Work) -> None:
    """Make the page copy and the small picture of one image, in a limited child; what cannot be made is a row too.

    Raises:
        ChildFailed: the child was ended from outside or found no room or time: another try may do better.
        StorageError: there is no room for the copies just now.
    """
    with work.acting():
        evidence = Evidence.objects.with_standing().get(pk=work.object_id)
        if not evidence.standing.may(Use.COPY):
            return
        if Rendition.objects.filter(evidence=evidence, recipe=RECIPE).exists():
            return
    try:
        kept, facts = _make(evidence)
    except (ChildFailed, StorageError) as failure:
        code = failure.code if isinstance(failure, ChildFailed) else "disk"
        if code in PASSING and work.job.attempts < work.kind.most_attempts:
            raise
        _write_failure(work, evidence, code)
        return
    _write_copies(work, evidence, kept, facts)


def _make(evidence: Evidence) -> tuple[dict[Rendition.Kind, StoredFile], dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        page, small = Path(folder) / "page.jpg", Path(folder) / "small.jpg"
        facts = _run(evidence, page, small)
        store = file_store()
        return {Rendition.Kind.PAGE: store.store(page), Rendition.Kind.THUMBNAIL: store.store(small)}, facts


def _run(evidence: Evidence, page: Path, small: Path) -> dict[str, Any]:
    with file_store().path_or_copy(evidence.storage_name) as source:
        payload = {"source": str(source), "target": str(page), "thumbnail": str(small)}
        memory_mb = copies.HEIC_MEMORY_MB if evidence.media_type == "image/heic" else copies.IMAGE_MEMORY_MB
        return run(copies.IMAGE_COPY, payload, memory_mb=memory_mb, seconds=SECONDS).result


def _write_failure(work: Work, evidence: Evidence, code: str) -> None:
    with work.acting():
        Rendition(
            evidence=evidence, case_id=evidence.case_id, kind=Rendition.Kind.PAGE, recipe=RECIPE,
            state=Rendition.State.REFUSED, error_code=code.removeprefix("refused:")[:40],
        ).save(force_insert=True)  # fmt: skip
        note_custody(evidence, CustodyEvent.Kind.NOT_COPIED)
        work.finish()


def _write_copies(
    work: Work, evidence: Evidence, kept: dict[Rendition.Kind, StoredFile], facts: dict[str, Any]
) -> None:
    with work.acting():
        for kind, stored in kept.items():
            Rendition(
                evidence=evidence, case_id=evidence.case_id, kind=kind, recipe=RECIPE, state=Rendition.State.OK,
                notes=facts["notes"], storage_name=stored.name, media_type="image/jpeg", size_bytes=stored.size_bytes,
                sha256=stored.sha256, width=facts["width"], height=facts["height"], page_count=1,
            ).save(force_insert=True)  # fmt: skip
        note_custody(evidence, CustodyEvent.Kind.COPIED)
        record(Action.COPY_MADE, target=evidence, case_ids=[evidence.case_id], detail={"recipe": RECIPE})
        work.finish()


def look_at_entry(work: Work) -> None:
    """Raise what a new entry asks for: a same-day task for a red flag, a task when the case was closed already."""
    with work.acting():
        incident = Incident.objects.select_related("case", "case_perpetrator").get(pk=work.object_id)
        if incident.case.is_closed:
            _task(incident, Task.Kind.ENTRY_AFTER_CLOSING, _("New entry on a closed case: decide what to do"))
        if has_red_flag(incident) or dangers_of(vars(incident)):
            _task(
                incident,
                Task.Kind.RED_FLAG,
                _("Red flag in entry %(number)s: look today") % {"number": incident.number},
            )
        work.finish()


def look_at_addition(work: Work) -> None:
    """Raise a same-day task for words of danger in what was added to an entry."""
    with work.acting():
        added = Amendment.objects.select_related("incident").get(pk=work.object_id)
        if dangers_in(added.text):
            title = _("Red flag in what was added to entry %(number)s: look today") % {"number": added.incident.number}
            _task(added.incident, Task.Kind.RED_FLAG, title, about=added.pk)
        work.finish()


def has_red_flag(incident: Incident) -> bool:
    """Whether a ticked behaviour asks for a look on the same day (shared rule: `logs/behaviours.py`)."""
    link = incident.case_perpetrator
    is_partner = link is not None and link.relationship in PARTNERS
    return bool(red_flags(incident.behaviours, is_ex_or_partner=is_partner))


def _task(incident: Incident, kind: str, title: str, about: UUID | None = None) -> None:
    held = Allocation.objects.current(timezone.now()).primary().filter(case_id=incident.case_id)
    Task.objects.bulk_create(
        [
            Task(
                case_id=incident.case_id,
                kind=kind,
                title=title,
                due_on=timezone.localdate(),
                key=f"{kind}:{about or incident.pk}",
                assigned_to_id=held.values_list("worker_id", flat=True).first(),
            )
        ],
        ignore_conflicts=True,
    )
