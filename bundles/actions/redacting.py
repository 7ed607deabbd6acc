"""Taking pieces out of a bundle that is still being chosen, and putting them back."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from accounts.models import User
from audit.actions import record
from audit.models import Action
from bundles.disclosure.pieces import Piece
from bundles.disclosure.redacting import Target
from bundles.models import Bundle, BundleDraft, Redaction
from logs.models import Evidence
from nsvcs.ids import uuid7


class TextChanged(Exception):
    """The words were chosen in another text, or on another copy, than there is now."""


@transaction.atomic
def redact_text(
    *,
    draft: BundleDraft,
    piece: Piece,
    spans: Sequence[tuple[int, int]],
    digest: str,
    reason: str,
    words: str,
    by: User,
) -> list[Redaction]:
    """Take words out of one text in the bundle this choice becomes. Audited by where, not by what.

    Args:
        draft: the choice.
        piece: the text.
        spans: from where to where, over the text as it is kept.
        digest: of the text that they were chosen in.
        reason: a `RedactionReason`, printed in their place.
        words: why, for the record alone.
        by: who decides.

    Raises:
        TextChanged: it is another text.
    """
    if digest != piece.digest:
        raise TextChanged
    place = {"choice_id": draft.pk, "case_id": draft.case_id, "target": piece.target, "object_id": piece.pk}
    kept = Redaction.objects.visible_to(by).filter(**place, field=piece.field).values_list("start", "end")
    there = set(kept)
    rows = [
        Redaction(**place, field=piece.field, start=start, end=end, digest=digest, reason=reason, words=words, by=by)
        for start, end in spans
        if (start, end) not in there  # sent twice
    ]
    return _kept(rows)


@transaction.atomic
def redact_page(
    *,
    draft: BundleDraft,
    file: Evidence,
    page: int,
    boxes: Sequence[int],
    digest: str,
    reason: str,
    words: str,
    by: User,
) -> list[Redaction]:
    """Take areas out of one page of a file's copy. As for texts; `digest` is of the copy they were drawn on."""
    place = {"choice_id": draft.pk, "case_id": draft.case_id, "target": Target.PAGE, "object_id": file.pk, "page": page}
    there = Redaction.objects.visible_to(by).filter(**place, boxes=list(boxes))
    if not boxes or there.exists():
        return []
    return _kept([Redaction(**place, boxes=list(boxes), digest=digest, reason=reason, words=words, by=by)])


def _kept(rows: list[Redaction]) -> list[Redaction]:
    for row in rows:
        row.save(force_insert=True)
        detail = {"target": row.target, "of": str(row.object_id), "reason": row.reason, "choice": str(row.choice_id)}
        record(Action.REDACTION_ADDED, target=row, case_ids=[row.case_id], detail=detail)
    return rows


@transaction.atomic
def put_back(*, row: Redaction, by: User) -> None:
    """Let something be printed after all, as long as the bundle has not been asked for. Audited."""
    detail = {"target": row.target, "of": str(row.object_id), "choice": str(row.choice_id)}
    record(Action.REDACTION_REMOVED, target=row, case_ids=[row.case_id], detail=detail)
    Redaction.objects.visible_to(by).filter(pk=row.pk).delete()


def carry_redactions(*, before: UUID, after: UUID, by: User) -> None:
    """Take the same out of another bundle that is made of the same choice. Call it before that one is written."""
    if Bundle.objects.visible_to(by).filter(pk=after).exists():  # pressed twice
        return
    rows = list(Redaction.objects.visible_to(by).of_choice(before))
    for row in rows:
        row.pk, row.choice_id = uuid7(), after
        row._state.adding = True
    Redaction.objects.bulk_create(rows)
