"""Starting a choice, keeping each step of it, throwing it away, and asking for the bundle it describes."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.actions import record
from audit.models import Action
from bundles.actions.asking import Said, request_bundle
from bundles.actions.redacting import carry_redactions
from bundles.choosing.drafting import Choice
from bundles.choosing.offering import offer
from bundles.choosing.picking import NothingChosen
from bundles.choosing.recipients import candidate, cover_lines, kind_of, producers
from bundles.models import Bundle, BundleDraft, Purpose, Redaction
from cases.actions.once import KeyUsed, keep_once
from cases.models import Case


class ChangedElsewhere(Exception):
    """The draft was changed in another window since this page of it was opened."""

    def __init__(self, present: BundleDraft) -> None:
        super().__init__(str(present.pk))
        self.present = present


class NotWhole(Exception):
    """A step is still open, or its answer does not hold any more: which one."""

    def __init__(self, step: str) -> None:
        super().__init__(step)
        self.step = step


def start_draft(*, key: UUID, case: Case, by: User) -> BundleDraft:
    """A new choice; the same key starts one. Audited.

    Raises:
        KeyUsed: the key stands for somebody else's choice, one of another case, or one that is over.
    """
    with transaction.atomic():
        if bundle := Bundle.objects.visible_to(by).filter(pk=key).first():
            raise KeyUsed(bundle)
        draft, is_new = keep_once(BundleDraft, key, case_id=case.pk, user_id=by.pk, used_at=None)
        if is_new:
            record(Action.BUNDLE_DRAFTED, target=draft, case_ids=[case.pk])
    return draft


def keep_step(*, draft: BundleDraft, version: int, step: str, changes: Mapping[str, Any], by: User) -> BundleDraft:
    """Keep what was answered on one step.

    Args:
        draft: one's own.
        version: of the draft when the page was opened.
        step: of `bundles.choosing.drafting.STEPS`.
        changes: fields of `Choice`.
        by: its owner.

    Raises:
        ChangedElsewhere: another window was quicker, and said something else; nothing is changed.
    """
    with transaction.atomic():
        held = _held(draft, by)
        before = Choice.of(held)
        after = before.changed(step, changes)
        if after == before:
            return held
        if held.version != version:
            raise ChangedElsewhere(held)
        held.content, held.changed_at = after.as_text(), timezone.now()
        held.version += 1
        held.save(update_fields=["content", "changed_at", "version"])
    return held


def discard_draft(*, draft: BundleDraft, by: User) -> None:
    """Throw a choice away, with what was taken out of it by hand: the row stays, emptied, until it is swept."""
    with transaction.atomic():
        _use(_held(draft, by))
        Redaction.objects.visible_to(by).filter(choice_id=draft.pk).delete()
        record(Action.BUNDLE_DRAFT_DISCARDED, target=draft, case_ids=[draft.case_id])


def ask_draft(*, draft: BundleDraft, version: int, by: User) -> Bundle:
    """Freeze the choice and ask for the bundle; pressed twice, it is asked for once.

    Raises:
        ChangedElsewhere: the choice is not the one that was looked at.
        NotWhole: a step is open, or whoever it is for has left the case since.
        KeyUsed: there is a bundle by the draft's id already, with another choice; the draft stays as it is.
    """
    with transaction.atomic():
        held = _held(draft, by)
        if held.used_at is not None:
            return Bundle.objects.visible_to(by).get(pk=held.pk)
        if held.version != version:
            raise ChangedElsewhere(held)
        choice = Choice.of(held)
        if choice.first_open != "check":
            raise NotWhole(choice.first_open)
        bundle = _ask(held, choice, by)
        _use(held)
    return bundle


def rekey_draft(*, draft: BundleDraft, by: User) -> BundleDraft:
    """The same choice under a key of its own, with what was taken out of it by hand; the first draft is used up."""
    with transaction.atomic():
        held = _held(draft, by)
        new = BundleDraft.objects.create(case_id=held.case_id, user=by, content=held.content)
        carry_redactions(before=held.pk, after=new.pk, by=by)
        _use(held)
        record(Action.BUNDLE_DRAFTED, target=new, case_ids=[held.case_id])
    return new


def _held(draft: BundleDraft, by: User) -> BundleDraft:
    rows = BundleDraft.objects.visible_to(by).filter(user=by).select_related("case__victim")
    return rows.select_for_update(of=("self",)).get(pk=draft.pk)


def _use(draft: BundleDraft) -> None:
    draft.content, draft.used_at = "{}", timezone.now()
    draft.save(update_fields=["content", "used_at"])


def _ask(draft: BundleDraft, choice: Choice, by: User) -> Bundle:
    case = draft.case
    someone = candidate(case, choice.purpose, choice.recipient_ref, by)
    if someone is None or choice.edition is None:
        raise NotWhole("recipient")
    picked = offer(case, choice, by).picked()
    try:
        return request_bundle(
            key=draft.pk, case=case, entry_ids=picked.whole, evidence_ids=picked.files,
            recipient=kind_of(choice.recipient_ref), recipient_name=someone.words[:250],
            purpose=purpose_in_words(choice), date_from=choice.date_from, date_to=choice.date_to,
            shown=choice.shown or (), by=by, said=_said(case, choice, by), picked=picked,
        )  # fmt: skip
    except NothingChosen:
        raise NotWhole("items") from None


def purpose_in_words(choice: Choice) -> str:
    """As it is printed: what for, and the words beside it."""
    label = str(Purpose(choice.purpose).label)
    return f"{label}: {choice.words}" if choice.words else label


def _said(case: Case, choice: Choice, by: User) -> Said:
    cover = cover_words(case, choice, by)
    return Said(
        edition=str(choice.edition), purpose_kind=choice.purpose, recipient_ref=choice.recipient_ref,
        sections=choice.sections, files_by_entry=choice.files_by_entry, **cover,
    )  # fmt: skip


def cover_words(case: Case, choice: Choice, by: User) -> dict[str, str]:
    """What stands on the cover, as it would be printed now.

    Raises:
        NotWhole: whoever was to produce the exhibits works on the case no more.
    """
    found = {each.ref: each for each in producers(case, by, timezone.now())}
    producer = found.get(choice.producer)
    if producer is None:
        raise NotWhole("cover")
    lines = cover_lines(case, by)
    told = {name: words if name in choice.cover else "" for name, words in lines.items()}
    return told | {"producer": producer.printed(is_full_name=choice.is_full_name)}
