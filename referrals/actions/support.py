"""Support for a victim: offering a service, moving it on, its goal, its scores."""

from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.actions import record
from audit.models import Action
from cases.actions import StaleEdit
from cases.actions.locking import lock
from cases.actions.once import keep_once
from cases.models import Case, Task
from nsvcs.days import day_words
from referrals.models import EpisodeAim, EpisodeMove, EpisodeReview, SupportEpisode, SupportService
from referrals.models.support import MEASURES
from referrals.rules.support import HIGHEST, LOWEST, NEEDS_REASON, EpisodeState, Review, may_move


@transaction.atomic
def offer_support(
    *, case: Case, key: UUID, service: SupportService, goal: str, needs: Iterable[str], on: date, by: User
) -> SupportEpisode:
    """Record that a service was offered to the victim, with what it is to be for. Audited; the same key once.

    Raises:
        KeyUsed: the key stands for another offer.
        ValidationError: the case is closed, the service is open for the victim already, or is not offered any more.
    """
    case = lock(case)
    if not SupportEpisode.objects.filter(pk=key).exists():
        _refuse_offer(case, service)
    episode, is_new = keep_once(
        SupportEpisode, key, case_id=case.pk, service_id=service.pk, offered_on=on, offered_by_id=by.pk
    )
    _aim(episode, _beside(key), 1, goal, needs, by)
    if is_new:
        EpisodeMove.objects.create(
            episode=episode, case_id=case.pk, from_state="", to_state=EpisodeState.OFFERED, on=on, by=by
        )
        detail = {"service": service.code}
        record(Action.SUPPORT_OFFERED, target=episode, case_ids=[case.pk], detail=detail)
    return episode


def _refuse_offer(case: Case, service: SupportService) -> None:
    if case.is_closed:
        raise ValidationError(_("This case is closed. Open it again first."))
    if not service.is_active:
        raise ValidationError({"service": _("This service is not offered any more.")})
    if SupportEpisode.objects.open().filter(case=case, service=service).exists():
        raise ValidationError({"service": _("This service is open for the victim already. Look under Support.")})


def _beside(key: UUID) -> UUID:
    """The key of the row that is kept beside the one a form's key names."""
    return UUID(int=key.int ^ 1)


def hold(episode: SupportEpisode) -> SupportEpisode:
    """The episode as it stands now, held until the end of the transaction."""
    rows = SupportEpisode.objects.select_for_update(of=("self",)).select_related("service", "case")
    return rows.get(pk=episode.pk)


@transaction.atomic
def move_support(
    *, episode: SupportEpisode, key: UUID, was: EpisodeState, to: EpisodeState, reason: str, on: date, by: User
) -> SupportEpisode:
    """Move an episode on, with the day and the reason beside it. Audited; the same key and content once.

    `was` is where it stood on the worker's page. Tasks that asked for a session are finished.

    Raises:
        KeyUsed: the key stands for another move.
        StaleEdit: a colleague moved it in the meantime; carries it as it stands now.
        ValidationError: the table of moves does not allow it, a reason is missing, or the day is before the last move.
    """
    present = hold(episode)
    is_known = EpisodeMove.objects.filter(pk=key).exists()
    if not is_known:
        _refuse_move(present, was, to, reason, on)
    content = {"from_state": was, "to_state": to, "reason": reason, "on": on}
    move, is_new = keep_once(EpisodeMove, key, episode_id=present.pk, case_id=present.case_id, by_id=by.pk, **content)
    if is_new:
        step(present, move, by)
    return present


def _refuse_move(present: SupportEpisode, was: EpisodeState, to: EpisodeState, reason: str, on: date) -> None:
    if present.state != was:
        raise StaleEdit(present)
    if not may_move(was, to):
        raise ValidationError(_("Support cannot go from “%(now)s” to “%(to)s”.") % {
            "now": present.get_state_display(), "to": to.label
        })  # fmt: skip
    if to in NEEDS_REASON and not reason:
        raise ValidationError({"reason": _("Write why")})
    last = max(present.moves.values_list("on", flat=True), default=present.offered_on)
    if on < last:
        words = _("The day must be %(day)s or later: the support moved last then.")
        raise ValidationError({"on": words % {"day": day_words(last)}})


def step(episode: SupportEpisode, move: EpisodeMove, by: User) -> None:
    """Let an episode stand where its newest move led, with its event; the caller holds it."""
    episode.state = move.to_state
    episode.save(update_fields=["state"])
    finish_due(episode, by)
    detail = {"from": str(move.from_state), "to": str(move.to_state)}
    record(Action.SUPPORT_MOVED, target=episode, case_ids=[episode.case_id], detail=detail)


def finish_due(episode: SupportEpisode, by: User) -> None:
    """Finish the open tasks that asked for a session of an episode. The caller audits."""
    asked = Task.objects.open().filter(case=episode.case_id, kind=Task.Kind.SUPPORT_DUE)
    asked.filter(key__startswith=due_key(episode.pk)).update(done_at=timezone.now(), done_by=by)


def due_key(episode_id: UUID, last_on: date | None = None) -> str:
    """The key of the task that asks for a session: one for each day after which none came."""
    return f"support_due:{episode_id}:{last_on or ''}"


@transaction.atomic
def set_aim(
    *, episode: SupportEpisode, key: UUID, goal: str, needs: Iterable[str], based_on: int, by: User
) -> EpisodeAim:
    """Change the goal and the needs: a new version, the older ones stay. Audited; the same key and content once.

    Raises:
        KeyUsed: the key stands for another goal.
        StaleEdit: a colleague changed it in the meantime; carries the goal as it stands now.
        ValidationError: the support has ended.
    """
    present = hold(episode)
    newest = present.aims.order_by("-version").first()
    number = newest.version if newest else 0
    if EpisodeAim.objects.filter(pk=key).exists():
        return _aim(present, key, based_on + 1, goal, needs, by)
    if number != based_on:
        raise StaleEdit(newest or present)
    if present.has_ended:
        raise ValidationError(_("This support has ended. Its goal stays as it was."))
    aim = _aim(present, key, number + 1, goal, needs, by)
    record(Action.SUPPORT_AIMED, target=present, case_ids=[present.case_id], detail={"version": aim.version})
    return aim


def _aim(episode: SupportEpisode, key: UUID, version: int, goal: str, needs: Iterable[str], by: User) -> EpisodeAim:
    content = {"version": version, "goal": goal, "needs": list(needs), "by_id": by.pk}
    return keep_once(EpisodeAim, key, episode_id=episode.pk, case_id=episode.case_id, **content)[0]


@transaction.atomic
def review_support(
    *, episode: SupportEpisode, key: UUID, when: Review, on: date, scores: Mapping[str, int], by: User
) -> EpisodeReview:
    """Keep the victim's scores of one day, 1 to 5 each, as far as they were asked. Audited; the same key once.

    Raises:
        KeyUsed: the key stands for other scores.
        ValidationError: nothing was scored, or there is no such measure or score.
    """
    known = {code for code, _label in MEASURES}
    if not scores or set(scores) - known or any(not LOWEST <= each <= HIGHEST for each in scores.values()):
        raise ValidationError(_("Give at least one score, from 1 to 5"))
    if on > timezone.localdate():
        raise ValidationError({"on": _("The day must be today or earlier")})
    content = {"when": when, "on": on, "scores": dict(scores), "by_id": by.pk}
    review, is_new = keep_once(EpisodeReview, key, episode_id=episode.pk, case_id=episode.case_id, **content)
    if is_new:
        detail = {"when": str(when), "measures": sorted(scores)}
        record(Action.SUPPORT_REVIEWED, target=episode, case_ids=[episode.case_id], detail=detail)
    return review
