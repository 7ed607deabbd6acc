"""Support services, restorative justice, equipment, onward referrals, signposts: one module each."""

from referrals.models.sessions import SessionNote, SupportSession
from referrals.models.support import (
    EpisodeAim,
    EpisodeMove,
    EpisodeReview,
    SupportEpisode,
    SupportService,
    SupportSubcode,
)

__all__ = [
    "EpisodeAim",
    "EpisodeMove",
    "EpisodeReview",
    "SupportSession",
    "SessionNote",
    "SupportEpisode",
    "SupportService",
    "SupportSubcode",
]
