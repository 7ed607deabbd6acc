"""Protected words of a case: added, and ended."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.actions import record
from audit.models import Action
from cases.actions.once import keep_once
from cases.models import Case, ProtectedTerm


@transaction.atomic
def protect_words(
    *,
    case: Case,
    key: UUID,
    kind: str,
    words: str,
    with_first_name: bool,
    in_any_case: bool,
    by: User,
    source: str = ProtectedTerm.Source.TYPED,
) -> ProtectedTerm:
    """Keep a word or line out of papers made from now on. Audited, without the words; the same key and content once.

    Raises:
        KeyUsed: the key stands for other words.
    """
    content = {"kind": kind, "words": words, "with_first_name": with_first_name, "in_any_case": in_any_case}
    term, is_new = keep_once(ProtectedTerm, key, case_id=case.pk, source=source, added_by_id=by.pk, **content)
    if is_new:
        record(Action.TERM_PROTECTED, target=term, case_ids=[case.pk], detail={"kind": kind, "source": source})
    return term


@transaction.atomic
def end_protection(*, term: ProtectedTerm, by: User) -> ProtectedTerm:
    """From now on a word is taken out of no new bundle. Bundles asked for before stay as they are. Audited, once."""
    term = ProtectedTerm.objects.select_for_update(of=("self",)).get(pk=term.pk)
    if term.ended_at is None:
        term.ended_at, term.ended_by = timezone.now(), by
        term.save(update_fields=["ended_at", "ended_by"])
        record(Action.TERM_ENDED, target=term, case_ids=[term.case_id], detail={"kind": term.kind})
    return term
