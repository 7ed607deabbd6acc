"""Support for a victim: where an episode of it stands, when a session may be recorded, when one is missed."""

from datetime import date, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class EpisodeState(TextChoices):
    """Where one service for one victim stands."""

    OFFERED = "offered", _("Offered")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    ACTIVE = "active", _("Active")
    PAUSED = "paused", _("Paused")
    COMPLETED = "completed", _("Completed")
    WITHDRAWN = "withdrawn", _("Withdrawn")


ENDED = frozenset({EpisodeState.DECLINED, EpisodeState.COMPLETED, EpisodeState.WITHDRAWN})
OPEN = frozenset(EpisodeState) - ENDED

# The one table of allowed moves. What has ended stays so: the same service again is another episode.
MOVES: dict[EpisodeState, frozenset[EpisodeState]] = {
    EpisodeState.OFFERED: frozenset({EpisodeState.ACCEPTED, EpisodeState.DECLINED, EpisodeState.WITHDRAWN}),
    EpisodeState.ACCEPTED: frozenset({EpisodeState.ACTIVE, EpisodeState.PAUSED, EpisodeState.WITHDRAWN}),
    EpisodeState.DECLINED: frozenset(),
    EpisodeState.ACTIVE: frozenset({EpisodeState.PAUSED, EpisodeState.COMPLETED, EpisodeState.WITHDRAWN}),
    EpisodeState.PAUSED: frozenset({EpisodeState.ACTIVE, EpisodeState.COMPLETED, EpisodeState.WITHDRAWN}),
    EpisodeState.COMPLETED: frozenset(),
    EpisodeState.WITHDRAWN: frozenset(),
}
# Going on needs no reason; stopping, for a time or for good, does.
NEEDS_REASON = frozenset(EpisodeState) - {EpisodeState.OFFERED, EpisodeState.ACCEPTED, EpisodeState.ACTIVE}
AWAITS_SESSION = frozenset({EpisodeState.ACCEPTED, EpisodeState.ACTIVE})


class Need(TextChoices):
    """What a victim needs help with: the eight categories of the commissioning framework, and two of our own."""

    HEALTH = "health", _("Mental and physical health")
    SHELTER = "shelter", _("Shelter and accommodation")
    FAMILY = "family", _("Family, friends and children")
    WORK = "work", _("Education, skills and employment")
    SUBSTANCES = "substances", _("Drugs and alcohol")
    MONEY = "money", _("Finance and benefits")
    OUTLOOK = "outlook", _("Outlook and attitudes")
    SOCIAL = "social", _("Social interactions")
    SAFETY = "safety", _("Personal safety")
    JUSTICE = "justice", _("Experience of the justice process")


class Outcome(TextChoices):
    """How far things have come, asked at the start and at the end."""

    SAFER = "feels_safer", _("Feels safer")
    COPES = "copes", _("Better able to cope")
    INFORMED = "informed", _("Better informed")
    WELL = "well", _("Health and wellbeing")
    CONFIDENT = "confident", _("Confidence in the justice process")
    SATISFIED = "satisfied", _("Satisfied with the support")
    RETURNS = "returns", _("Would come back to the service")


class Review(TextChoices):
    """When scores are asked."""

    START = "start", _("At the start")
    REVIEW = "review", _("At a review")
    END = "end", _("At the end")


LOWEST, HIGHEST = 1, 5


def may_move(current: EpisodeState, to: EpisodeState) -> bool:
    """Say whether an episode may go from one state to another; staying where it is is no move.

    Source: The service's own pathway of support, November 2026.
    """
    return to in MOVES[current]


def may_hold_session(state: EpisodeState, ended_on: date | None, on: date) -> bool:
    """Say whether a session of a day may be recorded: nothing is given that was not accepted, or after its end.

    Args:
        state: where the episode stands now.
        ended_on: the day it was completed or withdrawn, which still counts; none while it is open.
        on: the day of the session.

    Source: The service's own pathway of support, November 2026.
    """
    if state in {EpisodeState.OFFERED, EpisodeState.DECLINED}:
        return False
    return ended_on is None or on <= ended_on


def session_missed_from(last_on: date, days: int) -> date:
    """Return the first day on which a session counts as missing.

    Args:
        last_on: when the support was accepted, or of the last session that was attended, whichever is later.
        days: calendar days that may pass after it; the last of them may still bring the session.

    Source: `support_session_days`, the service's own figure, November 2026; to be confirmed.
    """
    return last_on + timedelta(days=days + 1)
