"""Victims, perpetrators and cases, and the work around them."""

from cases.models.access import Allocation, CaseGrant, ReferenceCounter, Wall
from cases.models.cases import Case, InboundReferral, Professional, StatusChange
from cases.models.consent import Consent, ConsentWithdrawal, Told
from cases.models.messages import Message, MessageRead
from cases.models.people import CasePerpetrator, LegalStatus, Perpetrator, PerpetratorFacts, SafeContact, Victim
from cases.models.planned import PlannedContact
from cases.models.protected import ProtectedKind, ProtectedTerm
from cases.models.sharing import ShareLink, ShareOpening
from cases.models.work import Contact, ContentClass, Note, Task

__all__ = [
    "Allocation",
    "Case",
    "CaseGrant",
    "CasePerpetrator",
    "Consent",
    "ConsentWithdrawal",
    "Contact",
    "ContentClass",
    "InboundReferral",
    "LegalStatus",
    "Message",
    "MessageRead",
    "Note",
    "Perpetrator",
    "PerpetratorFacts",
    "PlannedContact",
    "Professional",
    "ProtectedKind",
    "ProtectedTerm",
    "ReferenceCounter",
    "SafeContact",
    "ShareLink",
    "ShareOpening",
    "StatusChange",
    "Task",
    "Told",
    "Victim",
    "Wall",
]
