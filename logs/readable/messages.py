"""Mail, text messages and chats one after the other; all other text line by line, as it stands."""

import mimetypes
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from logs import importing
from logs.importing import Item, Media, Options, SourceKind, Unreadable
from logs.importing.sources import Source, encoding_of, lines
from logs.readable.blocks import Block, Enclosed, Message, Words

# Of the kinds of source that can be brought in, those whose files are not their own best copy: a chat in plain text is.
MESSAGES: frozenset[SourceKind] = frozenset({"email", "sms_xml"})
# Where a mail's words show what it encloses, as programs write it in plain text, and our reader of HTML does.
PLACE = re.compile(r"\[(?:cid:([^\]\s]{1,200})|image: ([^\]\n]{1,200}))\]")
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
    for record in importing.read(path, kind, Options(marks_places=True)):
        if not isinstance(record, Item):
            yield Words(record.raw)
            continue
        pictures = [(each, _enclosed(path, kind, each)) for each in record.media if _may_be_picture(each)]
        unseen["attached"] += len(record.media) - len(pictures)
        unseen["cut_messages"] += "cut" in record.marks
        words, places = _placed(record.text, [media for media, _ in pictures])
        order = sorted(range(len(pictures)), key=lambda number: (places[number], number))
        yield Message(
            tuple(_head(record)), words, tuple(pictures[number][1] for number in order),
            tuple(places[number] for number in order),
        )  # fmt: skip


def _placed(text: str, media: Sequence[Media]) -> tuple[str, list[int]]:
    """A message's words, and behind how many letters of them each picture stands: at the end, where none says so."""
    waiting: dict[str, list[int]] = {}
    for number, each in enumerate(media):
        for called in {each.content_id, each.name} - {""}:
            waiting.setdefault(called, []).append(number)
    said, at, size = list[str](), 0, 0
    places: dict[int, int] = {}
    for found in PLACE.finditer(text):
        shown = [each for each in waiting.get(found[1] or found[2], ()) if each not in places]
        if not shown:
            continue  # words that look like it, or a picture that is not there: they stand as written
        said.append(text[at : found.start()])
        size += len(said[-1])
        at, places[shown[0]] = found.end(), size
    words = "".join(said) + text[at:]
    return words, [places.get(number, len(words)) for number in range(len(media))]


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
