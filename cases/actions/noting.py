"""Notes on a case."""

from uuid import UUID

from django.db import transaction

from accounts.models import User
from audit.actions import record
from audit.models import Action
from cases.actions.once import keep_once
from cases.models import Case, ContentClass, Note


@transaction.atomic
def add_note(*, case: Case, key: UUID, text: str, content_class: ContentClass, by: User) -> Note:
    """Add a note. It is never edited: a correction is another note. Audited; the same key and content once.

    Raises:
        KeyUsed: the key stands for another note.
    """
    note, is_new = keep_once(Note, key, case_id=case.pk, text=text, content_class=content_class, by_id=by.pk)
    if is_new:
        record(Action.NOTE_ADDED, target=note, case_ids=[case.pk])
    return note
