"""Support sessions: recorded once, and corrected by a row beside."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.actions import record
from audit.models import Action
from cases.actions.apart import reads_kept_apart, seen_kept_apart
from cases.actions.once import keep_once
from cases.models import ContentClass
from nsvcs.ids import uuid7
from referrals.actions.support import finish_due, hold, step
from referrals.models import EpisodeMove, SessionNote, SupportEpisode, SupportSession, SupportSubcode
from referrals.models.support import end_of
from referrals.rules.support import EpisodeState, may_hold_session

NOTE, APART = 1, 2  # which of a session's own notes, in the key that it is kept under


@transaction.atomic
def record_session(
    *, episode: SupportEpisode, key: UUID, values: Mapping[str, Any], note: str, kept_apart: str, by: User
) -> SupportSession:
    """Record a session of an episode, held or not. Audited; the same key and content once.

    `values` are the session's own fields: at (aware), minutes, mode, attendance, worker, did, content_class. The first
    one that took place begins support that was accepted, and finishes the tasks that asked for a session.

    Args:
        episode: what it is a session of.
        key: the form's.
        values: as above.
        note: what everybody who may open the case may read, of the session's own class.
        kept_apart: emotional-support notes: a row of their own, so that they can be left out of a disclosure.
        by: who writes it down.

    Raises:
        KeyUsed: the key stands for another session.
        ValidationError: the support was not accepted, had ended by then, or the session is still to come.
    """
    present = hold(episode)
    moves = list(present.moves.order_by("at"))
    if not SupportSession.objects.filter(pk=key).exists():
        _refuse(present, moves, values)
    session, is_new = keep_once(
        SupportSession, key, episode_id=present.pk, case_id=present.case_id, recorded_by_id=by.pk, **values
    )
    _note(session, NOTE, values["content_class"], note, by)
    _note(session, APART, ContentClass.EMOTIONAL, kept_apart, by)
    if is_new:
        detail = {"attendance": session.attendance, "mode": session.mode}
        record(Action.SESSION_RECORDED, target=session, case_ids=[session.case_id], detail=detail)
        _begin(present, session, by)
    return session


def _refuse(episode: SupportEpisode, moves: Sequence[EpisodeMove], values: Mapping[str, Any]) -> None:
    at = values["at"]
    if at > timezone.now():
        raise ValidationError({"at": _("The time must be in the past")})
    if not may_hold_session(EpisodeState(episode.state), end_of(episode, moves), _day(at)):
        raise ValidationError(_refusal(episode))
    known = SupportSubcode.objects.filter(service=episode.service, code__in=values["did"])
    if known.count() != len(set(values["did"])):
        raise ValidationError({"did": _("Choose what belongs to this service")})


def _day(at: Any) -> date:
    return timezone.localdate(at)


def _refusal(episode: SupportEpisode) -> str:
    if episode.state == EpisodeState.OFFERED:
        return _("This support was only offered so far. Record that it was accepted first.")
    if episode.state == EpisodeState.DECLINED:
        return _("This support was declined. Offer it again first.")
    return _("This support had ended by then. Offer it again first.")


def _note(session: SupportSession, place: int, content_class: str, text: str, by: User) -> None:
    """Keep one of a session's own notes. A second sending without it, or with another, is another session."""
    key = UUID(int=session.pk.int ^ place)
    content = {"kind": SessionNote.Kind.NOTE, "content_class": content_class, "by_id": by.pk}
    if text or SessionNote.objects.filter(pk=key).exists():
        keep_once(SessionNote, key, session_id=session.pk, case_id=session.case_id, text=text, **content)


def _begin(episode: SupportEpisode, session: SupportSession, by: User) -> None:
    if not session.was_held:
        return
    finish_due(episode, by)
    if episode.state == EpisodeState.ACCEPTED:
        content = {"from_state": episode.state, "to_state": EpisodeState.ACTIVE, "reason": _("First session")}
        move = EpisodeMove(pk=uuid7(), episode=episode, case_id=episode.case_id, on=_day(session.at), by=by, **content)
        move.save(force_insert=True)
        step(episode, move, by)


@transaction.atomic
def correct_session(
    *, session: SupportSession, key: UUID, text: str, content_class: str, takes_back: bool, by: User
) -> SessionNote:
    """Put a correction beside a session; the session stays as it was recorded. Audited; the same key and content once.

    `takes_back` says that it did not take place as recorded: it counts no more.

    Raises:
        KeyUsed: the key stands for another correction.
    """
    content = {"kind": SessionNote.Kind.CORRECTION, "takes_back": takes_back, "by_id": by.pk}
    note, is_new = keep_once(
        SessionNote, key, session_id=session.pk, case_id=session.case_id, text=text, content_class=content_class,
        **content,
    )  # fmt: skip
    if is_new:
        detail = {"takes_back": takes_back}
        record(Action.SESSION_CORRECTED, target=session, case_ids=[session.case_id], detail=detail)
    return note


def may_read_apart(session: SupportSession, user: User) -> bool:
    """Whether somebody may read a session's emotional-support notes."""
    return reads_kept_apart(session.case_id, user, {session.worker_id, session.recorded_by_id})


def notes_of(session: SupportSession, user: User) -> list[SessionNote]:
    """What was written about a session, as far as this person may read it, in the order it was written.

    Reading emotional-support notes is recorded by itself.
    """
    notes = list(SessionNote.objects.visible_to(user).filter(session=session).select_related("by").order_by("at", "pk"))
    apart = [note for note in notes if note.content_class == ContentClass.EMOTIONAL]
    if not apart:
        return notes
    if not may_read_apart(session, user):
        return [note for note in notes if note not in apart]
    seen_kept_apart(session, session.case_id, len(apart))
    return notes
