"""Support services, restorative justice, equipment, onward referrals, signposts: one module each."""

from referrals.models.equipment import Alarm, AlarmMove, AlarmPlace, AlarmTest
from referrals.models.equipment_loans import AlarmLoan, AlarmLoanStep, AlarmRenewal, AlarmRequest, AlarmRequestStep
from referrals.models.letters import Letter, LetterFile, LetterGiven, LetterTaking, LetterTemplate
from referrals.models.onward import Referral, ReferralMove, Shared, SharedField, SharingDecision, WithoutConsent
from referrals.models.restorative import RestorativeMove, RestorativeReferral, SignOff, SignOffRequest
from referrals.models.sessions import SessionNote, SupportSession
from referrals.models.signposting import Signpost, SignpostOutcome, SignpostRead, SignpostTakenBack
from referrals.models.support import (
    EpisodeAim,
    EpisodeMove,
    EpisodeReview,
    SupportEpisode,
    SupportService,
    SupportSubcode,
)

__all__ = [
    "Alarm",
    "AlarmLoan",
    "AlarmLoanStep",
    "AlarmMove",
    "AlarmPlace",
    "AlarmRenewal",
    "AlarmRequest",
    "AlarmRequestStep",
    "AlarmTest",
    "EpisodeAim",
    "EpisodeMove",
    "EpisodeReview",
    "Referral",
    "ReferralMove",
    "Shared",
    "SharedField",
    "SharingDecision",
    "RestorativeMove",
    "RestorativeReferral",
    "SignOff",
    "SignOffRequest",
    "SupportSession",
    "Letter",
    "LetterFile",
    "LetterGiven",
    "LetterTaking",
    "LetterTemplate",
    "SessionNote",
    "Signpost",
    "SignpostOutcome",
    "SignpostRead",
    "SignpostTakenBack",
    "SupportEpisode",
    "SupportService",
    "SupportSubcode",
    "WithoutConsent",
]
