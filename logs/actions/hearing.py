"""Beside a recording: what somebody heard in it. And asking a file where it was made."""

from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import User
from audit.actions import record
from audit.models import Action
from logs.actions.entries import OtherContent
from logs.canonical import entry_digest
from logs.models import Caption, Evidence, EvidenceFact, Transcript
from logs.models.incidents import Source


class TypedMeanwhile(Exception):
    """Somebody else typed a version of what stands beside a file since this page was opened.

    Attributes:
        newest: what they typed.
    """

    def __init__(self, newest: Transcript | Caption) -> None:
        """Keep it, to be shown."""
        super().__init__(str(newest.pk))
        self.newest = newest


def type_what_is_heard(
    *, key: UUID, evidence: Evidence, text: str, language: str, based_on: int, by: User
) -> Transcript:
    """Keep a further version of what is said in a recording. The same key with the same text keeps it once.

    Args:
        key: made by the page; sent twice, it is kept once.
        evidence: the recording; it stays as it is.
        text: what was heard, in the words of who typed it.
        language: in which language it is typed.
        based_on: the number of the version the page showed; 0 for none.
        by: who typed it.

    Raises:
        OtherContent: the key was used for another text.
        TypedMeanwhile: there is a newer version than the page showed; nothing was kept.
    """
    digest = entry_digest({"evidence": str(evidence.pk), "text": text, "language": language}, [evidence.sha256])
    try:
        with transaction.atomic():
            _one_at_a_time(evidence)
            before = Transcript.objects.filter(pk=key).first()
            if before is None:
                newest = Transcript.objects.filter(evidence=evidence).order_by("-number").first()
                if newest and newest.number != based_on:
                    raise TypedMeanwhile(newest)
                return _write(key, evidence, newest, text, language, digest, by)
    except IntegrityError:  # the key is in use where this writer cannot look
        before = None
    if before is None or before.digest != digest:
        raise OtherContent(evidence.incident)
    return before


def _one_at_a_time(evidence: Evidence) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('heard ' || %s, 0))", [str(evidence.pk)])


def _write(
    key: UUID, evidence: Evidence, newest: Transcript | None, text: str, language: str, digest: str, by: User
) -> Transcript:
    transcript = Transcript(
        id=key, evidence=evidence, case_id=evidence.case_id, number=newest.number + 1 if newest else 1, text=text,
        language=language, source=Source.PORTAL if by.is_victim else Source.ON_BEHALF, typed_by=by,
        typed_at=timezone.now(), digest=digest,
    )  # fmt: skip
    transcript.save(force_insert=True)
    detail = {"sha256": digest, "version": transcript.number}
    record(Action.EVIDENCE_HEARD, target=evidence, case_ids=[evidence.case_id], detail=detail)
    return transcript


def ask_for_place(*, evidence: Evidence, by: User) -> str:
    """Where a file says that it was made, for whoever pressed to see it; the press is recorded. Empty if it says none.

    Args:
        evidence: the file, which this person may see.
        by: who asks.
    """
    with transaction.atomic():
        record(Action.EVIDENCE_PLACE, target=evidence, case_ids=[evidence.case_id])
        found = EvidenceFact.objects.visible_to(by).places().filter(evidence=evidence).order_by("read_at").last()
        return found.value if found else ""
