"""Mail, text messages and chats one after the other; all other text line by line, as it stands."""

import mimetypes
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from logs import importing
from logs.importing import Item, Media, Options, SourceKind, Unreadable
from logs.importing.sources import Source, encoding_of, lines
from logs.readable.blocks import Block, Enclosed, Message, Words

# Of the kinds of source that can be brought in, those whose files are not their own best copy: a chat in plain text is.
MESSAGES: frozenset[SourceKind] = frozenset({"email", "sms_xml"})
# What the app says of a message beside its words, or in their place: a message must not look as if it were empty.
SAID_OF_IT = {
    "media_omitted": "A file was here that the export leaves out",
    "edited": "Edited later",
    "forwarded": "Forwarded",
    "failed": "Never sent",
    "missed": "Missed",
    "rejected": "Rejected",
    "blocked": "Blocked",
    "voicemail": "Went to voicemail",
    "damaged": "Some letters could not be read",
}


def read_text(path: Path, unseen: Counter[str]) -> Iterator[Block]:
    """The messages of a mail, a mailbox or a backup of text messages; of any other text its lines.

    Raises:
        Broken: it stops half way.
    """
    kind = importing.sniff(path)
    if kind in MESSAGES:
        yield from _messages(path, kind, unseen)
        return
    source = Source(path)
    for line in lines(source, encoding_of(source)):
        yield Words(line.text)


def read_chat(path: Path, unseen: Counter[str]) -> Iterator[Block]:
    """The messages of a chat in an archive.

    Raises:
        Unreadable: there is none in it, or the archive may not be opened.
    """
    kind = importing.sniff(path)
    if kind != "whatsapp":
        raise Unreadable("only_files")
    yield from _messages(path, kind, unseen)


def _messages(path: Path, kind: SourceKind, unseen: Counter[str]) -> Iterator[Block]:
    for record in importing.read(path, kind, Options()):
        if not isinstance(record, Item):
            yield Words(record.raw)
            continue
        pictures = tuple(_enclosed(path, kind, each) for each in record.media if _may_be_picture(each))
        unseen["attached"] += len(record.media) - len(pictures)
        unseen["cut_messages"] += "cut" in record.marks
        yield Message(tuple(_head(record)), record.text, pictures)


def _may_be_picture(media: Media) -> bool:
    """Whether to look: what the source or a name says is not to be trusted, and no picture comes of it if it lies."""
    guessed = mimetypes.guess_type(media.name)[0] or ""
    return bool(media.member) and "image/" in {media.media_type[:6], guessed[:6]}


def _enclosed(path: Path, kind: SourceKind, media: Media) -> Enclosed:
    return Enclosed(media.name, lambda: importing.media_bytes(path, kind, media.member))


def _head(item: Item) -> Iterator[tuple[str, str]]:
    # A mail's date says its zone; a phone's backup has an instant, and beside it what the phone made of that.
    instant = f"{item.instant:%Y-%m-%d %H:%M:%S}" if item.instant and item.kind != "email" else ""
    way = {True: "Sent from the phone", False: "Received on the phone", None: ""}[item.is_outgoing]
    seconds = "" if item.duration_seconds is None else f"{item.duration_seconds} seconds"
    told = (
        ("From", item.sender), ("To", "; ".join(item.recipients)), ("Way", way), ("When", item.when_words),
        ("When, in UTC", instant),
        ("Subject", item.subject), ("Length of the call", seconds),
        ("Attached", "; ".join(_attached(each) for each in item.media)),
        ("Note", "; ".join(words for mark, words in SAID_OF_IT.items() if mark in item.marks)),
    )  # fmt: skip
    yield from ((label, words) for label, words in told if words)


def _attached(media: Media) -> str:
    return media.name if media.size_bytes is None else f"{media.name} ({media.size_bytes:,} bytes)"
