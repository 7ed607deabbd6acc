"""What the pages of support show, gathered in a number of queries that does not grow with the case."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Count, OuterRef, Subquery, Sum

from accounts.models import User
from cases.models import Case
from referrals.models import EpisodeAim, EpisodeMove, EpisodeReview, Letter, SessionNote, SupportEpisode, SupportSession
from referrals.models.support import MEASURES
from referrals.rules.support import OPEN, Review

MOST = 200  # sessions on the page of one episode: two years of two a week


@dataclass(frozen=True)
class Scored:
    """One measure, as it was scored first and last; none where it was not asked."""

    label: str
    first: int | None
    last: int | None

    @property
    def change(self) -> int | None:
        """By how much it rose; none while there is one score."""
        return None if self.first is None or self.last is None else self.last - self.first


@dataclass(frozen=True)
class EpisodePage:
    """What the page of one episode shows."""

    episode: SupportEpisode
    aim: EpisodeAim | None
    earlier_aims: list[EpisodeAim]
    moves: list[EpisodeMove]
    sessions: list[SupportSession]
    is_cut: bool
    scored: list[Scored]
    held_count: int
    minutes: int


def episodes_of(case: Case, user: User) -> models.QuerySet[SupportEpisode]:
    """Return the episodes of a case for its list, the open ones first."""
    found: models.QuerySet[SupportEpisode] = SupportEpisode.objects.visible_to(user).filter(case=case).for_list()
    return found


def episode_page(episode: SupportEpisode, user: User) -> EpisodePage:
    """Return the history of one episode: goals, moves, scores, sessions with what was written but kept apart."""
    aims = list(EpisodeAim.objects.visible_to(user).filter(episode=episode).select_related("by").order_by("-version"))
    moves = EpisodeMove.objects.visible_to(user).filter(episode=episode).select_related("by").order_by("-at", "-pk")
    sessions = list(sessions_of(episode, user)[: MOST + 1])
    held = SupportSession.objects.visible_to(user).filter(episode=episode).held()
    told = held.aggregate(count=Count("pk"), minutes=Sum("minutes"))
    reviews = EpisodeReview.objects.visible_to(user).filter(episode=episode).order_by("on", "at")
    return EpisodePage(
        episode=episode,
        aim=aims[0] if aims else None,
        earlier_aims=aims[1:],
        moves=list(moves),
        sessions=sessions[:MOST],
        is_cut=len(sessions) > MOST,
        scored=scored(list(reviews)),
        held_count=told["count"],
        minutes=told["minutes"] or 0,
    )


def sessions_of(episode: SupportEpisode, user: User) -> models.QuerySet[SupportSession]:
    """Return the sessions of an episode, the newest first, each with `is_taken_back` and its worker."""
    back = SessionNote.objects.filter(session=OuterRef("pk"), takes_back=True)
    found = SupportSession.objects.visible_to(user).filter(episode=episode)
    shown: models.QuerySet[SupportSession] = found.annotate(is_taken_back=models.Exists(back)).select_related("worker")
    return shown.order_by("-at", "-pk")


def scored(reviews: list[EpisodeReview]) -> list[Scored]:
    """Return each measure that was asked with its score at the start and the newest after it.

    Args:
        reviews: in the order of their days.
    """
    found = []
    for code, label in MEASURES:
        given = [(review.when, review.scores[code]) for review in reviews if code in review.scores]
        if given:
            starts = [score for when, score in given if when == Review.START]
            later = [score for when, score in given if when != Review.START]
            found.append(Scored(str(label), starts[0] if starts else None, later[-1] if later else None))
    return found


def support_card(case: Case, user: User, now: datetime) -> Mapping[str, Any]:
    """Return what the card of support shows: what is open, and how many have ended."""
    goal = EpisodeAim.objects.filter(episode=OuterRef("pk")).order_by("-version").values("goal")[:1]
    episodes = list(episodes_of(case, user).annotate(goal=Subquery(goal)))
    is_open = [each for each in episodes if each.state in OPEN]
    return {"episodes": is_open, "ended_count": len(episodes) - len(is_open)}


def letters_card(case: Case, user: User, now: datetime) -> Mapping[str, Any]:
    """Return what the card of letters shows: the newest few, and how many there are."""
    rows = Letter.objects.visible_to(user).filter(case=case)
    return {"letters": list(rows.for_list()[:3]), "count": rows.count()}
