"""The job that makes the parts of one original, step by step; a step that has a row is not done again."""

from contextlib import ExitStack
from typing import Any

from audit.actions import record
from audit.models import Action
from jobs.child import ChildFailed
from jobs.working import Work
from logs.actions.custody import note_custody
from logs.actions.opening import held_password, settle
from logs.making.following import parts_are_made
from logs.making.originals import Made, Original
from logs.making.steps import STEPS, Step, is_opened_by
from logs.models import CustodyEvent, Evidence, EvidenceFact, FilePassword, Rendition
from logs.standing import Use
from nsvcs.storage import StorageError, StoredFile, file_store

# Ends of a child that may say more about this machine at this moment than about the file.
PASSING = frozenset({"crash", "time", "disk"})


def make_copies(work: Work) -> None:
    """Make what is missing of one original's parts; what cannot be made is a row too.

    Each step's rows are written at once with the sign that this attempt still holds the job, so that a worker killed
    between two steps loses the one it was at. A step that fails for a passing reason holds up no other.

    Raises:
        ChildFailed: a child was ended from outside or found no room or time: another try may do better.
        StorageError: there is no room for the parts just now.
        JobFailed: the original is missing or changed.
    """
    with work.acting():
        evidence = Evidence.objects.get(pk=work.object_id)
        rows = list(Rendition.objects.filter(evidence=evidence))
        held = held_password(evidence)
    failed: ChildFailed | StorageError | None = None
    with ExitStack() as stack:
        original = Original(evidence, rows, stack, password=held[1] if held else "")
        if held and not _opens(work, original, held[0]):
            return
        for number, step in enumerate(STEPS):
            if step.is_due(original):
                work.progress(step.kind, number, len(STEPS))
                if not _may_be_copied(work):
                    return  # locked, or not scanned: whoever unlocks it, or finds it clean, asks anew
                failed = _do(work, original, step) or failed
    if failed:
        raise failed
    with work.acting():
        if held:
            settle(held[0].pk, FilePassword.Outcome.OPENED)
        parts_are_made(evidence, original.rows, work.job.pk)
        work.finish()


def _opens(work: Work, original: Original, held: FilePassword) -> bool:
    """Try the password; a wrong one ends the job, and no part is written of it."""
    if not _may_be_copied(work):
        return False
    is_right = is_opened_by(original)
    if not is_right:
        with work.acting():
            settle(held.pk, FilePassword.Outcome.WRONG)
            work.finish()
    return is_right


def _may_be_copied(work: Work) -> bool:
    with work.acting():
        return Evidence.objects.with_standing().get(pk=work.object_id).standing.may(Use.COPY)


def _do(work: Work, original: Original, step: Step) -> ChildFailed | StorageError | None:
    """Do one step and write its rows; what may go better another time is returned, and nothing written."""
    try:
        # What another recipe made already, and this one does not change, stays.
        made = [each for each in step.make(original) if each.kind == step.kind or not original.has_tried(each.kind)]
        kept = [(each, file_store().store(each.path) if each.path else None) for each in made]
    except (ChildFailed, StorageError) as failure:
        code = failure.code if isinstance(failure, ChildFailed) else "disk"
        if code in PASSING and work.job.attempts < work.kind.most_attempts:
            return failure
        _write_failure(work, original, step, code.removeprefix("refused:"))
        return None
    _write(work, original, step, kept)
    return None


def _row(original: Original, **values: Any) -> Rendition:
    evidence = original.evidence
    row = Rendition(evidence=evidence, case_id=evidence.case_id, original_sha256=evidence.sha256, **values)
    row.save(force_insert=True)
    return row


def _write_failure(work: Work, original: Original, step: Step, code: str) -> None:
    with work.acting():
        work.progress(step.kind)
        refused = {"state": Rendition.State.REFUSED, "error_code": code[:40]}
        row = _row(original, kind=step.kind, recipe=original.recipe(step.kind), **refused)
        if step.is_shown:
            note_custody(original.evidence, CustodyEvent.Kind.NOT_COPIED)
    original.rows.append(row)


def _write(work: Work, original: Original, step: Step, kept: list[tuple[Made, StoredFile | None]]) -> None:
    evidence = original.evidence
    with work.acting():
        work.progress(step.kind)
        rows = [_row(original, **_values(original, made, stored)) for made, stored in kept]
        if step.is_shown:
            note_custody(evidence, CustodyEvent.Kind.COPIED)
        _write_facts(original, step)
        detail = {"recipe": original.recipe(step.kind), "parts": len(rows)}
        record(Action.COPY_MADE, target=evidence, case_ids=[evidence.case_id], detail=detail)
    original.rows.extend(rows)


def _values(original: Original, made: Made, stored: StoredFile | None) -> dict[str, Any]:
    told = {
        "kind": made.kind, "number": made.number, "recipe": original.recipe(made.kind), "state": Rendition.State.OK,
        "notes": made.notes, "media_type": made.media_type, "width": made.width, "height": made.height,
        "page_count": made.page_count, "pictured": made.pictured, "details": made.details,
    }  # fmt: skip
    if stored:
        told |= {"storage_name": stored.name, "size_bytes": stored.size_bytes, "sha256": stored.sha256}
    return told


def _write_facts(original: Original, step: Step) -> None:
    recipe, case_id = original.recipe(step.kind), original.evidence.case_id
    for kind, value in original.facts if step.kind == Rendition.Kind.REPORT else ():
        fact = EvidenceFact(evidence=original.evidence, case_id=case_id, kind=kind, value=value, recipe=recipe)
        fact.save(force_insert=True)
