"""Beside a file: what somebody says that it shows, when it was taken, and by whom."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from audit.actions import record
from audit.models import Action
from jobs.actions import ask
from logs.actions.entries import OtherContent
from logs.actions.hearing import TypedMeanwhile
from logs.actions.locking import one_file_at_a_time
from logs.canonical import entry_digest
from logs.models import Caption, Evidence
from logs.models.incidents import Source

SAID = (
    "shows", "taken_on", "taken_time", "until_on", "until_time", "precision", "when_words", "fold", "zone", "taken_by",
    "taken_by_words", "never_disclose", "language",
)  # fmt: skip


def say_of_file(*, key: UUID, evidence: Evidence, said: Mapping[str, Any], based_on: int, by: User) -> Caption:
    """Keep a further version of what is said of a file. The same key with the same words keeps it once.

    Args:
        key: made by the page; sent twice, it is kept once.
        evidence: the file; it stays as it is.
        said: values by the names in `SAID`, cleaned by a `logs.caption_forms.CaptionForm`; what is missing was skipped.
        based_on: the number of the version the page showed; 0 for none.
        by: who says it, or writes down what she said.

    Returns:
        The version. Audited with the SHA-256 of its canonical form; a worker looks for words of danger in it.

    Raises:
        OtherContent: the key was used for something else.
        TypedMeanwhile: there is a newer version than the page showed; nothing was kept.
    """
    caption = Caption(
        id=key, evidence=evidence, case_id=evidence.case_id, said_by=by, said_at=timezone.now(),
        source=Source.PORTAL if by.is_victim else Source.ON_BEHALF,
        **{name: said[name] for name in SAID if name in said},
    )  # fmt: skip
    caption.digest = _digest(caption, evidence)
    try:
        with transaction.atomic():
            one_file_at_a_time(evidence)
            before = Caption.objects.filter(pk=key).first()
            if before is None:
                newest = Caption.objects.filter(evidence=evidence).order_by("-number").first()
                if newest and newest.number != based_on:
                    raise TypedMeanwhile(newest)
                if newest and newest.digest == caption.digest:
                    return newest  # the same again says nothing new
                return _write(caption, newest)
    except IntegrityError:  # the key is in use where this writer cannot look
        before = None
    if before is None or before.digest != caption.digest:
        raise OtherContent(evidence.incident)
    return before


def _digest(caption: Caption, evidence: Evidence) -> str:
    said = {name: getattr(caption, name) for name in SAID}
    return entry_digest({"evidence": str(evidence.pk), **said}, [evidence.sha256])


def _write(caption: Caption, newest: Caption | None) -> Caption:
    caption.number = newest.number + 1 if newest else 1
    caption.save(force_insert=True)
    detail = {"sha256": caption.digest, "version": caption.number}
    record(Action.EVIDENCE_DESCRIBED, target=caption.evidence, case_ids=[caption.case_id], detail=detail)
    ask(name="caption_arrived", key=f"caption:{caption.pk}", object_id=caption.pk, case_id=caption.case_id, by=None)
    return caption
