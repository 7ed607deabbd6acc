"""Readers of what somebody already has: chats, text messages, mail, call lists and the booklet's own table.

Pure functions: a path in, records out; no models, no database. To be called in the limited child process alone
(`jobs/child.py`), as everything that opens a stranger's file.
"""

from logs.importing.items import (
    BOOKLET_FIELDS,
    CALL_FIELDS,
    Guess,
    Item,
    Media,
    Options,
    Record,
    Reject,
    Skip,
    SourceKind,
    Unreadable,
)
from logs.importing.reading import guess, media_bytes, read, sniff
from logs.importing.words import REJECT_WORDS, SKIP_WORDS, UNREADABLE_WORDS

__all__ = [
    "BOOKLET_FIELDS",
    "CALL_FIELDS",
    "REJECT_WORDS",
    "SKIP_WORDS",
    "UNREADABLE_WORDS",
    "Guess",
    "Item",
    "Media",
    "Options",
    "Record",
    "Reject",
    "Skip",
    "SourceKind",
    "Unreadable",
    "guess",
    "media_bytes",
    "read",
    "sniff",
]
