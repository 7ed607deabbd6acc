"""What is kept beside an entry for its readers: a translation by a person, and whether she sees her patterns."""

from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from audit.actions import record
from audit.models import Action
from cases.models import Case
from logs.actions.entries import OtherContent
from logs.actions.locking import one_at_a_time
from logs.canonical import entry_digest
from logs.models import Amendment, Incident, PatternSwitch, Translation

# Texts of an entry that can be translated; a reference number is no text.
TRANSLATABLE = (
    "when_words", "place", "what_happened", "evidence_words", "police_response", "impact", "changes_made",
    "impact_on_others",
)  # fmt: skip


class NothingToTranslate(Exception):
    """The entry has no such text, or what was added is not of this entry."""


def add_translation(
    *,
    key: UUID,
    incident: Incident,
    piece: str,
    text: str,
    language_to: str,
    role: str,
    name: str,
    translated_on: date,
    by: User,
) -> Translation:
    """Keep a translation of one text beside it. The same key with the same content keeps it once.

    Args:
        key: made when the form was first shown; becomes the row's id.
        incident: the entry.
        piece: the name of one of its texts, or the id of something added to it.
        text: the translation, made by a person; nothing here translates.
        language_to: the language of the translation; that of the original is the entry's or the amendment's own.
        role: who translated, a `Translation.Role`.
        name: the translator's name, where it is another person than the writer.
        translated_on: the day it was translated.
        by: who puts it in.

    Returns:
        The row. Audited with the SHA-256 of its canonical form.

    Raises:
        NothingToTranslate: there is no such text.
        OtherContent: the key was used for something else.
    """
    amendment, language_from = _piece_of(incident, piece)
    made = Translation(
        id=key, incident=incident, case_id=incident.case_id, amendment=amendment,
        field="" if amendment else piece, language_from=language_from, language_to=language_to, translator_role=role,
        translator_name=name, translated_on=translated_on, text=text, recorded_by=by,
        recorded_at=timezone.now(),
    )  # fmt: skip
    made.digest = _digest(made)
    try:
        with transaction.atomic():
            one_at_a_time(incident)
            before = Translation.objects.filter(pk=key).first()
            if before is None:
                made.save(force_insert=True)
                detail = {"sha256": made.digest, "entry": str(incident.pk)}
                record(Action.ENTRY_TRANSLATED, target=made, case_ids=[incident.case_id], detail=detail)
                return made
    except IntegrityError:  # the key is in use where this writer cannot look
        before = None
    if before is None or before.digest != made.digest:
        raise OtherContent(incident)
    return before


def _piece_of(incident: Incident, piece: str) -> tuple[Amendment | None, str]:
    if piece in TRANSLATABLE and getattr(incident, piece):
        return None, incident.language
    for amendment in Amendment.objects.filter(incident=incident):
        if str(amendment.pk) == piece:
            return amendment, amendment.language
    raise NothingToTranslate


def _digest(made: Translation) -> str:
    said = {
        "entry": str(made.incident_id), "piece": made.piece, "from": made.language_from, "to": made.language_to,
        "role": made.translator_role, "name": made.translator_name, "on": made.translated_on, "text": made.text,
    }  # fmt: skip
    return entry_digest(said, [])


@transaction.atomic
def show_patterns(*, case: Case, is_shown: bool, by: User) -> None:
    """Show the patterns of a case in its portal, or hide them; nothing happens where that is so already. Audited."""
    newest = PatternSwitch.objects.filter(case=case).order_by("-at").first()
    if is_shown == (newest is not None and newest.is_shown):
        return
    PatternSwitch(case=case, is_shown=is_shown, by=by, at=timezone.now()).save(force_insert=True)
    record(Action.PATTERNS_SHOWN, target=case, case_ids=[case.pk], detail={"is_shown": is_shown})
