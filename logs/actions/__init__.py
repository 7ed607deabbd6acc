"""Every change to the log: drafts, entries, amendments, evidence, reading."""

from logs.actions.amending import amend, withdraw
from logs.actions.captioning import say_of_file
from logs.actions.drafts import DraftUsed, begin_draft, discard_draft, save_draft, start_draft, use_draft
from logs.actions.entries import NothingSaid, OtherContent, Recorded, record_incident
from logs.actions.evidence import FileRefusal, add_evidence, check_files
from logs.actions.hearing import TypedMeanwhile, ask_for_place, type_what_is_heard
from logs.actions.locks import LockedFile, lock_evidence, locked_files, unlock_evidence
from logs.actions.opening import BeingTried, NotLocked, TooManyTries, give_password, needs_password
from logs.actions.reading import mark_read, record_download
from logs.actions.translating import add_translation, show_patterns

__all__ = [
    "BeingTried",
    "DraftUsed",
    "FileRefusal",
    "LockedFile",
    "NothingSaid",
    "NotLocked",
    "OtherContent",
    "Recorded",
    "TooManyTries",
    "TypedMeanwhile",
    "add_evidence",
    "add_translation",
    "amend",
    "ask_for_place",
    "begin_draft",
    "check_files",
    "discard_draft",
    "give_password",
    "lock_evidence",
    "locked_files",
    "mark_read",
    "needs_password",
    "record_download",
    "record_incident",
    "save_draft",
    "say_of_file",
    "show_patterns",
    "start_draft",
    "type_what_is_heard",
    "unlock_evidence",
    "use_draft",
    "withdraw",
]
