"""Drafts: kept on the server every few seconds, the writer's only."""

import json
from typing import Any
from uuid import UUID

from django.utils import timezone

from accounts.models import User
from logs.actions.arriving import remove_unbound
from logs.models import Draft
from nsvcs.ids import uuid7

# More than any request can bring (`DATA_UPLOAD_MAX_MEMORY_SIZE`, each byte of it spelled out in six characters): what
# is too long for a note is still kept as typed, so that it can be cut in two.
LONGEST_CONTENT = 16_000_000


class DraftUsed(Exception):
    """The draft has become an entry, or the key is not this writer's: nothing more is saved under it."""


def start_draft(*, by: User, case_id: UUID | None = None) -> Draft:
    """A new, empty draft with a key of its own; not saved until something is typed."""
    return Draft(id=uuid7(), user=by, case_ref=case_id, updated_at=timezone.now())


def save_draft(
    *, draft_id: UUID, content: dict[str, Any], by: User, case_id: UUID | None = None, is_late: bool = False
) -> Draft:
    """Keep what is typed so far. Not audited: a draft is the writer's own until it is an entry.

    Args:
        draft_id: the key the form carries; the entry will have it too.
        content: names and values of the form's fields, as typed.
        by: the writer.
        case_id: for staff, the case they write for.
        is_late: it came when nobody was signed in, so it is offered until its writer takes it up again.

    Raises:
        DraftUsed: it has become an entry already, or somebody else's draft has this key.
        ValueError: more than a request can bring.
    """
    text = json.dumps(content, ensure_ascii=False)
    if len(text) > LONGEST_CONTENT:
        raise ValueError("draft too long")
    begin_draft(draft_id=draft_id, by=by, case_id=case_id)
    draft = Draft.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=draft_id).first()
    if draft is None or draft.used_at:
        raise DraftUsed
    draft.content, draft.updated_at = text, timezone.now()
    draft.came_late_at = draft.updated_at if is_late else None
    draft.revision += 1
    draft.save()
    return draft


def begin_draft(*, draft_id: UUID, by: User, case_id: UUID | None = None) -> None:
    """An empty draft under this key, if there is none yet: words and files may arrive for it at once, in any order.

    Raises:
        DraftUsed: it has become an entry already, or somebody else's draft has this key.
    """
    begun = Draft(id=draft_id, user=by, case_ref=case_id, updated_at=timezone.now())
    Draft.objects.bulk_create([begun], ignore_conflicts=True)
    if not Draft.objects.visible_to(by).filter(pk=draft_id, used_at=None).exists():
        raise DraftUsed


def use_draft(*, draft_id: UUID, by: User) -> None:
    """The draft has become an entry: empty it, so that nothing leaks into the next one."""
    Draft.objects.visible_to(by).filter(pk=draft_id).update(used_at=timezone.now(), content="{}")


def discard_draft(*, draft: Draft, by: User) -> None:
    """Throw an unfinished entry away, with the files sent for it; only its writer can."""
    remove_unbound(entry_key=draft.pk, by=by)
    Draft.objects.visible_to(by).filter(pk=draft.pk, used_at=None).delete()
